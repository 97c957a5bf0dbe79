package account

import (
	"crypto/rand"
	"time"

	"kept/internal/db"
)

// Line is one line of the private access log.
type Line struct {
	ID      string
	At      string
	Account string // "" for the command line, and where the account was erased
	Action  string // "role.granted", "report.approved", …
	Object  string // what it was done to: an id, never a name
}

// LogKept is how long lines of the access log are kept.
const LogKept = 3 * 365 * 24 * time.Hour

// Note writes a line into the private access log, in the transaction of the step
// that it is about. who is nil for the command line.
func Note(tx *db.Tx, now time.Time, who *Who, action, object string) error {
	account := ""
	if who != nil {
		account = who.ID
	}
	at := stamp(now)
	_, err := tx.Exec("INSERT INTO account_log (id, at, account, action, object) VALUES (?, ?, ?, ?, ?)", at+" "+rand.Text()[:12], at, account, action, object)
	return err
}

// Log lists lines, the newest first: of one account, or with "" of all. after is
// the id of the last line of the page before, "" for the first page.
func Log(tx *db.Tx, account, after string, limit int) ([]Line, error) {
	if after == "" {
		after = "9"
	}
	query, args := "SELECT id, at, account, action, object FROM account_log WHERE id < ? ORDER BY id DESC LIMIT ?", []any{after, limit}
	if account != "" {
		query, args = "SELECT id, at, account, action, object FROM account_log WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?", []any{account, after, limit}
	}
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Line
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.ID, &l.At, &l.Account, &l.Action, &l.Object); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
