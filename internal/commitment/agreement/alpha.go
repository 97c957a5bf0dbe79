package agreement

import (
	"math/big"
	"slices"
)

// Level is what the codes are.
type Level int

// The levels of measurement that α is computed for.
const (
	Nominal  Level = iota // names
	Ordinal               // an order
	Interval              // numbers whose differences count
)

// Coding is what one coder said of one unit: a value, or nil where it is missing.
// On the levels Nominal and Ordinal the value only names the code; codes are in
// the order of their values.
type Coding = *big.Rat

// Code is a coding by a whole number.
func Code(n int64) Coding { return big.NewRat(n, 1) }

// Alpha is α of any number of coders: units[u][c] is what coder c said of unit u.
// A unit with one coding cannot be compared and is left out.
func Alpha(units [][]Coding, level Level) (*big.Rat, error) {
	units = comparable(units)
	values := valuesOf(units)
	counts, n := make([]int64, len(values)), int64(0)
	at := func(c Coding) int { return slices.IndexFunc(values, func(v *big.Rat) bool { return v.Cmp(c) == 0 }) }
	for _, unit := range units {
		for _, c := range unit {
			counts[at(c)]++
			n++
		}
	}
	distance := distances(values, counts, level)
	observed, expected := new(big.Rat), new(big.Rat)
	for _, unit := range units {
		among := new(big.Rat)
		for i, c := range unit {
			for j, k := range unit {
				if i != j {
					among.Add(among, distance(at(c), at(k)))
				}
			}
		}
		observed.Add(observed, among.Quo(among, big.NewRat(int64(len(unit)-1), 1)))
	}
	for c := range values {
		for k := range values {
			pairs := big.NewRat(counts[c]*counts[k], max(n-1, 1))
			expected.Add(expected, pairs.Mul(pairs, distance(c, k)))
		}
	}
	return beyondChance(observed, expected)
}

// comparable are the units that at least two coders judged, without what is missing.
func comparable(units [][]Coding) [][]Coding {
	var out [][]Coding
	for _, unit := range units {
		var there []Coding
		for _, c := range unit {
			if c != nil {
				there = append(there, c)
			}
		}
		if len(there) > 1 {
			out = append(out, there)
		}
	}
	return out
}

// valuesOf are the values that were given, in order, each once.
func valuesOf(units [][]Coding) []*big.Rat {
	var values []*big.Rat
	for _, unit := range units {
		values = append(values, unit...)
	}
	slices.SortFunc(values, (*big.Rat).Cmp)
	return slices.CompactFunc(values, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
}

// distances gives the squared difference of two of the values by their places;
// on an order it counts the codings that lie between, those of the two by half.
func distances(values []*big.Rat, counts []int64, level Level) func(c, k int) *big.Rat {
	return func(c, k int) *big.Rat {
		if c == k {
			return new(big.Rat)
		}
		d := big.NewRat(1, 1)
		switch level {
		case Ordinal:
			between := int64(0)
			for g := min(c, k); g <= max(c, k); g++ {
				between += counts[g]
			}
			d = big.NewRat(2*between-counts[c]-counts[k], 2)
		case Interval:
			d = new(big.Rat).Sub(values[c], values[k])
		}
		return d.Mul(d, d)
	}
}
