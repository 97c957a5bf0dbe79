package commitment_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kept/internal/commitment/commitmenttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// A copy of a commitment's rows is what Apply writes for the same acts under other
// ids, so that lists of very many copies are lists of commitments.
func TestCopies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		first := w.must(w.schools())
		report := w.must(w.progress(first, "2025-01-01", "2025-03-19", "10"))
		f := commitmenttest.Filler{TB: t, Keeper: w.keeper, Pack: w.pack, Now: &w.now}
		again := w.must(w.schools())
		w.must(w.progress(again, "2025-01-01", "2025-03-19", "10"))
		const step = 100000
		f.Copy(1)
		shift := func(v any, by int64) any {
			if n, ok := v.(int64); ok && n >= first && n > 3 {
				return n - by
			}
			return v
		}
		for _, table := range []string{"commitment", "commitment_item", "commitment_indicator", "commitment_money", "commitment_milestone", "report", "report_value"} {
			columns := commitmenttest.Columns(table)
			applied, copied := w.rowsOf(table, columns, again, again+2), w.rowsOf(table, columns, first+step, report+step+1)
			if len(applied) == 0 || len(applied) != len(copied) {
				t.Errorf("%s: %d rows applied, %d copied", table, len(applied), len(copied))
				continue
			}
			for i, row := range applied {
				for n, c := range columns {
					got, want := copied[i][n], row[n]
					if slices.Contains(commitmenttest.Moved, c) {
						got, want = shift(got, step), shift(want, again-first)
					}
					if fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("%s.%s: copied %v, applied %v", table, c, got, want)
					}
				}
			}
		}
	})
}

func (w *world) rowsOf(table string, columns []string, from, to int64) (all [][]any) {
	w.Helper()
	err := w.keeper.DB().Read(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT "+strings.Join(columns, ", ")+" FROM "+table+" WHERE "+columns[0]+" >= ? AND "+columns[0]+" < ? ORDER BY 1, 2", from, to)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			v, err := rows.Values()
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}
