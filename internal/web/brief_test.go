package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/locale"
)

func TestBriefPage(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	if body := page(t, site, "/en/items/H.5", http.StatusOK); !strings.Contains(body, `href="/en/items/H.5/brief"`) {
		t.Error("the page of an item does not lead to its brief")
	}
	for _, l := range locale.Langs {
		body := page(t, site, "/"+string(l)+"/items/H.5/brief", http.StatusOK)
		for _, want := range []string{"80 per cent of ship waste treated", "Northquay Port Authority", l.T("brief.unknown"), testBase + "/" + string(l) + "/commitments?item=H.5",
			`href="/items/H.5/brief.md?lang=` + string(l) + `"`, l.T("report.status.in_progress")} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is missing", l, want)
			}
		}
		w := get(site, "/items/H.5/brief.md?lang="+string(l))
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != "text/markdown; charset=utf-8" || w.Header().Get("Content-Language") != string(l) {
			t.Errorf("%s: got %d, %s in %s", l, w.Code, got, w.Header().Get("Content-Language"))
		}
		if text := w.Body.String(); !strings.HasPrefix(text, "# ") || !strings.Contains(text, "](<"+testBase+"/"+string(l)+"/commitments/") {
			t.Errorf("%s: the Markdown begins %.80q or has no whole addresses", l, text)
		}
	}
	var twin struct {
		Data struct {
			Size        int64 `json:"record_size"`
			Commitments []struct {
				Lifecycle, Reporting, Pace, Assessment string
				Disputed                               bool
			}
		}
	}
	if err := json.Unmarshal(get(site, "/items/H.5/brief.json").Body.Bytes(), &twin); err != nil {
		t.Fatal(err)
	}
	c := twin.Data.Commitments
	if twin.Data.Size != k.Size() || len(c) != 1 || !c[0].Disputed || c[0].Lifecycle != "published" || c[0].Assessment != "none_yet" {
		t.Errorf("the twin says %+v", twin.Data)
	}
}

func TestNoBriefPage(t *testing.T) {
	site := gdcSite(t)
	for address, want := range map[string]int{"/en/items/PR.a/brief": 404, "/en/items/ZZ/brief": 404, "/items/P11d/brief.md?lang=xx": 422, "/items/ZZ/brief.md": 404} {
		if got := get(site, address).Code; got != want {
			t.Errorf("%s: got %d, want %d", address, got, want)
		}
	}
}
