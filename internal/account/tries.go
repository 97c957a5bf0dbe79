package account

import (
	"time"

	"kept/internal/db"
)

// Try counts an attempt in a bucket (a digest of an address, a network) and tells
// whether there were at most limit in this hour. Counts of earlier hours go; no
// finer time and no address is kept.
func Try(tx *db.Tx, now time.Time, bucket string, limit int64) (ok bool, err error) {
	slot := now.UTC().Format("2006-01-02T15")
	if _, err := tx.Exec("DELETE FROM account_try WHERE slot < ?", slot); err != nil {
		return false, err
	}
	key := digestOf("try " + bucket)[:20]
	if _, err := tx.Exec("INSERT INTO account_try (bucket, slot, n) VALUES (?, ?, 1) ON CONFLICT (bucket, slot) DO UPDATE SET n = account_try.n + 1", key, slot); err != nil {
		return false, err
	}
	var n int64
	err = tx.Row("SELECT n FROM account_try WHERE bucket = ? AND slot = ?", key, slot).Scan(&n)
	return n <= limit, err
}
