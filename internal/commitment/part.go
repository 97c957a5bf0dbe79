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

// A field of words: how long it may be, in characters, and whether it is one line.
type field struct {
	max   int
	prose bool
}

// The fields of words of each kind of act; # stands for a number.
var (
	madeFields = map[string]field{
		"title": {120, false}, "promise": {600, true}, "problem": {4000, true}, "will_do": {4000, true}, "how_helps": {4000, true},
		"consulted": {4000, true}, "safeguards": {4000, true}, "risks": {4000, true}, "condition": {2000, true},
		"principles_served": {4000, true}, "restated_of": {400, false}, "responsible_unit": {200, false}, "validating_authority": {200, false},
		"indicators.#.name": {200, false}, "indicators.#.source": {400, false}, "indicators.#.unit": {80, false},
		"milestones.#.text": {400, true}, "milestones.#.deliverable": {400, true},
		"money.#.note": {400, true}, "money.#.announced_elsewhere": {400, false}, "partners.#.role": {200, false},
	}
	statedFields = map[string]field{
		"title": {200, false}, "promise": {4000, true}, "source": {400, false}, "url": {1000, false},
	}
	reportFields = map[string]field{
		"narrative": {6000, true}, "lessons": {4000, true}, "next_steps": {4000, true}, "equity_note": {2000, true},
		"dedup_note": {1000, true}, "values.#.note": {400, true}, "evidence.#.title": {200, false}, "evidence.#.url": {1000, false},
		"evidence.#.issuer": {200, false},
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
	clean := keeper.Prose(text)
	if !f.prose {
		clean = keeper.Line(text)
	}
	if clean != text {
		return locale.E("err.commitment.text_unclean")
	}
	return nil
}

// clean brings typed words into the form that checkText accepts.
func clean(words map[string]string, fields map[string]field) map[string]string {
	out := make(map[string]string, len(words))
	for name, text := range words {
		base, _ := splitPart(name)
		s := strings.Split(base, ".")
		if len(s) == 3 {
			base = s[0] + ".#." + s[2]
		}
		if f, ok := fields[base]; ok && f.prose {
			text = keeper.Prose(text)
		} else {
			text = keeper.Line(text)
		}
		if text != "" {
			out[name] = text
		}
	}
	return out
}

// wordCount counts words as a reader does; scripts that do not part words count
// two characters as one.
func wordCount(text string) int {
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
