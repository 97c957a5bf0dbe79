package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"time"

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

// beginPasskeyForm has one button, which makes the question for the key.
func (s *Site) beginPasskeyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		return View{Title: message("passkey.signin")}, &formPage{Action: q.URL.Path, Lead: message("passkey.signin.lead"), Button: message("passkey.next"), Back: "/sign-in",
			Hidden: []hiddenField{{"to", local(q.FormValue("to"))}}}, nil
	}
	submit := func(q *request) (string, error) {
		options, session, err := s.passkeys.BeginSignIn()
		if err != nil {
			return "", err
		}
		return s.keepTouch(q, ceremonySignIn, "", "/sign-in/passkey/", touching{To: local(q.PostFormValue("to")), Options: options, Session: session})
	}
	return formHandler{open: true, make: make, submit: submit}
}

// keepTouch keeps the ceremony and leads to the page where the key is touched.
func (s *Site) keepTouch(q *request, kind, id, under string, t touching) (to string, err error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
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

func (s *Site) finishSignIn(q *request, tx *db.Tx, _ string, t touching) (string, error) {
	handle, key, err := s.passkeys.FinishSignIn(t.Session, []byte(q.PostFormValue("answer")), func(handle []byte) (signin.Holder, error) {
		return account.Holder(tx, string(handle))
	})
	if err != nil {
		return "", err
	}
	if err := account.UsePasskey(tx, q.Now, string(handle), key); err != nil {
		return "", err
	}
	return orDesk(t.To), q.signIn(tx, string(handle), true)
}

func orDesk(to string) string {
	if to = local(to); to == "" {
		return "/desk"
	}
	return to
}

// passkeysForm lists the keys of an account and begins a new one.
func (s *Site) passkeysForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		keys, err := account.Passkeys(q.Tx, q.Who.ID)
		if err != nil {
			return View{}, nil, err
		}
		list := panel{Title: message("passkey.yours"), Empty: message("passkey.none")}
		for _, k := range keys {
			row := panelRow{Title: same(k.Name), Notes: []Text{phrase("passkey.made", "date", dayText(k.MadeOn))},
				Actions: []panelAction{{message("passkey.remove"), "/desk/passkeys/remove/" + k.ID, nil}}}
			if k.Used != "" {
				row.Notes = append(row.Notes, phrase("passkey.used", "date", dayText(k.Used)))
			}
			list.Rows = append(list.Rows, row)
		}
		return View{Title: message("passkey.title"), Crumbs: []Link{{message("desk.title"), "/desk"}, {message("account.title"), "/desk/account"}}},
			&formPage{Action: q.URL.Path, Lead: message("passkey.lead"), Button: message("passkey.add"), Back: "/desk/account", Panels: []panel{list},
				Fields: []formField{{Name: "name", Kind: "line", Label: message("passkey.name"), Help: message("passkey.name.help"), Required: true, Value: q.FormValue("name")}}}, nil
	}
	submit := func(q *request) (string, error) {
		var holder signin.Holder
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			holder, err = account.Holder(tx, q.Who.ID)
			return err
		})
		if err != nil {
			return "", err
		}
		if err := mayChangeKeys(q, len(holder.Keys)); err != nil {
			return "", err
		}
		if err := account.CheckKeyName(q.PostFormValue("name")); err != nil {
			return "", err
		}
		options, session, err := s.passkeys.BeginRegistration(holder)
		if err != nil {
			return "", err
		}
		return s.keepTouch(q, ceremonyRegister, q.Who.ID, "/desk/passkeys/touch/", touching{Name: q.PostFormValue("name"), Options: options, Session: session})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}

func dayText(day string) Text {
	return everyLang(func(l locale.Lang) string { return l.Date(day) })
}

// mayChangeKeys: whoever has a key shows it before she adds or removes one, so
// that somebody who reads her mail cannot make herself a key.
func mayChangeKeys(q *request, have int) error {
	if have == 0 || q.Who.Strong {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.passkey.show_first"))
}

func (s *Site) finishRegister(q *request, tx *db.Tx, id string, t touching) (string, error) {
	if id != q.Who.ID {
		return "", keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused"))
	}
	holder, err := account.Holder(tx, id)
	if err != nil {
		return "", err
	}
	key, err := s.passkeys.FinishRegistration(holder, t.Session, []byte(q.PostFormValue("answer")))
	if err != nil {
		return "", err
	}
	if err := account.AddPasskey(tx, q.Now, id, t.Name, key); err != nil {
		return "", err
	}
	if err := q.write(tx, contactOf(q.Who), "passkey/"+q.arg("ceremony")[:16], "passkey", "link", s.c.Base+"/"+string(q.Who.Lang)+"/desk/passkeys"); err != nil {
		return "", err
	}
	return "/desk/passkeys", account.Note(tx, q.Now, q.Who, "passkey.added", "")
}

// removePasskeyForm forgets a key, after one more button.
func (s *Site) removePasskeyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		return View{Title: message("passkey.remove")}, &formPage{Action: q.URL.Path, Lead: message("passkey.remove.lead"), Button: message("passkey.remove"), Back: "/desk/passkeys"}, nil
	}
	submit := func(q *request) (string, error) {
		if err := mayChangeKeys(q, 1); err != nil {
			return "", err
		}
		return "/desk/passkeys", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.DropPasskey(tx, q.Who.ID, q.arg("key")); err != nil {
				return err
			}
			return account.Note(tx, q.Now, q.Who, "passkey.removed", "")
		})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}

// journey is what is kept while somebody is at the provider.
type journey struct {
	Lang     locale.Lang `json:"lang"`
	To       string      `json:"to,omitempty"`
	Ceremony []byte      `json:"ceremony"`
}

// ProviderReturn is where the provider sends people back to; the operator tells it to the provider.
const ProviderReturn = "/sign-in/back"

// toProvider sends the browser to the provider.
func (s *Site) toProvider(w http.ResponseWriter, r *http.Request, lang locale.Lang) {
	address, ceremony, err := s.c.Provider.Begin()
	if err == nil {
		var body []byte
		if body, err = json.Marshal(journey{lang, local(r.URL.Query().Get("to")), ceremony}); err == nil {
			err = s.c.Keeper.DB().Write(r.Context(), func(tx *db.Tx) error {
				token, err := account.KeepCeremony(tx, s.c.Keeper.Now(), ceremonyProvider, "", body)
				s.setCookie(w.Header(), cookieCeremony, token, 10*time.Minute)
				return err
			})
		}
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// fromProvider takes whom the provider sends back. The cookie says that it is the
// browser that went; the ceremony is used up first, whatever comes of it.
func (s *Site) fromProvider(w http.ResponseWriter, r *http.Request) {
	var j journey
	now := s.c.Keeper.Now()
	err := s.c.Keeper.DB().Write(r.Context(), func(tx *db.Tx) error {
		_, body, err := account.TakeCeremony(tx, now, ceremonyProvider, s.cookie(r, cookieCeremony))
		if err != nil {
			return err
		}
		return json.Unmarshal(body, &j)
	})
	if err == nil {
		s.setCookie(w.Header(), cookieCeremony, "", -time.Second)
		err = s.arrive(w, r, j)
	}
	if errors.Is(err, signin.ErrRefused) {
		err = keeper.Refuse(keeper.ErrForbidden, err)
	}
	if err != nil {
		s.fail(w, r, j.Lang, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/"+string(j.Lang)+orDesk(j.To), http.StatusSeeOther)
}

// arrive signs in whoever the provider vouches for.
func (s *Site) arrive(w http.ResponseWriter, r *http.Request, j journey) error {
	identity, err := s.c.Provider.Finish(r.Context(), j.Ceremony, r.URL.Query().Get("state"), r.URL.Query().Get("code"))
	if err != nil {
		return err
	}
	return s.c.Keeper.DB().Write(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, j.Lang)
		if err != nil {
			return err
		}
		q.header = w.Header()
		who, err := account.ByIdentity(tx, q.Now, identity)
		if errors.Is(err, keeper.ErrNotFound) {
			return keeper.Refuse(keeper.ErrForbidden, locale.E("err.provider.no_account"))
		}
		if err != nil {
			return err
		}
		return q.signIn(tx, who.ID, true)
	})
}
