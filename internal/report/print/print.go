// Package print makes a PDF of a finished page with the Chromium that is on the
// machine, and does without where there is none.
//
// The page is one self-contained document, as the site writes it for print. It is put
// into a folder of its own that nobody else can read, with a policy that lets nothing
// run and nothing load, and Chromium is started on it without a network, under a
// profile that begins empty and is deleted. Chromium and all that it started are one
// group of processes: when the time is over, or the memory, the group is killed.
//
// What comes out is tagged (headings, tables and languages stay known to a screen
// reader), has an outline and page numbers, and A4 sheets with a running title.
//
//	path, err := print.Find("")
//	pdf, err := print.PDF(ctx, page, print.Options{Chromium: path, Lang: locale.Arabic, Title: "…"})
package print

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kept/internal/locale"
)

// Limits of one print.
const (
	DefaultTimeout = 2 * time.Minute
	DefaultMemory  = 2 << 30 // bytes that all its processes may hold in memory together
	MaxPage        = 32 << 20
	maxPDF         = 128 << 20
)

// names are what Chromium and browsers made of it are called.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"}

// ErrMissing is the answer where no Chromium was found.
var ErrMissing = errors.New("no Chromium")

// Options say how to print.
type Options struct {
	Chromium string // path, as [Find] gives it
	Lang     locale.Lang
	Title    string        // runs along the head of each sheet
	Timeout  time.Duration // [DefaultTimeout] when zero
	Memory   int64         // [DefaultMemory] when zero
}

// Find is the path of a Chromium: the one that is named, else the first under its
// usual names in PATH.
func Find(named string) (string, error) {
	tried := names
	if named != "" {
		tried = []string{named}
	}
	for _, name := range tried {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %w", ErrMissing, locale.E("err.print.missing", "tried", strings.Join(tried, ", ")))
}

// PDF prints a page. What the reader can mend is a [locale.Error].
func PDF(ctx context.Context, page []byte, o Options) ([]byte, error) {
	if len(page) > MaxPage {
		return nil, locale.E("err.print.too_long", "size", len(page)>>20, "max", MaxPage>>20)
	}
	dir, err := os.MkdirTemp("", "kept-print-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source, target := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(source, dressed(page, o), 0o600); err != nil {
		return nil, err
	}
	for range tries {
		if err := run(ctx, o, dir, source, target); err != nil {
			return nil, err
		}
		pdf, err := taken(target)
		if pdf != nil || err != nil {
			return pdf, err
		}
	}
	return nil, locale.E("err.print.nothing")
}

// tries is how often Chromium is started that ends well and has written nothing: on a
// busy machine it does so once in forty times, where a page wants to go elsewhere.
const tries = 3

// taken reads what Chromium wrote, and believes neither its exit code nor its size;
// nil where there is no PDF.
func taken(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxPDF {
		return nil, locale.E("err.print.too_long", "size", info.Size()>>20, "max", maxPDF>>20)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte("%PDF-")) || !bytes.Contains(b[max(0, len(b)-1024):], []byte("%%EOF")) {
		return nil, os.Remove(path)
	}
	return b, nil
}

// policy lets the page run nothing and load nothing, whatever is in it.
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`

// dressed adds to the page what only paper needs: sheets, running title, page numbers.
func dressed(page []byte, o Options) []byte {
	start, end := "left", "right"
	if o.Lang.Dir() == "rtl" {
		start, end = end, start
	}
	sheet := fmt.Sprintf(`<style>@page{size:A4;margin:20mm 17mm 18mm;@top-%s{content:"%s";font:8pt sans-serif}@bottom-%s{content:counter(page) " / " counter(pages);font:8pt sans-serif}}</style>`,
		start, inCSS(o.Title), end)
	head := []byte("<head>")
	at := bytes.Index(page, head)
	if at < 0 {
		return append([]byte(policy+sheet), page...)
	}
	at += len(head)
	return bytes.Join([][]byte{page[:at], []byte(policy + sheet), page[at:]}, nil)
}

// inCSS writes text as a string of CSS can hold it, inside HTML too.
func inCSS(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < ' ':
			b.WriteByte(' ')
		case r > 127, r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', strings.ContainsRune(" .,:;()/-+", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\%x ", r)
		}
	}
	return b.String()
}
