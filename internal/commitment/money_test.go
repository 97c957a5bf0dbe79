package commitment_test

import (
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// Money is added within a stage, a currency and a kind, to the cent, and no further.
func TestMoneyOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		pay := func(lines ...commitment.Money) int64 {
			return w.must(change(w.schools(), func(f *commitment.Made, words map[string]string) {
				for i := range lines {
					lines[i].ValueOn = "2025-01"
				}
				f.Money = lines
				words["money.0.announced_elsewhere.en"] = "Port forum"
			}))
		}
		c := pay(commitment.Money{Amount: "100.10", Currency: "USD", Kind: "cash", Role: "own"},
			commitment.Money{Amount: "0.20", Currency: "USD", Kind: "loan", Role: "mobilised"},
			commitment.Money{Amount: "7", Currency: "USD", Kind: "in_kind", Role: "own"},
			commitment.Money{Amount: "999", Currency: "USD", Kind: "cash", Role: "sought"})
		pay(commitment.Money{Amount: "5", Currency: "EUR", Kind: "cash", Role: "own"})
		w.now = day("2026-03-31")
		w.must(change(w.progress(c, "2025-03-20", "2026-03-31", "1"), func(f *commitment.Reported, _ map[string]string) {
			f.Money = []commitment.Spent{{Stage: "disbursed", Amount: "50", Currency: "USD", ValueOn: "2026-03"}}
		}))
		want := []commitment.MoneyTotal{
			{Stage: "pledged", Currency: "EUR", Amount: "5", Known: "5", Lines: 1},
			{Stage: "pledged", Currency: "USD", Amount: "100.3", Known: "100.1", Lines: 2},
			{Stage: "pledged", Currency: "USD", InKind: true, Amount: "7", Known: "0", Lines: 1},
			{Stage: "disbursed", Currency: "USD", Amount: "50", Known: "0", Lines: 1},
		}
		w.read(func(tx *db.Tx) error {
			for _, items := range [][]string{nil, {"H.1"}} {
				got, err := commitment.MoneyOf(tx, items...)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("items %v: got %+v, want %+v (%v)", items, got, want, err)
				}
			}
			got, err := commitment.MoneyOf(tx, "H.2")
			if len(got) != 0 {
				t.Errorf("another item: %+v", got)
			}
			return err
		})
	})
}
