package forum_test

import (
	"context"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// terms are those of a small group: three States and three others by lot, two river
// bodies by appointment.
func terms() keeper.Act {
	return keeper.Act{Kind: forum.KindConstituted, By: "secretariat", Facts: forum.Constituted{
		From:     "2026-01-01",
		Segments: []forum.Segment{{Segment: "state", Seats: 3, Filled: forum.Drawn}, {Segment: "non_state", Seats: 3, Filled: forum.Drawn}, {Segment: "igo", Seats: 2, Filled: forum.Appointed}},
		Quotas:   []forum.Quota{{Attribute: "gender", Value: "women", Min: 2, Max: 4}, {Attribute: "age", Value: "under_30", Min: 1}, {Attribute: "company_size", Value: "small", Min: 1}},
		Term:     24, First: 12, MostTerms: 2, MostOfOne: 1, Conflict: "abstains",
	}, Words: map[string]string{"terms.en": "The group prepares the agenda."}}
}

// call opens nominations for all drawn seats.
func call(terms int64) keeper.Act {
	return keeper.Act{Kind: forum.KindNominations, By: "secretariat", Facts: forum.Nominations{Terms: terms, Until: "2026-04-30", TermFrom: "2026-07-01",
		Seats: []forum.Open{{Segment: "state", Seats: 3}, {Segment: "non_state", Seats: 3}}}, Words: map[string]string{"criteria.en": "Whoever knows harbours."}}
}

func TestGroupIsConstituted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		quota := func(quotas ...forum.Quota) keeper.Act {
			return with(terms(), func(f *forum.Constituted, _ map[string]string) { f.Quotas = quotas })
		}
		w.refuses(t, []refusal{
			{"not the secretariat", "by", "err.party.secretariat_only", nil, byOther(terms(), id(w.kite))},
			{"no words", "terms", "err.commitment.needed", nil, with(terms(), func(_ *forum.Constituted, words map[string]string) { delete(words, "terms.en") })},
			{"a day that does not exist", "from", "err.cycle.day", nil, with(terms(), func(f *forum.Constituted, _ map[string]string) { f.From = "2026-02-30" })},
			{"a segment twice", "segments.state", "err.forum.twice", nil, with(terms(), func(f *forum.Constituted, _ map[string]string) {
				f.Segments = append(f.Segments[:2:2], forum.Segment{Segment: "state", Seats: 1, Filled: forum.Drawn})
			})},
			{"no drawn seat", "segments", "err.group.no_seats", nil, with(terms(), func(f *forum.Constituted, _ map[string]string) { f.Segments = f.Segments[2:] })},
			{"a first term as long as the others", "first_term_months", "err.group.between", nil, with(terms(), func(f *forum.Constituted, _ map[string]string) { f.First = 24 })},
			{"an attribute nobody has", "quotas", "err.group.attribute", nil, quota(forum.Quota{Attribute: "shoe", Value: "42", Min: 1})},
			{"an absent value", "quotas", "err.group.value", nil, quota(forum.Quota{Attribute: "region", Value: "Q9", Min: 1})},
			{"a minimum above its maximum", "quotas.gender.women", "err.group.contradict", nil, quota(forum.Quota{Attribute: "gender", Value: "women", Min: 4, Max: 2})},
			{"a minimum above the seats", "quotas.gender.women", "err.group.beyond", nil, quota(forum.Quota{Attribute: "gender", Value: "women", Min: 7})},
			{"minima that sum above the seats", "quotas.gender", "err.group.minima", nil, quota(forum.Quota{Attribute: "gender", Value: "women", Min: 4}, forum.Quota{Attribute: "gender", Value: "men", Min: 3})},
			{"maxima that sum below the seats", "quotas.gender", "err.group.maxima", nil, quota(forum.Quota{Attribute: "gender", Value: "women", Max: 2}, forum.Quota{Attribute: "gender", Value: "men", Max: 3})},
			{"a quota without a bound", "quotas.gender.women", "err.group.unbounded", nil, quota(forum.Quota{Attribute: "gender", Value: "women"})},
			{"a quota twice", "quotas.gender.women", "err.forum.twice", nil, quota(forum.Quota{Attribute: "gender", Value: "women", Min: 1}, forum.Quota{Attribute: "gender", Value: "women", Max: 5})},
		})
		first := w.Submit(terms())
		second := w.Submit(with(terms(), func(f *forum.Constituted, _ map[string]string) { f.Term = 36 }))
		w.Read(func(tx *db.Tx) error {
			got, err := forum.TermsInForce(tx)
			if err != nil || got.ID != second || got.Constituted.Term != 36 || got.DrawnSeats() != 6 {
				t.Errorf("terms in force: got %+v, %v", got, err)
			}
			old, err := forum.TermsByID(tx, first)
			if old.Constituted.Term != 24 {
				t.Errorf("earlier terms: got %+v", old)
			}
			return err
		})
		w.Replay()
	})
}

// The Global Digital Compact runs no advisory group: it was proposed and not adopted.
func TestGroupIsOff(t *testing.T) {
	site := compacttest.Open(t, dbtest.SQLite(t), compacts.GDC(), stakeholder.Subject(), forum.Subject())
	for _, a := range []keeper.Act{terms(), call(1), {Kind: forum.KindSeatDeclined, By: "secretariat", Facts: forum.Declined{Draw: 1, Person: "NAAAAAAA"}}} {
		if a.Kind == forum.KindConstituted { // river bodies are no segment that this pack lacks; what stops it is the switch
			a = with(a, func(f *forum.Constituted, _ map[string]string) { f.Quotas = nil })
		}
		_, err := site.Keeper.Submit(context.Background(), "", a)
		if got := faults(err)[""]; got != "err.forum.off" {
			t.Errorf("%s: got %v, want err.forum.off", a.Kind, err)
		}
	}
}

func TestNominationsAreOpened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		of := w.Submit(terms())
		w.refuses(t, []refusal{
			{"of other terms", "terms", "err.group.other_terms", nil, call(of + 1)},
			{"no criteria", "criteria", "err.commitment.needed", nil, with(call(of), func(_ *forum.Nominations, words map[string]string) { delete(words, "criteria.en") })},
			{"a term that begins too early", "term_from", "err.group.term_before", nil, with(call(of), func(f *forum.Nominations, _ map[string]string) { f.TermFrom = f.Until })},
			{"a day that has passed", "until", "err.group.until_past", nil, with(call(of), func(f *forum.Nominations, _ map[string]string) { f.Until = "2026-03-01" })},
			{"no seat", "seats", "err.group.nothing_open", nil, with(call(of), func(f *forum.Nominations, _ map[string]string) { f.Seats = nil })},
			{"more seats than there are", "seats.state", "err.group.not_free", nil, with(call(of), func(f *forum.Nominations, _ map[string]string) { f.Seats = []forum.Open{{Segment: "state", Seats: 4}} })},
			{"a segment that is appointed", "seats.igo", "err.group.not_drawn", nil, with(call(of), func(f *forum.Nominations, _ map[string]string) { f.Seats = []forum.Open{{Segment: "igo", Seats: 1}} })},
		})
		opened := w.Submit(call(of))
		longer := keeper.Act{Kind: forum.KindExtended, By: "secretariat", Facts: forum.Extended{Call: opened, Until: "2026-05-15"}, Words: map[string]string{"reason.en": "Few women were nominated."}}
		w.refuses(t, []refusal{
			{"a second call", "", "err.group.call_open", keeper.ErrConflict, call(of)},
			{"an earlier day", "until", "err.group.not_later", nil, with(longer, func(f *forum.Extended, _ map[string]string) { f.Until = "2026-04-30" })},
			{"beyond the term", "until", "err.group.after_term", nil, with(longer, func(f *forum.Extended, _ map[string]string) { f.Until = "2026-07-01" })},
			{"an unknown call", "call", "err.group.no_call", keeper.ErrNotFound, with(longer, func(f *forum.Extended, _ map[string]string) { f.Call = of })},
		})
		w.Submit(longer)
		w.Read(func(tx *db.Tx) error {
			c, err := forum.LatestNominations(tx)
			if c.Until != "2026-05-15" || !c.Takes("2026-05-15") || c.Takes("2026-05-16") {
				t.Errorf("the call: got %+v", c)
			}
			return err
		})
		w.Replay()
	})
}

// nominated is a nomination that lacks nothing.
func nominated(call int64, name, segment string) forum.Nominee {
	return forum.Nominee{Call: call, Mail: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@harbour.example", Name: name, Lang: "en", Profile: forum.Profile{
		Segment: segment, Area: "QM", Gender: "women", Age: "30_to_49", Kind: "private", Size: "small", Affiliation: name + " Works", Affiliations: "The same since 2020",
		Languages: []string{"English"}, Expertise: []string{"Pilotage"}, Bio: "Twenty years at sea.", Statement: "Ports need plain rules.", Conflicts: "None", Availability: "Two days a month", Reserve: true}}
}

// private runs a step on the private tables.
func (w *world) private(step func(tx *db.Tx) error) error {
	return w.Keeper.DB().Write(context.Background(), step)
}

func TestNomineeIsPrivate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		must(t, forum.Prepare(context.Background(), w.Keeper.DB()))
		opened := w.Submit(call(w.Submit(terms())))
		var token string
		who := nominated(opened, "Zephyrine Plantagenet", "state")
		must(t, w.private(func(tx *db.Tx) (err error) {
			_, token, err = forum.Nominate(tx, w.Now, who)
			return err
		}))
		again := who
		again.Mail = strings.ToUpper(who.Mail)
		err := w.private(func(tx *db.Tx) error { _, _, err := forum.Nominate(tx, w.Now, again); return err })
		if faults(err)["mail"] != "err.nominee.twice" {
			t.Errorf("the same address twice: got %v", err)
		}
		other := who
		other.Mail, other.Name = "second@harbour.example", "zephyrine  plantagenet"
		must(t, w.private(func(tx *db.Tx) error { _, _, err := forum.Nominate(tx, w.Now, other); return err }))
		step := func(take func(tx *db.Tx, n forum.Nominee) error) error {
			return w.private(func(tx *db.Tx) error {
				n, err := forum.NomineeByLink(tx, token)
				if err != nil {
					return err
				}
				return take(tx, n)
			})
		}
		decide := func(eligible bool, reason, note string) error {
			return step(func(tx *db.Tx, n forum.Nominee) error {
				t, err := forum.TermsInForce(tx)
				if err != nil {
					return err
				}
				return forum.Decide(tx, w.Now, n, eligible, reason, note, t)
			})
		}
		if err := decide(true, "", ""); faults(err)[""] != "err.nominee.moved" {
			t.Errorf("decided before she agreed: got %v", err)
		}
		must(t, step(func(tx *db.Tx, n forum.Nominee) error {
			n.Profile.Bio = "At sea."
			return forum.Amend(tx, w.Now, n, true)
		}))
		if err := decide(false, "criteria", " "); faults(err)["note"] != "err.nominee.why" {
			t.Errorf("left out without a word: got %v", err)
		}
		must(t, decide(true, "", ""))
		w.Read(func(tx *db.Tx) error {
			n, err := forum.NomineeByLink(tx, token)
			if n.State != forum.Eligible || n.Profile.Bio != "At sea." || n.Pool != 0 {
				t.Errorf("the nominee: got %+v", n)
			}
			list, _ := forum.Nominees(tx, opened)
			if same := forum.SameName(list); len(same) != 1 || len(same["zephyrine plantagenet"]) != 2 {
				t.Errorf("of one name: got %v", same)
			}
			return err
		})
		w.at("2026-05-02")
		late := nominated(opened, "Too Late", "state")
		if err := w.private(func(tx *db.Tx) error { _, _, err := forum.Nominate(tx, w.Now, late); return err }); faults(err)[""] != "err.nominee.closed" {
			t.Errorf("after the last day: got %v", err)
		}
		must(t, step(func(tx *db.Tx, n forum.Nominee) error { return forum.EraseNominee(tx, w.Now, n) }))
		if err := step(func(*db.Tx, forum.Nominee) error { return nil }); faults(err)[""] != "err.nominee.unknown" {
			t.Errorf("after her erasure: got %v", err)
		}
		w.at("2026-08-15")
		must(t, w.private(func(tx *db.Tx) error { return forum.TidyNominees(tx, w.Now) }))
		w.Read(func(tx *db.Tx) error {
			list, err := forum.Nominees(tx, opened)
			if len(list) != 0 {
				t.Errorf("kept after ninety days: %+v", list)
			}
			return err
		})
	})
}

func TestNomineeIsChecked(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	open := forum.Nominations{Seats: []forum.Open{{Segment: "state", Seats: 3}}}
	terms := forum.Terms{Constituted: terms().Facts.(forum.Constituted)}
	for _, tt := range []struct {
		name, field, key string
		change           func(n *forum.Nominee)
	}{
		{"no name", "name", "err.nominee.name", func(n *forum.Nominee) { n.Name = "" }},
		{"a segment that is not open", "segment", "err.nominee.segment", func(n *forum.Nominee) { n.Profile.Segment = "non_state" }},
		{"a biography of 151 words", "bio", "err.nominee.words", func(n *forum.Nominee) { n.Profile.Bio = strings.Repeat("word ", 151) }},
		{"a statement of 201 words", "statement", "err.nominee.words", func(n *forum.Nominee) { n.Profile.Statement = strings.Repeat("word ", 201) }},
		{"one word without end", "bio", "err.nominee.words", func(n *forum.Nominee) { n.Profile.Bio = strings.Repeat("w", 20000) }},
		{"six fields of expertise", "expertise", "err.nominee.expertise", func(n *forum.Nominee) { n.Profile.Expertise = strings.Split("a b c d e f", " ") }},
		{"no affiliations", "affiliations", "err.commitment.needed", func(n *forum.Nominee) { n.Profile.Affiliations = "" }},
		{"an area that the pack does not know", "area", "err.nominee.area", func(n *forum.Nominee) { n.Profile.Area = "ZZ" }},
		{"an age that is no band", "age", "err.party.not_one_of", func(n *forum.Nominee) { n.Profile.Age = "29" }},
		{"all terms served", "terms_served", "err.nominee.terms_served", func(n *forum.Nominee) { n.Profile.Terms = 2 }},
	} {
		n := nominated(1, "Anne Keel", "state")
		if err := n.Check(w.Pack, open, terms, true); err != nil {
			t.Fatal(err)
		}
		tt.change(&n)
		if got := faults(n.Check(w.Pack, open, terms, true))[tt.field]; got != tt.key {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.key)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
