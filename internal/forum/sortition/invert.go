package sortition

import (
	"math"
	"slices"
)

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
