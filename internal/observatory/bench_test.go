package observatory_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/observatory"
)

// table writes a slice of 200 areas and 25 years as a file.
func table() string {
	var b strings.Builder
	b.WriteString("area,period,value\n")
	made := made(200, 25, 1)
	for _, series := range made.Series {
		for _, p := range series.Points {
			if p.Presence == observatory.HasValue {
				fmt.Fprintf(&b, "%s,%s,%s\n", series.Key, p.Period, p.Value())
			}
		}
	}
	return b.String()
}

// BenchmarkIndicator reads one indicator, all areas and years, from the store.
func BenchmarkIndicator(b *testing.B) {
	s := newSite(b, dbtest.SQLite(b))
	m := long
	m.AreaCode = "own"
	s.Submit(s.act(taken("users"), m, table()))
	ctx := context.Background()
	sum := int64(0)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		err := s.Keeper.DB().Read(ctx, func(tx *db.Tx) error {
			v, err := observatory.ReadView(tx, "users", "", observatory.Newest)
			for _, series := range v.Data.Series {
				for _, p := range series.Points {
					sum += p.Int
				}
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkParseCSV reads a file of 5,000 rows.
func BenchmarkParseCSV(b *testing.B) {
	text := table()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := observatory.ParseCSV(strings.NewReader(text), long, areas); err != nil {
			b.Fatal(err)
		}
	}
}
