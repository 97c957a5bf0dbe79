package web_test

import (
	"net/http"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// openPeriod opens the yearly report of the Harbour Compact for 2025 with a draft
// of its first chapters, and tells its number.
func (h *house) openPeriod(words map[string]string) int64 {
	h.t.Helper()
	var act keeper.Act
	h.write(func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		o, err := report.OutlineOf(pack, "yearly", "2025-12-31", keeper.Today(h.now))
		if err != nil {
			return err
		}
		act, _, err = report.Opening(tx, o, h.now.AddDate(0, 0, 22).Format("2006-01-02"), words)
		return err
	})
	return h.submit(act)
}

// openedReport opens a report with a chapter and a contribution, for who crawls the site.
func openedReport(t testing.TB, k *keeper.Keeper) {
	t.Helper()
	var act keeper.Act
	var port int64
	err := k.DB().Read(t.Context(), func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		if err := tx.Row("SELECT MIN(id) FROM party WHERE kind = 'local-authority'").Scan(&port); err != nil {
			return err
		}
		o, err := report.OutlineOf(pack, "yearly", "2025-12-31", keeper.Today(k.Now()))
		if err != nil {
			return err
		}
		act, _, err = report.Opening(tx, o, "2026-12-20", map[string]string{"parties.en": "{parties.total} parties, {party:" + itoa(port) + "} among them, under {item:H.5}."})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := k.Submit(t.Context(), "", act)
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Submit(t.Context(), "", keeper.Act{Kind: report.KindContributed, By: itoa(port), Facts: report.Contributed{Report: out[0].Index, Chapter: "parties"},
		Words: map[string]string{"text.en": "The port speaks for its tenants too."}})
	if err == nil {
		err = k.Sign(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// releasePeriod releases it when its window is over.
func (h *house) releasePeriod(id int64, words map[string]string) int64 {
	h.t.Helper()
	h.now = h.now.AddDate(0, 0, 25)
	var act keeper.Act
	h.write(func(tx *db.Tx) error {
		r, err := report.Get(tx, id)
		if err != nil {
			return err
		}
		act, _, err = report.Releasing(tx, r, words)
		return err
	})
	return h.submit(act)
}

func (h *house) see(address string, texts ...string) string {
	h.t.Helper()
	body := page(h.t, h.site, address, http.StatusOK)
	for _, text := range texts {
		if !strings.Contains(body, text) {
			h.t.Errorf("%s does not show %q\n%s", address, text, firstLines(body))
		}
	}
	return body
}

// While a report is open its pages follow the record, so that a correction shows at
// once; released they show what was frozen, and an erratum beside it.
func TestReportPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		id := h.openPeriod(map[string]string{"parties.en": "## Who\n\n{parties.total} parties take part; {party:" + itoa(h.org) + "} is one, and {commitment:" + itoa(h.promise) + "} serves {item:H.5}."})
		at := "/en/reports/" + itoa(id)
		h.see("/en/reports", "Yearly report", "open to correction")
		h.see(at, "Draft, open to correction until", "The period in numbers")
		before := h.see(at+"/parties", "Northquay Port Authority", "Waste is treated", `<h3>Who</h3>`, `href="`+at+`/figures/parties.total"`)
		h.submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"},
			Words: map[string]string{"name.und": "Clean Quay Watch"}})
		if after := h.see(at + "/parties"); before == after {
			t.Error("a change in the record does not show in the draft")
		}
		h.see(at+"/changes", "Parties")
		h.see(at+"/rows/"+itoa(h.org), "/stakeholders/"+itoa(h.org)+"/amend", "/wrong?about=party:"+itoa(h.org))
		h.see(at+"/rows/"+itoa(h.state), "Waste is treated", "/commitments/"+itoa(h.promise)+"/amend", "/commitments/"+itoa(h.promise)+"/report", "H.5")

		release := h.releasePeriod(id, map[string]string{"parties.en": "{parties.total} parties.", "parties.ar": "{parties.total} من الأطراف."})
		frozen := h.see(at+"/parties", "figures.json")
		h.submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"},
			Words: map[string]string{"name.und": "Late Comers"}})
		if again := h.see(at + "/parties"); again != frozen {
			t.Error("a released page changed with the record")
		}
		var value string
		h.write(func(tx *db.Tx) error {
			r, err := report.Get(tx, id)
			if err != nil {
				return err
			}
			f, err := report.Frozen(tx, r.ReleaseFigures)
			if err != nil {
				return err
			}
			one, _ := f.Figure("parties.total")
			value = one.Value
			return nil
		})
		h.submit(keeper.Act{Kind: report.KindCorrected, By: report.Secretariat, Facts: report.Corrected{Release: release, Figure: "parties.total", Old: value, New: "99"},
			Words: map[string]string{"reason.en": "Counted under their parents."}})
		h.see(at+"/figures/parties.total", "Counted under their parents.", "99", value, "count/1")
		h.see(at+"/parties", "corrected to 99")
		h.see(at, "Counted under their parents.")
		h.see(at+"/side-by-side", value, "corrected to 99")
		h.see(at+"/items", "H.5", "Waste is treated")
		for _, lang := range locale.Langs {
			for _, of := range []string{"", "/parties", "/items", "/figures/parties.total", "/side-by-side", "/changes", "/rows/" + itoa(h.state)} {
				h.see("/" + string(lang) + "/reports/" + itoa(id) + of)
			}
		}
		for _, twin := range []string{".json", ".csv", "/parties.json", "/parties.csv", "/items.csv", "/figures/parties.total.json", "/side-by-side.csv", "/changes.csv", "/rows/" + itoa(h.state) + ".json"} {
			page(t, h.site, "/reports/"+itoa(id)+twin, http.StatusOK)
		}
		page(t, h.site, at+"/preface", http.StatusNotFound)
		page(t, h.site, at+"/figures/no.such", http.StatusNotFound)
		page(t, h.site, "/en/reports/"+itoa(h.org), http.StatusNotFound)
	})
}

// What a chapter refers to and is no longer there is printed with what is so.
func TestReportReferencesThatDied(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id := h.openPeriod(map[string]string{"delivery.en": "{commitment:" + itoa(h.promise) + "} by {party:" + itoa(h.org) + "}: {delivery.reports_in_period}. <https://example.org/a>"})
	h.submit(keeper.Act{Kind: commitment.KindWithdrawn, By: itoa(h.state), Facts: commitment.Ended{Commitment: h.promise}, Words: map[string]string{"reason.en": "No money."}})
	at := "/en/reports/" + itoa(id) + "/delivery"
	h.see(at, "Waste is treated", "withdrawn", `rel="external nofollow"`)
	h.submit(keeper.Act{Kind: "words.erased", By: "secretariat", Facts: keeper.WordsErased{Target: h.org, Parts: []string{"name.und"}, Reason: "request"}})
	h.submit(keeper.Act{Kind: "words.erased", By: "secretariat", Facts: keeper.WordsErased{Target: h.promise, Parts: []string{"title.en"}, Reason: "request"}})
	body := h.see(at, "/stakeholders/"+itoa(h.org), "/commitments/"+itoa(h.promise), "whose title is no longer shown")
	if strings.Contains(body, "Northquay") || strings.Contains(body, "Waste is treated") {
		t.Errorf("an erased text is still printed\n%s", firstLines(body))
	}
}

// A figure that nobody can compute any more prints why, and leads to its page all the same.
func TestReportFigureWithoutValue(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	var id, without string
	h.write(func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		o, err := report.OutlineOf(pack, "yearly", "2025-12-31", keeper.Today(h.now))
		if err != nil {
			return err
		}
		_, f, err := report.Opening(tx, o, "2026-12-31", nil)
		if err != nil {
			return err
		}
		for _, c := range f.Chapters {
			for _, one := range c.Figures {
				if one.Why == report.NoData && without == "" {
					without = one.ID
				}
			}
		}
		return nil
	})
	if without == "" {
		t.Fatal("every figure has a value: this test shows nothing")
	}
	id = itoa(h.openPeriod(map[string]string{"data.en": "Latest: {" + without + "}."}))
	h.see("/en/reports/"+id+"/data", `/figures/`+without+`"><bdi>nobody has given a value</bdi>`)
}
