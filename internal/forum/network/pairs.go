package network

import (
	"math/bits"
	"slices"
)

// Member is a body as its tags see it.
type Member struct {
	Tags      map[string]int64 // part → weight
	Functions uint64           // one bit each; 0 where nobody says which
}

// Pair is two members that work on something together. A comes before B in the list
// that they were taken from.
type Pair struct {
	A, B      int
	Shared    int64  // sum of the smaller weights of the parts
	Functions uint64 // that both have
	Tags      Share  // of items with functions; not known where one of the two has no function
	Items     Share  // of items alone
}

// compare orders pairs from the greatest overlap down; then as they come.
func (p *Pair) compare(q *Pair) int {
	if by := q.Tags.Compare(p.Tags); by != 0 {
		return by
	}
	if by := q.Items.Compare(p.Items); by != 0 {
		return by
	}
	if p.A != q.A {
		return p.A - q.A
	}
	return p.B - q.B
}

// holder is a member on a part.
type holder struct {
	member int
	weight int64
}

// Pairs visits every two members that share a part, in the order of the first of
// them. The pair is the visitor's for the moment of the visit only.
func Pairs(members []Member, visit func(*Pair)) {
	on := map[string][]holder{}
	size := make([]int64, len(members))
	for at, m := range members {
		for part, weight := range m.Tags {
			on[part] = append(on[part], holder{at, weight})
			size[at] += weight
		}
	}
	functions := make([]int64, len(members))
	for at, m := range members {
		functions[at] = count(m.Functions)
	}
	shared := make([]int64, len(members))
	var p Pair
	for a, m := range members {
		for part, weight := range m.Tags {
			list := on[part]
			for i := len(list) - 1; i >= 0 && list[i].member > a; i-- {
				shared[list[i].member] += min(weight, list[i].weight)
			}
		}
		for b := a + 1; b < len(members); b++ {
			if shared[b] == 0 {
				continue
			}
			both := m.Functions & members[b].Functions
			p = Pair{A: a, B: b, Shared: shared[b], Functions: both, Items: Share{shared[b], size[a] + size[b] - shared[b]}}
			if functions[a] > 0 && functions[b] > 0 {
				p.Tags.Is = shared[b] * count(both)
				p.Tags.Of = size[a]*functions[a] + size[b]*functions[b] - p.Tags.Is
			}
			visit(&p)
			shared[b] = 0
		}
	}
}

func count(set uint64) int64 { return int64(bits.OnesCount64(set)) }

// Highest keeps the first of a list in its order without ordering all of it.
type Highest struct {
	most  int
	pairs []Pair
	full  bool
	Of    int // how many were put in
}

// NewHighest keeps as many as asked for, or all where that is 0.
func NewHighest(most int) *Highest { return &Highest{most: most} }

// Put takes a pair in.
func (h *Highest) Put(p *Pair) {
	h.Of++
	if h.full && h.pairs[h.most-1].compare(p) < 0 {
		return
	}
	h.pairs = append(h.pairs, *p)
	if h.most > 0 && len(h.pairs) >= 2*h.most+64 {
		h.cut()
	}
}

// List is what was kept, in its order.
func (h *Highest) List() []Pair {
	h.cut()
	return h.pairs
}

func (h *Highest) cut() {
	slices.SortFunc(h.pairs, func(p, q Pair) int { return p.compare(&q) })
	if h.most > 0 && len(h.pairs) >= h.most {
		h.pairs, h.full = h.pairs[:h.most], true
	}
}
