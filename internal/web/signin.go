package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Signing in by a mailed link: the page asks for an address and answers the same,
// after the same work, whether or not there is an account; who it is, is looked up
// later. The link leads to a page with one button, because scanners of mail open
// links, and the button uses it.

// workSignIn is the work of answering who asked to sign in.
const workSignIn = "sign-in"

// Limits in an hour: for one address, and for one network. An office or a hall full
// of delegates shares a network.
const (
	signInsByAddress = 6
	signInsByNetwork = 120
)

// errTooMany is answered 429.
var errTooMany = errors.New("too many")

// asked is the payload of the work that a sign-in makes.
type askedSignIn struct {
	Mail string      `json:"mail"`
	Lang locale.Lang `json:"lang"`
	To   string      `json:"to,omitempty"`
}

// signInForm asks for the address.
func (s *Site) signInForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		field := q.field("mail", "mail", true)
		f := &formPage{Action: q.URL.Path, Lead: message("signin.lead"), Button: message("signin.button"), Fields: []formField{field},
			Hidden: []hiddenField{{"to", local(q.FormValue("to"))}}}
		if ways := s.strongWays(local(q.FormValue("to"))); len(ways) > 0 {
			f.Panels = []panel{{Title: message("signin.ways"), Links: ways}}
		}
		return View{Title: message("signin.title")}, f, nil
	}
	return formHandler{open: true, may: s.signInMay, make: make, submit: s.askSignIn}
}

// signInMay refuses the page where no letters can be sent.
func (s *Site) signInMay(*request) error {
	if s.signInOpen() {
		return nil
	}
	return keeper.Refuse(keeper.ErrNotFound, locale.E("err.signin.closed"))
}

// local lets only addresses of this site through.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || u.Host != "" || strings.ContainsAny(to, "\\\r\n\t") || len(to) > 500 {
		return ""
	}
	return to
}

// askSignIn takes the address. What it does is the same for every address.
func (s *Site) askSignIn(q *request) (string, error) {
	mail, err := account.Address(q.PostFormValue("mail"))
	if err != nil {
		return "", locale.Field("mail", err)
	}
	payload, err := json.Marshal(askedSignIn{mail, q.lang(), local(q.PostFormValue("to"))})
	if err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		if ok, err := account.Try(tx, q.Now, "network "+network(q.Request), signInsByNetwork); err != nil || !ok {
			return errors.Join(err, tooMany(ok))
		}
		ok, err := account.Try(tx, q.Now, "mail "+strings.ToLower(mail), signInsByAddress)
		if err != nil || !ok {
			return err // silently: the letters of this hour are on their way
		}
		return s.c.Later(tx, workSignIn, keeper.NewKey(), payload)
	})
	return "/sign-in/sent", err
}

func tooMany(ok bool) error {
	if ok {
		return nil
	}
	return keeper.Refuse(errTooMany, locale.E("err.signin.many"))
}

// sentForm says what happens now. It says it to everybody.
func (s *Site) sentForm() formHandler {
	return formHandler{open: true, may: s.signInMay, make: func(q *request) (View, *formPage, error) {
		f := &formPage{Lead: message("signin.sent"), Panels: []panel{{Title: message("signin.nothing_came"), Lead: message("signin.nothing_came.why"),
			Links: []Link{{message("signin.again"), "/sign-in"}}}}}
		return View{Title: message("signin.sent.title")}, f, nil
	}, submit: func(*request) (string, error) { return "/sign-in", nil }}
}

// Work does what was put off until after an answer. It may run twice.
func (s *Site) Work(ctx context.Context, kind string, payload []byte) error {
	if kind != workSignIn {
		return nil
	}
	var asked askedSignIn
	if err := json.Unmarshal(payload, &asked); err != nil {
		return err
	}
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error {
		who, err := account.Find(tx, asked.Mail)
		if errors.Is(err, keeper.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		q, err := s.inTx(ctx, tx, asked.Lang)
		if err != nil {
			return err
		}
		who.Lang = asked.Lang
		return q.writeSignIn(tx, who, asked.To)
	})
}

// WorkKinds are the kinds of work that Work does.
func WorkKinds() []string { return []string{workSignIn} }

// writeSignIn makes a link and posts it.
func (q *request) writeSignIn(tx *db.Tx, who *account.Who, to string) error {
	token, err := account.SignInLink(tx, q.Now, who.ID, to)
	if err != nil {
		return err
	}
	return q.write(tx, contactOf(who), keeper.NewKey(), "signin", "link", q.Site.linkHref(who.Lang, token), "minutes", int(account.SignInLife/time.Minute))
}

// signIn begins a session in the caller's transaction and hands its cookie to the
// answer; the session that the browser had ends.
func (q *request) signIn(tx *db.Tx, id string, strong bool) error {
	who, err := account.Get(tx, id)
	if err != nil {
		return err
	}
	if old := q.Site.cookie(q.Request, cookieSession); old != "" {
		if w, _, err := account.Resume(tx, q.Now, old); err != nil {
			return err
		} else if w != nil {
			if err := account.EndSession(tx, w.ID, account.SessionID(old)); err != nil {
				return err
			}
		}
	}
	token, err := account.StartSession(tx, q.Now, id, strong, q.UserAgent())
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { q.Site.setSession(q.header, token) })
	return account.Note(tx, q.Now, who, "signed.in", "")
}

// signOutForm ends the session of this browser.
func (s *Site) signOutForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		return View{Title: message("signout.title"), Crumbs: draftCrumbs()},
			&formPage{Action: q.URL.Path, Lead: message("signout.lead"), Button: message("signout.button"), Back: "/desk/account"}, nil
	}
	submit := func(q *request) (string, error) {
		token := s.cookie(q.Request, cookieSession)
		if token == "" {
			return "/", nil
		}
		err := s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { s.dropSession(q.header) })
			if err := account.Note(tx, q.Now, q.Who, "signed.out", ""); err != nil {
				return err
			}
			return account.EndSession(tx, q.Who.ID, account.SessionID(token))
		})
		return "/", err
	}
	return formHandler{make: make, submit: submit}
}
