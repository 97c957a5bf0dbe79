package sortition

import (
	"fmt"
	"math"
)

// model is an instance in numbers. A panel is a count for each type; it is
// feasible when each row, the sum of the counts of the types that list it, lies
// between its low and high end. Row 0 is the number of seats.
type model struct {
	in    *Instance
	types []Type
	size  []int     // people of each type
	rows  [][]int32 // the rows that list a type, ascending
	low   []int     // of each row
	high  []int
	names []rowName
	reach int // no solution has more in all
}

// rowName says which quota a row stands for.
type rowName struct {
	category, value int    // -1: none
	group           string // the affiliation that the row limits
}

// newModel merges people into types, in the order in which they first appear.
func newModel(in *Instance) *model {
	m := &model{in: in, reach: in.Seats}
	index := map[string]int{}
	for i, p := range in.Pool {
		group := p.Group
		if in.MostOfGroup == 0 {
			group = ""
		}
		key := fmt.Sprintf("%q %q", p.Values, group)
		t, seen := index[key]
		if !seen {
			t = len(m.types)
			index[key] = t
			m.types = append(m.types, Type{Values: p.Values, Group: group})
		}
		m.types[t].People = append(m.types[t].People, int32(i))
	}
	for _, t := range m.types {
		m.size = append(m.size, len(t.People))
	}
	m.quotas()
	m.groups()
	return m
}

// row adds a row; the types join it afterwards.
func (m *model) row(name rowName, low, high int) int32 {
	m.names = append(m.names, name)
	m.low = append(m.low, low)
	m.high = append(m.high, high)
	return int32(len(m.low) - 1)
}

func (m *model) quotas() {
	m.rows = make([][]int32, len(m.types))
	seats := m.row(rowName{category: -1, value: -1}, m.in.Seats, m.in.Seats)
	for t := range m.types {
		m.rows[t] = append(m.rows[t], seats)
	}
	for c, cat := range m.in.Categories {
		at := map[string]int32{}
		for v, value := range cat.Values {
			at[value.Name] = m.row(rowName{category: c, value: v}, value.Min, min(value.Max, m.in.Seats))
		}
		for t := range m.types {
			m.rows[t] = append(m.rows[t], at[m.types[t].Values[c]])
		}
	}
}

// groups adds a row for each affiliation that has more people than may sit.
func (m *model) groups() {
	if m.in.MostOfGroup == 0 {
		return
	}
	people := map[string]int{}
	for _, p := range m.in.Pool {
		people[p.Group]++
	}
	at := map[string]int32{}
	for t, typ := range m.types {
		if typ.Group == "" || people[typ.Group] <= m.in.MostOfGroup {
			continue
		}
		row, seen := at[typ.Group]
		if !seen {
			row = m.row(rowName{category: -1, value: -1, group: typ.Group}, 0, m.in.MostOfGroup)
			at[typ.Group] = row
		}
		m.rows[t] = append(m.rows[t], row)
	}
}

// program is the linear relaxation: counts need not be whole.
func (m *model) program() *program {
	p := newProgram(len(m.size), m.rows, len(m.low))
	for t, size := range m.size {
		p.lo[t], p.hi[t] = 0, float64(size)
	}
	for i := range m.low {
		p.lo[p.n+i], p.hi[p.n+i] = float64(m.low[i]), float64(m.high[i])
	}
	return p
}

// feasible says whether counts are a panel.
func (m *model) feasible(counts []int32) bool {
	sum := make([]int, len(m.low))
	for t, c := range counts {
		if c < 0 || int(c) > m.size[t] {
			return false
		}
		for _, row := range m.rows[t] {
			sum[row] += int(c)
		}
	}
	for i, s := range sum {
		if s < m.low[i] || s > m.high[i] {
			return false
		}
	}
	return true
}

// whole rounds values that are whole but for the noise of floating point; false
// when one is not.
func whole(x []float64, counts []int32) bool {
	for i := range counts {
		r := math.Round(x[i])
		if math.Abs(x[i]-r) > 1e-6 {
			return false
		}
		counts[i] = int32(r)
	}
	return true
}
