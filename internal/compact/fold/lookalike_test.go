package fold_test

import (
	"slices"
	"testing"

	"kept/internal/compact/fold"
)

func TestLookalikes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain Latin", "Kite Telecom", nil},
		{"accents", "Côte d’Ivoire Télécom", nil},
		{"plain Cyrillic", "Министерство связи", nil},
		{"Russian capitals that all look Latin, alone", "МТС", nil},
		{"plain Greek", "Ελληνική Εταιρεία", nil},
		{"Arabic", "هيئة تنظيم الاتصالات", nil},
		{"Arabic with a mark of direction", "هيئة\u200f", nil},
		{"Persian with its joiner", "می\u200cشود", nil},
		{"Chinese and Latin", "华为 Huawei", nil},
		{"Cyrillic and Latin words that cannot be mistaken", "Газпром Media", nil},
		{"a Cyrillic letter in a Latin word", "Kitе Telecom", []string{"Kitе"}},
		{"a Greek capital in a Latin word", "Kite Τelecom", []string{"Τelecom"}},
		{"Latin in a Cyrillic word", "Минcвязь", []string{"Минcвязь"}},
		{"a whole word of look-alikes beside Latin", "Kite Тесо", []string{"Тесо"}},
		{"a joiner in a Latin word", "Ki\u200bte Telecom", []string{"Ki\u200bte"}},
		{"only what nobody sees", "\u200b\u200d", []string{"\u200b\u200d"}},
		{"digits", "4G 5G", nil},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fold.Lookalikes(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("Lookalikes(%q): got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSkeleton(t *testing.T) {
	for _, tt := range []struct {
		name, other string
		alike       bool
	}{
		{"Harbour data group", "Hаrbour Data-grоup", true},
		{"Port Council", "P0RT COUNClL", true},
		{"Совет портов", "Совет портов ", true},
		{"Port Council", "Port Counsel", false},
		{"港口理事会", "港口数据小组", false},
	} {
		if got := fold.Skeleton(tt.name) == fold.Skeleton(tt.other); got != tt.alike {
			t.Errorf("%q and %q alike: got %v, want %v (%q, %q)", tt.name, tt.other, got, tt.alike, fold.Skeleton(tt.name), fold.Skeleton(tt.other))
		}
	}
}
