package align

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is one line of the document, tidied.
type line struct {
	number  int
	words   string // blanks single, marks of direction taken off
	length  int    // in characters
	gap     bool   // a blank line stands before it
	page    bool   // a page begins before it
	aside   string // Furniture or Footnote, else ""
	mark    mark   // the number or letter it opens with
	endsOut bool   // its words end a sentence or a point
}

// document is the lines that are not blank.
type document struct {
	lines    []line
	width    int             // of a full line; 0 when lines are not wrapped
	gapsTell bool            // blank lines part blocks, they do not stand between all lines
	spelt    map[string]bool // every word as it stands inside a line; made when first asked for
}

// readDocument cuts a document into lines and puts page furniture and footnotes aside.
func readDocument(text, symbol string) *document {
	d := &document{}
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	gap, page := true, true
	for i, raw := range strings.Split(text, "\n") {
		page = page || strings.Contains(raw, "\f")
		words := tidy(raw)
		if words == "" {
			gap = true
			continue
		}
		d.lines = append(d.lines, line{number: i + 1, words: words, length: utf8.RuneCountInString(words),
			gap: gap, page: page, mark: markOf(words), endsOut: endsOut(words)})
		gap, page = false, false
	}
	d.furniture(symbol)
	d.footnotes()
	d.overPages()
	d.measure()
	return d
}

// tidy makes blanks single and takes off what nobody sees: marks of direction, zero width.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u200B' && r <= '\u200F', r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\uFEFF', r == '\u061C':
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

var furnitureForms = []*regexp.Regexp{
	regexp.MustCompile(`^\d{1,4} ?/ ?\d{1,4}$`),                                          // 3/16
	regexp.MustCompile(`^[-–—]? ?\d{1,4} ?[-–—]?$`),                                      // 3, - 3 -
	regexp.MustCompile(`(?i)^(page|página|pagina|стр\.?|страница|صفحة) ?\d+\D{0,6}\d*$`), // Page 3 of 16
	regexp.MustCompile(`^第 ?\d+ ?页$`),
	regexp.MustCompile(`^\d{2}-\d{5}( ?\([A-Z]\))?( ?\*\d+\*)?$`), // 24-15616 (E)
	regexp.MustCompile(`^\*\d+\*$`),
}

var furnitureWord = regexp.MustCompile(`^(\d{1,4}/\d{1,4}|\d{2}-\d{5}|\([A-Z]\)|\*\d+\*|[A-Z]{1,3}(/[A-Z0-9.()\-]+)+)$`)

// furniture marks page numbers, symbols, job numbers, and running titles: short
// lines that come back three times or more.
func (d *document) furniture(symbol string) {
	seen := make(map[string]int)
	for _, l := range d.lines {
		seen[runningTitle(l)]++
	}
	for i := range d.lines {
		l := &d.lines[i]
		switch {
		case symbol != "" && l.words == symbol, allFurniture(l.words):
			l.aside = Furniture
		case slices.ContainsFunc(furnitureForms, func(f *regexp.Regexp) bool { return f.MatchString(plainDigits(l.words)) }):
			l.aside = Furniture
		case runningTitle(*l) != "" && seen[runningTitle(*l)] >= 3:
			l.aside = Furniture
		}
	}
}

// allFurniture tells a line of symbols and numbers only: "A/79/L.2 24-15616".
func allFurniture(words string) bool {
	for _, word := range strings.Fields(words) {
		if !furnitureWord.MatchString(word) {
			return false
		}
	}
	return true
}

// runningTitle is what a running title repeats: its words without the page number.
func runningTitle(l line) string {
	title := strings.Trim(l.words, "0123456789/ -–")
	if l.length > 100 || l.mark.any() || l.endsOut || rule.MatchString(l.words) || utf8.RuneCountInString(title) < 4 {
		return ""
	}
	return title
}

var (
	rule       = regexp.MustCompile(`^[_—–]{3,}$`)
	noteLine   = regexp.MustCompile(`^(\d{1,3}) \p{L}`)
	noteNumber = regexp.MustCompile(`^\d{1,3}$`)
	pageMark   = regexp.MustCompile(`\d{1,4}/\d{1,4}$`)
)

// footnotes marks the notes at the foot of a page: what follows a rule, a block
// that opens with a bare number, or a bare number on a line of its own, down to the
// end of the page. Then it takes their marks off the words above.
func (d *document) footnotes() {
	in, numbers := false, map[int]int{} // number of a note → the line of the note
	for i := range d.lines {
		l := &d.lines[i]
		switch {
		case l.page || l.mark.any() || l.endsPage():
			in = false
		case rule.MatchString(l.words):
			l.aside, in = Footnote, true
		}
		bare := noteNumber.MatchString(l.words)
		if !in && (bare || l.gap && noteLine.MatchString(l.words)) && d.pageEndsSoon(i) {
			in = true
		}
		if !in {
			continue
		}
		if l.aside == "" {
			l.aside = Footnote
		}
		if m := noteLine.FindStringSubmatch(l.words); m != nil {
			numbers[atoi(m[1])] = i
		} else if bare {
			numbers[atoi(l.words)] = i
		}
	}
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		d.takeMarkOff(n, numbers[n])
	}
}

// endsPage tells a page number of the form 3/16.
func (l line) endsPage() bool { return l.aside == Furniture && pageMark.MatchString(l.words) }

// pageEndsSoon tells whether the page's number stands within ten lines after the
// line, or the page ends within six, with no paragraph or letter before.
func (d *document) pageEndsSoon(from int) bool {
	for i := from + 1; i < len(d.lines) && i <= from+10; i++ {
		switch l := d.lines[i]; {
		case l.endsPage():
			return true
		case l.page && i <= from+6:
			return true
		case l.mark.any():
			return false
		}
	}
	return false
}

// markForms are where the mark of a footnote may stand, the surest first: attached
// to a word, after the end of a sentence, after a word.
var markForms = []string{`([\p{L}.,;:)”"’»])%d([\s.,;:)]|$)`, `([.,;:)”"’»]) %d(\s|$)`, `(\p{L}) %d(\s|$)`}

// takeMarkOff takes the mark of a footnote off the words above it on its page.
func (d *document) takeMarkOff(number, note int) {
	top := note
	for top > 0 && !d.lines[top].page && !d.lines[top-1].endsPage() {
		top--
	}
	for _, form := range markForms {
		mark := regexp.MustCompile(fmt.Sprintf(form, number))
		for i := top; i < note; i++ {
			l := &d.lines[i]
			if at := mark.FindStringSubmatchIndex(l.words); at != nil && l.aside == "" {
				l.words = strings.TrimSpace(l.words[:at[3]] + l.words[at[4]:])
				l.mark, l.endsOut = markOf(l.words), endsOut(l.words)
				return
			}
		}
	}
}

// overPages marks the lines before which page furniture or footnotes stand: blank
// lines round those say nothing.
func (d *document) overPages() {
	between := false
	for i := range d.lines {
		l := &d.lines[i]
		if l.aside != "" {
			between = true
			continue
		}
		l.page = l.page || between
		between = false
	}
}

// measure finds how wide a full line is and whether blank lines mean anything.
func (d *document) measure() {
	var lengths []int
	within, parted := 0, 0
	for i, l := range d.lines {
		if l.aside != "" {
			continue
		}
		lengths = append(lengths, l.length)
		if i > 0 && !d.lines[i-1].endsOut && d.lines[i-1].aside == "" && !l.mark.any() && strings.Contains(l.words, " ") {
			within++
			if l.gap {
				parted++
			}
		}
	}
	d.gapsTell = within < 5 || parted*3 < within
	if len(lengths) == 0 {
		return
	}
	slices.Sort(lengths)
	if d.width = lengths[len(lengths)*95/100]; d.width > 200 {
		d.width = 0
	}
}

// starts are the lines where a paragraph 1 may begin: a whole resolution numbers
// its own paragraphs before those of its annex.
func (d *document) starts() []int {
	var starts []int
	for i, l := range d.lines {
		if l.aside == "" && l.mark.number == 1 && len(starts) < 50 {
			starts = append(starts, i)
		}
	}
	return starts
}

// broken tells whether a line begins a block of its own after one that ended out:
// after a blank line, or after a line that had room for its first word.
func (d *document) broken(before, after line) bool {
	if d.gapsTell && after.gap && !after.page {
		return true
	}
	return d.width == 0 || before.length < d.width*7/10
}

var ends = regexp.MustCompile(`[.;:!?。；：！？؛؟…]["'”’»)）\]\d¹²³⁴⁵⁶⁷⁸⁹⁰]*$`)
var endsAnd = regexp.MustCompile(`[;；؛,،] ?(and|or|et|ou|y|e|o|u|и|или|以及|和|或|و|أو)$`)

// endsOut tells whether words end a sentence or a point of a list.
func endsOut(words string) bool { return ends.MatchString(words) || endsAnd.MatchString(words) }
