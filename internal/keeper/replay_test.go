package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// busy fills a record with acts of every kind.
func (h *house) busy() {
	h.t.Helper()
	h.submit(plot("a"), withBlob(plot("b"), "seeds"))
	for i := range int64(20) {
		h.submit(sow(i%2, i))
	}
}

// TestRebuild changes what the state looks like, or how it is made: the next
// start makes it anew from the record.
func TestRebuild(t *testing.T) {
	for _, c := range []struct {
		name    string
		garden  garden
		rebuilt bool
	}{
		{"the same program", garden{}, false},
		{"a column more", garden{Columns: ", note TEXT"}, true},
		{"another way to apply", garden{Version: "2"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachHouse(t, func(t *testing.T, h *house) {
				h.busy()
				must(t, h.k.Sign(t.Context()))
				before, seen := h.state(), h.k.Seen([]string{"plot:1"})
				var progress []string
				h.o.Subjects = []keeper.Subject{c.garden.subject()}
				h.o.Progress = func(done, total int64) { progress = append(progress, fmt.Sprint(done, " of ", total)) }
				h.start()
				if rebuilt := len(progress) > 0; rebuilt != c.rebuilt || rebuilt && progress[0] != "22 of 22" {
					t.Errorf("rebuilt %t (%v), want %t", rebuilt, progress, c.rebuilt)
				}
				if got := h.state(); got != before {
					t.Errorf("%+v became %+v", before, got)
				}
				if got := h.k.Seen([]string{"plot:1"}); got != seen {
					t.Errorf("plot 1 seen at %d, want %d", got, seen)
				}
				h.submit(sow(0, 1))
				h.sound()
			})
		})
	}
}

// TestRebuildInChunks has more entries than one transaction takes.
func TestRebuildInChunks(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		acts := slices.Repeat([]keeper.Act{sow(0, 1)}, 500)
		for range 4 {
			h.submit(acts...)
		}
		before := h.state()
		var progress []int64
		h.o.Progress = func(done, _ int64) { progress = append(progress, done) }
		h.o.Subjects = []keeper.Subject{garden{Version: "2"}.subject()}
		h.start()
		if got := h.state(); got != before || !slices.Equal(progress, []int64{1000, 2000, 2001}) {
			t.Errorf("%+v became %+v in steps %v", before, got, progress)
		}
		h.sound()
	})
}

// TestRebuildDropsOldTables has a program whose subject has gone.
func TestRebuildDropsOldTables(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		with := append(slices.Clone(h.o.Subjects), hedge())
		h.o.Subjects = with
		h.start()
		h.busy()
		h.o.Subjects = with[:1]
		h.start()
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			var n int64
			return tx.Row("SELECT count(*) FROM hedge").Scan(&n)
		})
		if err == nil {
			t.Error("the table of a subject that is gone is still there")
		}
		h.sound()
	})
}

// TestRebuildDies stops a rebuild in its second chunk. No program takes that
// state for a whole one.
func TestRebuildDies(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		acts := slices.Repeat([]keeper.Act{sow(0, 1)}, 600)
		h.submit(acts...)
		h.submit(acts...)
		before := h.state()
		old := h.o.Subjects
		h.o.Subjects = []keeper.Subject{garden{Version: "2", Rows: func(_ *db.Tx, e keeper.Entry) error {
			if e.Index == 1100 {
				return errBroken
			}
			return nil
		}}.subject()}
		if _, err := h.tryStart(); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "entry 1100") {
			t.Errorf("a broken rebuild gives %v", err)
		}
		h.o.Subjects = old
		h.start()
		if got := h.state(); got != before {
			t.Errorf("%+v became %+v", before, got)
		}
		h.sound()
	})
}

// TestTwoRebuilds has a second program begin a rebuild while the first is at it:
// the first stops before it mixes its rows with those of the second.
func TestTwoRebuilds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		for range 3 {
			h.submit(slices.Repeat([]keeper.Act{sow(0, 1)}, 500)...)
		}
		before := h.state()
		o := h.o
		o.Subjects = []keeper.Subject{garden{Version: "3"}.subject()}
		o.DB = h.db
		var other *keeper.Keeper
		h.o.Subjects = []keeper.Subject{garden{Version: "2"}.subject()}
		h.o.Progress = func(int64, int64) {
			if other == nil {
				var err error
				other, err = keeper.Open(context.Background(), o)
				must(t, err)
				t.Cleanup(other.Close)
			}
		}
		if _, err := h.tryStart(); err == nil || !strings.Contains(err.Error(), "another program") {
			t.Errorf("the first rebuild ended with %v", err)
		}
		if got := h.state(); got != before {
			t.Errorf("%+v became %+v", before, got)
		}
		h.k, h.o = other, o
		h.submit(sow(0, 1))
		h.sound()
	})
}

// TestOlderProgram goes on running while a newer one rebuilds the state under it.
func TestOlderProgram(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.busy()
		o := h.o
		o.DB, o.Subjects = h.db, []keeper.Subject{garden{Columns: ", note TEXT"}.subject()}
		newer, err := keeper.Open(t.Context(), o)
		must(t, err)
		t.Cleanup(newer.Close)
		for range 2 {
			if _, err := h.k.Submit(t.Context(), "", sow(0, 1)); !errors.Is(err, keeper.ErrForbidden) || reason(err) != "err.record.other_program" {
				t.Errorf("the older program answers %v", err)
			}
		}
		if _, err := newer.Submit(t.Context(), "", sow(0, 1)); err != nil {
			t.Error(err)
		}
		h.k = newer
		h.sound()
	})
}

func TestUnknownKind(t *testing.T) {
	h := oneHouse(t)
	h.o.Subjects = append(h.o.Subjects, hedge())
	h.start()
	h.submit(plot("a"), keeper.Act{Kind: "hedge.grew", By: "instance"})
	h.o.Subjects = h.o.Subjects[:1]
	if _, err := h.tryStart(); err == nil || !strings.Contains(err.Error(), `entry 1: this program does not know the kind "hedge.grew"`) {
		t.Errorf("got %v", err)
	}
	h.o.Subjects = append(h.o.Subjects, h.o.Subjects[0])
	if _, err := h.tryStart(); err == nil || !strings.Contains(err.Error(), "declared twice") {
		t.Errorf("got %v", err)
	}
}

// TestReplayCheckFinds plants a difference in each table.
func TestReplayCheckFinds(t *testing.T) {
	for _, c := range []struct {
		table, change string
		stored        int // rows more or less than a replay gives
		row           string
	}{
		{"plot", "UPDATE plot SET seeds = seeds + 1 WHERE id = 1", 0, `"b"`},
		{"sowing", "DELETE FROM sowing WHERE id = 7", -1, `only replayed: "7"`},
		{"sowing", "INSERT INTO sowing (id, plot, seeds, at) VALUES (500, 0, 0, '')", 1, `only stored: "500"`},
		{"sowing", "UPDATE sowing SET price = NULL WHERE id = 7", 0, "∅"},
		{"touched", "UPDATE touched SET idx = 0 WHERE subject = 'sowings'", 0, `"sowings"`},
		{"derived_plot", "UPDATE derived_plot SET letters = 0 WHERE entry = 0 AND part = 'name.en'", 0, `"name.en"`},
	} {
		t.Run(c.change, func(t *testing.T) {
			eachHouse(t, func(t *testing.T, h *house) {
				h.busy()
				h.sound()
				must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(c.change); return err }))
				var done, total int64
				found, err := h.k.ReplayCheck(t.Context(), func(d, all int64) { done, total = d, all })
				must(t, err)
				if len(found) != 1 || found[0].Table != c.table || found[0].Stored-found[0].Replayed != c.stored || !strings.Contains(found[0].Row, c.row) {
					t.Errorf("found %+v", found)
				}
				if done != 22 || total != 22 {
					t.Errorf("progress %d of %d", done, total)
				}
			})
		})
	}
}

// TestReplayFindsMissingEntry loses an entry of the store.
func TestReplayFindsMissingEntry(t *testing.T) {
	for _, i := range []int{0, 7, 21} {
		h := oneHouse(t)
		h.busy()
		must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM record_entry WHERE idx = ?", i); return err }))
		if _, err := h.k.ReplayCheck(t.Context(), nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("entry %d is missing", i)) {
			t.Errorf("entry %d is gone: %v", i, err)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files of these tests anew")

// TestHistory replays entries that some program accepted once. Rules have
// tightened since (a plot without beds is refused today), yet history stays
// valid: a replay runs Apply alone. Entries are added to this file, never changed.
func TestHistory(t *testing.T) {
	history, err := os.ReadFile("testdata/history/garden.jsonl")
	must(t, err)
	lines := bytes.Split(bytes.TrimSpace(history), []byte("\n"))
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		o := keeper.Options{DB: d, Subjects: []keeper.Subject{garden{}.subject()}}
		k, err := keeper.Open(t.Context(), o)
		must(t, err)
		k.Close()
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			for i, line := range lines {
				if _, err := tx.Exec("INSERT INTO record_entry (idx, bytes) VALUES (?, ?)", i, line); err != nil {
					return err
				}
			}
			_, err := tx.Exec("UPDATE record_head SET size = ?, generation = 'of an older program'", len(lines))
			return err
		}))
		k, err = keeper.Open(t.Context(), o)
		must(t, err)
		t.Cleanup(k.Close)
		if err := k.Check(t.Context(), keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "new"}}); !errors.Is(err, keeper.ErrInvalid) {
			t.Errorf("today's rules take a plot without beds: %v", err)
		}
		got := dump(t, d, "plot", "sowing", "touched", "word_added", "word_hidden", "word_erased")
		const golden = "testdata/history/garden.state"
		if *update {
			must(t, os.WriteFile(golden, []byte(got), 0o644))
		}
		want, err := os.ReadFile(golden)
		must(t, err)
		if got != string(want) {
			t.Errorf("the state is\n%swant\n%s", got, want)
		}
	})
}

// dump writes tables as sorted lines.
func dump(t *testing.T, d *db.DB, tables ...string) string {
	t.Helper()
	var out strings.Builder
	must(t, d.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range tables {
			rows, err := tx.Query("SELECT * FROM " + table)
			if err != nil {
				return err
			}
			var lines []string
			for rows.Next() {
				values, err := rows.Values()
				if err != nil {
					return err
				}
				lines = append(lines, fmt.Sprintln(append([]any{table}, values...)...))
			}
			if err := rows.Err(); err != nil {
				return err
			}
			slices.Sort(lines)
			out.WriteString(strings.Join(lines, ""))
		}
		return nil
	}))
	return out.String()
}
