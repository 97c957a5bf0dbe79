// Package network measures how bodies overlap and how they hang together. It takes
// values and returns values, and knows no compact.
//
// Terms: a part is a piece of a text: an item, the paragraph that opens its list, its
// objective. A tag is a part with a function ("item P11d, standards"). A body has a
// tag for every part that it works on with every function that it has; a part weighs
// [Itself] where the body works on it by name, [Paragraph] where it works on
// something in the paragraph's list, [Objective] where it works on something under
// the objective; of several the greatest holds.
//
// The overlap of two bodies is the weighted Jaccard index of their tags: the sum of
// the smaller weights over the sum of the greater ones. It is 1 where both have the
// same tags and 0 where they share none. Shares are fractions of whole numbers, so
// everybody computes the same. The measures of the graph use binary floats and are
// rounded; nothing is decided by them.
//
//	Tags([]string{"P11d"}, above) // P11d 4, P11 2, O1 1
package network

// What a part weighs.
const (
	Itself    = 4
	Paragraph = 2
	Objective = 1
)

// Over is a part that another one stands under, with what it weighs for it.
type Over struct {
	Part   string
	Weight int64
}

// Tags are the parts that somebody works on, with their weights: those named, and
// what these stand under.
func Tags(named []string, above func(part string) []Over) map[string]int64 {
	tags := make(map[string]int64, 3*len(named))
	for _, part := range named {
		tags[part] = Itself
	}
	for _, part := range named {
		for _, o := range above(part) {
			tags[o.Part] = max(tags[o.Part], o.Weight)
		}
	}
	return tags
}

// Share is a fraction of whole numbers; Of is 0 where it cannot be computed.
type Share struct{ Is, Of int64 }

// Known tells whether the share could be computed.
func (s Share) Known() bool { return s.Of > 0 }

// Compare orders two shares: what cannot be computed comes before everything.
func (s Share) Compare(t Share) int {
	switch {
	case !s.Known() || !t.Known():
		return known(s) - known(t)
	case s.Is*t.Of < t.Is*s.Of:
		return -1
	case s.Is*t.Of > t.Is*s.Of:
		return 1
	}
	return 0
}

func known(s Share) int {
	if s.Known() {
		return 1
	}
	return 0
}

// Decimal writes the share with so many digits after the point, halves away from
// zero; "" where it cannot be computed.
func (s Share) Decimal(digits int) string {
	if !s.Known() {
		return ""
	}
	scale := int64(1)
	for range digits {
		scale *= 10
	}
	n := (2*s.Is*scale + s.Of) / (2 * s.Of)
	out := make([]byte, 0, digits+2)
	for range digits {
		out = append(out, byte('0'+n%10))
		n /= 10
	}
	if digits > 0 {
		out = append(out, '.')
	}
	for first := true; first || n > 0; first = false {
		out = append(out, byte('0'+n%10))
		n /= 10
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}
