package stakeholder_test

import (
	"context"
	"fmt"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// BenchmarkRegister registers parties in submissions of 500, each looked for among
// all that are there by name and domain; parties/s must not fall as they grow.
func BenchmarkRegister(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		k, err := keeper.Open(context.Background(), keeper.Options{DB: store, Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject()}})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(k.Close)
		canonical, err := compact.Canonical(compacts.GDC())
		if err != nil {
			b.Fatal(err)
		}
		pack, err := compact.FromCanonical(canonical)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := k.Submit(context.Background(), "", compact.AdoptPack(pack, canonical, "2025-03-15")); err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			acts := make([]keeper.Act, 500)
			for i := range acts {
				n++
				acts[i] = keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "private", Size: "small", Area: "KEN"},
					Words: map[string]string{"name.en": fmt.Sprintf("Party %05d for Kenya", n), "web.und": fmt.Sprintf("https://p%d.example", n)}}
			}
			if _, err := k.Submit(context.Background(), "", acts...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "parties/s")
	})
}
