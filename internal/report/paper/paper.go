// Package paper is a short text that leaves the site: put on one page in one
// language, then written as Markdown and as HTML, from the same parts, so that the
// two cannot say different things.
//
// A [Doc] is made of headings, paragraphs, lists, quotations and tables, whose words
// are lines of [Span]: plain, strong, a link, a name, or words in another language
// than the text's. Footnotes are collected where they are called and stand at the
// end. The HTML is meant to be pasted into a word processor: every part is the
// element that means it, nothing rests on a class or a style, and a footnote is
// written the way that word processors take for one of their own.
//
//	d := paper.New(locale.French, "P11d Raccorder les écoles", "https://compact.example.org")
//	mark := d.Note(paper.Plain("ITU, 2024"))
//	d.Paragraph(paper.Plain("67 %"), mark)
//	text := d.Markdown()
package paper

import "kept/internal/locale"

// Span is a piece of a line.
type Span struct {
	Text   string
	Lang   locale.Lang // where it is another than the text's
	Href   string      // an address of the site without language, or a whole one
	Strong bool
	Name   bool // round it nothing may change its direction
	Whole  bool // Href is complete: the site's own language is not put before it
	note   int
}

// Line is what stands in a paragraph, a cell or a list's entry.
type Line []Span

// Plain is words without more.
func Plain(text string) Span { return Span{Text: text} }

// Strong is words that stand out.
func Strong(text string) Span { return Span{Text: text, Strong: true} }

// Doc is a text in one language.
type Doc struct {
	Lang  locale.Lang
	Title string
	base  string // of addresses on the site; "" leaves them as they are
	parts []part
	notes []Line
}

// Kinds of part.
const (
	heading = iota
	paragraph
	quotation
	list
	table
)

// part is one block of a text. Which fields are filled, its kind says.
type part struct {
	kind    int
	level   int
	lang    locale.Lang
	line    Line
	lines   []Line
	caption string
	head    []string
	rows    [][]Line
}

// New begins a text under its title. Addresses on the site are written after base.
func New(lang locale.Lang, title, base string) *Doc {
	return &Doc{Lang: lang, Title: title, base: base}
}

// Heading begins a section.
func (d *Doc) Heading(text string) { d.add(part{kind: heading, level: 2, line: Line{Plain(text)}}) }

// Paragraph adds a paragraph; one without words is left out.
func (d *Doc) Paragraph(line ...Span) {
	if len(line) > 0 {
		d.add(part{kind: paragraph, line: line})
	}
}

// Quote adds words of somebody else, in their language.
func (d *Doc) Quote(lang locale.Lang, text string) {
	d.add(part{kind: quotation, lang: lang, line: Line{Plain(text)}})
}

// List adds a list; an empty one is left out.
func (d *Doc) List(lines ...Line) {
	if len(lines) > 0 {
		d.add(part{kind: list, lines: lines})
	}
}

// Table adds a table with a heading for each column.
func (d *Doc) Table(caption string, head []string, rows [][]Line) {
	if len(rows) > 0 {
		d.add(part{kind: table, caption: caption, head: head, rows: rows})
	}
}

// Note adds a footnote and gives the mark that calls it.
func (d *Doc) Note(line ...Span) Span {
	d.notes = append(d.notes, line)
	return Span{note: len(d.notes)}
}

// Notes is how many footnotes there are.
func (d *Doc) Notes() int { return len(d.notes) }

func (d *Doc) add(p part) { d.parts = append(d.parts, p) }

// address is where a span leads.
func (d *Doc) address(s Span) string {
	switch {
	case s.Href == "" || s.Href[0] != '/':
		return s.Href
	case s.Whole:
		return d.base + s.Href
	}
	return d.base + "/" + string(d.Lang) + s.Href
}
