package compact_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kept/internal/compact"
)

// lettered lists an id for each letter: lettered("P11", 'g') is P11a … P11g.
func lettered(prefix string, last rune) (ids []string) {
	for letter := 'a'; letter <= last; letter++ {
		ids = append(ids, prefix+string(letter))
	}
	return ids
}

// numbered lists ids by number, written with a form such as "M%02d".
func numbered(form string, from, to int) (ids []string) {
	for n := from; n <= to; n++ {
		ids = append(ids, fmt.Sprintf(form, n))
	}
	return ids
}

// The 76 lettered commitments and calls of the adopted text, by objective.
var letteredOf = map[string][]string{
	"O1": slices.Concat(lettered("P11", 'g'), lettered("P13", 'h'), lettered("P17", 'f')),
	"O2": lettered("P21", 'j'),
	"O3": slices.Concat(lettered("P23", 'd'), lettered("P25", 'b'), lettered("P29", 'd'), lettered("P31", 'f'),
		lettered("P32", 'd'), lettered("P35", 'e'), lettered("P36", 'c')),
	"O4": slices.Concat(lettered("P39", 'e'), lettered("P42", 'c'), lettered("P45", 'c')),
	"O5": slices.Concat(lettered("P55", 'd'), lettered("P56", 'b')),
}

// taggedAlone are the nine further paragraphs with goals; untagged asks without goals.
var (
	taggedAlone = []string{"P46", "P47", "P48", "P49", "P58", "P59", "P60", "P61", "P62"}
	untagged    = []string{"P10", "P22", "P38", "P57", "P63", "FU.66", "FU.67", "FU.68", "FU.69", "FU.70", "FU.71", "FU.72", "FU.74"}
)

// briefActions are the 39 actions and 6 sub-actions of the proposal, briefObjectives its 26 objectives.
var (
	briefActions = []string{
		"A.ms.1", "A.ms.2", "A.all.1", "A.all.2", "A.all.3", "A.all.4", "A.mo.1", "A.mo.2",
		"B.ms.1", "B.ms.2", "B.ms.3", "B.all.1", "B.all.2", "B.all.3", "B.all.4", "B.mr.1", "B.mr.2", "B.mr.3",
		"C.ms.1", "C.all.1", "C.all.2", "D.ms.1", "D.ms.2", "D.all.1", "E.all.1",
		"F.msro.1", "F.msro.2", "F.msro.3", "F.all.1", "F.all.2", "F.all.3",
		"G.ms.1", "G.ms.2", "G.ms.3", "G.ms.4", "G.ms.5", "G.ms.6", "H.all.1", "H.all.2"}
	briefSubActions = []string{"E.all.1.a", "E.all.1.b", "E.all.1.c", "E.all.1.d", "F.msro.1.a", "F.msro.1.b"}
	briefObjectives = slices.Concat(numbered("A.o%d", 1, 2), numbered("B.o%d", 1, 4), numbered("C.o%d", 1, 3), numbered("D.o%d", 1, 2),
		numbered("E.o%d", 1, 4), numbered("F.o%d", 1, 3), numbered("G.o%d", 1, 4), numbered("H.o%d", 1, 4))
)

// idsWhere lists the ids of the items of a text that a test wants, sorted.
func idsWhere(p *compact.Pack, text string, want func(*compact.Item) bool) (ids []string) {
	for _, i := range p.ItemsOf(text) {
		if want(i) {
			ids = append(ids, i.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func ofKind(kinds ...string) func(*compact.Item) bool {
	return func(i *compact.Item) bool { return slices.Contains(kinds, i.Kind) }
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d, want %d\n got %v\nwant %v", what, len(got), len(want), got, want)
	}
}

func TestAdoptedText(t *testing.T) {
	p := gdc(t)
	text := p.TextInForce()
	if text.ID != "gdc-2024" || text.Paragraphs != 74 || text.Symbol != "A/RES/79/1" || text.On != "2024-09-22" {
		t.Errorf("text in force is %s, %s, %d paragraphs, of %s", text.ID, text.Symbol, text.Paragraphs, text.On)
	}
	all := letteredAll()
	if len(all) != 76 {
		t.Fatalf("the reference lists %d letters", len(all))
	}
	same(t, "paragraphs", idsWhere(p, text.ID, func(i *compact.Item) bool { return i.Letter == "" }),
		append(numbered("P%d", 1, 63), numbered("FU.%d", 64, 74)...))
	same(t, "principles", idsWhere(p, text.ID, ofKind(compact.KindPrinciple)), lettered("PR.", 'm'))
	same(t, "objectives", idsWhere(p, text.ID, ofKind(compact.KindObjective)), numbered("O%d", 1, 5))
	same(t, "letters", idsWhere(p, text.ID, func(i *compact.Item) bool {
		return i.Letter != "" && i.Kind != compact.KindPrinciple && i.Kind != compact.KindObjective
	}), all)
	for objective, ids := range letteredOf {
		same(t, "letters under "+objective, idsWhere(p, text.ID, func(i *compact.Item) bool {
			return i.Under == objective && i.Letter != ""
		}), ids)
	}
	same(t, "tagged", idsWhere(p, text.ID, func(i *compact.Item) bool { return i.SDG.Tagged() }), append(all, taggedAlone...))
	same(t, "what asks", idsWhere(p, text.ID, (*compact.Item).Asks), slices.Concat(all, taggedAlone, untagged))
}

func letteredAll() (all []string) {
	for _, ids := range letteredOf {
		all = append(all, ids...)
	}
	return all
}

// The reference counts: O1 21, O2 10, O3 28, O4 11 (15 with P46–P49), O5 6 (11 with P58–P62).
func TestTaggedByObjective(t *testing.T) {
	p := gdc(t)
	got := make(map[string]int)
	for _, i := range p.ItemsOf("gdc-2024") {
		if i.SDG.Tagged() {
			got[i.Under]++
		}
	}
	if want := map[string]int{"O1": 21, "O2": 10, "O3": 28, "O4": 15, "O5": 11}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Each goal list of the reference, as L.2 prints them.
func TestGoalsOfItems(t *testing.T) {
	tags := map[string]string{
		"P11a": "9", "P11b": "1 9", "P11c": "9 11", "P11d": "3 4", "P11e": "1 4 6 7 8 11 12 13 14", "P11f": "10 11", "P11g": "5",
		"P13a": "4 5", "P13b": "4 10", "P13c": "5 10", "P13d": "5 10", "P13e": "16", "P13f": "8", "P13g": "4 17", "P13h": "4",
		"P17a": "8 9 10", "P17b": "all", "P17c": "16", "P17d": "16 17", "P17e": "17", "P17f": "17",
		"P21a": "9", "P21b": "10 16", "P21c": "all", "P21d": "17", "P21e": "8 9", "P21f": "17", "P21g": "17", "P21h": "9", "P21i": "8 9", "P21j": "9",
		"P23a": "all", "P23b": "all", "P23c": "all", "P23d": "all", "P25a": "all", "P25b": "5 10 16",
		"P29a": "9", "P29b": "9 10", "P29c": "16", "P29d": "16",
		"P31a": "3 5 9 10 16 17", "P31b": "3 5 10", "P31c": "17", "P31d": "10 16", "P31e": "5 16", "P31f": "3",
		"P32a": "5 10", "P32b": "9 17", "P32c": "3", "P32d": "3",
		"P35a": "3 4", "P35b": "9 16", "P35c": "3 4 9 16", "P35d": "10", "P35e": "17", "P36a": "9 10", "P36b": "9 16 17", "P36c": "10 16 17",
		"P39a": "all", "P39b": "all", "P39c": "10 16", "P39d": "all", "P39e": "8 9", "P42a": "3 5 10 16", "P42b": "all", "P42c": "all",
		"P45a": "17", "P45b": "all", "P45c": "3 11", "P46": "17", "P47": "17", "P48": "all", "P49": "all",
		"P55a": "all", "P55b": "all", "P55c": "all", "P55d": "all", "P56a": "17", "P56b": "17",
		"P58": "3 5 7 9 10 12 16 17", "P59": "10 16", "P60": "4 17", "P61": "all", "P62": "4 9 10 17",
	}
	p := gdc(t)
	if len(tags) != 85 {
		t.Fatalf("the reference lists %d tags", len(tags))
	}
	for id, want := range tags {
		i, ok := p.Item(id)
		if !ok {
			t.Errorf("%s is missing", id)
			continue
		}
		got := "all"
		if !i.SDG.All {
			words := make([]string, len(i.SDG.These))
			for k, goal := range i.SDG.These {
				words[k] = strconv.FormatInt(goal, 10)
			}
			got = strings.Join(words, " ")
		}
		if got != want {
			t.Errorf("%s: goals %s, want %s", id, got, want)
		}
	}
}

// Deadlines as the reference lists them by block.
func TestDeadlines(t *testing.T) {
	p := gdc(t)
	by2030 := []string{"P11", "P13", "P17", "P21", "P31", "P35", "P39", "P42", "P45"}
	events := map[string]string{"P48": "GA81", "P57": "GA79", "P63": "GA79", "FU.68": "WSIS+20", "FU.71": "WSIS+20", "FU.72": "GA79", "FU.74": "GA82"}
	dates := map[string]string{"P47": "2030", "FU.66": "2024-12", "FU.71": "2025"}
	for _, i := range p.ItemsOf("gdc-2024") {
		want := dates[i.ID]
		if slices.Contains(by2030, i.ID) || slices.Contains(by2030, i.Block) {
			want = "2030"
		}
		if i.Deadline != want {
			t.Errorf("%s: deadline %q, want %q", i.ID, i.Deadline, want)
		}
		if i.DeadlineEvent != events[i.ID] {
			t.Errorf("%s: event %q, want %q", i.ID, i.DeadlineEvent, events[i.ID])
		}
		if urgent := i.Block == "P32" || i.Block == "P36" || i.ID == "P32" || i.ID == "P36"; i.Urgent != urgent {
			t.Errorf("%s: urgent %v, want %v", i.ID, i.Urgent, urgent)
		}
		if i.DeadlineEvent != "" && p.Due(i) == "" {
			t.Errorf("%s: nobody knows when %s is", i.ID, i.DeadlineEvent)
		}
	}
}

// Addressees that are not "States" stand in the reference by letter.
func TestAddressees(t *testing.T) {
	p := gdc(t)
	others := map[string]string{
		"P10": "itu", "P21d": "all-stakeholders", "P22": "private-sector",
		"P25a": "technology-companies technology-developers", "P25b": "technology-companies technology-developers social-media-platforms",
		"P32a": "technology-companies technology-developers", "P32b": "technology-companies technology-developers",
		"P32c": "technology-companies social-media-platforms", "P32d": "social-media-platforms",
		"P35e": "un-system", "P36a": "technology-companies social-media-platforms", "P36b": "social-media-platforms",
		"P36c": "technology-companies technology-developers", "P38": "un-system", "P48": "cstd", "P57": "ga-president",
		"P58": "standards-bodies", "P63": "secretary-general", "FU.70": "cstd", "FU.71": "secretary-general", "FU.72": "secretary-general",
	}
	for _, i := range p.Asking("gdc-2024") {
		want, named := others[i.ID]
		if strings.HasPrefix(i.ID, "FU.") && !named {
			continue // several addressees each, see the reference's §4
		}
		if !named {
			want = "states"
		}
		if got := strings.Join(i.Addressees, " "); got != want {
			t.Errorf("%s is asked of %q, want %q", i.ID, got, want)
		}
	}
}

func TestProposal(t *testing.T) {
	p := gdc(t)
	const text = "gdc-2023"
	if len(briefActions) != 39 || len(briefSubActions) != 6 || len(briefObjectives) != 26 {
		t.Fatalf("the reference lists %d actions, %d sub-actions, %d objectives", len(briefActions), len(briefSubActions), len(briefObjectives))
	}
	same(t, "themes", idsWhere(p, text, ofKind(compact.KindTheme)), []string{"A", "B", "C", "D", "E", "F", "G", "H"})
	same(t, "objectives", idsWhere(p, text, ofKind(compact.KindObjective)), briefObjectives)
	same(t, "actions", idsWhere(p, text, func(i *compact.Item) bool { return i.Asks() && i.Block == "" }), briefActions)
	same(t, "sub-actions", idsWhere(p, text, func(i *compact.Item) bool { return i.Asks() && i.Block != "" }), briefSubActions)
	same(t, "scope", idsWhere(p, text, ofKind(compact.KindScope)), numbered("S.%d", 1, 9))
	for _, i := range p.ItemsOf(text) {
		if i.SDG.Tagged() {
			t.Errorf("%s carries goals; the proposal tags no action", i.ID)
		}
	}
}
