package keeper_test

import (
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
)

// fails is the number of seeds with which an Apply of these tests fails.
const fails = 666

var errBroken = errors.New("a fault in a rule")

// TestApplyFails has one culprit among many: it is answered with its fault, and
// nobody else is.
func TestApplyFails(t *testing.T) {
	for name, fault := range map[string]func(tx *db.Tx, e keeper.Entry) error{
		"returns a fault":              func(*db.Tx, keeper.Entry) error { return errBroken },
		"returns what rules return":    func(*db.Tx, keeper.Entry) error { return keeper.ErrNotFound },
		"returns a message":            func(*db.Tx, keeper.Entry) error { return locale.E("err.words.nul") },
		"panics":                       func(*db.Tx, keeper.Entry) error { panic("a fault in a rule") },
		"writes a row twice":           func(tx *db.Tx, e keeper.Entry) error { return insertSowing(tx, 0) },
		"queues what fails":            func(tx *db.Tx, e keeper.Entry) error { return tx.Queue("INSERT INTO plot (id) VALUES (0)") },
		"overlooks a failed statement": func(tx *db.Tx, e keeper.Entry) error { _, _ = tx.Exec("DELETE FROM nowhere"); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			eachHouse(t, func(t *testing.T, h *house) {
				h.o.Subjects = []keeper.Subject{garden{Rows: func(tx *db.Tx, e keeper.Entry) error {
					var f sown
					must(t, e.Decode(&f))
					if f.Seeds == fails {
						return fault(tx, e)
					}
					return nil
				}}.subject()}
				h.start()
				h.submit(plot("a"), sow(0, 1))
				must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { return insertSowing(tx, 0) }))
				before := h.state()

				if _, err := h.k.Submit(t.Context(), "alone", sow(0, fails)); err == nil || isAnswer(err) {
					t.Errorf("alone: got %v, want a fault", err)
				}
				if _, err := h.k.Submit(t.Context(), "second", sow(0, 1), sow(0, fails)); err == nil || isAnswer(err) {
					t.Errorf("as the second of two: got %v, want a fault", err)
				}
				if after := h.state(); after != before {
					t.Errorf("a fault left a trace: %+v became %+v", before, after)
				}
				var all sync.WaitGroup
				for i := range 30 {
					all.Go(func() {
						seeds := int64(1)
						if i%10 == 7 {
							seeds = fails
						}
						_, err := h.k.Submit(context.Background(), fmt.Sprint("key ", i), sow(0, seeds))
						if (err != nil) != (seeds == fails) {
							t.Errorf("submission %d: %v", i, err)
						}
					})
				}
				all.Wait()
				if got := h.state(); got.entries != before.entries+27 || got.seeds != before.seeds+27 || got.keys != before.keys+27 {
					t.Errorf("state %+v, before %+v; want 27 more", got, before)
				}
				must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("DELETE FROM sowing WHERE id = 0"); return err }))
				h.sound()
			})
		})
	}
}

// insertSowing takes the row that a later one collides with.
func insertSowing(tx *db.Tx, id int64) error {
	_, err := tx.Exec("INSERT INTO sowing (id, plot, seeds, at) VALUES (?, 0, 0, '')", id)
	return err
}

func isAnswer(err error) bool {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrInvalid, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) && !strings.HasPrefix(err.Error(), "apply") {
			return true
		}
	}
	return false
}

// TestCheckFails is a fault before anything was written.
func TestCheckFails(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.o.Subjects = []keeper.Subject{garden{Rule: func(tx *db.Tx, a keeper.Act) error {
			if a.Facts.(sown).Seeds == fails {
				var n int64
				return tx.Row("SELECT nothing FROM nowhere").Scan(&n)
			}
			return nil
		}}.subject()}
		h.start()
		h.submit(plot("a"))
		for _, acts := range [][]keeper.Act{{sow(0, fails)}, {sow(0, 1), sow(0, fails), sow(0, 1)}} {
			if _, err := h.k.Submit(t.Context(), "", acts...); err == nil || isAnswer(err) {
				t.Errorf("got %v, want a fault", err)
			}
		}
		h.submit(sow(0, 1))
		h.sound()
	})
}

// TestDyingAtEachStep breaks the write path at each of its steps. Whatever the
// answer was, the same key then tells the truth, and nothing is half kept.
func TestDyingAtEachStep(t *testing.T) {
	for _, step := range []string{"after-apply", "before-head", "before-commit", "after-commit"} {
		t.Run(step, func(t *testing.T) {
			eachHouse(t, func(t *testing.T, h *house) {
				h.submit(plot("a"))
				broken := false
				h.o.Step = func(at string) error {
					if broken && at == step {
						return errBroken
					}
					return nil
				}
				h.start()
				before := h.state()
				broken = true
				_, err := h.k.Submit(t.Context(), "key", sow(0, 1), sow(0, 2))
				if !errors.Is(err, errBroken) {
					t.Errorf("got %v", err)
				}
				after := h.state()
				kept := step == "after-commit"
				if !kept && after != before {
					t.Errorf("%+v became %+v", before, after)
				}
				if kept && after.entries != before.entries+2 {
					t.Errorf("%+v became %+v; want two more", before, after)
				}
				h.start() // as if the program had died there
				broken = false
				results, err := h.k.Submit(t.Context(), "key", sow(0, 1), sow(0, 2))
				must(t, err)
				if got := h.state(); got.entries != 3 || got.seeds != 3 || results[1].Index != 2 {
					t.Errorf("after the key was sent again: %+v, %+v", got, results)
				}
				h.sound()
			})
		})
	}
}

// TestLostStoreWhileSubmitting cuts PostgreSQL's connections again and again
// under people who submit: each answer that was given is true, and each key can
// be settled.
func TestLostStoreWhileSubmitting(t *testing.T) {
	h, cut := cuttable(t)
	h.submit(plot("a"))
	const people, each = 8, 25
	var mu sync.Mutex
	answered := make(map[string]int64)
	var all sync.WaitGroup
	for p := range people {
		all.Go(func() {
			for i := range each {
				key := fmt.Sprint(p, ".", i)
				for { // until it is answered
					r, err := h.k.Submit(context.Background(), key, sow(0, 1))
					if err == nil {
						mu.Lock()
						answered[key] = r[0].Index
						mu.Unlock()
						break
					}
				}
			}
		})
	}
	for i := range int64(people * each / 10) {
		for h.k.Size() < 10*i {
			time.Sleep(time.Millisecond)
		}
		cut()
	}
	all.Wait()
	if got := h.state(); got.sowings != people*each || got.seeds != people*each || len(answered) != people*each {
		t.Errorf("%d keys, %+v; want %d", len(answered), got, people*each)
	}
	var indexes []int64
	for _, i := range answered {
		indexes = append(indexes, i)
	}
	slices.Sort(indexes)
	for i, index := range indexes {
		if index != int64(i)+1 {
			t.Fatalf("indexes %v", indexes)
		}
	}
	h.sound()
}
