package forum

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/db"
)

// Functions are the codes of what a body can be for, in the order in which pages show them.
var Functions = []string{"dialogue", "norms", "standards", "data", "review", "capacity", "funding", "coordination"}

// working is what overlaps, gaps and the wheel ask of a body: who it is, what it
// works on, which functions it has.
type working struct {
	id, kind, host string
	items          []string // named by the body or naming it, each once
	functions      []string
}

// bodiesAtWork are the bodies on the map, in the pack's order.
func bodiesAtWork(tx *db.Tx, p *compact.Pack) ([]working, error) {
	named := namedByItems(p)
	all := make([]working, 0, len(p.Bodies))
	for _, b := range p.Bodies {
		all = append(all, working{id: b.ID, kind: b.Kind, host: b.Host, items: together(b.Items, named[b.ID])})
	}
	return all, nil
}

// namedByItems are the items that name a body as one that works on them.
func namedByItems(p *compact.Pack) map[string][]string {
	named := map[string][]string{}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			for _, body := range i.Bodies {
				named[body] = append(named[body], i.ID)
			}
		}
	}
	return named
}

// together joins two lists, each value once, in order.
func together(a, b []string) []string {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// above is what an item stands under, nearest first: the part that opens its list,
// then its objective or theme, where it ends. The section on follow-up is no part of
// a text.
func above(p *compact.Pack, id string) []string {
	var found []string
	for i, ok := p.Item(id); ok && !heading(i); {
		next := i.Block
		if next == "" {
			next = i.Under
		}
		if i, ok = p.Item(next); !ok || slices.Contains(found, next) || next == id {
			break
		}
		found = append(found, next)
	}
	return found
}

// heading tells whether a part is an objective or theme.
func heading(i *compact.Item) bool {
	return i.Kind == compact.KindObjective || i.Kind == compact.KindTheme
}
