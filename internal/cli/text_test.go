package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/cli"
	"kept/internal/locale"
)

// gdcShaped is a document of the shape of the compact, with invented words.
const gdcShaped = "../compact/testdata/gdc-2024.en.txt"

type loaded struct {
	Parts int
	Kept  bool
	Entry int64
}

func official(lang locale.Lang) string {
	return filepath.Join("..", "..", "compacts", "harbour", "official", "harbour-2025."+string(lang)+".txt")
}

func TestTextLoadHarbour(t *testing.T) {
	dir := newRecord(t, "harbour")
	before := size(t, dir)
	for _, lang := range locale.Langs {
		shown := must(t, "text", "load", "--text", "harbour-2025", "--lang", string(lang), official(lang), "--data", dir, "--yes")
		for _, id := range []string{"H.1 ", "H.5 "} {
			if !strings.Contains(shown, id) {
				t.Errorf("%s: part %s is not shown: %s", lang, id, shown)
			}
		}
	}
	if got := size(t, dir) - before; got != int64(len(locale.Langs)) {
		t.Errorf("%d entries for %d languages", got, len(locale.Langs))
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
}

func TestTextLoadAsks(t *testing.T) {
	dir := newRecord(t, "harbour")
	before := size(t, dir)
	load := []string{"text", "load", "--text", "harbour-2025", official("en"), "--data", dir}
	for name, answer := range map[string]string{"end of input": "", "no": "n\n", "another word": "yesterday\n", "no line end": strings.Repeat("y", 1<<20)} {
		var out, asked bytes.Buffer
		if code := cli.Run(context.Background(), load, strings.NewReader(answer), &out, &asked); code != 0 || !strings.Contains(out.String(), "nothing was kept") {
			t.Errorf("%s: %d %s", name, code, out.String())
		}
		if !strings.Contains(asked.String(), "[y/N]") {
			t.Errorf("%s: asked %q", name, asked.String())
		}
	}
	if l := decode[loaded](t, must(t, append(load, "--json")...)); l.Kept || l.Parts == 0 {
		t.Errorf("without an answer: %+v", l)
	}
	if got := size(t, dir); got != before {
		t.Errorf("%d entries were written without a yes", got-before)
	}
	var out, asked bytes.Buffer
	if code := cli.Run(context.Background(), load, strings.NewReader("y\n"), &out, &asked); code != 0 || !strings.Contains(out.String(), "kept as entry") {
		t.Errorf("yes: %d %s", code, out.String())
	}
	if got := size(t, dir); got != before+1 {
		t.Errorf("%d entries after a yes", got-before)
	}
}

// The document that the compact package's tests are made with: objectives numbered
// inside a paragraph, letters, page furniture.
func TestTextLoadGDC(t *testing.T) {
	dir := newRecord(t, "gdc")
	load := func(args ...string) ran {
		return kept(append([]string{"text", "load", "--text", "gdc-2024", "--data", dir}, args...)...)
	}
	whole, err := os.ReadFile(gdcShaped)
	if err != nil {
		t.Fatal(err)
	}
	stray := strings.Replace(string(whole), "\r\n13.  ", "\r\nThis line belongs to nobody.\r\n\r\n13.  ", 1)
	if stray == string(whole) {
		t.Fatal("there is no paragraph 13")
	}
	strayLine := strings.Count(stray[:strings.Index(stray, "This line")], "\n") + 1
	t.Run("a damaged copy is refused with its line", func(t *testing.T) {
		damaged := write(t, "damaged.txt", stray)
		load(damaged, "--yes").want(t, 3, damaged+":", "nothing was kept")
		f := decode[faults](t, load(damaged, "--yes", "--json").out)
		if len(f.Faults) != 1 || f.Faults[0].Line != strayLine || f.Faults[0].Remedy == "" {
			t.Errorf("got %+v, want line %d", f, strayLine)
		}
	})
	t.Run("the operator settles the line", func(t *testing.T) {
		damaged := write(t, "damaged.txt", stray)
		load(damaged, "--leave-out", "x").want(t, 2, "number of a line")
		load(damaged, "--leave-out", itoa(strayLine)).want(t, 0, "nothing was kept") // nobody said yes
	})
	t.Run("bytes that are no text", func(t *testing.T) {
		for name, content := range map[string]string{"empty": "", "PDF": "%PDF-1.7\n", "binary": "\x7fELF\x00\x01\x02", "UTF-16": "\xff\xfe1\x00.\x00", "too large": strings.Repeat("a", 5<<20)} {
			r := load(write(t, "file.txt", content), "--yes")
			if r.code != 3 && r.code != 1 || r.err+r.out == "" {
				t.Errorf("%s: %d %s%s", name, r.code, r.out, r.err)
			}
		}
	})
	load(gdcShaped, "--text", "nope").want(t, 2, "gdc-2024", "gdc-2023")
	load(gdcShaped, "--in", "xx").want(t, 2, "--lang")
	l := decode[loaded](t, must(t, "text", "load", "--text", "gdc-2024", "--data", dir, gdcShaped, "--yes", "--json"))
	if l.Parts != 168 || !l.Kept {
		t.Errorf("%+v, want 168 parts", l)
	}
	if got := size(t, dir); got != l.Entry+1 {
		t.Errorf("%d entries, want only the text after the beginning, at %d", got, l.Entry)
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
}
