package commitment

import "math/bits"

// bitmap is a set of places on the shelf, one bit each.
type bitmap []uint64

func (b bitmap) has(at int) bool { return at>>6 < len(b) && b[at>>6]&(1<<(at&63)) != 0 }

// with grows the set as far as it needs.
func (b bitmap) with(at int) bitmap {
	for len(b) <= at>>6 {
		b = append(b, 0)
	}
	b[at>>6] |= 1 << (at & 63)
	return b
}

func (b bitmap) without(at int) {
	if at>>6 < len(b) {
		b[at>>6] &^= 1 << (at & 63)
	}
}

// and keeps what is in both sets.
func (b bitmap) and(other bitmap) {
	n := min(len(b), len(other))
	for i := range b[:n] {
		b[i] &= other[i]
	}
	clear(b[n:])
}

// union is what is in any of the sets.
func union(sets []bitmap) bitmap {
	var out bitmap
	for _, s := range sets {
		for len(out) < len(s) {
			out = append(out, 0)
		}
		for i, w := range s {
			out[i] |= w
		}
	}
	return out
}

func (b bitmap) count() int64 {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return int64(n)
}

// each visits the places in rising order.
func (b bitmap) each(visit func(at int)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			visit(i<<6 + bits.TrailingZeros64(w))
		}
	}
}

// down visits the places in falling order, from below one on, until visit says no.
func (b bitmap) down(below int, visit func(at int) bool) {
	for i := min(len(b)-1, (below-1)>>6); i >= 0; i-- {
		w := b[i]
		if below < i<<6+64 {
			w &= 1<<(below&63) - 1
		}
		for w != 0 {
			at := 63 - bits.LeadingZeros64(w)
			if !visit(i<<6 + at) {
				return
			}
			w &^= 1 << at
		}
	}
}
