package keeper_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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

// TestBatch: acts of persons get the midnight of their day, in the order of their
// hashes; the times of all others never go back because of them.
func TestBatch(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var c clock
		h.o.Clock = c.read
		h.start()
		c.set("2026-03-05T00:31:00Z")
		h.submit(plot("a"))
		acts := make([]keeper.Act, 6)
		for i := range acts {
			acts[i] = sow(0, int64(i))
			acts[i].By = "person"
			acts[i].Words = map[string]string{"note.en": "the same"}
			acts[i].Salts = map[string]record.Salt{"note.en": {byte(i)}}
		}
		results, err := h.k.Batch(t.Context(), "the batch", "2026-03-05", acts...)
		must(t, err)
		var last string
		inOrder := slices.Clone(results)
		slices.SortFunc(inOrder, func(a, b keeper.Result) int { return int(a.Index - b.Index) })
		for _, r := range inOrder {
			hash := record.LeafHash(r.Entry)
			if now := hash.String(); h.timeOf(r) != "2026-03-05T00:00:00Z" || string(hash[:]) < last {
				t.Errorf("entry %d of %s, hash %s", r.Index, h.timeOf(r), now)
			}
			last = string(hash[:])
		}
		for i, r := range results {
			e, err := record.ParseEntry(r.Entry)
			must(t, err)
			if !strings.Contains(string(e.Facts), fmt.Sprintf(`"seeds":%d`, i)) && i > 0 || e.Words["note.en"] != record.WordDigest(record.Salt{byte(i)}, "the same") {
				t.Errorf("result %d is of %s", i, e.Facts)
			}
		}
		again, err := h.k.Batch(t.Context(), "the batch", "2026-03-05", acts...)
		must(t, err)
		if fmt.Sprint(again) != fmt.Sprint(results) || h.state().size != 7 {
			t.Error("the same batch again gives other entries")
		}
		if got := h.timeOf(h.submit(plot("b"))[0]); got != "2026-03-05T00:31:00Z" {
			t.Errorf("the next entry is of %s", got)
		}
		if _, err := h.k.Batch(t.Context(), "", "2026-03-06", acts...); err == nil {
			t.Error("a batch of a day that has not begun")
		}
		if _, err := h.k.Batch(t.Context(), "", "2026-03-05", sow(0, 1)); err == nil {
			t.Error("a batch of the secretariat's")
		}
		bad := slices.Clone(acts)
		bad[4].Facts = sown{Plot: 99, Seeds: 1}
		_, err = h.k.Batch(t.Context(), "", "2026-03-05", bad...)
		var at *keeper.At
		if !errors.As(err, &at) || at.Act != 4 {
			t.Errorf("the fifth act is refused: %v", err)
		}
		h.sound()
	})
}
