package forum

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/forum/network"
)

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

// over are the same with what they weigh for an overlap.
func over(p *compact.Pack) func(part string) []network.Over {
	return func(part string) []network.Over {
		var list []network.Over
		for _, id := range above(p, part) {
			o := network.Over{Part: id, Weight: network.Paragraph}
			if i, _ := p.Item(id); heading(i) {
				o.Weight = network.Objective
			}
			list = append(list, o)
		}
		return list
	}
}

// Themes are the objectives and themes of a text, in its order, then the section on
// follow-up where it has one; and which of them each of its parts belongs to.
func Themes(p *compact.Pack, text string) (ids []string, of map[string]string) {
	of = map[string]string{}
	follows := false
	for _, i := range p.ItemsOf(text) {
		switch {
		case heading(i):
			ids, of[i.ID] = append(ids, i.ID), i.ID
		case i.Under != "":
			of[i.ID] = i.Under
			follows = follows || i.Under == compact.FollowUp
		}
	}
	if follows {
		ids = append(ids, compact.FollowUp)
	}
	return ids, of
}
