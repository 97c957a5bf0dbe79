package forum_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// gapsWorld is the Harbour Compact with a State that can commit.
type gapsWorld struct {
	*compacttest.Site
	state string
}

func newGapsWorld(t *testing.T, store *db.DB) *gapsWorld {
	w := &gapsWorld{Site: compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject())}
	state := w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "state", Area: "QM"}})
	w.Submit(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat", Facts: stakeholder.Adoption{Party: state, Text: "harbour-2025", On: "2025-03-14"},
		Words: map[string]string{"symbol.und": "HC/RES/1"}})
	w.state = strconv.FormatInt(state, 10)
	return w
}

// promise is a commitment on some items: one that can be checked, or a statement of intent.
func (w *gapsWorld) promise(checked bool, money []commitment.Money, items ...string) int64 {
	lead, _ := strconv.ParseInt(w.state, 10, 64)
	f := commitment.Made{Lead: lead, Lang: "en", Items: items, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"},
		Money: money, ReportEvery: 12, Start: "2026-01-01", End: "2028-12-31", Review: "none"}
	words := map[string]string{"title.en": "Fibre to the quay", "promise.en": "The quays will be connected with open fibre by the end of 2028.", "problem.en": "Quays are offline.", "will_do.en": "Lay fibre.", "responsible_unit.en": "Ports"}
	if checked {
		f.Indicators = []commitment.Indicator{{Unit: "schools", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2025", Target: "40", TargetOn: "2028-12-31", Frequency: "yearly"}}
		words["indicators.0.name.en"], words["indicators.0.source.en"] = "Quays connected", "Own register"
	}
	return w.Submit(keeper.Act{Kind: commitment.KindMade, By: w.state, Facts: f, Words: words})
}

// open are the kinds of gap of each item on a day.
func (w *gapsWorld) open(today string) map[string][]string {
	w.Helper()
	found := map[string][]string{}
	w.Read(func(tx *db.Tx) error {
		all, err := forum.Gaps(tx, w.Pack, today)
		for _, g := range all {
			found[g.Item] = g.Open()
		}
		return err
	})
	return found
}

func TestGaps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newGapsWorld(t, open())
		all := []string{"body", "commitment", "verifiable", "money", "series", "report"}
		without := func(kinds ...string) []string {
			return slices.DeleteFunc(slices.Clone(all), func(k string) bool { return slices.Contains(kinds, k) })
		}
		check := func(today, item string, want []string) {
			t.Helper()
			if got := w.open(today)[item]; !slices.Equal(got, want) {
				t.Errorf("%s on %s: %v, want %v", item, today, got, want)
			}
		}
		check("2026-03-04", "H.7", all)
		check("2026-03-04", "H.3", without("body")) // a body names it
		check("2026-03-04", "H.1", all)             // the body of its objective does not count

		intent := w.promise(false, nil, "H.3", "D.2")
		check("2026-03-04", "H.3", without("body", "commitment"))
		check("2026-03-04", "H.7", all)
		id := w.promise(true, []commitment.Money{{Amount: "1000000", Currency: "USD", ValueOn: "2026", Kind: "cash", Role: "own"}}, "H.3")
		w.promise(true, []commitment.Money{{Amount: "1000000", Currency: "USD", ValueOn: "2026", Kind: "cash", Role: "sought"}}, "H.7")
		check("2026-03-04", "H.3", without("body", "commitment", "verifiable", "money"))
		check("2026-03-04", "H.7", without("commitment", "verifiable")) // money that is sought is behind nothing

		w.Now = time.Date(2026, 9, 2, 13, 0, 0, 0, time.UTC)
		w.Submit(keeper.Act{Kind: commitment.KindReported, By: w.state, Facts: commitment.Reported{Commitment: id, Lang: "en", From: "2026-01-01", To: "2026-08-31", Status: "in_progress",
			Values: []commitment.Value{{Indicator: 0, Value: "4", On: "2026-08-31"}}}, Words: map[string]string{"narrative.en": "Four quays were connected."}})
		check("2026-09-02", "H.3", []string{"series"})
		check("2028-09-02", "H.3", []string{"series"})
		check("2028-09-03", "H.3", []string{"series", "report"})

		w.Read(func(tx *db.Tx) error {
			earlier, err := forum.GapsOfText(tx, w.Pack, "harbour-draft", "2026-09-02")
			at := slices.IndexFunc(earlier, func(g forum.ItemGaps) bool { return g.Item == "D.2" })
			if at < 0 || !earlier[at].Earlier || !slices.Equal(earlier[at].Open(), without("commitment")) {
				t.Errorf("the earlier text: %+v", earlier)
			}
			i, _ := w.Pack.Item("H.3")
			one, err2 := forum.GapsOf(tx, w.Pack, i, "2026-09-02")
			if got := one.Open(); !slices.Equal(got, []string{"series"}) {
				t.Errorf("H.3 alone: %v", got)
			}
			trail := one.Gaps[1].Evidence
			if want := []forum.Sought{{What: forum.SoughtDelivery, Found: 1, Counts: true}, {What: forum.SoughtIntents, Found: 1, Counts: true},
				{What: forum.SoughtElsewhere}, {What: forum.SoughtWithdrawn}}; !slices.EqualFunc(trail, want, func(a, b forum.Sought) bool {
				return a.What == b.What && a.Found == b.Found && a.Counts == b.Counts
			}) {
				t.Errorf("the trail: %+v", trail)
			}
			return errors.Join(err, err2)
		})

		w.Submit(keeper.Act{Kind: commitment.KindWithdrawn, By: w.state, Facts: commitment.Ended{Commitment: intent}, Words: map[string]string{"reason.en": "It was folded into another."}})
		w.Submit(keeper.Act{Kind: commitment.KindWithdrawn, By: w.state, Facts: commitment.Ended{Commitment: id}, Words: map[string]string{"reason.en": "It was folded into another."}})
		check("2026-09-02", "H.3", without("body"))
	})
}

// TestGapsSince counts 24 months back, also from the end of February.
func TestGapsSince(t *testing.T) {
	for today, want := range map[string]string{"2026-11-21": "2024-11-21", "2028-02-29": "2026-02-28", "2026-03-31": "2024-03-31"} {
		if got := forum.GapsSince(today); got != want {
			t.Errorf("%s: %s, want %s", today, got, want)
		}
	}
}
