package sortition

import (
	"context"
	"math"
	"math/bits"
)

// search finds a feasible panel with the largest sum of whole-number weights, and
// proves that there is none larger: branch and bound. At each node the linear
// relaxation proposes multipliers of the rows; they are rounded to whole numbers,
// and the bound that they give is computed in whole numbers, exactly. A node is
// dropped on that bound alone, so that no rounding of floating point can hide a
// better panel.
type search struct {
	m       *model
	weights []int64
	scale   float64 // of the weights in programs
	shift   uint    // multipliers are in units of 1/2^shift
	enough  int64
	limit   int   // nodes; 0: none
	rough   bool  // proposes only: trusts floating point
	loose   int64 // nodes that may be better by so much are dropped too

	best  []int32
	value int64
	nodes int
	err   error
	ctx   context.Context

	multipliers []int64
	reduced     []int64
	counts      []int32
}

// none is the value of a search that found no panel.
const none = math.MinInt64 / 4

// found is what a search knows in the end.
type found struct {
	best   []int32 // nil: no panel above what was asked
	value  int64
	nodes  int
	proved bool // no panel has more than value, and what loose allows
}

// newSearch prepares a search.
func newSearch(ctx context.Context, m *model, weights []int64) *search {
	s := &search{m: m, weights: weights, value: none, enough: math.MaxInt64, ctx: ctx}
	largest := int64(1)
	for _, w := range weights {
		largest = max(largest, w, -w)
	}
	s.scale = float64(largest)
	room := 60 - bits.Len64(uint64(largest)) - bits.Len(uint(m.reach)) - 3
	s.shift = uint(max(0, min(room, 20)))
	s.multipliers = make([]int64, len(m.low))
	s.reduced = make([]int64, len(m.size))
	s.counts = make([]int32, len(m.size))
	return s
}

// run searches from the root. Above is a value that a panel has to pass to count;
// none asks for any.
func (s *search) run(p *program, above int64) found {
	s.value = max(above, none)
	for t, w := range s.weights {
		p.cost[t] = -float64(w) / s.scale
	}
	s.node(p)
	return found{best: s.best, value: s.value, nodes: s.nodes, proved: !s.stopped()}
}

func (s *search) stopped() bool {
	return s.err != nil || (s.limit > 0 && s.nodes >= s.limit) || (s.best != nil && s.value >= s.enough)
}

// node treats one node of the tree: p has its bounds.
func (s *search) node(p *program) {
	if s.stopped() {
		return
	}
	s.nodes++
	if s.nodes%64 == 0 {
		if s.err = s.ctx.Err(); s.err != nil {
			return
		}
	}
	switch p.solve() {
	case unsettled:
		if s.rough {
			return
		}
	case impossible:
		if s.rough || s.impossible(p) {
			return
		}
	case solved:
		if !s.worth(p) {
			return
		}
		if whole(p.x, s.counts) && s.m.feasible(s.counts) {
			s.take(s.counts)
			if !s.worth(p) {
				return
			}
		}
	}
	s.branch(p)
}

// take keeps a better panel.
func (s *search) take(counts []int32) {
	sum := int64(0)
	for t, c := range counts {
		sum += s.weights[t] * int64(c)
	}
	if sum > s.value {
		s.value = sum
		s.best = append([]int32(nil), counts...)
	}
}

// branch divides the node at the type whose count is least whole, the nearer half
// first.
func (s *search) branch(p *program) {
	at, most := -1, 1e-7
	for t := range s.weights {
		f := math.Abs(p.x[t] - math.Round(p.x[t]))
		if f > most && p.lo[t] < p.hi[t] {
			at, most = t, f
		}
	}
	split := 0.0
	if at >= 0 {
		split = math.Floor(p.x[at])
	} else if at = s.open(p); at < 0 {
		s.leaf(p)
		return
	} else {
		split = min(math.Round(p.x[at]), p.hi[at]-1)
	}
	split = max(p.lo[at], min(split, p.hi[at]-1))
	down, up := p.clone(), p
	down.hi[at], up.lo[at] = split, split+1
	if p.x[at]-split > 0.5 {
		s.node(up)
		s.node(down)
		return
	}
	s.node(down)
	s.node(up)
}

// open is a type whose count is not settled yet.
func (s *search) open(p *program) int {
	for t := range s.weights {
		if p.lo[t] < p.hi[t] {
			return t
		}
	}
	return -1
}

// leaf looks at a node where every count is settled.
func (s *search) leaf(p *program) {
	for t := range s.counts {
		s.counts[t] = int32(p.lo[t])
	}
	if s.m.feasible(s.counts) {
		s.take(s.counts)
	}
}

// worth says whether the node can hold a panel above the best, by whole numbers;
// and narrows the counts that would leave no such panel.
func (s *search) worth(p *program) bool {
	if s.rough {
		sum := 0.0
		for t, w := range s.weights {
			sum += float64(float64(w) * p.x[t])
		}
		return sum > float64(s.value)+0.5
	}
	if s.value == none { // nothing to compare with yet
		return true
	}
	for i := range s.multipliers {
		s.multipliers[i] = -int64(math.RoundToEven(math.Ldexp(float64(p.d[p.n+i]*s.scale), int(s.shift))))
	}
	bound := s.bound(p, s.weights)
	left := bound - (s.value+s.loose+1)<<s.shift // what may be lost
	if left < 0 {
		return false
	}
	for t, r := range s.reduced {
		lo, hi := int64(p.lo[t]), int64(p.hi[t])
		if lo == hi || r == 0 {
			continue
		}
		if r < 0 && left/-r < hi-lo {
			p.hi[t] = float64(lo + left/-r)
		} else if r > 0 && left/r < hi-lo {
			p.lo[t] = float64(hi - left/r)
		}
	}
	return true
}

// bound is the Lagrangian bound of the multipliers, times 2^shift: each row at its
// better end, each count at its better end.
func (s *search) bound(p *program, weights []int64) int64 {
	bound := int64(0)
	for i, y := range s.multipliers {
		if y > 0 {
			bound += y * int64(s.m.high[i])
		} else {
			bound += y * int64(s.m.low[i])
		}
	}
	for t := range s.reduced {
		r := int64(0)
		if weights != nil {
			r = weights[t] << s.shift
		}
		for _, i := range s.m.rows[t] {
			r -= s.multipliers[i]
		}
		s.reduced[t] = r
		if r > 0 {
			bound += r * int64(p.hi[t])
		} else {
			bound += r * int64(p.lo[t])
		}
	}
	return bound
}

// impossible checks in whole numbers that the rows cannot be met: a bound of
// nothing below zero.
func (s *search) impossible(p *program) bool {
	largest := 0.0
	for _, y := range p.ray {
		largest = max(largest, math.Abs(y))
	}
	for _, sign := range []float64{1, -1} {
		for i, y := range p.ray {
			s.multipliers[i] = int64(math.RoundToEven(sign * y / largest * (1 << 30)))
		}
		if s.bound(p, nil) < 0 {
			return true
		}
	}
	return false
}

// clone copies a program with its basis; rows and costs are shared.
func (p *program) clone() *program {
	c := *p
	c.lo, c.hi = append([]float64(nil), p.lo...), append([]float64(nil), p.hi...)
	c.basis = append([]int32(nil), p.basis...)
	c.state = append([]place(nil), p.state...)
	c.inverse = append([]float64(nil), p.inverse...)
	c.x, c.d = append([]float64(nil), p.x...), append([]float64(nil), p.d...)
	c.alpha, c.column = make([]float64, len(p.alpha)), make([]float64, len(p.column))
	c.sums, c.ray = make([]float64, len(p.sums)), make([]float64, len(p.ray))
	c.order = nil
	return &c
}
