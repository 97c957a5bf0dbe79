package keeper

import (
	"strings"

	"kept/internal/db"
)

// Translated is a text that an act added to another entry and that readers see.
type Translated struct {
	Target int64  // the entry that readers see it with
	Part   string // promise.fr
	Entry  int64  // the act that brought it
	Status string // of [WordStatuses]
}

// Translations are the texts that were added to some entries, without what was
// erased or is hidden, by target and part.
func Translations(tx *db.Tx, targets []int64) ([]Translated, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	args := make([]any, len(targets))
	for i, t := range targets {
		args[i] = t
	}
	rows, err := tx.Query(`SELECT a.target, a.part, a.entry, a.status FROM word_added a WHERE a.target IN (?`+strings.Repeat(", ?", len(targets)-1)+`)
		AND EXISTS (SELECT 1 FROM record_word w WHERE w.idx = a.entry AND w.part = a.part)
		AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = a.entry AND h.part = a.part) ORDER BY a.target, a.part`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Translated
	for rows.Next() {
		var t Translated
		if err := rows.Scan(&t.Target, &t.Part, &t.Entry, &t.Status); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}
