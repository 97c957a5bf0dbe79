package compact_test

import (
	"slices"
	"strings"
	"testing"

	"kept/internal/compact"
	"kept/internal/locale"
)

// followUp are the bodies that the sections on follow-up and on what came after
// name, as the pack has them.
var followUp = map[string]string{
	"N.12": "Internet Governance Forum", "B.29": "National and regional IGFs", "N.18": "WSIS Forum", "N.14": "WSIS implementation", "N.02": "Commission on Science and Technology for Development",
	"B.28": "Secretary-General", "B.04": "Office for Digital and Emerging Technologies", "B.05": "High-level political forum", "B.06": "Economic and Social Council", "B.08": "Human Rights Council",
	"B.09": "General Assembly", "B.10": "regional commissions", "B.13": "Joint SDG Fund", "B.17": "International Telecommunication Union", "B.18": "Educational, Scientific and Cultural",
	"B.19": "High Commissioner for Human Rights", "B.20": "UN Trade and Development", "B.21": "UN Development Programme", "B.22": "country teams", "B.42": "Facilitators of the WSIS action lines",
	"B.01": "Independent International Scientific Panel on AI", "B.02": "Global Dialogue on AI Governance", "B.03": "CSTD working group on data governance", "B.11": "Group on the Information Society",
	"B.14": "Partner2Connect", "B.16": "Task force on financing gaps", "B.33": "Economic and Social Affairs", "B.30": "IGF Leadership Panel", "B.12": "Statistical Commission",
	"B.37": "Africa", "B.38": "Europe", "B.39": "Latin America", "B.40": "Asia and the Pacific", "B.41": "Western Asia",
}

// Each body of annex I, of the follow-up and of what came after is here with its
// source, what it is there for, and when its source said so.
func TestBodiesOfTheReference(t *testing.T) {
	p := gdc(t)
	for _, id := range slices.Concat(numbered("N.%02d", 1, 41), sorted(followUp)) {
		b, ok := p.Body(id)
		if !ok {
			t.Errorf("%s is not in the pack", id)
			continue
		}
		if _, known := p.Source(b.Source); !known || b.LastConfirmed == "" || len(b.Functions) == 0 || b.Level == "" {
			t.Errorf("%s: source %q, confirmed %q, functions %v, level %q", id, b.Source, b.LastConfirmed, b.Functions, b.Level)
		}
		if title, _ := p.Title(compact.Bodies, id, locale.English); !strings.Contains(title, followUp[id]) {
			t.Errorf("%s is called %q, want %q in it", id, title, followUp[id])
		}
	}
	for n := 1; n <= 41; n++ { // the brief says of none what it is there for
		b, _ := p.Body(numbered("N.%02d", n, n)[0])
		if !slices.Contains(b.Reading, "functions") || b.Source != "brief" {
			t.Errorf("%s: reading %v, source %s", b.ID, b.Reading, b.Source)
		}
	}
}

func sorted(m map[string]string) []string {
	var ids []string
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// The hosts that annex I names are ties of their own, asserted by the brief.
func TestHostsOfAnnexI(t *testing.T) {
	p := gdc(t)
	hosts := func(id string) (to []string) {
		b, _ := p.Body(id)
		for _, r := range b.Relations {
			if r.Kind == "hosted_by" && r.Source == "brief" {
				to = append(to, r.To)
			}
		}
		slices.Sort(to)
		return to
	}
	for id, want := range map[string][]string{"N.18": {"B.17", "B.18", "B.20", "B.21"}, "N.15": {"B.17", "B.18"}, "N.02": {"B.06", "B.20"}, "N.24": {"B.35"}, "N.41": nil} {
		same(t, "hosts of "+id, hosts(id), want)
	}
}
