package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// TestTranslate gives a party's words in another language: by the party, one part
// at a time with the original beside, and by the secretariat; pages say what it is.
func TestTranslate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, party, made, report := quayHouse(t, open())
		h.person("nor@quay.example", "", account.Post{Party: party, As: account.AsMain})
		h.person("ora@port.example", "", account.Post{Party: h.org, As: account.AsMain})
		h.person("sol@desk.example", account.RoleSecretariat)
		at := "/en/words/" + itoa(report) + "/translate"
		if w := h.signIn("ora@port.example").get(at); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "by the party that made it") {
			t.Errorf("another party at the form: got status %d", w.Code)
		}
		nor := h.signIn("nor@quay.example")
		nor.says(at, "narrative.en: The first line runs.", "Continue")
		to := nor.fill(at, url.Values{"part": {"narrative.en"}})
		nor.says(to, "The first line runs.", "Français", "translated by a person", "Text in that language")
		if body := nor.want(to, http.StatusOK); strings.Contains(body, `<option value="en"`) {
			t.Error("the language of the original is offered")
		}
		bare, _, _ := strings.Cut(to, "?")
		send := func(b *browser, fields url.Values) (int, string) {
			w := b.post(to, bare, fields)
			return w.Code, w.Body.String()
		}
		for name, fields := range map[string]url.Values{
			"nothing written":    {"part": {"narrative.en"}, "lang": {"fr"}, "status": {"human"}, "text": {" \n"}},
			"a seventh language": {"part": {"narrative.en"}, "lang": {"tlh"}, "status": {"human"}, "text": {"x"}},
			"its own language":   {"part": {"narrative.en"}, "lang": {"en"}, "status": {"human"}, "text": {"x"}},
			"of no status":       {"part": {"narrative.en"}, "lang": {"fr"}, "status": {"divine"}, "text": {"kept as typed"}},
			"a part that is not": {"part": {"secret.en"}, "lang": {"fr"}, "status": {"human"}, "text": {"x"}},
		} {
			if code, body := send(nor, fields); code < 400 || code >= 500 || name == "of no status" && !strings.Contains(body, "kept as typed") {
				t.Errorf("%s: got status %d\n%s", name, code, firstLines(body))
			}
		}
		size := h.k.Size()
		if code, body := send(nor, url.Values{"part": {"narrative.en"}, "lang": {"fr"}, "status": {"reviewed"}, "text": {"La première <b>ligne</b> est en service."}}); code != http.StatusSeeOther || h.k.Size() != size+1 {
			t.Fatalf("a translation: got status %d\n%s", code, firstLines(body))
		}
		page := "/commitments/" + itoa(made)
		h.browser().says("/fr"+page, "La première &lt;b&gt;ligne&lt;/b&gt; est en service.", "<code>narrative.fr</code>", "traduction")
		h.browser().says("/en/record/entries/"+itoa(report), "translation, reviewed; brought by entry "+itoa(size))
		if body := h.browser().want("/en"+page, http.StatusOK); strings.Contains(body, "narrative.fr") || !strings.Contains(body, "The first line runs.") {
			t.Error("the English page speaks of the French text")
		}
		if body := h.browser().want(page+".json?lang=fr", http.StatusOK); !strings.Contains(body, `"part":"narrative.fr"`) || !strings.Contains(body, `"status":"reviewed"`) {
			t.Error("the JSON does not say that it is a translation")
		}
		if code, _ := send(nor, url.Values{"part": {"narrative.en"}, "lang": {"fr"}, "status": {"human"}, "text": {"Autre chose."}}); code != http.StatusConflict && code != http.StatusUnprocessableEntity {
			t.Errorf("the same language again: got status %d", code)
		}
		if code, body := send(h.signIn("sol@desk.example"), url.Values{"part": {"narrative.en"}, "lang": {"ru"}, "status": {"machine"}, "text": {"Первая линия работает."}}); code != http.StatusSeeOther {
			t.Fatalf("by the secretariat: got status %d\n%s", code, firstLines(body))
		}
		h.browser().says("/ru"+page, "Первая линия работает.", "<code>narrative.ru</code>")
		twin := "/api/words/" + itoa(report) + "/translate"
		body := `{"part":"narrative.en","lang":"es","status":"human","text":"La primera línea funciona."}`
		if w := h.call(http.MethodPost, twin, nor.token(account.ScopeParty), body, nil); w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"entries":[`+itoa(h.k.Size()-1)+`]`) {
			t.Errorf("by a program: got status %d\n%s", w.Code, w.Body)
		}
		if w := h.call(http.MethodPost, twin, nor.token(account.ScopeReport), body, nil); w.Code != http.StatusForbidden {
			t.Errorf("by a program whose token is for reports: got status %d, want 403", w.Code)
		}
		if w := nor.get("/en/words/999999/translate"); w.Code != http.StatusNotFound {
			t.Errorf("an entry that is not: got status %d, want 404", w.Code)
		}
	})
}
