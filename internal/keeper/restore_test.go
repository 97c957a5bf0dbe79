package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/record"
)

// download saves a copy of the record as it is now.
func (h *house) download() record.Source {
	h.t.Helper()
	must(h.t, h.k.Sign(h.t.Context()))
	dir := filepath.Join(h.t.TempDir(), "copy")
	report, err := record.Download(h.t.Context(), h.k, dir, record.Options{})
	must(h.t, err)
	if !report.OK() {
		h.t.Fatal(report.Faults)
	}
	return record.DirSource(dir)
}

// TestRestore brings everything back into a store that lost it all.
func TestRestore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := newHouse(t, func() *db.DB { return dbtest.SQLite(t) }) // the one that will be lost
		h.busy()
		h.submit(slices.Repeat([]keeper.Act{sow(0, 1)}, 1200)...) // more than one chunk
		h.submit(add(0, "human", map[string]string{"name.zh": "甲地"}), erase(1, "name.fr"), hide(0, "name.fr"))
		short := h.download()
		h.submit(plot("last"))
		whole := h.download()
		dump1 := dump(t, h.db, "plot", "sowing", "touched", "word_added", "word_erased", "word_hidden", "derived_plot")
		stranger := newHouse(t, func() *db.DB { return dbtest.SQLite(t) })
		stranger.submit(slices.Repeat([]keeper.Act{plot("x")}, 1)...)
		foreign := stranger.download()

		h.db = open() // empty
		h.start()
		if h.k.ReadOnly() == nil {
			t.Fatal("a store without the entries that were signed takes acts")
		}
		if _, err := h.k.Restore(t.Context(), short); !errors.Is(err, keeper.ErrConflict) || reason(err) != "err.record.copy_short" {
			t.Errorf("a copy that is shorter than the lock: %v", err)
		}
		if _, err := h.k.Restore(t.Context(), foreign); err == nil {
			t.Error("a copy of another record was taken")
		}
		if _, err := h.k.Restore(t.Context(), forged{whole}); !errors.Is(err, keeper.ErrConflict) || reason(err) != "err.record.copy_other" {
			t.Errorf("a copy with one entry changed: %v", err)
		}
		if h.state().entries != 0 {
			t.Fatal("a refused copy left entries")
		}
		got, err := h.k.Restore(t.Context(), whole)
		must(t, err)
		if got.From != 0 || got.To != 1226 || got.Words != 5 {
			t.Errorf("restored %+v", got)
		}
		if h.k.ReadOnly() != nil {
			t.Errorf("still read-only: %v", h.k.ReadOnly())
		}
		if dump2 := dump(t, h.db, "plot", "sowing", "touched", "word_added", "word_erased", "word_hidden", "derived_plot"); dump2 != dump1 {
			t.Errorf("the state is\n%s\nwant\n%s", dump2, dump1)
		}
		if _, err := h.k.Restore(t.Context(), whole); reason(err) != "err.record.nothing_missing" {
			t.Errorf("once more: %v", err)
		}
		h.submit(sow(0, 7))
		h.sound()
	})
}

// forged has another number of seeds in entry 300.
type forged struct{ record.Source }

func (f forged) Get(ctx context.Context, path string) ([]byte, error) {
	b, err := f.Source.Get(ctx, path)
	if path != "tile/entries/001" || err != nil {
		return b, err
	}
	lines, err := record.ParseBundle(b)
	if err == nil {
		lines[300-256] = bytes.Replace(lines[300-256], []byte(`"seeds":1`), []byte(`"seeds":2`), 1)
	}
	return record.EntryBundle(lines), err
}

// TestRestorePart goes on from what is there, also where it was stopped.
func TestRestorePart(t *testing.T) {
	cellars(t, func(t *testing.T, c cellar) {
		h := cellarHouse(t, c)
		h.busy()
		must(t, h.k.Sign(t.Context()))
		c.keep(t)
		// The store was closed under the keeper by the copy: open it again.
		h.db = h.open()
		h.start()
		h.submit(slices.Repeat([]keeper.Act{sow(1, 1)}, 1500)...)
		h.submit(erase(0, "name.en"))
		if _, err := h.k.FinishErasures(t.Context()); err != nil {
			t.Fatal(err)
		}
		whole := h.download()
		store, err := db.Open(t.Context(), c.back(t, h))
		must(t, err)
		t.Cleanup(func() { store.Close() })
		h.db = store
		h.start()
		h.shown(0, map[string]string{"name.fr": "Planche a"}) // the ledger was obeyed
		ctx, cancel := context.WithCancel(t.Context())
		h.o.Progress = func(done, _ int64) {
			if done < 1500 {
				cancel()
			}
		}
		h.start()
		if _, err := h.k.Restore(ctx, whole); !errors.Is(err, context.Canceled) {
			t.Fatalf("a restoration that is stopped: %v", err)
		}
		h.o.Progress = nil
		h.start()
		if size := h.state().size; size != 1022 || h.k.ReadOnly() == nil {
			t.Errorf("half of it: %d entries", size)
		}
		got, err := h.k.Restore(t.Context(), whole)
		must(t, err)
		if got.From != 1022 || got.To != 1523 || h.k.ReadOnly() != nil {
			t.Errorf("%+v, %v", got, h.k.ReadOnly())
		}
		h.shown(0, map[string]string{"name.fr": "Planche a"})
		h.sound()
	})
}
