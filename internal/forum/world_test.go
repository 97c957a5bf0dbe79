package forum_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// world is the Harbour Compact, which switches every part on, with two States that
// adopted the text, two companies and an association that endorsed it, and a
// company that has not.
type world struct {
	*compacttest.Site
	ministry, north   int64 // States
	kite, gull, guild int64
	stranger          int64
	given             map[int64]int64 // party → its endorsement
}

func newWorld(t testing.TB, store *db.DB) *world {
	w := &world{Site: compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject()),
		given: map[int64]int64{}}
	w.ministry = w.party(stakeholder.Registered{Kind: "state", Area: "QM"}, "")
	w.north = w.party(stakeholder.Registered{Kind: "state", Area: "QN"}, "")
	w.kite = w.party(stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"}, "Kite Telecom")
	w.gull = w.party(stakeholder.Registered{Kind: "private", Size: "small", Area: "QP"}, "Gull Lines")
	w.guild = w.party(stakeholder.Registered{Kind: "civil-society", Area: "QX"}, "Pilots' Guild")
	w.stranger = w.party(stakeholder.Registered{Kind: "private", Size: "small", Area: "QV"}, "Stranger Ltd")
	for _, state := range []int64{w.ministry, w.north} {
		w.Submit(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat", Words: map[string]string{"symbol.und": "HC/RES/1"},
			Facts: stakeholder.Adoption{Party: state, Text: "harbour-2025", On: "2025-03-14"}})
	}
	for _, party := range []int64{w.kite, w.gull, w.guild} {
		w.endorse(party)
	}
	return w
}

func (w *world) party(f stakeholder.Registered, name string) int64 {
	var words map[string]string
	if name != "" {
		words = map[string]string{"name.und": name}
	}
	return w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: f, Words: words})
}

// endorse lets a party endorse the text in force, which opens its rights.
func (w *world) endorse(party int64) {
	w.given[party] = w.Submit(keeper.Act{Kind: stakeholder.KindGiven, By: id(party), Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "under-way", Start: "2025-09"}}}, Words: map[string]string{"activities.0.title.en": "Courses", "role.en": "Director"}})
}

// leave withdraws the endorsement of a party, and with it its rights.
func (w *world) leave(party int64) {
	w.Submit(keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(party), Facts: stakeholder.Withdrawn{Endorsement: w.given[party]}, Words: map[string]string{"reason.en": "Merged"}})
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// try sends an act that may be refused.
func (w *world) try(a keeper.Act) (int64, error) {
	r, err := w.Keeper.Submit(context.Background(), "", a)
	if err != nil {
		return 0, err
	}
	return r[0].Index, nil
}

// at moves the clock to noon of a day.
func (w *world) at(day string) {
	w.Now, _ = time.Parse(time.DateOnly, day)
	w.Now = w.Now.Add(12 * time.Hour)
}

// with changes a copy of an act's facts and words.
func with[F any](a keeper.Act, change func(f *F, words map[string]string)) keeper.Act {
	f := a.Facts.(F)
	words := map[string]string{}
	for part, text := range a.Words {
		words[part] = text
	}
	change(&f, words)
	a.Facts, a.Words = f, words
	return a
}

// byOther gives an act to somebody else.
func byOther(a keeper.Act, by string) keeper.Act { a.By = by; return a }

// refusal is an act that must be refused: with this message at this place, as this kind of error.
type refusal struct {
	name, field, key string
	kind             error // nil: any
	act              keeper.Act
}

// refuses sends each act and looks at what it is told.
func (w *world) refuses(t *testing.T, tests []refusal) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.try(tt.act)
			if got := faults(err)[tt.field]; got != tt.key {
				t.Errorf("got %v (%v), want %s at %q", faults(err), err, tt.key, tt.field)
			}
			if tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("got %v, want a kind of %v", err, tt.kind)
			}
		})
	}
}

// faults are the places and keys of an error.
func faults(err error) map[string]string {
	out := map[string]string{}
	es, _ := locale.All(err)
	for _, e := range es {
		out[e.Place] = e.Key
	}
	return out
}
