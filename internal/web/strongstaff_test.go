package web_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/web"
)

// strongStaff serves the house again, with what secretariat and operator may do only
// in a strong session.
func (h *house) strongStaff() {
	h.t.Helper()
	var err error
	h.site, err = web.New(web.Config{Keeper: h.k, Base: houseBase, Build: "test", Log: slog.New(slog.DiscardHandler), StrongStaff: true,
		Operator: web.Operator{Name: "Example Institute", Contact: "mailto:kept@desk.example", Privacy: "https://desk.example/privacy"},
		Post:     func(_ *db.Tx, letters ...web.Letter) error { h.letters = append(h.letters, letters...); return nil },
		Later:    func(_ *db.Tx, _, _ string, payload []byte) error { h.work = append(h.work, payload); return nil }})
	if err != nil {
		h.t.Fatal(err)
	}
}

// strongly is a browser in which somebody signed in with a passkey.
func (h *house) strongly(id string) *browser {
	b := h.browser()
	h.write(func(tx *db.Tx) error {
		token, err := account.StartSession(tx, h.now, id, true, "")
		b.cookies["__Host-kept-session"] = &http.Cookie{Name: "__Host-kept-session", Value: token}
		return err
	})
	return b
}

// TestStrongStaff signs staff in by a mailed link where that is not enough for them:
// nothing is published, no post offered, no role given, no token reaches further, and
// each refusal says how to go on. With a passkey all of it is open.
func TestStrongStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		sec := h.person("sol@desk.example", account.RoleSecretariat, account.Post{Party: h.org, As: account.AsMain})
		op := h.person("oda@desk.example", account.RoleOperator)
		before := h.signIn("sol@desk.example").token(account.ScopeParty)
		h.strongStaff()
		forms := map[string]url.Values{
			"/en/stakeholders/new":                         {"name": {"Harbour Watch"}, "kind": {"civil-society"}, "area": {"QM"}},
			"/en/desk/people":                              {"mail": {"new@desk.example"}, "role": {"moderator"}},
			"/en/desk/parties/" + itoa(h.state):            {"mail": {"new@desk.example"}, "as": {"main"}},
			"/en/stakeholders/" + itoa(h.state) + "/amend": {"name": {"Another"}},
			"/en/desk/log":                                 nil,
		}
		for who, id := range map[string]string{"sol@desk.example": sec, "oda@desk.example": op} {
			weak, strong := h.signIn(who), h.strongly(id)
			weak.says("/en/desk", "You signed in by a mailed link", "/en/desk/passkeys", "/en/sign-in/passkey")
			strong.says("/en/desk", "You act as the secretariat")
			size := h.k.Size()
			for address, fields := range forms {
				if who == "sol@desk.example" && (address == "/en/desk/log" || address == "/en/desk/people") {
					continue // more than the secretariat may
				}
				token := formToken.FindStringSubmatch(weak.want("/en/desk/account", http.StatusOK))[1]
				for _, w := range []int{weak.get(address).Code, weak.send(http.MethodPost, address, (url.Values{"token": {token}}).Encode()+"&"+fields.Encode(), nil).Code} {
					if w != http.StatusForbidden {
						t.Errorf("%s at %s in a weak session: got status %d, want 403", who, address, w)
					}
				}
				if body := weak.want(address, http.StatusForbidden); !strings.Contains(body, "only when signed in with a passkey") {
					t.Errorf("%s: the refusal does not say how to go on:\n%s", address, firstLines(body))
				}
				strong.want(address, http.StatusOK)
			}
			if h.k.Size() != size {
				t.Errorf("%s published %d acts in a weak session", who, h.k.Size()-size)
			}
			weak.want("/en/desk/passkeys", http.StatusOK) // the way out is open
		}
		if w := h.call(http.MethodPost, "/api/stakeholders/new", before, `{"name":"Harbour Watch","kind":"civil-society","area":"QM"}`, nil); w.Code != http.StatusForbidden {
			t.Errorf("a token of before: got status %d, want 403\n%s", w.Code, w.Body)
		}
		h.signIn("sol@desk.example").want("/en/stakeholders/"+itoa(h.org)+"/amend", http.StatusOK) // her post at a party holds
		to := h.strongly(sec).fill("/en/stakeholders/new", forms["/en/stakeholders/new"])
		h.browser().says(to, "Harbour Watch")
	})
}

// TestStrongStaffShutOut refuses a site at which nobody could sign in strongly.
func TestStrongStaffShutOut(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	_, err := web.New(web.Config{Keeper: h.k, Base: "http://127.0.0.1:8080", StrongStaff: true})
	if err == nil || !strings.Contains(err.Error(), "shut everybody out") {
		t.Errorf("got %v", err)
	}
}
