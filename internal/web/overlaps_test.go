package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
)

// data reads the data of a JSON twin.
func dataOf[T any](t *testing.T, site http.Handler, address string) (out T) {
	t.Helper()
	var answer struct{ Data T }
	if err := json.Unmarshal([]byte(page(t, site, address, http.StatusOK)), &answer); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return answer.Data
}

type foundGaps struct {
	Items   int64
	Without []struct {
		Gap   string
		Items struct {
			N    int64
			List string
		}
	} `json:"items_without"`
	Rows []struct {
		ID   string
		Gaps []struct {
			Gap   string
			Open  bool
			Found int64
			List  string
		}
	}
}

type foundTrail struct {
	Gaps []struct {
		Gap   string
		Open  bool
		Trail []struct {
			What   string `json:"looked_for"`
			Found  int64
			Counts bool
			List   string
			Are    []struct{ Href string } `json:"found_are"`
		}
	}
}

// TestGapsLeadToTheirLists follows every number of the gaps of both texts: it is as
// long as the list that it leads to, and a gap is where nothing that counts was found.
func TestGapsLeadToTheirLists(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	open := map[string]int64{}
	for _, text := range []string{"", "?text=harbour-draft"} {
		all := dataOf[foundGaps](t, site, "/gaps.json"+text)
		if all.Items == 0 || int64(len(all.Rows)) != all.Items {
			t.Fatalf("%q: %d items, %d rows", text, all.Items, len(all.Rows))
		}
		for _, row := range all.Rows {
			trail := dataOf[foundTrail](t, site, "/gaps/"+row.ID+".json")
			for n, gap := range trail.Gaps {
				found := int64(0)
				for _, s := range gap.Trail {
					if s.Counts {
						found += s.Found
					}
					if s.List == "" && int64(len(s.Are)) != s.Found {
						t.Errorf("%s %s: %d %s and no list of them", row.ID, gap.Gap, s.Found, s.What)
					}
					if s.List != "" && lengthOf(t, site, s.List) != s.Found {
						t.Errorf("%s %s: %d %s, and %s has %d", row.ID, gap.Gap, s.Found, s.What, s.List, lengthOf(t, site, s.List))
					}
				}
				cell := row.Gaps[n]
				if cell.Gap != gap.Gap || cell.Open != gap.Open || cell.Open != (found == 0) || cell.Found != found {
					t.Errorf("%s: the table says %+v, the trail %+v", row.ID, cell, gap)
				}
				if !cell.Open && !strings.HasPrefix(cell.List, "/gaps/") && lengthOf(t, site, cell.List) != found {
					t.Errorf("%s %s: %d, and %s has %d", row.ID, gap.Gap, found, cell.List, lengthOf(t, site, cell.List))
				}
				if cell.Open && text == "" {
					open[gap.Gap]++
				}
			}
		}
		for _, w := range all.Without {
			if text == "" && w.Items.N != open[w.Gap] {
				t.Errorf("without %s: %d, counted %d", w.Gap, w.Items.N, open[w.Gap])
			}
			if w.Items.N > 0 && int64(len(dataOf[foundGaps](t, site, jsonOf(w.Items.List)).Rows)) != w.Items.N {
				t.Errorf("%s does not have %d rows", w.Items.List, w.Items.N)
			}
		}
	}
	if open["commitment"] == 0 || open["commitment"] == 8 || open["report"] == 0 {
		t.Errorf("the sample shows nothing: %v", open)
	}
}

// jsonOf is the address of the twin of a list.
func jsonOf(list string) string { return strings.Replace(list, "?", ".json?", 1) }

// TestTopics opens the two ready-made views: what is said of them stands there, and
// the two differ in how many bodies there are.
func TestTopics(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	bodies := map[string]int{}
	for _, topic := range []string{"data-governance", "ai-governance"} {
		view := dataOf[struct {
			Items int
			Topic struct {
				NamedBy []struct{ ID string } `json:"named_by"`
				Bodies  []struct{ Href string }
			}
		}](t, site, "/gaps.json?topic="+topic)
		bodies[topic] = len(view.Topic.Bodies)
		if view.Items < 10 || len(view.Topic.NamedBy) != 1 || view.Topic.NamedBy[0].ID != "M50" {
			t.Errorf("%s: %+v", topic, view)
		}
	}
	if bodies["data-governance"] == 0 || bodies["data-governance"] >= bodies["ai-governance"] {
		t.Errorf("bodies: %v", bodies)
	}
}

// TestOverlapList reads the whole list and its parts: they are the same pairs in the
// same order, and a condition leaves those for which it holds.
func TestOverlapList(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	table, err := csv.NewReader(strings.NewReader(page(t, site, "/bodies/overlaps.csv", http.StatusOK))).ReadAll()
	if err != nil || len(table) < 100 {
		t.Fatalf("%d pairs, %v", len(table), err)
	}
	type found struct {
		Total int
		Next  string
		Rows  []struct {
			A, B struct{ Href string }
			Tags *struct{ Numerator, Denominator int64 } `json:"by_items_and_functions"`
		}
	}
	n := 1
	for address := "/bodies/overlaps.json"; address != ""; {
		part := dataOf[found](t, site, address)
		if part.Total != len(table)-1 {
			t.Fatalf("%s: %d of %d", address, part.Total, len(table)-1)
		}
		for _, row := range part.Rows {
			if row.A.Href != "/bodies/"+table[n][0] || row.B.Href != "/bodies/"+table[n][1] {
				t.Fatalf("pair %d: %+v, in the table %v", n, row, table[n])
			}
			n++
		}
		if address = ""; part.Next != "" {
			address = "/bodies/overlaps.json" + part.Next
		}
	}
	if n != len(table) {
		t.Errorf("the pages have %d pairs, the table %d", n-1, len(table)-1)
	}
	for _, condition := range []string{"function=standards", "under=O1", "kind=platform", "body=N.12", "item=P48"} {
		want := 0
		kinds := map[string]string{}
		bodies, _ := csv.NewReader(strings.NewReader(page(t, site, "/bodies.csv", http.StatusOK))).ReadAll()
		for _, b := range bodies {
			kinds[b[0]] = b[3]
		}
		_, value, _ := strings.Cut(condition, "=")
		for _, row := range table[1:] {
			a, b := row[0], row[1]
			if kinds[a] == value || kinds[b] == value || a == value || b == value || strings.Contains(" "+row[2]+" ", " "+value+" ") || strings.Contains(" "+row[3]+" ", " "+value+" ") {
				want++
			}
		}
		if got := dataOf[found](t, site, "/bodies/overlaps.json?"+condition).Total; got != want || got == 0 {
			t.Errorf("%s: %d pairs, want %d", condition, got, want)
		}
	}
}

// TestWheelPage wants no hub where the text in force has none, and a picture that is
// mirrored where the language runs from right to left.
func TestWheelPage(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	english, arabic := page(t, site, "/en/bodies/wheel", http.StatusOK), page(t, site, "/ar/bodies/wheel", http.StatusOK)
	for _, want := range []string{"There is no hub", "proposed in 2023", `href="/en/mechanisms/M02"`, `stroke-dasharray`, `<title id="wheelt">`, `<desc id="wheeld">`, `href="/en/bodies/N.12"`} {
		if !strings.Contains(english, want) {
			t.Errorf("no %s", want)
		}
	}
	first := func(body string) string {
		_, rest, _ := strings.Cut(body, `/bodies/N.02" transform="rotate(`)
		angle, _, _ := strings.Cut(rest, ")")
		return angle
	}
	if a, b := first(english), first(arabic); a == "" || b == "" || a == b || !strings.HasPrefix(b, "-1") {
		t.Errorf("the first spoke stands at %s, and mirrored at %s", a, b)
	}
	wheel := dataOf[struct {
		Total int
		Rows  []struct {
			Themes []string
			Drawn  bool
		}
		Themes []struct {
			ID     string
			Bodies struct {
				N    int64
				List string
			}
		}
	}](t, site, "/bodies/wheel.json")
	drawn := map[string]int64{}
	for _, row := range wheel.Rows {
		for _, theme := range row.Themes {
			drawn[theme]++
		}
	}
	for _, theme := range wheel.Themes {
		if theme.Bodies.N != drawn[theme.ID] || theme.Bodies.List != "" && lengthOf(t, site, theme.Bodies.List) != theme.Bodies.N {
			t.Errorf("%s: %+v, drawn %d", theme.ID, theme.Bodies, drawn[theme.ID])
		}
	}
	if wheel.Total < 30 || !strings.Contains(page(t, site, "/en/bodies/wheel?text=gdc-2023", http.StatusOK), `class="band"`) {
		t.Errorf("%d spokes", wheel.Total)
	}
}

// TestCalendarClashes shows two dates of bodies that fall together, on the page and in
// the file for calendar programs, and the dates of one body alone.
func TestCalendarClashes(t *testing.T) {
	site, _ := newSite(t, compacts.Harbour())
	body := page(t, site, "/en/calendar", http.StatusOK)
	for _, want := range []string{"Clashes of dates", `href="#HK.2"`, `href="#HK.8"`, "same items: H.3", "not all days are known"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	unfolded := strings.ReplaceAll(page(t, site, "/calendar.ics", http.StatusOK), "\r\n ", "")
	if !strings.Contains(unfolded, "At the same time: ") || strings.Count(unfolded, "UID:HK.") != 9 {
		t.Errorf("the file: %s", unfolded)
	}
	for only, want := range map[string]int{"body=HB.8": 1, "item=H.3": 3, "body=nobody": 0} {
		if got := strings.Count(page(t, site, "/calendar.ics?"+only, http.StatusOK), "UID:"); got != want {
			t.Errorf("%s: %d dates, want %d", only, got, want)
		}
	}
	table := page(t, site, "/calendar.csv", http.StatusOK)
	if !strings.Contains(table, ",HK.9 HK.2\n") {
		t.Errorf("no clash in %s", table)
	}
}
