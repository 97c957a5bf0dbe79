package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
	"kept/internal/report"
)

// the only report of a period.
func (h *house) onlyPeriod() (r report.Report) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		list, err := report.List(tx, "")
		if err == nil && len(list) == 1 {
			r = list[0]
		}
		return err
	})
	if r.ID == 0 {
		h.t.Fatal("not one report")
	}
	return r
}

func version(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="version" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("the form holds no version")
	}
	return v
}

// A report from the first chapter to the erratum, by two people of the secretariat
// and one of a party.
func TestReportForms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("one@compact.example", account.RoleSecretariat)
		h.person("two@compact.example", account.RoleSecretariat)
		h.person("port@quay.example", "", account.Post{Party: h.org, As: account.AsMain})
		one, two, port := h.signIn("one@compact.example"), h.signIn("two@compact.example"), h.signIn("port@quay.example")
		plan := "/en/desk/reports/yearly/2025-12-31"
		one.want("/en/desk/reports", http.StatusOK)
		one.want(plan, http.StatusOK)
		if w := port.get(plan); w.Code != http.StatusForbidden {
			t.Errorf("a party may write the report: %d", w.Code)
		}

		chapter := plan + "/parties/en"
		old := version(t, one.want(chapter, http.StatusOK))
		one.fill(chapter, url.Values{"version": {old}, "text": {"{parties.total} parties, and 12 ships."}})
		body := one.want(chapter, http.StatusOK)
		if !strings.Contains(body, "line 1: 12") || !strings.Contains(body, `class="fig"`) || !strings.Contains(body, "{parties.total}") {
			t.Errorf("no preview, or no word of the typed number\n%s", firstLines(body))
		}
		// A colleague who opened the form before: both texts are kept and shown.
		w := two.post(chapter, chapter, url.Values{"version": {old}, "text": {"Another text."}})
		if body = w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Another text.") || !strings.Contains(body, "and 12 ships.") {
			t.Errorf("two editors: got %d\n%s", w.Code, firstLines(body))
		}
		var kept int
		h.write(func(tx *db.Tx) error { return tx.Row("SELECT COUNT(*) FROM web_chapter").Scan(&kept) })
		if kept != 2 {
			t.Errorf("%d texts are kept, want both", kept)
		}
		two.fill(chapter, url.Values{"version": {version(t, body)}, "text": {"{parties.total} parties, and 12 ships. Another text."}, "meant": {"yes"}})
		for _, bad := range []struct{ text, says string }{
			{"<script>alert(1)</script>", "HTML is not taken"}, {"[a](javascript:alert(1))", "javascript"}, {"![a](https://example.org/x.png)", "pictures are not taken"},
			{strings.Repeat("a", 2<<20), "2,097,152"},
		} {
			w := one.post(chapter, chapter, url.Values{"version": {"9"}, "text": {bad.text}})
			if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, bad.says) {
				t.Errorf("%.20s: got %d, without %q\n%s", bad.text, w.Code, bad.says, firstLines(body))
			}
		}
		// A reference to nothing can be saved, is told with its line, and cannot be published.
		delivery := plan + "/delivery/en"
		one.fill(delivery, url.Values{"version": {"0"}, "text": {"Good.\n\n{no.such.figure}"}})
		if body := one.want(delivery, http.StatusOK); !strings.Contains(body, "Line 3: no.such.figure") {
			t.Errorf("an unknown figure is not told\n%s", firstLines(body))
		}
		if w := one.post(plan+"/open", plan+"/open", nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no.such.figure") {
			t.Errorf("it was opened with an unknown figure: %d", w.Code)
		}
		one.fill(delivery, url.Values{"version": {version(t, one.want(delivery, http.StatusOK))}, "text": {""}})

		// Opened by a second person.
		held := one.fill(plan+"/open", nil)
		if !strings.HasPrefix(held, "/en/desk/pending/") {
			t.Fatalf("opened by one person alone: %s", held)
		}
		before := h.k.Size()
		if one.fill(held, url.Values{"decision": {"approved"}}); h.k.Size() != before {
			t.Error("approved by who sent it") // her button takes it back
		}
		held = one.fill(plan+"/open", nil)
		if body := two.want("/en/desk", http.StatusOK); !strings.Contains(body, strings.TrimPrefix(held, "/en")) {
			t.Errorf("it does not wait on the desk of the other\n%s", firstLines(body))
		}
		two.fill(held, url.Values{"decision": {"approved"}})
		r := h.onlyPeriod()
		id := strconv.FormatInt(r.ID, 10)

		// The party sees its task, and contributes.
		if body := port.want("/en/desk", http.StatusOK); !strings.Contains(body, "/reports/"+id+"/rows/"+itoa(h.org)) {
			t.Errorf("no task for the party\n%s", firstLines(body))
		}
		one.post("/en/desk/reports/"+id+"/invite", "/en/desk/reports/"+id+"/invite", url.Values{"party": {itoa(h.org)}, "chapter": {"delivery"}})
		if h.toldAbout("port@quay.example", "/desk/reports/"+id+"/contribute") != 1 {
			t.Error("no letter invites the party")
		}
		if to := port.fill("/en/desk/reports/"+id+"/contribute?chapter=delivery", url.Values{"party": {itoa(h.org)}, "chapter": {"delivery"}, "text": {"We keep the quays."}}); to != "/en/reports/"+id+"/delivery" {
			t.Errorf("led to %s", to)
		}
		h.see("/en/reports/"+id+"/delivery", "We keep the quays.", "Northquay Port Authority")
		if w := port.post("/en/desk/reports/"+id+"/contribute", "/en/desk/reports/"+id+"/contribute", url.Values{"party": {itoa(h.state)}, "chapter": {"delivery"}, "text": {"Not ours."}}); w.Code != http.StatusForbidden {
			t.Errorf("a contribution in another party's name: %d", w.Code)
		}
		if body := one.want("/en/desk/reports/"+id+"/release", http.StatusOK); strings.Contains(body, `<button class="btn">Release`) {
			t.Error("it could be released while it is open")
		}

		h.now = h.now.AddDate(0, 0, 30)
		one, two, port = h.signIn("one@compact.example"), h.signIn("two@compact.example"), h.signIn("port@quay.example")
		if w := port.post("/en/desk/reports/"+id+"/contribute", "/en/desk/reports/"+id+"/contribute", url.Values{"party": {itoa(h.org)}, "chapter": {"delivery"}, "text": {"Late."}}); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "This is wrong") {
			t.Errorf("after the window: %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		if body := one.want("/en/desk", http.StatusOK); !strings.Contains(body, "/desk/reports/"+id+"/release") {
			t.Errorf("the release is no task\n%s", firstLines(body))
		}
		held = one.fill("/en/desk/reports/"+id+"/release", nil)
		two.fill(held, url.Values{"decision": {"approved"}})
		if r = h.onlyPeriod(); r.Release == 0 {
			t.Fatal("it was not released")
		}
		h.see("/en/reports/"+id+"/parties", "Another text.", "figures.json")

		w = one.post("/en/desk/reports/"+id+"/erratum", "/en/desk/reports/"+id+"/erratum", url.Values{"figure": {"parties.total"}, "new": {"3,5"}})
		if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "Say why") {
			t.Errorf("a bad erratum: %d\n%s", w.Code, firstLines(body))
		}
		held = one.fill("/en/desk/reports/"+id+"/erratum", url.Values{"figure": {"parties.total"}, "new": {"3"}, "reason": {"One was counted twice."}})
		two.fill(held, url.Values{"decision": {"approved"}})
		h.see("/en/reports/"+id+"/figures/parties.total", "One was counted twice.")

		c := &crawler{t: t, site: h.site}
		for _, page := range []string{"/desk/reports", "/desk/reports/yearly/2025-12-31", "/desk/reports/yearly/2025-12-31/parties/fr", "/desk/reports/yearly/2026-12-31",
			"/desk/reports/" + id + "/release", "/desk/reports/" + id + "/erratum", "/desk/reports/" + id + "/invite", "/desk/reports/" + id + "/contribute"} {
			for _, lang := range locale.Langs {
				w := one.get("/" + string(lang) + page)
				if w.Code != http.StatusOK {
					t.Errorf("/%s%s: got %d\n%s", lang, page, w.Code, firstLines(w.Body.String()))
					continue
				}
				c.check("/"+string(lang)+page, w.Body.String(), lang)
			}
		}
	})
}
