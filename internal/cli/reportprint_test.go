package cli_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kept/internal/report/print"
)

// needsChromium ends a test where there is none. Where tests are run for everybody it must be there.
func needsChromium(t *testing.T) {
	t.Helper()
	_, err := print.Find("")
	if _, lacks := exec.LookPath("pdftotext"); err == nil {
		err = lacks
	}
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("what PDFs say is not tested: %v", err)
	}
}

var sheets = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// saying is what a PDF says, as who copies from it gets it, without blanks.
func saying(t *testing.T, pdf string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(out), " ", ""), "\n", "")
}

// planted is a text in a report that is erased later.
const planted = "A sentence that nobody will miss"

// releasedReport is a data directory of a sample with a released report, the clock it goes by, and the release.
func releasedReport(t *testing.T, flags ...string) (dir, clock, release string) {
	t.Helper()
	dir, clock = filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "clock")
	say := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	number := func(out string) string {
		var made struct {
			Entry int64 `json:"entry"`
		}
		if err := json.Unmarshal([]byte(out), &made); err != nil {
			t.Fatal(err)
		}
		return strconv.FormatInt(made.Entry, 10)
	}
	say(clock, "2026-01-10T12:00:00Z\n")
	must(t, "init", "--pack", "harbour", "--origin", originOf(t), "--data", dir, "--sample-clock", clock)
	opened := number(must(t, "report", "open", "--data", dir, "--sample-clock", clock, "--to", "2025-12-31", "--json"))
	words := t.TempDir()
	say(filepath.Join(words, "parties.en.md"), planted+": {parties.total}.\n")
	say(filepath.Join(words, "parties.ar.md"), "نعد {parties.total} من الأطراف.\n")
	say(filepath.Join(words, "parties.zh.md"), "共有 {parties.total} 个参与方。\n")
	say(clock, "2026-02-20T12:00:00Z\n")
	release = number(must(t, append([]string{"report", "release", opened, "--data", dir, "--sample-clock", clock, "--narrative", words, "--json"}, flags...)...))
	return dir, clock, release
}

func TestReportPrint(t *testing.T) {
	needsChromium(t)
	dir, clock, release := releasedReport(t)
	for lang, want := range map[string]string{"en": planted, "ar": "نعد", "zh": "个参与方"} {
		file := filepath.Join(t.TempDir(), lang+".pdf")
		must(t, "report", "print", dir, release, "--lang", lang, "-o", file, "--sample-clock", clock, "--base", "https://harbour.example")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range []string{"/StructTreeRoot", "/MarkInfo", "/Lang (" + lang + ")", "/Outlines", "https://harbour.example/" + lang + "/"} {
			if !strings.Contains(string(b), tag) {
				t.Errorf("%s: the PDF has no %s", lang, tag)
			}
		}
		if strings.Contains(string(b), "file://") || strings.Contains(string(b), "localhost") {
			t.Errorf("%s: the PDF tells of the machine that made it", lang)
		}
		if len(sheets.FindAll(b, -1)) < 3 || !strings.Contains(saying(t, file), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s: %d sheets, and %q in %.300s", lang, len(sheets.FindAll(b, -1)), want, saying(t, file))
		}
	}
}

// keptPrints are the files of the PDFs that are kept.
func keptPrints(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "files", "prints", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// holding is how many PDFs say what was planted.
func holding(t *testing.T, prints []string) (n int) {
	t.Helper()
	for _, name := range prints {
		if strings.Contains(saying(t, name), strings.ReplaceAll(planted, " ", "")) {
			n++
		}
	}
	return n
}

// An erasure deletes every PDF that is kept, and makes them anew without the text.
func TestEraseFromPrints(t *testing.T) {
	needsChromium(t)
	dir, clock, release := releasedReport(t, "--print")
	before := keptPrints(t, dir)
	if len(before) != 3 || holding(t, before) != 1 {
		t.Fatalf("kept %v, want one PDF for each language of the narrative", before)
	}
	out := must(t, "erase", "--data", dir, "--sample-clock", clock, "--entry", release, "--part", "parties.en", "--reason", "request", "--yes")
	if !strings.Contains(out, "PDF deleted and made anew: release "+release+" in en") {
		t.Errorf("it does not say so: %s", out)
	}
	after := keptPrints(t, dir)
	if len(after) != 3 || holding(t, after) != 0 {
		t.Errorf("before %v, after %v", before, after)
	}
	for _, name := range before {
		if slices.Contains(after, name) {
			t.Errorf("%s is still there", name)
		}
	}
	t.Setenv("PATH", t.TempDir())
	out = must(t, "erase", "--data", dir, "--sample-clock", clock, "--entry", release, "--part", "parties.zh", "--reason", "request", "--yes")
	if !strings.Contains(out, "PDF deleted, not made anew: release "+release+" in en: kept report print") || len(keptPrints(t, dir)) != 0 {
		t.Errorf("without Chromium: %s, and %v is left", out, keptPrints(t, dir))
	}
}

func TestPrintWithoutChromium(t *testing.T) {
	dir, clock, release := releasedReport(t)
	t.Setenv("PATH", t.TempDir())
	kept("report", "print", dir, release, "--lang", "fr", "--sample-clock", clock).want(t, 1, "version imprimable", "--chromium")
	kept("report", "print", dir, "1", "--sample-clock", clock).want(t, 1, "No report was released by entry 1")
	kept("report", "print", dir, "x").want(t, 2, "RELEASE")
	kept("report", "print", dir, release, "--all", "-o", "x.pdf").want(t, 2, "-o takes one language")
	kept("report", "bundle", dir, "x").want(t, 2, "RELEASE")
}

// The same release gives the same archive, and its digest is told.
func TestReportBundle(t *testing.T) {
	dir, clock, release := releasedReport(t)
	folder := t.TempDir()
	one := must(t, "report", "bundle", dir, release, "-o", filepath.Join(folder, "one.zip"), "--sample-clock", clock)
	two := must(t, "report", "bundle", dir, release, "-o", filepath.Join(folder, "two.zip"), "--sample-clock", clock)
	_, first, _ := strings.Cut(one, "SHA-256 ")
	if _, second, _ := strings.Cut(two, "SHA-256 "); first != second || len(strings.TrimSpace(first)) != 64 {
		t.Errorf("got %q and %q", one, two)
	}
	z, err := zip.OpenReader(filepath.Join(folder, "one.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
	}
	for _, want := range []string{"README.ar.md", "figures.json", "figures.csv", "items.csv", "records.csv"} {
		if !names[want] {
			t.Errorf("the archive has no %s", want)
		}
	}
}
