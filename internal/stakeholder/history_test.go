package stakeholder_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/record"
)

// entries are accepted entries as they were written, one of each kind and version
// at least, from index 1 on. Lines are added and never changed.
func entries(t *testing.T) []keeper.Entry {
	t.Helper()
	file, err := os.ReadFile("testdata/history/entries.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []keeper.Entry
	for n, line := range bytes.Split(bytes.TrimSpace(file), []byte("\n")) {
		e, err := record.ParseEntry(line)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		list = append(list, keeper.Entry{Index: int64(n + 1), Entry: e})
	}
	return list
}

func kinds() map[string]keeper.Kind {
	all := map[string]keeper.Kind{}
	for _, k := range stakeholder.Subject().Kinds {
		all[k.Name] = k
	}
	return all
}

func TestHistoryHasEveryKind(t *testing.T) {
	have := entries(t)
	for name := range kinds() {
		if !slices.ContainsFunc(have, func(e keeper.Entry) bool { return e.Kind == name }) {
			t.Errorf("no entry of kind %s in testdata/history", name)
		}
	}
}

// Apply takes every entry that was ever accepted, and gives the state that it gave.
func TestHistoryStaysValid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		rules := kinds()
		err := s.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error {
			for _, e := range entries(t) {
				if err := rules[e.Kind].Apply(tx, e); err != nil {
					t.Errorf("entry %d, %s: %v", e.Index, e.Kind, err)
				}
			}
			return nil
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
	rules := kinds()
	for _, e := range entries(t) {
		store := dbtest.SQLite(t)
		k, err := keeper.Open(context.Background(), keeper.Options{DB: store, Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject()}})
		if err != nil {
			t.Fatal(err)
		}
		err = store.Write(context.Background(), func(tx *db.Tx) error { return rules[e.Kind].Apply(tx, e) })
		if err != nil {
			t.Errorf("entry %d, %s: %v", e.Index, e.Kind, err)
		}
		k.Close()
	}
}
