package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/forum"
	"kept/internal/stakeholder"
)

// bodiesOfFollowUp are those that the sections on follow-up and on what came after name.
var bodiesOfFollowUp = []string{"N.12", "B.29", "N.18", "N.14", "N.02", "B.28", "B.04", "B.05", "B.06", "B.08", "B.09", "B.10", "B.13", "B.17", "B.18", "B.19", "B.20", "B.21", "B.22",
	"B.42", "B.01", "B.02", "B.03", "B.11", "B.14", "B.16", "B.33", "B.30", "B.31", "B.12", "B.37", "B.38", "B.39", "B.40", "B.41"}

// bodyTwin is what these tests read of the JSON of a body's page.
type bodyTwin struct {
	Data struct {
		Certain       *bool    `json:"certain"`
		Functions     []string `json:"functions"`
		LastConfirmed string   `json:"last_confirmed"`
		Facts         []struct {
			Name  string            `json:"name"`
			Value map[string]string `json:"value"`
			Said  string            `json:"said_by_code"`
			Other map[string]string `json:"the_pack_says"`
		}
		Sources   []struct{ Name string }
		Relations []struct {
			Kind     string `json:"kind"`
			Body     struct{ Href string }
			Outgoing bool                               `json:"outgoing"`
			By       struct{ Text map[string]string }   `json:"asserted_by"`
			Disputed []struct{ Text map[string]string } `json:"disputed"`
		}
	}
}

// Every body of annex I and of the follow-up has its page, with its source, who says
// what it is there for, how certain it is and when that was last confirmed.
func TestEveryBodyHasItsPage(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	var ids []string
	for n := 1; n <= 41; n++ {
		ids = append(ids, fmt.Sprintf("N.%02d", n))
	}
	for _, id := range append(ids, bodiesOfFollowUp...) {
		var twin bodyTwin
		if err := json.Unmarshal([]byte(page(t, site, "/bodies/"+id+".json", http.StatusOK)), &twin); err != nil {
			t.Fatal(err)
		}
		d := twin.Data
		if d.Certain == nil || len(d.Functions) == 0 || d.LastConfirmed == "" || len(d.Sources) == 0 || d.Sources[0].Name == "" {
			t.Errorf("%s: got %+v", id, d)
		}
		for _, f := range d.Facts {
			if len(f.Value) > 0 && f.Said == "" && f.Name != "last_confirmed" {
				t.Errorf("%s: nobody says %s", id, f.Name)
			}
		}
	}
	tests := []struct{ address, want string }{
		{"/en/bodies/N.18", "hosted by"}, {"/en/bodies/N.18", "/en/bodies/B.20"}, {"/en/bodies/B.20", "hosts"}, {"/en/bodies/N.18", "our own reading"},
		{"/en/bodies/N.18", "more than 18 months ago"}, {"/en/bodies/B.01", "A/RES/79/325"}, {"/en/bodies/B.01", "/en/bodies/B.02"}, {"/en/bodies/B.01", "40 experts"},
		{"/en/bodies/B.40", "is not certain"}, {"/en/bodies/N.28", "Nobody gives here: Host, Rests on"}, {"/ar/bodies/B.29", "خمسة مبادئ"},
		{"/en/bodies?function=review&kind=intergovernmental", "High-level political forum"}, {"/en/bodies?level=regional", "Western Asia"}, {"/en/bodies?stale=no", "Task force on financing gaps"},
		{"/en/items/FU.69", "/en/bodies/B.41"},
	}
	for _, tt := range tests {
		if body := page(t, site, tt.address, http.StatusOK); !strings.Contains(body, tt.want) {
			t.Errorf("%s: no %q", tt.address, tt.want)
		}
	}
	if body := page(t, site, "/en/bodies?stale=no", http.StatusOK); strings.Contains(body, "Paris Call") {
		t.Error("a body that was last confirmed in 2023 counts as fresh")
	}
}

// The table has what others compute with: functions, level, relations by who asserts them.
func TestBodyTable(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page(t, site, "/bodies.csv", http.StatusOK), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(id, column string) string {
		at := slices.Index(rows[0], column)
		for _, r := range rows[1:] {
			if at >= 0 && r[0] == id {
				return r[at]
			}
		}
		return "no such cell"
	}
	for _, tt := range []struct{ id, column, want string }{
		{"N.13", "relations", "hosted_by|B.33|brief|2023-05|0 part_of|B.36|brief|2023-05|0"}, {"B.16", "functions", "funding review"}, {"B.03", "mandate_item", "P48"},
		{"N.03", "our_reading", "items functions level relations"}, {"B.02", "last_confirmed", "2026-07-07"}, {"B.02", "stale_from", "2028-01-08"}, {"B.22", "level", "national"},
	} {
		got := cell(tt.id, tt.column)
		if tt.column == "functions" {
			words := strings.Fields(got)
			slices.Sort(words)
			got = strings.Join(words, " ")
		}
		if got != tt.want {
			t.Errorf("%s of %s: got %q, want %q", tt.column, tt.id, got, tt.want)
		}
	}
	if len(rows) != 86 {
		t.Errorf("%d lines", len(rows))
	}
}

// A party claims a body, the secretariat accepts, the party describes it; another one
// brings a body that rests on the same instrument, and the first disputes it. Each
// page shows both, and each says who said it.
func TestBodyForms(t *testing.T) {
	d := newDesk(t, formBase)
	data, quay, late := d.party("Data Guild"), d.party("Quay Users"), d.party("Late Claim")
	as := func(party int64, more ...string) url.Values {
		v := url.Values{"as": {itoa(party)}}
		for n := 0; n+1 < len(more); n += 2 {
			v.Add(more[n], more[n+1])
		}
		return v
	}
	d.step("/en/bodies/HB.2/describe", as(data), http.StatusForbidden, "")
	d.step("/en/bodies/HB.2/claim", as(data), http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step("/en/bodies/HB.2/claim", as(data, "reason", "We host its secretariat."), http.StatusSeeOther, "waits for the secretariat")
	claim := itoa(d.k.Size() - 1)
	if desk := d.ask(http.MethodGet, "/en/desk", "", nil).Body.String(); !strings.Contains(desk, "/en/bodies/HB.2/answer?claim="+claim) {
		t.Error("the claim is not on the desk")
	}
	d.step("/en/bodies/HB.2/answer", url.Values{"claim": {claim}, "answer": {"entrusted"}}, http.StatusSeeOther, "Who speaks for it here")
	d.step("/en/bodies/HB.2/claim", as(late, "reason", "It is ours."), http.StatusSeeOther, "Late Claim")
	d.step("/en/bodies/HB.2/answer", url.Values{"claim": {itoa(d.k.Size() - 1)}, "answer": {"declined"}}, http.StatusUnprocessableEntity, "")
	d.step("/en/bodies/HB.2/answer", url.Values{"claim": {itoa(d.k.Size() - 1)}, "answer": {"declined"}, "reason": {"The council names another."}}, http.StatusSeeOther, "The council names another.")

	form := d.ask(http.MethodGet, "/en/bodies/HB.2/describe", "", nil).Body.String()
	for _, want := range []string{`value="HC/RES/1, 5"`, `name="replaces" value="0"`, `value="sessions" selected`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form does not begin with what stands: no %q", want)
		}
	}
	described := func() url.Values {
		return as(data, "replaces", "0", "name", "Harbour data round", "kind", "platform", "level", "regional", "mandate", "HC/RES/1, 5", "mandate_on", "2025-03-14", "mandate_until", "2026-06-30",
			"functions", "data", "functions", "coordination", "items", "H.3", "items", "H.7", "groups", "private", "cycle", "yearly", "languages", "en fr", "outputs", "A table a month.")
	}
	bad := described()
	bad.Set("mandate_until", "2024")
	d.step("/en/bodies/HB.2/describe", bad, http.StatusUnprocessableEntity, `aria-invalid="true"`)
	d.step("/en/bodies/HB.2/describe", described(), http.StatusSeeOther, "said by its own people")
	d.step("/en/bodies/HB.2/describe", described(), http.StatusConflict, "after you opened the form")
	d.says("/en/bodies/HB.2", []string{"Harbour data round", "A table a month.", "The content pack says:", "A handbook on arrival data.", "; ended", "Arrival Standards Bureau"})
	d.says("/en/items/H.7", []string{"/en/bodies/HB.2"})
	d.says("/en/items/H.6", nil, "/en/bodies/HB.2")
	d.says("/en/map?item=H.7", []string{"/en/bodies/HB.2"})

	// A body that nobody has here yet, on the same instrument.
	fresh := as(quay, "name", "Quay <b>users'</b> round", "kind", "platform", "mandate", "hc/res/1, 5", "items", "H.4", "url", "https://quay.harbour.example/")
	w := d.send("/en/bodies/new", fresh)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("new body: got status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	at := strings.TrimPrefix(w.Header().Get("Location"), "/en")
	d.says("/en"+at, []string{"Quay &lt;b&gt;users", "the secretariat has not looked yet", "is not certain", "rest on the same instrument", "/en/bodies/HB.2", "No source besides its own people"}, "<b>users")
	d.step("/en/bodies/new", as(quay, "name", "harbour DATA round", "kind", "platform"), http.StatusConflict, "A body of this name is here already")
	d.says("/en/bodies?q=quay", []string{at})

	// It says that it gives input to the data group, which denies it, and disputes its mandate.
	d.step("/en"+at+"/relations/new", as(quay, "kind", "feeds", "to", strings.TrimPrefix(at, "/bodies/")), http.StatusUnprocessableEntity, "")
	d.step("/en"+at+"/relations/new", as(quay, "kind", "feeds", "to", "HB.2", "reason", "Monthly lists."), http.StatusSeeOther, "gives input to")
	tie := itoa(d.k.Size() - 1)
	d.step("/en"+at+"/dispute", as(data, "about", tie, "body", "HB.2", "text", "Nothing has reached us."), http.StatusSeeOther, "Nothing has reached us.")
	d.says("/en/bodies/HB.2", []string{"gets input from", "Monthly lists.", "Nothing has reached us."})
	d.step("/en"+at+"/dispute", as(data, "about", "mandate", "body", "HB.2", "text", "Paragraph 5 names us."), http.StatusSeeOther, "Paragraph 5 names us.")
	d.step("/en"+at+"/dispute", as(data, "about", "nothing", "body", "HB.2", "text", "x"), http.StatusUnprocessableEntity, "")
	// A tie of the pack can be disputed too, by its ends.
	d.step("/en/bodies/HB.2/dispute", as(data, "about", "HB.6|overlaps|HB.2", "body", "HB.2", "text", "They regulate; we count."), http.StatusSeeOther, "They regulate; we count.")
	d.step("/en/bodies/HB.2/settle", as(data, "dispute", itoa(d.k.Size()-1)), http.StatusSeeOther, "overlaps with")
	d.says("/en/bodies/HB.2", nil, "They regulate; we count.")
	d.step("/en"+at+"/relations/end", as(quay, "relation", tie), http.StatusSeeOther, "Tied to")
	d.says("/en"+at, nil, "gives input to")

	// The secretariat asserts from a public source.
	d.step("/en/bodies/HB.5/relations/new", as(0, "kind", "overlaps", "to", "HB.8"), http.StatusUnprocessableEntity, "")
	d.step("/en/bodies/HB.5/relations/new", as(0, "kind", "overlaps", "to", "HB.8", "source", "Port Gazette"), http.StatusSeeOther, "Port Gazette")

	d.step("/en/bodies/HB.2/confirm", as(data), http.StatusSeeOther, "facts about a body confirmed")
	d.step("/en/bodies/HB.2/release", as(data, "reason", "The guild closed."), http.StatusSeeOther, "Nobody speaks for this body here")
	d.step("/en/bodies/HB.2/confirm", as(data), http.StatusForbidden, "")
}

// A body whose party took back its endorsement has nobody who speaks for it, and its
// page says since when. What it said stays. A name that passes for another is shown
// with that one, and search finds what only its people brought.
func TestBodyWithoutItsParty(t *testing.T) {
	d := newDesk(t, formBase)
	guild := d.party("Pilot Guild")
	given := d.act(stakeholder.KindGiven, itoa(guild), stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Activities: []stakeholder.Activity{{State: "planned", Start: "2026"}}},
		map[string]string{"activities.0.title.en": "Courses", "role.en": "Director"})
	body := d.act(forum.KindDescribed, itoa(guild), forum.Described{Lang: "en", Kind: "platform", Items: []string{"H.4"}}, map[string]string{"name.en": "Hаrbour data grоup of pilots"})
	alike := d.act(forum.KindDescribed, itoa(guild), forum.Described{Lang: "en", Kind: "platform"}, map[string]string{"name.en": "Hаrbour Dаta Grоup"})
	at := "/en/bodies/" + itoa(body)
	d.says(at, []string{"Who speaks for it here"}, "Nobody speaks for this body")
	d.act(stakeholder.KindWithdrawn, itoa(guild), stakeholder.Withdrawn{Endorsement: given}, map[string]string{"reason.en": "Merged"})
	d.says(at, []string{"Nobody speaks for this body here since", "Pilot Guild", "left on"})
	d.says("/en/bodies/"+itoa(alike), []string{"Names that can be taken for one another:", "/en/bodies/HB.2"})
	d.says("/en/bodies/HB.2", []string{"/en/bodies/" + itoa(alike)})
	d.says("/en/search?q=of+pilots", []string{at})
	d.says("/fr/items/H.4", []string{"/fr/bodies/" + itoa(body)})
}

// A national IGF says which groups organise it, that it keeps the five principles, and
// where its yearly report is.
func TestNationalIGFForm(t *testing.T) {
	d := newDesk(t, formBase)
	guild := d.party("Isles IGF team")
	f := url.Values{"as": {itoa(guild)}, "name": {"Isles IGF"}, "kind": {"nri"}, "level": {"national"}, "groups": {"private", "technical"}, "principles": forum.Principles}
	w := d.send("/en/bodies/new", f)
	for _, want := range []string{"at least 3 stakeholder groups", "address of the yearly report"} {
		if !strings.Contains(w.Body.String(), want) || w.Code != http.StatusUnprocessableEntity {
			t.Errorf("status %d, no %q", w.Code, want)
		}
	}
	f["groups"], f["report"] = []string{"private", "technical", "academia"}, []string{"https://igf.isles.example/2026"}
	d.step("/en/bodies/new", f, http.StatusSeeOther, "from the bottom up")
}

// What its people said in other languages stays when they describe it again in one.
func TestDescribedInTwoLanguages(t *testing.T) {
	d := newDesk(t, formBase)
	guild := d.party("Data Guild")
	d.act(forum.KindEntrusted, "secretariat", forum.Answer{Claim: d.act(forum.KindClaimed, itoa(guild), forum.OfBody{Body: "HB.2"}, map[string]string{"reason.en": "Ours."})}, nil)
	first := url.Values{"as": {itoa(guild)}, "replaces": {"0"}, "kind": {"platform"}, "outputs": {"A table a month."}}
	d.step("/en/bodies/HB.2/describe", first, http.StatusSeeOther, "A table a month.")
	again := url.Values{"as": {itoa(guild)}, "replaces": {itoa(d.k.Size() - 1)}, "kind": {"platform"}, "outputs": {"Un tableau par mois."}}
	d.step("/fr/bodies/HB.2/describe", again, http.StatusSeeOther, "Un tableau par mois.")
	d.says("/en/bodies/HB.2", []string{"A table a month."})
	d.says("/fr/bodies/HB.2", []string{"Un tableau par mois."})
}

// The map and the twins of a body count and name what its own people say.
func TestBodyTwin(t *testing.T) {
	d := newDesk(t, formBase)
	guild := d.party("Data Guild")
	d.act(forum.KindEntrusted, "secretariat", forum.Answer{Claim: d.act(forum.KindClaimed, itoa(guild), forum.OfBody{Body: "HB.2"}, map[string]string{"reason.en": "Ours."})}, nil)
	d.act(forum.KindDescribed, itoa(guild), forum.Described{Body: "HB.2", Lang: "en", Kind: "platform", Functions: []string{"review"}, Items: []string{"H.1"}}, nil)
	var twin bodyTwin
	if err := json.Unmarshal([]byte(page(t, d.site, "/bodies/HB.2.json", http.StatusOK)), &twin); err != nil {
		t.Fatal(err)
	}
	for _, f := range twin.Data.Facts {
		if f.Name == "functions" && (f.Said != "own" || f.Value["en"] != "review" || f.Other["en"] == "") {
			t.Errorf("functions: got %+v", f)
		}
		if f.Name == "host" && f.Said != "HS.1" {
			t.Errorf("host: got %+v", f)
		}
	}
	row := ""
	for _, line := range strings.Split(page(t, d.site, "/map.csv?item=H.1", http.StatusOK), "\n") {
		if strings.Contains(line, "/bodies/HB.2") && strings.Contains(line, "H.1,body") {
			row = line
		}
	}
	if !strings.Contains(row, ",party,") || !strings.Contains(row, itoa(d.k.Size()-1)) {
		t.Errorf("the map does not say who said it: %q", row)
	}
}

// TestPartyRuns: the page of a party names the bodies that it runs, as long as it does.
func TestPartyRuns(t *testing.T) {
	d := newDesk(t, formBase)
	guild := d.party("Data Guild")
	at := "/en/stakeholders/" + itoa(guild)
	lacks := func() {
		t.Helper()
		if text := page(t, d.site, at, http.StatusOK); strings.Contains(text, "Bodies that it runs") {
			t.Errorf("it is said to run something: %s", text)
		}
	}
	lacks()
	d.act(forum.KindEntrusted, "secretariat", forum.Answer{Claim: d.act(forum.KindClaimed, itoa(guild), forum.OfBody{Body: "HB.2"}, map[string]string{"reason.en": "Ours."})}, nil)
	d.says(at, []string{"Bodies that it runs", `href="/en/bodies/HB.2"`, "Harbour data group"})
	d.act(forum.KindReleased, itoa(guild), forum.OfBody{Body: "HB.2"}, map[string]string{"reason.en": "We pass it on."})
	lacks()
}
