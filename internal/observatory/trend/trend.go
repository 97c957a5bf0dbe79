// Package trend says how a series of figures moves: its yearly growth beside
// the growth that a target asks for, its distance from a target, the divide
// between two groups, and how much of the data exists at all.
//
// Everybody must be able to recompute a published word, on any machine and in
// any language. So values are exact rationals, roots are taken by a bisection
// and Newton steps of fixed number and order on software floats that round the
// same way everywhere, and every result is rounded to nine significant digits
// before it meets a cut point or is printed. Nothing here calls math.Exp,
// math.Log or math.Pow.
//
// The package takes values and returns values: no clock, no network, no
// database. Each method has a name and a version, which a page prints beside
// its word.
package trend

import (
	"math/big"
	"strings"
)

// Obs is one value of a series in one year.
type Obs struct {
	Year  int
	Value *big.Rat
}

// Word is what a method says about a series.
type Word string

// The words of the growth method. Achieved and NotAchieved are the only two
// that a yes-or-no indicator can have.
const (
	Achieved         Word = "achieved"
	NotAchieved      Word = "not_achieved"
	OnTrack          Word = "on_track"
	TooSlow          Word = "too_slow"
	MuchTooSlow      Word = "much_too_slow"
	GoingBack        Word = "going_back"
	UnableToAssess   Word = "unable_to_assess"   // values on both sides of zero
	CannotBeComputed Word = "cannot_be_computed" // the formula has no answer here
)

// Decimal reads a decimal such as "-12.50" as an exact number. It takes no
// exponent, no fraction and no surrounding space.
func Decimal(s string) (*big.Rat, bool) {
	digits := strings.TrimPrefix(s, "-")
	whole, part, dot := strings.Cut(digits, ".")
	if !allDigits(whole) || dot && !allDigits(part) || len(digits) > 40 {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// Round gives the number that is compared with cut points: x to nine
// significant digits, half to even.
func Round(x *big.Rat) *big.Rat {
	return significant(new(big.Float).SetPrec(precision).SetRat(x))
}

func significant(x *big.Float) *big.Rat {
	r, ok := new(big.Rat).SetString(x.Text('e', 8))
	if !ok {
		panic("trend: " + x.String() + " is no number") // never: sums and roots of finite numbers
	}
	return r
}

// Print writes a rounded number as the record's decimals are written: at most
// nine digits after the point, none of them a trailing zero.
func Print(x *big.Rat) string {
	s := Round(x).FloatString(9)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
