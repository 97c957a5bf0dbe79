package sortition

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

// cut adds a row, coefficients·x between low and high. Its own variable joins the
// basis; the inverse grows by a row and a column.
func (p *program) cut(coefficients []float64, low, high float64) {
	old, m := p.m, p.m+1
	inverse := make([]float64, m*m)
	last := inverse[old*m:]
	for k, j := range p.basis {
		row := p.inverse[k*old : (k+1)*old]
		copy(inverse[k*m:], row)
		if int(j) < p.n && coefficients[j] != 0 {
			for i, v := range row {
				last[i] += float64(coefficients[j] * v)
			}
		}
	}
	last[old] = -1
	p.inverse, p.m = inverse, m
	p.cuts = append(p.cuts, coefficients)
	p.lo, p.hi = append(p.lo, low), append(p.hi, high)
	p.basis, p.state = append(p.basis, int32(p.n+old)), append(p.state, inBasis)
	p.x, p.d, p.alpha = append(p.x, 0), append(p.d, 0), append(p.alpha, 0)
	p.column, p.sums, p.ray = make([]float64, m), make([]float64, m), make([]float64, m)
}

// coefficients adds the coefficients of variable j in every row, so many times.
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
