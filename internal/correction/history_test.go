package correction_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
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

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		apply, missing := map[string]func(*db.Tx, keeper.Entry) error{}, map[string]bool{}
		for _, k := range correction.Subject().Kinds {
			apply[k.Name], missing[k.Name] = k.Apply, true
		}
		err := w.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error {
			for _, e := range entries(t) {
				delete(missing, e.Kind)
				if err := apply[e.Kind](tx, e); err != nil {
					return fmt.Errorf("entry %d, %s: %w", e.Index, e.Kind, err)
				}
			}
			return nil
		})
		if err != nil || len(missing) > 0 {
			t.Fatalf("%v; no entry in testdata/history of %v", err, missing)
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
	for _, e := range entries(t) {
		store := dbtest.SQLite(t)
		w := newWorld(t, store)
		for _, k := range correction.Subject().Kinds {
			if k.Name != e.Kind {
				continue
			}
			if err := store.Write(context.Background(), func(tx *db.Tx) error { return k.Apply(tx, e) }); err != nil {
				t.Errorf("entry %d, %s: %v", e.Index, e.Kind, err)
			}
		}
		w.Keeper.Close()
	}
}
