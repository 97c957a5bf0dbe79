// Package compacttest gives tests a record with a pack in force and a clock that
// stands still.
package compacttest

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
)

// Site is a record with the rules of some subjects.
type Site struct {
	testing.TB
	Keeper *keeper.Keeper
	Pack   *compact.Pack
	Now    time.Time
}

// Open begins a record in a store: texts and the other subjects' rules, and the pack.
func Open(t testing.TB, store *db.DB, pack fs.FS, subjects ...keeper.Subject) *Site {
	t.Helper()
	s := &Site{TB: t, Now: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)}
	k, err := keeper.Open(context.Background(), keeper.Options{DB: store,
		Subjects: append([]keeper.Subject{compact.Subject()}, subjects...), Clock: func() time.Time { return s.Now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	s.Keeper = k
	p, faults := compact.Check(pack)
	for _, f := range faults {
		t.Fatal(f)
	}
	b, err := compact.Canonical(pack)
	if err != nil {
		t.Fatal(err)
	}
	s.Pack = p
	s.Submit(compact.AdoptPack(p, b, "2026-01-01"))
	return s
}

// Submit sends one act that must be taken, and gives its index.
func (s *Site) Submit(a keeper.Act) int64 {
	s.Helper()
	r, err := s.Keeper.Submit(context.Background(), "", a)
	if err != nil {
		s.Fatalf("%s: %v", a.Kind, err)
	}
	return r[0].Index
}

// Read runs a reading that must not fail.
func (s *Site) Read(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.Keeper.DB().Read(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

// Replay compares the state with a replay of the record.
func (s *Site) Replay() {
	s.Helper()
	found, err := s.Keeper.ReplayCheck(context.Background(), nil)
	if err != nil {
		s.Fatal(err)
	}
	for _, d := range found {
		s.Errorf("%s: %d rows stored, %d replayed; %s", d.Table, d.Stored, d.Replayed, d.Row)
	}
}
