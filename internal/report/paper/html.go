package paper

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// writer is HTML under way, with the footnotes that were called already: a note may be
// called several times, and leads back to the first.
type writer struct {
	strings.Builder
	called []bool
}

// HTML writes the text without its title, to stand in a page of the site. Footnotes
// carry the names by which LibreOffice knows its own when it takes a page over; tables
// stand in a box that scrolls by itself on a narrow screen.
func (d *Doc) HTML() template.HTML {
	b := &writer{called: make([]bool, len(d.notes)+1)}
	b.Grow(8 << 10)
	for _, p := range d.parts {
		d.writePart(b, p)
	}
	d.writeNotes(b)
	return template.HTML(b.String())
}

// File writes the text with its title as a file that stands alone.
func (d *Doc) File() []byte {
	title := template.HTMLEscapeString(d.Title)
	return fmt.Appendf(nil, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>%s</title></head>\n<body>\n<h1>%s</h1>\n%s</body>\n</html>\n",
		d.Lang, d.Lang.Dir(), title, title, d.HTML())
}

func (d *Doc) writePart(b *writer, p part) {
	switch p.kind {
	case heading:
		d.element(b, "h"+strconv.Itoa(p.level), p.line)
	case paragraph:
		d.element(b, "p", p.line)
	case quotation:
		fmt.Fprintf(b, "<blockquote lang=\"%s\" dir=\"%s\">", p.lang, p.lang.Dir())
		for _, line := range strings.Split(p.line[0].Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				d.element(b, "p", Line{Plain(line)})
			}
		}
		b.WriteString("</blockquote>\n")
	case list:
		b.WriteString("<ul>\n")
		for _, line := range p.lines {
			d.element(b, "li", line)
		}
		b.WriteString("</ul>\n")
	case table:
		d.writeTable(b, p)
	}
}

func (d *Doc) writeTable(b *writer, p part) {
	caption := template.HTMLEscapeString(p.caption)
	fmt.Fprintf(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><caption>%[1]s</caption><thead><tr>", caption)
	for _, h := range p.head {
		b.put(`<th scope="col">`, template.HTMLEscapeString(h), "</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, row := range p.rows {
		b.WriteString("<tr>")
		for n, cell := range row {
			if n == 0 {
				b.WriteString("<th scope=\"row\">")
				d.spans(b, cell)
				b.WriteString("</th>")
				continue
			}
			b.WriteString("<td>")
			d.spans(b, cell)
			b.WriteString("</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></div>\n")
}

// writeNotes sets the footnotes at the end, each with the way back.
func (d *Doc) writeNotes(b *writer) {
	for n, line := range d.notes {
		fmt.Fprintf(b, "<div id=\"sdfootnote%d\" role=\"doc-footnote\"><p><a class=\"sdfootnotesym\" id=\"sdfootnote%[1]dsym\" href=\"#sdfootnote%[1]danc\">%[1]d</a> ", n+1)
		d.spans(b, line)
		b.WriteString("</p></div>\n")
	}
}

func (d *Doc) element(b *writer, name string, line Line) {
	b.put("<", name, ">")
	d.spans(b, line)
	b.put("</", name, ">\n")
}

func (d *Doc) spans(b *writer, line Line) {
	for _, s := range line {
		d.span(b, s)
	}
}

func (d *Doc) span(b *writer, s Span) {
	if s.note > 0 {
		id := ""
		if !b.called[s.note] {
			id = fmt.Sprintf(" id=\"sdfootnote%danc\"", s.note)
		}
		b.called[s.note] = true
		fmt.Fprintf(b, "<sup><a class=\"sdfootnoteanc\"%s href=\"#sdfootnote%dsym\">%[2]d</a></sup>", id, s.note)
		return
	}
	other := s.Lang != "" && s.Lang != d.Lang
	b.when(s.Href != "", `<a href="`, template.HTMLEscapeString(d.address(s)), `">`)
	b.when(s.Strong, "<b>")
	b.when(s.Name, "<bdi>")
	b.when(other, `<span lang="`, string(s.Lang), `" dir="`, s.Lang.Dir(), `">`)
	b.WriteString(template.HTMLEscapeString(s.Text))
	b.when(other, "</span>")
	b.when(s.Name, "</bdi>")
	b.when(s.Strong, "</b>")
	b.when(s.Href != "", "</a>")
}

func (b *writer) put(all ...string) {
	for _, s := range all {
		b.WriteString(s)
	}
}

// when writes on a condition.
func (b *writer) when(holds bool, all ...string) {
	if holds {
		b.put(all...)
	}
}
