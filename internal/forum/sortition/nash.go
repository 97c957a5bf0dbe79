package sortition

import (
	"context"
	"fmt"
	"math"
	"math/big"
)

// Nash makes the product of all chances as large as it can be. It comes near by
// Newton's method: the product's logarithm is replaced by a square at the present
// chances, and the average of panels nearest to that square's summit is the same
// problem that LEXIMIN solves in the end. The proof says how near.
func Nash(ctx context.Context, in *Instance, o Options) (*Portfolio, error) {
	w, err := start(ctx, in, o)
	if err != nil {
		return nil, err
	}
	x, err := w.nash()
	if err != nil {
		return nil, err
	}
	p := w.portfolio(MethodNash, x)
	step, err := w.summit(p)
	if err != nil {
		return nil, err
	}
	p.Proof.Steps = []Step{step}
	return p, nil
}

// nash climbs from the LEXIMIN average, where nobody who can sit has chance zero.
func (w *work) nash() (mix, error) {
	s, x, err := w.approach((*stairs).climb)
	if err != nil {
		return mix{}, err
	}
	program := w.m.program()
	for t, c := range s.chance {
		if c < near {
			program.hi[t] = 0 // nobody of this type can ever sit
		}
	}
	for round := range 60 {
		at := x.counts(len(w.m.types))
		next, err := w.newton(program, at, x)
		if err != nil {
			return mix{}, err
		}
		growth := w.growth(program, at, next)
		w.log(fmt.Sprintf("round %d: the product grows to %.12f times", round, growth))
		if !(growth > 1+1e-12) {
			break
		}
		x = next
	}
	return x, nil
}

func (x mix) counts(types int) []float64 {
	c := make([]float64, types)
	for i, panel := range x.panels {
		for t, n := range panel {
			c[t] += float64(float64(n) * x.share[i])
		}
	}
	return c
}

// newton goes to the average of panels nearest to the summit of the square: at
// twice the present counts, in units of these. As long as the product does not grow,
// it goes half as far.
func (w *work) newton(p *program, at []float64, from mix) (mix, error) {
	goal := make([]float64, len(at))
	h := newHull(w.m.size, goal)
	for t, c := range at {
		if p.hi[t] > 0 {
			h.goal[t], h.scale[t] = 2*c, math.Sqrt(float64(w.m.size[t]))/c
		}
	}
	h.begin()
	for _, panel := range from.panels {
		h.join(panel)
	}
	if err := w.nearest(p, h); err != nil {
		return mix{}, err
	}
	to := mix{h.panels, h.share}
	for step := 1.0; step > 1e-6; step /= 2 {
		if joined := from.toward(to, step); w.growth(p, at, joined) > 1 {
			return joined, nil
		}
	}
	return from, nil
}

// nearest adds panels until none leads nearer to the goal.
func (w *work) nearest(p *program, h *hull) error {
	for {
		panel, err := w.propose(p, h, 1e-8*float64(len(w.m.in.Pool)))
		if err != nil || panel == nil || !h.join(panel) {
			return err
		}
	}
}

// toward goes part of the way to another average.
func (x mix) toward(to mix, step float64) mix {
	if step == 1 {
		return to
	}
	var joined mix
	for i, panel := range x.panels {
		joined.panels = append(joined.panels, panel)
		joined.share = append(joined.share, float64(x.share[i]*(1-step)))
	}
	for i, panel := range to.panels {
		joined.panels = append(joined.panels, panel)
		joined.share = append(joined.share, float64(to.share[i]*step))
	}
	return joined
}

// growth is the product of the chances over that at the counts. It multiplies and
// divides only, which every machine does alike, as it does not with logarithms.
func (w *work) growth(p *program, at []float64, x mix) float64 {
	product, exponent := 1.0, 0
	for t, c := range x.counts(len(at)) {
		if p.hi[t] == 0 {
			continue
		}
		ratio := c / at[t]
		for range w.m.size[t] {
			fraction, e := math.Frexp(float64(product * ratio))
			product, exponent = fraction, exponent+e
		}
	}
	return math.Ldexp(product, exponent)
}

// summit proves how near the product is to the largest: with one over the chance as
// the weight of each type, the mean of the ratios of any other chances to these is
// at most Bound over the people, hence so is the ratio of their geometric means.
func (w *work) summit(p *Portfolio) (Step, error) {
	chances := p.typeChances()
	weights := make([]int64, len(chances))
	for t, c := range chances {
		if c.Sign() > 0 {
			inverse := new(big.Rat).Inv(c)
			inverse.Mul(inverse, big.NewRat(1<<30, 1))
			weights[t] = new(big.Int).Quo(inverse.Num(), inverse.Denom()).Int64() + 1
		}
	}
	s := newSearch(w.ctx, w.m, weights)
	s.loose = int64(len(w.m.in.Pool)) << 30 / 10_000_000 // a ten-millionth
	f := s.run(w.m.program(), none)
	if s.err != nil {
		return Step{}, s.err
	}
	step := Step{Weights: weights, Bound: f.value + s.loose, Best: f.best, Nodes: f.nodes}
	step.Limit = ratio(p, step, chances)
	return step, nil
}

// ratio is what the step bounds the geometric mean's growth by.
func ratio(p *Portfolio, step Step, chances []*big.Rat) *big.Rat {
	var unit *big.Rat
	people := 0
	for t, w := range step.Weights {
		if chances[t].Sign() == 0 {
			continue
		}
		people += len(p.Proof.Types[t].People)
		if v := new(big.Rat).Mul(new(big.Rat).SetInt64(w), chances[t]); unit == nil || v.Cmp(unit) < 0 {
			unit = v
		}
	}
	unit.Mul(unit, new(big.Rat).SetInt64(int64(people)))
	return unit.Quo(new(big.Rat).SetInt64(step.Bound), unit)
}

// verifyNash checks the one step; and that those without a chance can have none.
func (p *Portfolio) verifyNash(ctx context.Context, m *model, chances []*big.Rat) error {
	if len(p.Proof.Steps) != 1 {
		return ErrProof
	}
	step := p.Proof.Steps[0]
	if err := step.holds(ctx, m); err != nil {
		return err
	}
	idle := make([]int64, len(chances))
	for t, c := range chances {
		if c.Sign() == 0 {
			idle[t] = 1
		}
	}
	s := newSearch(ctx, m, idle)
	if f := s.run(m.program(), 0); s.err != nil || f.best != nil {
		return ErrNotOptimal
	}
	limit := ratio(p, step, chances)
	if step.Limit == nil || limit.Cmp(step.Limit) != 0 {
		return ErrProof
	}
	if limit.Cmp(big.NewRat(1_000_001, 1_000_000)) > 0 {
		return ErrNotOptimal
	}
	return nil
}
