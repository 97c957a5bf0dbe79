package forum_test

import (
	"slices"
	"strings"
	"testing"

	"kept/internal/compact"
	"kept/internal/forum"
)

func TestClashes(t *testing.T) {
	p := &compact.Pack{Calendar: []*compact.CalendarEntry{
		{ID: "quays", On: "2027-04-15", Until: "2027-04-17", Event: "quays", Items: []string{"H.1"}},
		{ID: "ships", On: "2027-04-17", Event: "ships", Items: []string{"H.1", "H.2"}},
		{ID: "towns", On: "2027-04-16", Event: "step", Bodies: []string{"towns"}, Items: []string{"H.7"}},
		{ID: "after", On: "2027-04-18", Event: "ships", Items: []string{"H.1"}},
		{ID: "some day", On: "2027-04", Event: "away", Items: []string{"H.2"}},
		{ID: "some year", On: "2027", Event: "away", Items: []string{"H.1"}},
		{ID: "twice", On: "2027-04-17", Event: "ships", Items: []string{"H.9"}},
		{ID: "nobody", On: "2027-04-16", Event: "by", Items: []string{"H.1"}},
		{ID: "unsaid", On: "2027-06-01", Event: "quays"},
		{ID: "unsaid too", On: "2027-06-01", Event: "silent"},
	}}
	bodies := []forum.Body{
		{ID: "quays", Host: "Maravel", Items: []string{"H.5"}},
		{ID: "ships", Relations: []forum.Relation{{From: "ships", To: "towns", Kind: "hosted_by"}}},
		{ID: "towns", Host: "Maravel", Relations: []forum.Relation{{From: "ships", To: "towns", Kind: "hosted_by"}}},
		{ID: "away"}, {ID: "silent", Items: []string{"H.5"}},
	}
	var got []string
	for _, c := range forum.Clashes(p, bodies) {
		sure := "sure"
		if !c.Certain {
			sure = "maybe"
		}
		got = append(got, strings.Join([]string{c.A.ID, c.B.ID, sure, strings.Join(c.Items, " "), strings.Join(c.Hosts, " ")}, ", "))
	}
	want := []string{
		"some day, ships, maybe, H.2, ",
		"quays, towns, sure, , Maravel",
		"quays, ships, sure, H.1, ",
		"unsaid, unsaid too, sure, H.5, ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
