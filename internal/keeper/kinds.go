package keeper

import (
	"fmt"
	"strings"

	"kept/internal/db"
	"kept/record"
)

// noteKind remembers an entry under its kind, so that a list of one kind need not
// look through the record. Versions of a kind are one.
func noteKind(tx *db.Tx, e Entry) error {
	kind, _, _ := strings.Cut(e.Kind, "/")
	return tx.Queue("INSERT INTO entry_kind (kind, idx) VALUES (?, ?)", kind, e.Index)
}

// OfKind lists the entries of a kind before an index, the newest first; of every
// kind where it is "".
func OfKind(tx *db.Tx, kind string, before int64, limit int) ([]Entry, error) {
	query, args := "SELECT k.idx, e.bytes FROM entry_kind k JOIN record_entry e ON e.idx = k.idx WHERE k.kind = ? AND k.idx < ? ORDER BY k.idx DESC LIMIT ?", []any{kind, before, limit}
	if kind == "" {
		query, args = "SELECT idx, bytes FROM record_entry WHERE idx < ? ORDER BY idx DESC LIMIT ?", args[1:]
	}
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return scanEntries(rows)
}

// scanEntries reads rows of index and bytes.
func scanEntries(rows *db.Rows) ([]Entry, error) {
	var out []Entry
	for rows.Next() {
		var index int64
		var b []byte
		if err := rows.Scan(&index, &b); err != nil {
			return nil, err
		}
		e, err := record.ParseEntry(b)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", index, err)
		}
		out = append(out, Entry{index, e})
	}
	return out, rows.Err()
}
