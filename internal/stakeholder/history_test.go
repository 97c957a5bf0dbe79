package stakeholder_test

import (
	"context"
	"testing"

	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

func TestHistoryHasEveryKind(t *testing.T) {
	if lacking := compacttest.Lacking(stakeholder.Subject(), compacttest.History(t, 1)); len(lacking) > 0 {
		t.Errorf("no entry in testdata/history of %v", lacking)
	}
}

// Apply takes every entry that was ever accepted, and gives the state that it gave.
func TestHistoryStaysValid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		err := s.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error {
			return compacttest.Apply(tx, stakeholder.Subject(), compacttest.History(t, 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Read(func(tx *db.Tx) error {
			c, err := stakeholder.Count(tx)
			if c.Total != 5 || c.Elsewhere != 0 || c.ByBasis["adopted"] != 1 || c.ByBasis["endorsed"] != 1 || c.ByBasis["group"] != 1 {
				t.Errorf("counts: got %+v", c)
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
		k, err := keeper.Open(context.Background(), keeper.Options{DB: store, Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject()}})
		if err != nil {
			t.Fatal(err)
		}
		err = store.Write(context.Background(), func(tx *db.Tx) error {
			return compacttest.Apply(tx, stakeholder.Subject(), []keeper.Entry{e})
		})
		if err != nil {
			t.Error(err)
		}
		k.Close()
	}
}
