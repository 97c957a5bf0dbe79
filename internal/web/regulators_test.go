package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/locale"
)

// An office is entered, confirmed, shares and answers, and is no more; each step by form.
func TestRegulatorForms(t *testing.T) {
	d := newDesk(t, formBase)
	first, second := d.party("Tide Data Office"), d.party("Quay Complaints")
	entry := url.Values{"party": {itoa(first)}, "kind": {"data_protection"}, "area": {"QN"}, "name": {"Tide Data Office"}, "remit": {"Watches over data of ships."},
		"url": {"https://data.harbour.example/"}, "mail": {"Jane <jane@data.example>"}, "items": {"H.6"}}
	d.step("/en/regulators/new", entry, http.StatusUnprocessableEntity, "without a name before it")
	entry.Set("mail", "office@data.harbour.example")
	d.step("/en/regulators/new", entry, http.StatusSeeOther, "Tide Data Office")
	at := d.linkOn("/en/regulators", "/en/regulators/")
	d.says(at, []string{"data protection", "confirmed", "office@data.harbour.example", "Watches over data of ships.", "/en/items/H.6"})
	other := url.Values{"kind": {"ombudsperson"}, "name": {"Quay Complaints"}, "remit": {"Hears complaints."}, "url": {"https://quay.harbour.example/"}}
	d.step("/en/regulators/new", other, http.StatusUnprocessableEntity, "Say where this is known from")
	other.Set("party", itoa(second))
	d.step("/en/regulators/new", other, http.StatusSeeOther, "Quay Complaints")
	body := page(t, d.site, "/en/regulators?kind=ombudsperson", http.StatusOK)
	if !strings.Contains(body, "Quay Complaints") || strings.Contains(body, "Tide Data Office") {
		t.Error("the filter by kind does not hold")
	}
	office := strings.TrimPrefix(at, "/en/regulators/")
	asked := url.Values{"regulator": {office}, "side": {"asked"}, "title": {"How do you count?"}, "text": {"How do you count complaints?"}, "form": {"case"}}
	d.step("/en/practices/new", asked, http.StatusUnprocessableEntity, "A question has no kind")
	asked.Del("form")
	d.step("/en/practices/new", asked, http.StatusSeeOther, "How do you count?")
	question := d.linkOn("/en/practices", "/en/practices/")
	own := url.Values{"regulator": {office}, "text": {"So."}}
	d.step(question+"/answer", own, http.StatusUnprocessableEntity, "does not answer its own question")
	var answering string
	for _, link := range linksOf(body) {
		if id, ok := strings.CutPrefix(link, "/en/regulators/"); ok && id != office && id != "new" {
			answering = id
		}
	}
	d.step(question+"/answer", url.Values{"regulator": {answering}, "text": {"By hand, each week."}}, http.StatusSeeOther, "By hand, each week.")
	d.step(at+"/confirm", url.Values{}, http.StatusSeeOther, "confirmed")
	d.step(at+"/end", url.Values{"reason": {"Merged with the other."}, "successor": {answering}}, http.StatusSeeOther, "no longer exists")
	d.step(at+"/confirm", url.Values{}, http.StatusConflict, "no more since")
	d.says(at, []string{"Merged with the other.", "Quay Complaints"})
	d.says("/en/regulators", []string{"Quay Complaints"}, "Tide Data Office")
}

// linkOn is the first link of a page that leads to a thing with a number.
func (d *desk) linkOn(address, prefix string) string {
	d.t.Helper()
	for _, link := range linksOf(page(d.t, d.site, address, http.StatusOK)) {
		if id, ok := strings.CutPrefix(link, prefix); ok && strings.Trim(id, "0123456789") == "" {
			return link
		}
	}
	d.t.Fatalf("%s leads to no %s", address, prefix)
	return ""
}

// Where nobody is entered, the directory says so, in each language, and that this says nothing of what exists.
func TestRegulatorsEmpty(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	for _, l := range locale.Langs {
		if body := page(t, site, "/"+string(l)+"/regulators", http.StatusOK); !strings.Contains(body, l.T("regulators.none")) {
			t.Errorf("%s: does not say that the directory is empty", l)
		}
	}
}
