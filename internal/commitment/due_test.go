package commitment_test

import (
	"testing"

	"kept/internal/commitment"
)

func TestDues(t *testing.T) {
	yearly := commitment.NewSchedule("2025-03-31", "2025-01-01", "2030-12-31", 12)
	first := yearly.First()
	reported := yearly.After(first, "2026-03-20", false)
	for _, c := range []struct {
		name, today, want string
		dues              commitment.Dues
	}{
		{"just made", "2025-03-31", "not_due", first},
		{"sixty-one days before", "2026-01-29", "not_due", first},
		{"sixty days before", "2026-01-30", "due", first},
		{"the day itself holds to its end", "2026-03-31", "due", first},
		{"the day after", "2026-04-01", "overdue", first},
		{"a day under a year late", "2027-03-30", "overdue", first},
		{"a year late", "2027-03-31", "silent", first},
		{"two years late", "2028-03-31", "lapsed", first},
		{"reported", "2026-03-21", "current", reported},
		{"the next is due", "2027-02-01", "due", reported},
		{"the next is overdue", "2027-04-01", "overdue", reported},
		{"completed", "2099-01-01", "current", yearly.After(first, "2026-03-20", true)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.dues.State(c.today); got != c.want {
				t.Errorf("got %s, want %s (%+v)", got, c.want, c.dues)
			}
		})
	}
}

func TestAfter(t *testing.T) {
	yearly := commitment.NewSchedule("2025-03-31", "2025-01-01", "2028-06-30", 12)
	monthly := commitment.NewSchedule("2026-01-31", "2026-01-31", "2026-12-31", 1)
	at := func(d commitment.Dues, on string) commitment.Dues { d.On, d.From = on, on; return d }
	for _, c := range []struct {
		name     string
		schedule commitment.Schedule
		before   commitment.Dues
		on, want string
		missed   int64
	}{
		{"long before its date: an extra report", yearly, yearly.First(), "2025-09-30", "2026-03-31", 0},
		{"within the notice", yearly, yearly.First(), "2026-02-15", "2027-03-31", 0},
		{"late by months", yearly, yearly.First(), "2026-11-30", "2027-03-31", 0},
		{"late by more than a rhythm", yearly, yearly.First(), "2027-06-30", "2028-03-31", 1},
		{"the last", yearly, at(yearly.First(), "2029-03-31"), "2029-03-01", "9999-12-31", 0},
		{"first day of a month that is shorter", monthly, monthly.First(), "2026-02-14", "2026-03-31", 0},
		{"three months missed", monthly, monthly.First(), "2026-06-01", "2026-06-30", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.schedule.After(c.before, c.on, false)
			if got.On != c.want || got.Missed != c.missed {
				t.Errorf("got %s, missed %d; want %s, %d", got.On, got.Missed, c.want, c.missed)
			}
		})
	}
}
