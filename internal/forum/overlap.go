package forum

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/forum/network"
)

// Overlap is two bodies that work on something together. It is a fact of what they
// say they do, and no judgement: two bodies may well do one thing together.
type Overlap struct {
	A, B      *Body
	Functions []string      // that both have
	Parts     []string      // that both work on: items, and what they stand under, in the order of the texts
	Shared    int64         // sum of the smaller weights of these parts
	Tags      network.Share // of items with functions; not known where one of the two has no function
	Items     network.Share // of items alone
}

// OverlapFilter narrows a list of overlaps; what is empty leaves it open. The shares
// stay those of the whole of both bodies.
type OverlapFilter struct {
	Body     string // one of the two
	Kind     string // of one of the two
	Function string // that both have
	Part     string // that both work on, by name or by something under it
}

// Overlaps are the pairs of bodies that work on something together.
type Overlaps struct {
	pack    *compact.Pack
	bodies  []Body
	members []network.Member
	order   map[string]int // part → its place in the texts
}

// OverlapsOf makes them ready.
func OverlapsOf(p *compact.Pack, bodies []Body) *Overlaps {
	o := &Overlaps{pack: p, bodies: bodies, order: map[string]int{}}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			o.order[i.ID] = len(o.order)
		}
	}
	known := map[string][]network.Over{}
	weigh := over(p)
	above := func(part string) []network.Over {
		list, ok := known[part]
		if !ok {
			list = weigh(part)
			known[part] = list
		}
		return list
	}
	for _, b := range bodies {
		o.members = append(o.members, network.Member{Tags: network.Tags(b.Items, above), Functions: functionSet(b.Functions)})
	}
	return o
}

// functionSet has a bit for each function.
func functionSet(functions []string) (set uint64) {
	for _, f := range functions {
		if at := slices.Index(compact.Functions, f); at >= 0 {
			set |= 1 << at
		}
	}
	return set
}

// Found are overlaps that a filter left, from the greatest down.
type Found struct {
	Of    int // how many the filter left in all
	pairs []network.Pair
	o     *Overlaps
}

// Find gives the first of the overlaps that a filter leaves, as many as asked for, or
// all where that is 0.
func (o *Overlaps) Find(f OverlapFilter, most int) Found {
	first := network.NewHighest(most)
	network.Pairs(o.members, func(p *network.Pair) {
		if o.fits(f, p) {
			first.Put(p)
		}
	})
	return Found{first.Of, first.List(), o}
}

// Len is how many of them can be had.
func (f Found) Len() int { return len(f.pairs) }

// At is the overlap at a place.
func (f Found) At(place int) Overlap { return f.o.overlap(f.pairs[place]) }

func (o *Overlaps) fits(f OverlapFilter, p *network.Pair) bool {
	a, b := &o.bodies[p.A], &o.bodies[p.B]
	switch {
	case f.Body != "" && a.ID != f.Body && b.ID != f.Body,
		f.Kind != "" && a.Kind != f.Kind && b.Kind != f.Kind,
		f.Function != "" && p.Functions&functionSet([]string{f.Function}) == 0,
		f.Part != "" && (o.members[p.A].Tags[f.Part] == 0 || o.members[p.B].Tags[f.Part] == 0):
		return false
	}
	return true
}

func (o *Overlaps) overlap(p network.Pair) Overlap {
	out := Overlap{A: &o.bodies[p.A], B: &o.bodies[p.B], Shared: p.Shared, Tags: p.Tags, Items: p.Items}
	for at, f := range compact.Functions {
		if p.Functions&(1<<at) != 0 {
			out.Functions = append(out.Functions, f)
		}
	}
	other := o.members[p.B].Tags
	for part := range o.members[p.A].Tags {
		if other[part] > 0 {
			out.Parts = append(out.Parts, part)
		}
	}
	slices.SortFunc(out.Parts, func(x, y string) int { return o.order[x] - o.order[y] })
	return out
}

// Cell is how many bodies work on something under a heading with a function; with ""
// of whatever function, or of none that is known.
type Cell struct {
	Function string
	Bodies   int64
}

// Line is a heading of a text, or the section on follow-up, with its cells: "" first,
// then the functions in their order.
type Line struct {
	Part  string
	Cells []Cell
}

// Matrix counts bodies by heading of the text in force and by function. A body counts
// once in a cell, however many items of the heading it works on.
func (o *Overlaps) Matrix() []Line {
	themes, of := Themes(o.pack, o.pack.InForce)
	lines, at := make([]Line, len(themes)), make(map[string]int, len(themes))
	for n, theme := range themes {
		lines[n], at[theme] = Line{Part: theme, Cells: []Cell{{}}}, n
		for _, f := range compact.Functions {
			lines[n].Cells = append(lines[n].Cells, Cell{Function: f})
		}
	}
	seen := make([]int, len(themes)) // the last body that was counted there, from 1
	for body, b := range o.bodies {
		for _, id := range b.Items {
			n, there := at[of[id]]
			if !there || seen[n] == body+1 {
				continue
			}
			seen[n] = body + 1
			lines[n].Cells[0].Bodies++
			for f := range compact.Functions {
				lines[n].Cells[f+1].Bodies += int64(o.members[body].Functions >> f & 1)
			}
		}
	}
	return lines
}

// Measures are those of the graph of relations, by place in the list of bodies. Every
// relation that somebody asserts is a tie, disputed ones too: it is shown with them.
func (o *Overlaps) Measures() (of []network.Measure, components []int) {
	at := make(map[string]int, len(o.bodies))
	for n, b := range o.bodies {
		at[b.ID] = n
	}
	g := network.Graph{Members: len(o.bodies)}
	for _, b := range o.bodies {
		for _, r := range b.Relations {
			from, ok := at[r.From]
			to, there := at[r.To]
			if ok && there && r.From == b.ID {
				g.Ties = append(g.Ties, [2]int{from, to})
			}
		}
	}
	return g.Measures()
}
