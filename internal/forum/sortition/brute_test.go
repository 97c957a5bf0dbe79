package sortition

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// enumerate lists every feasible panel of types.
func enumerate(m *model) [][]int32 {
	var all [][]int32
	counts := make([]int32, len(m.types))
	var rest func(t, left int)
	rest = func(t, left int) {
		if t == len(counts) {
			if left == 0 && m.feasible(counts) {
				all = append(all, append([]int32(nil), counts...))
			}
			return
		}
		for c := 0; c <= min(left, m.size[t]); c++ {
			counts[t] = int32(c)
			rest(t+1, left-c)
		}
		counts[t] = 0
	}
	rest(0, m.in.Seats)
	return all
}

// exactly solves: maximise c·x, A x <= b, x >= 0, b >= 0, in rationals by the plain
// tableau with Bland's rule, and returns the value and the multipliers.
func exactly(a [][]*big.Rat, b, c []*big.Rat) (*big.Rat, []*big.Rat) {
	m, n := len(a), len(c)
	tab := make([][]*big.Rat, m+1)
	for i := range tab {
		tab[i] = make([]*big.Rat, n+m+1)
		for j := range tab[i] {
			tab[i][j] = new(big.Rat)
		}
	}
	basis := make([]int, m)
	for i := range m {
		for j := range n {
			tab[i][j].Set(a[i][j])
		}
		tab[i][n+i].SetInt64(1)
		tab[i][n+m].Set(b[i])
		basis[i] = n + i
	}
	for j := range n {
		tab[m][j].Neg(c[j])
	}
	for {
		in := -1
		for j := range n + m {
			if tab[m][j].Sign() < 0 {
				in = j
				break
			}
		}
		if in < 0 {
			break
		}
		out, best := -1, new(big.Rat)
		for i := range m {
			if tab[i][in].Sign() > 0 {
				r := new(big.Rat).Quo(tab[i][n+m], tab[i][in])
				if out < 0 || r.Cmp(best) < 0 || (r.Cmp(best) == 0 && basis[i] < basis[out]) {
					out, best = i, r
				}
			}
		}
		if out < 0 {
			panic("unbounded")
		}
		p := new(big.Rat).Set(tab[out][in])
		for j := range tab[out] {
			tab[out][j].Quo(tab[out][j], p)
		}
		for i := range tab {
			f := new(big.Rat).Set(tab[i][in])
			if i == out || f.Sign() == 0 {
				continue
			}
			for j := range tab[i] {
				if tab[out][j].Sign() != 0 {
					tab[i][j].Sub(tab[i][j], new(big.Rat).Mul(f, tab[out][j]))
				}
			}
		}
		basis[out] = in
	}
	y := make([]*big.Rat, m)
	for i := range y {
		y[i] = tab[m][n+i]
	}
	return tab[m][n+m], y
}

// exactLeximin computes the chances of each type from all panels, in rationals. A
// level: maximise z where each settled type has its chance times the sum of the
// shares, so that zero is a solution, all others z, and the shares sum to at most one.
func exactLeximin(m *model, panels [][]int32) []*big.Rat {
	chance := make([]*big.Rat, len(m.types))
	for open := len(m.types); open > 0; {
		n := len(panels) + 1
		var a [][]*big.Rat
		var b []*big.Rat
		for t := range m.types {
			row := make([]*big.Rat, n)
			for p, counts := range panels {
				row[p] = big.NewRat(-int64(counts[t]), 1)
				if chance[t] != nil {
					row[p].Add(row[p], new(big.Rat).Mul(chance[t], big.NewRat(int64(m.size[t]), 1)))
				}
			}
			row[n-1] = new(big.Rat)
			if chance[t] == nil {
				row[n-1].SetInt64(int64(m.size[t]))
			}
			a = append(a, row)
			b = append(b, new(big.Rat))
		}
		row := make([]*big.Rat, n)
		for p := range row {
			row[p] = big.NewRat(1, 1)
		}
		row[n-1] = new(big.Rat)
		a, b = append(a, row), append(b, big.NewRat(1, 1))
		c := make([]*big.Rat, n)
		for p := range c {
			c[p] = new(big.Rat)
		}
		c[n-1].SetInt64(1)
		z, y := exactly(a, b, c)
		for t := range m.types {
			if chance[t] == nil && y[t].Sign() > 0 {
				chance[t] = z
				open--
			}
		}
	}
	return chance
}

// random makes a small question.
func random(r *rand.Rand) *Instance {
	in := &Instance{Seats: 2 + r.IntN(3)}
	people := in.Seats + 1 + r.IntN(6)
	for c := range 2 + r.IntN(3) {
		cat := Category{Name: fmt.Sprint("c", c)}
		for v := range 2 + r.IntN(2) {
			lo := 0
			if r.IntN(2) == 0 {
				lo = r.IntN(2)
			}
			cat.Values = append(cat.Values, Value{Name: fmt.Sprint("v", v), Min: lo, Max: min(in.Seats, max(lo, 1+r.IntN(in.Seats)))})
		}
		in.Categories = append(in.Categories, cat)
	}
	for i := range people {
		p := Person{ID: fmt.Sprint("p", i)}
		for _, cat := range in.Categories {
			p.Values = append(p.Values, cat.Values[r.IntN(len(cat.Values))].Name)
		}
		in.Pool = append(in.Pool, p)
	}
	if r.IntN(3) == 0 {
		in.MostOfGroup = 1
		for i := range in.Pool {
			if r.IntN(2) == 0 {
				in.Pool[i].Group = fmt.Sprint("g", r.IntN(3))
			}
		}
	}
	return in
}

// TestAgainstAllPanels compares with LEXIMIN over every panel, in rationals.
func TestAgainstAllPanels(t *testing.T) {
	solved, infeasible, cut := 0, 0, 0
	for seed := range uint64(4000) {
		in := random(rand.New(rand.NewPCG(seed, 7)))
		if in.Check() != nil {
			continue
		}
		m := newModel(in)
		panels := enumerate(m)
		cuts := 0
		p, err := Leximin(context.Background(), in, Options{Log: func(s string) {
			var a int
			if n, _ := fmt.Sscanf(s, "relaxation with %d cuts", &a); n == 1 {
				cuts = a
			}
		}})
		if len(panels) == 0 {
			why, ok := err.(*Infeasible)
			if !ok {
				t.Fatalf("seed %d: got %v, want infeasible", seed, err)
			}
			checkConflict(t, seed, m, why)
			infeasible++
			continue
		}
		if err != nil {
			t.Errorf("seed %d: %v (%d cuts)", seed, err, cuts)
			continue
		}
		if cuts > 0 {
			cut++
		}
		if cuts > 5 {
			t.Logf("seed %d: %d cuts", seed, cuts)
		}
		if err := p.Verify(context.Background(), in); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		want := exactLeximin(m, panels)
		got := p.typeChances()
		for i := range want {
			d := new(big.Rat).Sub(got[i], want[i])
			if d.Abs(d).Cmp(apart) > 0 {
				t.Errorf("seed %d: type %d got %s want %s", seed, i, got[i].FloatString(12), want[i].FloatString(12))
				break
			}
		}
		solved++
	}
	t.Logf("%d solved, %d of them with cuts, %d infeasible", solved, cut, infeasible)
}

// panelsWith says whether a panel exists when only the ends that keep says bind, at
// the numbers that at gives.
func panelsWith(m *model, ends []end, keep func(e int) bool, at func(e int) int) bool {
	free := *m
	free.low, free.high = make([]int, len(m.low)), make([]int, len(m.high))
	for i := range free.high {
		free.high[i] = m.in.Seats
	}
	free.low[0] = m.in.Seats
	for e := range ends {
		for _, row := range ends[e].rows {
			switch {
			case !keep(e):
			case ends[e].Side == Least:
				free.low[row] = at(e)
			default:
				free.high[row] = at(e)
			}
		}
	}
	return len(enumerate(&free)) > 0
}

// checkConflict tries every smaller set of bounds and every smaller change.
func checkConflict(t *testing.T, seed uint64, m *model, why *Infeasible) {
	ends := m.ends()
	in := map[Bound]bool{}
	for _, b := range why.Conflict {
		in[b] = true
	}
	at := func(e int) int { return ends[e].At }
	if panelsWith(m, ends, func(e int) bool { return in[ends[e].Bound] }, at) {
		t.Errorf("seed %d: the conflict %v is none", seed, why.Conflict)
	}
	if len(ends) <= 12 {
		for set := range 1 << len(ends) {
			if bits.OnesCount(uint(set)) < len(why.Conflict) && !panelsWith(m, ends, func(e int) bool { return set>>e&1 == 1 }, at) {
				t.Errorf("seed %d: a smaller conflict %b than %v", seed, set, why.Conflict)
				break
			}
		}
	}
	to, total := map[Bound]int{}, 0
	for _, c := range why.Relaxed {
		to[c.Bound] = c.To
		total += max(c.To-c.At, c.At-c.To)
	}
	all := func(int) bool { return true }
	if !panelsWith(m, ends, all, func(e int) int {
		if v, changed := to[ends[e].Bound]; changed {
			return v
		}
		return ends[e].At
	}) {
		t.Errorf("seed %d: no panel after %v", seed, why.Relaxed)
	}
	if total > 3 {
		return
	}
	change := make([]int, len(ends))
	var try func(e, left int) bool
	try = func(e, left int) bool {
		if e == len(ends) {
			return panelsWith(m, ends, all, func(e int) int {
				if ends[e].Side == Least {
					return max(0, ends[e].At-change[e])
				}
				return ends[e].At + change[e]
			})
		}
		for c := 0; c <= left; c++ {
			change[e] = c
			if try(e+1, left-c) {
				return true
			}
		}
		change[e] = 0
		return false
	}
	if try(0, total-1) {
		t.Errorf("seed %d: a smaller change than %v", seed, why.Relaxed)
	}
}
