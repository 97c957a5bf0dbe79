package commitment_test

import (
	"context"
	"maps"
	"strconv"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// world is a record with a pack in force, three parties, and a clock that a test sets.
type world struct {
	testing.TB
	keeper                 *keeper.Keeper
	pack                   *compact.Pack
	now                    time.Time
	ministry, kite, stated int64 // an adopting State, an endorsing company, a party stated elsewhere
	loose                  int64 // a registered party without any basis
}

func newWorld(t testing.TB, d *db.DB) *world {
	w := &world{TB: t, now: day("2025-03-20")}
	k, err := keeper.Open(context.Background(), keeper.Options{DB: d, Clock: func() time.Time { return w.now },
		Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject(), commitment.Subject()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	w.keeper = k
	b, err := compact.Canonical(compacts.Harbour())
	if err != nil {
		t.Fatal(err)
	}
	if w.pack, err = compact.FromCanonical(b); err != nil {
		t.Fatal(err)
	}
	w.must(compact.AdoptPack(w.pack, b, "2025-03-15"))
	w.ministry = w.party(stakeholder.Registered{Kind: "state", Area: "QM"}, "")
	w.kite = w.party(stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"}, "Kite Telecom")
	w.loose = w.party(stakeholder.Registered{Kind: "academia", Area: "QN"}, "Lantern University")
	w.stated = w.must(keeper.Act{Kind: stakeholder.KindStated, By: "secretariat",
		Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "private", Size: "small"}, On: "2024-01-01"},
		Words: map[string]string{"name.und": "Gull Lines", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/1"}})
	w.must(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat", Words: map[string]string{"symbol.und": "HC/RES/1"},
		Facts: stakeholder.Adoption{Party: w.ministry, Text: "harbour-2025", On: "2025-03-14"}})
	w.must(keeper.Act{Kind: stakeholder.KindGiven, By: id(w.kite), Words: map[string]string{"activities.0.title.en": "Fibre to the quay",
		"role.en": "Head of public affairs"}, Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "planned"}}}})
	return w
}

func (w *world) party(f stakeholder.Registered, name string) int64 {
	words := map[string]string{}
	if name != "" {
		words["name.und"] = name
	}
	return w.must(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: f, Words: words})
}

func (w *world) submit(a keeper.Act) (int64, error) {
	r, err := w.keeper.Submit(context.Background(), "", a)
	if err != nil {
		return 0, err
	}
	return r[0].Index, nil
}

func (w *world) must(a keeper.Act) int64 {
	w.Helper()
	i, err := w.submit(a)
	if err != nil {
		w.Fatalf("%s: %v", a.Kind, err)
	}
	return i
}

func (w *world) read(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.keeper.DB().Read(context.Background(), fn); err != nil {
		w.Fatal(err)
	}
}

func (w *world) get(id int64, today string) (v commitment.View) {
	w.Helper()
	w.read(func(tx *db.Tx) (err error) { v, err = commitment.Get(tx, id, today); return err })
	return v
}

func (w *world) list(f commitment.Filter) (p commitment.Page) {
	w.Helper()
	w.read(func(tx *db.Tx) (err error) { p, err = commitment.List(tx, f); return err })
	return p
}

// replays compares the state with a replay of the record.
func (w *world) replays() {
	w.Helper()
	found, err := w.keeper.ReplayCheck(context.Background(), nil)
	if err != nil || len(found) > 0 {
		w.Errorf("replay: %v, %+v", err, found)
	}
}

func day(date string) time.Time {
	t, _ := time.Parse("2006-01-02", date)
	return t.Add(13 * time.Hour)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// schools is a commitment in which nothing is missing.
func (w *world) schools() keeper.Act {
	return keeper.Act{Kind: commitment.KindMade, By: id(w.ministry), Facts: commitment.Made{
		Lead: w.ministry, Lang: "en", LeadShare: "60", Partners: []commitment.Partner{{Party: w.kite, Share: "40"}}, Items: []string{"H.1"},
		Type: "infrastructure", Newness: "new", Condition: "unconditional",
		Indicators: []commitment.Indicator{{Unit: "schools", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2025-03-19",
			Target: "1000", TargetOn: "2030", Frequency: "yearly", Primary: true}},
		Milestones: []commitment.Milestone{{Due: "2026-12-31"}}, Areas: []string{"QM"}, Beneficiaries: []string{"learners", "rural"},
		Money: []commitment.Money{{Amount: "12000000", Currency: "USD", ValueOn: "2025-03", Kind: "cash", Role: "own",
			DAC: []commitment.DAC{{Code: "22040", Percent: "80"}, {Code: "22010", Percent: "20"}}}},
		ReportEvery: 12, Start: "2025-01-01", End: "2030-12-31", Review: "peer",
	}, Words: map[string]string{
		"title.en": "1,000 rural schools on open fibre", "promise.en": "The Ministry will connect 1,000 rural schools with open-access fibre by the end of 2030.",
		"promise.fr": "Le Ministère raccordera 1 000 écoles rurales d’ici à la fin de 2030.",
		"problem.en": "Rural schools are offline.", "will_do.en": "Lay fibre.\nOpen it to all.", "risks.en": "Flooding", "responsible_unit.en": "Division of Networks",
		"indicators.0.name.en": "Schools with fibre", "indicators.0.source.en": "Regulator’s register, yearly", "milestones.0.text.en": "First hundred schools",
	}}
}

// progress is a report with a value.
func (w *world) progress(of int64, from, to, value string) keeper.Act {
	return keeper.Act{Kind: commitment.KindReported, By: id(w.ministry), Facts: commitment.Reported{
		Commitment: of, Lang: "en", From: from, To: to, Status: "in_progress", Values: []commitment.Value{{Indicator: 0, Value: value, On: to}},
		Evidence: []commitment.Evidence{{Kind: "dataset", On: to, Strength: "E3"}},
	}, Words: map[string]string{"narrative.en": "Schools were connected.", "evidence.0.title.en": "Register", "evidence.0.url.und": "https://regulator.harbour.example/register"}}
}

// change edits the facts of an act.
func change[F any](a keeper.Act, edit func(f *F, words map[string]string), more ...func(*keeper.Act)) keeper.Act {
	f := a.Facts.(F)
	a.Words = maps.Clone(a.Words)
	edit(&f, a.Words)
	a.Facts = f
	for _, edit := range more {
		edit(&a)
	}
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
