package forum

import (
	"fmt"
	"slices"
	"testing"
)

func places(list []Place) (out []string) {
	for _, p := range list {
		out = append(out, fmt.Sprintf("%d %s %d/%d", p.Place, p.Candidate, p.Half, p.Named))
	}
	return out
}

// The places of these orders were worked out by hand.
func TestRank(t *testing.T) {
	orders := []Order{
		{Party: 1, Group: "state", Order: []string{"item:A", "item:B"}},
		{Party: 2, Group: "state", Order: []string{"item:B", "item:A", "item:C"}},
		{Party: 3, Group: "private", Order: []string{"item:C"}},
		{Party: 4, Group: "private", Order: []string{"item:C", "item:A"}},
		{Party: 5, Group: "private", Order: []string{"item:A", "topic:9"}},
	}
	groups, across := rank(orders)
	if len(groups) != 2 || groups[0].Group != "private" || groups[0].Orders != 3 || groups[1].Orders != 2 {
		t.Fatalf("groups: got %+v", groups)
	}
	// private: A 11, 2, 1 → median 2; C 1, 1, 11 → 1; topic 11, 11, 2 → 11.
	if got, want := places(groups[0].Places), []string{"1 item:C 2/2", "2 item:A 4/2", "3 topic:9 22/1"}; !slices.Equal(got, want) {
		t.Errorf("companies: got %v, want %v", got, want)
	}
	// States: A 1, 2 and B 2, 1 → both one and a half: a tie; C 11, 3 → 7.
	if got, want := places(groups[1].Places), []string{"1 item:A 3/2", "1 item:B 3/2", "3 item:C 14/1"}; !slices.Equal(got, want) {
		t.Errorf("States: got %v, want %v", got, want)
	}
	// Across: each group once, whatever its number: A 4+3, C 2+14, B 22+3, topic 22+22.
	if got, want := places(across), []string{"1 item:A 7/4", "2 item:C 16/3", "3 item:B 25/2", "4 topic:9 44/1"}; !slices.Equal(got, want) {
		t.Errorf("across: got %v, want %v", got, want)
	}
}

// The order of parties and the order in which they came change nothing.
func TestRankIsOrderless(t *testing.T) {
	orders := []Order{{1, "a", []string{"item:A", "item:B"}}, {2, "b", []string{"item:B"}}, {3, "a", []string{"item:C", "item:B"}}}
	_, want := rank(orders)
	slices.Reverse(orders)
	if _, got := rank(orders); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if groups, across := rank(nil); groups != nil || across != nil {
		t.Errorf("no orders: got %v, %v", groups, across)
	}
}

// A decision answers for the first places, ties included, and for each region's first.
func TestTop(t *testing.T) {
	r := Ranking{Regions: []RegionList{{Order: []string{"item:X", "item:A", "item:Y", "item:Z"}}}}
	for n, c := range []string{"item:A", "item:B", "item:C", "item:D", "item:E", "item:F", "item:G"} {
		r.Across = append(r.Across, Place{Candidate: c, Place: int64(min(n, 4)) + 1})
	}
	r.Across[6].Place = 7
	if got, want := r.Top(), []string{"item:A", "item:B", "item:C", "item:D", "item:E", "item:F", "item:X", "item:Y"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCandidates(t *testing.T) {
	for candidate, want := range map[string]struct {
		item string
		id   int64
	}{"item:P11d": {"P11d", 0}, "topic:812": {"", 812}, "topic:0812": {"", 0}, "topic:-1": {"", 0}, "P11d": {"", 0}, "": {"", 0}} {
		if item, id := CandidateItem(candidate), CandidateTopicID(candidate); item != want.item || id != want.id {
			t.Errorf("%q: got %q and %d, want %+v", candidate, item, id, want)
		}
	}
}
