package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// TestCiteReport cites the figures of a released report, each under its own page,
// and finds the same value after the record has grown.
func TestCiteReport(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id := h.openPeriod(map[string]string{"parties.en": "{parties.total} parties."})
	h.releasePeriod(id, map[string]string{"parties.en": "{parties.total} parties."})
	at := "page:/reports/" + itoa(id)
	chapter := cite(t, h.site, at+"/parties", "")
	if len(chapter.Data.Figures) < 5 {
		t.Fatalf("the chapter has %d figures to cite", len(chapter.Data.Figures))
	}
	seen := map[string]string{}
	for _, f := range chapter.Data.Figures {
		if one := cite(t, h.site, f.Of, ""); one.Data.Figure == nil || one.Data.Figure.Value != f.Value || one.Data.Figure.Code != f.Code {
			t.Errorf("%s: on its own page %+v, in its chapter %+v", f.Of, one.Data.Figure, f)
		}
		seen[f.Of] = f.Value
	}
	total := at + "/figures/parties.total"
	if seen[total] == "" {
		t.Errorf("the number of parties cannot be cited; there are %v", seen)
	}
	for _, l := range []string{"en", "ar", "zh"} {
		wellFormed(t, page(t, h.site, "/cite/card.svg?of="+url.QueryEscape(total)+"&lang="+l, http.StatusOK))
	}
	h.submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "Late Comers"}})
	if again := cite(t, h.site, total, ""); again.Data.Figure == nil || again.Data.Figure.Value != seen[total] {
		t.Errorf("after the release: got %+v, want %s", again.Data.Figure, seen[total])
	}
}
