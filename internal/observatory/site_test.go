package observatory_test

import (
	"os"
	"testing"

	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
)

// site is a record with the rules of texts and data.
type site struct{ *compacttest.Site }

func newSite(t testing.TB, store *db.DB) *site {
	t.Helper()
	return &site{compacttest.Open(t, store, os.DirFS("testdata/pack"), observatory.Subject())}
}

// taken are the facts of a snapshot that tests begin with.
func taken(indicator string) observatory.SnapshotTaken {
	return observatory.SnapshotTaken{Indicator: indicator, Format: observatory.CSV, Areas: "un", Retrieved: "2026-03-01", Licence: "CC BY 4.0"}
}

func (s *site) act(f observatory.SnapshotTaken, m observatory.Mapping, text string) keeper.Act {
	s.Helper()
	a, err := observatory.Take(f, m, []byte(text), map[string]string{"url.und": "https://office.example/users"})
	if err != nil {
		s.Fatal(err)
	}
	return a
}

// take submits a text in the plain mapping.
func (s *site) take(indicator, text string) int64 {
	s.Helper()
	return s.Submit(s.act(taken(indicator), long, text))
}

func (s *site) view(indicator, name string, asOf int64) (v observatory.View) {
	s.Helper()
	s.Read(func(tx *db.Tx) (err error) {
		v, err = observatory.ReadView(tx, indicator, name, asOf)
		return err
	})
	return v
}
