package web_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

// testDay is the day on which the pages of tests are made.
var testDay = time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)

const testBase = "https://gdc.example"

// subjects are all whose acts a record can hold.
func subjects() []keeper.Subject {
	return []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()}
}

// newSite is a site with a pack in force and a signed checkpoint, in a directory of its own.
func newSite(t testing.TB, pack fs.FS) (*web.Site, *keeper.Keeper) {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return siteOn(t, store, pack)
}

// siteOn is newSite over a store that the test opened.
func siteOn(t testing.TB, store *db.DB, pack fs.FS) (*web.Site, *keeper.Keeper) {
	t.Helper()
	now := testDay
	return siteAt(t, store, pack, &now)
}

// siteAt is siteOn with a clock that the test moves.
func siteAt(t testing.TB, store *db.DB, pack fs.FS, now *time.Time) (*web.Site, *keeper.Keeper) {
	t.Helper()
	dir := t.TempDir()
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "gdc.example")
	if err != nil {
		t.Fatal(err)
	}
	k, err := keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")},
		Subjects: subjects(), Clock: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	begin(t, k, pack)
	if err := k.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Config{Keeper: k, Base: testBase, Build: "test", Files: filepath.Join(dir, "files"),
		Operator: web.Operator{Name: "Example Institute, Northland", Contact: "mailto:kept@gdc.example", Privacy: "https://gdc.example/privacy"}})
	if err != nil {
		t.Fatal(err)
	}
	return site, k
}

// begin is how every record begins: the pack, the adoptions, the pack's own tables.
func begin(t testing.TB, k *keeper.Keeper, pack fs.FS) {
	t.Helper()
	canonical, err := compact.Canonical(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compact.FromCanonical(canonical)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Submit(t.Context(), "", compact.AdoptPack(p, canonical, "2026-11-21")); err != nil {
		t.Fatal(err)
	}
	if _, err := stakeholder.AdoptAll(t.Context(), k, p); err != nil {
		t.Fatal(err)
	}
	if err := observatory.LoadPack(t.Context(), k, p); err != nil {
		t.Fatal(err)
	}
}

func gdcSite(t testing.TB) *web.Site {
	site, _ := newSite(t, compacts.GDC())
	return site
}

// get asks for an address the way a browser does, without following redirects.
func get(site http.Handler, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, testBase+address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

// page asks for a page and wants its status.
func page(t testing.TB, site http.Handler, address string, status int) string {
	t.Helper()
	w := get(site, address)
	if w.Code != status {
		t.Fatalf("GET %s: got status %d, want %d\n%s", address, w.Code, status, firstLines(w.Body.String()))
	}
	return w.Body.String()
}

func firstLines(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	if len(s) > 600 {
		s = s[:600]
	}
	return s
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
