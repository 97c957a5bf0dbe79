package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

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
