package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/commitment/commitmenttest"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/web"
)

// BenchmarkListAtSize asks for the list of 100,000 commitments of 6,000 parties with three
// filters, never twice in a row with the same and never from the cache of pages,
// and reports the median time of each kind of answer. The goal is 20 ms.
func BenchmarkListAtSize(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		site := siteAtSize(b, store, 6000, 100000)
		asked := threeFilters()
		for _, kind := range []struct{ name, address, tail string }{{"page", "/en/commitments", ""}, {"json", "/commitments.json", "&limit=30&lang=en"},
			{"sorted", "/commitments.json", "&limit=30&lang=en&sort=due"}, {"words", "/commitments.json", "&limit=30&lang=en&q=part+7"}, {"parties", "/en/stakeholders", ""},
			{"map", "/en/map", ""}, {"mapped", "/en/map", ""}, {"desk", "/en/desk", ""}} {
			b.Run(kind.name, func(b *testing.B) {
				ask := func(address string) *httptest.ResponseRecorder { return get(site, address) }
				address := func(n int) string {
					if kind.name == "desk" {
						return kind.address
					}
					switch kind.name {
					case "map": // the whole, by an address that is never kept
						return fmt.Sprintf("/en/map?again=%d", n)
					case "mapped":
						return fmt.Sprintf("/en/map?region=%s&kind=%s&under=O%d", []string{"002", "019", "142", "150"}[n%4], []string{"private", "academia"}[n/4%2], n%5+1)
					}
					if kind.name == "parties" {
						return fmt.Sprintf("/en/stakeholders?region=%s&kind=%s&basis=none", []string{"002", "019", "142", "150"}[n%4], []string{"private", "academia"}[n/4%2])
					}
					return kind.address + asked[n%len(asked)] + kind.tail
				}
				if kind.name == "desk" {
					d := enterDesk(b, formBase, site)
					ask = func(address string) *httptest.ResponseRecorder { return d.ask(http.MethodGet, address, "", nil) }
				}
				ask(address(0)) // the picture in memory is made once
				var took []time.Duration
				for b.Loop() {
					n := len(took)
					begin := time.Now()
					if w := ask(address(n)); w.Code != http.StatusOK {
						b.Fatalf("%s: %d %s", address(n), w.Code, w.Body)
					}
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			})
		}
	})
}

// threeFilters are addresses that the cache does not know: their parameters are
// not in its order.
func threeFilters() []string {
	var out []string
	for _, item := range []string{"P11a", "P11b", "P11c", "P11d", "P13a", "P13b", "P16", "P21a"} {
		for _, state := range []string{commitment.Overdue, commitment.Silent, commitment.Lapsed, commitment.Due, commitment.Current} {
			for _, pace := range []string{commitment.PaceNoData, commitment.PaceMissed, commitment.PaceValueOld, commitment.PaceMuchTooSlow} {
				out = append(out, "?reporting="+state+"&pace="+pace+"&item="+item)
			}
		}
	}
	return out
}

// siteAtSize is a site over a record with very many parties and commitments.
func siteAtSize(b testing.TB, store *db.DB, parties, commitments int) *web.Site {
	b.Helper()
	now := testDay
	dir := b.TempDir()
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "gdc.example")
	if err != nil {
		b.Fatal(err)
	}
	k, err := keeper.Open(b.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")},
		Subjects: subjects(), Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(k.Close)
	begin(b, k, compacts.GDC())
	canonical, err := compact.Canonical(compacts.GDC())
	if err != nil {
		b.Fatal(err)
	}
	pack, err := compact.FromCanonical(canonical)
	if err != nil {
		b.Fatal(err)
	}
	filler := commitmenttest.Filler{TB: b, Keeper: k, Pack: pack, Now: &now}
	filler.Fill(parties, commitments)
	now = now.AddDate(1, 0, 0)
	err = store.Write(b.Context(), func(tx *db.Tx) error { _, err := tx.Exec("ANALYZE"); return err }) // what the databases do by themselves in time
	if err != nil {
		b.Fatal(err)
	}
	site, err := web.New(web.Config{Keeper: k, Base: formBase, Secret: formSecret, Build: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	return site
}
