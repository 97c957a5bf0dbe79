package correction_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// world is the Harbour Compact with two companies, a State's commitment and a
// report on it, and what a list elsewhere states of a third party.
type world struct {
	*compacttest.Site
	ministry, kite, gull int64
	stated               int64 // a party stated elsewhere
	commitment, report   int64
	statedPromise        int64 // a commitment stated of kite
}

func newWorld(t *testing.T, store *db.DB) *world {
	w := &world{Site: compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject())}
	party := func(f stakeholder.Registered, words map[string]string) int64 {
		return w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: f, Words: words})
	}
	w.ministry = party(stakeholder.Registered{Kind: "state", Area: "QM"}, nil)
	w.kite = party(stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"}, map[string]string{"name.und": "Kite Telecom"})
	w.gull = party(stakeholder.Registered{Kind: "private", Size: "small", Area: "QN"}, map[string]string{"name.und": "Gull Lines"})
	w.stated = w.Submit(keeper.Act{Kind: stakeholder.KindStated, By: "secretariat",
		Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia"}, On: "2024-01-01"},
		Words: map[string]string{"name.und": "Lantern University", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/1"}})
	w.Submit(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat", Words: map[string]string{"symbol.und": "HC/RES/1"},
		Facts: stakeholder.Adoption{Party: w.ministry, Text: "harbour-2025", On: "2025-03-14"}})
	w.commitment = w.Submit(keeper.Act{Kind: commitment.KindMade, By: "secretariat", Facts: commitment.Made{
		Lead: w.ministry, Lang: "en", Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"},
		Milestones: []commitment.Milestone{{Due: "2026-12-31"}}, ReportEvery: 12, Start: "2025-01-01", End: "2030-12-31", Review: "none",
	}, Words: map[string]string{"title.en": "1,000 rural schools on open fibre", "promise.en": "The Ministry will connect 1,000 rural schools.",
		"problem.en": "Rural schools are offline.", "will_do.en": "Lay fibre.", "milestones.0.text.en": "First hundred schools", "responsible_unit.en": "Networks"}})
	w.report = w.Submit(keeper.Act{Kind: commitment.KindReported, By: id(w.ministry), Facts: commitment.Reported{
		Commitment: w.commitment, Lang: "en", From: "2025-01-01", To: "2025-12-31", Status: "in_progress"},
		Words: map[string]string{"narrative.en": "All schools were connected."}})
	w.statedPromise = w.Submit(keeper.Act{Kind: commitment.KindStated, By: "secretariat", Facts: commitment.Stated{Party: w.kite, Lang: "en", On: "2024-05-01"},
		Words: map[string]string{"title.en": "Fibre for all", "promise.en": "Fibre for all.", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/2"}})
	return w
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

// at moves the clock to a day.
func (w *world) at(day string) {
	w.Now, _ = time.Parse(time.DateOnly, day)
}

func (w *world) asked(about, thing string) keeper.Act {
	return keeper.Act{Kind: correction.KindAsked, By: id(w.gull),
		Facts: correction.Asked{About: about, Thing: thing, Category: "figure", Lang: "en", Received: w.Now.Format(time.DateOnly)},
		Words: map[string]string{"text.en": "The figure is of another year.", "proposed.en": "940", "url.und": "https://regulator.harbour.example/register"}}
}

func (w *world) raised() keeper.Act {
	return keeper.Act{Kind: correction.KindRaised, By: id(w.kite),
		Facts: correction.Raised{Entry: w.report, Thing: "commitment:" + id(w.commitment), Maker: w.ministry, Lang: "en"},
		Words: map[string]string{"text.en": "We laid the fibre for 200 of these schools."}}
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

// faults are the places and keys of an error.
func faults(err error) map[string]string {
	out := map[string]string{}
	es, _ := locale.All(err)
	for _, e := range es {
		out[e.Place] = e.Key
	}
	return out
}
