package account

import (
	"errors"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// How long a sign-in lasts (OWASP ASVS 4.0.3, 3.3.2, level 2): half a day in all;
// without use half an hour for whoever has a role, and longer for people of a
// party, who may be filling in a long form on a slow phone.
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 4 * time.Hour
	RoleIdle    = 30 * time.Minute
)

// seenEvery is how exactly the last use of a session is kept: no finer than is
// needed, and rarely a write.
const seenEvery = 5 * time.Minute

// idle is how long a person's session lasts without use.
func (w *Who) idle() time.Duration {
	if len(w.Roles) > 0 {
		return RoleIdle
	}
	return SessionIdle
}

// longestDevice is how much is kept of what a browser says that it is.
const longestDevice = 120

// Session is one sign-in that holds.
type Session struct {
	ID      string // its digest: it opens nothing
	Made    string
	Seen    string
	Expires string
	Strong  bool
	Device  string
}

// StartSession begins a session and returns its secret, for the cookie. Each
// sign-in makes a new one, so nobody can plant a session that somebody else then
// signs in with.
func StartSession(tx *db.Tx, now time.Time, account string, strong bool, device string) (token string, err error) {
	token, digest := secret()
	device = keeper.Line(strings.ToValidUTF8(device, ""))
	if r := []rune(device); len(r) > longestDevice {
		device = string(r[:longestDevice])
	}
	n := 0
	if strong {
		n = 1
	}
	_, err = tx.Exec("INSERT INTO account_session (digest, account, made_at, seen_at, expires_at, strong, device) VALUES (?, ?, ?, ?, ?, ?, ?)",
		digest, account, stamp(now), stamp(now.Truncate(seenEvery)), stamp(now.Add(SessionLife)), n, device)
	return token, err
}

// Resume is who a session's secret belongs to; nil without error when it holds no
// longer or never did. late says that its last use is to be noted with [Seen].
func Resume(tx *db.Tx, now time.Time, token string) (w *Who, late bool, err error) {
	var id, seen, expires string
	var strong int64
	err = tx.Row("SELECT account, seen_at, expires_at, strong FROM account_session WHERE digest = ?", digestOf(token)).Scan(&id, &seen, &expires, &strong)
	if errors.Is(err, db.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil || expires <= stamp(now) || seen <= stamp(now.Add(-SessionIdle)) {
		return nil, false, err
	}
	w, err = Get(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil, false, nil
	}
	if w == nil || err != nil || seen <= stamp(now.Add(-w.idle())) {
		return nil, false, err
	}
	w.Strong = strong == 1
	return w, seen < stamp(now.Truncate(seenEvery)), err
}

// Seen notes the use of a session.
func Seen(tx *db.Tx, now time.Time, token string) error {
	_, err := tx.Exec("UPDATE account_session SET seen_at = ? WHERE digest = ?", stamp(now.Truncate(seenEvery)), digestOf(token))
	return err
}

// Sessions lists the sessions of an account that hold, the newest first.
func Sessions(tx *db.Tx, now time.Time, account string) ([]Session, error) {
	rows, err := tx.Query(`SELECT digest, made_at, seen_at, expires_at, strong, device FROM account_session
		WHERE account = ? AND expires_at > ? AND seen_at > ? ORDER BY made_at DESC, digest`, account, stamp(now), stamp(now.Add(-SessionIdle)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var s Session
		var strong int64
		if err := rows.Scan(&s.ID, &s.Made, &s.Seen, &s.Expires, &strong, &s.Device); err != nil {
			return nil, err
		}
		s.Strong = strong == 1
		out = append(out, s)
	}
	return out, rows.Err()
}

// SessionID is the public name of the session that a secret opens.
func SessionID(token string) string { return digestOf(token) }

// EndSession ends one session of an account.
func EndSession(tx *db.Tx, account, id string) error {
	n, err := tx.Exec("DELETE FROM account_session WHERE account = ? AND digest = ?", account, id)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.account.session"))
	}
	return err
}

// EndSessions ends all sessions of an account, but for one that is kept ("" for none).
func EndSessions(tx *db.Tx, account, keep string) error {
	_, err := tx.Exec("DELETE FROM account_session WHERE account = ? AND digest <> ?", account, keep)
	return err
}
