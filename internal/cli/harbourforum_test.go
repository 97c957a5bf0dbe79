package cli_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"kept/internal/cli"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// TestForumOverTwoYears follows the sample's forum through its script: an organiser
// whose report never came is refused in the year after, a member who moved is replaced
// by the next reserve, half the group turns over, last year's messages were followed
// up, and two regions kept rooms of their own.
func TestForumOverTwoYears(t *testing.T) {
	f := twoYears{T: t}
	tried := false
	k, end, err := cli.HarbourPast(t.Context(), filepath.Join(t.TempDir(), "harbour"), "", func(k *keeper.Keeper, next time.Time, set func(time.Time)) {
		if tried || next.Format(time.DateOnly) < "2026-06-09" {
			return
		}
		tried = true
		set(time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC))
		f.blocked(k)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if !tried {
		t.Fatal("the script never came to the second call")
	}
	err = k.DB().Read(t.Context(), func(tx *db.Tx) error {
		return errors.Join(f.group(tx), f.agendas(tx), f.messages(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
}

type twoYears struct {
	*testing.T
	cycles []forum.Cycle
}

// blocked tries what the organiser of the session without a report would propose next.
func (f *twoYears) blocked(k *keeper.Keeper) {
	var call forum.Call
	var lead int64
	err := k.DB().Read(f.Context(), func(tx *db.Tx) (err error) {
		if f.cycles, err = forum.Cycles(tx); err != nil {
			return err
		}
		for _, c := range f.cycles {
			page, err := forum.Sessions(tx, forum.SessionFilter{Cycle: c.ID, Limit: 100, Today: "2026-06-08"})
			if err != nil {
				return err
			}
			for _, s := range page.List {
				if s.ReportState("2026-06-08") == forum.ReportLate {
					lead = s.Lead
				}
			}
			if c.Year == 2026 {
				if call, _, err = forum.CallOf(tx, c.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil || lead == 0 || call.ID == 0 {
		f.Fatalf("no report is late, or no call: lead %d, call %+v, %v", lead, call, err)
	}
	_, err = k.Submit(f.Context(), "", keeper.Act{Kind: forum.KindSessionProposed, By: strconv.FormatInt(lead, 10),
		Facts: forum.SessionProposed{Call: call.ID, Lang: "en", SessionPlan: forum.SessionPlan{Format: "panel", Minutes: 60, Organisers: []int64{lead}, Items: []string{"H.3"}, Serves: []string{"F3"}}},
		Words: map[string]string{"title.en": "Arrival times, once more", "problem.en": "They still differ.", "serving.en": "It shows more."}})
	es, _ := locale.All(err)
	if !errors.Is(err, keeper.ErrForbidden) || len(es) != 1 || es[0].Place != "organisers" {
		f.Errorf("the organiser who owes a report proposes: got %v", err)
	}
}

// group looks at who sits before and after the turnover.
func (f *twoYears) group(tx *db.Tx) error {
	sitting := func(day string) []string {
		seats, err := forum.SittingOn(tx, day)
		if err != nil {
			f.Fatal(err)
		}
		var who []string
		for _, s := range seats {
			who = append(who, s.Segment+" "+s.Person)
		}
		slices.Sort(who)
		return who
	}
	first, moved, turned := sitting("2025-09-01"), sitting("2026-03-01"), sitting("2026-11-01")
	same := func(a, b []string) (n int) {
		for _, one := range a {
			if slices.Contains(b, one) {
				n++
			}
		}
		return n
	}
	if len(first) != 8 || len(moved) != 8 || len(turned) != 8 {
		f.Errorf("seats: got %d, %d, %d, want 8 each", len(first), len(moved), len(turned))
	}
	if got := same(first, moved); got != 7 {
		f.Errorf("%d of the first eight sat on after one was replaced, want 7", got)
	}
	if got := same(moved, turned); got != 5 {
		f.Errorf("%d of the eight sat on after the turnover, want the 2 appointed and 3 of the drawn", got)
	}
	all, err := forum.AllSeats(tx)
	after := 0
	for _, s := range all {
		if s.After != 0 {
			after++
		}
	}
	if after != 1 {
		f.Errorf("%d reserves moved up into a seat that was left, want 1", after)
	}
	return err
}

// agendas looks at what was decided, and that the regions' priorities stand beside it.
func (f *twoYears) agendas(tx *db.Tx) error {
	for _, c := range f.cycles {
		items, err := forum.Agenda(tx, c.ID)
		if err != nil {
			return err
		}
		d, err := forum.DecisionOf(tx, c.ID)
		if err != nil {
			return err
		}
		given, err := forum.PrioritiesFor(tx, c.ID)
		if err != nil {
			return err
		}
		if len(items) < 3 || len(d.Passed) == 0 || len(given) != 2 || given[0].Room.Region == given[1].Room.Region {
			f.Errorf("%d: got %d items, %d passed over, priorities %+v", c.Year, len(items), len(d.Passed), given)
		}
	}
	return nil
}

// messages looks at what became of those of the first year.
func (f *twoYears) messages(tx *db.Tx) error {
	states := map[string]int{}
	for _, c := range f.cycles {
		if c.Year != 2025 {
			continue
		}
		page, err := forum.Messages(tx, forum.MessageFilter{Cycle: c.ID, Limit: 100})
		if err != nil {
			return err
		}
		for _, m := range page.List {
			for _, to := range m.To {
				states[to.State]++
			}
		}
	}
	if states[forum.Done] != 2 || states[forum.Noted] != 1 || states[forum.NoResponse] != 3 {
		f.Errorf("what became of the messages of 2025: got %v, want 2 done, 1 noted, 3 without a response", states)
	}
	return nil
}
