package commitment

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// A field of words: how long it may be, in characters, and its form.
type field struct {
	max  int
	form form
}

type form int

const (
	line  form = iota
	prose      // several lines
	link       // an address on the web
)

// The fields of words of each kind of act; # stands for a number.
var (
	madeFields = map[string]field{
		"title": {120, line}, "promise": {600, prose}, "problem": {4000, prose}, "will_do": {4000, prose}, "how_helps": {4000, prose},
		"consulted": {4000, prose}, "safeguards": {4000, prose}, "risks": {4000, prose}, "condition": {2000, prose},
		"principles_served": {4000, prose}, "restated_of": {400, line}, "responsible_unit": {200, line}, "validating_authority": {200, line},
		"indicators.#.name": {200, line}, "indicators.#.source": {400, line}, "indicators.#.unit_name": {80, line},
		"milestones.#.text": {400, prose}, "milestones.#.deliverable": {400, prose},
		"money.#.note": {400, prose}, "money.#.announced_elsewhere": {400, line}, "partners.#.role": {200, line},
	}
	statedFields = map[string]field{
		"title": {200, line}, "promise": {4000, prose}, "source": {400, line}, "url": {1000, link},
	}
	reportFields = map[string]field{
		"narrative": {6000, prose}, "lessons": {4000, prose}, "next_steps": {4000, prose}, "equity_note": {2000, prose},
		"dedup_note": {1000, prose}, "values.#.note": {400, prose}, "evidence.#.title": {200, line}, "evidence.#.url": {1000, link},
		"evidence.#.issuer": {200, line},
	}
)

// narrativeWords is how long the narrative of a report may be.
const narrativeWords = 300

// part is the name of a part of a numbered thing, without its language.
func part(list string, n int, name string) string { return list + "." + strconv.Itoa(n) + "." + name }

// filled are the parts of an act, without their languages.
func filled[T any](words map[string]T) Parts {
	out := make(Parts, len(words))
	for name := range words {
		field, _ := splitPart(name)
		out[field] = true
	}
	return out
}

// splitPart parts "indicators.0.name.en" into field and language.
func splitPart(name string) (field, lang string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, ""
	}
	return name[:i], name[i+1:]
}

// checkWords checks the names, places and texts of an act's words. lists holds
// how many indicators, milestones and so on there are.
func checkWords(words map[string]string, fields map[string]field, lists map[string]int) (es locale.Errors) {
	for _, name := range slices.Sorted(maps.Keys(words)) {
		base, _ := splitPart(name)
		f, ok := fields[pattern(base, lists)]
		if !ok || record.CheckPart(name) != nil {
			es.AddField(name, locale.E("err.commitment.unknown_part", "part", keeper.Line(name)))
			continue
		}
		es.AddField(name, checkText(words[name], f))
	}
	return es
}

// pattern turns indicators.3.name into indicators.#.name; a number that the act
// has no place for gives a pattern that no table holds.
func pattern(base string, lists map[string]int) string {
	s := strings.Split(base, ".")
	if len(s) != 3 {
		return base
	}
	n, err := strconv.Atoi(s[1])
	if err != nil || n < 0 || n >= lists[s[0]] || strconv.Itoa(n) != s[1] {
		return ""
	}
	return s[0] + ".#." + s[2]
}

func checkText(text string, f field) error {
	if n := len([]rune(text)); n > f.max {
		return locale.E("err.commitment.text_long", "n", n, "max", f.max)
	}
	switch {
	case f.clean(text) != text:
		return locale.E("err.commitment.text_unclean")
	case f.form == link && !keeper.WebAddress(text):
		return locale.E("err.commitment.link")
	}
	return nil
}

func (f field) clean(text string) string {
	if f.form == prose {
		return keeper.Prose(text)
	}
	return keeper.Line(text)
}

// WordCount counts words as a reader does; scripts that do not part words count
// two characters as one.
func WordCount(text string) int {
	words, dense := 0, 0
	for _, w := range strings.Fields(text) {
		plain := false
		for _, r := range w {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
				dense++
			} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
				plain = true
			}
		}
		if plain {
			words++
		}
	}
	return words + (dense+1)/2
}
