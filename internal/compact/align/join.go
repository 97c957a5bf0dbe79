package align

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// join makes one text of wrapped lines.
func (d *document) join(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			d.glue(&b, l.words)
			continue
		}
		b.WriteString(l.words)
	}
	words := strings.ReplaceAll(b.String(), "\u00AD", "")
	return withoutSuperscripts(strings.TrimSpace(words))
}

// glue puts what is wanted between the end of a text and the line that follows:
// nothing beside Chinese characters and after a word broken with a soft hyphen,
// no hyphen where the document writes the word in one elsewhere, else a blank.
func (d *document) glue(b *strings.Builder, next string) {
	text := b.String()
	end, _ := utf8.DecodeLastRuneInString(text)
	begin, _ := utf8.DecodeRuneInString(next)
	switch {
	case text == "":
	case end == '\u00AD':
		b.Reset()
		b.WriteString(strings.TrimSuffix(text, "\u00AD"))
	case unspaced(end) || unspaced(begin):
	case (end == '-' || end == '‐') && unicode.IsLetter(begin):
		if d.wroteInOne(text, next) {
			b.Reset()
			b.WriteString(strings.TrimRight(text, "-‐"))
		}
	case end == '/' || end == '—':
	default:
		b.WriteByte(' ')
	}
	b.WriteString(next)
}

// unspaced tells characters that stand without blanks between them.
func unspaced(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= '\u3000' && r <= '\u303F' || r >= '\uFF00' && r <= '\uFF65'
}

var (
	lastWord  = regexp.MustCompile(`(\p{L}+)[-‐]$`)
	firstWord = regexp.MustCompile(`^\p{L}+`)
	wholeWord = regexp.MustCompile(`\p{L}+(-\p{L}+)*`)
)

// wroteInOne tells whether the two halves of a word stand together somewhere else
// in the document, without hyphen, and never with it.
func (d *document) wroteInOne(text, next string) bool {
	head, tail := lastWord.FindStringSubmatch(text[max(0, len(text)-100):]), firstWord.FindString(next)
	if head == nil || tail == "" {
		return false
	}
	if d.spelt == nil {
		d.spelt = make(map[string]bool)
		for _, l := range d.lines {
			for _, word := range wholeWord.FindAllString(l.words, -1) {
				d.spelt[word] = true
			}
		}
	}
	return d.spelt[head[1]+tail] && !d.spelt[head[1]+"-"+tail]
}

// withoutSuperscripts takes footnote marks off that are written as superscript figures.
func withoutSuperscripts(words string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("¹²³⁴⁵⁶⁷⁸⁹⁰", r) {
			return -1
		}
		return r
	}, words)
}

// short is the beginning of a text, for messages.
func short(words string) string {
	if r := []rune(words); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return words
}

func letterName(n int) string {
	if n >= 1 && n <= len(latin) {
		return latin[n-1 : n]
	}
	return strconv.Itoa(n)
}

func itoa(n int) string { return strconv.Itoa(n) }
