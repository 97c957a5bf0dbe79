package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// act submits what no form of this test is about.
func (d *desk) act(kind, by string, facts any, words map[string]string) int64 {
	d.t.Helper()
	out, err := d.k.Submit(d.t.Context(), "", keeper.Act{Kind: kind, By: by, Facts: facts, Words: words})
	if err != nil {
		d.t.Fatalf("%s: %v", kind, err)
	}
	return out[0].Index
}

// step sends a form and wants its status; a page that it leads to has to say something.
func (d *desk) step(address string, fields url.Values, status int, says string) {
	d.t.Helper()
	w := d.send(address, fields)
	if w.Code != status {
		d.t.Fatalf("%s: got status %d, want %d\n%s", address, w.Code, status, firstLines(w.Body.String()))
	}
	body := w.Body.String()
	if status == http.StatusSeeOther {
		body = page(d.t, d.site, w.Header().Get("Location"), http.StatusOK)
	}
	if !strings.Contains(body, says) {
		d.t.Errorf("%s does not lead to %q:\n%s", address, says, firstLines(body))
	}
}

func (d *desk) party(name string) int64 {
	d.t.Helper()
	return d.act(stakeholder.KindRegistered, stakeholder.Secretariat, stakeholder.Registered{Kind: "local-authority", Area: "QM"}, map[string]string{"name.und": name})
}

func TestWithdrawForm(t *testing.T) {
	d := newDesk(t, formBase)
	id := int64(0)
	for i := d.k.Size() - 1; id == 0; i-- {
		if body := get(d.site, "/en/stakeholders/"+itoa(i)); body.Code == http.StatusOK && strings.Contains(body.Body.String(), "/withdraw") {
			id = i
		}
	}
	address := "/en/stakeholders/" + itoa(id) + "/withdraw"
	d.step(address, url.Values{}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(address, url.Values{"reason": {"The port merged with another."}}, http.StatusSeeOther, "Withdrawn on")
	d.step(address, url.Values{"reason": {"Once more."}}, http.StatusNotFound, "no endorsement")
}

func TestClaimForm(t *testing.T) {
	d := newDesk(t, formBase)
	own := d.party("Quay Guild")
	stated := d.act(stakeholder.KindStated, stakeholder.Secretariat, stakeholder.Stated{Registered: stakeholder.Registered{Kind: "local-authority", Area: "QM"}, On: "2026-01-15"},
		map[string]string{"name.und": "The Guild of the Quay", "source.en": "A list", "url.und": "https://list.harbour.example/"})
	address := "/en/stakeholders/" + itoa(stated) + "/claim"
	if body := page(t, d.site, "/en/stakeholders/"+itoa(stated), http.StatusOK); !strings.Contains(body, address) {
		t.Errorf("the stated party's page does not lead to its claim:\n%s", firstLines(body))
	}
	d.step(address, url.Values{"party": {"x"}}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(address, url.Values{"party": {itoa(own)}}, http.StatusSeeOther, "Quay Guild")
	if body := page(t, d.site, "/en/stakeholders/"+itoa(stated), http.StatusOK); !strings.Contains(body, "Claimed by its party") || strings.Contains(body, address) {
		t.Errorf("the claimed entry does not say whose it is:\n%s", firstLines(body))
	}
	d.step(address, url.Values{"party": {itoa(own)}}, http.StatusConflict, "")

	d.act(stakeholder.KindEndorsed, stakeholder.Secretariat, stakeholder.Endorsed{Party: own, Text: "harbour-2025", On: "2026-02-01"},
		map[string]string{"source.en": "A list", "url.und": "https://list.harbour.example/"})
	address = "/en/stakeholders/" + itoa(own) + "/claim"
	if body := page(t, d.site, "/en/stakeholders/"+itoa(own), http.StatusOK); !strings.Contains(body, address) {
		t.Errorf("the party's page does not lead to the claim of its stated endorsement:\n%s", firstLines(body))
	}
	d.step(address, url.Values{"endorses_vision": {"yes"}, "endorses_principles": {"yes"}, "role": {"Warden"}, "no_activity_reason": {"The guild has just begun."},
		"activities.0.state": {"planned"}}, http.StatusSeeOther, "endorsed")
	d.step(address, url.Values{}, http.StatusNotFound, "left to claim")
}

func TestMembersForm(t *testing.T) {
	d := newDesk(t, formBase)
	group := d.act(stakeholder.KindRegistered, stakeholder.Secretariat, stakeholder.Registered{Kind: stakeholder.KindGroup}, map[string]string{"name.und": "League of Ports"})
	address := "/en/stakeholders/" + itoa(group) + "/members"
	member := url.Values{"member": {"1"}, "change": {stakeholder.KindJoined}, "on": {"2026-02-30"}}
	d.step(address, member, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	member.Set("on", "2026-02-03")
	d.step(address, member, http.StatusSeeOther, "3 February 2026")
	member.Set("change", stakeholder.KindLeft)
	member.Set("on", "2026-05-01")
	d.step(address, member, http.StatusSeeOther, "League of Ports")
	d.step("/en/stakeholders/1/members", member, http.StatusNotFound, "")
}
