package account

import (
	"strings"
	"time"

	"kept/internal/db"
)

// holding is a private table that says something about a person: what of it she
// gets when she asks for all of it, and what becomes of it when she is erased. Each
// private table that knows accounts has its line here; a test looks for a planted
// name in every table of the store.
type holding struct {
	table   string
	columns string   // that she is given; digests of secrets are left out
	where   string   // her rows, by her id
	erase   []string // statements, each with her id for every parameter
}

var holdings = []holding{
	{"account_person", "id, mail, name, lang, reminders, made_at, revoked_at", "id = ?", []string{"DELETE FROM account_person WHERE id = ?"}},
	{"account_role", "role, made_at", "account = ?", []string{"DELETE FROM account_role WHERE account = ?"}},
	{"account_post", "party, post, made_at", "account = ?", []string{"DELETE FROM account_post WHERE account = ?"}},
	{"account_session", "made_at, seen_at, expires_at, strong, device", "account = ?", []string{"DELETE FROM account_session WHERE account = ?"}},
	{"account_link", "purpose, made_at, expires_at, used_at", "account = ?", []string{"DELETE FROM account_link WHERE account = ?"}},
	{"account_passkey", "name, made_at, used_on", "account = ?", []string{"DELETE FROM account_passkey WHERE account = ?"}},
	{"account_identity", "issuer, subject, made_at", "account = ?", []string{"DELETE FROM account_identity WHERE account = ?"}},
	{"account_ceremony", "kind, expires_at", "account = ?", []string{"DELETE FROM account_ceremony WHERE account = ?"}},
	{"account_token", "name, scopes, made_at, used_at, revoked_at", "account = ?", []string{"DELETE FROM account_token WHERE account = ?"}},
	{"account_pending", "kind, party, made_at, payload, state, decided_at, reason", "made_by = ?", []string{
		"DELETE FROM account_pending WHERE about = ?",
		"DELETE FROM account_pending WHERE made_by = ? AND state = 'returned'", "UPDATE account_pending SET made_by = '' WHERE made_by = ?",
		"UPDATE account_pending SET decided_by = '' WHERE decided_by = ?"}},
	{"account_question", "draft, field, asked_at, answered_at", "asked_by = ?", []string{"UPDATE account_question SET asked_by = '' WHERE asked_by = ?"}},
	{"account_log", "at, action, object", "account = ?", []string{"UPDATE account_log SET account = '' WHERE account = ?"}},
}

// Export is every row about a person, by table.
func Export(tx *db.Tx, id string) (map[string][]map[string]any, error) {
	out := make(map[string][]map[string]any)
	for _, h := range holdings {
		rows, err := rowsOf(tx, "SELECT "+h.columns+" FROM "+h.table+" WHERE "+h.where, strings.Split(h.columns, ", "), id)
		if err != nil {
			return nil, err
		}
		out[h.table] = rows
	}
	return out, nil
}

func rowsOf(tx *db.Tx, query string, columns []string, args ...any) ([]map[string]any, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			if b, ok := values[i].([]byte); ok {
				values[i] = string(b)
			}
			row[c] = values[i]
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// Erase forgets a person: her rows go, the lines of the access log stay without
// her. What she sent in her party's name is the party's, and names nobody.
func Erase(tx *db.Tx, id string) error {
	for _, h := range holdings {
		for _, statement := range h.erase {
			args := make([]any, strings.Count(statement, "?"))
			for i := range args {
				args[i] = id
			}
			if _, err := tx.Exec(statement, args...); err != nil {
				return err
			}
		}
	}
	// what others wrote about her: lines of the log, and links by which she hands a post over
	if _, err := tx.Exec("DELETE FROM account_link WHERE object LIKE ?", "%"+id+"%"); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE account_log SET object = replace(object, ?, '') WHERE object LIKE ?", id, "%"+id+"%")
	return err
}

// Revoke takes an account's sign-in away: it stays known, and opens nothing.
func Revoke(tx *db.Tx, now time.Time, id string) error {
	if _, err := Get(tx, id); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE account_person SET revoked_at = ? WHERE id = ?", stamp(now), id); err != nil {
		return err
	}
	return EndSessions(tx, id, "")
}

// Tidy drops what no longer serves: links and sessions that ended, decisions and
// log lines that were kept for their time.
func Tidy(tx *db.Tx, now time.Time) error {
	for statement, before := range map[string]time.Time{
		"DELETE FROM account_link WHERE expires_at < ?":                         now.Add(-30 * 24 * time.Hour),
		"DELETE FROM account_session WHERE expires_at < ?":                      now,
		"DELETE FROM account_session WHERE seen_at < ?":                         now.Add(-SessionIdle),
		"DELETE FROM account_pending WHERE decided_at <> '' AND decided_at < ?": now.Add(-PendingKept),
		"DELETE FROM account_log WHERE at < ?":                                  now.Add(-LogKept),
		"DELETE FROM account_question WHERE asked_at < ?":                       now.Add(-PendingKept),
		"DELETE FROM account_token WHERE revoked_at <> '' AND revoked_at < ?":   now.Add(-LogKept),
	} {
		if _, err := tx.Exec(statement, stamp(before)); err != nil {
			return err
		}
	}
	return nil
}
