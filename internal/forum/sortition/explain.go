package sortition

import "context"

// explain says why a question has no answer: a smallest set of bounds that cannot
// hold together, and the least change that lets a panel exist. Both come from the
// integer search, so that both are proved.
func explain(ctx context.Context, m *model) error {
	conflict, err := m.conflict(ctx)
	if err != nil {
		return err
	}
	relaxed, err := m.relax(ctx)
	if err != nil {
		return err
	}
	return &Infeasible{Conflict: conflict, Relaxed: relaxed}
}

// end is one end of a row, or of all rows about affiliations.
type end struct {
	Bound
	rows []int
}

// ends lists the ends that can bind: a minimum above zero, a maximum below what the
// seats and the people would allow.
func (m *model) ends() []end {
	people := make([]int, len(m.low))
	for t, rows := range m.rows {
		for _, i := range rows {
			people[i] += m.size[t]
		}
	}
	var ends []end
	group := end{Bound: Bound{Side: Most, At: m.in.MostOfGroup}}
	for i, name := range m.names[1:] {
		row := i + 1
		if name.category < 0 {
			group.rows = append(group.rows, row)
			continue
		}
		if m.low[row] > 0 {
			ends = append(ends, end{m.bound(row, Least), []int{row}})
		}
		if m.high[row] < min(m.in.Seats, people[row]) {
			ends = append(ends, end{m.bound(row, Most), []int{row}})
		}
	}
	if group.rows != nil {
		ends = append(ends, group)
	}
	return ends
}

// bound names an end of a quota.
func (m *model) bound(row int, side Side) Bound {
	name := m.names[row]
	cat := m.in.Categories[name.category]
	b := Bound{Category: cat.Name, Value: cat.Values[name.value].Name, Side: side, At: m.low[row]}
	if side == Most {
		b.At = m.high[row]
	}
	return b
}

// with is the model that keeps some ends only.
func (m *model) with(ends []end, keep []bool) *model {
	free := *m
	free.low, free.high = make([]int, len(m.low)), make([]int, len(m.high))
	for i := range free.high {
		free.high[i] = m.in.Seats
	}
	free.low[0] = m.in.Seats
	for e, kept := range keep {
		if !kept {
			continue
		}
		for _, row := range ends[e].rows {
			if ends[e].Side == Least {
				free.low[row] = m.low[row]
			} else {
				free.high[row] = m.high[row]
			}
		}
	}
	return &free
}

// any is some feasible panel; nil: there is none, which is proved.
func (m *model) any(ctx context.Context) ([]int32, error) {
	s := newSearch(ctx, m, make([]int64, len(m.size)))
	f := s.run(m.program(), none)
	return f.best, s.err
}

// meets says which ends a panel keeps.
func (m *model) meets(ends []end, panel []int32) []bool {
	sum := make([]int, len(m.low))
	for t, c := range panel {
		for _, i := range m.rows[t] {
			sum[i] += int(c)
		}
	}
	kept := make([]bool, len(ends))
	for e, end := range ends {
		kept[e] = true
		for _, row := range end.rows {
			if (end.Side == Least && sum[row] < m.low[row]) || (end.Side == Most && sum[row] > m.high[row]) {
				kept[e] = false
			}
		}
	}
	return kept
}

// conflict finds a set of fewest ends that no panel keeps. Every set of ends that
// some panel keeps leaves others out, and a conflict has at least one of those. So
// the fewest ends that have one from each such rest are tried; if a panel keeps
// them, it gives another rest; if none does, no smaller conflict exists.
func (m *model) conflict(ctx context.Context) ([]Bound, error) {
	ends := m.ends()
	var rests [][]int
	for {
		tried, err := fewest(ctx, len(ends), rests)
		if err != nil {
			return nil, err
		}
		rest, err := m.rest(ctx, ends, tried)
		if err != nil {
			return nil, err
		}
		if rest == nil {
			var bounds []Bound
			for e, in := range tried {
				if in {
					bounds = append(bounds, ends[e].Bound)
				}
			}
			return bounds, nil
		}
		rests = append(rests, rest)
	}
}

// rest enlarges the ends to a set that a panel keeps and that no other end can join,
// and returns what is left out; nil: no panel keeps them.
func (m *model) rest(ctx context.Context, ends []end, keep []bool) ([]int, error) {
	panel, err := m.with(ends, keep).any(ctx)
	if err != nil || panel == nil {
		return nil, err
	}
	kept := m.meets(ends, panel)
	var rest []int
	for e := range ends {
		if kept[e] {
			continue
		}
		kept[e] = true
		panel, err := m.with(ends, kept).any(ctx)
		if err != nil {
			return nil, err
		}
		if panel == nil {
			kept[e] = false
			rest = append(rest, e)
			continue
		}
		kept = m.meets(ends, panel)
	}
	return rest, nil
}

// fewest chooses as few of n as have one of each set.
func fewest(ctx context.Context, n int, sets [][]int) ([]bool, error) {
	chosen := make([]bool, n)
	if len(sets) == 0 {
		return chosen, nil
	}
	m := &model{size: make([]int, n), rows: make([][]int32, n), reach: n}
	weights := make([]int64, n)
	for e := range n {
		m.size[e], weights[e] = 1, -1
	}
	for _, set := range sets {
		row := m.row(rowName{}, 1, len(set))
		for _, e := range set {
			m.rows[e] = append(m.rows[e], row)
		}
	}
	s := newSearch(ctx, m, weights)
	f := s.run(m.program(), none)
	for e, c := range f.best {
		chosen[e] = c > 0
	}
	return chosen, s.err
}

// relax finds the least change of ends, summed, that lets a panel exist. A minimum
// that falls is people who do not exist but fill the row; a maximum that rises is
// places filled beforehand and emptied again. Rows hold sums of counts only, so
// that emptying is what is counted.
func (m *model) relax(ctx context.Context) ([]Change, error) {
	ends := m.ends()
	wide := *m
	wide.size, wide.rows = append([]int(nil), m.size...), append([][]int32(nil), m.rows...)
	wide.low, wide.high = append([]int(nil), m.low...), append([]int(nil), m.high...)
	weights := make([]int64, len(m.size))
	first := len(m.size)
	for _, e := range ends {
		room, weight := e.At, int64(-1)
		if e.Side == Most {
			room, weight = m.in.Seats-e.At, 1
			for _, row := range e.rows {
				wide.high[row] += room
				if wide.low[row] > 0 || e.Category != "" {
					wide.low[row] += room
				}
			}
		}
		var rows []int32
		for _, row := range e.rows {
			rows = append(rows, int32(row))
		}
		wide.size, wide.rows, weights = append(wide.size, room), append(wide.rows, rows), append(weights, weight)
		wide.reach += room
	}
	s := newSearch(ctx, &wide, weights)
	f := s.run(wide.program(), none)
	if s.err != nil {
		return nil, s.err
	}
	var changes []Change
	for i, e := range ends {
		c := int(f.best[first+i])
		if e.Side == Least && c > 0 {
			changes = append(changes, Change{e.Bound, e.At - c})
		} else if room := m.in.Seats - e.At; e.Side == Most && c < room {
			changes = append(changes, Change{e.Bound, e.At + room - c})
		}
	}
	return changes, nil
}
