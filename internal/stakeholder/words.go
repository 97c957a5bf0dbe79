package stakeholder

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// field is what an act may say in words. Its parts are name.LANG; where many, name.N.LANG,
// or name.N.sub.LANG for the fields of a list ("activities.*.title").
type field struct {
	name  string // "name", "domains.*", "activities.*.title"
	lang  bool   // it has a language; otherwise it is und
	prose bool   // several lines
	max   int    // characters
	link  bool   // an address on the web
}

type fields []field

// Bounds that keep an entry under its limit of bytes: entries of a list of words,
// parts of an act, and their names.
const (
	maxMany  = 50
	maxParts = 180
	maxPart  = 40 // characters of a part's name
)

// find parts the name of a part into its field and language.
func (fs fields) find(part string) (f field, lang string, ok bool) {
	dot := strings.LastIndexByte(part, '.')
	if dot < 0 || len(part) > maxPart || record.CheckPart(part) != nil {
		return field{}, "", false
	}
	steps := strings.Split(part[:dot], ".")
	for i, step := range steps {
		if n, err := strconv.Atoi(step); i > 0 && err == nil && strconv.Itoa(n) == step && n >= 0 && n < maxMany {
			steps[i] = "*"
		}
	}
	name := strings.Join(steps, ".")
	at := slices.IndexFunc(fs, func(f field) bool { return f.name == name })
	if at < 0 {
		return field{}, "", false
	}
	return fs[at], part[dot+1:], true
}

// check reports parts that an act of this kind has not, and texts that are too
// long, unclean, or no address where one is wanted.
func (fs fields) check(words map[string]string, errs *locale.Errors) {
	if len(words) > maxParts {
		errs.Add(locale.E("err.party.too_many_words", "n", len(words), "max", maxParts))
		return
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		f, lang, ok := fs.find(part)
		text := words[part]
		switch n := utf8.RuneCountInString(text); {
		case !ok:
			errs.AddField(part, locale.E("err.party.unknown_word", "part", part))
		case !f.lang && lang != "und":
			errs.AddField(part, locale.E("err.party.no_language", "part", part))
		case n > f.max:
			errs.AddField(part, locale.E("err.party.word_too_long", "n", n, "max", f.max))
		case f.clean(text) != text:
			errs.AddField(part, locale.E("err.party.unclean"))
		case f.link && !keeper.WebAddress(text):
			errs.AddField(part, locale.E("err.party.bad_address"))
		}
	}
}

func (f field) clean(text string) string {
	if f.prose {
		return keeper.Prose(text)
	}
	return keeper.Line(text)
}

// wordsOf are the fields of each kind of act.
var wordsOf = map[string]fields{
	KindRegistered: partyFields,
	KindAmended:    append(slices.Clone(partyFields), field{name: "reason", lang: true, prose: true, max: 2000}),
	KindStated:     append(slices.Clone(partyFields), sourceFields...),
	KindVerified:   nil,
	KindAdoption:   {{name: "symbol", max: 100}},
	KindGiven:      endorsementFields,
	KindEndorsed:   append(slices.Clone(endorsementFields), sourceFields...),
	KindWithdrawn:  {{name: "reason", lang: true, prose: true, max: 2000}},
	KindClaim:      endorsementFields,
	KindDeclared:   sourceFields,
	KindEnded:      {{name: "reason", lang: true, prose: true, max: 2000}},
	KindReviewed:   {{name: "findings", lang: true, prose: true, max: 20000}},
	KindJoined:     nil,
	KindLeft:       nil,
}

var partyFields = fields{
	{name: "name", lang: true, max: 300},
	{name: "acronym", max: 60},
	{name: "other_names.*", lang: true, max: 300},
	{name: "web", max: 2000, link: true},
	{name: "domains.*", max: 253},
	{name: "registry_ids.*", max: 200},
	{name: "purpose", lang: true, prose: true, max: 5000},
}

var sourceFields = fields{
	{name: "source", lang: true, max: 300},
	{name: "url", max: 2000, link: true},
}

// Clean readies the words of a form or file for an act of a kind: control and
// bidi control characters go, blank space is set right, empty texts are left out.
func Clean(kind string, words map[string]string) map[string]string {
	clean := make(map[string]string, len(words))
	for part, text := range words {
		f, _, ok := wordsOf[kind].find(part)
		if ok {
			text = f.clean(text)
		}
		if text != "" {
			clean[part] = text
		}
	}
	return clean
}

// filled tells whether a field stands in any language.
func filled(words map[string]string, name string) bool {
	for part, text := range words {
		dot := strings.LastIndexByte(part, '.')
		if dot > 0 && part[:dot] == name && text != "" {
			return true
		}
	}
	return false
}
