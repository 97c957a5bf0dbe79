package forum

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
	max    int  // characters
	line   bool // one line
	link   bool // an address on the web, which has no language
	needed bool // in one language at least
}

type fields map[string]field

// maxParts is more than six languages of all fields of any act here need.
const maxParts = 96

// check reports parts that an act has not, texts that are missing, too long or
// unclean. The part "gain.0.fr" is of the field "gain".
func (fs fields) check(words map[string]string, es *locale.Errors) {
	if len(words) > maxParts {
		es.Add(locale.E("err.party.too_many_words", "n", len(words), "max", maxParts))
		return
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		name, lang := splitPart(part)
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
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		if fs[name].needed && !filled(words, name) {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
	}
}

// splitPart takes the language off a part, and the numbers that stand between.
func splitPart(part string) (name, lang string) {
	name, rest, _ := strings.Cut(part, ".")
	return name, rest[strings.LastIndexByte(rest, '.')+1:]
}

func (f field) clean(text string) string {
	if f.line {
		return keeper.Line(text)
	}
	return keeper.Prose(text)
}

// clean readies the words of a form: control and bidi control characters go, empty
// texts are left out.
func (fs fields) clean(words map[string]string) map[string]string {
	clean := make(map[string]string, len(words))
	for part, text := range words {
		name, _ := splitPart(part)
		if text = fs[name].clean(text); text != "" {
			clean[part] = text
		}
	}
	return clean
}

// filled tells whether a field stands in any language.
func filled(words map[string]string, name string) bool {
	for part, text := range words {
		if field, _ := splitPart(part); field == name && text != "" {
			return true
		}
	}
	return false
}
