package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Link is what a secret in a letter opens. It works once and until it expires.
// Scanners of mail open links, so only a button on the page that it leads to uses it.
type Link struct {
	Purpose string // "sign-in", "invite", …
	Account string // whom it is for; "" where she has no account yet
	Object  string // what it opens, in the words of its purpose
	Life    time.Duration
	Until   string // set by OpenLink
}

// ErrLink is a link that opens nothing: unknown, used or expired. The error for
// readers that comes with it says which.
var ErrLink = errors.New("link")

// secret makes a random text that cannot be guessed (260 bits), and its digest.
func secret() (token, digest string) {
	token = rand.Text() + rand.Text()
	return token, digestOf(token)
}

func digestOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewLink keeps a link and returns its secret, for the letter.
func NewLink(tx *db.Tx, now time.Time, l Link) (token string, err error) {
	token, digest := secret()
	_, err = tx.Exec("INSERT INTO account_link (digest, purpose, account, object, made_at, expires_at, used_at) VALUES (?, ?, ?, ?, ?, ?, '')",
		digest, l.Purpose, l.Account, l.Object, stamp(now), stamp(now.Add(l.Life)))
	return token, err
}

// SignIn is the purpose of a link that signs its account in, SignInLife how long it works.
const (
	SignIn     = "sign-in"
	SignInLife = 15 * time.Minute
)

// SignInLink makes a link that signs an account in and then leads to an address of
// the site, "" for the desk.
func SignInLink(tx *db.Tx, now time.Time, account, to string) (token string, err error) {
	return NewLink(tx, now, Link{Purpose: SignIn, Account: account, Object: to, Life: SignInLife})
}

// OpenLink reads a link without using it: what the page with the button shows.
func OpenLink(tx *db.Tx, now time.Time, token string) (l Link, err error) {
	var used string
	err = tx.Row("SELECT purpose, account, object, expires_at, used_at FROM account_link WHERE digest = ?", digestOf(token)).
		Scan(&l.Purpose, &l.Account, &l.Object, &l.Until, &used)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return l, keeper.Refuse(ErrLink, locale.E("err.link.unknown"))
	case err != nil:
		return l, err
	case used != "":
		return l, keeper.Refuse(ErrLink, locale.E("err.link.used"))
	case l.Until <= stamp(now):
		return l, keeper.Refuse(ErrLink, locale.E("err.link.expired"))
	}
	return l, nil
}

// UseLink uses a link up. Of two who use it at once, one is refused. It is called
// in the transaction that does what the link is for: if we die before the commit,
// neither happened.
func UseLink(tx *db.Tx, now time.Time, token string) (Link, error) {
	l, err := OpenLink(tx, now, token)
	if err != nil {
		return l, err
	}
	n, err := tx.Exec("UPDATE account_link SET used_at = ? WHERE digest = ? AND used_at = ''", stamp(now), digestOf(token))
	if err == nil && n == 0 {
		err = keeper.Refuse(ErrLink, locale.E("err.link.used"))
	}
	return l, err
}
