package narrative_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kept/internal/locale"
	"kept/internal/report/narrative"
)

// outline writes a document's tree on one line, for comparing.
func outline(nodes []*narrative.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString("(" + n.Kind)
		if n.Level > 0 {
			fmt.Fprintf(&b, " %d", n.Level)
		}
		if n.Text != "" {
			fmt.Fprintf(&b, " %q", n.Text)
		}
		if n.Href != "" {
			b.WriteString(" " + n.Href)
		}
		if n.Kind == narrative.Reference {
			b.WriteString(" " + n.Ref.String())
		}
		b.WriteString(outline(n.Nodes) + ")")
	}
	return b.String()
}

func faults(d *narrative.Document) (out []string) {
	for _, f := range d.Faults {
		all, _ := locale.All(f.Err)
		out = append(out, fmt.Sprintf("%d %s", f.Line, all[0].Key))
	}
	return out
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a reference", "We count {parties.total} parties.", `(paragraph(text "We count ")(reference parties.total)(text " parties."))`},
		{"underscores of an id are no emphasis", "{series.internet_users.world_total} _now_", `(paragraph(reference series.internet_users.world_total)(text " ")(emphasis(text "now")))`},
		{"every kind", "{commitment:12} {party:3} {item:P11d}", `(paragraph(reference commitment:12)(text " ")(reference party:3)(text " ")(reference item:P11d))`},
		{"escaped braces are text", `\{parties.total}`, `(paragraph(text "{parties.total}"))`},
		{"code holds no reference", "`{parties.total}`", `(paragraph(code "{parties.total}"))`},
		{"headings and lists", "# Who\n\n1. one\n2. **two**\n\n- three", `(heading 1(text "Who"))(ordered 1(item(paragraph(text "one")))(item(paragraph(strong(text "two")))))(list(item(paragraph(text "three"))))`},
		{"quotation and rule", "> said\n\n---", `(quote(paragraph(text "said")))(rule)`},
		{"links", "[web](https://example.org/a?b=1) [here](/items/P11d)", `(paragraph(link https://example.org/a?b=1(text "web"))(text " ")(link /items/P11d(text "here")))`},
		{"entities", "a &amp; b &lt;c&gt;", `(paragraph(text "a & b <c>"))`},
		{"a line break", "one\\\ntwo", `(paragraph(text "one")(break)(text "two"))`},
		{"a brace that closes nowhere", "a { b", `(paragraph(text "a ")(text "{ b"))`},
		{"a mail address is text", "<a@example.org>", `(paragraph(text "a@example.org"))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := narrative.Parse(c.text)
			if got := outline(d.Nodes); got != c.want || len(d.Faults) > 0 {
				t.Errorf("got  %s %v\nwant %s", got, faults(d), c.want)
			}
		})
	}
}

// What a browser could run or fetch is a fault with its line, and stays text.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a script", "one\n\n<script>alert(1)</script>", []string{"3 err.narrative.html"}},
		{"HTML in a line", "one\ntwo <b onclick=x>three</b>", []string{"2 err.narrative.html", "2 err.narrative.html"}},
		{"a script as a link", "[a](javascript:alert(1))", []string{"1 err.narrative.link"}},
		{"a script in disguise", "[a](JaVaScRiPt&colon;alert(1)) <javascript:alert(1)>", []string{"1 err.narrative.link", "1 err.narrative.link"}},
		{"data", "[a](data:text/html,x)", []string{"1 err.narrative.link"}},
		{"another host without its scheme", "[a](//evil.example/)", []string{"1 err.narrative.link"}},
		{"a picture", "text\n\n![a](https://evil.example/a.png)", []string{"3 err.narrative.image"}},
		{"no reference", "one\n{parties total}", []string{"2 err.narrative.reference"}},
		{"an unknown kind", "{person:12}", []string{"1 err.narrative.reference"}},
		{"too deep", strings.Repeat(">", 40) + "a", []string{"1 err.narrative.deep"}},
		{"too long", strings.Repeat("a", narrative.MaxText+1), []string{"1 err.narrative.too_long"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := narrative.Parse(c.text)
			if got := faults(d); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if s := outline(d.Nodes); strings.Contains(strings.ToLower(s), "(link javascript") || strings.Contains(s, "(link //") || strings.Contains(s, "(link data") {
				t.Errorf("a link that should be text: %s", s)
			}
		})
	}
}

func TestTyped(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a count", "There are 12 parties.\nAnd 3,400 schools.", []string{"1 12", "2 3,400"}},
		{"a share", "37 % of them", []string{"1 37"}},
		{"years and dates", "In 2025–2026, on 31 December 2027, 2027-12-31, 31.12.2027, December 31.", nil},
		{"dates in other languages", "Le 1er mars 2026, el 3 de mayo de 2026, 5 июня 2026, 2026年3月1日, 7 مارس 2026", nil},
		{"places in a text", "Paragraphs 11, 12 and 14, article 3 (b), § 5, пункт 11, 第11段, الفقرة 11, párrafos 7 y 8", nil},
		{"codes", "P11d, H.5, A/RES/79/1, COVID-19, 5G", nil},
		{"ordinals", "at the 82nd session, la 2e fois", nil},
		{"references", "{parties.total} of {item:P11d}", nil},
		{"code", "`12`", nil},
		{"other digits", "لدينا ١٢ طرفا, 有12所学校", []string{"1 ١٢", "1 12"}},
		{"in lists, quotations, links and headings", "# 7 of us\n\n- 8\n\n> 9 [10](/items)", []string{"1 7", "3 8", "5 9", "5 10"}},
		{"a ratio", "12/15 of them, 1:4", []string{"1 12", "1 15", "1 1", "1 4"}},
		{"the next count after a paragraph", "Paragraph 11 asks for 30 schools", []string{"1 30"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range narrative.Parse(c.text).Typed() {
				got = append(got, fmt.Sprintf("%d %s", f.Line, f.Text))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// Whatever is written, the reader ends, and no link or markup comes out that could run.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"# a\n\n{parties.total} *b* [c](/d) `e` {item:P11d}\n\n> - 1. f", "<script>", "[a](javascript:b)", "![x](y)", "{", "{a}{", "\\{a}",
		"&#x6a;avascript:", "[a]: javascript:b\n\n[a]", strings.Repeat("> ", 30), strings.Repeat("*a **b ", 50), strings.Repeat("[", 200), "第12段 ١٢", "a\x00b", "\u202eabc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := narrative.Parse(s)
		lines := strings.Count(s, "\n") + 1
		for _, x := range d.Faults {
			if x.Line < 1 || x.Line > lines {
				t.Fatalf("fault in line %d of %d", x.Line, lines)
			}
		}
		for _, x := range d.Typed() {
			if x.Line < 1 || x.Line > lines {
				t.Fatalf("figure in line %d of %d", x.Line, lines)
			}
		}
		var walk func([]*narrative.Node, int)
		walk = func(nodes []*narrative.Node, depth int) {
			if depth > 80 {
				t.Fatal("deeper than any page can be")
			}
			for _, n := range nodes {
				if n.Kind == narrative.Anchor && !narrative.Linkable(n.Href) {
					t.Fatalf("a link to %q", n.Href)
				}
				if _, ok := narrative.ParseRef(n.Ref.String()); n.Kind == narrative.Reference && !ok {
					t.Fatalf("a reference to %q", n.Ref)
				}
				walk(n.Nodes, depth+1)
			}
		}
		walk(d.Nodes, 0)
	})
}
