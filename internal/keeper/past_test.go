package keeper_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
)

// stateAt is what can be seen at a glance of the record as it was.
func (h *house) stateAt(size int64) (s state, words map[string]string) {
	h.t.Helper()
	p, err := h.k.At(h.t.Context(), size)
	must(h.t, err)
	defer p.Release()
	must(h.t, p.DB().Read(h.t.Context(), func(tx *db.Tx) error {
		if words, err = keeper.WordsOf(tx, 0); err != nil {
			return err
		}
		return tx.Row(`SELECT (SELECT size FROM record_head), (SELECT count(*) FROM record_entry), (SELECT count(*) FROM plot),
			(SELECT count(*) FROM sowing), (SELECT CAST(COALESCE(SUM(seeds), 0) AS BIGINT) FROM plot), (SELECT count(*) FROM touched)`).
			Scan(&s.size, &s.entries, &s.plots, &s.sowings, &s.seeds, &s.touched)
	}))
	return s, words
}

// seenNow is the same of the record as it is.
func (h *house) seenNow() state {
	s := h.state()
	return state{size: s.size, entries: s.entries, plots: s.plots, sowings: s.sowings, seeds: s.seeds, touched: s.touched}
}

// TestPast notes the state after each act of a record of 1,100, and finds it again
// afterwards, in an order that goes forward from copies and back from nothing.
func TestPast(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		was := map[int64]state{}
		note := func() { s := h.seenNow(); was[s.size] = s }
		h.submit(plot("a"))
		note()
		h.submit(withBlob(plot("b"), "seeds"))
		note()
		for i := range int64(1100) {
			h.submit(sow(i%2, i))
			if i%97 == 0 || i > 1090 {
				note()
			}
		}
		for _, size := range []int64{1102, 3, 100, 1002, 1, 2, 1100, 3} {
			want, ok := was[size]
			got, words := h.stateAt(size)
			if ok && got != want || got.size != size {
				t.Errorf("after %d entries: %+v, want %+v", size, got, want)
			}
			if words["name.en"] != "Plot a" {
				t.Errorf("after %d entries the words are %v", size, words)
			}
		}
		for _, size := range []int64{0, -1, 1103} {
			if _, err := h.k.At(t.Context(), size); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("after %d entries: %v", size, err)
			}
		}
	})
}

// TestFactsAt: the state without words is the state, and its folder goes at the end.
func TestFactsAt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Pasts = t.TempDir()
		h.start()
		h.busy()
		whole, _ := h.stateAt(12)
		p, err := h.k.FactsAt(t.Context(), 12)
		must(t, err)
		must(t, p.DB().Read(t.Context(), func(tx *db.Tx) error {
			var plots, sowings, words int64
			err := tx.Row("SELECT (SELECT count(*) FROM plot), (SELECT count(*) FROM sowing), (SELECT count(*) FROM record_word)").Scan(&plots, &sowings, &words)
			if plots != whole.plots || sowings != whole.sowings || words != 0 {
				t.Errorf("%d plots, %d sowings, %d words; want those of %+v", plots, sowings, words, whole)
			}
			return err
		}))
		before, _ := filepath.Glob(h.o.Pasts + "/*/*")
		p.Release()
		after, _ := filepath.Glob(h.o.Pasts + "/*/*")
		if len(after) != len(before)-1 {
			t.Errorf("folders before %v, after %v", before, after)
		}
	})
}

// TestPastForgets: what was erased or hidden since stands in no past, neither in
// one that was at hand nor in a new one, and no file of it holds a byte of it.
func TestPastForgets(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Pasts = t.TempDir()
		h.start()
		act := plot("a")
		act.Words["name.en"] = "Nightshade and hemlock"
		h.submit(act)
		h.submit(plot("b"))
		if _, words := h.stateAt(1); words["name.en"] != "Nightshade and hemlock" {
			t.Fatalf("the words are %v", words)
		}
		if !holds(t, h.o.Pasts, "Nightshade and hemlock") {
			t.Fatal("the store of the past does not hold the words; the test looks in the wrong place")
		}
		h.submit(erase(0, "name.en"))
		if holds(t, h.o.Pasts, "Nightshade and hemlock") {
			t.Error("a store of the past still holds what was erased")
		}
		if _, words := h.stateAt(1); words["name.en"] != "" || words["name.fr"] != "Planche a" {
			t.Errorf("the words of the past are %v", words)
		}
		if got, _ := h.stateAt(2); got.plots != 2 {
			t.Errorf("the state is %+v", got)
		}
	})
}

// TestPastReplaced: a past that somebody reads while its words are erased is hers to
// the end; then it is closed, though another has taken its place.
func TestPastReplaced(t *testing.T) {
	h := oneHouse(t)
	h.submit(plot("a"))
	h.submit(plot("b"))
	old, err := h.k.At(t.Context(), 1)
	must(t, err)
	h.submit(erase(0, "name.en"))
	if _, words := h.stateAt(1); words["name.en"] != "" {
		t.Errorf("the new past has %v", words)
	}
	count := func(tx *db.Tx) error {
		var n int64
		return tx.Row("SELECT count(*) FROM plot").Scan(&n)
	}
	must(t, old.DB().Read(t.Context(), count))
	old.Release()
	if err := old.DB().Read(t.Context(), count); err == nil {
		t.Error("the old past is still open")
	}
	if _, words := h.stateAt(1); words["name.fr"] != "Planche a" {
		t.Errorf("the new past has %v", words)
	}
}

// TestPastAtOnce asks for few pasts from many sides while acts arrive and old
// stores go: everybody gets the state asked for.
func TestPastAtOnce(t *testing.T) {
	h := oneHouse(t)
	h.submit(plot("a"))
	for i := range int64(40) {
		h.submit(sow(0, i))
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 12 {
				size := int64(1 + (worker*7+i*11)%41)
				p, err := h.k.At(context.Background(), size)
				if errors.Is(err, keeper.ErrPreparing) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				var sown int64
				err = p.DB().Read(context.Background(), func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM sowing").Scan(&sown) })
				p.Release()
				if err != nil || sown != size-1 {
					t.Errorf("after %d entries: %d sowings, %v", size, sown, err)
				}
			}
		})
	}
	for i := range int64(20) {
		h.submit(sow(0, i))
	}
	wg.Wait()
}

// TestPastOfTheDead: what a dead program left goes at the next start; what a
// living one has stays, unless everything is to go.
func TestPastOfTheDead(t *testing.T) {
	h := oneHouse(t)
	h.o.Pasts = t.TempDir()
	h.start()
	h.submit(plot("a"))
	h.stateAt(1)
	dead := filepath.Join(h.o.Pasts, "kept-past-dead")
	must(t, os.Mkdir(dead, 0o700))
	must(t, keeper.ClearPasts(h.o.Pasts, false))
	if left, _ := filepath.Glob(h.o.Pasts + "/*"); len(left) != 1 || left[0] == dead {
		t.Errorf("left: %v", left)
	}
	must(t, keeper.ClearPasts(h.o.Pasts, true))
	if left, _ := filepath.Glob(h.o.Pasts + "/*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if got, _ := h.stateAt(1); got.plots != 1 {
		t.Errorf("the state is %+v", got)
	}
}

// TestPastIsReadOnly: a Keeper of the past tells its time and takes nothing.
func TestPastIsReadOnly(t *testing.T) {
	h := oneHouse(t)
	h.submit(plot("a"))
	must(t, h.k.Sign(t.Context()))
	signed := string(h.k.Checkpoint())
	h.submit(plot("b"))
	must(t, h.k.Sign(t.Context()))
	p, err := h.k.At(t.Context(), 1)
	must(t, err)
	defer p.Release()
	at := time.Date(2027, 3, 2, 11, 59, 59, 0, time.UTC)
	k, err := p.Keeper(at)
	must(t, err)
	if !k.Now().Equal(at) || k.Size() != 1 || string(k.Checkpoint()) != signed {
		t.Errorf("now %s, size %d, checkpoint %q", k.Now(), k.Size(), k.Checkpoint())
	}
	if _, err := k.Submit(t.Context(), "", plot("c")); !errors.Is(err, keeper.ErrForbidden) {
		t.Errorf("submitted into the past: %v", err)
	}
}

// TestSizeOn finds how many entries stood when a date had ended everywhere.
func TestSizeOn(t *testing.T) {
	h := oneHouse(t)
	now := time.Date(2027, 3, 1, 11, 59, 59, 0, time.UTC)
	h.o.Clock = func() time.Time { return now }
	h.start()
	h.submit(plot("a")) // 28 February
	now = now.Add(time.Second)
	h.submit(plot("b")) // 1 March
	now = now.Add(24*time.Hour - time.Second)
	h.submit(plot("c")) // 1 March
	now = now.Add(time.Second)
	h.submit(plot("d")) // 2 March
	for date, want := range map[string]int64{"2027-02-27": 0, "2027-02-28": 1, "2027-03-01": 3, "2027-03-02": 4, "2031-01-01": 4} {
		h.read(func(tx *db.Tx) error {
			got, err := keeper.SizeOn(tx, date)
			if err != nil || got != want {
				t.Errorf("on %s: %d entries, %v; want %d", date, got, err, want)
			}
			return nil
		})
	}
	h.read(func(tx *db.Tx) error {
		if _, err := keeper.SizeOn(tx, "2027-02-30"); !errors.Is(err, keeper.ErrInvalid) {
			t.Errorf("30 February: %v", err)
		}
		return nil
	})
}

// holds tells whether a file under a folder holds a text.
func holds(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || strings.Contains(string(b), text)
		return err
	}))
	return found
}
