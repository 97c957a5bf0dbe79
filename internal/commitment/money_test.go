package commitment_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// Money is added within a stage, a currency and a kind, to the cent, and no further.
func TestMoney(t *testing.T) {
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
				totals, err := commitment.TotalsOf(tx, commitment.Scope{Items: items})
				got := totals.Money
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("items %v: got %+v, want %+v (%v)", items, got, want, err)
				}
			}
			got, err := commitment.TotalsOf(tx, commitment.Scope{Items: []string{"H.2"}})
			if len(got.Money) != 0 {
				t.Errorf("another item: %+v", got)
			}
			return err
		})
	})
}

// A random joint commitment counts once in every total: of all, of an item, of an
// area, and, by shares, of its parties.
func TestJointMoneyOnce(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		random := rand.New(rand.NewPCG(seed, 3))
		parties := []int64{w.ministry, w.kite, w.loose, w.party(stakeholder.Registered{Kind: "academia", Area: "QM"}, "Harbour School")}
		all, people := new(big.Rat), int64(0)
		byItem, byArea := map[string]*big.Rat{}, map[string]*big.Rat{}
		confirmed, named, without := map[int64]*big.Rat{}, map[int64]*big.Rat{}, map[int64]int{}
		add := func(m map[string]*big.Rat, keys []string, r *big.Rat) {
			for _, k := range keys {
				if m[k] == nil {
					m[k] = new(big.Rat)
				}
				m[k].Add(m[k], r)
			}
		}
		owe := func(m map[int64]*big.Rat, p int64, r *big.Rat) {
			if m[p] == nil {
				m[p] = new(big.Rat)
			}
			m[p].Add(m[p], r)
		}
		for range 30 {
			cents, reach := int64(1+random.IntN(1e9)), int64(random.IntN(1e6))
			amount := big.NewRat(cents, 100)
			items := [][]string{{"H.1"}, {"H.1", "H.2"}, {"H.5"}}[random.IntN(3)]
			areas := [][]string{{"QM"}, {"QM", "QN"}}[random.IntN(2)]
			lead := parties[random.IntN(2)]
			var others []int64
			for _, p := range parties {
				if p != lead && random.IntN(2) == 0 {
					others = append(others, p)
				}
			}
			shares := make([]int64, len(others)+1) // in hundredths of a per cent
			rest := int64(10000)
			for n := range others {
				shares[n+1] = 1 + random.Int64N(rest/int64(len(others)+1))
				rest -= shares[n+1]
			}
			shares[0] = rest
			stated := len(others) > 0 && random.IntN(3) > 0
			c := w.must(func() keeper.Act {
				a := change(w.schools(), func(f *commitment.Made, _ map[string]string) {
					f.Lead, f.Items, f.Areas, f.Reach, f.LeadShare, f.Partners = lead, items, areas, fmt.Sprint(reach), "", nil
					f.Money = []commitment.Money{{Amount: amount.FloatString(2), Currency: "USD", ValueOn: "2025-01", Kind: "cash", Role: "own"}}
					for n, p := range others {
						f.Partners = append(f.Partners, commitment.Partner{Party: p})
						if stated {
							f.Partners[n].Share = big.NewRat(shares[n+1], 100).FloatString(2)
							f.LeadShare = big.NewRat(shares[0], 100).FloatString(2)
						}
					}
				})
				a.By = id(lead)
				return a
			}())
			all.Add(all, amount)
			people += reach
			add(byItem, items, amount)
			add(byArea, areas, amount)
			part := func(n int) *big.Rat { return new(big.Rat).Mul(amount, big.NewRat(shares[n], 10000)) }
			switch {
			case len(others) == 0:
				owe(confirmed, lead, amount)
			case !stated:
				for _, p := range append(others, lead) {
					without[p]++
				}
			default:
				owe(confirmed, lead, part(0))
				for n, p := range others {
					switch random.IntN(3) {
					case 0:
						owe(named, p, part(n+1))
					case 1:
						w.must(w.answer(commitment.KindConfirmed, c, c, p))
						owe(confirmed, p, part(n+1))
					default:
						w.must(w.answer(commitment.KindDeclined, c, c, p))
					}
				}
			}
		}
		same := func(what string, s commitment.Scope, want *big.Rat, of func(commitment.Totals) []commitment.MoneyTotal) (t commitment.Totals) {
			w.Helper()
			w.read(func(tx *db.Tx) (err error) { t, err = commitment.TotalsOf(tx, s); return err })
			got, wanted := new(big.Rat), new(big.Rat)
			for _, m := range of(t) {
				one, _ := new(big.Rat).SetString(m.Amount)
				got.Add(got, one)
			}
			if want != nil {
				wanted = want
			}
			if got.Cmp(wanted) != 0 {
				w.Errorf("%s: got %s, want %s", what, got.FloatString(6), wanted.FloatString(6))
			}
			return t
		}
		money := func(t commitment.Totals) []commitment.MoneyTotal { return t.Money }
		if got := same("all", commitment.Scope{}, all, money); got.People != fmt.Sprint(people) || got.Reaching != 30 {
			t.Errorf("people: got %s of %d, want %d", got.People, got.Reaching, people)
		}
		for item, want := range byItem {
			same(item, commitment.Scope{Items: []string{item}}, want, money)
		}
		same("two items", commitment.Scope{Items: []string{"H.1", "H.2"}}, byItem["H.1"], money)
		for area, want := range byArea {
			same(area, commitment.Scope{Area: area}, want, money)
		}
		for _, p := range parties {
			got := same("party "+id(p), commitment.Scope{Party: p}, confirmed[p], money)
			same("named "+id(p), commitment.Scope{Party: p}, named[p], func(t commitment.Totals) []commitment.MoneyTotal { return t.Named })
			if got.Unstated != without[p] {
				t.Errorf("party %d: %d joint without shares, want %d", p, got.Unstated, without[p])
			}
		}
	})
}
