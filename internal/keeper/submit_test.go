package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

func TestSubmit(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		one := h.submit(plot("a"))[0]
		many := h.submit(plot("b"), sow(0, 5), sow(0, 7), sow(1, 1))
		if one.Index != 0 || many[0].Index != 1 || many[3].Index != 4 {
			t.Errorf("indexes %d, then %+v; want 0, then 1 to 4", one.Index, many)
		}
		e, err := record.ParseEntry(one.Entry)
		must(t, err)
		if e.Kind != "plot.opened" || e.By != "secretariat" || string(e.Facts) != `{"beds":3,"code":"a"}` || len(e.Words) != 2 {
			t.Errorf("the entry is %+v", e)
		}
		h.read(func(tx *db.Tx) error {
			kept, err := keeper.ReadEntry(tx, 0)
			must(t, err)
			if kept.At != e.At || kept.Index != 0 || kept.On() != e.At[:10] {
				t.Errorf("the kept entry is %+v", kept)
			}
			return nil
		})
		want := state{size: 5, entries: 5, words: 4, keys: 2, plots: 2, sowings: 3, seeds: 13, touched: 7}
		if got := h.state(); got != want {
			t.Errorf("state %+v, want %+v", got, want)
		}
		if none, err := h.k.Submit(t.Context(), "k"); none != nil || err != nil {
			t.Errorf("no acts at all: %v, %v", none, err)
		}
		h.sound()
	})
}

func TestExactlyOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		first, err := h.k.Submit(ctx, "key 1", plot("a"), sow(0, 1))
		must(t, err)
		again, err := h.k.Submit(ctx, "key 1", plot("a"), sow(0, 1))
		if err != nil || !equal(first, again) {
			t.Errorf("the same key again: %v, %v", again, err)
		}
		for name, acts := range map[string][]keeper.Act{
			"other facts":    {plot("b"), sow(0, 1)},
			"other words":    {withWord(plot("a"), "name.en", "Other"), sow(0, 1)},
			"one part less":  {withWord(plot("a"), "name.en", ""), sow(0, 1)},
			"one act less":   {plot("a")},
			"another order":  {sow(0, 1), plot("a")},
			"another author": {by(plot("a"), "instance"), sow(0, 1)},
			"a blob":         {withBlob(plot("a"), "seeds"), sow(0, 1)},
		} {
			if _, err := h.k.Submit(ctx, "key 1", acts...); !errors.Is(err, keeper.ErrConflict) {
				t.Errorf("the same key with %s: %v, want ErrConflict", name, err)
			}
		}
		if got := h.state().entries; got != 2 {
			t.Errorf("%d entries, want 2", got)
		}
		h.start() // the key outlives the program
		again, err = h.k.Submit(ctx, "key 1", plot("a"), sow(0, 1))
		if err != nil || !equal(first, again) {
			t.Errorf("the same key after a restart: %v, %v", again, err)
		}
		h.sound()
	})
}

// TestExactlyOnceAtOnce sends each of some keys from several places at the same time.
func TestExactlyOnceAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		const keys, senders = 20, 6
		results := make([][]keeper.Result, keys*senders)
		var all sync.WaitGroup
		for i := range keys * senders {
			all.Go(func() {
				key := i % keys
				var err error
				results[i], err = h.k.Submit(context.Background(), fmt.Sprint("key ", key), sow(0, int64(key)), sow(0, 100))
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i, r := range results {
			if !equal(r, results[i%keys]) {
				t.Errorf("key %d was answered in two ways", i%keys)
			}
		}
		if got := h.state(); got.entries != 1+2*keys || got.keys != 1+keys {
			t.Errorf("state %+v, want %d entries and %d keys", got, 1+2*keys, 1+keys)
		}
		h.sound()
	})
}

func TestRefusals(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		noBeds := keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "z"}}
		h.refused(keeper.ErrInvalid, noBeds)
		h.refused(keeper.ErrConflict, plot("a"))
		h.refused(keeper.ErrNotFound, sow(99, 1))
		h.refused(keeper.ErrNotFound, withBlob(plot("b"), "x"), sow(0, 1), sow(99, 1))
		h.refused(keeper.ErrConflict, plot("c"), plot("c"))
		h.refused(keeper.ErrInvalid, plot("d"), noBeds)

		_, err := h.k.Submit(t.Context(), "", plot("e"), sow(99, 1))
		var at *keeper.At
		if !errors.As(err, &at) || at.Act != 1 {
			t.Errorf("which act of two was refused: %v", err)
		}
		if places, ok := locale.All(err); !ok || places[0].Place != "plot" {
			t.Errorf("the field is lost: %v", err)
		}
		// A refused key is free: the reader mends the form and sends it again.
		if _, err := h.k.Submit(t.Context(), "form", plot("a")); !errors.Is(err, keeper.ErrConflict) {
			t.Error(err)
		}
		if _, err := h.k.Submit(t.Context(), "form", plot("f")); err != nil {
			t.Errorf("the mended form: %v", err)
		}
		h.submit(sow(0, 1), sow(1, 1))
		h.sound()
	})
}

// TestRefusalsInAGroup sends good and bad submissions at once; the bad ones are
// answered alone, whichever group they fall into.
func TestRefusalsInAGroup(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		const n = 60
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				acts, want := []keeper.Act{sow(0, 1), plot(fmt.Sprint("p", i))}, error(nil)
				switch i % 3 {
				case 1:
					acts, want = []keeper.Act{sow(0, 1), plot(fmt.Sprint("q", i)), sow(7777, 1)}, keeper.ErrNotFound
				case 2:
					acts, want = []keeper.Act{sow(8888, 1)}, keeper.ErrNotFound
				}
				if _, err := h.k.Submit(context.Background(), "", acts...); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
		all.Wait()
		if got := h.state(); got.entries != 1+2*n/3 || got.seeds != n/3 || got.plots != 1+n/3 {
			t.Errorf("state %+v", got)
		}
		h.sound()
	})
}

// TestRefusedActTouchesNothing is about pages: one that was made anew for an act
// that was then refused would not be made anew for the act that took its index.
func TestRefusedActTouchesNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		h.refused(keeper.ErrNotFound, sow(0, 1), sow(99, 1))
		if got := h.k.Seen([]string{"sowings"}); got != -1 {
			t.Errorf("sowings seen at %d after a refusal", got)
		}
		_ = h.k.Check(t.Context(), sow(0, 1))
		if got := h.k.Seen([]string{"sowings", "nothing"}); got != -1 {
			t.Errorf("sowings seen at %d after a dry run", got)
		}
		h.submit(sow(0, 1))
		if got := h.k.Seen([]string{"plots", "sowings"}); got != 1 {
			t.Errorf("sowings seen at %d, want 1", got)
		}
		h.start()
		if got := h.k.Seen([]string{"plots"}); got != 0 {
			t.Errorf("plots seen at %d after a restart, want 0", got)
		}
	})
}

func TestCheck(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		before := h.state()
		must(t, h.k.Check(t.Context(), plot("b"), sow(1, 4), withBlob(sow(1, 4), "x")))
		if err := h.k.Check(t.Context(), plot("b"), plot("b")); !errors.Is(err, keeper.ErrConflict) {
			t.Error(err)
		}
		if err := h.k.Check(t.Context(), sow(5, 1)); !errors.Is(err, keeper.ErrNotFound) {
			t.Error(err)
		}
		if got := h.state(); got != before {
			t.Errorf("a dry run left a trace: %+v became %+v", before, got)
		}
		var all sync.WaitGroup // beside the committer
		for i := range 20 {
			all.Go(func() {
				if i%2 == 0 {
					if err := h.k.Check(context.Background(), sow(0, 1), sow(0, 2)); err != nil {
						t.Error(err)
					}
				} else if _, err := h.k.Submit(context.Background(), "", sow(0, 1), sow(0, 2)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := h.state(); got.entries != 21 {
			t.Errorf("%d entries, want 21", got.entries)
		}
		h.sound()
	})
}

func TestBlobs(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"), withBlob(plot("b"), "seeds", "", "seeds"), withBlob(plot("c"), "seeds"))
		h.read(func(tx *db.Tx) error {
			for _, want := range []string{"seeds", ""} {
				b, err := keeper.Blob(tx, record.DigestOf([]byte(want)))
				if err != nil || string(b) != want {
					t.Errorf("blob %q: %q, %v", want, b, err)
				}
			}
			if _, err := keeper.Blob(tx, record.DigestOf([]byte("other"))); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("a blob that nobody kept: %v", err)
			}
			return nil
		})
		if got := h.state().blobs; got != 2 {
			t.Errorf("%d blobs, want 2", got)
		}
	})
}

// TestMalformed has facts, authors and parts that the record's grammar refuses.
func TestMalformed(t *testing.T) {
	h := oneHouse(t)
	for name, a := range map[string]keeper.Act{
		"text in a code":   {Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "é", Beds: 1}},
		"not UTF-8":        {Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "\xff", Beds: 1}},
		"an empty code":    {Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "", Beds: 1}},
		"a huge number":    {Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "a", Beds: 1 << 60}},
		"a negative one":   {Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "a", Beds: -1}},
		"nobody":           {Kind: "plot.opened", Facts: opened{Code: "a", Beds: 1}},
		"an unknown one":   by(plot("a"), "the mayor"),
		"a line too many":  by(plot("a"), "secretariat\n"),
		"part of no field": withWord(plot("a"), "name", "x"),
		"part of mischief": withWord(plot("a"), "na\"me.en", "x"),
	} {
		_, err := h.k.Submit(t.Context(), "", a)
		if !errors.Is(err, keeper.ErrInvalid) || reason(err) != "err.record.malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: "plot.dug", By: "secretariat"}); err == nil || errors.Is(err, keeper.ErrInvalid) {
		t.Errorf("an act of no kind: %v", err)
	}
	if got := h.state().entries; got != 0 {
		t.Errorf("%d entries", got)
	}
	h.submit(plot("a"))
	h.sound()
}

func TestEntryTooLong(t *testing.T) {
	h := oneHouse(t)
	_, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: "plot.opened", By: "secretariat",
		Facts: opened{Code: strings.Repeat("x", record.MaxEntry), Beds: 1}})
	if !errors.Is(err, keeper.ErrInvalid) || !strings.Contains(err.Error(), "32") {
		t.Errorf("got %v", err)
	}
	longest := record.MaxEntry - len(`{"at":"2000-01-01T00:00:00Z","by":"secretariat","facts":{"beds":1,"code":""},"kind":"plot.opened","v":1}`)
	h.submit(keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: strings.Repeat("x", longest), Beds: 1}})
	h.sound()
}

func TestContextEnds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.k.Submit(ctx, "late", plot("a")); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, err := h.k.Submit(t.Context(), "late", plot("a")); err != nil {
			t.Errorf("the key did not settle it: %v", err)
		}
		if err := h.k.Check(ctx, plot("b")); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		h.submit(plot("b"))
		h.sound()
	})
}

// TestWithdrawn has a caller who gives up while others commit: what she sent was
// not begun, so it is never kept behind her back.
func TestWithdrawn(t *testing.T) {
	h := oneHouse(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	h.o.Step = func(step string) error {
		if step == "before-commit" {
			close(begun)
			<-goOn
		}
		return nil
	}
	h.start()
	first := make(chan error)
	go func() { _, err := h.k.Submit(context.Background(), "", plot("a")); first <- err }()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() { _, err := h.k.Submit(ctx, "", plot("b")); second <- err }()
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("she got %v", err)
	}
	close(goOn)
	must(t, <-first)
	h.o.Step = nil
	h.start()
	h.submit(plot("c"))
	if got := h.state().plots; got != 2 {
		t.Errorf("%d plots, want those of the two who waited", got)
	}
	h.sound()
}

// TestClose closes while people submit: each gets an answer, and what was
// answered is kept.
func TestClose(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		var mu sync.Mutex
		var kept []int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for {
					r, err := h.k.Submit(context.Background(), "", sow(0, 1))
					if err != nil {
						return
					}
					mu.Lock()
					kept = append(kept, r[0].Index)
					mu.Unlock()
				}
			})
		}
		for h.k.Size() < 50 {
			time.Sleep(time.Millisecond)
		}
		h.k.Close()
		h.k.Close()
		all.Wait()
		if got := h.state(); int(got.sowings) < len(kept) || got.size < slices.Max(kept) {
			t.Errorf("%d answered, %d kept", len(kept), got.sowings)
		}
		if _, err := h.k.Submit(t.Context(), "", sow(0, 1)); err == nil {
			t.Error("a closed record took an act")
		}
		h.start()
		h.sound()
	})
}

func equal(a, b []keeper.Result) bool {
	return slices.EqualFunc(a, b, func(x, y keeper.Result) bool { return x.Index == y.Index && bytes.Equal(x.Entry, y.Entry) })
}

func withWord(a keeper.Act, part, text string) keeper.Act {
	words := map[string]string{part: text}
	for p, w := range a.Words {
		if p != part {
			words[p] = w
		}
	}
	a.Words = words
	return a
}

func by(a keeper.Act, who string) keeper.Act { a.By = who; return a }

func withBlob(a keeper.Act, blobs ...string) keeper.Act {
	for _, b := range blobs {
		a.Blobs = append(a.Blobs, []byte(b))
	}
	return a
}
