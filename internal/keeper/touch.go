package keeper

import (
	"context"
	"maps"
	"slices"

	"kept/internal/db"
)

// Touch notes that an act concerns these subjects ("item:P11d", "commitments"),
// so that their pages are made anew and no others.
func Touch(tx *db.Tx, index int64, subjects ...string) error {
	noted, ok := tx.Context().Value(touchKey{}).(*touches)
	if !ok {
		noted = &touches{m: make(map[string]int64, len(subjects))}
	}
	for _, s := range subjects {
		noted.m[s] = index
	}
	if ok {
		return nil // written once for the whole group
	}
	return noted.write(tx)
}

type touchKey struct{}

// touches gathers what the acts of a transaction touch: many acts of a group
// touch the same subjects, and each is one row.
type touches struct{ m map[string]int64 }

// gathering returns a context under which [Touch] gathers.
func gathering(ctx context.Context) (context.Context, *touches) {
	t := &touches{make(map[string]int64)}
	return context.WithValue(ctx, touchKey{}, t), t
}

// write queues the rows, in order of their names, so that the same acts write the
// same on every node.
func (t *touches) write(tx *db.Tx) error {
	values := make([]any, 0, 2*len(t.m))
	for _, s := range slices.Sorted(maps.Keys(t.m)) {
		values = append(values, s, t.m[s])
	}
	return tx.QueueRows("INSERT INTO touched (subject, idx) VALUES", 2, "ON CONFLICT (subject) DO UPDATE SET idx = excluded.idx", values)
}

// TouchedSince lists the subjects that entries after an index touched, and the
// greatest index that touched any: what somebody who keeps a picture of the state
// in memory has to look at again.
func TouchedSince(tx *db.Tx, index int64) (subjects []string, newest int64, err error) {
	err = tx.Row("SELECT COALESCE(MAX(idx), -1) FROM touched").Scan(&newest)
	if err != nil || newest <= index {
		return nil, newest, err
	}
	touched, err := readTouched(tx, index+1)
	return slices.Sorted(maps.Keys(touched)), newest, err
}

// Size is the number of entries that this node has seen committed.
func (k *Keeper) Size() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.head
}

// Seen is the greatest index that touched any of the subjects, −1 for none: a
// page that shows them is unchanged while it is.
func (k *Keeper) Seen(subjects []string) int64 {
	seen := int64(-1)
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, s := range subjects {
		if i, ok := k.touched[s]; ok && i > seen {
			seen = i
		}
	}
	return seen
}

// saw takes over what the entries [from, size) touched. News of other nodes and
// our own may come in any order, so nothing goes back.
func (k *Keeper) saw(from, size int64, touched map[string]int64) {
	var moved []func()
	defer func() {
		for _, f := range moved {
			f()
		}
	}()
	k.mu.Lock()
	defer k.mu.Unlock()
	for s, i := range touched {
		if old, ok := k.touched[s]; !ok || i > old {
			k.touched[s] = i
			moved = append(moved, k.watched[s]...)
		}
	}
	k.head = max(k.head, size)
	if from <= k.whole {
		k.whole = max(k.whole, size)
	}
}

// Refresh takes over what other nodes committed since; a lone node needs it not.
func (k *Keeper) Refresh(ctx context.Context) error {
	return k.o.DB.Read(ctx, func(tx *db.Tx) error {
		var size int64
		if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
			return err
		}
		k.mu.RLock()
		whole := k.whole
		k.mu.RUnlock()
		if size <= whole {
			return nil
		}
		touched, err := readTouched(tx, whole)
		if err == nil {
			k.saw(whole, size, touched)
		}
		return err
	})
}

// readTouched reads what the entries from an index on touched.
func readTouched(tx *db.Tx, from int64) (map[string]int64, error) {
	rows, err := tx.Query("SELECT subject, idx FROM touched WHERE idx >= ?", from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string]int64)
	for rows.Next() {
		var s string
		var i int64
		if err := rows.Scan(&s, &i); err != nil {
			return nil, err
		}
		all[s] = i
	}
	return all, rows.Err()
}

// Watch has f called whenever an act touched the subject, on whichever node, once
// this one has seen it.
func (k *Keeper) Watch(subject string, f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.watched[subject] = append(k.watched[subject], f)
}
