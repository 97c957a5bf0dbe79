package commitment_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// told is what an onlooker knows of a commitment from its acts alone. It says in the
// words of the method, without the program's rules, how it reports on a day.
type told struct {
	made, start, end string
	every            int
	due              string // the date of the report that is awaited; "" for none
	excused          string
	reports          int
	last             string // day of the last report
	missed           int64
	over             bool
}

func date(day string) time.Time { t, _ := time.Parse("2006-01-02", day); return t }

// months moves a date by months and keeps to the ends of months.
func months(day string, n int) string {
	t := date(day)
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	if t.Day() < last.Day() {
		last = time.Date(first.Year(), first.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return last.Format("2006-01-02")
}

// dates are all days on which a report falls due, whatever was reported.
func (o told) dates() (all []string) {
	for k := 1; ; k++ {
		all = append(all, months(max(o.made, o.start), k*o.every))
		if all[k-1] >= o.end {
			return all
		}
	}
}

func (o told) noticed(due string) string {
	return date(due).AddDate(0, 0, -min(60, o.every*15)).Format("2006-01-02")
}

func (o *told) report(on string, closes bool) {
	due := o.due
	o.reports, o.last, o.due = o.reports+1, on, ""
	for _, d := range o.dates() {
		if due != "" && d > due && d > o.excused && d < on {
			o.missed++
		}
	}
	if o.over = o.over || closes; o.over {
		return
	}
	for _, d := range o.dates() {
		if o.noticed(d) > on {
			o.due = d
			return
		}
	}
}

func (o *told) amend(on string, every int, start, end string) {
	o.every, o.start, o.end = every, start, end
	if o.over || o.due != "" && o.due < on {
		return
	}
	o.due = ""
	for _, d := range o.dates() {
		if o.noticed(d) > o.last {
			if o.due = d; d >= on {
				return
			}
		}
	}
}

func (o told) state(today string) string {
	late := max(o.due, o.excused)
	switch {
	case o.due != "" && today >= months(late, 24):
		return "lapsed"
	case o.due != "" && today >= months(late, 12):
		return "silent"
	case o.due != "" && today > late:
		return "overdue"
	case o.due != "" && today >= o.noticed(o.due):
		return "due"
	case o.reports > 0:
		return "current"
	}
	return "not_due"
}

// After any sequence of acts, on any day, lists and pages say of reporting, pace and
// lifecycle what the acts alone say.
func TestLivesInSQLAreTheRules(t *testing.T) {
	seed := uint64(20261122)
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		random := rand.New(rand.NewPCG(seed, 2))
		known, lifecycle := map[int64]*told{}, map[int64]string{}
		var ids []int64
		for range 20 {
			c := w.randomCommitment(random)
			f := w.get(c, "2025-04-01").Facts
			o := &told{made: w.today(), start: f.Start, end: f.End, every: int(f.ReportEvery)}
			o.due = o.dates()[0]
			ids, known[c], lifecycle[c] = append(ids, c), o, "published"
		}
		for range 220 {
			w.now = w.now.AddDate(0, 0, 1+random.IntN(12))
			c := ids[random.IntN(len(ids))]
			w.randomAct(random, c, known[c], lifecycle)
		}
		for range 40 {
			today := w.anyDay(random)
			for _, s := range w.list(commitment.Filter{Today: today, Limit: 100}).List {
				o, v := known[s.ID], w.get(s.ID, today)
				if s.Reporting != o.state(today) || v.Reporting.State != o.state(today) || s.Due != o.due || v.Reporting.Missed != o.missed || v.Reporting.Reports != int64(o.reports) {
					t.Errorf("%d on %s: SQL %s, page %s (due %q, missed %d); its acts say %s (due %q, missed %d): %+v", s.ID, today, s.Reporting, v.Reporting.State, s.Due, v.Reporting.Missed, o.state(today), o.due, o.missed, *o)
				}
				if s.Lifecycle != lifecycle[s.ID] || v.Lifecycle != lifecycle[s.ID] {
					t.Errorf("%d: list %s, page %s; its acts say %s", s.ID, s.Lifecycle, v.Lifecycle, lifecycle[s.ID])
				}
				if s.Pace != v.Pace || s.PaceSigned != "" && s.PaceSigned != v.PaceSigned || s.PaceSigned == "" && v.PaceSigned != "" && v.PaceSigned != v.Pace {
					t.Errorf("%d on %s: SQL says pace %s and signed %q, the rules %s and %q", s.ID, today, s.Pace, s.PaceSigned, v.Pace, v.PaceSigned)
				}
			}
		}
		w.replays()
	})
}

func (w *world) today() string { return w.now.Format("2006-01-02") }

// randomAct lets something happen to a commitment, and notes it; what the rules
// refuse has not happened.
func (w *world) randomAct(random *rand.Rand, c int64, o *told, lifecycle map[int64]string) {
	today := w.today()
	closed := lifecycle[c] == "withdrawn" || lifecycle[c] == "concluded"
	switch n := random.IntN(20); {
	case n < 9:
		status := "in_progress"
		if random.IntN(10) == 0 {
			status = "completed"
		}
		f := commitment.Reported{Commitment: c, Lang: "en", From: today, To: today, Status: status, Unchanged: "no_change"}
		if random.IntN(2) == 0 {
			f.Unchanged = ""
			f.Values = []commitment.Value{{Indicator: 0, Value: fmt.Sprint(random.IntN(120)), On: today}, {Indicator: 1, Value: fmt.Sprint(random.IntN(100)), On: today}}
		}
		if _, err := w.submit(keeper.Act{Kind: commitment.KindReported, By: id(w.ministry), Facts: f}); err == nil {
			o.report(today, status == "completed")
		} else if !closed {
			w.Errorf("report: %v", err)
		}
	case n < 14:
		every := commitment.Rhythms[random.IntN(len(commitment.Rhythms))]
		end := w.now.AddDate(0, random.IntN(50)+1, random.IntN(31)).Format("2006-01-02")
		a := w.amend(c, func(f *commitment.Amended, words map[string]string) {
			f.ReportEvery, f.End = every, end
			f.Indicators[0].Target = fmt.Sprint(50 + random.IntN(100))
			words["risks.en"] = today
		})
		if f := a.Facts.(commitment.Amended); f.Start > end {
			return
		}
		if _, err := w.submit(a); err == nil {
			o.amend(today, int(every), o.start, end)
			lifecycle[c] = "amended"
		} else if !closed {
			w.Errorf("amendment: %v", err)
		}
	case n < 18:
		until := w.now.AddDate(0, random.IntN(20), random.IntN(28)).Format("2006-01-02")
		_, err := w.submit(keeper.Act{Kind: commitment.KindExcused, By: "secretariat", Facts: commitment.Excused{Commitment: c, Until: until, Reason: "capacity"}, Words: map[string]string{"reason.en": "x"}})
		if err == nil {
			o.excused = until
		} else if !closed && o.due != "" {
			w.Errorf("excuse: %v", err)
		}
	case random.IntN(3) == 0:
		kind, outcome, word := commitment.KindWithdrawn, "", "withdrawn"
		if random.IntN(2) == 0 {
			kind, outcome, word = commitment.KindConcluded, "achieved", "concluded"
		}
		if _, err := w.submit(keeper.Act{Kind: kind, By: id(w.ministry), Facts: commitment.Ended{Commitment: c, Outcome: outcome}, Words: map[string]string{"reason.en": "x"}}); err == nil {
			o.over, o.due, lifecycle[c] = true, "", word
		} else if !closed {
			w.Errorf("end: %v", err)
		}
	}
}
