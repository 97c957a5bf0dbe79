package account

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"strings"
	"time"

	"kept/internal/account/signin"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

//go:embed schema/strong.sql
var strongSchema string

// ceremonyLife is how long a person may take to touch a key, or to sign in at a provider.
const ceremonyLife = 10 * time.Minute

// KeepCeremony keeps what a strong sign-in has to remember between its halves and
// returns the secret that the browser brings back.
func KeepCeremony(tx *db.Tx, now time.Time, kind, account string, body []byte) (token string, err error) {
	if _, err := tx.Exec("DELETE FROM account_ceremony WHERE expires_at <= ?", stamp(now)); err != nil {
		return "", err
	}
	token, digest := secret()
	_, err = tx.Exec("INSERT INTO account_ceremony (digest, kind, account, body, expires_at) VALUES (?, ?, ?, ?, ?)",
		digest, kind, account, body, stamp(now.Add(ceremonyLife)))
	return token, err
}

// ReadCeremony reads a ceremony that still holds, for the page on which it goes on.
func ReadCeremony(tx *db.Tx, now time.Time, kind, token string) (account string, body []byte, err error) {
	err = tx.Row("SELECT account, body FROM account_ceremony WHERE digest = ? AND kind = ? AND expires_at > ?", digestOf(token), kind, stamp(now)).Scan(&account, &body)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused"))
	}
	return account, body, err
}

// TakeCeremony gives a ceremony back, once: it is gone whether or not its second half holds.
func TakeCeremony(tx *db.Tx, now time.Time, kind, token string) (account string, body []byte, err error) {
	if account, body, err = ReadCeremony(tx, now, kind, token); err != nil {
		return "", nil, err
	}
	n, err := tx.Exec("DELETE FROM account_ceremony WHERE digest = ?", digestOf(token))
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused"))
	}
	return account, body, err
}

// Passkey is a passkey as its holder sees it.
type Passkey struct {
	ID, Name     string
	MadeOn, Used string // days; Used is "" before the first sign-in
}

// longestKeyName is what fits on a line.
const longestKeyName = 60

// mostKeys is more than a person carries.
const mostKeys = 10

// CheckKeyName refuses a name that a passkey cannot have.
func CheckKeyName(name string) error {
	if name = keeper.Line(name); name == "" || len([]rune(name)) > longestKeyName {
		return locale.Field("name", locale.E("err.passkey.name", "max", longestKeyName))
	}
	return nil
}

// AddPasskey keeps a new passkey of an account.
func AddPasskey(tx *db.Tx, now time.Time, account, name string, body []byte) error {
	if err := CheckKeyName(name); err != nil {
		return err
	}
	have, err := Passkeys(tx, account)
	if err != nil {
		return err
	}
	if len(have) >= mostKeys {
		return locale.Field("name", locale.E("err.passkey.many", "max", mostKeys))
	}
	_, err = tx.Exec("INSERT INTO account_passkey (id, account, name, body, made_at, used_on) VALUES (?, ?, ?, ?, ?, '')",
		strings.ToLower(rand.Text()[:16]), account, keeper.Line(name), body, stamp(now))
	return err
}

// Passkeys lists the passkeys of an account, the oldest first.
func Passkeys(tx *db.Tx, account string) ([]Passkey, error) {
	rows, err := tx.Query("SELECT id, name, made_at, used_on FROM account_passkey WHERE account = ? ORDER BY made_at, id", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Passkey
	for rows.Next() {
		var k Passkey
		if err := rows.Scan(&k.ID, &k.Name, &k.MadeOn, &k.Used); err != nil {
			return nil, err
		}
		k.MadeOn = k.MadeOn[:10]
		out = append(out, k)
	}
	return out, rows.Err()
}

// DropPasskey forgets a passkey of an account.
func DropPasskey(tx *db.Tx, account, id string) error {
	n, err := tx.Exec("DELETE FROM account_passkey WHERE account = ? AND id = ?", account, id)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.passkey.unknown"))
	}
	return err
}

// Holder is an account as passkeys know it: by a handle that says nothing.
func Holder(tx *db.Tx, account string) (signin.Holder, error) {
	w, err := Get(tx, account)
	if err != nil {
		return signin.Holder{}, err
	}
	h := signin.Holder{Handle: []byte(w.ID), Name: w.Mail}
	rows, err := tx.Query("SELECT body FROM account_passkey WHERE account = ? ORDER BY made_at, id", account)
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return h, err
		}
		h.Keys = append(h.Keys, body)
	}
	return h, rows.Err()
}

// UsePasskey notes a sign-in with a passkey: its counter, and the day.
func UsePasskey(tx *db.Tx, now time.Time, account string, body []byte) error {
	rows, err := tx.Query("SELECT id, body FROM account_passkey WHERE account = ?", account)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := ""
	for rows.Next() {
		var id string
		var kept []byte
		if err := rows.Scan(&id, &kept); err != nil {
			return err
		}
		if signin.SameKey(kept, body) {
			found = id
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE account_passkey SET body = ?, used_on = ? WHERE id = ? AND account = ?", body, stamp(now)[:10], found, account)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused")) // dropped while it was being used
	}
	return err
}

// ByIdentity is the account of an identity that a provider vouches for: the one
// that it was tied to, else the one with the address that the provider has
// verified, which it is tied to from now on. A changed address at the provider
// moves nobody to another account.
func ByIdentity(tx *db.Tx, now time.Time, who signin.Identity) (*Who, error) {
	var id string
	err := tx.Row("SELECT account FROM account_identity WHERE issuer = ? AND subject = ?", who.Issuer, who.Subject).Scan(&id)
	if err == nil {
		return Get(tx, id)
	}
	if !errors.Is(err, db.ErrNoRows) {
		return nil, err
	}
	if who.Mail == "" {
		return nil, errUnknown
	}
	w, err := Find(tx, who.Mail)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec("INSERT INTO account_identity (issuer, subject, account, made_at) VALUES (?, ?, ?, ?)", who.Issuer, who.Subject, w.ID, stamp(now))
	return w, err
}
