package compact_test

import (
	"io/fs"
	"slices"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/locale"
)

// The fictional compact is small, whole in six languages, and differs from the
// other pack in its rules.
func TestHarbourCompact(t *testing.T) {
	p, faults := compact.Check(compacts.Harbour())
	for _, f := range faults {
		t.Fatal(f)
	}
	if !p.Sample || p.Areas != "sample" || len(p.NotesComplete) != 6 {
		t.Errorf("sample %v, areas %s, notes in %v", p.Sample, p.Areas, p.NotesComplete)
	}
	same(t, "what asks", idsWhere(p, p.InForce, (*compact.Item).Asks), numbered("H.%d", 1, 8))
	same(t, "principles", idsWhere(p, p.InForce, ofKind(compact.KindPrinciple)), lettered("HR.", 'c'))
	same(t, "draft", idsWhere(p, "harbour-draft", (*compact.Item).Asks), numbered("D.%d", 1, 4))
	if len(p.Targets) != 3 || len(p.Bodies) != 9 || len(p.Documents) != 4 || len(p.Indicators) != 2 {
		t.Errorf("%d targets, %d bodies, %d documents, %d indicators", len(p.Targets), len(p.Bodies), len(p.Documents), len(p.Indicators))
	}
	if !p.MayUse("propose", "endorsed", "private") || p.MayUse("propose", "", "private") {
		t.Error("proposing needs an endorsement here")
	}
	review, _ := p.Item("H.8")
	if due := p.Due(review); due != "2028-10-11" {
		t.Errorf("the review is due %q", due)
	}
	if got := p.IndicatorsOf("H.1"); len(got) != 1 || got[0].ID != "schools-fibre" {
		t.Errorf("indicators of H.1: %v", got)
	}
	names := map[string]string{"REV28": "Réunion de bilan de 2028", "HB.2": "Groupe des données portuaires", "HL.4": "Adoption du pacte", "X1": "X1"}
	for code, want := range names {
		if got, _ := p.EventName(code, locale.French); got != want {
			t.Errorf("event %s is called %q, want %q", code, got, want)
		}
	}
	if got, in := p.EventName("GA81", locale.English); got != "General Assembly, session 81" || in != locale.English {
		t.Errorf("GA81 is called %q", got)
	}
}

// Its official words come with the pack, to be loaded like those of any compact.
func TestHarbourWordsSplitInSixLanguages(t *testing.T) {
	p, faults := compact.Check(compacts.Harbour())
	for _, f := range faults {
		t.Fatal(f)
	}
	text := p.TextInForce()
	for _, lang := range locale.Langs {
		t.Run(string(lang), func(t *testing.T) {
			document, err := fs.ReadFile(compacts.Harbour(), "official/harbour-2025."+string(lang)+".txt")
			if err != nil {
				t.Fatal(err)
			}
			r, faults := compact.Split(text, lang, document, compact.Choices{})
			for _, f := range faults {
				t.Error(f)
			}
			var ids []string
			for _, part := range r.Parts {
				ids = append(ids, part.ID)
			}
			var want []string
			for _, i := range text.Items {
				want = append(want, i.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("parts %v, want %v", ids, want)
			}
			headings := 0
			for _, a := range r.Asides {
				if a.Kind == "heading" {
					headings++
				}
			}
			if headings != 3 {
				t.Errorf("%d headings, want 3: %v", headings, r.Asides)
			}
		})
	}
}
