package keeper

import (
	"errors"

	"kept/internal/db"
)

// SignedAt is when the first checkpoint that covers an entry was signed, by this
// record's clock; "" while none does. What has to be fixed before a time is fixed
// when a checkpoint that covers it is out, and not when it was entered.
func SignedAt(tx *db.Tx, index int64) (at string, err error) {
	err = tx.Row("SELECT at FROM record_checkpoint WHERE size > ? ORDER BY size LIMIT 1", index).Scan(&at)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return at, err
}
