package network

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/graph/network"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

// Measure says where a member of a graph stands.
type Measure struct {
	Degree      int     // how many others it is tied to
	Component   int     // which connected part it is in, counted from 1, the largest first; 0 where it is tied to nobody
	Betweenness float64 // the share of the shortest ways between two others that lead over it, rounded to six digits
}

// Graph are ties between members, by their places in a list. A tie holds in both
// directions, and several between the same two are one.
type Graph struct {
	Members int
	Ties    [][2]int
}

// Measures are those of each member, and how large each component is.
func (g Graph) Measures() (of []Measure, components []int) {
	u := simple.NewUndirectedGraph()
	for at := range g.Members {
		u.AddNode(simple.Node(at))
	}
	for _, t := range g.Ties {
		if t[0] != t[1] {
			u.SetEdge(u.NewEdge(simple.Node(t[0]), simple.Node(t[1])))
		}
	}
	of = make([]Measure, g.Members)
	for at := range of {
		of[at].Degree = u.From(int64(at)).Len()
	}
	g.part(u, of, &components)
	ways := float64((g.Members - 1) * (g.Members - 2)) // in both directions
	for at, between := range network.Betweenness(u) {
		if ways > 0 {
			of[at].Betweenness = math.Round(between/ways*1e6) / 1e6
		}
	}
	return of, components
}

// part numbers the components of more than one member by size, and among equals by
// their first member.
func (g Graph) part(u *simple.UndirectedGraph, of []Measure, sizes *[]int) {
	at := make([]int, g.Members) // member → place in all
	var all []component
	for n, nodes := range topo.ConnectedComponents(u) {
		c := component{n: n, size: len(nodes), first: g.Members}
		for _, node := range nodes {
			c.first = min(c.first, int(node.ID()))
			at[node.ID()] = n
		}
		all = append(all, c)
	}
	number := make([]int, len(all))
	for _, c := range ordered(all) {
		if c.size > 1 {
			*sizes = append(*sizes, c.size)
			number[c.n] = len(*sizes)
		}
	}
	for member := range of {
		of[member].Component = number[at[member]]
	}
}

// component is a connected part of a graph.
type component struct{ n, size, first int }

// ordered are components, the largest first.
func ordered(all []component) []component {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b component) int { return cmp.Or(b.size-a.size, a.first-b.first) })
	return sorted
}
