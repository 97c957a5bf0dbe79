package observatory_test

import (
	"context"
	"os"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/record"
)

// TestHistoryStaysValid applies one accepted snapshot of each format, as it was
// written, and wants the values that it gave; lines are added and never changed.
func TestHistoryStaysValid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		ctx := context.Background()
		k, err := keeper.Open(ctx, keeper.Options{DB: open(), Subjects: []keeper.Subject{compact.Subject(), observatory.Subject()}})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		pack, faults := compact.Check(compacts.Harbour())
		canonical, err := compact.Canonical(compacts.Harbour())
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		if _, err := k.Submit(ctx, "", compact.AdoptPack(pack, canonical, k.Now().Format("2006-01-02"))); err != nil {
			t.Fatal(err)
		}
		err = k.DB().Write(ctx, func(tx *db.Tx) error {
			for _, name := range []string{"one.csv", "one.mapping.json", "two.json", "two.mapping.json"} {
				b, err := os.ReadFile("testdata/history/" + name)
				if err != nil {
					return err
				}
				if _, err := tx.Exec("INSERT INTO record_blob (digest, bytes) VALUES (?, ?)", record.DigestOf(b).String(), b); err != nil {
					return err
				}
			}
			return compacttest.Apply(tx, observatory.Subject(), compacttest.History(t, 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		err = k.DB().Read(ctx, func(tx *db.Tx) error {
			for _, want := range []struct{ indicator, area, value string }{{"schools-fibre", "QM", "68.6"}, {"internet-users", "KEN", "29.5"}} {
				v, err := observatory.ReadView(tx, want.indicator, "", observatory.Newest)
				if err != nil {
					t.Errorf("%s: %v", want.indicator, err)
					continue
				}
				latest := v.Data.Latest(0)
				if len(latest) != 1 || latest[0].Key != want.area || latest[0].Value.String() != want.value {
					t.Errorf("%s: got %+v, want %s of %s", want.indicator, latest, want.value, want.area)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
