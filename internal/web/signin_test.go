package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("ada@ministry.example", "", account.Post{Party: h.state, As: account.AsMain})

		t.Run("forms lead to the sign-in, which leads back", func(t *testing.T) {
			b := h.browser()
			w := b.get("/en/commitments/new?item=H.5")
			to := w.Header().Get("Location")
			if w.Code != http.StatusSeeOther || to != "/en/sign-in?to=%2Fcommitments%2Fnew%3Fitem%3DH.5" {
				t.Fatalf("got %d %s", w.Code, to)
			}
			b.post(to, "/en/sign-in", url.Values{"mail": {"ada@ministry.example"}, "to": {"/commitments/new?item=H.5"}})
			h.do()
			if to := b.fill(h.linkFor("ada@ministry.example"), nil); to != "/en/commitments/new?item=H.5" {
				t.Errorf("led to %s", to)
			}
			b.want("/en/commitments/new?item=H.5", http.StatusOK)
		})
		t.Run("never to another site", func(t *testing.T) {
			b := h.browser()
			for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"} {
				b.post("/en/sign-in", "/en/sign-in", url.Values{"mail": {"ada@ministry.example"}, "to": {to}})
				h.do()
				if got := b.fill(h.linkFor("ada@ministry.example"), nil); got != "/en/desk" {
					t.Errorf("%s led to %s", to, got)
				}
				h.now = h.now.Add(time.Hour)
			}
		})
		t.Run("the cookie", func(t *testing.T) {
			b := h.signIn("ada@ministry.example")
			c := b.cookies["__Host-kept-session"]
			if c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Fatalf("the session's cookie is %v", c)
			}
			if w := b.get("/en/"); w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "ada@") {
				t.Error("a public page tells who signed in")
			}
		})
		t.Run("known and unknown addresses get the same answer", func(t *testing.T) {
			h.now = h.now.Add(time.Hour)
			answer := func(mail string) (string, string, int) {
				b := h.browser()
				w := b.post("/en/sign-in", "/en/sign-in", url.Values{"mail": {mail}})
				return w.Header().Get("Location"), b.want("/en/sign-in/sent", http.StatusOK), len(h.work)
			}
			to1, page1, work1 := answer("ada@ministry.example")
			to2, page2, work2 := answer("nobody@ministry.example")
			if to1 != to2 || page1 != page2 {
				t.Errorf("answers differ: %s, %s", to1, to2)
			}
			if work1 != 1 || work2 != 2 {
				t.Errorf("the work put off is %d, then %d: one each, whoever it is", work1, work2)
			}
			before := len(h.letters)
			h.do()
			if got := len(h.letters) - before; got != 1 {
				t.Errorf("%d letters, want one to the known address", got)
			}
		})
		t.Run("not an address", func(t *testing.T) {
			b := h.browser()
			if w := b.post("/en/sign-in", "/en/sign-in", url.Values{"mail": {"ada@ministry.example\r\nBcc: x@y.example"}}); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("got status %d", w.Code)
			}
		})
		t.Run("limits", func(t *testing.T) {
			h.now = h.now.Add(time.Hour)
			b := h.browser()
			for range 10 {
				b.fill("/en/sign-in", url.Values{"mail": {"ADA@ministry.example"}})
			}
			if len(h.work) != 6 {
				t.Errorf("%d letters to one address in an hour, want 6", len(h.work))
			}
			h.work = nil
			b.remote = "203.0.113.9:1"
			last := 0
			for i := range 130 {
				last = b.post("/en/sign-in", "/en/sign-in", url.Values{"mail": {"p" + itoa(int64(i)) + "@ministry.example"}}).Code
			}
			if last != http.StatusTooManyRequests || len(h.work) != 120 {
				t.Errorf("from one network: status %d after %d", last, len(h.work))
			}
			h.work = nil
			b.remote = "192.0.2.9:1"
			b.fill("/en/sign-in", url.Values{"mail": {"other@ministry.example"}})
			h.work, h.now = nil, h.now.Add(time.Hour)
		})
	})
}

func TestSignInLinks(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("ada@ministry.example", "")
	fresh := func(b *browser) string {
		t.Helper()
		h.now = h.now.Add(time.Hour)
		b.fill("/en/sign-in", url.Values{"mail": {"ada@ministry.example"}})
		h.do()
		return h.linkFor("ada@ministry.example")
	}
	dead := func(b *browser, link, says string) {
		t.Helper()
		body := b.want(link, http.StatusGone)
		if !strings.Contains(body, says) || !strings.Contains(body, "/en/sign-in") {
			t.Errorf("the page of a dead link does not say %q with the way to a new one\n%s", says, firstLines(body))
		}
	}

	t.Run("a scanner that opens it uses nothing up", func(t *testing.T) {
		link := fresh(h.browser())
		for range 5 {
			w := h.browser().get(link)
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
				t.Fatalf("got %d %v", w.Code, w.Header())
			}
		}
		b := h.browser()
		b.fill(link, nil)
		b.want("/en/desk/account", http.StatusOK)
	})
	t.Run("used twice", func(t *testing.T) {
		link := fresh(h.browser())
		first := h.browser()
		open := first.want(link, http.StatusOK)
		first.fill(link, nil)
		forwarded := h.browser()
		dead(forwarded, link, "used already")
		forwarded.cookies = map[string]*http.Cookie{}
		w := forwarded.send(http.MethodPost, link, url.Values{"token": {formToken.FindStringSubmatch(open)[1]}}.Encode(), nil)
		if w.Code != http.StatusForbidden && w.Code != http.StatusGone {
			t.Errorf("a second use: got status %d", w.Code)
		}
		if forwarded.cookies["__Host-kept-session"] != nil {
			t.Error("a used link signs somebody in")
		}
	})
	t.Run("expired", func(t *testing.T) {
		link := fresh(h.browser())
		h.now = h.now.Add(16 * time.Minute)
		dead(h.browser(), link, "expired")
	})
	t.Run("guessed", func(t *testing.T) {
		dead(h.browser(), "/en/link/ABCDEFGHIJKLMNOP", "opens nothing")
	})
	t.Run("its page without the token, and from another site", func(t *testing.T) {
		link := fresh(h.browser())
		b := h.browser()
		b.want(link, http.StatusOK)
		if w := b.send(http.MethodPost, link, "", nil); w.Code != http.StatusForbidden {
			t.Errorf("without a token: %d", w.Code)
		}
		m := formToken.FindStringSubmatch(b.want(link, http.StatusOK))
		body := url.Values{"token": {m[1]}}.Encode()
		if w := b.send(http.MethodPost, link, body, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != http.StatusForbidden {
			t.Errorf("from another site: %d", w.Code)
		}
		if w := h.browser().send(http.MethodPost, link, body, nil); w.Code != http.StatusForbidden {
			t.Errorf("with the token of another browser: %d", w.Code)
		}
		b.fill(link, nil)
	})
	t.Run("the host of the request is not believed", func(t *testing.T) {
		h.now = h.now.Add(time.Hour)
		b := h.browser()
		m := formToken.FindStringSubmatch(b.want("/en/sign-in", http.StatusOK))
		b.send(http.MethodPost, "/en/sign-in", url.Values{"token": {m[1]}, "mail": {"ada@ministry.example"}}.Encode(), func(r *http.Request) {
			r.Host = "evil.example"
			r.Header.Set("X-Forwarded-Host", "evil.example")
		})
		h.do()
		if last := h.letters[len(h.letters)-1].Body; strings.Contains(last, "evil.example") || !strings.Contains(last, houseBase) {
			t.Errorf("the letter says\n%s", last)
		}
	})
	t.Run("of an account that was closed meanwhile", func(t *testing.T) {
		link := fresh(h.browser())
		h.write(func(tx *db.Tx) error {
			who, err := account.Find(tx, "ada@ministry.example")
			if err != nil {
				return err
			}
			return account.Revoke(tx, h.now, who.ID)
		})
		b := h.browser()
		if w := b.post(link, link, nil); w.Code == http.StatusSeeOther || b.cookies["__Host-kept-session"] != nil {
			t.Errorf("got status %d", w.Code)
		}
	})
}

func TestSessionsOnPages(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("ada@ministry.example", "")
	const name = "__Host-kept-session"
	signed := func(b *browser) bool { return b.get("/en/desk/account").Code == http.StatusOK }

	t.Run("a planted session is not taken over", func(t *testing.T) {
		b := h.browser()
		b.cookies[name] = &http.Cookie{Name: name, Value: "PLANTED"}
		b.fill("/en/sign-in", url.Values{"mail": {"ada@ministry.example"}})
		h.do()
		b.fill(h.linkFor("ada@ministry.example"), nil)
		if b.cookies[name].Value == "PLANTED" || !signed(b) {
			t.Error("the sign-in kept the session that was planted")
		}
		attacker := h.browser()
		attacker.cookies[name] = &http.Cookie{Name: name, Value: "PLANTED"}
		if signed(attacker) {
			t.Error("who planted it is signed in")
		}
	})
	t.Run("a new sign-in ends the browser's old one", func(t *testing.T) {
		b := h.signIn("ada@ministry.example")
		old := *b.cookies[name]
		b.fill("/en/sign-in", url.Values{"mail": {"ada@ministry.example"}})
		h.do()
		b.fill(h.linkFor("ada@ministry.example"), nil)
		thief := h.browser()
		thief.cookies[name] = &old
		if signed(thief) || !signed(b) {
			t.Error("the old session still holds")
		}
	})
	t.Run("signing out", func(t *testing.T) {
		b := h.signIn("ada@ministry.example")
		kept := *b.cookies[name]
		b.fill("/en/desk/sign-out", nil)
		if b.cookies[name] != nil {
			t.Error("the cookie stays")
		}
		b.cookies[name] = &kept
		if signed(b) {
			t.Error("the session holds after signing out")
		}
	})
	t.Run("ending another one", func(t *testing.T) {
		h.now = h.now.Add(time.Hour)
		here, there := h.signIn("ada@ministry.example"), h.signIn("ada@ministry.example")
		body := here.want("/en/desk/account", http.StatusOK)
		for _, part := range strings.Split(body, `name="session" value="`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			here.post("/en/desk/account", "/en/desk/account/end", url.Values{"session": {id}})
		}
		if signed(there) || !signed(here) {
			t.Errorf("there %v, here %v; want ended, kept", signed(there), signed(here))
		}
	})
	t.Run("without use, and in any case", func(t *testing.T) {
		b := h.signIn("ada@ministry.example")
		start := h.now
		for h.now.Before(start.Add(account.SessionLife - account.SessionIdle)) {
			if !signed(b) {
				t.Fatalf("a session in use ended after %v", h.now.Sub(start))
			}
			h.now = h.now.Add(account.SessionIdle / 2)
		}
		h.now = start.Add(account.SessionLife + time.Second)
		if signed(b) {
			t.Error("it outlives its longest time")
		}
		b = h.signIn("ada@ministry.example")
		h.now = h.now.Add(account.SessionIdle + time.Hour)
		if signed(b) {
			t.Error("it outlives its time without use")
		}
	})
	t.Run("forms are not sent with another's token", func(t *testing.T) {
		a, b := h.signIn("ada@ministry.example"), h.signIn("ada@ministry.example")
		m := formToken.FindStringSubmatch(a.want("/en/desk/account", http.StatusOK))
		if w := b.send(http.MethodPost, "/en/desk/sign-out", url.Values{"token": {m[1]}}.Encode(), nil); w.Code != http.StatusForbidden {
			t.Errorf("got status %d", w.Code)
		}
	})
}
