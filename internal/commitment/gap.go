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

// NamingMoney are the commitments, made here or stated elsewhere, that name any
// money at all.
func NamingMoney(tx *db.Tx) (map[int64]bool, error) {
	rows, err := tx.Query("SELECT DISTINCT commitment FROM commitment_money")
	ids, err := numbers(rows, err)
	named := make(map[int64]bool, len(ids))
	for _, id := range ids {
		named[id] = true
	}
	return named, err
}
