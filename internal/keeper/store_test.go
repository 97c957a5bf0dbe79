package keeper_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// TestFullStore fills the store. Nothing is half kept, reading goes on, and with
// room again the same form is taken.
func TestFullStore(t *testing.T) {
	h := oneHouse(t)
	limit := func(pages int) {
		must(t, h.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(fmt.Sprint("PRAGMA max_page_count = ", pages))
			return err
		}))
	}
	h.submit(plot("a"))
	limit(80)
	long := withWord(sow(0, 1), "note.en", strings.Repeat("long ", 2000))
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		_, err = h.k.Submit(t.Context(), "", long, long)
	}
	if !errors.Is(err, db.ErrFull) || !errors.Is(err, keeper.ErrUnavailable) || reason(err) != "err.record.full" {
		t.Fatalf("a full store answers %v", err)
	}
	full := h.state()
	if full.entries != full.sowings+1 || full.entries%2 != 1 || full.size != full.entries {
		t.Errorf("acts in part: %+v", full)
	}
	for range 5 {
		if _, err := h.k.Submit(t.Context(), "the form", long, long); !errors.Is(err, db.ErrFull) {
			t.Errorf("still full: %v", err)
		}
	}
	if got := h.state(); got != full {
		t.Errorf("%+v became %+v", full, got)
	}
	if _, err := h.k.Get(t.Context(), "words/1.json"); err != nil {
		t.Errorf("reading: %v", err)
	}
	limit(100_000)
	if _, err := h.k.Submit(t.Context(), "the form", long, long); err != nil {
		t.Errorf("with room again: %v", err)
	}
	h.sound()
}

// TestNoStore takes the store away while the program runs.
func TestNoStore(t *testing.T) {
	refuses := func(t *testing.T, h *house) {
		t.Helper()
		_, err := h.k.Submit(t.Context(), "the form", plot("b"))
		if !errors.Is(err, keeper.ErrUnavailable) || reason(err) != "err.record.no_store" {
			t.Errorf("without a store the answer is %v", err)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		h := newHouse(t, func() *db.DB {
			d, err := db.Open(context.Background(), db.Config{Dir: dir})
			must(t, err)
			t.Cleanup(func() { d.Close() })
			return d
		})
		h.submit(plot("a"))
		file := filepath.Join(dir, "kept.db")
		must(t, os.Rename(file, file+".away"))
		refuses(t, h)
		must(t, os.Rename(file+".away", file))
		if _, err := h.k.Submit(t.Context(), "the form", plot("b")); err != nil {
			t.Error(err)
		}
		h.sound()
	})
	t.Run("postgres", func(t *testing.T) {
		address := dbtest.Postgres(t)
		config, err := pgx.ParseConfig(address)
		must(t, err)
		operator, err := pgx.Connect(t.Context(), os.Getenv("KEPT_TEST_POSTGRES"))
		must(t, err)
		t.Cleanup(func() { operator.Close(context.Background()) })
		allow := func(yes bool) {
			_, err := operator.Exec(t.Context(), fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS %t", config.Database, yes))
			must(t, err)
			_, err = operator.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", config.Database)
			must(t, err)
		}
		h := newHouse(t, openAddress(t, address))
		h.submit(plot("a"))
		allow(false)
		refuses(t, h)
		allow(true)
		if _, err := h.k.Submit(t.Context(), "the form", plot("b")); err != nil {
			t.Error(err)
		}
		h.sound()
	})
}
