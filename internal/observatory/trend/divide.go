package trend

import "math/big"

// Divide is the difference between two groups of one area in one year, from one
// source. Both forms are shown, since either alone misleads at the ends of a scale.
type Divide struct {
	Ratio      string // first ÷ second; female ÷ male is the gender parity index; empty when second is zero
	Difference string // first − second
}

// Between gives the divide between two groups.
func Between(first, second *big.Rat) Divide {
	d := Divide{Difference: Print(new(big.Rat).Sub(first, second))}
	if second.Sign() != 0 {
		d.Ratio = Print(new(big.Rat).Quo(first, second))
	}
	return d
}

// Cell is one area of one indicator as the data gap sees it: the years in which
// it has a value, in order.
type Cell []int

// A cell counts as filled with two values since BaseYear, of which the newest
// is at most this many years old.
const (
	enoughYears = 2
	oldestYears = 5
)

// DataGap counts the cells that have too little or too old data.
type DataGap struct {
	Filled, Cells int
	Share         string // of cells without enough data, 0 to 1; empty without cells
}

// MeasureGap counts over all cells, as seen in a year. A cell without any value
// is an empty cell, not one left out.
func MeasureGap(cells []Cell, year int) DataGap {
	gap := DataGap{Cells: len(cells)}
	for _, c := range cells {
		if c.filled(year) {
			gap.Filled++
		}
	}
	if gap.Cells > 0 {
		gap.Share = Print(rat(int64(gap.Cells-gap.Filled), int64(gap.Cells)))
	}
	return gap
}

func (c Cell) filled(year int) bool {
	recent, newest, previous := 0, 0, 0
	for _, y := range c {
		if y >= BaseYear && y != previous {
			recent++
		}
		previous, newest = y, max(newest, y)
	}
	return recent >= enoughYears && year-newest <= oldestYears
}
