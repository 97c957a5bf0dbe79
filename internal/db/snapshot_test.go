package db_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// TestSharedSnapshot: readers that began together see the same, whatever is written while
// they read and while they begin.
func TestSharedSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, _ := table(t, open)
		var written atomic.Int64
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for id := 1; ; id++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, id) }); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		}()
		seen := func(ctx context.Context) (n int64) {
			if err := d.Read(ctx, func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM thing").Scan(&n) }); err != nil {
				t.Error(err)
			}
			return n
		}
		for range 20 {
			under, end, err := d.Snapshot(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			first := seen(under[0])
			for written.Load() <= first { // something was written since
			}
			var all sync.WaitGroup
			for _, ctx := range under {
				all.Go(func() {
					for range 3 {
						if n := seen(ctx); n != first {
							t.Errorf("got %d rows, want %d as at first", n, first)
						}
					}
				})
			}
			all.Wait()
			end()
		}
		close(stop)
		<-stopped
		if under, end, err := d.Snapshot(t.Context(), 2); err != nil || seen(under[0]) != written.Load() {
			t.Errorf("a new snapshot: %v; it must see all that was written", err)
		} else {
			end()
		}
		if _, _, err := d.Snapshot(t.Context(), 1000); err == nil {
			t.Error("a thousand readers at once: got no error")
		}
	})
}

// TestOnce: what is asked for by a key is read once in a snapshot that is held, and each
// time where it may have changed; what failed is read again.
func TestOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, _ := table(t, open)
		reads, failing := 0, errors.New("it failed")
		count := func(ctx context.Context, key string, fault error) (n int64, err error) {
			err = d.Read(ctx, func(tx *db.Tx) error {
				n, err = db.Once(tx, key, func() (n int64, err error) {
					reads++
					err = tx.Row("SELECT count(*) FROM thing").Scan(&n)
					return n, errors.Join(err, fault)
				})
				return err
			})
			return n, err
		}
		grow := func(id int) {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, id) }); err != nil {
				t.Fatal(err)
			}
		}
		want := func(name string, ctx context.Context, key string, n int64, after int) {
			t.Helper()
			if got, err := count(ctx, key, nil); err != nil || got != n || reads != after {
				t.Errorf("%s: got %d after %d reads (%v), want %d after %d", name, got, reads, err, n, after)
			}
		}
		begin, err := count(t.Context(), "a", nil)
		if err != nil {
			t.Fatal(err)
		}
		under, end, err := d.Snapshot(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		want("held", under[0], "a", begin, 2)
		grow(1001)
		want("held again", under[0], "a", begin, 2)
		want("another key", under[0], "b", begin, 3)
		want("not held", t.Context(), "a", begin+1, 4)
		grow(1002)
		want("not held again", t.Context(), "a", begin+2, 5)
		if _, err := count(under[0], "c", failing); !errors.Is(err, failing) {
			t.Errorf("got %v, want the fault of the reading", err)
		}
		want("after a fault", under[0], "c", begin, 7)
		end()
	})
}
