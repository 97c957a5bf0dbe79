package export_test

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/export"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

// testDay is the day on which the records of tests begin, and lastDay the end of it.
var (
	testDay = time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	dayEnd  = time.Date(2026, 11, 22, 11, 59, 59, 0, time.UTC)
)

// newRecord is a record with a pack in force.
func newRecord(t testing.TB, store *db.DB, pack fs.FS) *keeper.Keeper {
	t.Helper()
	dir := t.TempDir()
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "gdc.example")
	if err != nil {
		t.Fatal(err)
	}
	k, err := keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")},
		Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()},
		Clock:    func() time.Time { return testDay }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	adopt(t, k, pack, "2026-11-21")
	return k
}

// adopt brings a pack into force, with its adoptions and tables.
func adopt(t testing.TB, k *keeper.Keeper, pack fs.FS, on string) *compact.Pack {
	t.Helper()
	canonical, err := compact.Canonical(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compact.FromCanonical(canonical)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Submit(t.Context(), "", compact.AdoptPack(p, canonical, on)); err != nil {
		t.Fatal(err)
	}
	if _, err := stakeholder.AdoptAll(t.Context(), k, p); err != nil {
		t.Fatal(err)
	}
	if err := observatory.LoadPack(t.Context(), k, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// newStill opens a signed record as an export sees it.
func newStill(t testing.TB, k *keeper.Keeper, live string, readers int) *web.Still {
	t.Helper()
	if err := k.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	standing, err := k.Still(k.Size(), dayEnd)
	if err != nil {
		t.Fatal(err)
	}
	still, err := web.NewStill(t.Context(), web.Config{Keeper: standing, Base: "https://gdc.example", Build: "test", Copy: &web.Copy{Live: live},
		Operator: web.Operator{Name: "Example Institute, Northland", Contact: "mailto:kept@gdc.example", Privacy: "https://gdc.example/privacy"}}, readers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(still.Close)
	return still
}

// write exports to a place.
func write(t testing.TB, still *web.Still, to string) *export.Result {
	t.Helper()
	r, err := export.Write(t.Context(), still, export.Options{To: to, Origin: "gdc.example", Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
