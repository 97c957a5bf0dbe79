package sortition

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// The names of the methods.
const (
	MethodLeximin = "leximin"
	MethodMaximin = "maximin"
	MethodNash    = "nash"
)

// Leximin makes the smallest chance as large as it can be, then the second
// smallest, and so on.
//
// The relaxation, where counts need not be whole, is small: a row for each quota.
// Its LEXIMIN is found first, from above; no portfolio can do better. Then that
// point is written as an average of panels. Where this cannot be done, panels show
// it: a direction in which no panel comes as far as the point. That becomes a new
// row, and the relaxation is solved again.
func Leximin(ctx context.Context, in *Instance, o Options) (*Portfolio, error) {
	w, err := start(ctx, in, o)
	if err != nil {
		return nil, err
	}
	stairs, mix, err := w.approach((*stairs).climb)
	if err != nil {
		return nil, err
	}
	p := w.portfolio(MethodLeximin, mix)
	if err := w.prove(p, stairs); err != nil {
		return nil, err
	}
	return p, nil
}

// Maximin makes the smallest chance as large as it can be and looks no further, but
// where only columns tell the smallest: that way gives LEXIMIN at once.
func Maximin(ctx context.Context, in *Instance, o Options) (*Portfolio, error) {
	w, err := start(ctx, in, o)
	if err != nil {
		return nil, err
	}
	stairs, mix, err := w.approach((*stairs).first)
	if err != nil {
		return nil, err
	}
	p := w.portfolio(MethodMaximin, mix)
	if err := w.prove(p, stairs); err != nil {
		return nil, err
	}
	return p, nil
}

// work is one computation.
type work struct {
	ctx   context.Context
	m     *model
	log   func(string)
	cuts  []ridge
	hints [][]int32 // panels known so far
}

// ridge is a row that all panels meet: low <= weights·counts <= bound.
type ridge struct {
	weights    []float64
	low, bound float64 // low: what no panel falls below
}

// mix is an average of panels of types.
type mix struct {
	panels [][]int32
	share  []float64
}

// start checks the question, and that some panel answers it.
func start(ctx context.Context, in *Instance, o Options) (*work, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	w := &work{ctx: ctx, m: newModel(in), log: o.Log}
	if w.log == nil {
		w.log = func(string) {}
	}
	panel, err := w.m.any(ctx)
	if err != nil {
		return nil, err
	}
	if panel == nil {
		return nil, explain(ctx, w.m)
	}
	w.log(fmt.Sprintf("%d people of %d types, %d rows", len(in.Pool), len(w.m.types), len(w.m.low)))
	return w, nil
}

// approach finds a point of the relaxation with climb, and panels whose average it
// is, adding cuts until there are such.
func (w *work) approach(climb func(*stairs) error) (*stairs, mix, error) {
	for round := 0; ; round++ {
		p := w.m.program()
		for _, c := range w.cuts {
			p.cut(c.weights, c.low, c.bound)
		}
		s := newStairs(w.m, p)
		if err := climb(s); errors.Is(err, ErrRounding) {
			return w.generate(w.hints)
		} else if err != nil {
			return nil, mix{}, err
		}
		w.log(fmt.Sprintf("relaxation with %d cuts: %d levels, smallest chance %.9f", len(w.cuts), len(s.steps), s.steps[0].chance))
		h, err := w.decompose(s)
		if err != nil {
			return nil, mix{}, err
		}
		if h.distance() < accepted {
			return s, mix{h.panels, h.share}, nil
		}
		w.hints = h.panels
		if round < patience {
			cut, err := w.separate(s, h)
			if err != nil {
				return nil, mix{}, err
			}
			if cut {
				continue
			}
		}
		return w.generate(h.panels)
	}
}

// patience is how many cuts are tried before columns are generated level by level.
const patience = 3

// near is how close an average of panels has to come to a point, in chances.
// It stops there; where it gets stuck, it may be accepted further off.
const (
	near     = 1e-11
	accepted = 2e-10
)

// face is the program of the panels that meet each step with equality; no other
// can be part of an average that does.
func (w *work) face(s *stairs) *program {
	p := s.p.clone()
	for t, size := range w.m.size {
		p.lo[t], p.hi[t] = 0, float64(size)
		if s.level[t] >= 0 && s.chance[t] > 1-1e-9 {
			p.lo[t] = p.hi[t]
		}
	}
	for _, step := range s.steps {
		for i, y := range step.rows {
			if y > 1e-7 {
				p.lo[p.n+i] = p.hi[p.n+i] - p.grain(i)
			} else if y < -1e-7 {
				p.hi[p.n+i] = p.lo[p.n+i] + p.grain(i)
			}
		}
	}
	p.begin()
	return p
}

// grain is what the ends of a row are off by: nothing for a quota, whose coefficients
// are ones.
func (p *program) grain(row int) float64 {
	if row < p.plain {
		return 0
	}
	return 1e-8
}

// decompose brings an average of panels of the face as near to the point as can be.
func (w *work) decompose(s *stairs) (*hull, error) {
	h := newHull(w.m.size, s.point())
	face := w.face(s)
	for _, panel := range w.hints {
		if face.meets(panel) {
			h.join(panel)
		}
	}
	for h.distance() >= near {
		panel, err := w.propose(face, h, 0)
		if err != nil {
			return nil, err
		}
		if panel == nil || !h.join(panel) {
			break
		}
		if len(h.panels)%50 == 0 {
			w.log(fmt.Sprintf("%d panels, distance %.1e", len(h.panels), h.distance()))
		}
	}
	return h, nil
}

// meets says whether a panel lies in the program.
func (p *program) meets(panel []int32) bool {
	sum := make([]float64, p.m)
	for t, c := range panel {
		if float64(c) < p.lo[t] || float64(c) > p.hi[t] {
			return false
		}
		if c != 0 {
			p.coefficients(t, sum, float64(c))
		}
	}
	for i, v := range sum {
		if v < p.lo[p.n+i]-slack || v > p.hi[p.n+i]+slack {
			return false
		}
	}
	return true
}

// quick is how many nodes a search takes to propose a panel, before one that takes
// the first panel that helps; and that one gives up after long.
const (
	quick = 30
	long  = 10_000
)

// propose looks for a panel of the face that leads the average to the point; nil:
// none was found that leads further than margin.
func (w *work) propose(face *program, h *hull, margin float64) ([]int32, error) {
	weights, scale := scaled(h.direction(), 1<<32)
	now := 0.0
	for t, r := range h.rest {
		now += float64(float64(weights[t]) * (h.goal[t] + r/h.scale[t]))
	}
	if err := w.ctx.Err(); err != nil {
		return nil, err
	}
	for _, limit := range []int{quick, long} {
		s := newSearch(w.ctx, w.m, weights)
		s.rough, s.limit = true, limit
		if limit == long {
			s.enough = none
		}
		f := s.run(face.clone(), int64(now+float64(scale*margin)))
		if s.err != nil {
			return nil, s.err
		}
		if f.best != nil {
			return f.best, nil
		}
	}
	return nil, nil
}

// scaled turns weights into whole numbers, the largest of which is about largest.
func scaled(weights []float64, largest float64) ([]int64, float64) {
	top := 0.0
	for _, v := range weights {
		top = max(top, math.Abs(v))
	}
	scale := largest / max(top, 1e-300)
	whole := make([]int64, len(weights))
	for t, v := range weights {
		whole[t] = int64(math.RoundToEven(float64(v * scale)))
	}
	return whole, scale
}

// separate adds a cut: no panel comes as far in the direction as the point does.
// The direction is that of the average to the point, which holds for panels of the
// face; enough of the steps' own weights is added that it holds for all. False: no such cut was found.
func (w *work) separate(s *stairs, h *hull) (bool, error) {
	steps := make([]float64, len(h.goal))
	for _, step := range s.steps {
		for t, v := range step.weights {
			steps[t] += v
		}
	}
	most := 0.0
	for _, v := range h.direction() {
		most = max(most, math.Abs(v))
	}
	for times := 2.0; times < 1e6; times *= 8 {
		weights := make([]float64, len(steps))
		for t, v := range h.direction() {
			weights[t] = v/most + float64(times*steps[t])
		}
		whole, loose := wholeWeights(weights)
		far, largest := 0.0, 0.0
		for t, v := range whole {
			far += float64(float64(v) * h.goal[t])
			largest = max(largest, math.Abs(float64(v)))
		}
		sr := newSearch(w.ctx, w.m, whole)
		sr.loose, sr.limit = loose, long
		f := sr.run(w.m.program(), none)
		if sr.err != nil {
			return false, sr.err
		}
		if !f.proved {
			return false, nil
		}
		bound := float64(f.value + sr.loose)
		if far-bound > 1e-9*largest {
			cut := ridge{weights: make([]float64, len(whole)), bound: bound / largest}
			for t, v := range whole {
				cut.weights[t] = float64(v) / largest
				cut.low += float64(min(0, cut.weights[t]) * float64(w.m.size[t]))
			}
			w.cuts = append(w.cuts, cut)
			return true, nil
		}
	}
	return false, nil
}
