package keeper_test

import (
	"strconv"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// TestTablesAreCounted lets a record grow on a fresh server: the planner knows how
// many rows the tables have, without waiting for the server to look by itself.
func TestTablesAreCounted(t *testing.T) {
	h := newHouse(t, openAddress(t, dbtest.Postgres(t)))
	rows := func() (n float64) {
		t.Helper()
		must(t, h.db.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Row("SELECT reltuples FROM pg_class WHERE relname = 'plot' AND relnamespace = current_schema()::regnamespace").Scan(&n)
		}))
		return n
	}
	made := 0
	grow := func(to int) {
		t.Helper()
		var acts []keeper.Act
		for ; made < to; made++ {
			acts = append(acts, plot("p"+strconv.Itoa(made)))
		}
		_, err := h.k.Submit(t.Context(), "", acts...)
		must(t, err)
	}
	counted := func(least float64) bool {
		for range 400 { // the count runs beside the acts
			if rows() >= least {
				return true
			}
			time.Sleep(25 * time.Millisecond)
		}
		return false
	}
	grow(400)
	if got := rows(); got > 0 {
		t.Errorf("after 400 plots: counted %v, want nothing yet", got)
	}
	grow(600)
	if !counted(600) {
		t.Errorf("after 600 plots: counted %v", rows())
	}
	grow(1100)
	if got := rows(); got >= 1100 {
		t.Errorf("counted %v before the record has doubled", got)
	}
	grow(1300)
	if !counted(1300) {
		t.Errorf("after 1,300 plots: counted %v", rows())
	}
}
