package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
)

// reporter is what open, release and erratum are told.
type reporter struct {
	kind, to, until, narrative string
	figure, value, chapter     string
	text, reason, lang         string
	dry                        bool
	print                      bool
	paper                      printing
}

func (a *app) reportOpen() *cobra.Command {
	var r reporter
	c := &cobra.Command{Use: "open", Short: "Open a report to correction by the parties", Args: exactly(0, "no arguments"),
		Long: `Computes the figures of a report from the record as it is, and publishes them as a draft that parties can put right
until the day of --until: the days that the pack gives, 21 where it says nothing, when it is left out. With --narrative, the
folder's files CHAPTER.LANG.md (scope.en.md, delivery.fr.md …) are published with it. --dry-run shows all and publishes nothing.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.openReport(c.Context(), r) }}
	f := c.Flags()
	f.StringVar(&r.kind, "report", "", "kind of report, as the pack names it; may be left out where the pack has one that is made here")
	f.StringVar(&r.to, "to", "", "last day of the period, such as 2026-12-31; the last period that has ended when left out")
	f.StringVar(&r.until, "until", "", "last day on which parties can put their rows right")
	f.StringVar(&r.narrative, "narrative", "", "folder with the chapters, CHAPTER.LANG.md")
	f.BoolVar(&r.dry, "dry-run", false, "show what would be published, and publish nothing")
	return c
}

func (a *app) reportRelease() *cobra.Command {
	var r reporter
	c := &cobra.Command{Use: "release REPORT", Short: "Release a report when its window is over", Args: exactly(1, "the number of the report"),
		Long: `Computes the figures of an open report anew, from the record with every correction that came, and releases them for good.
The narrative is that of the folder --narrative, or else the one that the report was opened with. With --print, PDFs are made
and kept in every language of the narrative, through the Chromium of this machine; what it cannot do is said, and the release stands. --dry-run shows all, what
changed since the draft among it, and publishes nothing. What is wrong later goes into an erratum.`,
		RunE: func(c *cobra.Command, args []string) error { return a.releaseReport(c.Context(), args[0], r) }}
	f := c.Flags()
	f.StringVar(&r.narrative, "narrative", "", "folder with the chapters, CHAPTER.LANG.md")
	f.BoolVar(&r.dry, "dry-run", false, "show what would be published, and publish nothing")
	f.BoolVar(&r.print, "print", false, "make and keep PDFs of the release")
	r.paper.flags(c)
	return c
}

func (a *app) reportErratum() *cobra.Command {
	var r reporter
	c := &cobra.Command{Use: "erratum REPORT", Short: "Put something right beside a released report", Args: exactly(1, "the number of the report"),
		Long: `Publishes an erratum: a figure with its new value, or a chapter with its new text out of a file, and the reason in words.
The release itself stays as it is; the erratum stands beside it.`,
		RunE: func(c *cobra.Command, args []string) error { return a.putRight(c.Context(), args[0], r) }}
	f := c.Flags()
	f.StringVar(&r.figure, "figure", "", "name of the figure")
	f.StringVar(&r.value, "value", "", "its value as it should be, such as 12.5")
	f.StringVar(&r.chapter, "chapter", "", "name of the chapter")
	f.StringVar(&r.text, "text", "", "file with the chapter as it should read")
	f.StringVar(&r.reason, "reason", "", "why, in words")
	f.StringVar(&r.lang, "in", "en", "language of the reason and the text")
	f.BoolVar(&r.dry, "dry-run", false, "show what would be published, and publish nothing")
	return c
}

// published is what open, release and erratum print.
type published struct {
	Entry   int64    `json:"entry,omitempty"`
	Report  string   `json:"report"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Size    int64    `json:"size,omitempty"`
	Figures int      `json:"figures,omitempty"`
	Missing int      `json:"without_value,omitempty"`
	Until   string   `json:"until,omitempty"`
	Parts   []string `json:"narrative,omitempty"`
	Typed   []string `json:"typed_figures,omitempty"`
	Changed []string `json:"changed,omitempty"`
	DryRun  bool     `json:"dry_run,omitempty"`

	Printed   []string `json:"printed,omitempty"`     // PDFs that are kept
	Unprinted []string `json:"not_printed,omitempty"` // and those that could not be made, with the reason
}

func (a *app) openReport(ctx context.Context, r reporter) error {
	return a.withReport(ctx, r.narrative, func(tx *db.Tx, k *keeper.Keeper, words map[string]string) (keeper.Act, published, error) {
		pack, err := compact.InForce(tx)
		if err != nil {
			return keeper.Act{}, published{}, err
		}
		kind, err := oneReport(pack, r.kind)
		if err != nil {
			return keeper.Act{}, published{}, err
		}
		o, err := report.OutlineOf(pack, kind, r.to, keeper.Today(k.Now()))
		if err != nil {
			return keeper.Act{}, published{}, err
		}
		until := r.until
		if until == "" {
			until = commitment.AddDays(k.Now().UTC().Format("2006-01-02"), int(o.Kind.Window()))
		}
		act, f, err := report.Opening(tx, o, until, words)
		if err != nil {
			return act, published{}, err
		}
		p := publishedOf(f, words)
		p.Until = until
		return act, p, nil
	}, r.dry, nil)
}

func (a *app) releaseReport(ctx context.Context, id string, r reporter) error {
	return a.withReport(ctx, r.narrative, func(tx *db.Tx, _ *keeper.Keeper, words map[string]string) (keeper.Act, published, error) {
		opened, err := reportNumbered(tx, id)
		if err != nil {
			return keeper.Act{}, published{}, err
		}
		if len(words) == 0 {
			if words, err = keeper.WordsOf(tx, opened.ID); err != nil {
				return keeper.Act{}, published{}, err
			}
		}
		act, f, err := report.Releasing(tx, opened, words)
		if err != nil {
			return act, published{}, err
		}
		p := publishedOf(f, words)
		draft, err := report.Frozen(tx, opened.Figures)
		if err != nil {
			return act, p, err
		}
		for _, c := range report.Changed(draft, f) {
			p.Changed = append(p.Changed, fmt.Sprintf("%s: %s → %s", c.ID, orNone(c.Was.Value), orNone(c.Is.Value)))
		}
		return act, p, nil
	}, r.dry, a.printing(ctx, r))
}

func (a *app) putRight(ctx context.Context, id string, r reporter) error {
	if !locale.Known(r.lang) {
		return fmt.Errorf("%w: --in is one of ar, zh, en, fr, ru, es, not %q", errUsage, r.lang)
	}
	return a.withReport(ctx, "", func(tx *db.Tx, _ *keeper.Keeper, _ map[string]string) (keeper.Act, published, error) {
		opened, err := reportNumbered(tx, id)
		if err != nil {
			return keeper.Act{}, published{}, err
		}
		f := report.Corrected{Release: opened.Release, Figure: r.figure, Chapter: r.chapter, New: r.value}
		if f.Figure != "" {
			if f.Old, err = opened.Standing(tx, f.Figure); err != nil {
				return keeper.Act{}, published{}, err
			}
		}
		words := map[string]string{"reason." + r.lang: keeper.Prose(r.reason)}
		if r.text != "" {
			b, err := os.ReadFile(r.text)
			if err != nil {
				return keeper.Act{}, published{}, err
			}
			words["text."+r.lang] = keeper.Prose(string(b))
		}
		p := published{Report: opened.Kind, From: opened.From, To: opened.To}
		if f.Figure != "" {
			p.Changed = []string{fmt.Sprintf("%s: %s → %s", f.Figure, orNone(f.Old), f.New)}
		}
		return keeper.Act{Kind: report.KindCorrected, By: report.Secretariat, Facts: f, Words: words}, p, nil
	}, r.dry, nil)
}

// orNone is a value, or a sign that there is none.
func orNone(value string) string {
	if value == "" {
		return "–"
	}
	return value
}

func reportNumbered(tx *db.Tx, id string) (report.Report, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return report.Report{}, fmt.Errorf("%w: REPORT is the number of the entry that opened it, not %q", errUsage, id)
	}
	return report.Get(tx, n)
}

// withReport makes an act, shows it, and submits it; a dry run goes through all
// rules and leaves nothing behind.
func (a *app) withReport(ctx context.Context, narrative string, act func(tx *db.Tx, k *keeper.Keeper, words map[string]string) (keeper.Act, published, error), dry bool, then func(i *instance, p *published)) error {
	words, err := readNarrative(narrative)
	if err != nil {
		return err
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var made keeper.Act
	var p published
	err = i.db.Read(ctx, func(tx *db.Tx) (err error) {
		made, p, err = act(tx, i.keeper, words)
		return err
	})
	if err != nil {
		return err
	}
	if p.DryRun = dry; dry {
		if err := i.keeper.Check(ctx, made); err != nil {
			return err
		}
		return a.tellPublished(p)
	}
	out, err := i.keeper.Submit(ctx, "", made)
	if err != nil {
		return err
	}
	p.Entry = out[0].Index
	if err := i.sign(ctx); err != nil {
		return err
	}
	if then != nil {
		then(i, &p)
	}
	return a.tellPublished(p)
}

// publishedOf says what figures and chapters hold.
func publishedOf(f *report.Figures, words map[string]string) published {
	p := published{Report: f.Report, From: f.From, To: f.To, Size: f.Size}
	for _, c := range f.Chapters {
		for _, one := range c.Figures {
			if p.Figures++; one.Value == "" {
				p.Missing++
			}
		}
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		p.Parts = append(p.Parts, part)
		for _, t := range narrative.Parse(words[part]).Typed() {
			p.Typed = append(p.Typed, fmt.Sprintf("%s, line %d: %s", part, t.Line, t.Text))
		}
	}
	return p
}

func (a *app) tellPublished(p published) error {
	return a.print(p, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s to %s", p.Report, p.From, p.To)
		if p.Size > 0 {
			fmt.Fprintf(w, ": %d figures, %d without a value, from %d entries", p.Figures, p.Missing, p.Size)
		}
		fmt.Fprintln(w)
		if len(p.Parts) > 0 {
			fmt.Fprintln(w, "narrative:", strings.Join(p.Parts, ", "))
		}
		for _, t := range p.Typed {
			fmt.Fprintln(w, "typed by hand:", t)
		}
		for _, c := range p.Changed {
			fmt.Fprintln(w, "changed:", c)
		}
		if p.Until != "" {
			fmt.Fprintln(w, "open to correction until", p.Until)
		}
		if p.DryRun {
			fmt.Fprintln(w, "nothing was published (--dry-run)")
		} else {
			fmt.Fprintln(w, "entry", p.Entry)
		}
		for _, one := range p.Printed {
			fmt.Fprintln(w, "PDF in", one)
		}
		for _, one := range p.Unprinted {
			fmt.Fprintln(w, "no PDF in", one)
		}
	})
}

// readNarrative reads the chapters in a folder: CHAPTER.LANG.md.
func readNarrative(dir string) (map[string]string, error) {
	words := map[string]string{}
	if dir == "" {
		return words, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err == nil && len(files) == 0 {
		err = errors.New("no file CHAPTER.LANG.md in " + dir)
	}
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(file, maxChapterFile))
		file.Close()
		if err != nil {
			return nil, err
		}
		words[strings.TrimSuffix(filepath.Base(name), ".md")] = keeper.Prose(string(b))
	}
	return words, nil
}

// maxChapterFile is more than a chapter may have, so that its size can be told.
const maxChapterFile = 8 << 20
