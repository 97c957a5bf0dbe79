package commitment_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// Whatever is asked for, a list holds what a plain look at each commitment finds,
// in the right order, with the right total, page after page; while parties report
// and change, and on any day.
func TestListsHoldWhatTheyShould(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		group := w.must(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "group"}, Words: map[string]string{"name.en": "Quay States"}})
		w.must(keeper.Act{Kind: stakeholder.KindJoined, By: "secretariat", Facts: stakeholder.Membership{Group: group, Member: w.ministry, On: "2025-03-01"}})
		random := rand.New(rand.NewPCG(1948, 12))
		var ids, reporting []int64
		for n := range 32 {
			reporting = append(reporting, w.randomCommitment(random))
			ids = append(ids, reporting[n], w.variedCommitment(random))
			if n%8 == 0 {
				w.list(commitment.Filter{Today: "2025-04-01"}) // the picture in memory begins early and has to follow
				w.randomReports(random, reporting)
			}
		}
		slices.Sort(ids)
		views := map[int64]commitment.View{}
		for range 120 {
			today := w.anyDay(random)
			clear(views)
			for _, c := range ids {
				views[c] = w.get(c, today)
			}
			f := w.anyFilter(random, today, group)
			var want []int64
			for _, c := range ids {
				if w.fits(f, views[c]) {
					want = append(want, c)
				}
			}
			sortAs(f.Sort, want, views)
			var got []int64
			for f.Limit = 7; ; {
				p := w.list(f)
				for _, s := range p.List {
					got = append(got, s.ID)
				}
				if p.Total != int64(len(want)) {
					t.Errorf("%+v: total %d, want %d", f, p.Total, len(want))
				}
				if f.After = p.Next; f.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: got %v, want %v", f, got, want)
			}
		}
	})
}

// variedCommitment differs from others in all that lists can be filtered by.
func (w *world) variedCommitment(random *rand.Rand) int64 {
	other := random.IntN(2) == 0
	w.now = w.now.AddDate(0, 0, random.IntN(9))
	return w.must(change(w.schools(), func(f *commitment.Made, words map[string]string) {
		f.Type = commitment.Types[random.IntN(len(commitment.Types))]
		f.Items = [][]string{{"H.1"}, {"H.2"}, {"H.1", "H.2"}}[random.IntN(3)]
		f.Areas = [][]string{{"QM"}, {"QV", "QN"}, {"Q1"}, {"Q21"}}[random.IntN(4)]
		f.Review = commitment.Reviews[random.IntN(len(commitment.Reviews))]
		f.End = w.now.AddDate(random.IntN(4)+1, 0, 0).Format("2006-01-02")
		f.Milestones, f.Partners, f.LeadShare = nil, nil, ""
		delete(words, "milestones.0.text.en")
		f.Indicators[0].TargetOn = f.End
		f.Money = append(f.Money, commitment.Money{Amount: big.NewInt(random.Int64N(9)*1000000 + 5).String(), Currency: []string{"USD", "EUR"}[random.IntN(2)], ValueOn: "2025-03", Kind: "cash", Role: "own"})
		if random.IntN(2) == 0 {
			words["title.en"] = "Écoles sur la fibre"
		}
		if other {
			f.Lead = w.kite
		}
	}, asLead(other, w.kite)))
}

// asLead makes an act be by another party.
func asLead(other bool, party int64) func(*keeper.Act) {
	return func(a *keeper.Act) {
		if other {
			a.By = id(party)
		}
	}
}

func pickOne(random *rand.Rand, all ...string) string {
	if random.IntN(9) > 0 {
		return ""
	}
	return all[random.IntN(len(all))]
}

func (w *world) anyFilter(random *rand.Rand, today string, group int64) commitment.Filter {
	f := commitment.Filter{Today: today, Sort: []string{commitment.Newest, commitment.Ending, commitment.DueIn}[random.IntN(3)],
		Reporting: pickOne(random, commitment.ReportingStates...), Pace: pickOne(random, "missed", "value_old", "too_slow", "no_data", "met", "much_too_slow"),
		Status: pickOne(random, "in_progress", "completed"), Type: pickOne(random, commitment.Types...), Review: pickOne(random, "not_asked", "none_yet"),
		Kind: pickOne(random, "state", "private"), Area: pickOne(random, "QM", "QV", "Q1"), Region: pickOne(random, "Q1", "Q2", "ldc", "sids"),
		Lifecycle: pickOne(random, commitment.Published, commitment.StatedYet), Currency: pickOne(random, "USD", "EUR"),
		EndsFrom: pickOne(random, "2026-06-01"), EndsTo: pickOne(random, "2028-01-01"), DueTo: pickOne(random, "2026-09-01"), MadeTo: pickOne(random, "2025-12-01"),
		Query: pickOne(random, "ecoles", "FIBRE", "nothing at all")}
	if random.IntN(3) == 0 {
		f.Items = []string{"H.2"}
	}
	if f.Currency != "" && random.IntN(2) == 0 {
		if f.Stage = "pledged"; random.IntN(2) == 0 {
			f.AtLeast = "4000005"
		}
	}
	if random.IntN(4) == 0 {
		f.Group = group
	}
	if random.IntN(5) == 0 {
		f.Party = w.kite
	}
	return f
}

// fits is the filter, said plainly.
func (w *world) fits(f commitment.Filter, v commitment.View) bool {
	in := func(area, region string) bool {
		set := w.pack.AreaSet()
		a, ok := set.ByID(area)
		if r, is := set.RegionByID(area); is {
			return area == region || r.Parent == region
		}
		return ok && (a.Region == region || a.Sub == region || a.InGroup(region))
	}
	sums := new(big.Rat)
	lines := 0
	for _, m := range v.Money {
		if (f.Stage == "" || m.Stage == f.Stage) && m.Currency == f.Currency {
			r, _ := new(big.Rat).SetString(m.Amount)
			sums.Add(sums, r)
			lines++
		}
	}
	least, _ := new(big.Rat).SetString("0" + f.AtLeast)
	title, _ := v.Text("title", "en")
	promise, _ := v.Text("promise", "en")
	texts := strings.ToLower(title + promise + strings.Join(slices.Collect(func(yield func(string) bool) {
		for _, t := range v.Words {
			if !yield(t) {
				return
			}
		}
	}), " "))
	kinds := map[int64]string{w.ministry: "state", w.kite: "private"}
	query := map[string]string{"ecoles": "écoles", "FIBRE": "fibre"}[f.Query]
	return (f.Reporting == "" || v.Reporting.State == f.Reporting) && (f.Pace == "" || v.Pace == f.Pace) && (f.Status == "" || v.Self.Status == f.Status) &&
		(f.Type == "" || v.Facts.Type == f.Type) && (f.Review == "" || v.Review.State == f.Review) && (f.Kind == "" || kinds[v.Party] == f.Kind) &&
		(f.Lifecycle == "" || v.Lifecycle == f.Lifecycle) && (f.Area == "" || slices.Contains(v.Facts.Areas, f.Area)) &&
		(f.Region == "" || slices.ContainsFunc(v.Facts.Areas, func(a string) bool { return in(a, f.Region) })) &&
		(f.Currency == "" || lines > 0 && sums.Cmp(least) >= 0) && (f.EndsFrom == "" || v.Facts.End >= f.EndsFrom) && (f.EndsTo == "" || v.Facts.End <= f.EndsTo) &&
		(f.DueTo == "" || v.Reporting.Due != "" && v.Reporting.Due <= f.DueTo) && (f.MadeTo == "" || v.MadeOn <= f.MadeTo) &&
		(f.Query == "" || query != "" && strings.Contains(texts, query)) && (len(f.Items) == 0 || slices.Contains(v.Facts.Items, f.Items[0])) &&
		(f.Group == 0 || v.Party == w.ministry) &&
		(f.Party == 0 || v.Party == f.Party || slices.ContainsFunc(v.Facts.Partners, func(p commitment.Partner) bool { return p.Party == f.Party }))
}

func sortAs(sort string, ids []int64, views map[int64]commitment.View) {
	key := func(c int64) string {
		switch v := views[c]; {
		case sort == commitment.Ending:
			return v.Facts.End
		case sort == commitment.DueIn && v.Reporting.Due == "":
			return "9999-12-31"
		case sort == commitment.DueIn:
			return v.Reporting.Due
		}
		return ""
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if k := strings.Compare(key(a), key(b)); k != 0 {
			return k
		}
		if sort == commitment.Newest {
			a, b = b, a
		}
		return int(a - b)
	})
}

func TestFiltersThatMeanNothing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		filter commitment.Filter
		want   map[string]string
	}{
		{"no day", commitment.Filter{DueFrom: "tomorrow", EndsTo: "2026"}, map[string]string{"due_from": "err.list.bad_day", "ends_to": "err.list.bad_day"}},
		{"no amount", commitment.Filter{Stage: "pledged", Currency: "USD", AtLeast: "much"}, map[string]string{"at_least": "err.list.bad_amount"}},
		{"an amount of nothing", commitment.Filter{Currency: "USD", AtLeast: "5"}, map[string]string{"at_least": "err.list.amount_of_what"}},
		{"whole", commitment.Filter{Stage: "pledged", Currency: "USD", AtLeast: "5", DueFrom: "2026-01-01"}, map[string]string{}},
	} {
		got := faults(tt.filter.Validate())
		if len(got) != len(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		for field, key := range tt.want {
			if got[field] != key {
				t.Errorf("%s: %s says %q, want %q", tt.name, field, got[field], key)
			}
		}
	}
}

// What a transaction saw that was given up is in no list.
func TestListsForgetWhatWasGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.must(w.schools())
		const today = "2025-04-01"
		if n := w.list(commitment.Filter{Today: today}).Total; n != 1 {
			t.Fatalf("%d commitments, want 1", n)
		}
		undone := errors.New("undone")
		err := w.keeper.DB().Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec("UPDATE commitment SET stated = 1"); err != nil {
				return err
			}
			if err := keeper.Touch(tx, 999, "commitment:1"); err != nil {
				return err
			}
			p, err := commitment.List(tx, commitment.Filter{Today: today})
			if err != nil || p.Total != 0 {
				t.Errorf("inside: %d commitments, want 0: %v", p.Total, err)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if n := w.list(commitment.Filter{Today: today}).Total; n != 1 {
			t.Errorf("afterwards %d commitments, want 1", n)
		}
	})
}
