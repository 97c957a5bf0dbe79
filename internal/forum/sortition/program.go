package sortition

import (
	"math"
	"slices"
)

// program is a linear program with bounds on everything:
//
//	minimise cost·x  where  lo <= x <= hi  and  lo <= row·x <= hi for each row
//
// Row i has a variable of its own, n+i, that equals row·x. As every variable has
// two finite ends, any basis becomes dual feasible by putting each other variable
// at its right end; so that the dual simplex method alone solves it, from wherever
// the last solve stopped, after any change of costs, bounds or rows. The inverse
// of the basis is kept whole: there are few rows.
//
// It computes in floating point and only proposes; search.bound and the proofs
// decide in whole numbers.
type program struct {
	n, m   int // variables of its own, rows
	plain  int // rows given by cols; the others are cuts
	cols   [][]int32
	cuts   [][]float64
	lo, hi []float64
	cost   []float64
	noise  float64 // how much each cost is shifted, see shifted

	basis   []int32
	state   []place
	inverse []float64
	x, d    []float64 // values; reduced costs
	pivots  int       // since the inverse was computed anew

	alpha, column, sums []float64
	order               []int32
	ray                 []float64 // multipliers of the rows that show there is no solution
}

// place says where a variable stands.
type place int8

const (
	atLow place = iota
	atHigh
	inBasis
)

const (
	slack    = 1e-9 // how far a value may pass its end
	smallest = 1e-9 // pivots below are noise
	afresh   = 64   // pivots after which the inverse is computed anew
)

func newProgram(n int, cols [][]int32, rows int) *program {
	p := &program{n: n, plain: rows, cols: cols, cost: make([]float64, n)}
	p.lo, p.hi = make([]float64, n+rows), make([]float64, n+rows)
	p.m = rows
	p.begin()
	return p
}

// begin begins with the rows' own variables as the basis.
func (p *program) begin() {
	total := p.n + p.m
	p.basis = make([]int32, p.m)
	p.state = make([]place, total)
	p.inverse = make([]float64, p.m*p.m)
	p.x, p.d, p.alpha = make([]float64, total), make([]float64, total), make([]float64, total)
	p.column, p.sums, p.ray = make([]float64, p.m), make([]float64, p.m), make([]float64, p.m)
	for i := range p.basis {
		p.basis[i] = int32(p.n + i)
		p.state[p.n+i] = inBasis
		p.inverse[i*p.m+i] = -1
	}
}

// cut adds a row, coefficients·x between low and high.
func (p *program) cut(coefficients []float64, low, high float64) {
	p.cuts = append(p.cuts, coefficients)
	p.lo, p.hi = append(p.lo, low), append(p.hi, high)
	state, basis := p.state, p.basis
	p.m++
	p.begin()
	copy(p.state, state)
	copy(p.basis, basis)
	p.invert()
}

// column writes the coefficients of variable j in every row.
func (p *program) coefficients(j int, into []float64, times float64) {
	if j >= p.n {
		into[j-p.n] -= times
		return
	}
	for _, i := range p.cols[j] {
		into[i] += times
	}
	for c, row := range p.cuts {
		into[p.plain+c] += float64(row[j] * times)
	}
}

// along is multipliers·column j.
func (p *program) along(multipliers []float64, j int) float64 {
	if j >= p.n {
		return -multipliers[j-p.n]
	}
	sum := 0.0
	for _, i := range p.cols[j] {
		sum += multipliers[i]
	}
	for c, row := range p.cuts {
		sum += float64(multipliers[p.plain+c] * row[j])
	}
	return sum
}

// invert computes the inverse of the basis by elimination. A basis that has become
// singular gives up its bad columns for the variables of rows.
func (p *program) invert() {
	m := p.m
	p.pivots = 0
	a := make([]float64, m*m) // a[row][k]: coefficient of basis k
	for k, j := range p.basis {
		clear(p.column)
		p.coefficients(int(j), p.column, 1)
		for i, v := range p.column {
			a[i*m+k] = v
		}
	}
	inv := p.inverse
	clear(inv)
	for i := range m {
		inv[i*m+i] = 1
	}
	taken := make([]bool, m) // rows of a that have a pivot
	at := make([]int, m)     // the row of a where basis k has its pivot
	for k := range m {
		best, size := -1, smallest
		for i := range m {
			if !taken[i] && math.Abs(a[i*m+k]) > size {
				best, size = i, math.Abs(a[i*m+k])
			}
		}
		at[k] = best
		if best < 0 {
			continue
		}
		taken[best] = true
		eliminate(a, inv, m, best, k)
	}
	for k := range m {
		if at[k] < 0 {
			p.replace(a, inv, taken, at, k)
		}
	}
	rows := slices.Clone(inv)
	for k := range m {
		copy(inv[k*m:(k+1)*m], rows[at[k]*m:(at[k]+1)*m])
	}
}

// eliminate makes column k of a zero but for a one in the given row.
func eliminate(a, inv []float64, m, row, k int) {
	pivot := 1 / a[row*m+k]
	ar, ir := a[row*m:(row+1)*m], inv[row*m:(row+1)*m]
	for j := range m {
		ar[j] = float64(ar[j] * pivot)
		ir[j] = float64(ir[j] * pivot)
	}
	for i := range m {
		f := a[i*m+k]
		if i == row || f == 0 {
			continue
		}
		ai, ii := a[i*m:(i+1)*m], inv[i*m:(i+1)*m]
		for j := range m {
			ai[j] -= float64(f * ar[j])
			ii[j] -= float64(f * ir[j])
		}
	}
}

// replace puts the variable of a row without pivot into place k of the basis.
func (p *program) replace(a, inv []float64, taken []bool, at []int, k int) {
	m := p.m
	for i := range m {
		if taken[i] || p.state[p.n+i] == inBasis {
			continue
		}
		for r := range m { // the row's column is minus the inverse's column i
			a[r*m+k] = -inv[r*m+i]
		}
		best, size := -1, smallest
		for r := range m {
			if !taken[r] && math.Abs(a[r*m+k]) > size {
				best, size = r, math.Abs(a[r*m+k])
			}
		}
		if best < 0 {
			continue
		}
		p.state[p.basis[k]] = atLow
		p.basis[k] = int32(p.n + i)
		p.state[p.n+i] = inBasis
		taken[best], at[k] = true, best
		eliminate(a, inv, m, best, k)
		return
	}
}

// shifted is the cost of a variable. Where many costs are alike, steps of length zero
// can go round in circles; a shift, different for each variable, ends that. The
// bounds that are computed from the outcome stay true, if a little weaker.
func (p *program) shifted(j int) float64 {
	if p.noise == 0 {
		return p.cost[j]
	}
	return p.cost[j] + float64(p.noise*float64(1+j*7919%1009))
}

// price computes the reduced costs, puts each variable outside the basis at its
// right end, and computes the values of the basis.
func (p *program) price() {
	m := p.m
	y := p.sums
	clear(y)
	for k, j := range p.basis {
		if int(j) >= p.n {
			continue
		}
		c := p.shifted(int(j))
		for i, v := range p.inverse[k*m : (k+1)*m] {
			y[i] += float64(c * v)
		}
	}
	for j := range p.d {
		if p.state[j] == inBasis {
			p.d[j] = 0
			continue
		}
		p.d[j] = -p.along(y, j)
		if j < p.n {
			p.d[j] += p.shifted(j)
		}
		switch {
		case p.d[j] > slack:
			p.state[j] = atLow
		case p.d[j] < -slack:
			p.state[j] = atHigh
		}
	}
	p.values()
}

// values computes the values of all variables from those outside the basis.
func (p *program) values() {
	m := p.m
	sum := p.sums
	clear(sum)
	for j := range p.x {
		switch p.state[j] {
		case atLow:
			p.x[j] = p.lo[j]
		case atHigh:
			p.x[j] = p.hi[j]
		default:
			continue
		}
		if p.x[j] != 0 {
			p.coefficients(j, sum, p.x[j])
		}
	}
	for k, j := range p.basis {
		v := 0.0
		for i, f := range p.inverse[k*m : (k+1)*m] {
			v -= float64(f * sum[i])
		}
		p.x[j] = v
	}
}

// outcome is how a solve ends.
type outcome int8

const (
	solved outcome = iota
	impossible
	unsettled // rounding keeps it from ending: nothing is known
)

// solve finds the optimum, or that there is no solution, which ray shows.
func (p *program) solve() outcome {
	enough := 100 + 5*p.m
	for _, noise := range []float64{0, 1e-11, 1e-9, 1e-6} {
		p.noise = noise
		if end := p.run(enough); end != unsettled {
			return end
		}
		p.begin()
		enough = 1000 + 20*p.m + p.n
	}
	return unsettled
}

// run makes so many steps at most.
func (p *program) run(steps int) outcome {
	p.price()
	for range steps {
		if p.pivots >= afresh {
			p.invert()
			p.price()
		}
		r := p.leaving()
		if r < 0 {
			if p.pivots == 0 {
				return solved
			}
			p.invert()
			p.price()
			if p.leaving() < 0 {
				return solved
			}
			continue
		}
		if !p.pivot(r) {
			if p.pivots == 0 {
				copy(p.ray, p.inverse[r*p.m:(r+1)*p.m])
				return impossible
			}
			p.invert()
			p.price()
		}
	}
	return unsettled
}

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
