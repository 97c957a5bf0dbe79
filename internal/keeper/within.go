package keeper

import (
	"sort"

	"kept/internal/db"
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
