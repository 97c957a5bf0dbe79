package account_test

import (
	"errors"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// key is a passkey as the ceremonies give it, with a counter.
func key(id string, count string) []byte {
	return []byte(`{"id":"` + id + `","publicKey":"AAAA","flags":{},"authenticator":{"signCount":` + count + `},"attestation":{}}`)
}

func TestPasskeysOfAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		ada, kofi := person(t, d, "ada@example.org"), person(t, d, "kofi@example.org")
		write(t, d, func(tx *db.Tx) error {
			if err := account.AddPasskey(tx, now, ada, "\u202ephone", key("b25l", "1")); err != nil {
				return err
			}
			if err := account.AddPasskey(tx, now, ada, "", key("dHdv", "1")); err == nil {
				t.Error("a key without a name was kept")
			}
			return account.UsePasskey(tx, now.Add(24*time.Hour), ada, key("b25l", "9"))
		})
		write(t, d, func(tx *db.Tx) error {
			list, err := account.Passkeys(tx, ada)
			if err != nil || len(list) != 1 || list[0].Name != "phone" || list[0].Used != "2026-11-23" || list[0].MadeOn != "2026-11-22" {
				t.Errorf("got %+v, %v", list, err)
			}
			h, err := account.Holder(tx, ada)
			if err != nil || string(h.Handle) != ada || len(h.Keys) != 1 || string(h.Keys[0]) != string(key("b25l", "9")) {
				t.Errorf("got %s, %v", h.Keys, err)
			}
			if err := account.UsePasskey(tx, now, kofi, key("b25l", "10")); !errors.Is(err, keeper.ErrForbidden) {
				t.Errorf("a key of somebody else: %v", err)
			}
			if err := account.DropPasskey(tx, kofi, list[0].ID); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("somebody else's key was dropped: %v", err)
			}
			return account.DropPasskey(tx, ada, list[0].ID)
		})
	})
}

// A ceremony is given back once, to whoever began it, and not for long.
func TestCeremony(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		var token string
		begin := func() {
			write(t, d, func(tx *db.Tx) (err error) {
				token, err = account.KeepCeremony(tx, now, "sign-in", "ada", []byte("challenge"))
				return err
			})
		}
		take := func(kind, token string, at time.Time) (who string, body []byte, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				who, body, err = account.TakeCeremony(tx, at, kind, token)
				return err
			})
			return who, body, err
		}
		begin()
		if _, _, err := take("register", token, now); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("taken for another purpose: %v", err)
		}
		if _, _, err := take("sign-in", "guessed", now); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("taken with a guessed secret: %v", err)
		}
		if who, body, err := take("sign-in", token, now.Add(time.Minute)); err != nil || who != "ada" || string(body) != "challenge" {
			t.Errorf("got %q, %q, %v", who, body, err)
		}
		if _, _, err := take("sign-in", token, now.Add(time.Minute)); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("taken twice: %v", err)
		}
		begin()
		if _, _, err := take("sign-in", token, now.Add(time.Hour)); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("taken an hour later: %v", err)
		}
	})
}

func TestIdentity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		ada, kofi := person(t, d, "ada@example.org"), person(t, d, "kofi@example.org")
		ask := func(who signin.Identity) (id string, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				w, err := account.ByIdentity(tx, now, who)
				if err == nil {
					id = w.ID
				}
				return err
			})
			return id, err
		}
		const issuer = "https://id.example"
		if _, err := ask(signin.Identity{Issuer: issuer, Subject: "17"}); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("an identity without a verified address: %v", err)
		}
		if _, err := ask(signin.Identity{Issuer: issuer, Subject: "17", Mail: "stranger@example.org"}); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("an address without an account: %v", err)
		}
		if id, err := ask(signin.Identity{Issuer: issuer, Subject: "17", Mail: "Ada@example.org"}); err != nil || id != ada {
			t.Errorf("by address: got %s, %v", id, err)
		}
		if id, err := ask(signin.Identity{Issuer: issuer, Subject: "17", Mail: "kofi@example.org"}); err != nil || id != ada {
			t.Errorf("a changed address moved her to %s (Kofi is %s), %v", id, kofi, err)
		}
	})
}
