package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// A party's data come filled in, are changed, and the change is on its page and in
// the lists; whoever read an older version is told so and loses nothing she typed.
func TestAmendPartyForm(t *testing.T) {
	d := newDesk(t, formBase)
	id := d.party("Quay Guild")
	address := "/en/stakeholders/" + itoa(id) + "/amend"
	form := d.ask(http.MethodGet, address, "", nil).Body.String()
	for _, want := range []string{`value="Quay Guild"`, `name="version" value="` + itoa(id) + `"`, `<option value="QM" selected>`, `name="led_by" value="women">`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	sent := url.Values{"version": {itoa(id)}, "name": {"Guild of the Quay"}, "kind": {"local-authority"}, "area": {"QN"}, "active": {"QP", "QQ"}, "led_by": {"women", "youth"},
		"languages": {"en FR"}, "web": {"https://guild.example/"}, "purpose": {"To keep the quay."}, "reason": {"We moved."}, "acronym": {"GQ"}}
	d.step(address, sent, http.StatusSeeOther, "Guild of the Quay")
	body := page(t, d.site, "/en/stakeholders/"+itoa(id), http.StatusOK)
	for _, want := range []string{"It says that it is led by women, young people", "To keep the quay.", "https://guild.example/", "a party changed its data", "/en/areas/QP"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if list := page(t, d.site, "/en/stakeholders?led_by=youth", http.StatusOK); !strings.Contains(list, "Guild of the Quay") || !strings.Contains(list, "young people") {
		t.Errorf("the list by who leads has not the party:\n%s", firstLines(list))
	}
	sent.Set("name", "Quay Club")
	w := d.send(address, sent)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Somebody changed these data meanwhile") || !strings.Contains(body, `value="Quay Club"`) {
		t.Errorf("an older version: got status %d\n%s", w.Code, firstLines(body))
	}
}

func TestRepresentForm(t *testing.T) {
	d := newDesk(t, formBase)
	guild, member := d.party("Quay Guild"), d.party("Pier Office")
	address := "/en/stakeholders/" + itoa(guild) + "/represent"
	sent := url.Values{"members": {itoa(member)}, "member_number": {"40"}, "on": {"2026-01-02"}}
	d.step(address, sent, http.StatusUnprocessableEntity, "A number needs its source")
	sent.Set("source", "Yearbook")
	sent.Set("source_url", "https://guild.example/members")
	d.step(address, sent, http.StatusSeeOther, "40 in all")
	if body := page(t, d.site, "/en/stakeholders/"+itoa(member), http.StatusOK); !strings.Contains(body, "Spoken for by") || !strings.Contains(body, "Quay Guild") {
		t.Errorf("the member's page does not say who speaks for it:\n%s", firstLines(body))
	}
	if body := page(t, d.site, "/stakeholders/balance.json", http.StatusOK); !strings.Contains(body, `"represented_organisations":39`) {
		t.Errorf("of 40 members one is a party, so 39 are represented: %.300s", body)
	}
	d.step(address, url.Values{"on": {"2026-03-01"}}, http.StatusSeeOther, "1 March 2026")
}

// The balance ranks nobody, names its benchmark, and says what is not given; with
// the filters of the list that it stands beside.
func TestBalancePage(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	for _, lang := range locale.Langs {
		page(t, site, "/"+string(lang)+"/stakeholders/balance", http.StatusOK)
	}
	body := page(t, site, "/en/stakeholders/balance", http.StatusOK)
	for _, want := range []string{"beside the member States, as of", "Income group (World Bank, fiscal year 2026)", "not given", "This ranks nobody", "near"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, shape := range []string{`class="st good"`, `class="st bad"`, `class="st warn"`} {
		if strings.Contains(body, shape) {
			t.Errorf("the page judges: %s", shape)
		}
	}
	africa, err := csv.NewReader(strings.NewReader(page(t, site, "/stakeholders/balance.csv?region=002", http.StatusOK))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range africa {
		if row[0] == "region" && row[1] == "002" {
			found = row[3] == "54" && row[7] == "54" && row[5] == "1.0000" && row[10] == "over"
		}
	}
	if !found {
		t.Errorf("Africa alone: want 54 of 54, over: %q", africa[:4])
	}
	for _, list := range []string{"/en/stakeholders?region=002", "/en/stakeholders"} {
		if body := page(t, site, list, http.StatusOK); !strings.Contains(body, "/en/stakeholders/balance"+strings.TrimPrefix(list, "/en/stakeholders")+`"`) {
			t.Errorf("%s does not lead to its balance", list)
		}
	}
	page(t, site, "/en/stakeholders/balance?of=commitments&reporting=due", http.StatusOK)
}

// The desk asks for a review once a year; its figures are the program's.
func TestParticipationReview(t *testing.T) {
	d := newDesk(t, formBase)
	const address = "/en/stakeholders/balance/reviews/new"
	d.step(address, url.Values{}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(address, url.Values{"findings": {"Few are from the islands."}}, http.StatusSeeOther, "Few are from the islands.")
	if body := page(t, d.site, "/stakeholders/balance/reviews.json", http.StatusOK); !strings.Contains(body, `"findings":{"en":"Few are from the islands."}`) || !strings.Contains(body, `"figures_at":"/record/blobs/`) {
		t.Errorf("the review is not there: %.400s", body)
	}
	if list := page(t, d.site, "/record/entries.csv?kind="+stakeholder.KindReviewed, http.StatusOK); strings.Count(list, "participation.reviewed,secretariat") != 1 {
		t.Errorf("want one review in the record: %s", list)
	}
}
