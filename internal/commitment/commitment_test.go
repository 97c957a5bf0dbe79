package commitment_test

import (
	"errors"
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// The life of one commitment: made, silent, reported on; the five facts apart.
func TestLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		check := func(today, reporting, due, self, pace string) {
			t.Helper()
			v := w.get(c, today)
			got := [...]string{v.Reporting.State, v.Reporting.Due, v.Self.Status, v.Pace}
			if want := [...]string{reporting, due, self, pace}; got != want {
				t.Errorf("%s: got %v, want %v", today, got, want)
			}
			if v.Lifecycle != "published" || v.Review.State != "none_yet" || v.Review.Basis != "peer" {
				t.Errorf("%s: lifecycle %s, review %+v", today, v.Lifecycle, v.Review)
			}
		}
		check("2025-03-20", "not_due", "2026-03-20", "", "no_data")
		check("2026-03-20", "due", "2026-03-20", "", "no_data")
		check("2026-03-21", "overdue", "2026-03-20", "", "no_data")
		check("2027-03-20", "silent", "2026-03-20", "", "no_data")
		check("2028-03-20", "lapsed", "2026-03-20", "", "no_data")

		w.now = day("2026-03-31")
		first := w.must(w.progress(c, "2025-03-20", "2026-03-31", "150"))
		check("2026-03-31", "current", "2027-03-20", "in_progress", "too_slow")
		check("2027-10-01", "overdue", "2027-03-20", "in_progress", "value_old")
		check("2031-01-01", "lapsed", "2027-03-20", "in_progress", "missed")

		v := w.get(c, "2026-03-31")
		i := v.Indicators[0]
		if i.Paced.Path != "0.15" || i.Value != "150" || i.ValueOn != "2026-03-31" {
			t.Errorf("indicator: %+v", i)
		}
		if got, want := i.Why(locale.English), "as of 31 March 2026: 15 % of the path, 18 % of the time"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := v.Reporting.Why(locale.English), "next due 20 March 2027"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if p := i.Against("2027", 12); p.Path != "0.15" || p.On("2026-03-31") != "much_too_slow" {
			t.Errorf("against an earlier deadline: %+v", p)
		}
		if q := v.Quality; !q.Verifiable || !q.Trackable || q.Score != 20 || q.Band != "high" {
			t.Errorf("quality: %+v", q)
		}
		if title, in := v.Text("promise", locale.French); in != "fr" || title == "" {
			t.Errorf("promise in French: %q in %s", title, in)
		}
		if title, in := v.Text("title", locale.Arabic); in != "en" || title == "" {
			t.Errorf("title in Arabic falls back: %q in %s", title, in)
		}
		if len(v.History) != 2 || v.History[1].Entry != first || v.Reports[0].Strength != "E3" || v.Reports[0].Pieces != 1 {
			t.Errorf("history %+v, reports %+v", v.History, v.Reports)
		}
		w.replays()
	})
}

// A commitment that was stated elsewhere, and what its party makes of it.
func TestStatedAndClaimed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		told := keeper.Act{Kind: commitment.KindStated, By: "secretariat", Facts: commitment.Stated{Party: w.kite, Lang: "en", Items: []string{"H.2"},
			Amount: "5000000", Currency: "USD", On: "2024-11-05"}, Words: map[string]string{"title.en": "Train dock workers",
			"promise.en": "Kite pledges five million.", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/2"}}
		s := w.must(told)
		v := w.get(s, "2031-01-01")
		if v.Lifecycle != "stated" || v.Reporting.State != "" || v.Pace != "" || v.StatedFacts.On != "2024-11-05" || v.Money[0].Amount != "5000000" {
			t.Errorf("stated: %+v", v)
		}
		if got := v.Reporting.Why(locale.English); got != "stated elsewhere: no report is due here" {
			t.Errorf("why: %q", got)
		}
		if n := w.list(commitment.Filter{Today: "2025-04-01"}).Total; n != 0 {
			t.Errorf("%d among those made here, want 0", n)
		}
		if p := w.list(commitment.Filter{Which: commitment.Elsewhere, Today: "2031-01-01"}); p.Total != 1 || p.List[0].Reporting != "" || p.List[0].Pace != "" {
			t.Errorf("stated elsewhere: %+v", p)
		}

		claim := func(lead int64) keeper.Act {
			a := change(w.schools(), func(f *commitment.Made, _ map[string]string) {
				f.Lead, f.Claims, f.Items, f.Partners, f.LeadShare = lead, s, []string{"H.2"}, nil, ""
			})
			a.Kind, a.By = commitment.KindClaimed, id(lead)
			return a
		}
		if _, err := w.submit(claim(w.ministry)); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("another party's claim: %v", err)
		}
		report := w.progress(s, "2025-01-01", "2025-03-01", "1")
		report.By = id(w.kite)
		if _, err := w.submit(report); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("a report on what was stated elsewhere: %v", err)
		}
		c := w.must(claim(w.kite))
		if v := w.get(s, "2025-04-01"); v.Lifecycle != "claimed" || v.ClaimedBy != c {
			t.Errorf("after the claim: %s by %d", v.Lifecycle, v.ClaimedBy)
		}
		if _, err := w.submit(claim(w.kite)); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("a second claim: %v", err)
		}
		if n := w.list(commitment.Filter{Which: commitment.Elsewhere, Today: "2025-04-01"}).Total; n != 0 {
			t.Errorf("%d stated elsewhere after the claim, want 0", n)
		}
		w.replays()
	})
}

func TestListAndCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		a := w.must(w.schools())
		b := w.must(change(w.schools(), func(f *commitment.Made, words map[string]string) { // an intent, two items of one objective
			f.Items, f.Indicators, f.Milestones, f.Type, f.End = []string{"H.1", "H.2"}, nil, nil, "advocacy", "2027-12-31"
			delete(words, "indicators.0.name.en")
			delete(words, "indicators.0.source.en")
			delete(words, "milestones.0.text.en")
			words["title.en"] = "100 % of_port towns"
		}))
		c := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) { f.Items, f.Areas = []string{"D.1"}, []string{"QN"} }))
		w.now = day("2026-03-01")
		w.must(w.progress(a, "2025-03-20", "2026-02-28", "600"))
		for _, x := range []struct {
			name string
			f    commitment.Filter
			want []int64
		}{
			{"all, newest first", commitment.Filter{}, []int64{c, b, a}},
			{"by end", commitment.Filter{Sort: commitment.Ending}, []int64{b, a, c}},
			{"by due date", commitment.Filter{Sort: commitment.DueIn}, []int64{b, c, a}},
			{"item", commitment.Filter{Items: []string{"H.1"}}, []int64{b, a}},
			{"items", commitment.Filter{Items: []string{"H.2", "D.1"}}, []int64{c, b}},
			{"lead", commitment.Filter{Party: w.ministry}, []int64{c, b, a}},
			{"partner", commitment.Filter{Party: w.kite}, []int64{c, b, a}},
			{"nobody", commitment.Filter{Party: w.loose}, nil},
			{"area", commitment.Filter{Area: "QN"}, []int64{c}},
			{"type", commitment.Filter{Type: "advocacy"}, []int64{b}},
			{"reporting", commitment.Filter{Reporting: "current"}, []int64{a}},
			{"due", commitment.Filter{Reporting: "due"}, []int64{c, b}},
			{"own account", commitment.Filter{Status: "in_progress"}, []int64{a}},
			{"pace", commitment.Filter{Pace: "on_track"}, []int64{a}},
			{"nothing measured", commitment.Filter{Pace: "none"}, []int64{b}},
			{"no data", commitment.Filter{Pace: "no_data"}, []int64{c}},
			{"an unknown word", commitment.Filter{Pace: "excellent"}, nil},
			{"earlier only", commitment.Filter{Serves: "earlier"}, []int64{c}},
			{"intents", commitment.Filter{Check: "no"}, []int64{b}},
			{"text", commitment.Filter{Query: "RURAL"}, []int64{c, b, a}},
			{"text with wildcards", commitment.Filter{Query: "% of_port"}, []int64{b}},
		} {
			x.f.Today = "2026-03-02"
			got := w.list(x.f)
			var ids []int64
			for _, s := range got.List {
				ids = append(ids, s.ID)
			}
			if !slices.Equal(ids, x.want) || got.Total != int64(len(x.want)) {
				t.Errorf("%s: got %v of %d, want %v", x.name, ids, got.Total, x.want)
			}
		}
		for _, sort := range []string{commitment.Newest, commitment.Ending, commitment.DueIn} {
			var ids []int64
			f := commitment.Filter{Today: "2026-03-02", Sort: sort, Limit: 1}
			for {
				p := w.list(f)
				ids = append(ids, p.List[0].ID)
				if f.After = p.Next; p.Next == "" {
					break
				}
			}
			if slices.Sort(ids); !slices.Equal(ids, []int64{a, b, c}) {
				t.Errorf("paging by %s: %v", sort, ids)
			}
		}
		w.read(func(tx *db.Tx) error {
			tally, err := commitment.Count(tx, w.pack, "2026-03-02")
			if err != nil {
				return err
			}
			if n := tally.All; n.Commitments != 2 || n.Parties != 1 || n.Intents != 1 || n.Reported() != 1 || n.EarlierOnly != 1 {
				t.Errorf("all: %+v", n)
			}
			if n := tally.ByObjective["HO.1"]; n.Commitments != 2 {
				t.Errorf("objective: %+v", n)
			}
			if n := tally.ByItem["H.2"]; n.Commitments != 1 || n.Intents != 1 || n.Reported() != 0 {
				t.Errorf("item: %+v", n)
			}
			if n := tally.ByKind["state"]; n.Commitments != 2 {
				t.Errorf("states: %+v", n)
			}
			one, err := commitment.CountItem(tx, "2026-03-02", "H.1")
			if one.Commitments != 2 || one.Reported() != 1 {
				t.Errorf("one item: %+v", one)
			}
			return err
		})
		w.replays()
	})
}
