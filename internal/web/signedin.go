package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	cookieVisit   = "kept-form" // for open forms: it names nobody
)

// errSignIn says that the form needs a sign-in, and that there is one to be had.
var errSignIn = errors.New("sign in first")

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
func (s *Site) setCookie(h http.Header, name, value string, life time.Duration) {
	c := http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.c.Base, "https://"), MaxAge: int(life / time.Second)}
	h.Add("Set-Cookie", c.String())
}

// setSession hands out the cookie of a session. It lasts as long as the session
// can; the store decides whether it still holds.
func (s *Site) setSession(h http.Header, token string) {
	s.setCookie(h, cookieSession, token, account.SessionLife)
}

func (s *Site) dropSession(h http.Header) { s.setCookie(h, cookieSession, "", -time.Second) }

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
	if h.open {
		q.visiting(s)
	}
	switch {
	case q.Who == nil && !h.open && s.signInOpen():
		return nil, fmt.Errorf("%w: %w", errSignIn, keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.sign_in")))
	case q.Who == nil && !h.open:
		return nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.closed"))
	}
	if h.may != nil {
		err = q.told(h.may(q))
	}
	return q, err
}

// told says how to go on where it is the session that is too weak, and not the person.
func (q *request) told(refusal error) error {
	if q.Who != nil && q.Who.Weak && errors.Is(refusal, keeper.ErrForbidden) {
		return errWeak
	}
	return refusal
}

// meet fills in who signed in: by a session, else by the secret link.
func (s *Site) meet(q *request) (err error) {
	if token := s.cookie(q.Request, cookieSession); token != "" {
		if q.Who, q.late, err = account.Resume(q.Tx, q.Now, token); err != nil {
			return err
		}
		q.secret = token
		if s.c.StrongStaff {
			q.Who.Withhold()
		}
	}
	if q.Who == nil && s.entered(q.Request) {
		q.Who = &account.Who{ID: "demo", Lang: q.lang(), Demo: true, Any: q.Pack.Sample}
		q.secret = s.c.Secret
	}
	return nil
}

// visiting gives an open form something that its token can be made of: the cookie
// of whoever signed in, else one that names nobody.
func (q *request) visiting(s *Site) {
	if q.Who != nil {
		return
	}
	if q.secret = s.cookie(q.Request, cookieVisit); q.secret == "" {
		q.visit = rand.Text()
		q.secret = q.visit
	}
}

// noteVisit notes that a session was used, at most every five minutes.
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
	return q.told(keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.role", "role", locale.E("role."+string(role)))))
}

// errWeak tells staff how to go on where a mailed link is not enough for them.
var errWeak = keeper.Refuse(keeper.ErrForbidden, locale.E("err.strong.staff"))

// mayActFor refuses who may not send anything for a party: she holds no post
// there that may, and is not of the secretariat, which enters what parties bring.
func (q *request) mayActFor(party int64) error {
	if q.Who.ActsFor(party) || q.Who.Is(account.RoleSecretariat) {
		return nil
	}
	return q.told(keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.party")))
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
