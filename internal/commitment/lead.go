package commitment

import (
	"errors"

	"kept/internal/db"
)

// LeadOf is the party that a commitment is of; ok is false where there is no such commitment.
func LeadOf(tx *db.Tx, id int64) (party int64, ok bool, err error) {
	err = tx.Row("SELECT party FROM commitment WHERE id = ?", id).Scan(&party)
	if errors.Is(err, db.ErrNoRows) {
		return 0, false, nil
	}
	return party, err == nil, err
}

// EntriesOn lists the entries after a commitment whose words its page shows: reports,
// amendments, its end; in order.
func EntriesOn(tx *db.Tx, id int64) ([]int64, error) {
	rows, err := tx.Query("SELECT id FROM report WHERE commitment = ? UNION SELECT entry FROM commitment_step WHERE commitment = ? AND entry <> ? ORDER BY 1", id, id, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var entry int64
		if err := rows.Scan(&entry); err != nil {
			return nil, err
		}
		ids = append(ids, entry)
	}
	return ids, rows.Err()
}
