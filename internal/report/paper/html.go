package paper

import (
	"bytes"
	"html/template"
	"strconv"
	"strings"
	"sync"
)

// writer is a text under way, with the footnotes that were called already: a note may be
// called several times, and leads back to the first.
type writer struct {
	b      []byte
	called []bool
}

// writers are used again: a site that is exported writes thousands of texts.
var writers = sync.Pool{New: func() any { return new(writer) }}

// written gives keep what write puts into a writer; keep copies it.
func written(write func(b *writer), keep func([]byte)) {
	b := writers.Get().(*writer)
	defer writers.Put(b)
	b.b = b.b[:0]
	write(b)
	keep(b.b)
}

// HTML writes the text without its title, to stand in a page of the site. Footnotes
// carry the names by which LibreOffice knows its own when it takes a page over; tables
// stand in a box that scrolls by itself on a narrow screen.
func (d *Doc) HTML() (text template.HTML) {
	written(d.writeHTML, func(b []byte) { text = template.HTML(b) })
	return text
}

// File writes the text with its title as a file that stands alone.
func (d *Doc) File() (text []byte) {
	title := template.HTMLEscapeString(d.Title)
	written(func(b *writer) {
		b.put("<!doctype html>\n<html lang=\"", string(d.Lang), "\" dir=\"", d.Lang.Dir(),
			"\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>", title,
			"</title></head>\n<body>\n<h1>", title, "</h1>\n")
		d.writeHTML(b)
		b.put("</body>\n</html>\n")
	}, func(b []byte) { text = bytes.Clone(b) })
	return text
}

func (d *Doc) writeHTML(b *writer) {
	b.called = append(b.called[:0], make([]bool, len(d.notes)+1)...)
	for _, p := range d.parts {
		d.writePart(b, p)
	}
	d.writeNotes(b)
}

func (d *Doc) writePart(b *writer, p part) {
	switch p.kind {
	case heading:
		d.element(b, "h"+strconv.Itoa(p.level), p.line)
	case paragraph:
		d.element(b, "p", p.line)
	case quotation:
		b.put(`<blockquote lang="`, string(p.lang), `" dir="`, p.lang.Dir(), `">`)
		for _, line := range strings.Split(p.line[0].Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				d.element(b, "p", Line{Plain(line)})
			}
		}
		b.put("</blockquote>\n")
	case list:
		b.put("<ul>\n")
		for _, line := range p.lines {
			d.element(b, "li", line)
		}
		b.put("</ul>\n")
	case table:
		d.writeTable(b, p)
	}
}

func (d *Doc) writeTable(b *writer, p part) {
	caption := template.HTMLEscapeString(p.caption)
	b.put(`<div class="scroll" tabindex="0" role="region" aria-label="`, caption, `"><table><caption>`, caption, `</caption><thead><tr>`)
	for _, h := range p.head {
		b.put(`<th scope="col">`, template.HTMLEscapeString(h), "</th>")
	}
	b.put("</tr></thead><tbody>\n")
	for _, row := range p.rows {
		b.put("<tr>")
		for n, cell := range row {
			if n == 0 {
				b.put("<th scope=\"row\">")
				d.spans(b, cell)
				b.put("</th>")
				continue
			}
			b.put("<td>")
			d.spans(b, cell)
			b.put("</td>")
		}
		b.put("</tr>\n")
	}
	b.put("</tbody></table></div>\n")
}

// writeNotes sets the footnotes at the end, each with the way back.
func (d *Doc) writeNotes(b *writer) {
	for n, line := range d.notes {
		id := strconv.Itoa(n + 1)
		b.put(`<div id="sdfootnote`, id, `" role="doc-footnote"><p><a class="sdfootnotesym" id="sdfootnote`, id, `sym" href="#sdfootnote`, id, `anc">`, id, `</a> `)
		d.spans(b, line)
		b.put("</p></div>\n")
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
		id := strconv.Itoa(s.note)
		b.put(`<sup><a class="sdfootnoteanc"`)
		b.when(!b.called[s.note], ` id="sdfootnote`, id, `anc"`)
		b.called[s.note] = true
		b.put(` href="#sdfootnote`, id, `sym">`, id, `</a></sup>`)
		return
	}
	other := s.Lang != "" && s.Lang != d.Lang
	b.when(s.Href != "", `<a href="`, template.HTMLEscapeString(d.address(s)), `">`)
	b.when(s.Strong, "<b>")
	b.when(s.Name, "<bdi>")
	b.when(other, `<span lang="`, string(s.Lang), `" dir="`, s.Lang.Dir(), `">`)
	b.put(template.HTMLEscapeString(s.Text))
	b.when(other, "</span>")
	b.when(s.Name, "</bdi>")
	b.when(s.Strong, "</b>")
	b.when(s.Href != "", "</a>")
}

func (b *writer) put(all ...string) {
	for _, s := range all {
		b.b = append(b.b, s...)
	}
}

// when writes on a condition.
func (b *writer) when(holds bool, all ...string) {
	if holds {
		b.put(all...)
	}
}
