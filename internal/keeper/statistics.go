package keeper

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A planner that has never seen a table's rows takes it for nearly empty and reads
// it whole. PostgreSQL looks by itself, about once a minute; in the first minute of
// a large import that is thousands of acts late. So the tables are counted when the
// record has doubled, beside the acts and never within one: the fifteenth time is at
// eight million entries.

// firstCounted is how many entries a record has when its tables are first counted.
const firstCounted = 500

// countWithin bounds one counting.
const countWithin = 2 * time.Minute

// counter counts the tables as the record grows.
type counter struct {
	at   atomic.Int64 // size at which they were counted last
	busy atomic.Bool
	runs sync.WaitGroup
	stop context.CancelFunc
	ctx  context.Context
}

func newCounter() *counter {
	c := &counter{}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// grown has the tables counted where the record has doubled since. Dead in the
// middle: the next doubling counts them, or PostgreSQL does.
func (k *Keeper) grown(size int64) {
	c := k.counter
	if size < firstCounted || size < 2*c.at.Load() || !c.busy.CompareAndSwap(false, true) {
		return
	}
	c.at.Store(size)
	c.runs.Add(1)
	go func() {
		defer c.runs.Done()
		defer c.busy.Store(false)
		k.count(c.ctx)
	}()
}

// count has the store count the rows of record and state.
func (k *Keeper) count(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, countWithin)
	defer cancel()
	if err := k.o.DB.Analyze(ctx, slices.Concat(recordTables, k.tables())...); err != nil && ctx.Err() == nil {
		k.o.Log.Warn("the store's tables were not counted; it goes on with what it knows of them", "error", err)
	}
}

// recordTables are the tables of the record that acts are looked up in.
var recordTables = []string{"record_entry", "record_tile", "record_word", "record_submission"}

// end waits for a counting that is under way, having told it to stop.
func (c *counter) end() {
	c.stop()
	c.runs.Wait()
}
