package record

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// inOrder runs work for 0 to n-1 on some workers, and hands the results to take
// one after another, until it fails. It goes in batches, so that no more than
// one batch is in memory.
func inOrder[T any](workers int, n int64, work func(worker int, i int64) T, take func(i int64, t T) error) error {
	results := make([]T, min(n, int64(32*workers)))
	for start := int64(0); start < n; start += int64(len(results)) {
		batch := results[:min(int64(len(results)), n-start)]
		var next atomic.Int64
		var wg sync.WaitGroup
		for worker := range workers {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(batch)); i = next.Add(1) - 1 {
					batch[i] = work(worker, start+i)
				}
			})
		}
		wg.Wait()
		for i, t := range batch {
			if err := take(start+int64(i), t); err != nil {
				return err
			}
		}
	}
	return nil
}

// sortedKeys returns the keys of a map in order, for reports that do not vary.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// A bitset is a set of entries, an eighth of a byte each.
type bitset []uint64

func (b *bitset) set(i int64) {
	for int64(len(*b)) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bitset) has(i int64) bool { return i/64 < int64(len(b)) && b[i/64]&(1<<(i%64)) != 0 }
