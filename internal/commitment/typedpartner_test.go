package commitment_test

import (
	"fmt"
	"testing"

	"kept/internal/commitment"
)

func TestTypedPartners(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "[]",
		"12:40, 15:20":                       "[{12  40} {15  20}]",
		"2:90 3:20":                          "[{2  90} {3  20}]",
		"12 : 40 %; 15":                      "[{12  40} {15  }]",
		"١٢:٤٠؛ ١٥":                          "[{12  40} {15  }]",
		"Kite Foundation":                    "[{0 Kite Foundation }]",
		"Kite Foundation: 33,5":              "[{0 Kite Foundation 33.5}]",
		"Kite Foundation (12): 40\nGull":     "[{12 Kite Foundation 40} {0 Gull }]",
		"Ministry of Ports, Northland：40%；7": "[{0 Ministry of Ports, Northland 40} {7  }]",
		"风筝基金会（12）：40":                       "[{12 风筝基金会 40}]",
		"Agenda: Water":                      "[{0 Agenda: Water }]",
		" ; \n ":                             "[]",
		"0:40":                               "[{0 0 40}]",
	} {
		if got := fmt.Sprint(asValues(commitment.TypedPartners(text))); got != want {
			t.Errorf("TypedPartners(%q): got %s, want %s", text, got, want)
		}
	}
}

// asValues prints the fields, not what a draft keeps of them.
func asValues(list []commitment.TypedPartner) []any {
	type plain commitment.TypedPartner
	out := []any{}
	for _, p := range list {
		out = append(out, plain(p))
	}
	return out
}

// FuzzTypedPartners: what a draft keeps is read again as the same.
func FuzzTypedPartners(f *testing.F) {
	for _, s := range []string{"12:40, 15:20", "Kite (12): 33,5%", "a;b\nc:d", "：：", "(3)", "1:2:3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range commitment.TypedPartners(text) {
			again := commitment.TypedPartners(p.String())
			if p.Party != 0 && (len(again) != 1 || again[0].Party != p.Party || again[0].Share != p.Share) {
				t.Errorf("%q is kept as %q and read as %+v, want %+v", text, p, again, p)
			}
		}
	})
}
