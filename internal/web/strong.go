package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"

	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Strong sign-in: with a passkey, or at the provider of one's organisation. A
// passkey needs script on its one page, and nothing else does; the mailed link
// stays for everybody. What a ceremony has to remember lies in a private row until
// it ends, and the browser holds only the secret of that row.

// Kinds of ceremony.
const (
	ceremonySignIn   = "passkey sign-in"
	ceremonyRegister = "passkey register"
	ceremonyProvider = "provider"
)

// cookieCeremony binds a journey to the provider to the browser that began it.
const cookieCeremony = "kept-ceremony"

// touch is a page on which a passkey is touched.
type touch struct {
	Method  string // create or get, of navigator.credentials
	Options string // JSON for it
}

// touching is what is kept while the key is being touched.
type touching struct {
	Name    string          `json:"name,omitempty"`
	To      string          `json:"to,omitempty"`
	Options json.RawMessage `json:"options"`
	Session []byte          `json:"session"`
}

// prepareStrong reads the one script of the site and finds out whether passkeys
// are possible under its address.
func (s *Site) prepareStrong() error {
	script, err := static.ReadFile("static/passkey.js")
	if err != nil {
		return err
	}
	script = squeeze(nil, script) // as it stands in the page: the browser takes the digest of that
	s.script = template.JS(script)
	sum := sha256.Sum256(script)
	s.scriptCSP = []string{s.headerCSP[0] + "; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}
	s.passkeys, err = signin.NewPasskeys(s.c.Base, "Kept")
	if err != nil {
		s.c.Log.Debug("no passkeys under this address", "reason", err)
	}
	return nil
}

// strongRoutes adds the addresses of strong sign-in, as far as this site has it.
func (s *Site) strongRoutes() {
	if s.passkeys != nil {
		s.form("/sign-in/passkey", s.beginPasskeyForm())
		s.form("/sign-in/passkey/{ceremony}", s.touchForm(ceremonySignIn, s.finishSignIn))
		s.form("/desk/passkeys", s.passkeysForm())
		s.form("/desk/passkeys/touch/{ceremony}", s.touchForm(ceremonyRegister, s.finishRegister))
		s.form("/desk/passkeys/remove/{key}", s.removePasskeyForm())
	}
	if s.c.Provider != nil {
		for _, lang := range locale.Langs {
			s.mux.HandleFunc("GET /"+string(lang)+"/sign-in/provider", func(w http.ResponseWriter, r *http.Request) { s.toProvider(w, r, lang) })
		}
		s.mux.HandleFunc("GET /sign-in/provider", s.redirectToLanguage)
		s.mux.HandleFunc("GET "+ProviderReturn, s.fromProvider)
	}
}

// strongWays are the links to strong sign-in, for the page that asks for an address.
func (s *Site) strongWays(to string) []Link {
	var ways []Link
	if s.passkeys != nil {
		ways = append(ways, Link{message("passkey.signin"), "/sign-in/passkey" + toQuery(to)})
	}
	if s.c.Provider != nil {
		ways = append(ways, Link{message("provider.signin", "provider", s.c.ProviderName), "/sign-in/provider" + toQuery(to)})
	}
	return ways
}

func toQuery(to string) string {
	if to == "" {
		return ""
	}
	return "?to=" + template.URLQueryEscaper(to)
}

// keepTouch keeps the ceremony and leads to the page where the key is touched.
func (s *Site) keepTouch(q *request, kind, id, under string, t touching) (to string, err error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		if id == "" { // anybody can begin: a network keeps so many rows, no more
			if ok, err := account.Try(tx, q.Now, "passkey "+network(q.Request), signInsByNetwork); err != nil || !ok {
				return errors.Join(err, tooMany(ok))
			}
		}
		token, err := account.KeepCeremony(tx, q.Now, kind, id, body)
		to = under + token
		return err
	})
	return to, err
}

// touchForm is the page with the script: the form carries the question, the key
// answers, and the form is sent. finish says where to go.
func (s *Site) touchForm(kind string, finish func(q *request, tx *db.Tx, id string, t touching) (string, error)) formHandler {
	method, title := "get", message("passkey.signin")
	if kind == ceremonyRegister {
		method, title = "create", message("passkey.add")
	}
	make := func(q *request) (View, *formPage, error) {
		if q.Method == http.MethodPost {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused")) // the question is used up
		}
		_, body, err := account.ReadCeremony(q.Tx, q.Now, kind, q.arg("ceremony"))
		if err != nil {
			return View{}, nil, err
		}
		var t touching
		if err := json.Unmarshal(body, &t); err != nil {
			return View{}, nil, err
		}
		return View{Title: title, Script: true}, &formPage{Action: q.URL.Path, Lead: message("passkey.touch.lead"), Button: message("passkey.touch"), Back: "/sign-in",
			Touch: &touch{method, string(t.Options)}}, nil
	}
	submit := func(q *request) (to string, err error) {
		var id string
		var t touching
		err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { // used up before it is looked at, whatever comes of it
			var body []byte
			if id, body, err = account.TakeCeremony(tx, q.Now, kind, q.arg("ceremony")); err != nil {
				return err
			}
			return json.Unmarshal(body, &t)
		})
		if err != nil {
			return "", err
		}
		err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
			to, err = finish(q, tx, id, t)
			return err
		})
		if errors.Is(err, signin.ErrRefused) {
			err = keeper.Refuse(keeper.ErrForbidden, err)
		}
		return to, err
	}
	return formHandler{page: "touch", open: kind == ceremonySignIn, make: make, submit: submit}
}

// orDesk is where somebody goes who signed in.
func orDesk(to string) string {
	if to = local(to); to == "" {
		return "/desk"
	}
	return to
}
