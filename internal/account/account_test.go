package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

var now = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// store is an empty store with the tables of accounts.
func store(t *testing.T, open func() *db.DB) *db.DB {
	t.Helper()
	d := open()
	if err := account.Prepare(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// person makes an account.
func person(t *testing.T, d *db.DB, mail string) (id string) {
	t.Helper()
	write(t, d, func(tx *db.Tx) (err error) {
		id, err = account.Add(tx, now, mail, "Ada Example", locale.French)
		return err
	})
	return id
}

func TestRights(t *testing.T) {
	posts := func(as string) []account.Post { return []account.Post{{Party: 7, As: as}} }
	for _, c := range []struct {
		name                               string
		who                                *account.Who
		acts, drafts, secretariat, steward bool
	}{
		{"nobody", nil, false, false, false, false},
		{"an account without a post", &account.Who{}, false, false, false, false},
		{"main focal point", &account.Who{Posts: posts(account.AsMain)}, true, true, false, false},
		{"alternate", &account.Who{Posts: posts(account.AsAlternate)}, true, true, false, false},
		{"validating authority", &account.Who{Posts: posts(account.AsValidator)}, true, true, false, false},
		{"drafter", &account.Who{Posts: posts(account.AsDrafter)}, false, true, false, false},
		{"of another party", &account.Who{Posts: []account.Post{{Party: 8, As: account.AsMain}}}, false, false, false, false},
		{"operator", &account.Who{Roles: []account.Role{account.RoleOperator}}, false, false, true, false},
		{"secretariat", &account.Who{Roles: []account.Role{account.RoleSecretariat}}, false, false, true, false},
		{"steward", &account.Who{Roles: []account.Role{account.RoleSteward}}, false, false, false, true},
		{"this machine", &account.Who{Demo: true}, false, false, true, false},
		{"this machine, in a sample compact", &account.Who{Demo: true, Any: true}, true, true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := [4]bool{c.who.ActsFor(7), c.who.DraftsFor(7), c.who.Is(account.RoleSecretariat), c.who.Is(account.RoleSteward)}
			if want := [4]bool{c.acts, c.drafts, c.secretariat, c.steward}; got != want {
				t.Errorf("acts, drafts, secretariat, steward: got %v, want %v", got, want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Ada@Example.ORG", "Ada@example.org"},
		{"  ada.l+kept@mail.example.org ", "ada.l+kept@mail.example.org"},
		{"ада@example.org", "ада@example.org"},
		{"Ada <ada@example.org>", ""},
		{"ada@localhost", ""},
		{"ada", ""}, {"", ""}, {"@example.org", ""}, {"ada@", ""}, {"ada@.org", ""},
		{"ada@example.org, bob@example.org", ""},
		{"ada@example.org\r\nBcc: bob@example.org", ""},
		{"a\u202eda@example.org", ""}, {"a\u200bda@example.org", ""}, {"a\x00da@example.org", ""},
		{strings.Repeat("a", 250) + "@example.org", ""},
	} {
		got, err := account.Address(c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Address(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
	for s, want := range map[string]bool{"Kenya": false, "Кения": false, "Kеnya": true, "Ministry of Трансформация": false, "αpple.example": true, "中文 name": false} {
		if got := account.Mixed(s); got != want {
			t.Errorf("Mixed(%q) = %v", s, got)
		}
	}
}

func TestPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		ada := person(t, d, "Ada@Example.org")
		if again := person(t, d, "ada@EXAMPLE.org"); again != ada {
			t.Errorf("one address, two accounts: %s, %s", ada, again)
		}
		write(t, d, func(tx *db.Tx) error { return account.Grant(tx, now, ada, account.RoleSteward) })
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return account.Grant(tx, now, ada, "king") }); err == nil {
			t.Error("a role that does not exist was given")
		}
		write(t, d, func(tx *db.Tx) error {
			w, err := account.Find(tx, " ADA@example.org")
			if err != nil || w.ID != ada || w.Mail != "Ada@example.org" || w.Lang != locale.French || !w.Is(account.RoleSteward) {
				t.Errorf("found %+v, %v", w, err)
			}
			if _, err := account.Find(tx, "bob@example.org"); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("an unknown address gives %v", err)
			}
			return nil
		})
	})
}

func TestLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		var token, other string
		write(t, d, func(tx *db.Tx) (err error) {
			if token, err = account.NewLink(tx, now, account.Link{Purpose: "sign-in", Account: "a", Object: "o", Life: 15 * time.Minute}); err != nil {
				return err
			}
			other, err = account.NewLink(tx, now, account.Link{Purpose: "sign-in", Account: "a", Life: 15 * time.Minute})
			return err
		})
		key := func(err error) string {
			if es, ok := locale.All(err); ok && errors.Is(err, account.ErrLink) {
				return es[0].Key
			}
			return ""
		}
		write(t, d, func(tx *db.Tx) error {
			for range 3 { // opened by scanners of mail
				if l, err := account.OpenLink(tx, now, token); err != nil || l.Purpose != "sign-in" || l.Object != "o" {
					t.Errorf("opened %+v, %v", l, err)
				}
			}
			if l, err := account.UseLink(tx, now.Add(14*time.Minute), token); err != nil || l.Account != "a" {
				t.Errorf("used %+v, %v", l, err)
			}
			_, err := account.UseLink(tx, now.Add(14*time.Minute), token)
			if key(err) != "err.link.used" {
				t.Errorf("a second use gives %v", err)
			}
			if _, err := account.UseLink(tx, now.Add(15*time.Minute), other); key(err) != "err.link.expired" {
				t.Errorf("after its time: %v", err)
			}
			if _, err := account.OpenLink(tx, now, "guess"); key(err) != "err.link.unknown" {
				t.Errorf("a guess gives %v", err)
			}
			var n int64
			if err := tx.Row("SELECT count(*) FROM account_link WHERE digest IN (?, ?)", token, other).Scan(&n); err != nil || n != 0 {
				t.Errorf("the secret itself is stored, %v", err)
			}
			return nil
		})
	})
}

func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		ada := person(t, d, "ada@example.org")
		start := func(strong bool) (token string) {
			write(t, d, func(tx *db.Tx) (err error) {
				token, err = account.StartSession(tx, now, ada, strong, "Firefox "+strings.Repeat("x", 500))
				return err
			})
			return token
		}
		resume := func(token string, at time.Time) (w *account.Who, late bool) {
			t.Helper()
			write(t, d, func(tx *db.Tx) (err error) {
				w, late, err = account.Resume(tx, at, token)
				return err
			})
			return w, late
		}
		weak, strong := start(false), start(true)
		if w, late := resume(weak, now); w == nil || w.ID != ada || w.Strong || late {
			t.Errorf("resumed %+v, late %v", w, late)
		}
		if w, _ := resume(strong, now); w == nil || !w.Strong {
			t.Errorf("a strong session is %+v", w)
		}
		if w, _ := resume("guess", now); w != nil {
			t.Error("a guess resumes a session")
		}
		for at := now; at.Before(now.Add(account.SessionLife - time.Minute)); at = at.Add(account.SessionIdle - 10*time.Minute) {
			w, _ := resume(strong, at)
			if w == nil {
				t.Fatalf("a session in use ended at %v", at)
			}
			write(t, d, func(tx *db.Tx) error { return account.Seen(tx, at, strong) })
		}
		if w, _ := resume(weak, now.Add(account.SessionIdle)); w != nil {
			t.Error("a session outlives its time without use")
		}
		if w, _ := resume(strong, now.Add(account.SessionLife)); w != nil {
			t.Error("a session outlives its longest time")
		}
		kofi := person(t, d, "kofi@example.org")
		var privileged string
		write(t, d, func(tx *db.Tx) (err error) {
			if err := account.Grant(tx, now, kofi, account.RoleModerator); err != nil {
				return err
			}
			privileged, err = account.StartSession(tx, now, kofi, true, "")
			return err
		})
		if w, _ := resume(privileged, now.Add(account.RoleIdle-5*time.Minute)); w == nil {
			t.Error("a moderator's session ended early")
		}
		if w, _ := resume(privileged, now.Add(account.RoleIdle)); w != nil {
			t.Error("a moderator's session outlives half an hour without use")
		}
		write(t, d, func(tx *db.Tx) error {
			list, err := account.Sessions(tx, now, ada)
			if err != nil || len(list) != 2 || len(list[0].Device) != 120 {
				t.Errorf("sessions %+v, %v", list, err)
			}
			return account.EndSession(tx, ada, account.SessionID(weak))
		})
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return account.EndSession(tx, "somebody else", account.SessionID(strong)) }); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("somebody else ends her session: %v", err)
		}
		if w, _ := resume(weak, now); w != nil {
			t.Error("an ended session goes on")
		}
		if w, _ := resume(strong, now); w == nil {
			t.Error("ending one session ended the other")
		}
	})
}

func TestLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d := store(t, open)
		write(t, d, func(tx *db.Tx) error {
			for i := range 5 {
				who := []*account.Who{nil, {ID: "ada"}}[i%2]
				if err := account.Note(tx, now.Add(time.Duration(i)*time.Second), who, "role.granted", "steward"); err != nil {
					return err
				}
			}
			return nil
		})
		write(t, d, func(tx *db.Tx) error {
			first, err := account.Log(tx, "", "", 3)
			if err != nil || len(first) != 3 || first[0].At <= first[1].At {
				t.Fatalf("first page %+v, %v", first, err)
			}
			rest, err := account.Log(tx, "", first[2].ID, 3)
			if err != nil || len(rest) != 2 {
				t.Errorf("second page %+v, %v", rest, err)
			}
			hers, err := account.Log(tx, "ada", "", 10)
			if err != nil || len(hers) != 2 || hers[0].Account != "ada" {
				t.Errorf("hers %+v, %v", hers, err)
			}
			return nil
		})
	})
}
