// Package wording says what an act may hold in words: which fields, in how many
// characters, on one line or on several. Words come in parts, each of one field in one
// language: "reason.fr", or "room.2.en" of a field that stands several times. What has
// no language, such as an address, is of "und".
//
//	var words = wording.Fields{"title": {Max: 120, Line: true, Needed: true}, "url": {Max: 500, Line: true, Link: true}}
//	words.Check(act.Words, &errors)
package wording

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// Field is what an act may say in words, under its name and a language.
type Field struct {
	Max    int  // characters
	Line   bool // one line
	Link   bool // an address on the web, which has no language
	Needed bool // in one language at least
	Many   bool // it stands several times, each under a number
}

// Fields are those of one kind of act, by their names.
type Fields map[string]Field

// maxParts is more than six languages of all fields of any act need.
const maxParts = 96

// Check reports parts that an act has not, texts that are missing, too long or
// unclean. An error stands at the field.
func (fs Fields) Check(words map[string]string, es *locale.Errors) {
	if len(words) > maxParts {
		es.Add(locale.E("err.party.too_many_words", "n", len(words), "max", maxParts))
		return
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		name, numbered, lang := split(part)
		f, ok := fs[name]
		text := words[part]
		switch n := utf8.RuneCountInString(text); {
		case !ok || numbered && !f.Many || !locale.Known(lang) && lang != "und":
			es.AddField(name, locale.E("err.party.unknown_word", "part", part))
		case f.Link && lang != "und":
			es.AddField(name, locale.E("err.party.no_language", "part", part))
		case n > f.Max:
			es.AddField(name, locale.E("err.party.word_too_long", "n", n, "max", f.Max))
		case f.clean(text) != text:
			es.AddField(name, locale.E("err.party.unclean"))
		case f.Link && !keeper.WebAddress(text):
			es.AddField(name, locale.E("err.party.bad_address"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		if fs[name].Needed && !Filled(words, name) {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
	}
}

// Clean readies the words of a form: control and bidi control characters go, empty
// texts are left out.
func (fs Fields) Clean(words map[string]string) map[string]string {
	clean := make(map[string]string, len(words))
	for part, text := range words {
		name, _ := Split(part)
		if text = fs[name].clean(text); text != "" {
			clean[part] = text
		}
	}
	return clean
}

func (f Field) clean(text string) string {
	if f.Line {
		return keeper.Line(text)
	}
	return keeper.Prose(text)
}

// Filled tells whether a field stands in any language.
func Filled(words map[string]string, name string) bool {
	for part, text := range words {
		if field, _ := Split(part); field == name && text != "" {
			return true
		}
	}
	return false
}

// Split takes the language off a part, and the number that stands between.
func Split(part string) (name, lang string) {
	name, _, lang = split(part)
	return name, lang
}

func split(part string) (name string, numbered bool, lang string) {
	name, rest, _ := strings.Cut(part, ".")
	at := strings.LastIndexByte(rest, '.')
	return name, at >= 0, rest[at+1:]
}
