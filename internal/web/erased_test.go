package web_test

import (
	"net/http"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/record"
)

// TestErasedOnPages: pages, twins, search and files show what was erased as gone,
// in six languages, and the entry says what remains. A page that was kept ready
// does not outlive the text.
func TestErasedOnPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		b := h.browser()
		id, title := itoa(h.promise), "Waste is treated"
		for _, page := range []string{"/en/commitments/" + id, "/ar/commitments/" + id, "/commitments/" + id + ".json", "/en/commitments"} {
			if !strings.Contains(b.want(page, http.StatusOK), title) {
				t.Fatalf("%s does not show the title: this test shows nothing", page)
			}
		}
		submit := func(a keeper.Act) int64 {
			t.Helper()
			r, err := h.k.Submit(t.Context(), "", a)
			if err != nil {
				t.Fatal(err)
			}
			return r[0].Index
		}
		added := submit(keeper.Act{Kind: record.KindWordsAdded, By: stakeholder.Secretariat, Facts: keeper.WordsAdded{Target: h.promise, Status: "machine"},
			Words: map[string]string{"title.fr": "Les déchets sont traités"}})
		if !strings.Contains(b.want("/fr/commitments/"+id, http.StatusOK), "Les déchets sont traités") {
			t.Error("a translation is not shown")
		}
		if entry := b.want("/en/record/entries/"+id, http.StatusOK); !strings.Contains(entry, "machine translation, not authoritative") || !strings.Contains(entry, "/record/entries/"+itoa(added)) {
			t.Error("the entry does not say what kind of translation it is, and whose")
		}
		act := submit(keeper.Act{Kind: record.KindWordsErased, By: stakeholder.Secretariat,
			Facts: keeper.WordsErased{Target: h.promise, Parts: []string{"title.en", "will_do.en"}, Reason: "private_data"}})
		for _, page := range []string{"/en/commitments/" + id, "/ar/commitments/" + id, "/commitments/" + id + ".json", "/en/commitments", "/en/search?q=Waste", "/commitments.csv",
			"/record/words/" + id + ".json", "/en/record/entries/" + id} {
			if strings.Contains(b.want(page, http.StatusOK), title) {
				t.Errorf("%s still shows the title", page)
			}
		}
		for _, l := range locale.Langs {
			page := b.want("/"+string(l)+"/commitments/"+id, http.StatusOK)
			if !strings.Contains(page, "<code>title.en</code>") || !strings.Contains(page, l.T("words.reason.private_data")) || !strings.Contains(page, "/record/entries/"+itoa(act)) {
				t.Errorf("%s: the commitment's page does not say that its title was erased", l)
			}
			entry := b.want("/"+string(l)+"/record/entries/"+id, http.StatusOK)
			if !strings.Contains(entry, l.T("words.reason.private_data")) || !strings.Contains(entry, l.T("entry.what_remains")) {
				t.Errorf("%s: the entry's page does not say what was erased and what remains", l)
			}
		}
		submit(keeper.Act{Kind: record.KindWordsHidden, By: stakeholder.Secretariat,
			Facts: keeper.WordsHidden{Target: added, Parts: []string{"title.fr"}, Category: "rights", Basis: "law", AppealUntil: "2999-01-01"}})
		if page := b.want("/fr/commitments/"+id, http.StatusOK); strings.Contains(page, "déchets sont") || !strings.Contains(page, "droits d’autrui") {
			t.Error("a translation that was hidden is shown, or nobody says that it was hidden")
		}
	})
}
