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
