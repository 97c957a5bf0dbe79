package paper_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"kept/internal/locale"
	"kept/internal/report/paper"
)

const base = "https://compact.example"

func sample(lang locale.Lang) *paper.Doc {
	d := paper.New(lang, "A & B", base)
	d.Heading("Figures")
	mark := d.Note(paper.Plain("ITU, "), paper.Span{Text: "list", Href: "/items/P1"})
	d.Paragraph(paper.Strong("67 %"), mark, paper.Plain(" of "), paper.Span{Text: "Écoles", Lang: locale.French, Name: true})
	d.Paragraph(paper.Plain("again"), mark)
	d.Quote(locale.French, "Un.\n\nDeux.")
	d.Table("Rows", []string{"Name", "Value"}, [][]paper.Line{{{{Text: "a|b\nc"}}, {paper.Plain("1")}}})
	d.List(paper.Line{paper.Plain("- one")}, paper.Line{paper.Plain("12. two")})
	return d
}

func TestBothForms(t *testing.T) {
	d := sample(locale.Arabic)
	tests := []struct {
		name, got string
		want      []string
	}{
		{"Markdown", string(d.Markdown()), []string{"# A \\& B\n", "**67 %**[^1] of Écoles", "> Un.\n>\n> Deux.", "| a\\|b c | 1 |", "| --- | --- |", "- \\- one", "- 12\\. two",
			"[^1]: ITU, [list](<https://compact.example/ar/items/P1>)"}},
		{"HTML", string(d.HTML()), []string{`<b>67 %</b><sup><a class="sdfootnoteanc" id="sdfootnote1anc" href="#sdfootnote1sym">1</a></sup> of <bdi><span lang="fr" dir="ltr">Écoles</span></bdi>`,
			`<blockquote lang="fr" dir="ltr"><p>Un.</p>`, `<th scope="col">Name</th>`, `<th scope="row">a|b`, `again<sup><a class="sdfootnoteanc" href="#sdfootnote1sym">1</a>`, `<div id="sdfootnote1" role="doc-footnote">`, `<a href="https://compact.example/ar/items/P1">list</a>`}},
		{"file", string(d.File()), []string{`<html lang="ar" dir="rtl">`, "<h1>A &amp; B</h1>", "<title>A &amp; B</title>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, want := range test.want {
				if !strings.Contains(test.got, want) {
					t.Errorf("does not hold %q:\n%s", want, test.got)
				}
			}
		})
	}
}

// TestWordsStandForThemselves: nothing that somebody wrote becomes a link, an element
// or another row.
func TestWordsStandForThemselves(t *testing.T) {
	hostile := []string{"<script>alert(1)</script>", "[x](javascript:alert(1))", "![i](http://e)", "`c`", "**b**", "# h", "> q", "+ l", "1) l", "a\n| b |", "&lt;", "\\", "](<", "$x$", "~~s~~", "[^9]: n"}
	for _, text := range hostile {
		d := paper.New(locale.English, text, base)
		d.Paragraph(paper.Plain(text))
		d.Table("c", []string{"h"}, [][]paper.Line{{{paper.Plain(text)}}})
		md := string(d.Markdown())
		for _, line := range strings.Split(md, "\n") {
			if strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "1)") || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "[^") || strings.Contains(strings.ReplaceAll(line, "\\<", ""), "<script") {
				t.Errorf("%q gives the line %q", text, line)
			}
		}
		if html := string(d.HTML()); strings.Contains(html, "<script") {
			t.Errorf("%q gives %s", text, html)
		}
		if n := strings.Count(md, "\n| "); n != 3 {
			t.Errorf("%q: the table has %d lines, want head, line and one row\n%s", text, n, md)
		}
	}
}

// TestWellFormed: an editor that is stricter than browsers takes the HTML.
func TestWellFormed(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader("<x>" + string(sample(locale.English).HTML()) + "</x>"))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
