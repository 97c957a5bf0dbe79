package compact_test

import (
	"context"
	"testing"

	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// TestHistoryStaysValid applies one accepted entry of each kind and version, as
// they were written; lines are added and never changed.
func TestHistoryStaysValid(t *testing.T) {
	history := compacttest.History(t, 0)
	if lacking := compacttest.Lacking(compact.Subject(), history); len(lacking) > 0 {
		t.Errorf("no entry in testdata/history of %v", lacking)
	}
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		ctx := context.Background()
		k, err := keeper.Open(ctx, keeper.Options{DB: open(), Subjects: []keeper.Subject{compact.Subject()}})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		err = k.DB().Write(ctx, func(tx *db.Tx) error {
			if err := compacttest.Apply(tx, compact.Subject(), history); err != nil {
				return err
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
	})
}
