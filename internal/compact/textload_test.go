package compact_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/locale"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

func gdc(t testing.TB) *compact.Pack {
	t.Helper()
	p, faults := compact.Check(compacts.GDC())
	for _, f := range faults {
		t.Fatal(f)
	}
	return p
}

// Every paragraph and letter of a document of the compact's shape must find its
// part, with exactly its words, in each of the six ways of numbering.
func TestSplitAttachesEveryPart(t *testing.T) {
	text := gdc(t).TextInForce()
	for _, lang := range locale.Langs {
		t.Run(string(lang), func(t *testing.T) {
			doc := document(text, lang)
			if lang == locale.English {
				golden(t, "gdc-2024.en.txt", doc.String())
			}
			r, faults := compact.Split(text, lang, []byte(doc.String()), compact.Choices{})
			for _, f := range faults {
				t.Error(f)
			}
			if len(r.Parts) != len(text.Items) {
				t.Errorf("%d parts attached, want %d", len(r.Parts), len(text.Items))
			}
			for _, part := range r.Parts {
				if want := doc.words[part.ID]; part.Words != want {
					t.Errorf("%s:\n got %q\nwant %q", part.ID, part.Words, want)
				}
				if part.Line != doc.at[part.ID] {
					t.Errorf("%s begins in line %d, want %d", part.ID, part.Line, doc.at[part.ID])
				}
			}
			headings := 0
			for _, a := range r.Asides {
				if a.Kind == "heading" {
					headings++
				}
			}
			if headings != 6 {
				t.Errorf("%d headings, want 6: five objectives and the follow-up", headings)
			}
			if slips := len(r.Slips); (lang == locale.English) != (slips > 0) {
				t.Errorf("%d slips of the comma noted", slips)
			}
		})
	}
}

// The same document comes in many forms; each must give the same words.
func TestSplitOfOtherExtractions(t *testing.T) {
	text := gdc(t).TextInForce()
	forms := map[string]func([]string) string{
		"without blank lines": func(lines []string) string {
			return strings.Join(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" }), "\n")
		},
		"every line followed by a blank one": func(lines []string) string {
			return strings.Join(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" }), "\n\n")
		},
		"indented": func(lines []string) string { return "\t  " + strings.Join(lines, "\r\n \u00a0  ") },
		"one line for each part": func(lines []string) string {
			document := strings.Join(lines, "\n")
			for _, furniture := range []string{"__________________\n", text.Symbol + "\n"} {
				document = strings.ReplaceAll(document, furniture, "\n")
			}
			document = regexp.MustCompile(`(?m)^24-15616 .*$|^\d Resolution .*$|\f`).ReplaceAllString(document, "")
			document = regexp.MustCompile(`([\pL0-9.-])\n\n+(\p{Ll})`).ReplaceAllString(document, "$1\n$2") // over the end of a page
			return regexp.MustCompile(`(\S)\n([^\n\s\d(])`).ReplaceAllString(document, "$1 $2")
		},
	}
	for name, form := range forms {
		for _, lang := range []locale.Lang{locale.English, locale.Russian} {
			t.Run(name+" "+string(lang), func(t *testing.T) {
				doc := document(text, lang)
				r, faults := compact.Split(text, lang, []byte(form(doc.lines)), compact.Choices{})
				for _, f := range faults {
					t.Error(f)
				}
				for _, part := range r.Parts {
					if want := doc.words[part.ID]; part.Words != want {
						t.Errorf("%s:\n got %q\nwant %q", part.ID, part.Words, want)
					}
				}
			})
		}
	}
}

// golden compares a made document with the one in testdata, so that what the test reads can be read by people.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not the document that the test makes of the pack; run with -update and look at the difference", path)
	}
}

func TestSplitRefusesDamage(t *testing.T) {
	text := gdc(t).TextInForce()
	doc := document(text, locale.English)
	line := func(id string) int { return doc.at[id] - 1 }
	cut := func(lines []string, from, to int) []string {
		return append(append([]string(nil), lines[:from]...), lines[to:]...)
	}
	put := func(lines []string, at int, words ...string) []string {
		return append(append(append([]string(nil), lines[:at]...), words...), lines[at:]...)
	}
	tests := []struct {
		name   string
		damage func() []string
		line   int
		want   string
	}{
		{"a letter is missing", func() []string { return cut(doc.lines, line("P11d"), line("P11e")) }, line("P11d") + 1, "text_letter_missing"},
		{"the last letter is missing", func() []string { return cut(doc.lines, line("P11g"), line("P12")) }, line("P11g") + 1, "text_letter_missing"},
		{"a paragraph is missing", func() []string { return cut(doc.lines, line("P46"), line("P47")) }, line("P46") + 1, "text_paragraph_missing"},
		{"an objective is missing", func() []string { return cut(doc.lines, line("O3"), line("O4")) }, line("O3") + 1, "text_point_missing"},
		{"the last paragraph is missing", func() []string { return cut(doc.lines, line("FU.74"), len(doc.lines)) }, line("FU.73") + 1, "text_paragraph_missing"},
		{"a paragraph stands twice", func() []string { return put(doc.lines, line("P15"), doc.lines[line("P14"):line("P15")]...) }, line("P15") + 1, "text_number_twice"},
		{"a letter stands twice", func() []string { return put(doc.lines, line("P13c"), doc.lines[line("P13b"):line("P13c")]...) }, line("P13c") + 1, "text_letter_twice"},
		{"a letter too many", func() []string { return put(doc.lines, line("P12"), "    (h)  Something else;", "") }, line("P12") + 1, "text_letter_surplus"},
		{"a letter where none belongs", func() []string { return put(doc.lines, line("P13"), "    (a)  Something else;", "") }, line("P13") + 1, "text_letter_surplus"},
		{"a stray line", func() []string { return put(doc.lines, line("P29c"), "This line belongs to nobody.", "") }, line("P29c") + 1, "text_stray"},
		{"a paragraph cut in its middle", func() []string { return cut(doc.lines, line("P51")+1, line("P52")-1) }, line("P51") + 1, "text_unfinished"},
		{"another text follows", func() []string { return put(doc.lines, len(doc.lines), "Annex II", "", "1.  Something else.") }, len(doc.lines) + 1, "text_tail"},
		{"paragraph 75", func() []string { return put(doc.lines, len(doc.lines), "75.  Something else.") }, len(doc.lines) + 1, "text_stray"},
		{"no numbers at all", func() []string { return []string{"Some words.", "More words."} }, 1, "text_no_start"},
		{"an empty file", func() []string { return nil }, 1, "text_no_start"},
		{"half a character", func() []string { return put(doc.lines, 3, "\xff") }, 4, "text_not_utf8"},
		{"a zero byte", func() []string { return put(doc.lines, 3, "a\x00b") }, 4, "text_nul"},
		{"a line without end", func() []string { return put(doc.lines, 3, strings.Repeat("a", 1<<17)) }, 4, "text_line_too_long"},
		{"a PDF", func() []string { return []string{"%PDF-1.7"} }, 1, "text_not_plain"},
		{"UTF-16", func() []string { return []string{"\xff\xfe1\x00.\x00"} }, 1, "text_utf16"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, faults := compact.Split(text, locale.English, []byte(strings.Join(test.damage(), "\n")), compact.Choices{})
			if len(faults) == 0 {
				t.Fatal("the damaged document was taken")
			}
			f := faults[0]
			if f.Name != test.want || f.Line < test.line || f.Line > test.line+8 {
				t.Errorf("got %v (%s), want %s in line %d; all: %v", f, f.Name, test.want, test.line, faults)
			}
			if m := f.Message(locale.English) + f.Remedy(locale.English); strings.ContainsAny(m, "⟦{") {
				t.Errorf("message is not whole: %s", m)
			}
		})
	}
	t.Run("a text without numbers", func(t *testing.T) {
		old, _ := gdc(t).Text("gdc-2023")
		if _, faults := compact.Split(old, locale.English, []byte("1. x."), compact.Choices{}); len(faults) != 1 || faults[0].Name != "text_not_numbered" {
			t.Errorf("got %v", faults)
		}
	})
}
