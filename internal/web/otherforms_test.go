package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// filledTwin is what the tests read of a filled form's JSON.
type filledTwin struct {
	Commitments, Missing int
	Years                []int
	Year                 string
	Sheets               []struct {
		Commitment int64
		Goal       string
		Fields     []struct {
			Field, Advice string
			From          []string `json:"filled_from"`
			Answers       []struct{ Text map[string]string }
		}
	}
}

// of is what a field of a sheet answers, in English or else in what there is.
func (f filledTwin) of(sheet int, field string) string {
	var said []string
	for _, cell := range f.Sheets[sheet].Fields {
		if cell.Field != field {
			continue
		}
		for _, a := range cell.Answers {
			text := a.Text["en"]
			if text == "" {
				text = a.Text["fr"]
			}
			said = append(said, text)
		}
	}
	return strings.Join(said, " | ")
}

func TestOtherForms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		site, k := siteOn(t, open(), compacts.Harbour())
		state, made := statePast(t, k, site)
		at := "/stakeholders/" + itoa(state) + "/forms"
		p2c := filled(t, site, at+"/p2c-update")
		for field, want := range map[string]string{"type": "Programmatic", "status": "In progress", "entity": "Maravel", "sector": "Government", "sdgs": "4 Quality education | 4.a Quality education | 9 Industry, innovation and infrastructure | 9.c Industry, innovation and infrastructure",
			"value": "USD 3,000,000, pledged, own money, 1 January 2025", "reached": "1,200", "money": "USD 400,000, spent, 30 September 2026", "results": "Schools on fibre: 30 (schools), 30 September 2026 | Thirty schools are on fibre.",
			"focus": "", "beneficiaries": "learners", "timeframe": "1 January 2025 | 31 December 2028"} {
			if got := p2c.of(0, field); got != want {
				t.Errorf("p2c %s: got %q, want %q", field, got, want)
			}
		}
		wsis := filled(t, site, at+"/wsis-entry")
		if got := wsis.of(0, "action_lines"); got != "C2 Information and communication infrastructure" {
			t.Errorf("action lines: %q", got)
		}
		if got := wsis.of(0, "challenges"); got != "funding | Start early. | Forty more." {
			t.Errorf("challenges: %q", got)
		}
		vnr := filled(t, site, at+"/vnr-table")
		var goals []string
		for n := range vnr.Sheets {
			goals = append(goals, vnr.Sheets[n].Goal)
			if vnr.Sheets[n].Commitment != made || !strings.Contains(vnr.of(n, "source"), "/commitments/"+itoa(made)) {
				t.Errorf("the line of %s has no source", vnr.Sheets[n].Goal)
			}
		}
		if !slices.Equal(goals, []string{"4", "4.a", "9", "9.c"}) || !strings.Contains(vnr.of(0, "statistics"), "Schools in port towns with fibre") {
			t.Errorf("lines of the review: %v, %q", goals, vnr.of(0, "statistics"))
		}
		if before := filled(t, site, at+"/p2c-update?year=2027"); before.Commitments != 1 || before.of(0, "status") != "" || before.of(0, "money") != "" {
			t.Errorf("a year without reports says %q, %q", before.of(0, "status"), before.of(0, "money"))
		}
		if none := filled(t, site, at+"/p2c-update?year=2020"); none.Commitments != 0 || len(none.Sheets) != 0 || !slices.Equal(none.Years, []int{2026}) {
			t.Errorf("a year before: %+v", none)
		}
		all := mapCommitment(state, 0)
		facts := all.Facts.(commitment.Made)
		facts.Items = []string{"H.7"}
		all.Facts = facts
		if _, err := k.Submit(t.Context(), "", all); err != nil {
			t.Fatal(err)
		}
		if after := filled(t, site, at+"/vnr-table"); len(after.Sheets) != len(goals)+1 || after.Sheets[len(goals)].Goal != "all" || after.of(len(goals), "target") != locale.English.T("forms.all_goals") {
			t.Errorf("an item of which the text names all goals has %d lines, want one", len(after.Sheets)-len(goals))
		}
		for _, l := range locale.Langs {
			takeAlong(t, site, at+"/wsis-entry", l)
		}
	})
}

// takeAlong looks at the page and the three files of a form in one language.
func takeAlong(t *testing.T, site http.Handler, at string, l locale.Lang) {
	t.Helper()
	body := page(t, site, "/"+string(l)+at+"?year=2026", 200)
	for _, want := range []string{"Short description", l.T("forms.from"), l.T("forms.missing"), at + "/paper.md?lang=" + string(l) + "&amp;year=2026", l.T("forms.advice.theirs")} {
		if !strings.Contains(body, want) {
			t.Errorf("%s: the page lacks %q", l, want)
		}
	}
	for file, kind := range map[string]string{"/paper.md": "text/markdown; charset=utf-8", "/paper.html": "text/html; charset=utf-8", ".csv": "text/csv; charset=utf-8"} {
		w := get(site, at+file+"?lang="+string(l)+"&year=2026")
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Body.String(), "Short description") || !strings.Contains(w.Body.String(), "Thirty schools") {
			t.Errorf("%s%s: got %d, %s", l, file, w.Code, w.Header().Get("Content-Type"))
		}
		if then := get(site, at+file+"?as-of=2026-11-21&lang="+string(l)); then.Code != 200 {
			t.Errorf("%s%s as of a date: got %d", l, file, then.Code)
		}
		if strings.Contains(w.Body.String(), l.T("forms.missing")) || file != ".csv" && strings.Contains(w.Body.String(), "<b>=HYPER") {
			t.Errorf("%s%s: advice or markup stands in what is taken along", l, file)
		}
	}
}

func TestOtherFormsOfWhoHasNothing(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "=1+1 <b>Quay</b>"}},
		keeper.Act{Kind: stakeholder.KindStated, By: stakeholder.Secretariat, Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia", Area: "QM"}, On: "2025-01-01"},
			Words: map[string]string{"name.en": "Elsewhere", "source.en": "A list", "url.und": "https://example.org/"}})
	if err != nil {
		t.Fatal(err)
	}
	quiet, stated := "/stakeholders/"+itoa(out[0].Index)+"/forms", "/stakeholders/"+itoa(out[1].Index)+"/forms"
	if body := page(t, site, "/en"+quiet+"/p2c-update", 200); !strings.Contains(body, "there is nothing to fill in") || strings.Contains(body, "<b>Quay") {
		t.Errorf("a party without a commitment: %s", firstLines(body))
	}
	if body := page(t, site, "/en"+quiet, 200); strings.Contains(body, "vnr-table") || !strings.Contains(body, "wsis-entry") {
		t.Error("an organisation is offered the table of a State, or no form")
	}
	for address, want := range map[string]int{quiet + "/vnr-table": 404, quiet + "/none": 404, stated: 404, stated + "/p2c-update": 404, "/stakeholders/99999/forms": 404, "/stakeholders/x/forms": 404} {
		page(t, site, "/en"+address, want)
	}
	if got := get(site, quiet+"/p2c-update/paper.md?lang=xx").Code; got != 422 {
		t.Errorf("a language that is none: got %d", got)
	}
	submitHostile(t, k, out[0].Index)
	lines, err := csv.NewReader(strings.NewReader(page(t, site, quiet+"/p2c-update.csv", 200))).ReadAll()
	if err != nil || len(lines) != 2 {
		t.Fatalf("the table has %d lines: %v", len(lines), err)
	}
	for _, cell := range lines[1] {
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
			t.Errorf("a cell begins a formula: %q", cell)
		}
	}
}

func submitHostile(t *testing.T, k *keeper.Keeper, party int64) {
	t.Helper()
	by := strconv.FormatInt(party, 10)
	_, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindGiven, By: by, Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "planned"}}}, Words: map[string]string{"activities.0.title.en": "Work", "role.en": "Director"}})
	if err == nil {
		_, err = k.Submit(t.Context(), "", mapCommitment(party, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func filled(t *testing.T, site http.Handler, address string) filledTwin {
	t.Helper()
	path, query, _ := strings.Cut(address, "?")
	var answer struct{ Data filledTwin }
	if err := json.Unmarshal([]byte(page(t, site, path+".json?"+query, 200)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data
}

// statePast lets a State promise and report with everything that a form asks.
func statePast(t *testing.T, k *keeper.Keeper, site http.Handler) (state, made int64) {
	t.Helper()
	var list struct {
		Data struct {
			Parties []struct {
				ID   int64
				Area string
			}
		}
	}
	if err := json.Unmarshal([]byte(page(t, site, "/stakeholders.json?area=QM&kind=state", 200)), &list); err != nil || len(list.Data.Parties) != 1 {
		t.Fatalf("no State: %v", err)
	}
	state = list.Data.Parties[0].ID
	by := strconv.FormatInt(state, 10)
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: commitment.KindMade, By: by,
		Facts: commitment.Made{Lead: state, Lang: "fr", Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"}, Beneficiaries: []string{"learners"}, Reach: "9000",
			Indicators: []commitment.Indicator{{Unit: "schools", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2025-01-01", Target: "90", TargetOn: "2028-12-31", Frequency: "yearly"}},
			Money:      []commitment.Money{{Amount: "3000000", Currency: "USD", ValueOn: "2025-01-01", Kind: "cash", Role: "own"}}, ReportEvery: 12, Start: "2025-01-01", End: "2028-12-31", Review: "none"},
		Words: map[string]string{"title.fr": "=HYPERLINK(\"x\") <b>=HYPER</b>", "promise.fr": "Nous relions les écoles.", "problem.fr": "Sans fibre.", "will_do.fr": "Poser la fibre.", "responsible_unit.fr": "Réseaux",
			"indicators.0.name.en": "Schools on fibre", "indicators.0.source.fr": "Registre"}})
	if err != nil {
		t.Fatal(err)
	}
	made = out[0].Index
	_, err = k.Submit(t.Context(), "", keeper.Act{Kind: commitment.KindReported, By: by,
		Facts: commitment.Reported{Commitment: made, Lang: "en", From: "2026-01-01", To: "2026-09-30", Status: "delayed", Values: []commitment.Value{{Indicator: 0, Value: "30", On: "2026-09-30"}},
			Money: []commitment.Spent{{Stage: "spent", Amount: "400000", Currency: "USD", ValueOn: "2026-09-30"}}, Reached: "1200", Barriers: []string{"funding"}},
		Words: map[string]string{"narrative.en": "Thirty schools are on fibre.", "lessons.en": "Start early.", "next_steps.en": "Forty more."}})
	if err != nil {
		t.Fatal(err)
	}
	if got := testDay.Format(time.DateOnly); got[:4] != "2026" {
		t.Fatalf("the tests of years need another year than %s", got)
	}
	return state, made
}
