package observatory_test

import (
	"context"
	"os"
	"testing"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
)

// site is a record with the rules of texts and data, and a clock that stands still.
type site struct {
	testing.TB
	keeper *keeper.Keeper
	pack   *compact.Pack
	now    time.Time
}

func newSite(t testing.TB, store *db.DB) *site {
	t.Helper()
	s := &site{TB: t, now: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)}
	k, err := keeper.Open(context.Background(), keeper.Options{DB: store,
		Subjects: []keeper.Subject{compact.Subject(), observatory.Subject()}, Clock: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	s.keeper = k
	folder := os.DirFS("testdata/pack")
	pack, faults := compact.Check(folder)
	for _, f := range faults {
		t.Fatal(f)
	}
	b, err := compact.Canonical(folder)
	if err != nil {
		t.Fatal(err)
	}
	s.pack = pack
	s.submit(compact.AdoptPack(pack, b, "2026-01-01"))
	return s
}

// submit sends one act that must be taken, and gives its index.
func (s *site) submit(a keeper.Act) int64 {
	s.Helper()
	r, err := s.keeper.Submit(context.Background(), "", a)
	if err != nil {
		s.Fatalf("%s: %v", a.Kind, err)
	}
	return r[0].Index
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
	return s.submit(s.act(taken(indicator), long, text))
}

func (s *site) read(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.keeper.DB().Read(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *site) view(indicator, name string, asOf int64) (v observatory.View) {
	s.Helper()
	s.read(func(tx *db.Tx) (err error) {
		v, err = observatory.ReadView(tx, indicator, name, asOf)
		return err
	})
	return v
}

// replay compares the state with a replay of the record.
func (s *site) replay() {
	s.Helper()
	found, err := s.keeper.ReplayCheck(context.Background(), nil)
	if err != nil {
		s.Fatal(err)
	}
	for _, d := range found {
		s.Errorf("%+v", d)
	}
}
