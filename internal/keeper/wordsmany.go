package keeper

import (
	"errors"
	"strings"

	"kept/internal/db"
)

// WordsOfAll is [WordsOf] for several entries at once, by their index. Lists and
// sheets of many things ask once, not once for each.
func WordsOfAll(tx *db.Tx, indexes []int64) (map[int64]map[string]string, error) {
	all := make(map[int64]map[string]string, len(indexes))
	if len(indexes) == 0 {
		return all, nil
	}
	args := make([]any, 0, 2*len(indexes))
	for range 2 {
		for _, i := range indexes {
			args = append(args, i)
		}
	}
	in := " IN (?" + strings.Repeat(", ?", len(indexes)-1) + ")"
	rows, err := tx.Query(`SELECT w.idx, w.part, w.body FROM record_word w WHERE w.idx`+in+` AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)
		UNION ALL SELECT a.target, w.part, w.body FROM word_added a JOIN record_word w ON w.idx = a.entry AND w.part = a.part
		WHERE a.target`+in+` AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var index int64
		var part, body string
		if err := rows.Scan(&index, &part, &body); err != nil {
			return nil, err
		}
		if all[index] == nil {
			all[index] = map[string]string{}
		}
		all[index][part] = body
	}
	return all, rows.Err()
}

// Sent tells what was kept under a submission key: the first entry, and how many.
func Sent(tx *db.Tx, key string) (first, n int64, ok bool, err error) {
	err = tx.Row("SELECT first, acts FROM record_submission WHERE sent = ?", key).Scan(&first, &n)
	if errors.Is(err, db.ErrNoRows) {
		return 0, 0, false, nil
	}
	return first, n, err == nil, err
}
