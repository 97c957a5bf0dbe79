package keeper_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

func reason(err error) string {
	es, _ := locale.All(err)
	if len(es) == 0 {
		return ""
	}
	return es[0].Key
}

// readOnly expects a record that says why it takes nothing, and still serves
// everything that it had published.
func (h *house) readOnly(want string) {
	h.t.Helper()
	ctx := context.Background()
	if got := reason(h.k.ReadOnly()); got != want {
		h.t.Errorf("read-only because of %q, want %q", got, want)
	}
	before := h.state()
	_, err := h.k.Submit(ctx, "", plot("never"))
	if !errors.Is(err, keeper.ErrForbidden) || reason(err) != want {
		h.t.Errorf("an act is answered %v", err)
	}
	published := h.k.Checkpoint()
	must(h.t, h.k.Sign(ctx))
	if string(h.k.Checkpoint()) != string(published) || h.state() != before {
		h.t.Error("a record that is read-only signed or wrote something")
	}
	if published == nil {
		return
	}
	report, err := record.Verify(ctx, h.k, record.Options{})
	if err != nil || !report.OK() {
		h.t.Errorf("what it had published does not verify: %v, %v", report.Faults, err)
	}
}

// TestOtherStore opens another store under the lock of a record: an empty one,
// one with as many other acts, one with more.
func TestOtherStore(t *testing.T) {
	for _, c := range []struct {
		name string
		acts int
		want string
	}{
		{"empty", 0, "err.record.lost"},
		{"shorter", 2, "err.record.lost"},
		{"as long", 3, "err.record.forked"},
		{"longer", 7, "err.record.forked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
				first := newHouse(t, func() *db.DB { return dbtest.SQLite(t) })
				first.submit(plot("a"), plot("b"), plot("c"))
				must(t, first.k.Sign(t.Context()))

				other := newHouse(t, open)
				for i := range c.acts {
					other.submit(plot(fmt.Sprint(i)))
				}
				other.o.Key, other.o.Lock = first.o.Key, first.o.Lock
				other.start()
				other.readOnly(c.want)

				first.start() // the right store goes on
				first.submit(plot("d"))
				first.sound()
			})
		})
	}
}

// TestSetBack sets a SQLite store back to an older copy of its file.
func TestSetBack(t *testing.T) {
	dir := t.TempDir()
	open := func() *db.DB {
		d, err := db.Open(context.Background(), db.Config{Dir: dir})
		must(t, err)
		t.Cleanup(func() { d.Close() })
		return d
	}
	file := filepath.Join(dir, "kept.db")
	h := newHouse(t, open)
	swap := func(b []byte) (old []byte) {
		h.k.Close()
		must(t, h.db.Close())
		old, err := os.ReadFile(file)
		must(t, err)
		if b != nil {
			must(t, os.WriteFile(file, b, 0o600))
		}
		h.db = open()
		h.start()
		return old
	}
	h.submit(plot("a"))
	must(t, h.k.Sign(t.Context()))
	early := swap(nil)
	h.submit(plot("b"))
	must(t, h.k.Sign(t.Context()))
	late := swap(early)
	h.readOnly("err.record.lost")
	swap(late)
	h.submit(plot("c"))
	h.sound()
	last := swap(early)

	lock := h.o.Lock // with a lock of its own the old copy goes another way
	h.o.Lock = keeper.FileLock{Path: filepath.Join(t.TempDir(), "lock")}
	h.start()
	h.submit(plot("x"), plot("y"), plot("z"))
	h.sound()
	h.o.Lock = lock
	h.start()
	h.readOnly("err.record.forked")
	swap(last)
	h.submit(plot("d"))
	h.sound()
}

// TestForkedWhileRunning has another program put another history into the lock.
func TestForkedWhileRunning(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		must(t, h.k.Sign(t.Context()))
		other := oneHouse(t)
		other.o.Key = h.o.Key
		other.start()
		other.submit(plot("b"), plot("c"))
		must(t, other.k.Sign(t.Context()))
		forked := other.k.Checkpoint()
		must(t, h.o.Lock.Swap(t.Context(), h.k.Checkpoint(), forked))

		if err := h.k.Sign(t.Context()); err == nil {
			t.Error("signed beside another history")
		}
		h.readOnly("err.record.lost")
	})
}

func TestLockOfAnother(t *testing.T) {
	h := oneHouse(t)
	h.submit(plot("a"))
	must(t, h.o.Lock.Swap(t.Context(), nil, []byte("a shopping list\n")))
	h.start()
	h.readOnly("err.record.forked")
}

// TestLockIsGone is a lock that was deleted: nothing guards the record until it
// is signed again, which is said in the log; it goes on from what the store knows.
func TestLockIsGone(t *testing.T) {
	h := oneHouse(t)
	h.submit(plot("a"))
	must(t, h.k.Sign(t.Context()))
	signed := h.k.Checkpoint()
	must(t, os.Remove(h.o.Lock.(keeper.FileLock).Path))
	h.start()
	if got := h.k.Checkpoint(); string(got) != string(signed) {
		t.Errorf("published is %q, want what was", got)
	}
	h.submit(plot("b"))
	h.sound()
	if held, err := h.o.Lock.Load(t.Context()); err != nil || string(held) != string(h.k.Checkpoint()) {
		t.Errorf("the lock holds %q, %v", held, err)
	}
}

// TestDiedAfterSwap loses a checkpoint between the lock and the public; the next
// start publishes it.
func TestDiedAfterSwap(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		must(t, h.k.Sign(t.Context()))
		first := h.k.Checkpoint()
		h.o.Step = func(step string) error {
			if step == "after-swap" {
				return errBroken
			}
			return nil
		}
		h.start()
		h.submit(plot("b"))
		if err := h.k.Sign(t.Context()); !errors.Is(err, errBroken) {
			t.Error(err)
		}
		if string(h.k.Checkpoint()) != string(first) {
			t.Error("published before the swap was done")
		}
		h.o.Step = nil
		h.start()
		held, err := h.o.Lock.Load(t.Context())
		must(t, err)
		if string(held) == string(first) || string(h.k.Checkpoint()) != string(held) {
			t.Error("what the lock holds was not published at the next start")
		}
		h.sound()
	})
}

// TestSignersRace has two programs on one store sign at the same time.
func TestSignersRace(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		o := h.o
		o.DB = h.db
		other, err := keeper.Open(t.Context(), o)
		must(t, err)
		t.Cleanup(other.Close)
		for i := range 15 {
			h.submit(plot(fmt.Sprint(i)))
			var all sync.WaitGroup
			for _, k := range []*keeper.Keeper{h.k, other} {
				all.Go(func() {
					if err := k.Sign(context.Background()); err != nil && !errors.Is(err, keeper.ErrLockMoved) {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		for _, k := range []*keeper.Keeper{h.k, other} {
			must(t, k.Sign(t.Context()))
			must(t, k.Refresh(t.Context()))
			if k.ReadOnly() != nil || k.Size() != 15 {
				t.Errorf("read-only %v, size %d", k.ReadOnly(), k.Size())
			}
		}
		if string(h.k.Checkpoint()) != string(other.Checkpoint()) {
			t.Error("the two publish different checkpoints")
		}
		h.sound()
	})
}

// TestTwoNodes has two programs append to one store, in turn and at once.
func TestTwoNodes(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		o := h.o
		o.DB = h.db
		other, err := keeper.Open(t.Context(), o)
		must(t, err)
		t.Cleanup(other.Close)
		h.submit(plot("a"))
		var all sync.WaitGroup
		for i := range 40 {
			k := h.k
			if i%2 == 1 {
				k = other
			}
			all.Go(func() {
				// every key goes to both nodes
				for _, k := range []*keeper.Keeper{k, h.k, other} {
					r, err := k.Submit(context.Background(), fmt.Sprint("key ", i), sow(0, 1))
					if err != nil || len(r) != 1 {
						t.Errorf("%v, %v", r, err)
					}
				}
			})
		}
		all.Wait()
		if got := h.state(); got.sowings != 40 || got.seeds != 40 {
			t.Errorf("%+v, want 40", got)
		}
		must(t, h.k.Refresh(t.Context()))
		must(t, other.Refresh(t.Context()))
		if a, b := h.k.Seen([]string{"sowings"}), other.Seen([]string{"sowings"}); a != 40 || b != 40 {
			t.Errorf("the nodes saw sowings at %d and %d, want 40", a, b)
		}
		h.sound()
	})
}

func TestFileLock(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "state", "kept")
	l := keeper.FileLock{Path: filepath.Join(dir, "garden.lock")}
	if b, err := l.Load(ctx); b != nil || err != nil {
		t.Errorf("an empty lock holds %q, %v", b, err)
	}
	for _, step := range []struct {
		old, new string
		want     error
	}{
		{"a", "b", keeper.ErrLockMoved}, {"", "a", nil}, {"", "b", keeper.ErrLockMoved}, {"a", "b", nil}, {"a", "c", keeper.ErrLockMoved}, {"b", "c", nil},
	} {
		if err := l.Swap(ctx, bytesOf(step.old), []byte(step.new)); !errors.Is(err, step.want) {
			t.Errorf("swap %q for %q: %v, want %v", step.old, step.new, err, step.want)
		}
	}
	if b, err := l.Load(ctx); string(b) != "c" || err != nil {
		t.Errorf("the lock holds %q, %v", b, err)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			err := l.Swap(context.Background(), []byte("c"), []byte(fmt.Sprint("d", i)))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, keeper.ErrLockMoved) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 30 swapped the same value", won.Load())
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	if len(files) != 2 {
		t.Errorf("files %v; want the lock and its guard", files)
	}
}

func bytesOf(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func TestKeyWithoutLock(t *testing.T) {
	h := oneHouse(t)
	h.o.Lock = nil
	if _, err := h.tryStart(); err == nil {
		t.Error("a record that is signed was opened without a lock")
	}
	h.o.Key = keeper.Key{}
	h.start()
	h.submit(plot("a"))
	must(t, h.k.Sign(t.Context()))
	if h.k.Checkpoint() != nil {
		t.Error("signed without a key")
	}
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "record.key")
	made, err := keeper.CreateKey(path, origin)
	must(t, err)
	read, err := keeper.ReadKey(path)
	must(t, err)
	if read.Public != made.Public || read.Origin != origin {
		t.Errorf("read %+v, made %+v", read, made)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := keeper.CreateKey(path, origin); err == nil {
		t.Error("a key was replaced")
	}
	secret, err := os.ReadFile(path)
	must(t, err)
	other, err := keeper.CreateKey(filepath.Join(dir, "other.key"), "other.example")
	must(t, err)
	lines := string(secret)
	for name, content := range map[string]string{
		"empty": "", "one line": lines[:40], "three lines": lines + "more\n", "not keys": "a\nb\n",
		"two that do not belong together": lines[:len(lines)-len(made.Public)-1] + other.Public + "\n",
	} {
		path := filepath.Join(dir, "bad.key")
		must(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := keeper.ReadKey(path)
		if err == nil {
			t.Errorf("a key file that is %s was read", name)
		}
		if len(lines) > 60 && err != nil && len(content) > 60 && strings.Contains(err.Error(), lines[30:60]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}
