package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/print"
	"kept/internal/stakeholder"
)

// printed prints a page of the site; tests without a Chromium end here, but where
// tests are run for everybody.
func printed(t *testing.T, site http.Handler, address string, lang locale.Lang) []byte {
	t.Helper()
	path, err := print.Find("")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no Chromium: what pages look like on paper is not tested")
	}
	pdf, err := print.PDF(t.Context(), []byte(page(t, site, address, http.StatusOK)), print.Options{Chromium: path, Lang: lang, Title: "Kept"})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// copied is the text of a PDF, as who copies from it gets it.
func copied(t *testing.T, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no pdftotext: the text of PDFs is not tested")
	}
	c := exec.Command("pdftotext", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var sheetOfPaper = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// TestBriefOnTwoSheets: the fullest brief that there can be has two sheets in every language.
func TestBriefOnTwoSheets(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	submit := func(a keeper.Act) int64 {
		t.Helper()
		out, err := k.Submit(t.Context(), "", a)
		if err != nil {
			t.Fatal(err)
		}
		return out[0].Index
	}
	party := submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"},
		Words: map[string]string{"name.und": "Northquay and Southquay Joint Port and Harbour Authority"}})
	by := strconv.FormatInt(party, 10)
	submit(keeper.Act{Kind: stakeholder.KindGiven, By: by, Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Supports: []string{"H.1"},
		Activities: []stakeholder.Activity{{State: "planned", Start: "2026-03"}}}, Words: map[string]string{"activities.0.title.en": "Fibre", "alignment.en": "Aligned.", "role.en": "Director"}})
	for n := range 12 {
		var money []commitment.Money
		for _, currency := range []string{"EUR", "USD", "CHF"} {
			money = append(money, commitment.Money{Amount: "4500000", Currency: currency, ValueOn: "2025-04-01", Kind: []string{"loan", "in_kind"}[n%2], Role: "mobilised"})
		}
		submit(keeper.Act{Kind: commitment.KindMade, By: by, Facts: commitment.Made{Lead: party, Lang: "en", Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "unconditional",
			Areas: []string{"QM"}, Beneficiaries: []string{"everyone"}, Money: money, ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "none"},
			Words: map[string]string{"title.en": fmt.Sprintf("Fibre and radio for every school, clinic and library along quay number %d of the old harbour", n), "promise.en": "Northquay will lay fibre.",
				"problem.en": "There is none.", "will_do.en": "Lay it.", "responsible_unit.en": "Works"}})
	}
	for _, l := range locale.Langs {
		t.Run(string(l), func(t *testing.T) {
			pdf := printed(t, site, "/"+string(l)+"/items/H.1/brief", l)
			if n := len(sheetOfPaper.FindAll(pdf, -1)); n < 1 || n > 2 {
				t.Errorf("the brief has %d sheets, want at most 2", n)
			}
			if !strings.Contains(string(pdf), "/StructTreeRoot") {
				t.Error("the PDF is not tagged")
			}
		})
	}
}
