package paper

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
)

// Markdown writes the text with its title, in the dialect with tables and footnotes
// that GitHub, Pandoc and most editors know.
func (d *Doc) Markdown() (text []byte) {
	written(d.writeMarkdown, func(b []byte) { text = bytes.Clone(b) })
	return text
}

func (d *Doc) writeMarkdown(b *writer) {
	d.mark(b, "# ", Line{Plain(d.Title)}, "\n")
	for _, p := range d.parts {
		b.put("\n")
		switch p.kind {
		case heading:
			d.mark(b, strings.Repeat("#", p.level)+" ", p.line, "\n")
		case paragraph:
			d.mark(b, "", p.line, "\n")
		case quotation:
			for _, line := range strings.Split(p.line[0].Text, "\n") {
				d.mark(b, "> ", Line{Plain(line)}, "")
				b.b = append(bytes.TrimRightFunc(b.b, unicode.IsSpace), '\n')
			}
		case list:
			for _, line := range p.lines {
				d.mark(b, "- ", line, "\n")
			}
		case table:
			d.markTable(b, p)
		}
	}
	for n, line := range d.notes {
		d.mark(b, "\n[^"+strconv.Itoa(n+1)+"]: ", line, "\n")
	}
}

func (d *Doc) markTable(b *writer, p part) {
	d.mark(b, "", Line{Plain(p.caption)}, "\n\n|")
	for _, h := range p.head {
		d.mark(b, " ", Line{Plain(h)}, " |")
	}
	b.put("\n|", strings.Repeat(" --- |", len(p.head)), "\n")
	for _, row := range p.rows {
		b.put("|")
		for _, cell := range row {
			d.mark(b, " ", cell, " |")
		}
		b.put("\n")
	}
}

// mark writes a line on one line, between what stands before and behind it: a break in
// a text would end a row or a list's entry.
func (d *Doc) mark(b *writer, before string, line Line, behind string) {
	b.put(before)
	for _, s := range line {
		if s.note > 0 {
			b.put("[^", strconv.Itoa(s.note), "]")
			continue
		}
		text := escape(oneLine(s.Text))
		strong := s.Strong && text != ""
		b.when(strings.HasPrefix(s.Text, " ") && text != "", " ")
		b.when(s.Href != "", "[")
		b.when(strong, "**")
		b.put(text)
		b.when(strong, "**")
		b.when(s.Href != "", "](<", addresses.Replace(d.address(s)), ">)")
		b.when(strings.HasSuffix(s.Text, " "), " ")
	}
	b.put(behind)
}

// oneLine is a text whose words are parted by one blank each. Most are that already.
func oneLine(text string) string {
	blank := true // at the beginning, or behind a blank
	for i, r := range text {
		if breaks(r) && (r != ' ' || blank || i == len(text)-1) {
			return strings.Join(strings.FieldsFunc(text, breaks), " ")
		}
		blank = r == ' '
	}
	return text
}

// breaks are what parts words and may be one blank; a blank that must not break stays.
func breaks(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// addresses keeps an address inside the angle brackets that hold it.
var addresses = strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C", "\n", "%0A", "|", "%7C")

// signs are what Markdown would read as more than itself, wherever it stands.
var signs = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "\\<", ">", "\\>", "#", "\\#", "|", "\\|", "~", "\\~", "^", "\\^", "&", "\\&", "$", "\\$")

// escape makes words stand for themselves; a line that begins like a list would be one.
func escape(text string) string {
	text = signs.Replace(text)
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits < len(text) && (digits == 0 && strings.ContainsRune("-+=", rune(text[0])) || digits > 0 && (text[digits] == '.' || text[digits] == ')')) {
		return text[:digits] + "\\" + text[digits:]
	}
	return text
}
