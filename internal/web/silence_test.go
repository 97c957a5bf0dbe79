package web_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

var marked = regexp.MustCompile(`<[^>]*>`)

// TestSilence: who promised nothing is counted, and named only where the pack allows
// it; silent is said of a promise whose report is 12 to 24 months overdue, and of nothing else.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name, item string
		pack       fs.FS
		listed     bool
	}{
		{"the Global Digital Compact counts", "P11d", compacts.GDC(), false},
		{"the Harbour Compact lists", "H.1", compacts.Harbour(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, dbtest.SQLite(t), c.pack)
			states := h.states()
			lead, other := states[0], states[1]
			area := areaOf(h, lead)
			for range 3 { // several by one State are one State
				h.submit(keeper.Act{Kind: commitment.KindMade, By: itoa(lead),
					Facts: commitment.Made{Lead: lead, Lang: "en", Items: []string{c.item}, Type: "capacity", Newness: "new", Condition: "unconditional", Areas: []string{area},
						Indicators: []commitment.Indicator{{Unit: "count", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2025-03-01", Target: "80", TargetOn: "2035-12-31",
							Frequency: "yearly", Primary: true}},
						ReportEvery: 12, Start: "2026-01-01", End: "2035-12-31", Review: "none"},
					Words: map[string]string{"title.en": "Promise", "indicators.0.name.en": "Things done", "indicators.0.source.en": "Yearly register", "promise.en": "We will do it.", "problem.en": "It is not done.", "will_do.en": "Do it.", "responsible_unit.en": "Office"}})
			}
			b := h.browser()
			page := b.want("/en/items/"+c.item, 200)
			count := fmt.Sprintf("No commitment registered here by %d of %d States. Registration is voluntary; States may act without registering.", len(states)-1, len(states))
			if !strings.Contains(page, count) {
				t.Errorf("the page does not say: %s\n%s", count, firstLines(page))
			}
			href := `href="/en/stakeholders/` + itoa(other) + `"`
			if strings.Contains(page, href) != c.listed || strings.Contains(page, "Which ones") != c.listed {
				t.Errorf("names are listed: %t, want %t", !c.listed, c.listed)
			}
			if twin := b.want("/items/"+c.item+".json", 200); strings.Contains(twin, "/stakeholders/"+itoa(other)+`"`) != c.listed {
				t.Errorf("in the twin names are listed: %t, want %t", !c.listed, c.listed)
			}
			said := func(address, word string) bool {
				h.t.Helper()
				return regexp.MustCompile(`\b` + word + `\b`).MatchString(marked.ReplaceAllString(b.want(address, 200), " "))
			}
			of := "/en/commitments?item=" + c.item
			for _, address := range []string{"/en/", "/en/stakeholders", "/en/stakeholders/" + itoa(other), "/en/stakeholders/" + itoa(lead)} {
				if said(address, "silent") {
					t.Errorf("%s calls somebody silent, and no report is late", address)
				}
			}
			row := func(word string) bool {
				return strings.Contains(b.want("/commitments.json?item="+c.item, 200), `"code":"`+word+`"`)
			}
			for _, step := range []struct {
				months int
				word   string
			}{{13, "overdue"}, {11, "silent"}, {12, "lapsed"}} {
				h.now = h.now.AddDate(0, step.months, 2)
				if b.want(of, 200); !row(step.word) {
					t.Errorf("on %s the commitments are not %s", h.now.Format("2006-01-02"), step.word)
				}
				for _, word := range []string{"overdue", "silent", "lapsed"} {
					if n := "3 " + word; strings.Contains(marked.ReplaceAllString(b.want("/en/items/"+c.item, 200), ""), n) != (word == step.word) {
						t.Errorf("when they are %s the page of the item says %q: %t", step.word, n, word != step.word)
					}
				}
				if said("/en/stakeholders/"+itoa(other), "silent") {
					t.Error("a State that promised nothing is called silent")
				}
			}
		})
	}
}

// states are the States of the registry.
func (h *house) states() (ids []int64) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		list, err := stakeholder.List(tx, stakeholder.Filter{Kind: stakeholder.KindState, Limit: 1000, Lang: "en"})
		for _, p := range list.Parties {
			ids = append(ids, p.ID)
		}
		return err
	})
	return ids
}

func areaOf(h *house, party int64) (area string) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		p, err := stakeholder.ByID(tx, party)
		area = p.Area
		return err
	})
	return area
}
