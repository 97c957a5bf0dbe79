package db_test

import (
	"context"
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
