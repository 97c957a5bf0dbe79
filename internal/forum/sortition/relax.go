package sortition

import (
	"fmt"
	"math"
)

// stairs computes LEXIMIN over the linear relaxation of the panels and the cuts
// known so far: chances that no portfolio can beat, level by level.
type stairs struct {
	m      *model
	p      *program
	chance []float64 // of each type; settled types only
	level  []int     // the step at which a type was settled, -1: not yet
	steps  []stair
	free   []float64 // counts of types that are not settled
}

// stair is one step: no panel gives the weights more than bound on average.
type stair struct {
	chance  float64
	weights []float64 // of each type, from the multipliers of rows
	rows    []float64 // the multipliers
	bound   float64
	settled []int32
}

// tiny is the room that settled chances leave, so that rounding does not make them
// impossible.
const tiny = 1e-11

func newStairs(m *model, p *program) *stairs {
	s := &stairs{m: m, p: p, chance: make([]float64, len(m.types)), level: make([]int, len(m.types))}
	for t := range s.level {
		s.level[t] = -1
		p.cost[t] = 1 + float64(t*7919%1009)/1009 // no matter what, but not alike
	}
	return s
}

// climb settles all types.
func (s *stairs) climb() error {
	for s.open() > 0 {
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// next finds the largest chance that all unsettled types can have, from above: a
// chance that is impossible comes with multipliers that show it, and that bound
// the chance by a smaller one. The last of them hold with equality, so that each
// type with a weight in them is settled.
func (s *stairs) next() error {
	z := 1.0
	last := stair{chance: 1, weights: make([]float64, len(s.m.types))} // nobody can have more
	for round := 0; ; round++ {
		if round > 1000 {
			return fmt.Errorf("%w: level %d goes on", ErrRounding, len(s.steps))
		}
		s.at(z)
		if end := s.p.solve(); end == solved {
			break
		} else if end == unsettled {
			return fmt.Errorf("%w: the relaxation of level %d", ErrRounding, len(s.steps))
		}
		step := s.read(s.p.ray, z)
		if !(step.chance < z) {
			break
		}
		last, z = step, step.chance
	}
	last.chance = z
	for t, l := range s.level {
		if l < 0 && (z == 1 || last.weights[t] > 1e-7) {
			s.level[t] = len(s.steps)
			s.chance[t] = z
			last.settled = append(last.settled, int32(t))
		}
	}
	if len(last.settled) == 0 {
		return fmt.Errorf("%w: level %d settles nobody", ErrRounding, len(s.steps))
	}
	s.steps = append(s.steps, last)
	return nil
}

// at sets the bounds of the counts for a chance of all unsettled types.
func (s *stairs) at(z float64) {
	for t, size := range s.m.size {
		c := z
		if s.level[t] >= 0 {
			c = s.chance[t]
		}
		s.p.lo[t] = float64(size) * max(0, c-tiny)
	}
}

// read turns the multipliers of an impossible program into a step.
func (s *stairs) read(ray []float64, z float64) stair {
	best := stair{chance: math.Inf(1)}
	for _, sign := range []float64{1, -1} {
		step := stair{weights: make([]float64, len(s.m.types))}
		largest := 0.0
		for t := range step.weights {
			w := float64(sign * s.p.along(ray, t))
			step.weights[t] = w
			if s.level[t] < 0 {
				largest = max(largest, w)
			}
		}
		if largest < smallest {
			continue
		}
		scale := 1 / largest
		for i := range s.p.m {
			y := float64(float64(sign*ray[i]) * scale)
			step.rows = append(step.rows, y)
			end := s.p.hi[s.p.n+i]
			if y < 0 {
				end = s.p.lo[s.p.n+i]
			}
			step.bound += float64(y * end)
		}
		left, people := step.bound, 0.0
		for t, w := range step.weights {
			w = float64(w * scale)
			size := float64(s.m.size[t])
			switch {
			case w <= 0:
				left -= float64(w * s.p.hi[t])
				step.bound -= float64(w * s.p.hi[t])
				w = 0
			case s.level[t] >= 0:
				left -= float64(w * size * s.chance[t])
			default:
				people += float64(w * size)
			}
			step.weights[t] = w
		}
		step.chance = left / people
		if step.chance < best.chance {
			best = step
		}
	}
	return best
}

// first settles the smallest chance only. All other counts become the average of
// those at which the count of one type is as large as it can be, type by type: a
// point well inside.
func (s *stairs) first() error {
	if err := s.next(); err != nil {
		return err
	}
	s.at(s.chance[s.steps[0].settled[0]])
	s.free = make([]float64, len(s.chance))
	clear(s.p.cost)
	ends := 0.0
	for t := range s.chance {
		if s.level[t] >= 0 {
			continue
		}
		s.p.cost[t] = -1
		if s.p.solve() == solved {
			ends++
			for u := range s.free {
				s.free[u] += s.p.x[u]
			}
		}
		s.p.cost[t] = 0
	}
	for u := range s.free {
		s.free[u] /= max(1, ends)
	}
	return nil
}

// point is the counts that the stairs lead to.
func (s *stairs) point() []float64 {
	x := make([]float64, len(s.chance))
	for t, size := range s.m.size {
		if s.level[t] >= 0 {
			x[t] = float64(s.chance[t] * float64(size))
		} else {
			x[t] = s.free[t]
		}
	}
	return x
}
