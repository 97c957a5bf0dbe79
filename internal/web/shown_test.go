package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestControlsSayWhatHolds: a list that leaves something out before anybody asked says
// so in its control, a draft without a title is no code, and several of a few are
// chosen by boxes whose names wrap on a narrow screen.
func TestControlsSayWhatHolds(t *testing.T) {
	d := newDesk(t, formBase)
	state := regexp.MustCompile(`<select id="state".*?</select>`)
	for query, chosen := range map[string]string{"": "open", "?state=over": "over", "?state=any": "any"} {
		control := state.FindString(page(t, d.site, "/en/support"+query, http.StatusOK))
		if strings.Contains(control, `value=""`) || strings.Count(control, " selected") != 1 || !strings.Contains(control, `value="`+chosen+`" selected`) {
			t.Errorf("/support%s: got the control %s", query, control)
		}
	}
	_, lead, _, _ := d.joint()
	if w := d.send("/en/commitments/new", url.Values{"party": {itoa(lead)}}); w.Code != http.StatusSeeOther {
		t.Fatalf("a draft: got status %d", w.Code)
	}
	if body := d.ask(http.MethodGet, "/en/desk", "", nil).Body.String(); !strings.Contains(body, "Commitment without a title yet") {
		t.Errorf("the desk does not name the draft:\n%s", firstLines(body))
	}
	body := d.ask(http.MethodGet, "/en/support/new", "", nil).Body.String()
	if !strings.Contains(body, `type="checkbox" class="tick" id="items-H.1"`) || strings.Contains(body, `<select id="items"`) {
		t.Errorf("the few items are in a list that cuts their names off:\n%s", firstLines(body))
	}
}
