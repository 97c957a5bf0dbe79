package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
)

// Every mechanism of the proposal (M01 to M51, of which the numbers all exist) has its page, with
// its mandate, a state, who runs it as far as a source says, sources and certainty.
func TestEveryMechanismHasItsPage(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	for n := 1; n <= 51; n++ {
		id := fmt.Sprintf("M%02d", n)
		var twin struct {
			Data struct {
				Status  string            `json:"status"`
				Mandate map[string]string `json:"mandate"`
				Note    map[string]string `json:"our_note"`
				Certain *bool             `json:"certain"`
				Sources []struct{ Name string }
			}
		}
		if err := json.Unmarshal([]byte(page(t, site, "/mechanisms/"+id+".json", http.StatusOK)), &twin); err != nil {
			t.Fatal(err)
		}
		d := twin.Data
		if d.Status == "" || d.Mandate["en"] == "" || d.Note["en"] == "" || d.Certain == nil || len(d.Sources) == 0 {
			t.Errorf("%s: got %+v", id, d)
		}
	}
	body := page(t, site, "/en/mechanisms/M31", http.StatusOK)
	for _, want := range []string{"/en/bodies/B.14", "not adopted; it exists elsewhere", "/en/bodies?item=A.mo.1"} {
		if !strings.Contains(body, want) {
			t.Errorf("M31: no %q", want)
		}
	}
	body = page(t, site, "/en/mechanisms/M34", http.StatusOK)
	for _, want := range []string{"paragraph 31 (c)", `href="/en/regulators"`, "run here"} {
		if !strings.Contains(body, want) {
			t.Errorf("M34: no %q", want)
		}
	}
	body = page(t, site, "/en/mechanisms?here=true", http.StatusOK)
	if !strings.Contains(body, "/en/mechanisms/M34") || strings.Contains(body, "/en/mechanisms/M08") {
		t.Error("the filter of what runs here does not hold")
	}
}

// The documents of the proposal's annex II and those since have their pages, each with its
// body, its source and how certain it is.
func TestEveryDocumentHasItsPage(t *testing.T) {
	site, _ := newSite(t, compacts.GDC())
	var twin struct {
		Data struct {
			Groups []struct {
				Documents []struct {
					ID, Symbol string
					Certain    *bool
					Sources    []struct{ Name string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(page(t, site, "/documents.json", http.StatusOK)), &twin); err != nil {
		t.Fatal(err)
	}
	symbols := map[string]bool{}
	n := 0
	for _, g := range twin.Data.Groups {
		for _, d := range g.Documents {
			n++
			symbols[d.Symbol] = true
			if d.Certain == nil || len(d.Sources) == 0 {
				t.Errorf("%s: got %+v", d.ID, d)
			}
			page(t, site, "/en/documents/"+d.ID, http.StatusOK)
		}
	}
	if n < 64 {
		t.Errorf("got %d documents, want the 57 of the annex and those since", n)
	}
	for _, want := range []string{"217 A (III)", "A/RES/45/95", "A/RES/68/167", "A/RES/70/1", "A/RES/70/125", "A/RES/53/70", "A/RES/73/17", "A/RES/74/247", "A/RES/75/1", "A/RES/76/227", "A/HRC/RES/17/4"} {
		if !symbols[want] {
			t.Errorf("no document %s", want)
		}
	}
}
