package keeper_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// The bare side of these benchmarks is the least that a durable act can cost:
// one row of the size of an entry, committed with the same settings by the same
// driver and nothing else. Both sides take turns in one run, because the machine
// moves; each turn gives a ratio, and the median of these is reported.

// turn is how many commits each side makes before the other's turn.
const turn = 25

// sowing is an act as they are: three facts, two words, rules that read a row,
// an Apply that writes two rows and touches three pages.
func sowing(n int) keeper.Act {
	return keeper.Act{Kind: "plot.sown", By: "secretariat", Facts: sown{Plot: 0, Seeds: int64(n), Price: "12.50"},
		Words: map[string]string{
			"note.en": "Sown in the second week of the wet season, after the school had dug the bed.",
			"note.fr": "Semé la deuxième semaine de la saison humide, l’école ayant bêché la planche."}}
}

func benchKeeper(b *testing.B, d *db.DB) *keeper.Keeper {
	k, err := keeper.Open(context.Background(), keeper.Options{DB: d, Subjects: []keeper.Subject{garden{}.subject()}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(k.Close)
	_, err = k.Submit(context.Background(), "", keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "a", Beds: 1}})
	if err != nil {
		b.Fatal(err)
	}
	return k
}

var bareRow = []byte(strings.Repeat("an entry has about three hundred bytes ", 8))

func BenchmarkSubmitAlone(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { compare(b, benchKeeper(b, dbtest.SQLite(b)), bareSQLite(b)) })
	b.Run("postgres", func(b *testing.B) {
		d, err := db.Open(context.Background(), db.Config{URL: dbtest.Postgres(b)})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { d.Close() })
		compare(b, benchKeeper(b, d), barePostgres(b))
	})
}

// compare reports how many of our acts are committed in the time of one bare commit.
func compare(b *testing.B, k *keeper.Keeper, bare func(n int) error) {
	n := 0
	timed := func(commit func(n int) error) float64 {
		start := time.Now()
		for range turn {
			n++
			if err := commit(n); err != nil {
				b.Fatal(err)
			}
		}
		return float64(time.Since(start).Microseconds()) / turn
	}
	submit := func(n int) error {
		_, err := k.Submit(context.Background(), "", sowing(n))
		return err
	}
	timed(submit) // prepares the statements
	timed(bare)
	var ratios, ours, theirs []float64
	for b.Loop() {
		our, their := timed(submit), timed(bare)
		ratios, ours, theirs = append(ratios, their/our), append(ours, our), append(theirs, their)
	}
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(ours), "µs/act")
	b.ReportMetric(median(theirs), "µs/bare")
	b.ReportMetric(0, "ns/op")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func bareSQLite(b *testing.B) func(n int) error {
	v := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "temp_store(MEMORY)", "cache_size(-16000)"}}
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?"+v.Encode())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { pool.Close() })
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("CREATE TABLE bare (id BIGINT PRIMARY KEY, bytes BLOB NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	insert, err := pool.Prepare("INSERT INTO bare (id, bytes) VALUES (?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	return func(n int) error {
		_, err := insert.Exec(n, bareRow)
		return err
	}
}

func barePostgres(b *testing.B) func(n int) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dbtest.Postgres(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close(ctx) })
	if _, err := c.Exec(ctx, "CREATE TABLE bare (id BIGINT PRIMARY KEY, bytes BYTEA NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	return func(n int) error {
		tx, err := c.Begin(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO bare (id, bytes) VALUES ($1, $2)", n, bareRow); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}
}

// BenchmarkSubmitMany is 64 people who submit at once, each waiting for her answer.
func BenchmarkSubmitMany(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		k := benchKeeper(b, d)
		const people, each = 64, 50
		var speeds []float64
		crowd := func() {
			var all sync.WaitGroup
			start := time.Now()
			for range people {
				all.Go(func() {
					for i := range each {
						if _, err := k.Submit(context.Background(), "", sowing(i+1)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			speeds = append(speeds, people*each/time.Since(start).Seconds())
		}
		crowd()
		for b.Loop() {
			crowd()
		}
		b.ReportMetric(median(speeds[1:]), "acts/s")
		b.ReportMetric(0, "ns/op")
	})
}
