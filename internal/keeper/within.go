package keeper

import (
	"errors"
	"sort"

	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/record"
)

// Within are the entries of a span of whole days, both ends included: those from
// first on and before end. Days of entries never go back (RECORD §6: what persons
// sent bears the beginning of the day on which it was published).
func Within(tx *db.Tx, from, to string) (first, end int64, err error) {
	var size int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return 0, 0, err
	}
	search := func(reached func(day string) bool) int64 {
		return int64(sort.Search(int(size), func(at int) bool {
			if err != nil {
				return true
			}
			var e Entry
			e, err = ReadEntry(tx, int64(at))
			return err != nil || reached(e.On())
		}))
	}
	first = search(func(day string) bool { return day >= from })
	end = search(func(day string) bool { return day > to })
	return first, max(first, end), err
}

// ByKind lists the entries from first on and before end under their kinds, each
// list ascending. Versions of a kind are one.
func ByKind(tx *db.Tx, first, end int64) (map[string][]int64, error) {
	rows, err := tx.Query("SELECT kind, idx FROM entry_kind WHERE idx >= ? AND idx < ? ORDER BY kind, idx", first, end)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string][]int64)
	for rows.Next() {
		var kind string
		var index int64
		if err := rows.Scan(&kind, &index); err != nil {
			return nil, err
		}
		all[kind] = append(all[kind], index)
	}
	return all, rows.Err()
}

// RootAt is the root of the tree over the first entries: from its tiles, or from
// the entries alone in a store that keeps no tiles, as those of the past do.
func RootAt(tx *db.Tx, size int64) (tlog.Hash, error) {
	t, err := loadTree(tx, size)
	if errors.Is(err, ErrNotFound) {
		t, err = &tree{}, nil
		for from := int64(0); from < size && err == nil; from += chunk {
			var lines [][]byte
			if lines, err = readRaw(tx, from, min(from+chunk, size)); err == nil {
				t.addAll(lines)
			}
		}
	}
	if err != nil {
		return tlog.Hash{}, err
	}
	return t.root()
}

// addAll appends entries to a tree that is never written.
func (t *tree) addAll(lines [][]byte) {
	for _, line := range lines {
		t.add(record.LeafHash(line))
	}
	t.filled = nil
}
