package commitment_test

import (
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// TestWordsTakenAway hides, shows, translates and erases texts of a commitment
// that was amended: lists and search know what can be read now, and neither an
// older title nor a text that is gone.
func TestWordsTakenAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		m := w.must(w.amend(c, func(_ *commitment.Amended, words map[string]string) {
			words["title.en"], words["reason.en"] = "1,200 rural schools on open fibre", "More money came."
		}))
		about := func(kind string, facts any) keeper.Act {
			return keeper.Act{Kind: kind, By: "secretariat", Facts: facts}
		}
		found := func(query string, want bool) {
			t.Helper()
			got := slices.ContainsFunc(w.list(commitment.Filter{Query: query, Today: "2025-03-20"}).List, func(s commitment.Summary) bool { return s.ID == c })
			if got != want {
				t.Errorf("a search for %q finds it: %t, want %t", query, got, want)
			}
		}
		title := func(want string) {
			t.Helper()
			for _, s := range w.list(commitment.Filter{Today: "2025-03-20"}).List {
				if got, _ := s.Text("title", locale.English); s.ID == c && got != want {
					t.Errorf("the list shows %q, want %q", got, want)
				}
			}
		}
		found("1,200 rural", true)
		found("raccordera", true)
		title("1,200 rural schools on open fibre")

		added := about(record.KindWordsAdded, keeper.WordsAdded{Target: c, Status: "human"})
		added.Words = map[string]string{"promise.es": "El Ministerio conectará las escuelas."}
		w.must(added)
		title("1,200 rural schools on open fibre") // the older title is not back
		found("1,000 rural schools on open", false)
		found("conectará", true)

		w.must(about(record.KindWordsHidden, keeper.WordsHidden{Target: m, Parts: []string{"title.en"}, Category: "danger", Basis: "policy", AppealUntil: "2025-05-01"}))
		title("")
		found("1,200 rural", false)
		w.replays()
		w.must(about(record.KindWordsRestored, keeper.WordsRestored{Target: m, Parts: []string{"title.en"}, Reason: "appeal"}))
		title("1,200 rural schools on open fibre")
		found("1,200 rural", true)

		w.must(about(record.KindWordsErased, keeper.WordsErased{Target: c, Parts: []string{"promise.fr"}, Reason: "request"}))
		w.must(about(record.KindWordsErased, keeper.WordsErased{Target: m, Parts: []string{"title.en"}, Reason: "request"}))
		title("")
		found("1,200 rural", false)
		found("1,000 rural schools on open", false)
		found("raccordera", false)
		if v := w.get(c, "2025-03-20"); v.Words["title.en"] != "" || v.Words["promise.fr"] != "" || v.Words["promise.es"] == "" {
			t.Errorf("the commitment shows %q", v.Words)
		}
		w.replays()
	})
}
