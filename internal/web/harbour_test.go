package web_test

import (
	"strconv"
	"testing"

	"kept/internal/commitment"
	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// pastSaid are the entries of harbourPast that say something against others.
const pastSaid = 4

// harbourPast lets one fictional party endorse, promise and report, so that each
// kind of page has something to show.
func harbourPast(t testing.TB, k *keeper.Keeper) {
	t.Helper()
	submit := func(a keeper.Act) int64 {
		t.Helper()
		out, err := k.Submit(t.Context(), "", a)
		if err != nil {
			t.Fatalf("%s: %v", a.Kind, err)
		}
		return out[0].Index
	}
	party := submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"},
		Words: map[string]string{"name.und": "Northquay Port Authority", "purpose.en": "Runs the port of Northquay."}})
	by := strconv.FormatInt(party, 10)
	submit(keeper.Act{Kind: stakeholder.KindGiven, By: by,
		Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Supports: []string{"H.5"}, Activities: []stakeholder.Activity{{State: "planned", Start: "2026-03"}}},
		Words: map[string]string{"activities.0.title.en": "Waste reception open day and night", "alignment.en": "Waste figures are published.", "role.en": "Director General"}})
	made := submit(keeper.Act{Kind: commitment.KindMade, By: by,
		Facts: commitment.Made{Lead: party, Lang: "en", Items: []string{"H.5"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"}, Beneficiaries: []string{"everyone"},
			Indicators: []commitment.Indicator{{Unit: "percent", Direction: "up", Measure: "stock", Baseline: "44", BaselineOn: "2025-03-01", Target: "80", TargetOn: "2030-12-31",
				Frequency: "half_yearly", Series: "waste-treated", Primary: true}},
			Milestones: []commitment.Milestone{{Due: "2027-03-31"}}, Money: []commitment.Money{{Amount: "4500000", Currency: "EUR", ValueOn: "2025-04-01", Kind: "loan", Role: "mobilised"}},
			ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "independent"},
		Words: map[string]string{"title.en": "80 per cent of ship waste treated", "promise.en": "Northquay will treat 80 per cent of the waste that ships land by the end of 2030.",
			"problem.en": "More than half of the waste goes to an open tip.", "will_do.en": "A treatment plant opens beside the quay.", "responsible_unit.en": "Programme office",
			"indicators.0.name.en": "Share of landed ship waste that is treated", "indicators.0.source.en": "Weighbridge records", "milestones.0.text.en": "First line of the plant runs"}})
	submit(keeper.Act{Kind: commitment.KindReported, By: by,
		Facts: commitment.Reported{Commitment: made, Lang: "en", From: "2026-04-01", To: "2026-09-30", Status: "in_progress",
			Values: []commitment.Value{{Indicator: 0, Value: "53.1", On: "2026-09-30"}}, Evidence: []commitment.Evidence{{Kind: "dataset", On: "2026-09-30", Strength: "E2"}}},
		Words: map[string]string{"narrative.en": "The first line runs.", "evidence.0.title.en": "Register extract", "evidence.0.url.und": "https://register.harbour.example/waste"}})
	submit(keeper.Act{Kind: correction.KindAsked, By: "secretariat", Facts: correction.Asked{About: "item:H.5", Thing: "item:H.5", Category: "date", Lang: "en", Received: "2026-11-20"},
		Words: map[string]string{"text.en": "The deadline is of an earlier draft."}})
	submit(keeper.Act{Kind: correction.KindAnswered, By: "secretariat", Facts: correction.Answered{Correction: k.Size() - 1, Outcome: "explained", Role: "secretariat"},
		Words: map[string]string{"text.en": "The text in force has it."}})
	other := submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "Clean Quay Watch"}})
	submit(keeper.Act{Kind: correction.KindRaised, By: strconv.FormatInt(other, 10), Facts: correction.Raised{Entry: made, Thing: "commitment:" + strconv.FormatInt(made, 10), Maker: party, Lang: "en"},
		Words: map[string]string{"text.en": "The plant was promised before."}})
	if err := k.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
}
