package web_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/compacts"
)

func TestSearch(t *testing.T) {
	site := gdcSite(t)
	tests := []struct{ name, lang, words, want string }{
		{"a code", "en", "P11d", "/en/items/P11d"},
		{"words", "en", "schools hospitals", "/en/items/P11d"},
		{"case and accents", "en", "cote d'ivoire", "/en/areas/CIV"},
		{"Chinese on a Chinese page", "zh", "数据治理", "/zh/items/P48"},
		{"Chinese on an English page", "en", "互联网治理论坛", "/en/bodies/N.12"},
		{"Arabic", "ar", "المدارس", "/ar/items/P11d"},
		{"Arabic without the article", "ar", "مدارس", "/ar/items/P11d"},
		{"a mechanism", "en", "trust fund", "/en/mechanisms/M08"},
		{"a target", "en", "2.6 billion", "/en/targets/N.1"},
		{"a document", "en", "2030 Agenda", "/en/documents/D.07"},
		{"an addressee", "en", "social media", "/en/for/social-media-platforms"},
		{"an area by its code", "en", "NAM", "/en/areas/NAM"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := page(t, site, "/"+test.lang+"/search?q="+url.QueryEscape(test.words), http.StatusOK)
			if !strings.Contains(body, `href="`+test.want+`"`) {
				t.Errorf("a search for %q does not find %s", test.words, test.want)
			}
			if !strings.Contains(body, `content="noindex"`) {
				t.Error("a page of results may be indexed")
			}
		})
	}
}

func TestSearchInTheRecord(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	body := page(t, site, "/en/search?q=northquay", http.StatusOK)
	for _, want := range []string{`/en/stakeholders/`, "Northquay Port Authority", "80 per cent of ship waste treated", `/en/commitments/`} {
		if !strings.Contains(body, want) {
			t.Errorf("a search for a party and its promise does not find %s", want)
		}
	}
}

func TestSearchWithoutResult(t *testing.T) {
	site := gdcSite(t)
	for _, words := range []string{"qqqq", "؟؟", "…"} {
		body := html.UnescapeString(page(t, site, "/en/search?q="+url.QueryEscape(words), http.StatusOK))
		if !strings.Contains(body, "Nothing here is called “"+words+"”") || !strings.Contains(body, "/en/documents") {
			t.Errorf("a search for %q does not say what can be done instead", words)
		}
	}
}

func TestSearchForPrograms(t *testing.T) {
	var answer struct {
		Data struct {
			Total  int
			Groups []struct {
				ID   string
				Hits []struct{ ID string }
			}
		}
	}
	body := page(t, gdcSite(t), "/search.json?q=internet", http.StatusOK)
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range answer.Data.Groups {
		n += len(g.Hits)
	}
	if n == 0 || n != answer.Data.Total {
		t.Errorf("got %d hits, total %d: programs get all", n, answer.Data.Total)
	}
}
