package sortition

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
)

// prove adds the proof of each level: the weights of its step in whole numbers, the
// largest sum that a panel reaches, searched and proved, and what follows from it.
func (w *work) prove(p *Portfolio, s *stairs) error {
	chances := p.typeChances()
	level := make([]int, len(s.level))
	for t, l := range s.level {
		if level[t] = l; l < 0 {
			level[t] = len(s.steps)
		}
	}
	for k, step := range s.steps {
		weights, loose := wholeWeights(step.weights)
		sr := newSearch(w.ctx, w.m, weights)
		sr.loose = loose
		f := sr.run(w.m.program(), none)
		if sr.err != nil {
			return sr.err
		}
		proof := Step{Level: k, Weights: weights, Bound: f.value + loose, Best: f.best, Nodes: f.nodes}
		proof.Limit = limit(p, proof, chances, func(t int) bool { return level[t] < k })
		for t, l := range level {
			if l == k {
				proof.Settled = append(proof.Settled, int32(t))
			}
		}
		if err := reached(k, proof.Limit, level, chances); err != nil {
			return fmt.Errorf("%w: level %d: %w", ErrRounding, k, err)
		}
		p.Proof.Steps = append(p.Proof.Steps, proof)
		w.log(fmt.Sprintf("level %d: at most %s, proved with %d nodes", k, proof.Limit.FloatString(12), f.nodes))
	}
	return nil
}

// limit is what a step bounds the chance of the unsettled by: the bound, less what
// the settled types take of it with the chances that they have, over the weights of
// all others.
func limit(p *Portfolio, step Step, chances []*big.Rat, settled func(int) bool) *big.Rat {
	left := new(big.Rat).SetInt64(step.Bound)
	others := new(big.Int)
	for t, w := range step.Weights {
		if w == 0 {
			continue
		}
		weight := new(big.Int).Mul(big.NewInt(w), big.NewInt(int64(len(p.Proof.Types[t].People))))
		if settled(t) {
			left.Sub(left, new(big.Rat).Mul(new(big.Rat).SetInt(weight), chances[t]))
		} else {
			others.Add(others, weight)
		}
	}
	if others.Sign() == 0 { // everybody left sits
		return big.NewRat(1, 1)
	}
	return left.Quo(left, new(big.Rat).SetInt(others))
}

// typeChances are the chances of a person of each type.
func (p *Portfolio) typeChances() []*big.Rat {
	people := 0
	for _, t := range p.Proof.Types {
		people += len(t.People)
	}
	all := p.Chances(people)
	chances := make([]*big.Rat, len(p.Proof.Types))
	for t, typ := range p.Proof.Types {
		chances[t] = all[typ.People[0]]
	}
	return chances
}

// wholeWeights finds whole numbers proportional to weights, small ones where they
// are fractions; else large ones, whose rounding the search leaves room for.
func wholeWeights(weights []float64) (whole []int64, loose int64) {
	common := int64(1)
	for _, v := range weights {
		d := denominator(float64(v * float64(common)))
		if d == 0 || common*d > 1_000_000 {
			whole, _ = scaled(weights, 1<<40)
			return whole, 1 << 6
		}
		common *= d
	}
	whole = make([]int64, len(weights))
	divisor := new(big.Int)
	for t, v := range weights {
		whole[t] = int64(math.Round(float64(v * float64(common))))
		divisor.GCD(nil, nil, divisor, big.NewInt(whole[t]))
	}
	if d := divisor.Int64(); d > 1 {
		for t := range whole {
			whole[t] /= d
		}
	}
	return whole, 0
}

// Why a portfolio does not hold.
var (
	ErrTypes      = errors.New("sortition: the types of the proof are not those of the pool")
	ErrPanel      = errors.New("sortition: a panel is not feasible")
	ErrTotal      = errors.New("sortition: the weights do not sum to the total")
	ErrUnequal    = errors.New("sortition: people of one type have different chances")
	ErrProof      = errors.New("sortition: a step of the proof is not true")
	ErrNotOptimal = errors.New("sortition: the chances stay below what the proof allows")
)

// Verify checks a portfolio against the question: that each panel is feasible,
// people of one type have equal chances, each step of the proof is true (its
// search is made again), and the chances reach the limits to 1e-9.
func (p *Portfolio) Verify(ctx context.Context, in *Instance) error {
	if err := in.Check(); err != nil {
		return err
	}
	m := newModel(in)
	if err := p.sound(m); err != nil {
		return err
	}
	chances := p.typeChances()
	if p.Method == MethodNash {
		return p.verifyNash(ctx, m, chances)
	}
	level := make([]int, len(m.types))
	for t := range level {
		level[t] = len(p.Proof.Steps)
	}
	for k, step := range p.Proof.Steps {
		for _, t := range step.Settled {
			if t < 0 || int(t) >= len(level) || level[t] < len(p.Proof.Steps) {
				return ErrProof
			}
			level[t] = k
		}
	}
	for k, step := range p.Proof.Steps {
		if err := step.holds(ctx, m); err != nil {
			return err
		}
		if step.Limit == nil || limit(p, step, chances, func(t int) bool { return level[t] < k }).Cmp(step.Limit) != 0 {
			return ErrProof
		}
		if err := reached(k, step.Limit, level, chances); err != nil {
			return err
		}
	}
	if p.Method == MethodLeximin {
		for _, l := range level {
			if l == len(p.Proof.Steps) {
				return ErrNotOptimal
			}
		}
	}
	return nil
}

// reached checks that nobody who was not settled before step k has less than its
// limit, and nobody whom it settles has more.
func reached(k int, limit *big.Rat, level []int, chances []*big.Rat) error {
	for t, l := range level {
		if l >= k && new(big.Rat).Sub(limit, chances[t]).Cmp(apart) > 0 {
			return ErrNotOptimal
		}
		if l == k && new(big.Rat).Sub(chances[t], limit).Cmp(apart) > 0 {
			return ErrProof
		}
	}
	return nil
}

// holds searches again for a panel above the bound.
func (step Step) holds(ctx context.Context, m *model) error {
	if len(step.Weights) != len(m.types) || len(step.Best) != len(m.types) || !m.feasible(step.Best) {
		return ErrProof
	}
	for _, w := range step.Weights {
		if w < 0 || w > 1<<40 {
			return ErrProof
		}
	}
	s := newSearch(ctx, m, step.Weights)
	f := s.run(m.program(), step.Bound)
	if s.err != nil {
		return s.err
	}
	if f.best != nil {
		return ErrProof
	}
	return nil
}

// sound checks panels, weights, and that people of one type have equal chances.
func (p *Portfolio) sound(m *model) error {
	if len(p.Panels) != len(p.Weights) || p.Total == nil || len(p.Proof.Types) != len(m.types) {
		return ErrTotal
	}
	of := make([]int, len(m.in.Pool))
	for t, typ := range m.types {
		if !equalPeople(typ.People, p.Proof.Types[t].People) {
			return ErrTypes
		}
		for _, i := range typ.People {
			of[i] = t
		}
	}
	sum := new(big.Int)
	for i, panel := range p.Panels {
		counts := make([]int32, len(m.types))
		for j, person := range panel {
			if person < 0 || int(person) >= len(of) || (j > 0 && panel[j-1] >= person) {
				return ErrPanel
			}
			counts[of[person]]++
		}
		if !m.feasible(counts) {
			return ErrPanel
		}
		if p.Weights[i] == nil || p.Weights[i].Sign() <= 0 {
			return ErrTotal
		}
		sum.Add(sum, p.Weights[i])
	}
	if sum.Sign() == 0 || sum.Cmp(p.Total) != 0 {
		return ErrTotal
	}
	chances := p.Chances(len(of))
	for i, c := range chances {
		if c.Cmp(chances[m.types[of[i]].People[0]]) != 0 {
			return ErrUnequal
		}
	}
	return nil
}

func equalPeople(a, b []int32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
