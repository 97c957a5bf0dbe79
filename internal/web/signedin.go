package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Who signed in is known by a cookie, on forms only. What she may do is asked
// before a form is shown and again before it is taken.

// Cookies. cookieEntered belongs to the secret link of this machine.
const (
	cookieEntered = "kept"
	cookieSession = "kept-session"
)

// cookieName carries the __Host- prefix where the site is https; on a plain
// loopback address browsers do not keep such a cookie.
func (s *Site) cookieName(name string) string {
	if strings.HasPrefix(s.c.Base, "https://") {
		return "__Host-" + name
	}
	return name
}

func (s *Site) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for a time, with 0 until the browser closes; a negative
// time takes it away.
func (s *Site) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	c := &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.c.Base, "https://"), MaxAge: int(life / time.Second)}
	http.SetCookie(w, c)
}

// keyed derives a token for one purpose from a secret, so that none shows another.
func keyed(secret, purpose string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(purpose))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// formToken is what a form carries against forged requests; it belongs to the
// cookie that the same browser sends.
func (q *request) formToken() string { return keyed(q.secret, "form") }

// enterForm finds out who asks, and whether she may.
func (s *Site) enterForm(r *http.Request, tx *db.Tx, lang locale.Lang, h formHandler) (*request, error) {
	q, err := s.request(r, tx, lang)
	if err != nil {
		return nil, err
	}
	if err := s.meet(q); err != nil {
		return nil, err
	}
	if q.Who == nil {
		return nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.closed"))
	}
	if h.may != nil {
		err = h.may(q)
	}
	return q, err
}

// meet fills in who signed in: by a session, else by the secret link.
func (s *Site) meet(q *request) (err error) {
	if token := s.cookie(q.Request, cookieSession); token != "" {
		if q.Who, q.late, err = account.Resume(q.Tx, q.Now, token); err != nil {
			return err
		}
		q.secret = token
	}
	if q.Who == nil && s.entered(q.Request) {
		q.Who = &account.Who{ID: "demo", Lang: q.Lang, Demo: true, Any: q.Pack.Sample}
		q.secret = s.c.Secret
	}
	return nil
}

// noteVisit notes that a session was used, at most once an hour.
func (s *Site) noteVisit(q *request) error {
	if !q.late {
		return nil
	}
	q.late = false
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return account.Seen(tx, q.Now, q.secret) })
}

// must refuses who has not the role.
func (q *request) must(role account.Role) error {
	if q.Who.Is(role) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.role", "role", locale.E("role."+string(role))))
}

// mayActFor refuses who may not send anything for a party: she holds no post
// there that may, and is not of the secretariat, which enters what parties bring.
func (q *request) mayActFor(party int64) error {
	if q.Who.ActsFor(party) || q.Who.Is(account.RoleSecretariat) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.party"))
}

// mayDraftFor refuses who may not even prepare something for a party.
func (q *request) mayDraftFor(party int64) error {
	if q.Who.DraftsFor(party) {
		return nil
	}
	return q.mayActFor(party)
}

// mayActForID is mayActFor for the party that the address names.
func (q *request) mayActForID() error {
	id, err := q.number("id")
	if err != nil {
		return err
	}
	return q.mayActFor(id)
}

// mustBe makes a form's rule of a role.
func mustBe(role account.Role) func(*request) error {
	return func(q *request) error { return q.must(role) }
}
