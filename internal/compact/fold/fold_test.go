package fold

import "testing"

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"accents and apostrophe", "Côte d’Ivoire", "cote divoire"},
		{"capitals and hyphen", "WSIS-Forum  2026", "wsis forum 2026"},
		{"Arabic vowel marks", "الإِنْتِرْنِت", "الانترنت"},
		{"Arabic tatweel and ta marbuta", "فجـــوة", "فجوه"},
		{"Arabic alif maqsura", "على", "علي"},
		{"Arabic digits", "٢٠٣٠", "2030"},
		{"full width", "ＡＢＣ１２", "abc12"},
		{"Russian yo is e", "Зелёный", "зеленый"},
		{"Russian short i stays", "Йемен", "йемен"},
		{"German sharp s", "Straße", "strasse"},
		{"Chinese stays", "数字·契约", "数字 契约"},
		{"nothing left", "…!?", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTextIsStable(t *testing.T) {
	for _, s := range []string{"Äpfel", "أفغانستان", "Папуа-Новая Гвинея", "０１２", "\uE000"} {
		if once, twice := Text(s), Text(Text(s)); once != twice {
			t.Errorf("%q folds to %q and then to %q", s, once, twice)
		}
	}
}
