package forum_test

import (
	"slices"
	"strings"
	"testing"

	"kept/internal/forum"
)

func TestWheel(t *testing.T) {
	p, bodies := harbourBodies(t)
	bodies = append(bodies, forum.Body{ID: "ended", Kind: "platform", Until: "2025", Items: []string{"H.1"}}, forum.Body{ID: "draft", Kind: "platform", Items: []string{"D.1"}})
	w := forum.WheelOf(p, bodies, "harbour-2025", "2026-01-01")
	var got []string
	for _, s := range w.Spokes {
		got = append(got, s.Body.ID+": "+strings.Join(s.Themes, " "))
	}
	// By kind: a forum of the UN, platforms, entities of the UN.
	want := []string{"ships: HO.1", "quays: HO.1 HO.2", "towns: HO.1", "silent: HO.2", "away: FU"}
	if !slices.Equal(got, want) || w.Others != 1 || w.Ended != 1 || !slices.Equal(w.Themes, []string{"HO.1", "HO.2", "FU"}) {
		t.Errorf("%v, want %v; %+v", got, want, w)
	}
	if on := forum.WheelOf(p, bodies, "harbour-2025", "2025-12-31"); on.Ended != 0 || len(on.Spokes) != 6 {
		t.Errorf("on the last day of its year: %+v", on)
	}
}
