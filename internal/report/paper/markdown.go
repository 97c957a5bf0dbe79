package paper

import (
	"fmt"
	"strings"
)

// Markdown writes the text with its title, in the dialect with tables and footnotes
// that GitHub, Pandoc and most editors know.
func (d *Doc) Markdown() []byte {
	var b strings.Builder
	b.Grow(8 << 10)
	fmt.Fprintf(&b, "# %s\n", d.mark(Line{Plain(d.Title)}))
	for _, p := range d.parts {
		b.WriteString("\n")
		switch p.kind {
		case heading:
			fmt.Fprintf(&b, "%s %s\n", strings.Repeat("#", p.level), d.mark(p.line))
		case paragraph:
			fmt.Fprintf(&b, "%s\n", d.mark(p.line))
		case quotation:
			for _, line := range strings.Split(p.line[0].Text, "\n") {
				fmt.Fprintf(&b, "%s\n", strings.TrimSpace("> "+d.mark(Line{Plain(line)})))
			}
		case list:
			for _, line := range p.lines {
				fmt.Fprintf(&b, "- %s\n", d.mark(line))
			}
		case table:
			d.markTable(&b, p)
		}
	}
	for n, line := range d.notes {
		fmt.Fprintf(&b, "\n[^%d]: %s\n", n+1, d.mark(line))
	}
	return []byte(b.String())
}

func (d *Doc) markTable(b *strings.Builder, p part) {
	fmt.Fprintf(b, "%s\n\n|", d.mark(Line{Plain(p.caption)}))
	for _, h := range p.head {
		fmt.Fprintf(b, " %s |", d.mark(Line{Plain(h)}))
	}
	fmt.Fprintf(b, "\n|%s\n", strings.Repeat(" --- |", len(p.head)))
	for _, row := range p.rows {
		b.WriteString("|")
		for _, cell := range row {
			fmt.Fprintf(b, " %s |", d.mark(cell))
		}
		b.WriteString("\n")
	}
}

// mark writes a line on one line: a break in a text would end a row or a list's entry.
func (d *Doc) mark(line Line) string {
	var b strings.Builder
	for _, s := range line {
		if s.note > 0 {
			fmt.Fprintf(&b, "[^%d]", s.note)
			continue
		}
		text := escape(strings.Join(strings.FieldsFunc(s.Text, breaks), " "))
		lead, trail := "", ""
		if strings.HasPrefix(s.Text, " ") && text != "" {
			lead = " "
		}
		if strings.HasSuffix(s.Text, " ") {
			trail = " "
		}
		if s.Strong && text != "" {
			text = "**" + text + "**"
		}
		if s.Href != "" {
			text = fmt.Sprintf("[%s](<%s>)", text, addresses.Replace(d.address(s)))
		}
		b.WriteString(lead + text + trail)
	}
	return b.String()
}

// breaks are what parts words and may be one blank; a blank that must not break stays.
func breaks(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r\u0085\u2028\u2029", r) }

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
