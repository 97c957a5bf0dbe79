package observatory

import (
	"math/big"
	"slices"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/observatory/trend"
)

// World is the figure of the whole world in the view, and so of the same release
// as its table. Where the source gives none, a page has none: a sum of another
// source or release does not take its place.
func (v View) World(areas *area.Set, until Period) (Figure, bool) {
	series, ok := v.Data.Find(areas.World().ID)
	if !ok {
		return Figure{}, false
	}
	figures := Slice{v.Data.Attributes, []Series{series}}.Latest(until)
	if len(figures) == 0 {
		return Figure{}, false
	}
	return figures[0], true
}

// Countries keeps the figures of the countries and areas of the area pack:
// aggregates and what the pack does not know are no part of a count of areas.
func Countries(figures []Figure, areas *area.Set) []Figure {
	var kept []Figure
	for _, f := range figures {
		if _, ok := areas.ByID(f.Area()); ok {
			kept = append(kept, f)
		}
	}
	return kept
}

// Finding is what the sentence over a map says.
type Finding struct {
	With     int    // countries and areas of the area pack with a value
	HasThird bool   // the indicator has a natural range, and up is good
	Low      int    // with a value in the lowest third of that range
	LowLDC   int    // of those, least developed countries
	Median   string // of the values; empty without any
}

// Find counts over the figures of countries and areas. The low third is counted
// only where the indicator has a natural range and up is good.
func Find(figures []Figure, i *compact.Indicator, areas *area.Set) Finding {
	figures = Countries(figures, areas)
	third, hasThird := lowThird(i)
	f := Finding{With: len(figures), HasThird: hasThird, Median: median(figures)}
	for _, one := range figures {
		if !hasThird || one.Value.Rat().Cmp(third) >= 0 {
			continue
		}
		f.Low++
		if a, _ := areas.ByID(one.Area()); a.LDC {
			f.LowLDC++
		}
	}
	return f
}

// lowThird is the end of the lowest third of the natural range.
func lowThird(i *compact.Indicator) (*big.Rat, bool) {
	low, okLow := trend.Decimal(i.NaturalMin)
	high, okHigh := trend.Decimal(i.NaturalMax)
	if !okLow || !okHigh || i.Direction != "up" {
		return nil, false
	}
	third := new(big.Rat).Sub(high, low)
	return third.Add(third.Quo(third, big.NewRat(3, 1)), low), true
}

func median(figures []Figure) string {
	if len(figures) == 0 {
		return ""
	}
	return trend.Print(middle(figures))
}

// middle is the median of figures; of an even number the mean of the two in the middle.
func middle(figures []Figure) *big.Rat {
	values := make([]*big.Rat, len(figures))
	for n, f := range figures {
		values[n] = f.Value.Rat()
	}
	slices.SortFunc(values, (*big.Rat).Cmp)
	m := new(big.Rat).Add(values[(len(values)-1)/2], values[len(values)/2])
	return m.Quo(m, big.NewRat(2, 1))
}

// AreaDivide is the divide between two groups of one area.
type AreaDivide struct {
	Key           string
	Period        Period
	First, Second Decimal
	trend.Divide
}

// Divides compares two slices of one indicator (women and men, rural and urban)
// area by area, in the newest period for which both have a value. Only slices of
// one source and release may be compared; of one View's indicator they are.
func Divides(first, second Slice) []AreaDivide {
	var divides []AreaDivide
	for _, p := range Pairs(first, second) {
		d := AreaDivide{p.Key, p.Period, p.One, p.Two, trend.Divide{}}
		if n := len(divides); n > 0 && divides[n-1].Key == p.Key {
			divides[n-1] = d
			continue
		}
		divides = append(divides, d)
	}
	for n, d := range divides {
		divides[n].Divide = trend.Between(d.First.Rat(), d.Second.Rat())
	}
	return divides
}

// GroupDivide is the divide between least developed countries and the other
// countries and areas: the medians of both in one period of one release.
type GroupDivide struct {
	Period        Period
	First, Second string // medians
	trend.Divide
}

// fewestDivided is how many values each side of a divide between groups must have.
const fewestDivided = 3

// DivideLDC takes the newest period in which both groups have enough values; ok is
// false where there is none.
func (s Slice) DivideLDC(areas *area.Set) (d GroupDivide, ok bool) {
	periods := s.Periods()
	for n := len(periods) - 1; n >= 0; n-- {
		var ldc, others []Figure
		for _, f := range Countries(s.In(periods[n]), areas) {
			if a, _ := areas.ByID(f.Area()); a.LDC {
				ldc = append(ldc, f)
			} else {
				others = append(others, f)
			}
		}
		if len(ldc) < fewestDivided || len(others) < fewestDivided {
			continue
		}
		first, second := middle(ldc), middle(others)
		return GroupDivide{periods[n], trend.Print(first), trend.Print(second), trend.Between(first, second)}, true
	}
	return GroupDivide{}, false
}

// Cells gives the years with a value for each country and area of the area pack,
// those without any too, for a measure of the data gap.
func (s Slice) Cells(areas *area.Set) []trend.Cell {
	cells := make([]trend.Cell, 0, len(areas.All()))
	for _, a := range areas.All() {
		series, _ := s.Find(a.ID)
		cells = append(cells, series.Cell())
	}
	return cells
}
