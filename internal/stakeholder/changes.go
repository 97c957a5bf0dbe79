package stakeholder

import (
	"kept/internal/compact"
	"kept/internal/db"
)

// Change is one act about a party. An act about two of them is one change, of the
// one that was registered first.
type Change struct{ Entry, Party int64 }

// Changes lists the acts about the parties that a filter lets through, the newest
// first and before an entry.
func Changes(tx *db.Tx, f Filter, before int64, limit int) ([]Change, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	q := where(pack, f)
	q.add("s.entry < ?", before)
	rows, err := tx.Query("SELECT s.entry, MIN(s.party) FROM party_step s JOIN party p ON p.id = s.party WHERE "+q.text()+
		" GROUP BY s.entry ORDER BY s.entry DESC LIMIT ?", append(q.args, limit)...)
	if err != nil {
		return nil, err
	}
	var found []Change
	err = each(rows, func() error {
		var c Change
		err := rows.Scan(&c.Entry, &c.Party)
		found = append(found, c)
		return err
	})
	return found, err
}
