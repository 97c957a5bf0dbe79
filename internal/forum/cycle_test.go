package forum_test

import (
	"testing"

	"kept/compacts"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// cyclesOfHistory looks at what the history says of cycles.
func cyclesOfHistory(t *testing.T, tx *db.Tx) error {
	c, err := forum.CycleByID(tx, 1000)
	if c.Year != 2026 || c.From != "2026-12-08" || c.ReportDays != 21 || c.AmendedOn != "2026-04-01" || c.ClosedOn != "2027-01-20" || c.Version != 1001 {
		t.Errorf("cycle: got %+v", c)
	}
	return err
}

// plan is what the cycles of these tests set.
func plan() forum.Plan {
	return forum.Plan{TopicsUntil: "2026-04-15", RankUntil: "2026-04-30", AgendaUntil: "2026-05-31", CallUntil: "2026-07-31", From: "2026-10-06", To: "2026-10-08",
		ReportDays: forum.ReportDays, MostSessions: 2, MostMinutes: 90}
}

func opened(year int64) keeper.Act {
	return keeper.Act{Kind: forum.KindCycleOpened, By: "secretariat", Facts: forum.CycleOpened{Year: year, Plan: plan()},
		Words: map[string]string{"place.en": "Maravel, old customs house", "place.fr": "Maravel, ancienne douane"}}
}

func amended(cycle int64) keeper.Act {
	return keeper.Act{Kind: forum.KindCycleAmended, By: "secretariat", Facts: forum.CycleAmended{Cycle: cycle, Plan: plan()},
		Words: map[string]string{"place.en": "Norvessa", "reason.en": "The hall is being repaired."}}
}

func closed(cycle int64) keeper.Act {
	return keeper.Act{Kind: forum.KindCycleClosed, By: "secretariat", Facts: forum.CycleClosed{Cycle: cycle}}
}

func TestCycle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		cycle := w.Submit(opened(2026))
		w.Submit(with(opened(2027), func(f *forum.CycleOpened, _ map[string]string) { f.From, f.To = "2027-10-05", "2027-10-07" }))
		w.at("2026-05-02")
		// The days that have passed stand; the forum is moved.
		moved := w.Submit(with(amended(cycle), func(f *forum.CycleAmended, _ map[string]string) { f.From, f.To = "2026-11-03", "2026-11-05" }))
		w.at("2026-11-20")
		w.Submit(closed(cycle))
		w.Read(func(tx *db.Tx) error {
			list, err := forum.Cycles(tx)
			if len(list) != 2 || list[0].Year != 2027 || list[1].ID != cycle || list[1].From != "2026-11-03" || list[1].Version != moved || list[1].ClosedOn != "2026-11-20" {
				t.Errorf("cycles: got %+v", list)
			}
			return err
		})
		w.Replay()
	})
}

// A step is a comparison of the plan with a day, and a day counts to its end.
func TestStep(t *testing.T) {
	c := forum.Cycle{Plan: plan()}
	for day, want := range map[string]string{
		"2026-03-04": "topics", "2026-04-15": "topics", "2026-04-16": "ranking", "2026-04-30": "ranking", "2026-05-01": "agenda", "2026-05-31": "agenda",
		"2026-06-01": "call", "2026-07-31": "call", "2026-08-01": "ready", "2026-10-06": "forum", "2026-10-08": "forum", "2026-10-09": "after",
	} {
		if got := c.Step(day); got != want {
			t.Errorf("on %s: got %s, want %s", day, got, want)
		}
	}
	c.ClosedOn = "2026-11-01"
	if got := c.Step("2026-12-01"); got != "closed" {
		t.Errorf("closed: got %s", got)
	}
}

func TestRefusedCycles(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cycle := w.Submit(opened(2026))
	type words = map[string]string
	open := func(change func(f *forum.CycleOpened, w words)) keeper.Act { return with(opened(2027), change) }
	amend := func(change func(f *forum.CycleAmended, w words)) keeper.Act { return with(amended(cycle), change) }
	w.refuses(t, []refusal{
		{"a second cycle of the year", "year", "err.cycle.year", keeper.ErrConflict, opened(2026)},
		{"by a party", "by", "err.party.secretariat_only", keeper.ErrInvalid, byOther(opened(2027), id(w.kite))},
		{"a year that is none", "year", "err.cycle.between", nil, open(func(f *forum.CycleOpened, _ words) { f.Year = 27 })},
		{"a day that is none", "from", "err.cycle.day", nil, open(func(f *forum.CycleOpened, _ words) { f.From = "2026-02-30" })},
		{"the forum before the call ends", "from", "err.cycle.order", nil, open(func(f *forum.CycleOpened, _ words) { f.From = "2026-07-01" })},
		{"an end before the beginning", "to", "err.cycle.order", nil, open(func(f *forum.CycleOpened, _ words) { f.To = "2026-10-05" })},
		{"deciding before ranking ends", "agenda_until", "err.cycle.order", nil, open(func(f *forum.CycleOpened, _ words) { f.AgendaUntil = "2026-04-20" })},
		{"topics until yesterday", "topics_until", "err.cycle.passed", nil, open(func(f *forum.CycleOpened, _ words) { f.TopicsUntil = "2026-03-02" })},
		{"no days for a report", "report_days", "err.cycle.between", nil, open(func(f *forum.CycleOpened, _ words) { f.ReportDays = 0 })},
		{"a session of two days", "most_minutes", "err.cycle.between", nil, open(func(f *forum.CycleOpened, _ words) { f.MostMinutes = 2880 })},
		{"no place", "place", "err.commitment.needed", nil, open(func(_ *forum.CycleOpened, w words) { clear(w) })},
		{"amended without a reason", "reason", "err.commitment.needed", nil, amend(func(_ *forum.CycleAmended, w words) { delete(w, "reason.en") })},
		{"moved into the past", "rank_until", "err.cycle.passed", nil, amend(func(f *forum.CycleAmended, _ words) { f.TopicsUntil, f.RankUntil = "2026-03-01", "2026-03-02" })},
		{"a cycle that is not there", "cycle", "err.cycle.unknown", keeper.ErrNotFound, amended(w.kite)},
		{"closed before its end", "cycle", "err.cycle.not_over", nil, closed(cycle)},
	})
	w.at("2026-10-20")
	w.Submit(closed(cycle))
	w.refuses(t, []refusal{{"amended after it was closed", "cycle", "err.cycle.closed", keeper.ErrConflict, amended(cycle)}})
}

// Where the pack does not run a forum, no cycle of it can be opened.
func TestNoForum(t *testing.T) {
	w := &world{Site: compacttest.Open(t, dbtest.SQLite(t), compacts.GDC(), forum.Subject())}
	w.refuses(t, []refusal{
		{"a cycle", "", "err.forum.off", keeper.ErrForbidden, opened(2026)},
		{"an order", "", "err.forum.off", keeper.ErrForbidden, keeper.Act{Kind: forum.KindAgendaRanked, By: "1", Facts: forum.AgendaRanked{Cycle: 1, Order: []string{"item:P11d"}}}},
		{"a room", "", "err.forum.off", keeper.ErrForbidden, keeper.Act{Kind: forum.KindRegionOpened, By: "1", Facts: forum.RegionOpened{Region: "002", Languages: []string{"en"}}, Words: map[string]string{"name.en": "Room"}}},
	})
}
