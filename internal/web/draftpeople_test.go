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

// begun opens a draft of a commitment and returns its address.
func begun(t *testing.T, b *browser, party int64) string {
	t.Helper()
	at := b.fill("/en/commitments/new", url.Values{"party": {itoa(party)}})
	return strings.TrimSuffix(at, "/1")
}

func TestDraftsBelong(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("a@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.person("b@state.example", "", account.Post{Party: h.state, As: account.AsDrafter})
	h.person("c@org.example", "", account.Post{Party: h.org, As: account.AsMain})
	a, b, c := h.signIn("a@state.example"), h.signIn("b@state.example"), h.signIn("c@org.example")
	at := begun(t, a, h.state)
	b.want(at+"/1", http.StatusOK)
	if !strings.Contains(b.want("/en/desk", http.StatusOK), at) {
		t.Error("a colleague does not find the draft on her desk")
	}
	c.want(at+"/1", http.StatusNotFound)
	if strings.Contains(c.want("/en/desk", http.StatusOK), at) {
		t.Error("the draft is on a stranger's desk")
	}
	if w := c.post("/en/desk/account", at+"/1", url.Values{"title": {"mine"}}); w.Code != http.StatusNotFound {
		t.Errorf("a stranger writes: status %d", w.Code)
	}
}

// TestTwoEditOneDraft lets two people save the same step: the second one gets both texts.
func TestTwoEditOneDraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("a@state.example", "", account.Post{Party: h.state, As: account.AsMain})
		h.person("b@state.example", "", account.Post{Party: h.state, As: account.AsAlternate})
		a, b := h.signIn("a@state.example"), h.signIn("b@state.example")
		at := begun(t, a, h.state) + "/1"
		fields := func(body, title string) url.Values {
			return url.Values{"title": {title}, "version": {hiddenValue(t, body, "version")}, "token": {formToken.FindStringSubmatch(body)[1]}}
		}
		hers, his := a.want(at, http.StatusOK), b.want(at, http.StatusOK)
		a.send(http.MethodPost, at, fields(hers, "Quay lights").Encode(), nil)
		w := b.send(http.MethodPost, at, fields(his, "Quay lamps").Encode(), nil)
		body := w.Body.String()
		if w.Code != http.StatusConflict || !strings.Contains(body, `value="Quay lamps"`) || !strings.Contains(body, "<q>Quay lights</q>") {
			t.Fatalf("got status %d; want both texts\n%s", w.Code, body)
		}
		if !strings.Contains(a.want(at, http.StatusOK), `value="Quay lights"`) {
			t.Error("the first text was overwritten")
		}
		b.send(http.MethodPost, at, fields(body, "Quay lamps and lights").Encode(), nil)
		if !strings.Contains(a.want(at, http.StatusOK), `value="Quay lamps and lights"`) {
			t.Error("the second save, made knowingly, was not kept")
		}
	})
}

// TestTwoReport lets two people fill in the same report form.
func TestTwoReport(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("a@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.person("b@state.example", "", account.Post{Party: h.state, As: account.AsAlternate})
	a, b := h.signIn("a@state.example"), h.signIn("b@state.example")
	form := "/en/commitments/" + itoa(h.promise) + "/report"
	seen := hiddenValue(t, a.want(form, http.StatusOK), "latest")
	b.fill(b.fill(form, progress()), nil) // taken back at once: it waits no more
	at := b.fill(form, progress())
	a.fill(at, url.Values{"decision": {"approved"}})
	late := progress()
	late.Set("latest", seen)
	late.Set("narrative", "What I typed for an hour")
	w := a.post(form, form, late)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "What I typed for an hour") || !strings.Contains(body, "Newest report") {
		t.Errorf("got status %d; want the text back beside the newest report\n%s", w.Code, firstLines(body))
	}
}

func hiddenValue(t *testing.T, body, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="`+name+`" value="`)
	if !ok {
		t.Fatalf("no hidden field %s\n%s", name, firstLines(body))
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestDelegation puts one question of a draft to somebody without an account.
func TestDelegation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("a@state.example", "", account.Post{Party: h.state, As: account.AsMain})
		h.person("c@org.example", "", account.Post{Party: h.org, As: account.AsMain})
		a, stranger := h.signIn("a@state.example"), h.signIn("c@org.example")
		at := begun(t, a, h.state)
		body := a.want(at+"/1", http.StatusOK)
		a.send(http.MethodPost, at+"/1", url.Values{"title": {"A secret plan"}, "token": {formToken.FindStringSubmatch(body)[1]}}.Encode(), nil)
		ask := at + "/ask?field=problem"
		stranger.want(ask, http.StatusNotFound)
		a.fill(ask, url.Values{"field": {"problem"}, "mail": {"expert@lab.example"}, "lang": {"en"}})
		link := h.linkFor("expert@lab.example")
		expert := h.browser()
		page := expert.want(link, http.StatusOK)
		if strings.Contains(page, "A secret plan") || strings.Count(page, `id="problem"`) != 1 || strings.Contains(page, `id="title"`) {
			t.Errorf("the colleague sees more than her question\n%s", page)
		}
		if w := expert.post(link, link, url.Values{"problem": {"  "}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("an empty answer: status %d", w.Code)
		}
		expert.fill(link, url.Values{"problem": {"The tip is open to the wind."}, "title": {"Overwritten"}})
		expert.want(link, http.StatusGone)
		expert.want(at+"/1", http.StatusSeeOther)
		body = a.want(at+"/1", http.StatusOK)
		if !strings.Contains(body, "The tip is open to the wind.") || !strings.Contains(body, "answered by a colleague") || !strings.Contains(body, `value="A secret plan"`) {
			t.Errorf("the answer is not in the draft, marked\n%s", body)
		}
		a.fill(ask, url.Values{"field": {"problem"}, "mail": {"late@lab.example"}, "lang": {"en"}})
		h.now = h.now.Add(15 * 24 * time.Hour)
		h.browser().want(h.linkFor("late@lab.example"), http.StatusGone)
	})
}
