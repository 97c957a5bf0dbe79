package web_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/observatory"
)

// TestTraceOfASlice follows a value of a slice that is not the first: the trace is
// of that value, and so are its citation and what its page says of it.
func TestTraceOfASlice(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	var pack *compact.Pack
	if err := k.DB().Read(t.Context(), func(tx *db.Tx) (err error) {
		pack, err = compact.InForce(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	i, _ := pack.Indicator("schools-fibre")
	m := observatory.MappingOf(i)
	m.Dimensions = []observatory.Dimension{{ID: "sex", Column: "sex"}}
	m.Status, m.Note = "", ""
	act, err := observatory.Take(observatory.SnapshotTaken{Indicator: i.ID, Format: observatory.CSV, Areas: pack.Areas, Retrieved: "2026-11-21", Licence: i.Source.Licence, Sample: true}, m,
		[]byte("area,year,value,nature,sex\nQM,2025,41.5,C,female\nQM,2025,43.5,C,male\n"), map[string]string{"publisher.und": "Example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Submit(t.Context(), "", act); err != nil {
		t.Fatal(err)
	}
	list := page(t, site, "/en/indicators/schools-fibre?slice=sex%3Dmale", http.StatusOK)
	href := regexp.MustCompile(`href="(schools-fibre/trace/QM/2025\?slice=[^"]*)"`).FindStringSubmatch(list)
	if href == nil {
		t.Fatalf("the slice does not lead to traces of its own:\n%s", firstLines(list))
	}
	if trace := page(t, site, "/en/indicators/"+html.UnescapeString(href[1]), http.StatusOK); !strings.Contains(trace, "43.5") || strings.Contains(trace, ">41.5<") {
		t.Errorf("the trace is of another value:\n%s", firstLines(trace))
	}
	c := cite(t, site, "indicator:schools-fibre:QM.2025", "slice=sex%3Dmale")
	if c.Data.Figure == nil || c.Data.Figure.Value != "43.5" || !strings.Contains(c.Data.Address, "slice=sex%3Dmale&as-of=") {
		t.Errorf("its citation: got %+v at %s", c.Data.Figure, c.Data.Address)
	}
	if c := cite(t, site, "figure:schools-fibre/QM/2025", "slice=sex%3Dfemale"); c.Data.Figure == nil || c.Data.Figure.Value != "41.5" {
		t.Errorf("a figure under its own name: got %+v", c.Data.Figure)
	}
	sheet := page(t, site, "/en/areas/QM", http.StatusOK)
	if !strings.Contains(sheet, "trace/QM/2025?slice=sex%3dmale") && !strings.Contains(sheet, "trace/QM/2025?slice=sex%3Dmale") {
		t.Errorf("the area's sheet drops the slice:\n%s", firstLines(sheet))
	}
}
