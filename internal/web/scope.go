package web

import (
	"net/url"
	"slices"

	"kept/internal/commitment"
	"kept/internal/compact"
)

// scopeNames are the parameters by which an address narrows to some items of the
// compact: one of them, those of an objective, those asked of an addressee, those
// that a body works on. Several hold together.
var scopeNames = []string{"item", "under", "for", "body"}

// nothing is a scope without items; no item has an empty id.
var nothing = []string{""}

// scope is the items that the address narrows to; nil where it narrows to none.
func (c coder) scope() ([]string, error) {
	var items []string
	for _, name := range scopeNames {
		id := c.asked.Get(name)
		if id == "" {
			continue
		}
		part, err := c.within(name, id)
		if err != nil {
			return nil, err
		}
		if items == nil {
			items = part
			continue
		}
		items = slices.DeleteFunc(slices.Clone(items), func(i string) bool { return !slices.Contains(part, i) })
		items = orNothing(items)
	}
	return items, nil
}

// within is itemsWithin; what a body works on, its own people may say.
func (c coder) within(name, id string) ([]string, error) {
	if name != "body" {
		return itemsWithin(c.q.Pack, name, id), nil
	}
	set, err := c.q.bodySet()
	if err != nil {
		return nil, err
	}
	return set.itemsOf(id), nil
}

// itemsWithin are the parts that one condition holds for: parts of the text in
// force in its order, or the one that is named, of whichever text.
func itemsWithin(p *compact.Pack, name, id string) []string {
	switch name {
	case "item":
		return []string{id}
	case "under":
		return orNothing(commitment.UnderObjective(p, id))
	}
	var items []string
	for _, i := range p.ItemsOf(p.InForce) {
		if i.Asked(id) {
			items = append(items, i.ID)
		}
	}
	return orNothing(items)
}

func orNothing(items []string) []string {
	if len(items) == 0 {
		return nothing
	}
	return items
}

// narrowing keeps of an address what narrows to items, for the links to other lists.
func (c coder) narrowing(more ...string) url.Values {
	to := url.Values{}
	for _, name := range append(slices.Clone(scopeNames), more...) {
		if v := c.asked.Get(name); v != "" {
			to.Set(name, v)
		}
	}
	return to
}

// objectivesOf are the headings of the text in force under which something is asked.
func objectivesOf(p *compact.Pack) []string {
	var ids []string
	for _, i := range p.ItemsOf(p.InForce) {
		if i.Kind == compact.KindObjective || i.Kind == compact.KindTheme {
			ids = append(ids, i.ID)
		}
	}
	for _, i := range p.ItemsOf(p.InForce) {
		if i.Under == compact.FollowUp {
			return append(ids, compact.FollowUp)
		}
	}
	return ids
}

// prefixedGroup names a heading: its id and title, or the section on follow-up.
func prefixedGroup(p *compact.Pack, id string) Text {
	if id == compact.FollowUp {
		return message("group.FU")
	}
	return itemLink(p, id).Text
}

// scopeFields are the conditions that a reader came with and that no control asks
// for; their values are said in words.
func (c coder) scopeFields(names ...string) []filter {
	var all []filter
	for _, name := range names {
		f := c.plain(name, "hidden")
		if f.Value == "" {
			continue
		}
		switch p := c.q.Pack; name {
		case "for":
			f.said = title(p, compact.Addressees, f.Value)
		case "body":
			f.said = title(p, compact.Bodies, f.Value)
		case "under":
			f.said = prefixedGroup(p, f.Value)
		default:
			f.said = itemLink(p, f.Value).Text
		}
		all = append(all, f)
	}
	return all
}
