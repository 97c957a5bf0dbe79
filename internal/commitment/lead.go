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

// ReportsOn lists the entries of the reports on a commitment, in order.
func ReportsOn(tx *db.Tx, id int64) ([]int64, error) {
	rows, err := tx.Query("SELECT id FROM report WHERE commitment = ? ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var report int64
		if err := rows.Scan(&report); err != nil {
			return nil, err
		}
		ids = append(ids, report)
	}
	return ids, rows.Err()
}
