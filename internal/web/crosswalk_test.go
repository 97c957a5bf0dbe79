package web_test

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
)

// Read from outside or from the compact, the same links stand there, with the same
// relation, source and day; as page after page, as JSON and as a table.
func TestCrosswalkBothWays(t *testing.T) {
	for name, files := range map[string]fs.FS{"gdc": compacts.GDC(), "harbour": compacts.Harbour()} {
		p, faults := compact.Check(files)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		site, _ := newSite(t, files)
		total := 0
		for _, scheme := range compact.Schemes {
			var want []string
			for _, tie := range p.Crosswalk() {
				if tie.Scheme == scheme {
					want = append(want, tie.Part+" "+tie.To+" "+tie.Relation+" "+tie.On)
				}
			}
			total += len(want)
			slices.Sort(want)
			for _, from := range []string{"outside", "item"} {
				if got := tiesIn(t, site, "/crosswalk/"+scheme+".json?from="+from); !slices.Equal(got, want) {
					t.Errorf("%s %s from %s: got %d links, want %d", name, scheme, from, len(got), len(want))
				}
				if got := tiesOnPages(t, site, "/ar/crosswalk/"+scheme, "?from="+from); got != len(want) {
					t.Errorf("%s %s from %s: got %d links on the pages, want %d", name, scheme, from, got, len(want))
				}
			}
			lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page(t, site, "/crosswalk/"+scheme+".csv", 200), "\ufeff"))).ReadAll()
			if err != nil || len(lines) != len(want)+1 {
				t.Errorf("%s %s: table of %d lines, %v", name, scheme, len(lines), err)
			}
		}
		if all := tiesIn(t, site, "/crosswalk.json"); len(all) != total || total == 0 {
			t.Errorf("%s: %d links in all, want %d", name, len(all), total)
		}
		page(t, site, "/en/crosswalk/none-such", 404)
	}
}

func TestCrosswalkSearch(t *testing.T) {
	site, _ := newSite(t, compacts.Harbour())
	for _, tt := range []struct {
		address string
		want    []string
	}{
		{"/crosswalk.json?q=H.1&from=item", []string{"H.1 4", "H.1 4.a", "H.1 9", "H.1 9.c", "H.1 C2", "H.1 D.1"}},
		{"/crosswalk/sdg.json?to=9", []string{"H.1 9", "H.1 9.c", "H.3 9", "H.6 9", "H.7 9"}},
		{"/crosswalk/sdg.json?to=1", []string{"H.7 1"}},
		{"/crosswalk/wsis.json?q=Vertrauen", nil},
		{"/crosswalk/wsis.json?q=confidence", []string{"H.6 C5"}},
		{"/crosswalk/text.json", []string{"H.8 HC/REV/1, 4"}},
		{"/crosswalk/oca.json", nil},
		{"/crosswalk.json?q=facilities", []string{"H.1 4.a"}},
	} {
		var got []string
		for _, tie := range tiesIn(t, site, tt.address) {
			got = append(got, strings.Join(strings.Split(tie, " ")[:strings.Count(tie, " ")-1], " "))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.address, got, tt.want)
		}
	}
	if body := page(t, site, "/en/crosswalk/oca", 200); !strings.Contains(body, "Nobody has asserted a link to this scheme") {
		t.Error("a scheme without links says nothing")
	}
	if body := page(t, site, "/en/items/H.1", 200); !strings.Contains(body, "/en/crosswalk/sdg?to=4.a") {
		t.Error("the page of an item does not lead to its links")
	}
}

// tiesIn are the links of a twin, in alphabetical order.
func tiesIn(t *testing.T, site http.Handler, address string) []string {
	t.Helper()
	var answer struct {
		Data struct {
			Links []struct {
				Part, To, Relation, On string
				By                     struct{ Name string } `json:"asserted_by"`
			}
		}
	}
	if err := json.Unmarshal([]byte(page(t, site, address, 200)), &answer); err != nil {
		t.Fatal(err)
	}
	var ties []string
	for _, l := range answer.Data.Links {
		ties = append(ties, l.Part+" "+l.To+" "+l.Relation+" "+l.On)
	}
	slices.Sort(ties)
	return ties
}

// tiesOnPages counts the rows of page after page.
func tiesOnPages(t *testing.T, site http.Handler, address, query string) (n int) {
	t.Helper()
	for query != "" {
		body := page(t, site, address+query, 200)
		_, table, _ := strings.Cut(body, "<tbody>")
		n += strings.Count(table, "<tr>")
		_, next, more := strings.Cut(body, `rel="next" href="`)
		if query = ""; more {
			query, _, _ = strings.Cut(next, `"`)
			query = strings.ReplaceAll(query, "&amp;", "&")
		}
	}
	return n
}
