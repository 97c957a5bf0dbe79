package print_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kept/internal/locale"
	"kept/internal/report/print"
)

// chromium is the one on this machine. Where tests are run for everybody it must be there.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := print.Find("")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no Chromium: its PDFs are not tested")
	}
	return path
}

// words takes the text out of a PDF, as who copies from it gets it.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no pdftotext (poppler-utils): the text of PDFs is not tested")
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const fixture = `<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"><title>T</title></head><body><h1>%s</h1><p>%s</p><h2>%s</h2>
<table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>%s</body></html>`

var sheet = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

func TestPDF(t *testing.T) {
	path := chromium(t)
	for lang, text := range map[locale.Lang][2]string{locale.English: {"Schools are connected", "A second heading"}, locale.Arabic: {"المدارس موصولة", "عنوان ثان"}, locale.Chinese: {"学校已联网", "第二个标题"}} {
		t.Run(string(lang), func(t *testing.T) {
			long := strings.Repeat("<p>"+text[0]+"</p>", 90)
			page := fmt.Sprintf(fixture, lang, lang.Dir(), text[0], text[0], text[1], long)
			pdf, err := print.PDF(t.Context(), []byte(page), print.Options{Chromium: path, Lang: lang, Title: `"Harbour" </style> 2026`})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"/StructTreeRoot", "/MarkInfo", "/Lang (" + string(lang) + ")", "/Outlines"} {
				if !strings.Contains(string(pdf), want) {
					t.Errorf("the PDF has no %s", want)
				}
			}
			if n := len(sheet.FindAll(pdf, -1)); n < 2 {
				t.Errorf("got %d pages, want several", n)
			}
			said := words(t, pdf)
			for _, want := range []string{text[0], text[1], `"Harbour" </style> 2026`, pageTwo(lang)} {
				if !strings.Contains(plain(said), plain(want)) {
					t.Errorf("%q cannot be copied from the PDF:\n%.300s", want, said)
				}
			}
		})
	}
}

// pageTwo is how the number of the second page is read: from the right in Arabic.
func pageTwo(l locale.Lang) string {
	if l.Dir() == "rtl" {
		return "/ 2"
	}
	return "2 /"
}

// plain leaves out the marks of direction and the blanks that reading a PDF adds.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r == 0x200e || r == 0x200f || r == ' ' || r == '\n' || r == 0xa0 {
			return -1
		}
		return r
	}, s)
}

// TestNothingIsLoaded: a page asks for nothing, from the network or from this machine.
func TestNothingIsLoaded(t *testing.T) {
	path := chromium(t)
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); fmt.Fprint(w, "leaked") }))
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "secret.html")
	if err := os.WriteFile(secret, []byte("<p>secretword</p>"), 0o644); err != nil {
		t.Fatal(err)
	}
	hostile := fmt.Sprintf(`<img src="%[1]s/a.png"><iframe src="%[1]s/b"></iframe><iframe src="file://%[2]s"></iframe><object data="file://%[2]s"></object><link rel="stylesheet" href="%[1]s/c.css">
<script>document.body.append('script ran');fetch('%[1]s/d')</script><style>@import "%[1]s/e.css";body{background:url(%[1]s/f.png)}</style><meta http-equiv="refresh" content="0;url=%[1]s/g"><p>honest</p>`, server.URL, secret)
	pdf, err := print.PDF(t.Context(), []byte(fmt.Sprintf(fixture, "en", "ltr", "H", "p", "h", hostile)), print.Options{Chromium: path, Lang: locale.English})
	if err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the page asked the network %d times", n)
	}
	said := words(t, pdf)
	if strings.Contains(said, "secretword") || strings.Contains(said, "script ran") || strings.Contains(said, "leaked") || !strings.Contains(said, "honest") {
		t.Errorf("the PDF says %q", said)
	}
}

// stand is a program in place of Chromium.
func stand(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nfor last; do case $last in --print-to-pdf=*) out=${last#*=};; esac; done\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatCanGoWrong(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // other packages print at the same time
	for _, c := range []struct {
		name, script, want string
		o                  print.Options
	}{
		{"writes nothing", "exit 0", "err.print.nothing", print.Options{}},
		{"writes something else", `echo "<html>" > "$out"`, "err.print.nothing", print.Options{}},
		{"stops in the middle", `printf '%%PDF-1.4 half' > "$out"`, "err.print.nothing", print.Options{}},
		{"fails", "echo 'no usable sandbox' >&2; exit 1", "err.print.failed", print.Options{}},
		{"hangs", "sleep 600", "err.print.slow", print.Options{Timeout: 300 * time.Millisecond}},
		{"takes too much", "head -c 400000000 /dev/zero | tail", "err.print.memory", print.Options{Memory: 100 << 20, Timeout: 30 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Chromium, c.o.Lang = stand(t, c.script), locale.English
			_, err := print.PDF(t.Context(), []byte("<p>x</p>"), c.o)
			if es, ok := locale.All(err); !ok || es[0].Key != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := print.PDF(t.Context(), make([]byte, print.MaxPage+1), print.Options{}); err == nil {
		t.Error("a page of any size is printed")
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "kept-print-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTriesAgain: a Chromium that ends well without a PDF is started once more.
func TestTriesAgain(t *testing.T) {
	path := stand(t, `[ -e "$out.tried" ] && printf '%%PDF-1.4\n%%%%EOF' > "$out"; touch "$out.tried"`)
	pdf, err := print.PDF(t.Context(), []byte("<p>x</p>"), print.Options{Chromium: path, Lang: locale.English})
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("got %q, %v", pdf, err)
	}
}

// TestGroupIsKilled: what Chromium started ends with it.
func TestGroupIsKilled(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	path := stand(t, "sleep 600 & echo $! > "+pid+"; wait")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := print.PDF(ctx, []byte("<p>x</p>"), print.Options{Chromium: path, Lang: locale.English, Timeout: 500 * time.Millisecond})
	if err == nil {
		t.Fatal("it printed")
	}
	b, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	for range 50 {
		if syscall.Kill(child, 0) != nil || zombie(child) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %d still runs", child)
}

// zombie tells a process that has ended and waits for its parent.
func zombie(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(b), ") Z ")
}

func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, named := range []string{"", "/no/such/chromium"} {
		_, err := print.Find(named)
		if es, ok := locale.All(err); !errors.Is(err, print.ErrMissing) || !ok {
			t.Errorf("%q: got %v", named, err)
		} else if !strings.Contains(es[0].In(locale.French), "version imprimable") {
			t.Errorf("it does not point to the print view: %s", es[0].In(locale.French))
		}
	}
}

func TestMissingFont(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":/bin:/usr/bin")
	say := func(script string) {
		if err := os.WriteFile(filepath.Join(dir, "fc-list"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	say("exit 0")
	if font, pack := print.MissingFont(t.Context(), locale.Chinese); font != "Noto Serif CJK SC" || pack != "fonts-noto-cjk" {
		t.Errorf("got %q in %q", font, pack)
	}
	if font, _ := print.MissingFont(t.Context(), locale.English); font != "" {
		t.Errorf("English wants %q", font)
	}
	say("echo Some Font")
	if font, _ := print.MissingFont(t.Context(), locale.Arabic); font != "" {
		t.Errorf("with a font there, %q is missing", font)
	}
}
