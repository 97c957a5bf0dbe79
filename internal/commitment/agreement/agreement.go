// Package agreement computes how far coders who judged the same things
// independently agree, beyond what chance alone would give.
//
// Two figures, both 1 where all codings are alike and about 0 where they agree no
// better than chance; below 0 coders contradict one another.
//
//   - [Kappa] is Cohen's κ of two coders who judged every unit (Cohen 1960), and
//     weighted κ on an ordered scale (Cohen 1968), with disagreements that weigh
//     as the distance of two codes or as its square.
//   - [Alpha] is Krippendorff's α of any number of coders, some of whose codings may
//     be missing (Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011),
//     for codes that are names, an order, or numbers.
//
// All is exact arithmetic of whole numbers and fractions, so that everybody gets
// the same figure; [Text] rounds it once, to nine significant digits. Where every
// coding is the same code nothing could have disagreed: the expected disagreement
// is zero and the figure cannot be computed.
package agreement

import (
	"errors"
	"math/big"
	"strings"
)

// ErrNone is why there is no figure: chance alone would give no disagreement, or
// no unit was coded twice.
var ErrNone = errors.New("agreement: cannot be computed")

// ErrCode is a coding that is not on the scale, or coders with different numbers of units.
var ErrCode = errors.New("agreement: a coding is not on the scale")

// Weight says how heavy a disagreement of two codes is.
type Weight int

// The weights of κ.
const (
	Unweighted Weight = iota // any disagreement weighs the same
	Linear                   // as far as the codes lie apart on the scale
	Quadratic                // the square of that
)

// of is the weight of the disagreement of the i-th and j-th code.
func (w Weight) of(i, j int) int64 {
	d := int64(i - j)
	switch {
	case d == 0:
		return 0
	case w == Quadratic:
		return d * d
	case w == Linear && d < 0:
		return -d
	case w == Linear:
		return d
	}
	return 1
}

// Kappa is κ of two coders; a[u] and b[u] are their codes of unit u, as places on
// a scale of so many codes. κ = 1 − Σ v·observed ÷ Σ v·expected, where v is the
// weight of the disagreement.
func Kappa(a, b []int, scale int, w Weight) (*big.Rat, error) {
	if len(a) != len(b) {
		return nil, ErrCode
	}
	rows, columns := make([]int64, scale), make([]int64, scale)
	observed, n := int64(0), int64(len(a))
	for u := range a {
		if a[u] < 0 || a[u] >= scale || b[u] < 0 || b[u] >= scale {
			return nil, ErrCode
		}
		rows[a[u]]++
		columns[b[u]]++
		observed += w.of(a[u], b[u])
	}
	expected := new(big.Rat)
	for i, r := range rows {
		for j, c := range columns {
			expected.Add(expected, big.NewRat(w.of(i, j)*r*c, max(n, 1)))
		}
	}
	return beyondChance(new(big.Rat).SetInt64(observed), expected)
}

// beyondChance is 1 − observed ÷ expected.
func beyondChance(observed, expected *big.Rat) (*big.Rat, error) {
	if expected.Sign() == 0 {
		return nil, ErrNone
	}
	r := new(big.Rat).Quo(observed, expected)
	return r.Sub(big.NewRat(1, 1), r), nil
}

// digits is how many significant digits a published figure has.
const digits = 9

// Text writes a figure as a decimal of nine significant digits, and no more than
// nine after the point (a decimal of the record has no more), half away from zero,
// without trailing zeros.
func Text(r *big.Rat) string {
	if r.Sign() == 0 {
		return "0"
	}
	places, size, ten := digits, new(big.Rat).Abs(r), big.NewRat(10, 1)
	for one := big.NewRat(1, 1); size.Cmp(one) >= 0; places-- {
		size.Quo(size, ten)
	}
	for tenth := big.NewRat(1, 10); size.Cmp(tenth) < 0; places++ {
		size.Mul(size, ten)
	}
	text := r.FloatString(max(min(places, digits), 0))
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}
