package report_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/report"
	"kept/record"
)

// firstIndex is the index that the first line of the history had.
const firstIndex = 4

// entries are accepted entries as they were written, one of each kind and version
// at least. Lines are added and never changed.
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
		list = append(list, keeper.Entry{Index: int64(n + firstIndex), Entry: e})
	}
	return list
}

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newLife(t, store())
		apply, missing := map[string]func(*db.Tx, keeper.Entry) error{}, map[string]bool{}
		for _, k := range report.Subject().Kinds {
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
			list, err := report.List(tx, "yearly")
			if len(list) != 1 || list[0].ID != firstIndex || list[0].Release != firstIndex+4 || list[0].ReleasedOn != "2026-04-02" || list[0].Until != "2026-04-01" || list[0].Date != "2025-12-31" {
				t.Errorf("reports: got %+v", list)
			}
			if err != nil {
				return err
			}
			given, err := report.Contributions(tx, firstIndex)
			if len(given) != 2 || given[0].WithdrawnOn != "2026-03-04" || given[0].Withdrawn != firstIndex+2 || given[1].Chapter != "parties" || given[1].Withdrawn != 0 {
				t.Errorf("contributions: got %+v", given)
			}
			if err != nil {
				return err
			}
			errata, err := report.Errata(tx, 0)
			if len(errata) != 2 || errata[0].Figure != "parties.total" || errata[0].New != "3" || errata[1].Chapter != "scope" {
				t.Errorf("errata: got %+v", errata)
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
		w := newLife(t, store)
		for _, k := range report.Subject().Kinds {
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
