package draw_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/locale"
	"kept/record"
	"kept/record/recordtest"
)

const origin = "compact.example/record"

// What the plan of these tests names: published rounds of quicknet, then dice.
const (
	firstRound  = 1000     // 2023-08-23T15:59:24Z
	secondRound = 32398885 // 2026-09-21T14:13:39Z
	diceFrom    = "2026-10-02T00:00:00Z"
)

var throws = strings.Repeat("16253444361522", 8)[:100]

func at(t testing.TB, s string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// question is a pool of seven for three seats: one of segment a, two of segment b, at
// most one of an affiliation.
func question() *sortition.Instance {
	return &sortition.Instance{Seats: 3, MostOfGroup: 1,
		Categories: []sortition.Category{
			{Name: "segment", Values: []sortition.Value{{Name: "a", Min: 1, Max: 1}, {Name: "b", Min: 2, Max: 2}}},
			{Name: "région", Values: []sortition.Value{{Name: "nord", Min: 1, Max: 2}, {Name: "sud", Min: 1, Max: 2}}},
		},
		Pool: []sortition.Person{
			{ID: "p1", Values: []string{"a", "nord"}}, {ID: "p2", Values: []string{"a", "sud"}, Group: "g1"},
			{ID: "p3", Values: []string{"b", "nord"}, Group: "g1"}, {ID: "p4", Values: []string{"b", "sud"}},
			{ID: "p5", Values: []string{"b", "nord"}, Group: "g2"}, {ID: "p6", Values: []string{"b", "sud"}, Group: "g2"},
			{ID: "p7", Values: []string{"b", "sud"}},
		}}
}

// portfolio is one over that pool, with tickets that nobody would choose: chances differ.
func portfolio() *sortition.Portfolio {
	pf := &sortition.Portfolio{Method: "leximin/1", Panels: []sortition.Panel{{1, 3, 4}, {0, 2, 3}, {0, 3, 5}, {1, 4, 6}, {0, 2, 5}}, Total: big.NewInt(20)}
	for _, w := range []int64{1, 5, 3, 7, 4} {
		pf.Weights = append(pf.Weights, big.NewInt(w))
	}
	return pf
}

func sources(t testing.TB) []draw.Source {
	first := draw.Beacon(draw.Quicknet(), at(t, "2023-08-23T15:59:24Z"), at(t, "2023-08-24T16:00:00Z"))
	second := draw.Beacon(draw.Quicknet(), draw.Quicknet().Time(secondRound), at(t, "2026-10-01T00:00:00Z"))
	return []draw.Source{first, second, draw.Dice(100, at(t, diceFrom))}
}

func plan(t testing.TB) *draw.Plan {
	t.Helper()
	segments := draw.Drawn{Group: "advisory group", By: "segment", Segments: []draw.Segment{{Name: "a", Seats: 1}, {Name: "b", Seats: 2}}}
	p, err := draw.New(segments, question(), portfolio(), 3600, sources(t), []string{"7", "8", "9"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func round(t testing.TB, source int, n uint64) draw.Randomness {
	t.Helper()
	for _, r := range rounds(t) {
		if r.Beacon == "quicknet" && r.Round == n {
			return draw.Randomness{Source: source, Round: n, Signature: r.Signature}
		}
	}
	t.Fatalf("no round %d", n)
	return draw.Randomness{}
}

// A keeping is a record that plan and witnesses are entered into.
type keeping struct {
	t testing.TB
	*recordtest.Record
	plan *draw.Plan
}

func newKeeping(t testing.TB) *keeping {
	k := &keeping{t, recordtest.New(t, origin), plan(t)}
	for i := range 6 {
		k.Add(record.Entry{Kind: "party.registered", At: "2023-08-01T00:00:00Z", By: "secretariat", Facts: []byte(`{"n":` + string(rune('1'+i)) + `}`)}, nil)
	}
	return k
}

// announce enters the plan's digest at a time and returns the receipt under the checkpoint signed then.
func (k *keeping) announce(at string) record.Receipt {
	d, err := k.plan.Digest()
	if err != nil {
		k.t.Fatal(err)
	}
	return k.enter(draw.KindAnnounced, at, "secretariat", `{"plan_blob":"`+d.String()+`"}`)
}

// state enters what a witness states.
func (k *keeping) state(at, by, facts string) record.Receipt {
	d, err := k.plan.Digest()
	if err != nil {
		k.t.Fatal(err)
	}
	return k.enter(draw.KindWitnessed, at, by, strings.Replace(facts, "PLAN", d.String(), 1))
}

func (k *keeping) enter(kind, at, by, facts string) record.Receipt {
	return k.Receipt(k.Add(record.Entry{Kind: kind, At: at, By: by, Facts: []byte(facts)}, nil))
}

// file makes the bytes of a draw's file.
func (k *keeping) file(r draw.Randomness, e draw.Evidence) []byte {
	k.t.Helper()
	f, err := draw.NewFile(k.plan, r, e)
	if err != nil {
		k.t.Fatal(err)
	}
	return canonical(k.t, f)
}

func canonical(t testing.TB, v interface{ Canonical() ([]byte, error) }) []byte {
	t.Helper()
	b, err := v.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// has tells whether an error for readers holds a key.
func has(err error, key string) bool {
	es, _ := locale.All(err)
	for _, e := range es {
		if e.Key == key {
			return true
		}
	}
	return false
}
