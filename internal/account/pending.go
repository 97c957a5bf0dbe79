package account

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Pending is something that one person began and another has to approve.
type Pending struct {
	ID        string
	Kind      string // HeldActs, HeldRole, HeldPost
	Party     int64  // in whose name; NoParty for none
	By        string // account
	About     string // the account that gets the role or the post
	At        string
	Validator bool // only the validating authority may approve
	Payload   []byte
	Back      string // address of the page that it is about
	Draft     string // id of the draft that it was made of, if any
	State     string // Waiting, Approved, Returned
	DecidedBy string
	DecidedAt string
	Reason    string
}

// What can wait, and how it stands.
const (
	HeldActs = "acts" // acts, as keeper.Hold writes them
	HeldRole = "role" // an account and the role that it is to get
	HeldPost = "post" // an account and the post that it is to be offered

	Waiting   = "waiting"
	Approving = "approving" // approved, and on its way into the record
	Approved  = "approved"
	Returned  = "returned"

	NoParty int64 = -1
)

// PendingKept is how long a decision stays readable.
const PendingKept = 90 * 24 * time.Hour

// pendingID is the id of what a submission key holds back, so that the same form
// sent twice waits once. Keys come from browsers: one that was used for another
// party, where others decide, finds nothing of it.
func pendingID(key string, p Pending) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "pending %s %d %s", p.Kind, p.Party, key))
	return hex.EncodeToString(sum[:10])
}

// Hold puts something before a second person. What was returned and is sent again
// waits anew, as it is now.
func Hold(tx *db.Tx, now time.Time, key string, p Pending) (id string, err error) {
	id = pendingID(key, p)
	validator := 0
	if p.Validator {
		validator = 1
	}
	_, err = tx.Exec(`INSERT INTO account_pending (id, kind, party, made_by, made_at, validator, payload, back, draft, about, state, decided_by, decided_at, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '') ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, made_by = excluded.made_by,
		made_at = excluded.made_at, state = excluded.state, reason = '' WHERE account_pending.state = 'returned'`,
		id, p.Kind, p.Party, p.By, stamp(now), validator, p.Payload, p.Back, p.Draft, p.About, Waiting)
	return id, err
}

const pendingColumns = "id, kind, party, made_by, made_at, validator, payload, back, draft, state, decided_by, decided_at, reason"

func scanPending(scan func(...any) error) (p Pending, err error) {
	var validator int64
	err = scan(&p.ID, &p.Kind, &p.Party, &p.By, &p.At, &validator, &p.Payload, &p.Back, &p.Draft, &p.State, &p.DecidedBy, &p.DecidedAt, &p.Reason)
	p.Validator = validator == 1
	return p, err
}

// GetPending reads one; in a writing transaction it is held until the end, so that
// of two who decide at once the second sees the first's decision.
func GetPending(tx *db.Tx, id, lock string) (Pending, error) {
	p, err := scanPending(tx.Row("SELECT "+pendingColumns+" FROM account_pending WHERE id = ?"+lock, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.pending.none"))
	}
	return p, err
}

// ListPending lists what somebody may have to decide, and what she sent herself, the
// oldest first: the secretariat sees all, others their parties'.
func ListPending(tx *db.Tx, who *Who) ([]Pending, error) {
	where, args := "state <> ?", []any{Approved}
	if !who.Is(RoleSecretariat) {
		where += " AND (made_by = ?"
		args = append(args, who.ID)
		for _, p := range who.Parties() {
			where += " OR party = ?"
			args = append(args, p)
		}
		where += ")"
	}
	rows, err := tx.Query("SELECT "+pendingColumns+" FROM account_pending WHERE "+where+" ORDER BY made_at, id LIMIT 1000", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Pending
	for rows.Next() {
		p, err := scanPending(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Seen is how a decision names what was read: a digest of what waits.
func (p Pending) Seen() string { return digestOf(string(p.Payload))[:20] }

// Claim begins an approval of what was read, and of nothing that took its place: from now on it cannot be returned or taken back. If we
// die before the approval is noted, whoever may approve does it again, and the
// submission key makes it one act.
func Claim(tx *db.Tx, p Pending) error {
	n, err := tx.Exec("UPDATE account_pending SET state = ? WHERE id = ? AND made_at = ? AND payload = ? AND (state = ? OR state = ?)", Approving, p.ID, p.At, p.Payload, Waiting, Approving)
	return decided(n, err)
}

// Release ends an approval that the rules refused.
func Release(tx *db.Tx, p Pending) error {
	_, err := tx.Exec("UPDATE account_pending SET state = ? WHERE id = ? AND state = ?", Waiting, p.ID, Approving)
	return err
}

func decided(n int64, err error) error {
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.pending.decided"))
	}
	return err
}

// Decide notes a decision. What was approved is emptied; what was returned stays
// readable for its maker until it is put away.
func Decide(tx *db.Tx, now time.Time, p Pending, who *Who, state, reason string) error {
	payload, from := p.Payload, Waiting
	if state == Approved {
		payload, from = []byte{}, Approving
	}
	return decided(tx.Exec("UPDATE account_pending SET state = ?, decided_by = ?, decided_at = ?, reason = ?, payload = ? WHERE id = ? AND state = ?",
		state, who.ID, stamp(now), reason, payload, p.ID, from))
}

// PutAway drops what was returned, once its maker has read it or on her own wish
// while it waits.
func PutAway(tx *db.Tx, id, maker string) error {
	_, err := tx.Exec("DELETE FROM account_pending WHERE id = ? AND made_by = ? AND (state = ? OR state = ?)", id, maker, Waiting, Returned)
	return err
}
