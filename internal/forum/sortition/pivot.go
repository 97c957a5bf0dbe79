package sortition

import (
	"math"
	"slices"
)

// leaving is the place of the basis whose value is furthest outside its ends.
func (p *program) leaving() int {
	best, size := -1, slack
	for k, j := range p.basis {
		out := max(p.lo[j]-p.x[j], p.x[j]-p.hi[j])
		if out > size*max(1, 0.001*math.Abs(p.x[j])) {
			best, size = k, out
		}
	}
	return best
}

// pivot moves the variable at place r of the basis to the end that it has passed,
// and takes another in. Those that would pass zero on the way are flipped to their
// other end while that helps. False: none can be taken.
func (p *program) pivot(r int) bool {
	m := p.m
	out := int(p.basis[r])
	row := p.inverse[r*m : (r+1)*m]
	sign, left, end := 1.0, p.x[out]-p.hi[out], atHigh
	if p.x[out] < p.lo[out] {
		sign, left, end = -1.0, p.lo[out]-p.x[out], atLow
	}
	p.order = p.order[:0]
	for j := range p.x {
		if p.state[j] == inBasis {
			continue
		}
		a := p.along(row, j)
		p.alpha[j] = a
		if p.lo[j] == p.hi[j] {
			continue
		}
		if v := a * sign; (p.state[j] == atLow && v > smallest) || (p.state[j] == atHigh && v < -smallest) {
			p.order = append(p.order, int32(j))
		}
	}
	in := p.entering(left)
	if in < 0 {
		return false
	}
	p.exchange(r, out, in, end)
	return true
}

// entering orders the candidates by the step at which their reduced cost becomes
// zero, flips as many as the distance left bears, and returns the one that stops.
func (p *program) entering(left float64) int {
	ratio := func(j int32) float64 { return math.Abs(p.d[j]) / math.Abs(p.alpha[j]) }
	slices.SortFunc(p.order, func(a, b int32) int {
		ra, rb := ratio(a), ratio(b)
		switch {
		case ra < rb:
			return -1
		case ra > rb:
			return 1
		case math.Abs(p.alpha[a]) > math.Abs(p.alpha[b]):
			return -1
		case math.Abs(p.alpha[a]) < math.Abs(p.alpha[b]):
			return 1
		}
		return int(a - b)
	})
	for i, j := range p.order {
		left -= float64(math.Abs(p.alpha[j]) * (p.hi[j] - p.lo[j]))
		if left < slack {
			p.flip(p.order[:i])
			return int(j)
		}
	}
	return -1
}

// flip moves variables to their other ends.
func (p *program) flip(list []int32) {
	if len(list) == 0 {
		return
	}
	clear(p.sums)
	for _, j := range list {
		delta := p.hi[j] - p.lo[j]
		if p.state[j] == atHigh {
			p.state[j], p.x[j], delta = atLow, p.lo[j], -delta
		} else {
			p.state[j], p.x[j] = atHigh, p.hi[j]
		}
		p.coefficients(int(j), p.sums, delta)
	}
	for k, j := range p.basis {
		v := 0.0
		for i, f := range p.inverse[k*p.m : (k+1)*p.m] {
			v += float64(f * p.sums[i])
		}
		p.x[j] -= v
	}
}

// exchange lets in take the place r of out.
func (p *program) exchange(r, out, in int, end place) {
	m := p.m
	clear(p.sums)
	p.coefficients(in, p.sums, 1)
	for k := range m {
		v := 0.0
		for i, f := range p.inverse[k*m : (k+1)*m] {
			v += float64(f * p.sums[i])
		}
		p.column[k] = v
	}
	goal := p.lo[out]
	if end == atHigh {
		goal = p.hi[out]
	}
	pivot := p.column[r]
	step := (p.x[out] - goal) / pivot
	for k, j := range p.basis {
		p.x[j] -= float64(p.column[k] * step)
	}
	p.x[in] += step
	p.x[out] = goal
	dual := p.d[in] / p.alpha[in]
	if dual != 0 {
		for j := range p.d {
			if p.state[j] != inBasis {
				p.d[j] -= float64(dual * p.alpha[j])
			}
		}
	}
	p.d[in], p.d[out] = 0, -dual
	p.state[in], p.state[out] = inBasis, end
	p.basis[r] = int32(in)
	row := p.inverse[r*m : (r+1)*m]
	for i := range row {
		row[i] /= pivot
	}
	for k := range m {
		f := p.column[k]
		if k == r || f == 0 {
			continue
		}
		for i, v := range row {
			p.inverse[k*m+i] -= float64(f * v)
		}
	}
	p.pivots++
}
