package keeper_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/record"
)

// A house is a record with its store, key and lock, which a test opens, breaks
// and opens again.
type house struct {
	t    *testing.T
	open func() *db.DB
	db   *db.DB
	o    keeper.Options
	k    *keeper.Keeper
}

const origin = "garden.example/record"

// newHouse opens a record of gardens.
func newHouse(t *testing.T, open func() *db.DB) *house {
	t.Helper()
	dir := t.TempDir()
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), origin)
	must(t, err)
	h := &house{t: t, open: open, db: open()}
	h.o = keeper.Options{Subjects: []keeper.Subject{garden{}.subject()}, Key: key,
		Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "garden")}, Log: slog.New(slog.DiscardHandler)}
	h.start()
	return h
}

// start opens the record, after another run of it was closed.
func (h *house) start() *keeper.Keeper {
	h.t.Helper()
	k, err := h.tryStart()
	must(h.t, err)
	return k
}

func (h *house) tryStart() (*keeper.Keeper, error) {
	if h.k != nil {
		h.k.Close()
	}
	h.o.DB = h.db
	k, err := keeper.Open(context.Background(), h.o)
	if err == nil {
		h.k = k
		h.t.Cleanup(k.Close)
	}
	return k, err
}

// eachHouse runs a test on a record in each store.
func eachHouse(t *testing.T, test func(t *testing.T, h *house)) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) { test(t, newHouse(t, open)) })
}

// oneHouse is a record in SQLite, for what has nothing to do with the engine.
func oneHouse(t *testing.T) *house { return newHouse(t, func() *db.DB { return dbtest.SQLite(t) }) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func plot(code string) keeper.Act {
	return keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: code, Beds: 3},
		Words: map[string]string{"name.en": "Plot " + code, "name.fr": "Planche " + code}}
}

func sow(plot, seeds int64) keeper.Act {
	return keeper.Act{Kind: "plot.sown", By: "secretariat", Facts: sown{Plot: plot, Seeds: seeds}}
}

// submit expects acts to be accepted.
func (h *house) submit(acts ...keeper.Act) []keeper.Result {
	h.t.Helper()
	results, err := h.k.Submit(context.Background(), "", acts...)
	must(h.t, err)
	if len(results) != len(acts) {
		h.t.Fatalf("%d results for %d acts", len(results), len(acts))
	}
	return results
}

// refused expects acts to be refused with a kind of answer, and to leave no trace.
func (h *house) refused(kind error, acts ...keeper.Act) {
	h.t.Helper()
	before := h.state()
	results, err := h.k.Submit(context.Background(), "", acts...)
	if !errors.Is(err, kind) || results != nil {
		h.t.Errorf("got %v and %d results; want the answer %v", err, len(results), kind)
	}
	if after := h.state(); after != before {
		h.t.Errorf("a refused act left a trace: %+v became %+v", before, after)
	}
}

// state is what can be seen of a record at a glance.
type state struct{ size, entries, words, blobs, keys, plots, sowings, seeds, touched int64 }

func (h *house) state() (s state) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		return tx.Row(`SELECT (SELECT size FROM record_head), (SELECT count(*) FROM record_entry), (SELECT count(*) FROM record_word),
			(SELECT count(*) FROM record_blob), (SELECT count(*) FROM record_submission), (SELECT count(*) FROM plot),
			(SELECT count(*) FROM sowing), (SELECT CAST(COALESCE(SUM(seeds), 0) AS BIGINT) FROM plot), (SELECT count(*) FROM touched)`).
			Scan(&s.size, &s.entries, &s.words, &s.blobs, &s.keys, &s.plots, &s.sowings, &s.seeds, &s.touched)
	})
	return s
}

func (h *house) read(fn func(tx *db.Tx) error) {
	h.t.Helper()
	must(h.t, h.db.Read(context.Background(), fn))
}

// sound signs and then checks everything that can be checked: the record as a
// stranger does, the state against a replay.
func (h *house) sound() {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.k.Sign(ctx))
	report, err := record.Verify(ctx, h.k, record.Options{})
	must(h.t, err)
	for _, f := range report.Faults {
		h.t.Errorf("the record is not sound: %s", f)
	}
	if size := h.state().size; report.Size != size {
		h.t.Errorf("the checkpoint covers %d of %d entries", report.Size, size)
	}
	differences, err := h.k.ReplayCheck(ctx, nil)
	must(h.t, err)
	for _, d := range differences {
		h.t.Errorf("the state is not what a replay gives: %+v", d)
	}
}

// clock is a scripted one.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) set(text string) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}
