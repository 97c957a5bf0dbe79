package narrative

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Typed is a figure that somebody typed into the text.
type Typed struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Typed points out the numbers of a text that are no references. Years, dates, numbers of
// paragraphs and the like, ordinals and codes are left alone. It is a hint for
// whoever writes: numbers in words are not found, and what it finds may be meant.
func (d *Document) Typed() []Typed {
	var out []Typed
	for _, n := range d.Nodes {
		out = append(out, typedIn(n)...)
	}
	return out
}

// typedIn looks through a block, or through the blocks in it.
func typedIn(n *Node) (out []Typed) {
	if n.Kind == Paragraph || n.Kind == Heading {
		var s stretch
		s.gather(n)
		return s.typed()
	}
	for _, c := range n.Nodes {
		out = append(out, typedIn(c)...)
	}
	return out
}

// stretch is the running text of a block, with the line of each piece of it.
type stretch struct {
	text  strings.Builder
	from  []int
	lines []int
}

// gather takes the text of a block; a reference stands as one character that is no
// letter, code and addresses likewise: both are taken over as they are.
func (s *stretch) gather(n *Node) {
	for _, c := range n.Nodes {
		s.from, s.lines = append(s.from, s.text.Len()), append(s.lines, c.Line)
		switch c.Kind {
		case Plain:
			s.text.WriteString(c.Text)
		case Reference, Code, Break:
			s.text.WriteString("\ufffc")
		default:
			s.gather(c)
		}
	}
}

// line is the line of an offset. A piece of text is on one line.
func (s *stretch) line(at int) int {
	line := 1
	for i, from := range s.from {
		if from <= at {
			line = s.lines[i]
		}
	}
	return line
}

// numbers are digits of any script with what parts them.
var numbers = regexp.MustCompile(`\p{Nd}+(?:[.,'\x{2019}\x{00a0}\x{202f}\x{066b}\x{066c}]\p{Nd}+| \p{Nd}{3}\b)*`)

// dates are whole dates, and parts of them, in the ways of six languages.
var dates = regexp.MustCompile(`(?i)\p{Nd}{4}-\p{Nd}{2}(-\p{Nd}{2})?|\p{Nd}{1,2}[./]\p{Nd}{1,2}[./]\p{Nd}{4}` +
	`|\p{Nd}{1,4}\s?[年月日]` +
	`|\p{Nd}{1,2}(st|nd|rd|th|er|º|-го)?\.?\s+(of\s+|de\s+|d['’])?(` + months + `)` +
	`|(` + months + `)\s+\p{Nd}{1,2}(st|nd|rd|th)?\b`)

const months = `january|february|march|april|may|june|july|august|september|october|november|december` +
	`|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre` +
	`|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre` +
	`|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря` +
	`|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر`

// numbered are words before a number that names a place in a text or a table.
var numbered = regexp.MustCompile(`(?i)(§|¶|第|№|no\.|nº|n°|` +
	`paragraphs?|paras?\.?|items?|articles?|sections?|chapters?|annex|principles?|objectives?|targets?|goals?|pages?|tables?|notes?|entry|entries|` +
	`paragraphes?|par\.|chapitres?|points?|annexe|principes?|objectifs?|cibles?|tableaux?|` +
	`párrafos?|artículos?|apartados?|capítulos?|anexo|principios?|objetivos?|metas?|cuadros?|entradas?|` +
	`пункт[а-я]*|стать[а-я]*|раздел[а-я]*|глав[а-я]*|приложени[а-я]*|цел[а-я]*|таблиц[а-я]*|запис[а-я]*|` +
	`(?:و|ب|ل|في )?(?:ال)?(?:فقر(?:ة|تين|ات)|ماد(?:ة|تين)|بند(?:ين)?|فصل|مرفق|هدف|جدول|قيد))[\s\x{00a0}]*\(?$`)

// between parts the numbers of a list: paragraphs 11, 12 and 14.
var between = regexp.MustCompile(`^(\s*\(?[a-zа-я]\)?)?\s*(,|;|–|-|—|、|至|和|to|and|or|et|ou|à|y|o|a|и|или|по|و|أو|إلى)\s*$`)

// ordinal follows a number that is an ordinal, or a generation of networks.
var ordinal = regexp.MustCompile(`^(st|nd|rd|th|e|er|ère|re|ème|º|ª|°|-?(?:я|й|е|го|ю|м)|G)\b`)

// typed finds the numbers of a stretch that nothing excuses.
func (s *stretch) typed() (out []Typed) {
	text := s.text.String()
	dated := dates.FindAllStringIndex(text, -1)
	excusedTo := -1 // end of the last number that names a place in a text
	for _, at := range numbers.FindAllStringIndex(text, -1) {
		before, number, after := text[:at[0]], text[at[0]:at[1]], text[at[1]:]
		switch {
		case within(dated, at), year(number, after), coded(before), ordinal.MatchString(after):
		case numbered.MatchString(before), excusedTo >= 0 && between.MatchString(text[excusedTo:at[0]]):
			excusedTo = at[1]
		default:
			out = append(out, Typed{s.line(at[0]), number})
		}
	}
	return out
}

func within(ranges [][]int, at []int) bool {
	for _, r := range ranges {
		if r[0] <= at[0] && at[1] <= r[1] {
			return true
		}
	}
	return false
}

// year tells four digits that are a year: not a share, and not a count set apart.
func year(number, after string) bool {
	digits := 0
	value := 0
	for _, r := range number {
		if !unicode.IsDigit(r) {
			return false
		}
		digits++
		value = value*10 + digitOf(r)
	}
	return digits == 4 && value >= 1900 && value < 2100 && !strings.HasPrefix(strings.TrimLeft(after, " \u00a0\u202f"), "%")
}

// digitOf is the value of a digit of any script: digits of a script lie in tens.
func digitOf(r rune) int {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}

// coded tells a number that belongs to a code: P11d, H.5, A/RES/79/1, COVID-19.
func coded(before string) bool {
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(,;“«\"'", r) })+1:]
	if strings.TrimLeft(word, "0123456789./-_:") == "" && strings.ContainsAny(word, "0123456789") {
		return false // a row of numbers, such as 12/15
	}
	r, _ := utf8.DecodeLastRuneInString(word)
	if !strings.ContainsRune("./-_:", r) {
		return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek)
	}
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) })
}
