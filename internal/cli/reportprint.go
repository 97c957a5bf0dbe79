package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/print"
	"kept/internal/web"
	"kept/internal/web/relink"
)

// filesIn is the folder of a data directory that holds the files of releases.
func filesIn(dir string) string { return filepath.Join(dir, "files") }

// shelfIn is where PDFs of releases are kept.
func shelfIn(dir string) print.Shelf { return print.Shelf{Dir: filepath.Join(filesIn(dir), "prints")} }

// printing is how a report is put on paper.
type printing struct {
	chromium, base, out string
	timeout             time.Duration
	all                 bool
}

func (p *printing) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.chromium, "chromium", "", "path of a Chromium; otherwise the one in PATH")
	f.StringVar(&p.base, "base", "", "public address of the site, for the links in the PDF; without it there are none")
	f.DurationVar(&p.timeout, "timeout", print.DefaultTimeout, "how long Chromium may take for one language")
}

func (a *app) reportPrint() *cobra.Command {
	var p printing
	c := &cobra.Command{Use: "print DIR RELEASE", Short: "Make the PDF of a release with the Chromium of this machine", Args: exactly(2, "the data directory and the number of the release"),
		Long: `Prints the whole report in the language of --lang: A4, tagged for screen readers, with outline, page numbers and running
title. With -o it is written there; otherwise it is kept, by its digest, and the page of the report leads to it until a
text of the record is erased or hidden. Without Chromium, print /LANG/reports/ID/print from any browser: the text is the same.`,
		RunE: func(c *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || n <= 0 {
				return fmt.Errorf("%w: RELEASE is the number of an entry, not %q", errUsage, args[1])
			}
			if p.all && p.out != "" {
				return fmt.Errorf("%w: -o takes one language; with --all the PDFs are kept", errUsage)
			}
			return a.printReport(c.Context(), args[0], n, p)
		}}
	p.flags(c)
	c.Flags().StringVarP(&p.out, "out", "o", "", "write the PDF into this file, and keep none")
	c.Flags().BoolVar(&p.all, "all", false, "in all six languages")
	return c
}

func (a *app) printReport(ctx context.Context, dir string, release int64, p printing) error {
	i, err := a.open(ctx, a.place(dir))
	if err != nil {
		return err
	}
	defer i.close()
	r, err := releaseIn(ctx, i, release)
	if err != nil {
		return err
	}
	if p.out != "" {
		pdf, _, err := a.pdfOf(ctx, i, r, a.language(), p)
		if err != nil {
			return err
		}
		if err := os.WriteFile(p.out, pdf, 0o644); err != nil {
			return err
		}
		return a.print(map[string]any{"release": r.Release, "lang": a.language(), "size": len(pdf), "file": p.out}, func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes\n", p.out, len(pdf)) })
	}
	langs := []locale.Lang{a.language()}
	if p.all {
		langs = locale.Langs
	}
	var made []print.Print
	for _, l := range langs {
		one, err := a.keepPrint(ctx, i, r, l, p)
		if err != nil {
			return err
		}
		made = append(made, one)
	}
	return a.print(map[string]any{"prints": made}, func(w io.Writer) {
		for _, m := range made {
			fmt.Fprintf(w, "release %d in %s: %d bytes, SHA-256 %s\n", m.Release, m.Lang, m.Size, m.Digest)
		}
	})
}

func releaseIn(ctx context.Context, i *instance, release int64) (r report.Report, err error) {
	err = i.db.Read(ctx, func(tx *db.Tx) error { r, err = report.OfRelease(tx, release); return err })
	return r, err
}

// keepPrint makes the PDF of a release in a language and keeps it.
func (a *app) keepPrint(ctx context.Context, i *instance, r report.Report, lang locale.Lang, p printing) (print.Print, error) {
	pdf, seen, err := a.pdfOf(ctx, i, r, lang, p)
	if err != nil {
		return print.Print{}, err
	}
	return shelfIn(i.dir).Put(print.Print{Release: r.Release, Lang: lang, Seen: seen, MadeOn: i.keeper.Now().UTC().Format(time.DateOnly)}, pdf)
}

// pdfOf prints a report. What it rests on is read before its page is: an act in
// between makes the PDF look older than it is, never newer.
func (a *app) pdfOf(ctx context.Context, i *instance, r report.Report, lang locale.Lang, p printing) (pdf []byte, seen int64, err error) {
	o := print.Options{Lang: lang, Timeout: p.timeout}
	if o.Chromium, err = print.Find(p.chromium); err != nil {
		return nil, 0, errors.Join(err, fmt.Errorf("the print view: %s", web.PrintAddress(r, lang)))
	}
	a.warnPrinting(ctx, lang)
	seen = i.keeper.Seen(web.PrintSubjects(r))
	if o.Title, err = titleOf(ctx, i, r, lang); err != nil {
		return nil, 0, err
	}
	page, err := pageOf(ctx, i, web.PrintAddress(r, lang), p.base)
	if err != nil {
		return nil, 0, err
	}
	pdf, err = print.PDF(ctx, page, o)
	return pdf, seen, err
}

// warnPrinting says what this machine cannot do well.
func (a *app) warnPrinting(ctx context.Context, lang locale.Lang) {
	if font, pack := print.MissingFont(ctx, lang); font != "" {
		fmt.Fprintln(a.err, a.language().T("print.no_font", "font", font, "pack", pack))
	}
	if !print.Sandboxed() {
		fmt.Fprintln(a.err, a.language().T("print.no_sandbox"))
	}
}

func titleOf(ctx context.Context, i *instance, r report.Report, lang locale.Lang) (title string, err error) {
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		of, _ := pack.Title(compact.Compacts, pack.ID, lang)
		name, _ := pack.Title(compact.ReportKinds, r.Kind, lang)
		title = of + " · " + lang.T("period.name", "title", name, "from", lang.Date(r.From), "to", lang.Date(r.To))
		return nil
	})
	return title, err
}

// pageOf asks a site of its own for a page, without a network. Links lead to the
// public address; where none is known they are words alone.
func pageOf(ctx context.Context, i *instance, address, base string) ([]byte, error) {
	site, err := web.New(web.Config{Keeper: i.keeper, Base: "http://localhost", Build: Version})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+address, nil)
	if err != nil {
		return nil, err
	}
	w := &taken{head: http.Header{}, status: http.StatusOK}
	site.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return nil, fmt.Errorf("%s: the site answered %d", address, w.status)
	}
	page := bytes.ReplaceAll(w.Bytes(), []byte("kept verify http://localhost"), []byte("kept verify "+cmp.Or(base, "ADDRESS")))
	return relink.Page(page, func(l relink.Link) (string, bool) {
		u, err := url.Parse(l.Address)
		if l.Element != "a" || err != nil || u.Host != "" || u.Path == "" {
			return l.Address, true
		}
		return strings.TrimSuffix(base, "/") + l.Address, base != ""
	}), nil
}

// taken is an answer of a site that is kept, not sent.
type taken struct {
	bytes.Buffer
	head   http.Header
	status int
}

func (t *taken) Header() http.Header    { return t.head }
func (t *taken) WriteHeader(status int) { t.status = status }

// printing makes the PDFs of what was just released, in every language of its
// narrative. The release stands whatever becomes of them.
func (a *app) printing(ctx context.Context, r reporter) func(*instance, *published) {
	if !r.print {
		return nil
	}
	return func(i *instance, p *published) {
		of, err := releaseIn(ctx, i, p.Entry)
		if err != nil {
			p.Unprinted = append(p.Unprinted, err.Error())
			return
		}
		for _, l := range narrated(p.Parts) {
			if one, err := a.keepPrint(ctx, i, of, l, r.paper); err == nil {
				p.Printed = append(p.Printed, fmt.Sprintf("%s: SHA-256 %s", l, one.Digest))
			} else {
				p.Unprinted = append(p.Unprinted, fmt.Sprintf("%s: %v", l, err))
			}
		}
	}
}

// narrated are the languages of a narrative's parts, CHAPTER.LANG; English where it has none.
func narrated(parts []string) (langs []locale.Lang) {
	for _, l := range locale.Langs {
		if slices.ContainsFunc(parts, func(part string) bool { return strings.HasSuffix(part, "."+string(l)) }) {
			langs = append(langs, l)
		}
	}
	if len(langs) == 0 {
		return []locale.Lang{locale.English}
	}
	return langs
}

// printsAnew makes the PDFs anew that an erasure deleted, and tells which it could not make.
func (a *app) printsAnew(ctx context.Context, i *instance, gone []print.Print) (again, missing []string) {
	for _, g := range gone {
		name := fmt.Sprintf("release %d in %s", g.Release, g.Lang)
		r, err := releaseIn(ctx, i, g.Release)
		if err == nil {
			_, err = a.keepPrint(ctx, i, r, g.Lang, printing{})
		}
		if err != nil {
			missing = append(missing, name+": kept report print "+i.dir+" "+strconv.FormatInt(g.Release, 10)+" --lang "+string(g.Lang))
			continue
		}
		again = append(again, name)
	}
	slices.Sort(again)
	return again, missing
}

func (a *app) reportBundle() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "bundle DIR RELEASE", Short: "Write the tables of a release into one archive", Args: exactly(2, "the data directory and the number of the release"),
		Long: `Writes figures.json as it was frozen, every table of the release as CSV, the entries behind each figure, and how to check
them, into one ZIP file. The same release gives the same bytes, whoever makes it with the same version of the program.`,
		RunE: func(c *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || n <= 0 {
				return fmt.Errorf("%w: RELEASE is the number of an entry, not %q", errUsage, args[1])
			}
			return a.bundleReport(c.Context(), args[0], n, cmp.Or(out, "tables-"+args[1]+".zip"))
		}}
	c.Flags().StringVarP(&out, "out", "o", "", "the file; tables-RELEASE.zip when empty")
	return c
}

func (a *app) bundleReport(ctx context.Context, dir string, release int64, out string) error {
	i, err := a.open(ctx, a.place(dir))
	if err != nil {
		return err
	}
	defer i.close()
	r, err := releaseIn(ctx, i, release)
	if err != nil {
		return err
	}
	digest, err := web.MakeArchive(ctx, i.keeper, r, out)
	if errors.Is(err, keeper.ErrConflict) {
		a.complain(err)
		return errFaults
	}
	if err != nil {
		return err
	}
	return a.print(map[string]any{"release": r.Release, "file": out, "sha256": digest}, func(w io.Writer) { fmt.Fprintf(w, "%s: SHA-256 %s\n", out, digest) })
}
