package commitment

import "kept/internal/db"

// HasMoney tells whether a commitment made here that serves the item names any
// money at all: the absence of it is one of the six gaps of an item.
func HasMoney(tx *db.Tx, item string) (bool, error) {
	var n int64
	err := tx.Row(`SELECT COUNT(*) FROM commitment_money m JOIN commitment_item i ON i.commitment = m.commitment
		JOIN commitment c ON c.id = m.commitment WHERE i.item = ? AND c.stated = 0`, item).Scan(&n)
	return n > 0, err
}
