package forum_test

import (
	"context"
	"testing"

	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		history := compacttest.History(t, 1)
		if lacking := compacttest.Lacking(forum.Subject(), history); len(lacking) > 0 {
			t.Errorf("no entry in testdata/history of %v", lacking)
		}
		err := w.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, forum.Subject(), history) })
		if err != nil {
			t.Fatal(err)
		}
		w.Read(func(tx *db.Tx) error { return cyclesOfHistory(t, tx) })
		w.Read(func(tx *db.Tx) error { return bodiesOfHistory(t, w, tx) })
		w.Read(func(tx *db.Tx) error { return agendaOfHistory(t, tx) })
		w.Read(func(tx *db.Tx) error { return sessionsOfHistory(t, tx) })
		w.Read(func(tx *db.Tx) error { return regulatorsOfHistory(t, tx) })
		w.Read(func(tx *db.Tx) error { return groupOfHistory(t, tx) })
	})
}

// Each entry alone, on a state that knows nothing of what it refers to: Apply is
// total, so that no entry can stop a replay.
func TestApplyIsTotal(t *testing.T) {
	for _, e := range compacttest.History(t, 1) {
		store := dbtest.SQLite(t)
		w := newWorld(t, store)
		if err := store.Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, forum.Subject(), []keeper.Entry{e}) }); err != nil {
			t.Error(err)
		}
		w.Keeper.Close()
	}
}
