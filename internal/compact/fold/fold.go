// Package fold makes two spellings of the same words equal, so that a reader
// finds what she means and not only what she types.
//
// Folding takes away case, accents, Arabic vowel marks and tatweel, the variants
// of alif, ya and ta marbuta, full-width forms and punctuation:
//
//	fold.Text("Côte d’Ivoire")  == "cote divoire"
//	fold.Text("الإِنْتِرْنِت")      == fold.Text("الانترنت")
//
// Folded text is for comparing only; nobody reads it.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// letters that decomposition leaves apart although readers write one for the other.
var same = map[rune]rune{
	'ى': 'ي', 'ی': 'ي', 'ة': 'ه', 'ک': 'ك', 'ٱ': 'ا',
	'ł': 'l', 'ø': 'o', 'đ': 'd', 'ı': 'i',
}

// Text folds a text: words in lower case without marks, one space between them.
func Text(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(cases.Fold().String(keepShortI(s))) {
		switch {
		case r == shortI:
			r = 'й'
		case unicode.Is(unicode.Mn, r) || r == 'ـ' || isApostrophe(r):
			continue
		case unicode.IsDigit(r):
			r = '0' + digit(r)
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			space = b.Len() > 0
			continue
		}
		if other, ok := same[r]; ok {
			r = other
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shortI stands for й while marks are taken off: it is a letter of its own, not an accented и.
const shortI = '\uE000'

func keepShortI(s string) string {
	return strings.NewReplacer("й", string(shortI), "Й", string(shortI)).Replace(norm.NFC.String(s))
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' || r == '‘' || r == '`' }

// digit is the value of a decimal digit of any script: decimal digits stand in runs of ten.
func digit(r rune) rune {
	for v := rune(9); v >= 0; v-- {
		zero := r - v
		if unicode.IsDigit(zero) && !unicode.IsDigit(zero-1) {
			return v
		}
	}
	return r % 10
}
