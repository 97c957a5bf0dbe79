package sortition

import (
	"fmt"
	"math"
)

// generate computes LEXIMIN by column generation, level by level, for the questions
// whose relaxation promises more than panels can give. At each level a small
// program knows some panels only. It looks for weights of the types, of sum one over
// the unsettled, that make the best of these panels as bad as possible; what the
// best one is worth, less what the settled types take of it, is the level's chance
// as far as these panels go. Then the best of all panels is searched for. When it
// is no better than those known, the level is exact.
func (w *work) generate(panels [][]int32) (*stairs, mix, error) {
	s := newStairs(w.m, w.m.program())
	g := &generator{w: w, s: s}
	for _, panel := range panels {
		g.know(panel)
	}
	for s.open() > 0 {
		if err := g.level(); err != nil {
			return nil, mix{}, err
		}
		w.log(fmt.Sprintf("level %d: %.9f, %d panels known", len(s.steps)-1, s.steps[len(s.steps)-1].chance, len(g.panels)))
	}
	if h := g.polish(); h.distance() < accepted {
		return s, mix{h.panels, h.share}, nil
	}
	return s, g.last, nil
}

// polish averages the known panels anew. The programs leave the settled types a
// little room, so that rounding cannot make them impossible; later levels may have
// used it.
func (g *generator) polish() *hull {
	h := newHull(g.w.m.size, g.s.point())
	for _, panel := range g.last.panels {
		h.join(panel)
	}
	for h.distance() >= near {
		weights := h.direction()
		best, most := -1, math.Inf(-1)
		for i, panel := range g.panels {
			sum := 0.0
			for t, c := range panel {
				if c != 0 {
					sum += float64(weights[t] * float64(c))
				}
			}
			if sum > most {
				best, most = i, sum
			}
		}
		if !h.join(g.panels[best]) {
			break
		}
	}
	return h
}

// generator is the program of a level and the panels that it knows.
type generator struct {
	w      *work
	s      *stairs
	panels [][]int32
	p      *program
	most   float64 // no weight is larger
	last   mix
}

func (g *generator) know(panel []int32) {
	g.panels = append(g.panels, panel)
}

// program sets up the level: a variable for each type's weight and one for the value
// of the best panel; a row for the sum of the weights, one for each panel.
func (g *generator) program() {
	types := len(g.w.m.types)
	g.p = newProgram(types+1, make([][]int32, types+1), 0)
	g.p.hi[types] = float64(g.most * float64(g.w.m.in.Seats))
	g.p.cost[types] = 1
	sum := make([]float64, types+1)
	for t, size := range g.w.m.size {
		g.p.hi[t] = g.most
		if g.s.level[t] < 0 {
			g.p.hi[t] = 1 / float64(size)
			sum[t] = float64(size)
		} else {
			g.p.cost[t] = -float64(float64(size) * max(0, g.s.chance[t]-tiny))
		}
	}
	g.p.cut(sum, 1, 1)
	for _, panel := range g.panels {
		g.row(panel)
	}
}

// row says that the best panel is worth no less than this one.
func (g *generator) row(panel []int32) {
	types := len(g.w.m.types)
	row := make([]float64, types+1)
	for t, c := range panel {
		row[t] = -float64(c)
	}
	row[types] = 1
	g.p.cut(row, 0, g.p.hi[types])
}

// level settles the next level.
func (g *generator) level() error {
	for g.most = 16; ; g.most *= 16 {
		g.program()
		step, done, err := g.settle()
		if err != nil {
			return err
		}
		if done {
			g.s.accept(step)
			return nil
		}
		if g.most > 1e9 {
			return fmt.Errorf("%w: the weights of level %d have no end", ErrRounding, len(g.s.steps))
		}
	}
}

// settle adds panels until none is better; false: a weight would be larger than it
// may be.
func (g *generator) settle() (step stair, done bool, err error) {
	types := len(g.w.m.types)
	for {
		if g.p.solve() != solved {
			return step, false, fmt.Errorf("%w: the program of level %d", ErrRounding, len(g.s.steps))
		}
		step = stair{weights: make([]float64, types), bound: g.p.x[types]}
		for t := range step.weights {
			step.weights[t] = max(0, g.p.x[t])
			if step.weights[t] < 1e-12 {
				step.weights[t] = 0
			}
		}
		panel, err := g.better(step)
		if err != nil {
			return step, false, err
		}
		if panel == nil {
			break
		}
		g.know(panel)
		g.row(panel)
	}
	return step, g.read(&step), nil
}

// better searches for a panel that is worth more than the bound.
func (g *generator) better(step stair) ([]int32, error) {
	if err := g.w.ctx.Err(); err != nil {
		return nil, err
	}
	weights, scale := scaled(step.weights, 1<<36)
	for _, limit := range []int{quick, 0} {
		s := newSearch(g.w.ctx, g.w.m, weights)
		s.limit = limit
		f := s.run(g.w.m.program(), int64(float64(scale*step.bound)+float64(1<<36*1e-9)))
		if s.err != nil {
			return nil, s.err
		}
		if f.best != nil {
			return f.best, nil
		}
	}
	return nil, nil
}

// read takes the level's chance, whom it settles and the average of panels from the
// solved program.
func (g *generator) read(step *stair) bool {
	left, largest := step.bound, 0.0
	for t, v := range step.weights {
		largest = max(largest, v)
		if g.s.level[t] >= 0 {
			if v > 0.999*g.most {
				return false
			}
			left -= float64(v * float64(float64(g.w.m.size[t])*g.s.chance[t]))
		}
	}
	step.chance = left
	g.last = mix{}
	for i, panel := range g.panels {
		if share := math.Abs(g.p.d[g.p.n+1+i]); share > 1e-13 && g.p.state[g.p.n+1+i] != inBasis {
			g.last.panels = append(g.last.panels, panel)
			g.last.share = append(g.last.share, share)
		}
	}
	for t, v := range step.weights {
		if g.s.level[t] < 0 && v > 1e-7*largest {
			step.settled = append(step.settled, int32(t))
		}
		step.weights[t] = v / largest
	}
	step.bound /= largest
	return true
}

// accept takes a step.
func (s *stairs) accept(step stair) {
	for _, t := range step.settled {
		s.level[t] = len(s.steps)
		s.chance[t] = step.chance
	}
	s.steps = append(s.steps, step)
}

// open counts the types that are not settled.
func (s *stairs) open() int {
	n := 0
	for _, l := range s.level {
		if l < 0 {
			n++
		}
	}
	return n
}
