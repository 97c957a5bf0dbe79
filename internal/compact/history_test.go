package compact_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/record"
)

// TestHistoryStaysValid applies one accepted entry of each kind and version, as
// they were written; lines are added and never changed.
func TestHistoryStaysValid(t *testing.T) {
	file, err := os.ReadFile("testdata/history/entries.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rules := make(map[string]keeper.Kind)
	for _, k := range compact.Subject().Kinds {
		rules[k.Name] = k
	}
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		ctx := context.Background()
		k, err := keeper.Open(ctx, keeper.Options{DB: open(), Subjects: []keeper.Subject{compact.Subject()}})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		seen := make(map[string]bool)
		err = k.DB().Write(ctx, func(tx *db.Tx) error {
			for n, line := range bytes.Split(bytes.TrimSpace(file), []byte("\n")) {
				e, err := record.ParseEntry(line)
				if err != nil {
					t.Fatalf("line %d: %v", n+1, err)
				}
				seen[e.Kind] = true
				if err := rules[e.Kind].Apply(tx, keeper.Entry{Index: int64(n), Entry: e}); err != nil {
					t.Errorf("line %d, %s: %v", n+1, e.Kind, err)
				}
			}
			adopted, err := compact.AdoptedPacks(tx)
			if err != nil || len(adopted) != 1 || adopted[0].Pack != "gdc" || adopted[0].From != "2026-11-21" {
				t.Errorf("adopted packs: got %+v, %v", adopted, err)
			}
			loaded, err := compact.LoadedLanguages(tx, "gdc-2024")
			if err != nil || len(loaded) != 1 || loaded[0] != "en" {
				t.Errorf("loaded languages: got %v, %v", loaded, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name := range rules {
			if !seen[name] {
				t.Errorf("no entry of kind %s in testdata/history", name)
			}
		}
	})
}
