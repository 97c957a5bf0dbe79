package keeper_test

import (
	"testing"
	"time"

	"kept/internal/keeper"
	"kept/record"
)

func (h *house) timeOf(r keeper.Result) string {
	h.t.Helper()
	e, err := record.ParseEntry(r.Entry)
	must(h.t, err)
	return e.At
}

func TestTimesNeverGoBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var c clock
		h.o.Clock = c.read
		h.start()
		for _, step := range []struct{ now, want string }{
			{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"},
			{"2026-03-01T10:00:00.999Z", "2026-03-01T10:00:00Z"},
			{"2026-03-01T09:59:59Z", "2026-03-01T10:00:00Z"}, // set back by a second
			{"2020-01-01T00:00:00Z", "2026-03-01T10:00:00Z"}, // or by years
			{"2026-03-01T12:30:00+02:30", "2026-03-01T10:00:00Z"},
			{"2026-03-01T10:00:01Z", "2026-03-01T10:00:01Z"},
			{"2027-12-31T23:59:59Z", "2027-12-31T23:59:59Z"},
		} {
			c.set(step.now)
			if got := h.timeOf(h.submit(plot(step.now))[0]); got != step.want {
				t.Errorf("the clock says %s: entry at %s, want %s", step.now, got, step.want)
			}
		}
		h.start()
		c.set("2025-01-01T00:00:00Z")
		if got := h.timeOf(h.submit(plot("after a restart"))[0]); got != "2027-12-31T23:59:59Z" {
			t.Errorf("after a restart the time is %s", got)
		}
		h.sound()
	})
}

// TestRealClock uses the store's own clock where there is one.
func TestRealClock(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		at, err := time.Parse(time.RFC3339, h.timeOf(h.submit(plot("a"))[0]))
		must(t, err)
		if d := time.Since(at); d < -10*time.Second || d > 10*time.Minute {
			t.Errorf("the entry's time is %s from now", d)
		}
	})
}

func TestToday(t *testing.T) {
	for _, c := range []struct{ now, want string }{
		{"2026-11-21T11:59:59Z", "2026-11-20"}, // somewhere on Earth it is still the 20th
		{"2026-11-21T12:00:00Z", "2026-11-21"},
		{"2026-11-21T23:00:00-11:00", "2026-11-21"},
		{"2027-01-01T00:00:00Z", "2026-12-31"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		must(t, err)
		if got := keeper.Today(now); got != c.want {
			t.Errorf("at %s today is %s, want %s", c.now, got, c.want)
		}
	}
}
