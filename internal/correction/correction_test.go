package correction_test

import (
	"errors"
	"strings"
	"testing"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

func TestParseAbout(t *testing.T) {
	for _, s := range []string{"entry:0", "entry:17", "commitment:4", "report:9", "party:2", "item:P11d", "indicator:internet-users", "figure:internet-users.unsd/KEN/2024", "figure:a/QM/2024-Q1", "page:/", "page:/areas/KEN", "page:/about/methods",
		"item:P11d:commitments", "commitment:4:indicator.0.pace", "party:2:money.paid.USD", "page:/:HO.1.items", "page:/stakeholders/balance:region.AFR.share"} {
		about, err := correction.ParseAbout(s)
		if err != nil || about.String() != s {
			t.Errorf("ParseAbout(%q): got %v, %v", s, about, err)
		}
	}
	for _, s := range []string{"", "entry", "entry:", "entry:-1", "entry:01", "entry:1e3", "party:x", "person:3", "page:areas", "page:/search?q=Jane", "page:/a b", "page:/../..x/é",
		"figure:a/b", "figure:a/b/c/d", "figure:a/b/year", "item:" + strings.Repeat("a", 33), "page:/" + strings.Repeat("a/", 20), "page:/Jane",
		"item:P11d:", "item:P11d:a:b", "item:P11d:two words", "page:/areas/KEN:" + strings.Repeat("a", 97), "entry:1:size", "report:9:x", "figure:a/QM/2024:x", ":x"} {
		if about, err := correction.ParseAbout(s); err == nil {
			t.Errorf("ParseAbout(%q): got %v, want an error", s, about)
		}
	}
}

// TestLifeOfACorrection follows one from the question to the answer, and counts days.
func TestLifeOfACorrection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		thing := "commitment:" + id(w.commitment)
		first := w.Submit(w.asked("report:"+id(w.report), thing))
		second := w.Submit(with(w.asked("item:H.1", "item:H.1"), func(f *correction.Asked, words map[string]string) { f.Category = "text" }))
		byPerson := w.asked("page:/areas/QM", "page:/areas/QM")
		byPerson.By = "person"
		third := w.Submit(with(byPerson, func(f *correction.Asked, words map[string]string) { clear(words) }))
		w.at("2026-03-14")
		answer := func(of int64, change func(f *correction.Answered)) keeper.Act {
			f := correction.Answered{Correction: of, Outcome: "explained", Role: "steward"}
			change(&f)
			return keeper.Act{Kind: correction.KindAnswered, By: "secretariat", Facts: f, Words: map[string]string{"text.en": "The register counts the school year."}}
		}
		fix := w.Submit(keeper.Act{Kind: "party.verified", By: "secretariat", Facts: verified(w.gull)})
		w.Submit(answer(first, func(f *correction.Answered) { f.Outcome, f.Entry = "corrected", fix }))
		if _, err := w.try(answer(first, func(f *correction.Answered) {})); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("answered twice: got %v, want a conflict", err)
		}
		w.at("2026-03-17")
		w.Submit(answer(third, func(f *correction.Answered) { f.Outcome, f.Of = "duplicate", first }))
		w.Read(func(tx *db.Tx) error {
			c, err := correction.Get(tx, first)
			if days, ok := c.Days(); c.Outcome != "corrected" || c.FixedBy != fix || c.Thing != thing || c.Party != w.gull || days != 10 || !ok || c.About.Kind != "report" {
				t.Errorf("first: got %+v", c)
			}
			if err != nil {
				return err
			}
			all, err := correction.List(tx, correction.Filter{})
			if len(all) != 3 || all[0].ID != third || all[0].By != "person" || all[0].Duplicate != first {
				t.Errorf("list: got %+v", all)
			}
			times, years := correction.Tally(all)
			if times.Asked != 3 || times.Answered != 2 || times.Median != "11.5" || times.Slowest != 13 || times.Oldest != "2026-03-04" || times.Outcomes["corrected"] != 1 || len(years) != 1 || years[0].Year != "2026" {
				t.Errorf("times: got %+v, %+v", times, years)
			}
			if err != nil {
				return err
			}
			for filter, want := range map[correction.Filter]int64{{Thing: thing}: first, {Outcome: "open"}: second, {Category: "text"}: second, {Outcome: "duplicate"}: third, {Year: "2026", Oldest: true}: first} {
				list, err := correction.List(tx, filter)
				if err != nil {
					return err
				}
				if len(list) == 0 || list[0].ID != want {
					t.Errorf("%+v: got %+v, want %d first", filter, list, want)
				}
			}
			return nil
		})
		w.Replay()
	})
}

func TestMedian(t *testing.T) {
	for want, values := range map[string][]int{"": nil, "4": {4}, "3": {5, 1, 3}, "2.5": {1, 2, 3, 9}, "2": {3, 1}} {
		if got := correction.Median(values); got != want {
			t.Errorf("Median(%v): got %q, want %q", values, got, want)
		}
	}
}

// TestDispute plays a dispute to each of its ends; nobody else can speak in it.
func TestDispute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		thing := "commitment:" + id(w.commitment)
		d := w.Submit(w.raised())
		if _, err := w.try(w.raised()); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("raised twice: got %v, want a conflict", err)
		}
		other := w.raised()
		other.By = id(w.gull)
		w.Submit(other)
		reply := keeper.Act{Kind: correction.KindReplied, By: "secretariat", Facts: correction.Replied{Dispute: d, Party: w.ministry, Lang: "fr"},
			Words: map[string]string{"text.fr": "Le marché était le nôtre."}}
		byGull := reply
		byGull.By, byGull.Facts = id(w.gull), correction.Replied{Dispute: d, Lang: "fr"}
		if _, err := w.try(byGull); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("answered by a third party: got %v, want forbidden", err)
		}
		w.Submit(reply)
		if _, err := w.try(reply); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("answered twice: got %v, want a conflict", err)
		}
		closing := func(by, outcome string) keeper.Act {
			return keeper.Act{Kind: correction.KindClosed, By: by, Facts: correction.Closed{Dispute: d, Outcome: outcome}}
		}
		refused := []struct {
			act  keeper.Act
			kind error
		}{{closing(id(w.gull), correction.Settled), keeper.ErrForbidden}, {closing(id(w.ministry), correction.Withdrawn), keeper.ErrForbidden}, {closing(id(w.ministry), correction.Stands), keeper.ErrForbidden}}
		for n, r := range refused {
			if _, err := w.try(r.act); !errors.Is(err, r.kind) {
				t.Errorf("closing %d: got %v, want %v", n, err, r.kind)
			}
		}
		w.Submit(closing(id(w.ministry), correction.Settled))
		w.Read(func(tx *db.Tx) error {
			got, err := correction.GetDispute(tx, d)
			if !got.Holds() || got.SettledMaker == "" || got.ClosedOn != "" || got.Answer == 0 || got.Thing != thing {
				t.Errorf("one side called it settled: got %+v", got)
			}
			if err != nil {
				return err
			}
			marked, err := correction.Disputed(tx)
			if !marked[thing] || len(marked) != 1 {
				t.Errorf("disputed: got %v", marked)
			}
			return err
		})
		if _, err := w.try(closing(id(w.ministry), correction.Settled)); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("settled twice by one side: got %v, want a conflict", err)
		}
		w.Submit(closing(id(w.kite), correction.Settled))
		if _, err := w.try(closing(id(w.kite), correction.Withdrawn)); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("closed twice: got %v, want a conflict", err)
		}
		// Of what the secretariat stated, the secretariat is the maker.
		own := w.Submit(keeper.Act{Kind: correction.KindRaised, By: id(w.kite), Words: map[string]string{"text.en": "We never said this."},
			Facts: correction.Raised{Entry: w.statedPromise, Thing: "commitment:" + id(w.statedPromise), Lang: "en"}})
		w.Submit(keeper.Act{Kind: correction.KindReplied, By: "secretariat", Facts: correction.Replied{Dispute: own, Lang: "en"}, Words: map[string]string{"text.en": "The Gazette did."}})
		w.Submit(keeper.Act{Kind: correction.KindClosed, By: id(w.kite), Facts: correction.Closed{Dispute: own, Outcome: correction.Stands}, Words: map[string]string{"note.en": "We differ."}})
		w.Read(func(tx *db.Tx) error {
			settled, err := correction.GetDispute(tx, d)
			if settled.Holds() || settled.Outcome != correction.Settled {
				t.Errorf("settled: got %+v", settled)
			}
			if err != nil {
				return err
			}
			stands, err := correction.Disputes(tx, "commitment:"+id(w.statedPromise))
			if len(stands) != 1 || !stands[0].Holds() || stands[0].Outcome != correction.Stands || stands[0].Maker != 0 {
				t.Errorf("stands: got %+v", stands)
			}
			return err
		})
		w.Replay()
	})
}
