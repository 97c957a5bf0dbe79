package web_test

import (
	"net/http"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// The desk shows a partner what waits for its word, and a party what fits its request.
func TestLifeTasks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		submit := func(kind string, by int64, facts any, words map[string]string) int64 {
			t.Helper()
			out, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: kind, By: itoa(by), Facts: facts, Words: words})
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			return out[0].Index
		}
		joint := submit(commitment.KindMade, h.state, commitment.Made{Lead: h.state, Lang: "en", Partners: []commitment.Partner{{Party: h.org}}, Items: []string{"H.2"}, Type: "advocacy", Newness: "new",
			Condition: "unconditional", Areas: []string{"QM"}, ReportEvery: 6, Start: "2026-11-01", End: "2028-12-31", Review: "none"},
			map[string]string{"title.en": "Quays speak", "promise.en": "We speak for quays.", "problem.en": "Nobody does.", "will_do.en": "Talks.", "responsible_unit.en": "Office"})
		h.person("ada@port.example", "", account.Post{Party: h.org, As: account.AsMain})
		b := h.signIn("ada@port.example")
		if desk := b.want("/en/desk", http.StatusOK); !strings.Contains(desk, "Quays speak") || !strings.Contains(desk, "only your own answer") {
			t.Errorf("the desk does not ask the partner:\n%s", firstLines(desk))
		}
		submit(commitment.KindConfirmed, h.org, commitment.Answered{Commitment: joint, Version: joint}, nil)
		if desk := b.want("/en/desk", http.StatusOK); strings.Contains(desk, "only your own answer") {
			t.Error("the desk asks again after the answer")
		}
		help := commitment.Support{Lang: "en", Kind: "data", Items: []string{"H.2"}, Until: "2027-06-30"}
		words := map[string]string{"title.en": "Tide tables wanted", "text.en": "Of the last ten years."}
		help.Party = h.org
		submit(commitment.KindRequested, h.org, help, words)
		if desk := b.want("/en/desk", http.StatusOK); strings.Contains(desk, "Tide tables wanted") {
			t.Error("the desk shows a request that nothing fits")
		}
		help.Party = h.state
		submit(commitment.KindOffered, h.state, help, words)
		if desk := b.want("/en/desk", http.StatusOK); !strings.Contains(desk, "Tide tables wanted") || !strings.Contains(desk, "1 counterpart fits") {
			t.Errorf("the desk does not show what fits:\n%s", firstLines(desk))
		}
	})
}
