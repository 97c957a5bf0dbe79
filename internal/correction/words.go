package correction

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// field is what an act may say in words, under its name and a language.
type field struct {
	max  int  // characters
	line bool // one line
	link bool // an address on the web, which has no language
}

type fields map[string]field

// MaxText is how many characters the words of a correction, a dispute or an
// answer may have: they stand side by side on the page of what they are about.
const MaxText = 2000

var (
	askedWords   = fields{"text": {max: MaxText}, "proposed": {max: 600}, "url": {max: 1000, line: true, link: true}}
	answerWords  = fields{"text": {max: MaxText}}
	disputeWords = fields{"text": {max: MaxText}}
	closedWords  = fields{"note": {max: 600}}
)

var wordsOf = map[string]fields{KindAsked: askedWords, KindAnswered: answerWords, KindRaised: disputeWords, KindReplied: disputeWords, KindClosed: closedWords}

// maxParts is more than six languages of all fields need.
const maxParts = 24

// check reports parts that an act has not, and texts that are too long or unclean.
func (fs fields) check(words map[string]string, es *locale.Errors) {
	if len(words) > maxParts {
		es.Add(locale.E("err.party.too_many_words", "n", len(words), "max", maxParts))
		return
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		name, lang, _ := strings.Cut(part, ".")
		f, ok := fs[name]
		text := words[part]
		switch n := utf8.RuneCountInString(text); {
		case !ok || !locale.Known(lang) && lang != "und":
			es.AddField(name, locale.E("err.party.unknown_word", "part", part))
		case f.link && lang != "und":
			es.AddField(name, locale.E("err.party.no_language", "part", part))
		case n > f.max:
			es.AddField(name, locale.E("err.party.word_too_long", "n", n, "max", f.max))
		case f.clean(text) != text:
			es.AddField(name, locale.E("err.party.unclean"))
		case f.link && !keeper.WebAddress(text):
			es.AddField(name, locale.E("err.party.bad_address"))
		}
	}
}

func (f field) clean(text string) string {
	if f.line {
		return keeper.Line(text)
	}
	return keeper.Prose(text)
}

// Clean readies the words of a form for an act of a kind: control and bidi control
// characters go, empty texts are left out.
func Clean(kind string, words map[string]string) map[string]string {
	clean := make(map[string]string, len(words))
	for part, text := range words {
		name, _, _ := strings.Cut(part, ".")
		if text = wordsOf[kind][name].clean(text); text != "" {
			clean[part] = text
		}
	}
	return clean
}

// filled tells whether a field stands in any language.
func filled(words map[string]string, name string) bool {
	for part, text := range words {
		if field, _, _ := strings.Cut(part, "."); field == name && text != "" {
			return true
		}
	}
	return false
}
