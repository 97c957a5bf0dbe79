package fold

import (
	"strings"
	"unicode"
)

// lookalikes are letters of Cyrillic and Greek that readers take for a Latin one.
var lookalikes = map[rune]rune{
	'а': 'a', 'в': 'b', 'е': 'e', 'ѕ': 's', 'і': 'i', 'ј': 'j', 'к': 'k', 'м': 'm', 'н': 'h', 'о': 'o', 'р': 'p', 'с': 'c', 'т': 't', 'у': 'y', 'х': 'x',
	'ԁ': 'd', 'ԛ': 'q', 'ԝ': 'w', 'һ': 'h', 'ӏ': 'l',
	'α': 'a', 'β': 'b', 'ε': 'e', 'ζ': 'z', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'u', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ϲ': 'c', 'ϳ': 'j',
}

// scripts whose letters can be taken for one another.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{{"Latin", unicode.Latin}, {"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}}

// Lookalikes are the words of a name that may pass for others: those that mix
// letters of Latin, Cyrillic and Greek; those that are in Cyrillic or Greek, stand
// beside Latin words and hold only letters that look Latin; and those with
// characters that nobody sees. A person decides what to make of them: "Kite
// Теlecom" is no honest name, "ООО Kite" may be one.
func Lookalikes(name string) []string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Cf) })
	latin := false
	for _, w := range words {
		latin = latin || isLatin(w)
	}
	var found []string
	for _, w := range words {
		if of := scriptsOf(w); len(of) > 1 || hidden(w) || latin && len(of) == 1 && of[0] != "Latin" && allLookLatin(w) {
			found = append(found, w)
		}
	}
	return found
}

func isLatin(word string) bool {
	of := scriptsOf(word)
	return len(of) == 1 && of[0] == "Latin"
}

// scriptsOf names those of the three scripts that a word has letters of.
func scriptsOf(word string) (of []string) {
	for _, s := range scripts {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(s.table, r) }) {
			of = append(of, s.name)
		}
	}
	return of
}

func allLookLatin(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) && lookalikes[unicode.ToLower(r)] == 0 })
}

// hidden tells a word with a format character. The joiners of scripts that need
// them, and the marks of direction, are honest there and nowhere else.
func hidden(word string) bool {
	if !strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
		return false
	}
	return len(scriptsOf(word)) > 0 || !strings.ContainsFunc(word, unicode.IsLetter)
}

// Skeleton is what is left of a name for a hasty reader: folded, without spaces,
// letters and digits that look Latin as that letter. Two names with one skeleton
// look alike.
func Skeleton(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return -1
		case r == '0':
			return 'o'
		case r == '1' || r == 'i':
			return 'l'
		case lookalikes[r] != 0:
			return lookalikes[r]
		}
		return r
	}, Text(name))
}
