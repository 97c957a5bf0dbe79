package report_test

import (
	"context"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/commitment/commitmenttest"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// filledSite is the real compact with its data, and a filler for parties and commitments.
func filledSite(b *testing.B, store *db.DB) (*compacttest.Site, *commitmenttest.Filler) {
	b.Helper()
	w := compacttest.Open(b, store, compacts.GDC(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject())
	ctx := context.Background()
	if _, err := stakeholder.AdoptAll(ctx, w.Keeper, w.Pack); err != nil {
		b.Fatal(err)
	}
	if err := observatory.LoadPack(ctx, w.Keeper, w.Pack); err != nil {
		b.Fatal(err)
	}
	return w, &commitmenttest.Filler{TB: b, Keeper: w.Keeper, Pack: w.Pack, Now: &w.Now}
}

// progress is the outline of the real compact's report up to a day.
func progress(b *testing.B, w *compacttest.Site) report.Outline {
	o, err := report.OutlineOf(w.Pack, "progress-82", w.Now.Format(time.DateOnly), "")
	if err != nil {
		b.Fatal(err)
	}
	return o
}

// draft computes the figures of a store and writes them.
func draft(b *testing.B, store *db.DB, w *compacttest.Site, o report.Outline, size int64) (written []byte, figures int) {
	b.Helper()
	err := store.Read(context.Background(), func(tx *db.Tx) error {
		f, err := report.Compute(tx, w.Pack, o, size, o.To)
		if err != nil {
			return err
		}
		for _, c := range f.Chapters {
			figures += len(c.Figures)
		}
		written, err = f.Canonical()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return written, figures
}

// BenchmarkCompute drafts a report over 100,000 commitments of 6,000 parties. The
// goal is 5 s, the bound 20 s.
func BenchmarkCompute(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		w, filler := filledSite(b, store)
		filler.Fill(6000, 100000)
		err := store.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec("ANALYZE"); return err }) // what the databases do by themselves in time
		if err != nil {
			b.Fatal(err)
		}
		o, size := progress(b, w), w.Keeper.Size()
		for b.Loop() {
			written, figures := draft(b, store, w, o, size)
			b.ReportMetric(float64(len(written))/1e6, "MB")
			b.ReportMetric(float64(figures), "figures")
		}
	})
}

// BenchmarkCheck puts the state together from the entries of a record with 100,000
// commitments, a third of them reported on, and computes its figures anew, as kept
// report check does for one release. The bound is 20 s.
func BenchmarkCheck(b *testing.B) {
	store := dbtest.SQLite(b)
	w, filler := filledSite(b, store)
	filler.Make(6000, 100000)
	o, size := progress(b, w), w.Keeper.Size()
	for b.Loop() {
		begun := time.Now()
		past, err := w.Keeper.FactsAt(context.Background(), size)
		if err != nil {
			b.Fatal(err)
		}
		replayed := time.Since(begun)
		written, _ := draft(b, past.DB(), w, o, size)
		b.ReportMetric(replayed.Seconds(), "replay-s")
		b.ReportMetric(float64(size), "entries")
		b.ReportMetric(float64(len(written))/1e6, "MB")
		past.Release()
	}
}
