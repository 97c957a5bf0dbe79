package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/bundle"
	"kept/internal/report/print"
	"kept/record"
)

// Files of a release have addresses of their own, for good: the frozen figures, all
// tables as one archive, and the PDFs that the secretariat made. None is made anew for
// who asks, but the archive, once.

// releaseFile is a file of a release as its page names it.
type releaseFile struct {
	Is     Text        `json:"is"`
	Href   string      `json:"href"`
	Lang   locale.Lang `json:"lang,omitempty"`
	Digest string      `json:"sha256,omitempty"` // of an archive that nobody asked for yet there is none
}

// releaseFiles are the addresses of the files of releases.
func (s *Site) releaseFiles() {
	s.file("GET /reports/{id}/releases/{n}/{file}", s.releaseFile)
}

func releaseHref(r report.Report, file string) string {
	return periodHref(r.ID) + "/releases/" + strconv.FormatInt(r.Release, 10) + "/" + file
}

// filesOf lists the files of a release. A site that keeps no files, such as an export,
// has the frozen figures alone.
func (s *Site) filesOf(q *request, r report.Report) (list []releaseFile) {
	if r.Release == 0 {
		return nil
	}
	list = []releaseFile{{Is: message("bundle.frozen"), Href: releaseHref(r, "figures.json"), Digest: r.ReleaseFigures}}
	if s.c.Files == "" {
		return list
	}
	archive := releaseFile{Is: message("bundle.link"), Href: releaseHref(r, "tables.zip")}
	if digest, err := os.ReadFile(s.archiveOf(r) + ".sha256"); err == nil {
		archive.Digest = string(digest)
	}
	list = append(list, archive)
	for _, l := range locale.Langs {
		if p, ok := s.printOf(q.Tx, r, l); ok {
			megabytes := strconv.FormatFloat(float64(p.Size)/1e6, 'f', 1, 64)
			list = append(list, releaseFile{Is: everyLang(func(in locale.Lang) string { return in.T("print.pdf", "size", in.Number(megabytes)) }), Href: releaseHref(r, "report."+string(l)+".pdf"),
				Lang: l, Digest: p.Digest})
		}
	}
	return list
}

// shelf is where PDFs are kept.
func (s *Site) shelf() print.Shelf { return print.Shelf{Dir: filepath.Join(s.c.Files, "prints")} }

// printOf is the PDF of a release, where it holds the words that stand today: after an
// act about words or about the report it is none of ours any more.
func (s *Site) printOf(tx *db.Tx, r report.Report, lang locale.Lang) (print.Print, bool) {
	if s.c.Files == "" {
		return print.Print{}, false
	}
	p, ok := s.shelf().Of(r.Release, lang)
	if !ok {
		return p, false
	}
	seen, err := seenIn(tx, PrintSubjects(r))
	return p, err == nil && seen <= p.Seen
}

// dropOldPrints deletes PDFs that hold words which were erased or hidden since they were
// made: another process may have done it, on another machine.
func (s *Site) dropOldPrints() error {
	if s.c.Files == "" {
		return nil
	}
	list, err := s.shelf().List()
	for _, p := range list {
		if s.c.Keeper.Seen([]string{keeper.WordsSubject}) > p.Seen {
			err = errors.Join(err, s.shelf().Drop(p))
		}
	}
	return err
}

// tidyPrints is dropOldPrints whenever words go, and at the start.
func (s *Site) tidyPrints() {
	if err := s.dropOldPrints(); err != nil {
		s.c.Log.Error("PDFs with old words are still there; they are not served", "error", err)
	}
}

// releaseFile serves one file of a release.
func (s *Site) releaseFile(w http.ResponseWriter, r *http.Request) {
	var of report.Report
	var pdf print.Print
	name := r.PathValue("file")
	lang := locale.Lang(strings.TrimSuffix(strings.TrimPrefix(name, "report."), ".pdf"))
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		if of, err = releaseNamed(tx, r); err != nil {
			return err
		}
		if name == "report."+string(lang)+".pdf" && locale.Known(string(lang)) {
			var ok bool
			if pdf, ok = s.printOf(tx, of, lang); !ok {
				return errNotFound(r.URL.Path)
			}
		}
		return nil
	})
	switch {
	case err != nil:
	case name == "figures.json":
		err = s.sendFigures(w, r, of)
	case name == "tables.zip":
		err = s.sendArchive(w, r, of)
	case pdf.Digest != "":
		err = s.sendPrint(w, r, pdf)
	default:
		err = errNotFound(r.URL.Path)
	}
	if err != nil {
		s.fail(w, r, "", err)
	}
}

// releaseNamed is the report that the address names, where that release is its own.
func releaseNamed(tx *db.Tx, r *http.Request) (report.Report, error) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return report.Report{}, errNotFound(r.URL.Path)
	}
	of, err := report.OfRelease(tx, n)
	if err == nil && strconv.FormatInt(of.ID, 10) != r.PathValue("id") {
		err = errNotFound(r.URL.Path)
	}
	return of, err
}

// labelled writes what every file of a release says of itself: its digest, under the
// name that HTTP has for it (RFC 9530), and that it is to be kept, not shown.
func labelled(w http.ResponseWriter, digest, kind, name string) {
	raw, _ := hex.DecodeString(digest)
	h := w.Header()
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(raw)+":")
	h.Set("ETag", `"`+digest+`"`)
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}

func (s *Site) sendFigures(w http.ResponseWriter, r *http.Request, of report.Report) error {
	digest, err := record.ParseDigest(of.ReleaseFigures)
	if err != nil {
		return err
	}
	var b []byte
	err = s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) { b, err = keeper.Blob(tx, digest); return err })
	if err != nil {
		return err
	}
	labelled(w, of.ReleaseFigures, twinTypes[".json"], "figures.json")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b)))
	return nil
}

// sendPrint sends a PDF. It is asked for anew each time: words can be erased.
func (s *Site) sendPrint(w http.ResponseWriter, r *http.Request, p print.Print) error {
	f, err := s.shelf().Open(p)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound(r.URL.Path)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	labelled(w, p.Digest, "application/pdf", fmt.Sprintf("report-%d-%s.pdf", p.Release, p.Lang))
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Language", string(p.Lang))
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// Limits of making an archive.
const (
	archiveTime    = 15 * time.Minute
	archivePatient = 10 * time.Second // how long who asks first waits
	maxArchive     = 1 << 30
)

// archives makes archives, one at a time, and each once.
type archives struct {
	mu    sync.Mutex
	being map[string]*archiving
	turn  sync.Mutex
}

type archiving struct {
	done chan struct{}
	err  error
}

// archiveOf is the file that the archive of a release is kept in. It holds nothing that
// anybody wrote, so it stays until another version of the program makes its own.
func (s *Site) archiveOf(r report.Report) string {
	build := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return -1
	}, s.c.Build)
	return filepath.Join(s.c.Files, "tables", r.ReleaseFigures+"."+build+".zip")
}

func (s *Site) sendArchive(w http.ResponseWriter, r *http.Request, of report.Report) error {
	if s.c.Files == "" {
		return errNotFound(r.URL.Path)
	}
	file := s.archiveOf(of)
	digest, err := os.ReadFile(file + ".sha256")
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.waitForArchive(r.Context(), of, file); err == nil {
			digest, err = os.ReadFile(file + ".sha256")
		}
	}
	if err != nil {
		if errors.Is(err, keeper.ErrUnavailable) {
			w.Header().Set("Retry-After", "30")
		}
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	labelled(w, string(digest), "application/zip", fmt.Sprintf("tables-%d.zip", of.Release))
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// waitForArchive has the archive made, and waits for it a little.
func (s *Site) waitForArchive(ctx context.Context, of report.Report, file string) error {
	s.archives.mu.Lock()
	a := s.archives.being[file]
	if a == nil {
		a = &archiving{done: make(chan struct{})}
		if s.archives.being == nil {
			s.archives.being = map[string]*archiving{}
		}
		s.archives.being[file] = a
		go func() {
			s.archives.turn.Lock()
			ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), archiveTime)
			a.err = s.keepArchive(ctx, of, file)
			stop()
			s.archives.turn.Unlock()
			s.archives.mu.Lock()
			delete(s.archives.being, file)
			s.archives.mu.Unlock()
			close(a.done)
		}()
	}
	s.archives.mu.Unlock()
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
	case <-time.After(archivePatient):
	}
	return keeper.Refuse(keeper.ErrUnavailable, locale.E("bundle.preparing"))
}

// keepArchive makes an archive and writes its digest beside it. If we die on the way
// there is no digest, and the next who asks has it made again.
func (s *Site) keepArchive(ctx context.Context, of report.Report, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	digest, err := MakeArchive(ctx, s.c.Keeper, of, file)
	if err != nil {
		return err
	}
	return os.WriteFile(file+".sha256", []byte(digest), 0o600)
}

// MakeArchive writes the tables of a release into a file, whole or not at all, and
// tells its digest.
func MakeArchive(ctx context.Context, k *keeper.Keeper, of report.Report, file string) (digest string, err error) {
	b, err := bundle.Of(ctx, k, of)
	if err != nil {
		return "", err
	}
	out, err := os.CreateTemp(filepath.Dir(file), "new-")
	if err != nil {
		return "", err
	}
	defer os.Remove(out.Name())
	sum := sha256.New()
	err = b.Write(&bounded{io.MultiWriter(out, sum), maxArchive})
	if err = errors.Join(err, out.Chmod(0o644), out.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), os.Rename(out.Name(), file)
}

// bounded refuses to write more than so many bytes.
type bounded struct {
	io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, keeper.Refuse(keeper.ErrInvalid, locale.E("err.bundle.large", "max", maxArchive>>20))
	}
	return b.Writer.Write(p)
}
