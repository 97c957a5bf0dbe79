package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
)

// TestPrivatePagesInEachLanguage looks at every page behind the sign-in for what no
// page may show, for its headers, and for its labels.
func TestPrivatePagesInEachLanguage(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@state.example", account.RoleOperator, account.Post{Party: h.state, As: account.AsMain})
	h.person("drafter@state.example", "", account.Post{Party: h.state, As: account.AsDrafter})
	h.person("two@state.example", account.RoleOperator, account.Post{Party: h.state, As: account.AsAlternate})
	b, drafter, two := h.signIn("main@state.example"), h.signIn("drafter@state.example"), h.signIn("two@state.example")
	draft := begun(t, b, h.state)
	held := drafter.fill("/en/commitments/"+itoa(h.promise)+"/report", progress())
	two.fill("/en/desk/people", url.Values{"mail": {"new@compact.example"}, "grant": {"moderator"}})
	b.token("report")
	b.fill(draft+"/ask?field=problem", url.Values{"field": {"problem"}, "mail": {"expert@lab.example"}, "lang": {"en"}})
	question := h.linkFor("expert@lab.example")
	b.fill("/en/desk/parties/"+itoa(h.state)+"/hand-over", url.Values{"as": {"main"}, "mail": {"next@state.example"}, "lang": {"en"}})
	post := h.linkFor("next@state.example")

	c := &crawler{t: t, site: h.site}
	for _, page := range []string{"/en/desk", "/en/desk/account", "/en/desk/account/erase", "/en/desk/people", "/en/desk/log", "/en/desk/tokens", "/en/desk/sign-out",
		"/en/desk/parties/" + itoa(h.state), "/en/desk/parties/" + itoa(h.state) + "/hand-over", held, draft + "/1", draft + "/ask?field=problem", "/en/sign-in", "/en/sign-in/sent", "/en/link/thanks", question, post, "/en/link/DEAD", "/en/api"} {
		for _, lang := range locale.Langs {
			address := "/" + string(lang) + strings.TrimPrefix(page, "/en")
			w := b.get(address)
			body := w.Body.String()
			if w.Code != http.StatusOK && !strings.HasSuffix(page, "DEAD") {
				t.Errorf("%s: got status %d\n%s", address, w.Code, firstLines(body))
				continue
			}
			c.check(address, body, lang)
			if w.Header().Get("Cache-Control") != "no-store" && page != "/en/api" {
				t.Errorf("%s may be kept: %q", address, w.Header().Get("Cache-Control"))
			}
			for field := range strings.SplitSeq(body, "<input ") {
				id, _, ok := strings.Cut(strings.TrimPrefix(field, `id="`), `"`)
				if ok && strings.HasPrefix(field, `id="`) && !strings.Contains(body, `for="`+id+`"`) {
					t.Errorf("%s: the field %s has no label", address, id)
				}
			}
		}
	}
}

// TestLettersInEachLanguage wants every letter whole in the reader's language.
func TestLettersInEachLanguage(t *testing.T) {
	for _, lang := range locale.Langs {
		h := harbourHouse(t, dbtest.SQLite(t))
		h.person("main@org.example", account.RoleSecretariat, account.Post{Party: h.org, As: account.AsMain})
		b := h.signIn("main@org.example")
		b.fill("/en/desk/account", url.Values{"name": {""}, "lang": {string(lang)}})
		people := "/en/desk/parties/" + itoa(h.org)
		for _, as := range account.AllPosts {
			b.fill(people, url.Values{"mail": {as + "@org.example"}, "as": {as}, "lang": {string(lang)}})
		}
		for _, l := range h.letters[1:] {
			if l.Lang != lang || l.Subject == "" || strings.Contains(l.Subject+l.Body, "⟦") || strings.Contains(l.Subject+l.Body, "{") || strings.ContainsAny(l.Subject, "\r\n") {
				t.Errorf("%s: a letter says %q\n%s", lang, l.Subject, l.Body)
			}
			if lang != locale.English && strings.Contains(l.Body, "Open this link") {
				t.Errorf("%s: a letter is in English\n%s", lang, l.Body)
			}
		}
		if len(h.letters) != 5 {
			t.Errorf("%s: %d letters", lang, len(h.letters))
		}
	}
}
