package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/stakeholder"
)

// TestPartnerNames types partners by name: one that fits is taken, of several the
// reader chooses without script, an unknown one says what to do, and nothing typed is lost.
func TestPartnerNames(t *testing.T) {
	d := newDesk(t, formBase)
	_, lead, tide, lantern := d.joint()
	other := d.act(stakeholder.KindRegistered, stakeholder.Secretariat, stakeholder.Registered{Kind: "local-authority", Area: "QP"}, map[string]string{"name.und": "Tide Watch"})
	odd := d.party("Kite; Rope (7)")
	w := d.send("/en/commitments/new", url.Values{"party": {itoa(lead)}})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/en/desk/drafts/") {
		t.Fatalf("a draft: got status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	send := func(partners string, more ...string) string {
		t.Helper()
		fields := url.Values{"title": {"Pilots"}, "partners": {partners}}
		for i := 0; i+1 < len(more); i += 2 {
			fields.Set(more[i], more[i+1])
		}
		w := d.send(at, fields)
		if w.Code < 400 || w.Code > 499 {
			t.Fatalf("%q: got status %d, want the form again", partners, w.Code)
		}
		return w.Body.String()
	}
	says := func(body string, words ...string) {
		t.Helper()
		for _, word := range words {
			if !strings.Contains(body, word) {
				t.Errorf("the form lacks %q:\n%s", word, firstLines(body))
			}
		}
	}
	body := send("lantern PILOTS: 20\nTide Watch: 30\nNobody & Sons")
	says(body, "Lantern Pilots ("+itoa(lantern)+"): 20", "“Tide Watch” may be one of several parties", "No registered party goes by “Nobody &amp; Sons”",
		`name="partners.pick.1"`, `value="`+itoa(tide)+`"`, `value="`+itoa(other)+`"`, "number "+itoa(other), `name="partners.pick.1.of" value="Tide Watch"`)
	if strings.Contains(body, `name="partners.pick.2"`) {
		t.Error("it offers a choice for a name that nobody goes by")
	}
	says(d.ask(http.MethodGet, at, "", nil).Body.String(), "Lantern Pilots ("+itoa(lantern)+"): 20", "Nobody &amp; Sons", `name="partners.pick.1"`)

	body = send("Lantern Pilots ("+itoa(lantern)+"): 20\nTide Watch: 30", "partners.pick.1", itoa(other), "partners.pick.1.of", "Tide Watch")
	says(body, "Tide Watch ("+itoa(other)+"): 30")
	if strings.Contains(body, "partners.pick") || strings.Contains(body, "may be one of several") {
		t.Errorf("it asks again for what was chosen:\n%s", firstLines(body))
	}
	body = send("Tide Watch: 30", "partners.pick.0", itoa(lantern), "partners.pick.0.of", "Tide Watch")
	says(body, `name="partners.pick.0"`)
	body = send("Lantern: 20", "partners.pick.0", itoa(lantern), "partners.pick.0.of", "Tide Watch")
	says(body, "“Lantern” may be one of several parties", `value="`+itoa(lantern)+`"`)
	says(send(itoa(odd)+":5"), "Kite, Rope (7) ("+itoa(odd)+"): 5")
	says(send("Kite, Rope (7) ("+itoa(odd)+"): 5"), "Kite, Rope (7) ("+itoa(odd)+"): 5")
	says(send(itoa(tide)+":30, "+itoa(lantern)+":20"), "Tide Watch ("+itoa(tide)+"): 30", "Lantern Pilots ("+itoa(lantern)+"): 20")
}
