package commitment_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// On any day, what lists say of a commitment's reporting and pace is what the pure
// rules say, in lists and in filters alike.
func TestStatesOnListsAreTheRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		random := rand.New(rand.NewPCG(20250320, 1))
		var ids []int64
		for range 25 {
			ids = append(ids, w.randomCommitment(random))
		}
		w.randomReports(random, ids)
		for range 40 {
			today := w.anyDay(random)
			states, paces := map[int64]string{}, map[int64]string{}
			for _, c := range ids {
				v := w.get(c, today)
				states[c], paces[c] = v.Reporting.State, v.Pace
			}
			for _, s := range w.list(commitment.Filter{Today: today, Limit: 100}).List {
				if s.Reporting != states[s.ID] || s.Pace != paces[s.ID] {
					t.Errorf("%d on %s: the list says %s, %s; the rules say %s, %s", s.ID, today, s.Reporting, s.Pace, states[s.ID], paces[s.ID])
				}
			}
			total := int64(0)
			for _, state := range commitment.ReportingStates {
				p := w.list(commitment.Filter{Today: today, Reporting: state, Limit: 100})
				total += p.Total
				for _, s := range p.List {
					if states[s.ID] != state {
						t.Errorf("%d on %s: filtered as %s, is %s", s.ID, today, state, states[s.ID])
					}
				}
			}
			if total != int64(len(ids)) {
				t.Errorf("on %s the states hold %d commitments, there are %d", today, total, len(ids))
			}
		}
		w.replays()
	})
}

func (w *world) randomCommitment(random *rand.Rand) int64 {
	w.now = w.now.AddDate(0, 0, random.IntN(20))
	every := commitment.Rhythms[random.IntN(len(commitment.Rhythms))]
	a := change(w.schools(), func(f *commitment.Made, words map[string]string) {
		f.ReportEvery, f.Milestones = every, nil
		delete(words, "milestones.0.text.en")
		f.Start = w.now.AddDate(0, 0, random.IntN(600)-300).Format("2006-01-02")
		f.End = w.now.AddDate(0, random.IntN(60)+1, random.IntN(31)).Format("2006-01-02")
		f.Indicators = []commitment.Indicator{{Unit: "schools", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2024", Target: "100",
			TargetOn: f.End, Frequency: "yearly"}, {Unit: "percent", Direction: "hold", Measure: "maintain", Bound: "at_least", Target: "50",
			TargetOn: f.End, Frequency: "yearly", Primary: random.IntN(2) == 0}}
		words["indicators.1.name.en"], words["indicators.1.source.en"] = "Up time", "Own log"
	})
	return w.must(a)
}

// randomReports lets time pass and some of the parties report.
func (w *world) randomReports(random *rand.Rand, ids []int64) {
	for range 60 {
		before := w.now
		w.now = w.now.AddDate(0, 0, 3+random.IntN(40))
		c := ids[random.IntN(len(ids))]
		from, to := before.Format("2006-01-02"), w.now.AddDate(0, 0, -1).Format("2006-01-02")
		w.must(change(w.progress(c, from, to, fmt.Sprint(random.IntN(120))), func(f *commitment.Reported, _ map[string]string) {
			f.Values = append(f.Values, commitment.Value{Indicator: 1, Reason: "not_yet_measured"})
			if random.IntN(3) > 0 {
				f.Values[1] = commitment.Value{Indicator: 1, Value: fmt.Sprint(random.IntN(100)), On: to}
			}
			if random.IntN(12) == 0 {
				f.Status = "completed"
			}
		}))
	}
}

func (w *world) anyDay(random *rand.Rand) string {
	return day("2025-03-20").Add(time.Duration(random.IntN(12*365)) * 24 * time.Hour).Format("2006-01-02")
}
