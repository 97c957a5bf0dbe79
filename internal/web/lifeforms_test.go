package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/stakeholder"
)

// joint is a commitment of a party that endorsed, with two partners that the lead names.
func (d *desk) joint(more ...string) (id, lead, first, second int64) {
	d.t.Helper()
	parties := make([]int64, 3)
	for n, name := range []string{"Quay Guild", "Tide Watch", "Lantern Pilots"} {
		parties[n] = d.party(name + strings.Join(more, ""))
	}
	d.act(stakeholder.KindGiven, itoa(parties[0]), stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "under-way", Start: "2026-03"}}}, map[string]string{"activities.0.title.en": "Pilots trained", "role.en": "Warden"})
	id = d.act(commitment.KindMade, itoa(parties[0]), commitment.Made{Lead: parties[0], Lang: "en", LeadShare: "50", Partners: []commitment.Partner{{Party: parties[1], Share: "30"}, {Party: parties[2], Share: "20"}},
		Items: []string{"H.2"}, Type: "capacity", Newness: "new", Condition: "unconditional", Areas: []string{"QM"}, Reach: "1200",
		Indicators: []commitment.Indicator{{Unit: "people", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2026-01", Target: "1000", TargetOn: "2030", Frequency: "yearly"}},
		Money:      []commitment.Money{{Amount: "1000000", Currency: "USD", ValueOn: "2026-11", Kind: "cash", Role: "own"}}, ReportEvery: 6, Start: "2026-11-01", End: "2030-12-31", Review: "none"},
		map[string]string{"title.en": "1,000 pilots trained", "promise.en": "The guild will train 1,000 pilots by 2030.", "problem.en": "Pilots are few.", "will_do.en": "Courses.",
			"responsible_unit.en": "Office", "risks.en": "Few teachers", "indicators.0.name.en": "Pilots", "indicators.0.source.en": "Register"})
	return id, parties[0], parties[1], parties[2]
}

// says wants a public page to hold some words, and not to hold others.
func (d *desk) says(address string, want []string, never ...string) {
	d.t.Helper()
	body := page(d.t, d.site, address, http.StatusOK)
	for _, text := range want {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q:\n%s", address, text, body[max(strings.Index(body, "<main"), 0):])
		}
	}
	for _, text := range never {
		if strings.Contains(body, text) {
			d.t.Errorf("%s says %q", address, text)
		}
	}
}

// A joint commitment: only a partner's own answer says that it takes part.
func TestPartnerForm(t *testing.T) {
	d := newDesk(t, formBase)
	id, lead, first, second := d.joint()
	at := "/en/commitments/" + itoa(id)
	d.says(at, []string{"Tide Watch", "(30 %)", "(50 %)", "named by the lead, not confirmed"})
	d.says("/en/stakeholders/"+itoa(first), []string{"as a partner: 30 %, named by the lead, not confirmed", "Shares named by leads", "300,000"})
	version := url.Values{"version": {itoa(id)}, "party": {itoa(first)}, "answer": {commitment.KindConfirmed}}
	d.step(at+"/answer", url.Values{"version": {itoa(id)}, "party": {itoa(lead)}, "answer": {commitment.KindConfirmed}}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(at+"/answer", version, http.StatusSeeOther, ">confirmed<")
	d.step(at+"/answer", version, http.StatusConflict, "confirmed already")
	d.step(at+"/answer", url.Values{"version": {itoa(id)}, "party": {itoa(second)}, "answer": {commitment.KindDeclined}, "reason": {"Other plans."}}, http.StatusSeeOther, ">declined<")
	d.says("/en/stakeholders/"+itoa(first), []string{"as a partner: 30 %, confirmed", "Money, by its share", "300,000"}, "Shares named by leads")
	d.says("/en/stakeholders/"+itoa(lead), []string{"500,000", "1,200", "under way", "from March 2026", "may register commitments"})
	d.says("/en/items/H.2", []string{"1,000,000", "Each commitment counts once"})
}

// draftAt begins an amendment and returns its draft's address.
func (d *desk) draftAt(id int64) string {
	d.t.Helper()
	w := d.send("/en/commitments/"+itoa(id)+"/amend", url.Values{})
	if w.Code != http.StatusSeeOther {
		d.t.Fatalf("amend: status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	return strings.TrimSuffix(w.Header().Get("Location"), "/1")
}

// fill sends one step of a draft as the form has it, with some answers changed.
func (d *desk) fill(address string, change url.Values) {
	d.t.Helper()
	body := d.ask(http.MethodGet, address, "", nil).Body.String()
	fields := url.Values{}
	for _, m := range regexp.MustCompile(`<input id="([^"]+)" name="[^"]+" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		fields.Set(m[1], unescape(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea id="([^"]+)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(body, -1) {
		fields.Set(m[1], unescape(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select id="([^"]+)".*?</select>`).FindAllStringSubmatch(body, -1) {
		for _, o := range regexp.MustCompile(`value="([^"]*)" selected`).FindAllStringSubmatch(m[0], -1) {
			fields.Add(m[1], o[1])
		}
	}
	for _, m := range regexp.MustCompile(`name="([^"]+)" value="([^"]+)" checked`).FindAllStringSubmatch(body, -1) {
		fields.Add(m[1], m[2])
	}
	if m := regexp.MustCompile(`name="(draft_version|seen|version)" value="([^"]*)"`).FindStringSubmatch(body); m != nil {
		fields.Set(m[1], m[2])
	}
	for name, values := range change {
		fields[name] = values
	}
	if w := d.send(address, fields); w.Code != http.StatusSeeOther {
		d.t.Fatalf("%s: status %d\n%s", address, w.Code, w.Body.String()[strings.Index(w.Body.String(), "<main"):])
	}
}

func unescape(s string) string {
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#43;", "+", "&amp;", "&").Replace(s)
}

// An amendment by the form: both targets and paces stand; two people at once are
// told apart and nothing is lost; the two versions lie side by side.
func TestAmendForm(t *testing.T) {
	d := newDesk(t, formBase)
	id, _, first, _ := d.joint()
	at := "/en/commitments/" + itoa(id)
	d.step(at+"/answer", url.Values{"version": {itoa(id)}, "party": {itoa(first)}, "answer": {commitment.KindConfirmed}}, http.StatusSeeOther, ">confirmed<")
	hers, colleagues := d.draftAt(id), d.draftAt(id)
	d.fill(hers+"/2", url.Values{"indicators.0.target": {"800"}})
	d.fill(hers+"/1", url.Values{"promise": {"The guild will train 800 pilots by 2030."}})
	d.fill(hers+"/4", url.Values{"reason": {"Fewer teachers came."}, "risks": {""}})
	d.fill(colleagues+"/4", url.Values{"reason": {"The course is longer."}, "end": {"2031-06-30"}})

	check := d.ask(http.MethodGet, colleagues+"/check", "", nil).Body.String()
	if !strings.Contains(check, "2031-06-30") || !strings.Contains(check, "before: 2030-12-31") || strings.Contains(check, "The problem") {
		t.Errorf("the check page does not show what changes alone:\n%s", firstLines(check))
	}
	d.step(colleagues+"/check", url.Values{}, http.StatusSeeOther, "What was changed")
	d.step(hers+"/check", url.Values{}, http.StatusConflict, "Somebody else amended")
	if body := d.ask(http.MethodGet, hers+"/check", "", nil).Body.String(); !strings.Contains(body, "800") || !strings.Contains(body, `name="rebase"`) {
		t.Errorf("what she typed is gone, or nothing helps her on:\n%s", firstLines(body))
	}
	if w := d.send(hers+"/check", url.Values{"rebase": {"yes"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("rebase: status %d", w.Code)
	}
	d.step(hers+"/check", url.Values{}, http.StatusSeeOther, "What was changed")
	d.says(at, []string{"<b>800</b>", "<b>1,000</b>", "as signed", "neither pace is the pace", "against the target as signed: no value yet", "Fewer teachers came.", "named by the lead, not confirmed", "30 June 2031"}, ">confirmed<")
	d.says(at+"/changes", []string{"As signed", "Amendment 2", "<del>", "1,000", "<ins>", "800", "[removed]", "[added]", "2031-06-30", "Few teachers"})
	d.says(at+"/changes?from="+itoa(id)+"&to="+itoa(id), []string{"do not differ"})
	if body := get(d.site, at[3:]+"/changes.json").Body.String(); !strings.Contains(body, `"op":"gone"`) || !strings.Contains(body, `"field":"indicators.0.target"`) {
		t.Errorf("the twin: %s", body)
	}
	if body := page(t, d.site, "/ar/commitments/"+itoa(id)+"/changes", http.StatusOK); !strings.Contains(body, `lang="en" dir="ltr"`) {
		t.Error("an English text on an Arabic page does not say how it runs")
	}
}

func TestEndAndExcuseForms(t *testing.T) {
	d := newDesk(t, formBase)
	id, _, _, _ := d.joint()
	at := "/en/commitments/" + itoa(id)
	d.step(at+"/excuse", url.Values{"reason_code": {"disaster"}, "reason": {"The delta was flooded."}, "until": {"2020-01-01"}}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(at+"/excuse", url.Values{"reason_code": {"disaster"}, "reason": {"The delta was flooded."}, "until": {"2027-06-30"}}, http.StatusSeeOther, "excused until 30 June 2027")
	d.says("/en/commitments", []string{"excused until 30 June 2027"})
	if body := get(d.site, "/commitments.csv").Body.String(); !strings.Contains(body, "2027-06-30") {
		t.Errorf("the table does not say so: %s", body)
	}
	d.step(at+"/conclude", url.Values{"reason": {"Done."}}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(at+"/conclude", url.Values{"outcome": {"partly_achieved"}, "reason": {"As far as it goes."}}, http.StatusSeeOther, "Concluded on")
	d.says(at, []string{"partly achieved", "As far as it goes.", "no further report is due"}, "/report\"")
	for _, form := range []string{"withdraw", "amend", "report", "answer"} {
		if w := d.ask(http.MethodGet, at+"/"+form, "", nil); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "was concluded") {
			t.Errorf("%s of a concluded commitment: status %d", form, w.Code)
		}
	}
	other, _, _, _ := d.joint(" of the South")
	at = "/en/commitments/" + itoa(other)
	d.step(at+"/withdraw", url.Values{}, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step(at+"/withdraw", url.Values{"reason": {"The guild merged."}}, http.StatusSeeOther, "Withdrawn on")
	d.says("/en/commitments?lifecycle=withdrawn", []string{"1,000 pilots trained", ">withdrawn<", "in no other count"})
}

func TestSupportForms(t *testing.T) {
	d := newDesk(t, formBase)
	id, lead, first, _ := d.joint()
	asked := url.Values{"party": {itoa(lead)}, "side": {"requested"}, "kind": {"money"}, "title": {"Money for teachers"}, "text": {"Two teachers a year."}, "items": {"H.2"}, "areas": {"QM"},
		"size": {"200,000"}, "unit": {"USD"}, "until": {"2027-06-30"}, "commitment": {itoa(id)}}
	bad := url.Values{}
	for name, values := range asked {
		bad[name] = values
	}
	bad.Set("unit", "")
	d.step("/en/support/new", bad, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	w := d.send("/en/support/new", asked)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	want := w.Header().Get("Location")
	d.says(want, []string{"Money for teachers", "None fits now", "200,000", "1,000 pilots trained"})
	answer := d.ask(http.MethodGet, "/en/support/new?answers="+want[strings.LastIndex(want, "/")+1:], "", nil).Body.String()
	if !strings.Contains(answer, `value="200000"`) || !strings.Contains(answer, `value="offered" selected`) {
		t.Errorf("the answer's form does not begin with what was asked:\n%s", firstLines(answer))
	}
	d.step("/en/support/new", url.Values{"party": {itoa(first)}, "side": {"offered"}, "kind": {"money"}, "title": {"A teacher's pay"}, "text": {"For one year."}, "items": {"H.2"}, "size": {"50000"},
		"unit": {"USD"}, "until": {"2027-03-31"}, "answers": {want[strings.LastIndex(want, "/")+1:]}}, http.StatusSeeOther, "Requests that fit")
	d.says(want, []string{"A teacher&#39;s pay", "because:", "the same item", "covers a part", "one of the two names no place", "What parties answered"})
	for _, at := range []string{"/en/items/H.2", "/en/commitments/" + itoa(id), "/en/stakeholders/" + itoa(lead)} {
		d.says(at, []string{"Support: 1 wanted"})
	}
	d.says("/en/support?side=offered", []string{"A teacher&#39;s pay"}, "Money for teachers")
	if body := get(d.site, "/support.csv").Body.String(); !strings.Contains(body, "requested,money,Money for teachers") {
		t.Errorf("the table: %s", body)
	}
	d.step(want+"/close", url.Values{"outcome": {"met"}, "note": {"Thank you."}}, http.StatusSeeOther, "the need was met")
	d.step(want+"/close", url.Values{"outcome": {"met"}}, http.StatusConflict, "")
	d.says("/en/support", []string{"A teacher&#39;s pay"}, "Money for teachers")
	d.says("/en/support?state=closed", []string{"Money for teachers"})
}

// A party that has not the right is told why, and led to the form that opens it;
// once it withdraws, the endorsement stays readable and opens nothing.
func TestGate(t *testing.T) {
	d := newDesk(t, formBase)
	id := d.party("Net Menders")
	at := "/en/stakeholders/" + itoa(id)
	d.says(at, []string{"may not register commitments yet", "must first endorse the text"})
	d.step("/en/commitments/new", url.Values{"party": {itoa(id)}}, http.StatusForbidden, "/stakeholders/"+itoa(id)+"/endorse")
	given := d.act(stakeholder.KindGiven, itoa(id), stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Activities: []stakeholder.Activity{{State: "planned"}}},
		map[string]string{"activities.0.title.en": "Nets", "role.en": "Warden"})
	d.says(at, []string{"may register commitments"}, "may not register commitments")
	if w := d.send("/en/commitments/new", url.Values{"party": {itoa(id)}}); w.Code != http.StatusSeeOther {
		t.Errorf("after the endorsement: status %d", w.Code)
	}
	d.act(stakeholder.KindWithdrawn, itoa(id), stakeholder.Withdrawn{Endorsement: given}, map[string]string{"reason.en": "Merged"})
	d.says(at, []string{"may not register commitments yet", "Withdrawn on", "Nets"})
	d.step("/en/commitments/new", url.Values{"party": {itoa(id)}}, http.StatusForbidden, "must first endorse")
}
