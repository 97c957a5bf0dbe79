package forum_test

import (
	"context"
	"fmt"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// BenchmarkBodies reads 1,000 bodies that their own people brought, with a tie each:
// what every page that names bodies does once.
func BenchmarkBodies(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	last := "HB.1"
	for n := range 1000 {
		made, err := w.Keeper.Submit(context.Background(), "", keeper.Act{Kind: forum.KindDescribed, By: id(w.guild), Words: map[string]string{"name.en": fmt.Sprintf("Quay round %d", n), "mandate.und": "HC/RES/1, 5"},
			Facts: forum.Described{Lang: "en", Kind: "platform", Functions: []string{"data", "review"}, Items: []string{"H.3", "H.7"}}})
		if err != nil {
			b.Fatal(err)
		}
		body := id(made[0].Index)
		w.Submit(related(w.guild, body, "feeds", last))
		last = body
	}
	for b.Loop() {
		w.Read(func(tx *db.Tx) error {
			all, err := forum.Bodies(tx, w.Pack)
			if len(all) < 1000 {
				b.Fatalf("%d bodies", len(all))
			}
			return err
		})
	}
}
