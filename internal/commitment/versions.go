package commitment

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment/redline"
	"kept/internal/db"
	"kept/internal/keeper"
)

// Version is a commitment as an entry states it: as it was signed, or with an amendment.
type Version struct {
	Entry  int64
	On     string
	Facts  Made
	Words  map[string]string // whole, as they stood with it
	Reason map[string]string // of an amendment: the words of its entry
}

// Versions are all that a commitment was, the signed one first.
func Versions(tx *db.Tx, v View) ([]Version, error) {
	words, err := keeper.WordsOf(tx, v.ID)
	if err != nil {
		return nil, err
	}
	all := []Version{{Entry: v.ID, On: v.MadeOn, Facts: v.Signed, Words: maps.Clone(words)}}
	for _, s := range v.Amendments {
		f, err := versionFacts(tx, s.Entry)
		if err != nil {
			return nil, err
		}
		if err := overlay(tx, words, s.Entry, f.Dropped); err != nil {
			return nil, err
		}
		reason, err := keeper.WordsOf(tx, s.Entry)
		if err != nil {
			return nil, err
		}
		all = append(all, Version{s.Entry, s.On, f.Made, maps.Clone(words), reason})
	}
	return all, nil
}

// FactChange is a fact of the form that two versions state differently. Before and
// After are what the form would hold; "" is nothing.
type FactChange struct {
	Field         string // as the form names it: indicators.0.target
	Before, After string
}

// TextChange is a text that two versions have differently, with what stayed, went and came.
type TextChange struct {
	Field string // without language
	Lang  string
	Spans []redline.Span
}

// Differences are what two versions state differently, in the order of the form.
func Differences(before, after Version) (facts []FactChange, texts []TextChange) {
	a, b := answersOf(View{Facts: before.Facts}), answersOf(View{Facts: after.Facts})
	for _, name := range union2(a, b) {
		if a[name] != b[name] {
			facts = append(facts, FactChange{name, a[name], b[name]})
		}
	}
	for _, name := range union2(before.Words, after.Words) {
		if before.Words[name] != after.Words[name] {
			base, lang := splitPart(name)
			texts = append(texts, TextChange{base, lang, redline.Compare(before.Words[name], after.Words[name])})
		}
	}
	slices.SortStableFunc(facts, func(x, y FactChange) int { return asInForm(x.Field, y.Field) })
	slices.SortStableFunc(texts, func(x, y TextChange) int { return asInForm(x.Field, y.Field) })
	return facts, texts
}

// asInForm compares the places of two fields in the form: list by list, row by row.
func asInForm(x, y string) int {
	listX, rowX, _ := strings.Cut(x, ".")
	listY, rowY, _ := strings.Cut(y, ".")
	if listX != listY {
		return cmp.Compare(fieldOrder[listX], fieldOrder[listY])
	}
	return cmp.Or(cmp.Compare(rowX[:min(1, len(rowX))], rowY[:min(1, len(rowY))]), cmp.Compare(fieldOrder[plainName(x)], fieldOrder[plainName(y)]))
}

// union2 are the names of both, sorted.
func union2(a, b map[string]string) []string {
	all := map[string]string{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return partNames(all)
}

// plainName is a name of the form without the number of its row.
func plainName(name string) string {
	s := strings.Split(name, ".")
	if len(s) == 3 {
		return s[0] + "." + s[2]
	}
	return name
}

// fieldOrder is the place of each field and list in the form.
var fieldOrder = func() map[string]int {
	order := map[string]int{}
	for n, specs := range steps {
		for _, s := range append(slices.Clone(specs), amendSteps[n]...) {
			list, _, _ := strings.Cut(s.name, ".")
			if order[list] == 0 {
				order[list] = len(order) + 1
			}
			order[s.name] = len(order) + 1
		}
	}
	return order
}()

// FieldWords says how a field of the form is named and how its codes are worded:
// two message keys, the second a prefix or empty, and the row that it stands in,
// counted from 1; 0 for none.
func FieldWords(name string) (label, codes string, row int) {
	plain := plainName(name)
	for n, specs := range steps {
		for _, s := range append(slices.Clone(specs), amendSteps[n]...) {
			if s.name == plain {
				codes = s.words
			}
		}
	}
	if s := strings.Split(name, "."); len(s) == 3 {
		n, _ := strconv.Atoi(s[1])
		row = n + 1
	}
	return "commitment.field." + plain, codes, row
}
