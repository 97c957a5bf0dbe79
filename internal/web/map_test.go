package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// mapTwin is what the tests read of the map's JSON.
type mapTwin struct {
	By    string           `json:"by"`
	Lines []map[string]any `json:"overview"`
	Whole []map[string]any `json:"by_kind_of_party"`
	Total int64            `json:"total"`
	Next  string           `json:"next"`
	Rows  []struct {
		What   string            `json:"what"`
		Actor  map[string]any    `json:"actor"`
		Said   string            `json:"said_by_code"`
		On     string            `json:"on"`
		Source map[string]string `json:"source"`
	} `json:"rows"`
}

func TestMap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		site, k := siteOn(t, open(), compacts.Harbour())
		mapPast(t, k)
		for _, address := range []string{"", "?under=HO.1", "?under=FU", "?for=port-operators", "?body=HB.2", "?kind=private", "?region=Q1", "?kind=civil-society&under=HO.2",
			"?item=H.5", "?item=D.2", "?region=nowhere", "?body=nobody", "?what=intent", "?what=stated&for=states", "?under=%22%3E%3Cscript%3E", "?party=999999", "?kind=private&item=H.1&for=states"} {
			t.Run(address, func(t *testing.T) { walkMap(t, site, address) })
		}
	})
}

// walkMap follows every number of the map to its list and compares, and every page
// of its rows, which are those of the table.
func walkMap(t *testing.T, site http.Handler, address string) {
	m := mapJSON(t, site, address)
	numbers := 0
	for _, line := range slices.Concat(m.Lines, m.Whole) {
		numbers += walkNumbers(t, site, address, line)
	}
	if address == "" && numbers < 20 {
		t.Errorf("the map has %d numbers with a list; the test's record gives it more", numbers)
	}
	var rows int64
	for page := m; ; {
		rows += int64(len(page.Rows))
		for _, r := range page.Rows {
			if r.Actor["text"] == nil || r.On == "" || r.Said == "" || r.Said != "party" && r.What != "commitment" && r.What != "intent" && r.Source["name"] == "" {
				t.Errorf("a row without who, when or source: %+v", r)
			}
		}
		if page.Next == "" {
			break
		}
		page = mapJSON(t, site, page.Next)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page(t, site, "/map.csv"+address, 200), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := int64(len(lines) - 1)
	if rows != m.Total || table != m.Total {
		t.Errorf("total %d, pages %d rows, table %d", m.Total, rows, table)
	}
	for _, lang := range []string{"en", "ar", "zh"} {
		if body := page(t, site, "/"+lang+"/map"+address, 200); strings.Contains(body, "<script>") {
			t.Error("markup of the address stands on the page")
		}
	}
}

// walkNumbers follows the numbers of one line, its kinds of party too.
func walkNumbers(t *testing.T, site http.Handler, address string, line map[string]any) int {
	t.Helper()
	n := 0
	for name, value := range line {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				if kind, ok := one.(map[string]any); ok {
					n += walkNumbers(t, site, address, kind)
				}
			}
		case map[string]any:
			list, ok := v["list"].(string)
			if !ok {
				continue
			}
			n++
			if got := lengthOf(t, site, list); got != int64(v["n"].(float64)) {
				t.Errorf("map%s: %s of %v is %v, the list %s has %d", address, name, line["id"], v["n"], list, got)
			}
		}
	}
	return n
}

// lengthOf is how long the list behind a number is.
func lengthOf(t *testing.T, site http.Handler, list string) int64 {
	t.Helper()
	path, query, _ := strings.Cut(list, "?")
	var answer struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(page(t, site, path+".json?"+query, 200)), &answer); err != nil {
		t.Fatal(err)
	}
	if total, ok := answer.Data["total"].(float64); ok {
		return int64(total)
	}
	for _, name := range []string{"bodies", "indicators"} {
		if rows, ok := answer.Data[name].([]any); ok {
			return int64(len(rows))
		}
	}
	if _, party := answer.Data["basis"]; party {
		return 1
	}
	return 0
}

func mapJSON(t *testing.T, site http.Handler, address string) mapTwin {
	t.Helper()
	var answer struct{ Data mapTwin }
	asked, _ := url.ParseQuery(strings.TrimPrefix(address, "?"))
	asked.Set("limit", "3")
	if err := json.Unmarshal([]byte(page(t, site, "/map.json?"+asked.Encode(), 200)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data
}

// mapPast is a record with everything that a map can count, under names that try to be something else.
func mapPast(t *testing.T, k *keeper.Keeper) {
	harbourPast(t, k)
	submit := func(a keeper.Act) int64 {
		t.Helper()
		out, err := k.Submit(t.Context(), "", a)
		if err != nil {
			t.Fatalf("%s: %v", a.Kind, err)
		}
		return out[0].Index
	}
	list := map[string]string{"source.en": "=cmd|list", "url.und": "https://example.org/list"}
	for n, kind := range []string{"private", "civil-society", "private"} {
		party := submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: kind, Area: []string{"QM", "QV", "QN"}[n], Size: map[string]string{"private": "small"}[kind]},
			Words: map[string]string{"name.und": fmt.Sprintf(`=HYPERLINK("http://x","%d") <script>alert(1)</script>`, n)}})
		by := strconv.FormatInt(party, 10)
		submit(keeper.Act{Kind: stakeholder.KindGiven, By: by, Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Supports: []string{"H.5", "HO.1", "H.1"}[:n+1],
			Activities: []stakeholder.Activity{{State: "planned"}}}, Words: map[string]string{"activities.0.title.en": "Work", "role.en": "Director"}})
		var ids []int64
		for range 4 {
			ids = append(ids, submit(mapCommitment(party, len(ids))))
		}
		submit(keeper.Act{Kind: commitment.KindWithdrawn, By: by, Facts: commitment.Ended{Commitment: ids[0]}, Words: map[string]string{"reason.en": "No money."}})
		submit(keeper.Act{Kind: commitment.KindRequested, By: by, Facts: commitment.Support{Party: party, Lang: "en", Kind: "money", Items: []string{"H.1", "H.5"}, Until: "2027-06-30"},
			Words: map[string]string{"title.en": "Money", "text.en": "For a plant."}})
		submit(keeper.Act{Kind: commitment.KindStated, By: stakeholder.Secretariat, Facts: commitment.Stated{Party: party, Lang: "en", Items: []string{"H.2"}, Areas: []string{"QM"}, On: "2025-06-01"},
			Words: map[string]string{"title.en": "Stated", "promise.en": "We train.", "source.en": list["source.en"], "url.und": list["url.und"]}})
	}
	stated := submit(keeper.Act{Kind: stakeholder.KindStated, By: stakeholder.Secretariat, Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia", Area: "QM"}, On: "2025-01-01"},
		Words: map[string]string{"name.en": "Elsewhere School", "source.en": list["source.en"], "url.und": list["url.und"]}})
	submit(keeper.Act{Kind: stakeholder.KindEndorsed, By: stakeholder.Secretariat, Facts: stakeholder.Endorsed{Party: stated, Text: "harbour-2025", On: "2025-01-01", Supports: []string{"H.5"}}, Words: list})
	if err := k.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// mapCommitment is one of a few that differ: can be checked, cannot, serve the earlier text alone, serve two objectives.
func mapCommitment(party int64, n int) keeper.Act {
	f := commitment.Made{Lead: party, Lang: "en", Items: [][]string{{"H.1"}, {"H.1", "H.2", "H.5"}, {"H.6"}, {"D.2"}}[n], Type: "advocacy", Newness: "new", Condition: "unconditional",
		Areas: []string{[]string{"QM", "QV"}[n%2]}, ReportEvery: 12, Start: "2026-01-01", End: "2028-12-31", Review: "none"}
	words := map[string]string{"title.en": "+1 <b>harbour</b>", "promise.en": "We will speak.", "problem.en": "Nobody speaks.", "will_do.en": "We speak.", "responsible_unit.en": "Office"}
	if n == 1 {
		f.Milestones = []commitment.Milestone{{Due: "2027-03-31"}}
		words["milestones.0.text.en"] = "First speech"
	}
	return keeper.Act{Kind: commitment.KindMade, By: strconv.FormatInt(party, 10), Facts: f, Words: words}
}

// Formulas in names do not reach a spreadsheet, and nobody without an act is named.
func TestMapTable(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	empty := page(t, site, "/map.csv", 200)
	if strings.Contains(empty, "commitment") || !strings.Contains(empty, "HB.1") {
		t.Errorf("the map of a record without parties has %s", firstLines(empty))
	}
	if body := page(t, site, "/en/map?what=commitment", 200); !strings.Contains(body, "Nothing is on the map here") {
		t.Error("an empty map says nothing")
	}
	mapPast(t, k)
	table := page(t, site, "/map.csv", 200)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell begins a formula: %q", cell)
			}
		}
	}
	if !strings.Contains(table, "HYPERLINK") {
		t.Error("the hostile names are not in the table")
	}
	if body := page(t, site, "/en/map?for=states", 200); !strings.Contains(body, "of 12 States") || strings.Contains(body, "Maravel") {
		t.Errorf("the map names States without a commitment, or does not count them: %s", firstLines(body))
	}
}

// The map stands where it is asked for: on the item, on the mechanisms that came to
// be it, with the paragraph that it runs under.
func TestMapMandate(t *testing.T) {
	site := gdcSite(t)
	for address, want := range map[string]string{"/en/map": "paragraph 71 of A/RES/79/1", "/en/items/FU.71": `href="/en/map"`, "/en/mechanisms/M05": `href="/en/map"`, "/en/": `href="/en/map"`, "/en/items": `href="/en/map"`} {
		if !strings.Contains(page(t, site, address, 200), want) {
			t.Errorf("%s lacks %q", address, want)
		}
	}
	if strings.Contains(page(t, site, "/en/mechanisms/M13", 200), `class="btn q" href="/en/map"`) {
		t.Error("another mechanism leads to the map")
	}
	harbour, _ := newSite(t, compacts.Harbour())
	if !strings.Contains(page(t, harbour, "/en/map", 200), "own initiative") {
		t.Error("a map that no text asks for says not whose it is")
	}
}
