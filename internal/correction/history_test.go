package correction_test

import (
	"context"
	"testing"

	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		history := compacttest.History(t, 1)
		if lacking := compacttest.Lacking(correction.Subject(), history); len(lacking) > 0 {
			t.Errorf("no entry in testdata/history of %v", lacking)
		}
		err := w.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, correction.Subject(), history) })
		if err != nil {
			t.Fatal(err)
		}
		w.Read(func(tx *db.Tx) error {
			list, err := correction.List(tx, correction.Filter{Oldest: true})
			if len(list) != 2 || list[0].Outcome != "corrected" || list[0].Thing != "commitment:7" || list[0].FixedBy != 7 || list[1].By != "person" || list[1].Outcome != "" {
				t.Errorf("corrections: got %+v", list)
			}
			if err != nil {
				return err
			}
			all, err := correction.Disputes(tx, "")
			if len(all) != 1 || all[0].Party != 2 || all[0].Maker != 1 || all[0].Answer != 5 || all[0].Outcome != "stands" || !all[0].Holds() {
				t.Errorf("disputes: got %+v", all)
			}
			return err
		})
	})
}

// Each entry alone, on a state that knows nothing of what it refers to: Apply is
// total, so that no entry can stop a replay.
func TestApplyIsTotal(t *testing.T) {
	for _, e := range compacttest.History(t, 1) {
		store := dbtest.SQLite(t)
		w := newWorld(t, store)
		if err := store.Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, correction.Subject(), []keeper.Entry{e}) }); err != nil {
			t.Error(err)
		}
		w.Keeper.Close()
	}
}
