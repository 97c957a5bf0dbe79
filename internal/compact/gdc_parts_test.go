package compact_test

import (
	"slices"
	"strings"
	"testing"

	"kept/internal/compact"
	"kept/internal/locale"
)

func TestOtherParts(t *testing.T) {
	p := gdc(t)
	ids := func(section string) []string {
		return slices.Sorted(slices.Values(sectionIDs(p)[section]))
	}
	same(t, "mechanisms", ids("mechanisms"), numbered("M%02d", 1, 51))
	same(t, "targets", ids("targets"), []string{"T.1", "T.2", "T.3", "T.4", "T.5", "T.6", "T.x", "N.1", "N.2", "N.3", "N.P48", "N.FU.66", "N.FU.71", "N.FU.74"})
	same(t, "figures", ids("figures"), append(numbered("Q.%d", 1, 15), "Q.F1"))
	same(t, "bodies of annex I", prefixed(ids("bodies"), "N."), numbered("N.%02d", 1, 41))
	same(t, "figure 2", ids("initiatives"), numbered("I.%02d", 1, 17))
	same(t, "aims", ids("aims"), numbered("AIM.%d", 1, 7))
	same(t, "figure 4", slices.DeleteFunc(ids("timeline"), func(id string) bool { return strings.HasPrefix(id, "L.A") }), numbered("L.%02d", 1, 12))
	same(t, "documents of annex II", slices.DeleteFunc(ids("documents"), func(id string) bool { return strings.HasPrefix(id, "D.A") }), numbered("D.%02d", 1, 57))
	if facts := ids("facts"); len(facts) < 8 {
		t.Errorf("consultation facts: %v", facts)
	}
	for n, i := range p.Initiatives {
		if !slices.Equal(i.SDG.These, []int64{int64(n + 1)}) {
			t.Errorf("%s is for goals %v", i.ID, i.SDG)
		}
	}
}

func prefixed(ids []string, prefix string) (with []string) {
	for _, id := range ids {
		if strings.HasPrefix(id, prefix) {
			with = append(with, id)
		}
	}
	return with
}

// sectionIDs lists the ids of the parts that carry words.
func sectionIDs(p *compact.Pack) map[string][]string {
	ids := make(map[string][]string)
	for _, t := range p.Texts {
		for _, i := range t.Items {
			ids["items"] = append(ids["items"], i.ID)
		}
	}
	for _, m := range p.Mechanisms {
		ids["mechanisms"] = append(ids["mechanisms"], m.ID)
	}
	for _, t := range p.Targets {
		ids["targets"] = append(ids["targets"], t.ID)
	}
	for _, f := range p.Figures {
		ids["figures"] = append(ids["figures"], f.ID)
	}
	for _, b := range p.Bodies {
		ids["bodies"] = append(ids["bodies"], b.ID)
	}
	for _, d := range p.Documents {
		ids["documents"] = append(ids["documents"], d.ID)
	}
	for _, m := range p.Timeline {
		ids["timeline"] = append(ids["timeline"], m.ID)
	}
	for _, i := range p.Initiatives {
		ids["initiatives"] = append(ids["initiatives"], i.ID)
	}
	for _, a := range p.Aims {
		ids["aims"] = append(ids["aims"], a.ID)
	}
	for _, f := range p.Facts {
		ids["facts"] = append(ids["facts"], f.ID)
	}
	return ids
}

// Each action, sub-action and mechanism of the proposal has one row that says what
// became of it, and the pairs are those of the reference's §8.
func TestCrosswalk(t *testing.T) {
	p := gdc(t)
	for _, id := range slices.Concat(briefActions, briefSubActions, numbered("M%02d", 1, 51)) {
		if rows := p.ChangesFrom(id); len(rows) != 1 {
			t.Errorf("%s has %d rows", id, len(rows))
		}
	}
	none := []string{"B.all.4", "B.mr.2", "D.ms.2", "F.msro.1.b", "M03", "M07", "M08", "M09", "M10", "M11", "M12", "M15", "M17", "M24", "M27",
		"M31", "M33", "M38", "M39", "M40", "M41", "M43", "M44", "M45", "M47", "M49"}
	var got []string
	for _, c := range p.Changes {
		if c.Outcome == "none" {
			got = append(got, c.From)
		}
		for _, to := range c.To {
			if !p.ItemInForce(to) {
				t.Errorf("%s leads to %s, which is not in force", c.From, to)
			}
		}
	}
	slices.Sort(got)
	same(t, "without successor", got, none)
	pairs := map[string]string{"A.ms.1": "P11b P11c", "A.all.4": "P13g", "A.mo.1": "P10", "B.all.1": "P45b", "C.ms.1": "P24", "D.ms.1": "P29d",
		"E.all.1": "P31a P32b", "E.all.1.c": "P31e", "F.msro.1": "P39a P39b P39d", "G.ms.1": "P56a P63", "G.ms.4": "P25a P25b P32b P36c",
		"M01": "FU.66", "M02": "FU.68 FU.73 FU.74", "M13": "P24", "M34": "P31c", "M50": "FU.68 FU.72", "M51": "FU.68 FU.69 FU.70"}
	for from, want := range pairs {
		if got := strings.Join(p.ChangesFrom(from)[0].To, " "); got != want {
			t.Errorf("%s leads to %q, want %q", from, got, want)
		}
	}
}

// Neither text gives a baseline, and these are all the numbers that the texts set.
func TestNumbersOfTargets(t *testing.T) {
	p := gdc(t)
	values := map[string]string{"N.1": "2600000000", "N.3": "50", "T.1": "1000000", "T.2": "100000000000", "T.4": "90"}
	for _, target := range p.Targets {
		if target.Value != values[target.ID] {
			t.Errorf("%s: value %q, want %q", target.ID, target.Value, values[target.ID])
		}
		if target.Baseline != "" {
			t.Errorf("%s: baseline %q; neither text names one", target.ID, target.Baseline)
		}
		if wantStatus := map[bool]string{true: "in-force", false: "earlier"}[strings.HasPrefix(target.ID, "N.")]; target.Status != wantStatus {
			t.Errorf("%s: status %q, want %q", target.ID, target.Status, wantStatus)
		}
	}
}

// Titles are complete in six languages, notes in three; the rest falls back to English and says so.
func TestWordsOfThePack(t *testing.T) {
	p := gdc(t)
	for section, ids := range sectionIDs(p) {
		for _, id := range ids {
			for _, lang := range locale.Langs {
				if _, in := p.Title(section, id, lang); in != lang {
					t.Errorf("%s %s has no title in %s", section, id, lang)
				}
			}
		}
	}
	if note, in := p.Note(compact.Items, "P11d", locale.French); in != locale.English || note == "" {
		t.Errorf("French note of P11d: %q in %s", note, in)
	}
	if _, in := p.Note(compact.Items, "P11d", locale.Arabic); in != locale.Arabic || !p.HasNotes(locale.Arabic) || p.HasNotes(locale.French) {
		t.Errorf("Arabic note of P11d is in %s", in)
	}
	if title, in := p.Title(compact.Items, "nothing", locale.French); title != "nothing" || in != locale.English {
		t.Errorf("title of nothing: %q in %s", title, in)
	}
}

// The pack keeps the rule of 2024: adoption or endorsement before commitments, nothing else is gated.
func TestRightsOfThePack(t *testing.T) {
	p := gdc(t)
	tests := []struct {
		right, basis, kind string
		want               bool
	}{
		{"commit", "adopted", "state", true},
		{"commit", "endorsed", "private", true},
		{"commit", "", "private", false},
		{"commit", "endorsed", "state", false},
		{"propose", "", "civil-society", true},
		{"nominate", "", "academia", true},
		{"commit", "partner", "un", true},
	}
	for _, test := range tests {
		if got := p.MayUse(test.right, test.basis, test.kind); got != test.want {
			t.Errorf("%s may %s on basis %q: got %v, want %v", test.kind, test.right, test.basis, got, test.want)
		}
	}
	if p.ReviewFor("state") != "none" || p.ReviewFor("private") != "independent" {
		t.Errorf("review defaults are %v", p.ReviewDefault)
	}
}
