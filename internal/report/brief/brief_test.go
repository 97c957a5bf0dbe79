package brief_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/report/brief"
	"kept/internal/stakeholder"
)

// harbour is a record in which a party undertook something on H.1 and reported, and
// another undertook and withdrew.
func harbour(t *testing.T, store *db.DB) (s *compacttest.Site, made int64) {
	t.Helper()
	s = compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject())
	if err := observatory.LoadPack(t.Context(), s.Keeper, s.Pack); err != nil {
		t.Fatal(err)
	}
	party := s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"},
		Words: map[string]string{"name.und": "Northquay <Port> Authority"}})
	s.Submit(keeper.Act{Kind: stakeholder.KindGiven, By: strconv.FormatInt(party, 10), Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Supports: []string{"H.1"}, Activities: []stakeholder.Activity{{State: "planned", Start: "2026-03"}}}, Words: map[string]string{"activities.0.title.en": "Fibre", "alignment.en": "Aligned.", "role.en": "Director"}})
	made = s.Submit(promise(party, "Fibre on the east quay", "4500000"))
	s.Submit(keeper.Act{Kind: commitment.KindReported, By: strconv.FormatInt(party, 10), Facts: commitment.Reported{Commitment: made, Lang: "en", From: "2025-04-01", To: "2026-02-28", Status: "in_progress",
		Values: []commitment.Value{{Indicator: 0, Value: "60", On: "2026-02-28"}}}, Words: map[string]string{"narrative.en": "Half is done."}})
	other := s.Submit(promise(party, "Fibre on the west quay", "70"))
	s.Submit(keeper.Act{Kind: commitment.KindWithdrawn, By: strconv.FormatInt(party, 10), Facts: commitment.Ended{Commitment: other}, Words: map[string]string{"reason.en": "The quay was sold."}})
	return s, made
}

func promise(party int64, title, amount string) keeper.Act {
	return keeper.Act{Kind: commitment.KindMade, By: strconv.FormatInt(party, 10),
		Facts: commitment.Made{Lead: party, Lang: "en", Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"}, Beneficiaries: []string{"everyone"},
			Indicators: []commitment.Indicator{{Unit: "percent", Direction: "up", Measure: "stock", Baseline: "44", BaselineOn: "2025-03-01", Target: "80", TargetOn: "2030-12-31",
				Frequency: "half_yearly", Primary: true}},
			Money:       []commitment.Money{{Amount: amount, Currency: "EUR", ValueOn: "2025-04-01", Kind: "loan", Role: "mobilised"}},
			ReportEvery: 12, Start: "2025-04-01", End: "2030-12-31", Review: "none"},
		Words: map[string]string{"title.en": title, "promise.en": "Northquay will lay fibre to 80 per cent of the schools.", "problem.en": "There is none.", "will_do.en": "Lay it.",
			"responsible_unit.en": "Works", "indicators.0.name.en": "Share", "indicators.0.source.en": "Register"}}
}

func read(s *compacttest.Site, item, date string) (b *brief.Brief, err error) {
	s.Helper()
	_ = s.Keeper.DB().Read(context.Background(), func(tx *db.Tx) error {
		b, err = brief.Read(tx, s.Pack, item, date)
		return nil
	})
	return b, err
}

func TestBrief(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s, made := harbour(t, open())
		b, err := read(s, "H.1", "2026-03-04")
		if err != nil {
			t.Fatal(err)
		}
		if b.Counts.Registered != 1 || b.Counts.Withdrawn != 1 || len(b.Commitments) != 2 || b.Supporting != 1 || b.Size != s.Keeper.Size() {
			t.Errorf("got %+v, %d commitments, %d supporters of %d entries", b.Counts, len(b.Commitments), b.Supporting, b.Size)
		}
		c := b.Commitments[1]
		if c.ID != made || c.Lifecycle != "published" || c.Reporting != "current" || c.Own != "in_progress" || c.Pace != "on_track" || c.Review != "not_asked" {
			t.Errorf("the five facts are %+v", c)
		}
		if len(b.Money) != 1 || b.Money[0].Amount != "4500000" {
			t.Errorf("money is %+v, want what stands alone, once", b.Money)
		}
		for _, u := range b.Unknown {
			if u.Code == "no_review" && u.N != 1 {
				t.Errorf("no review was asked for of %d, want 1: what was withdrawn is not counted", u.N)
			}
		}
		whole := make(map[locale.Lang]int)
		for _, l := range locale.Langs {
			text := string(b.Doc(l, "https://h.example", false).Markdown())
			for _, want := range []string{"Fibre on the east quay", "Northquay \\<Port\\> Authority", "EUR " + l.Number("4500000"), "[^1]: ", "https://h.example/" + string(l) + "/commitments/" + strconv.FormatInt(made, 10),
				"kept brief H.1 --lang " + string(l) + " --as-of 2026-03-04." + strconv.FormatInt(b.Size, 10)} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is missing in\n%s", l, want, text)
				}
			}
			whole[l] = strings.Count(text, "\n## ")*1000 + strings.Count(text, "\n|")*10 + strings.Count(text, "\n[^")
		}
		for l, n := range whole {
			if n != whole[locale.English] {
				t.Errorf("%s has other sections, rows or notes than English: %d, not %d", l, n, whole[locale.English])
			}
		}
	})
}

// TestBodyByItsOwnPeople: a body that is not in the pack stands in the brief of the
// items that it works on, under the name that its people gave it.
func TestBodyByItsOwnPeople(t *testing.T) {
	s, _ := harbour(t, dbtest.SQLite(t))
	party := s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "Quay users"}})
	s.Submit(keeper.Act{Kind: forum.KindDescribed, By: strconv.FormatInt(party, 10), Facts: forum.Described{Lang: "en", Kind: "platform", Items: []string{"H.1"}},
		Words: map[string]string{"name.en": "Quay users' round", "name.fr": "Table des usagers du quai"}})
	b, err := read(s, "H.1", "2026-03-04")
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[locale.Lang]string{locale.English: "Quay users' round", locale.French: "Table des usagers du quai", locale.Chinese: "Quay users' round"} {
		if text := string(b.Doc(l, "https://h.example", false).Markdown()); !strings.Contains(text, want) {
			t.Errorf("%s does not name %q:\n%s", l, want, text)
		}
	}
}

// TestErasedTitle: what was erased is not there, and the commitment still is.
func TestErasedTitle(t *testing.T) {
	s, made := harbour(t, dbtest.SQLite(t))
	plan, err := s.Keeper.PlanErasure(t.Context(), made, []string{"title.en"}, "request")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Keeper.Erase(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	b, err := read(s, "H.1", "2026-03-04")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b.Doc(locale.French, "", false).HTML())
	if strings.Contains(text, "east quay") || !strings.Contains(text, locale.French.T("commitment.untitled", "id", made)) {
		t.Errorf("after the erasure it says\n%s", text)
	}
}

// TestNeutral: a brief has no word that praises, blames or ranks.
func TestNeutral(t *testing.T) {
	s, _ := harbour(t, dbtest.SQLite(t))
	b, err := read(s, "H.1", "2028-12-01") // the report is late by now
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(string(b.Doc(locale.English, "", false).Markdown()))
	for _, word := range []string{"fail", "leader", "laggard", "worst", "best", "rank", "score", "good", "bad ", "only"} {
		if strings.Contains(text, word) {
			t.Errorf("the brief says %q", word)
		}
	}
	if !strings.Contains(text, "silent") {
		t.Error("a report late by 12 to 24 months is not said to be silent")
	}
}

func TestNoBrief(t *testing.T) {
	s := compacttest.Open(t, dbtest.SQLite(t), compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject())
	for _, id := range []string{"ZZ9", firstThatAsksNothing(t, s.Pack)} {
		if _, err := read(s, id, "2026-03-04"); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", id, err)
		}
	}
}

func firstThatAsksNothing(t *testing.T, p *compact.Pack) string {
	for _, i := range p.ItemsOf(p.InForce) {
		if !i.Asks() {
			return i.ID
		}
	}
	t.Fatal("every item asks something")
	return ""
}
