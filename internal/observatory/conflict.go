package observatory

// Pair is one area and period for which two sources both have a value.
type Pair struct {
	Key      string
	Period   Period
	One, Two Decimal
}

// Pairs puts two series of figures about one thing side by side, from slices of
// different sources. Areas are joined by their id; what the area pack does not
// know is joined with nothing.
func Pairs(one, two Slice) []Pair {
	var pairs []Pair
	meet(one.Series, two.Series, func(a, b Series) {
		if a.Area() == "" || b.Area() == "" {
			return
		}
		points(a.Points, b.Points, func(p, q *Point) {
			if p != nil && q != nil && p.Presence == HasValue && q.Presence == HasValue {
				pairs = append(pairs, Pair{a.Key, p.Period, p.Value(), q.Value()})
			}
		})
	})
	return pairs
}

// Beyond keeps the pairs whose values lie farther apart than a difference.
func Beyond(pairs []Pair, by Decimal) []Pair {
	var apart []Pair
	for _, p := range pairs {
		if Apart(p.One, p.Two, by) {
			apart = append(apart, p)
		}
	}
	return apart
}
