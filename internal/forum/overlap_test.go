package forum_test

import (
	"slices"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/forum/network"
)

// harbourBodies are bodies of the Harbour Compact that a test invents.
func harbourBodies(t *testing.T) (*compact.Pack, []forum.Body) {
	t.Helper()
	p, faults := compact.Check(compacts.Harbour())
	for _, f := range faults {
		t.Fatal(f)
	}
	return p, []forum.Body{
		{ID: "quays", Kind: "platform", Items: []string{"H.1", "H.5"}, Functions: []string{"dialogue", "standards"}, Relations: []forum.Relation{{From: "quays", To: "ships", Kind: "feeds"}}},
		{ID: "ships", Kind: "forum-un", Items: []string{"H.2"}, Functions: []string{"standards"}, Relations: []forum.Relation{{From: "quays", To: "ships", Kind: "feeds"}}},
		{ID: "towns", Kind: "platform", Items: []string{"HO.1"}, Functions: []string{"funding"}},
		{ID: "silent", Kind: "un-entity", Items: []string{"H.5"}},
		{ID: "away", Kind: "un-entity", Items: []string{"H.8"}, Functions: []string{"review"}},
	}
}

func TestOverlaps(t *testing.T) {
	p, bodies := harbourBodies(t)
	o := forum.OverlapsOf(p, bodies)
	names := func(f forum.Found) (ids []string) {
		for at := range f.Len() {
			ids = append(ids, f.At(at).A.ID+" "+f.At(at).B.ID)
		}
		return ids
	}
	all := o.Find(forum.OverlapFilter{}, 0)
	if want := []string{"quays ships", "ships towns", "quays towns", "quays silent"}; all.Of != 4 || !slices.Equal(names(all), want) {
		t.Errorf("%d: %v, want %v", all.Of, names(all), want)
	}
	// quays: H.1 4, HP.4 2, HO.1 1, H.5 4, HP.7 2, HO.2 1 = 14, twice; ships: H.2 4, HP.4 2, HO.1 1 = 7; shared 3.
	if first := all.At(0); first.Tags != (network.Share{Is: 3, Of: 32}) || first.Items != (network.Share{Is: 3, Of: 18}) ||
		!slices.Equal(first.Parts, []string{"HO.1", "HP.4"}) || !slices.Equal(first.Functions, []string{"standards"}) {
		t.Errorf("%+v", first)
	}
	if last := all.At(3); last.Tags.Known() || last.Items != (network.Share{Is: 7, Of: 14}) || !slices.Equal(last.Parts, []string{"HO.2", "HP.7", "H.5"}) {
		t.Errorf("functions of one are not known: %+v", last)
	}
	for _, test := range []struct {
		name string
		f    forum.OverlapFilter
		want []string
	}{
		{"of one body", forum.OverlapFilter{Body: "towns"}, []string{"ships towns", "quays towns"}},
		{"of a kind", forum.OverlapFilter{Kind: "un-entity"}, []string{"quays silent"}},
		{"by function", forum.OverlapFilter{Function: "standards"}, []string{"quays ships"}},
		{"on an item", forum.OverlapFilter{Part: "H.5"}, []string{"quays silent"}},
		{"under an objective", forum.OverlapFilter{Part: "HO.1"}, []string{"quays ships", "ships towns", "quays towns"}},
		{"on nothing", forum.OverlapFilter{Part: "H.9"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if found := o.Find(test.f, 0); found.Of != len(test.want) || !slices.Equal(names(found), test.want) {
				t.Errorf("%v, want %v", names(found), test.want)
			}
		})
	}
	if two := o.Find(forum.OverlapFilter{}, 2); two.Of != 4 || !slices.Equal(names(two), []string{"quays ships", "ships towns"}) {
		t.Errorf("the first two of four: %v", names(two))
	}
}

func TestMatrix(t *testing.T) {
	p, bodies := harbourBodies(t)
	o := forum.OverlapsOf(p, bodies)
	got := map[string]int64{}
	for _, line := range o.Matrix() {
		for _, c := range line.Cells {
			if c.Bodies > 0 {
				got[line.Part+" "+c.Function] = c.Bodies
			}
		}
	}
	want := map[string]int64{"HO.1 ": 3, "HO.1 dialogue": 1, "HO.1 standards": 2, "HO.1 funding": 1, "HO.2 ": 2, "HO.2 dialogue": 1, "HO.2 standards": 1, "FU ": 1, "FU review": 1}
	for cell, n := range want {
		if got[cell] != n {
			t.Errorf("%s: %d, want %d", cell, got[cell], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	}
	measures, components := o.Measures()
	if measures[0].Degree != 1 || measures[2].Degree != 0 || !slices.Equal(components, []int{2}) {
		t.Errorf("%+v %v", measures, components)
	}
}
