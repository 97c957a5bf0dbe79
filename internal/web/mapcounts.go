package web

import (
	"net/url"
	"slices"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/stakeholder"
)

// overview counts for each objective, or for each item where the conditions leave
// only some of them; and there by kind of party over all of these.
func (m *mapped) overview() (lines []mapLine, whole []mapKind, err error) {
	lines = m.lines()
	groups := make([][]string, 0, len(lines)+1)
	for _, l := range lines {
		groups = append(groups, l.items)
	}
	if m.narrowed {
		groups = append(groups, m.scoped)
	}
	registered, err := commitment.RegisteredOn(m.c.q.Tx, m.filter(), groups)
	if err != nil {
		return nil, nil, err
	}
	for i := range lines {
		m.fillParties(&lines[i], registered[i])
	}
	if err := m.around(lines); err != nil {
		return nil, nil, err
	}
	if m.narrowed {
		whole = m.kinds(m.c.narrowing("region", "party"), m.scoped, registered[len(lines)])
		lines = slices.DeleteFunc(lines, func(l mapLine) bool { return !l.asks(m.c.q.Pack) && l.empty() })
	}
	return lines, whole, nil
}

// lines are what stands in the overview, without its numbers.
func (m *mapped) lines() []mapLine {
	p := m.c.q.Pack
	if m.narrowed {
		lines := make([]mapLine, len(m.items))
		for n, id := range m.items {
			lines[n] = mapLine{ID: id, Href: "/items/" + id, Title: title(p, compact.Items, id), items: []string{id}}
		}
		return lines
	}
	var lines []mapLine
	for _, id := range objectivesOf(p) {
		line := mapLine{ID: id, Title: message("group.FU"), items: itemsWithin(p, "under", id)}
		if id != compact.FollowUp {
			line.Href, line.Title = "/items/"+id, title(p, compact.Items, id)
		}
		line.Narrower = "/map?" + asking(m.c.narrowing("kind", "region", "party"), "under", id).Encode()
		lines = append(lines, line)
	}
	return lines
}

// address is what a line adds to the address of a list.
func (m *mapped) address(l *mapLine, more ...string) url.Values {
	to := m.c.narrowing(more...)
	for _, name := range scopeNames {
		to.Del(name)
	}
	if m.narrowed {
		to.Set("item", l.ID)
	} else {
		to.Set("under", l.ID)
	}
	return to
}

// fillParties fills what parties have on a line.
func (m *mapped) fillParties(l *mapLine, registered map[string]commitment.Registered) {
	to := m.address(l, "kind", "region", "party")
	one := m.cells(to, "", registered[""], m.namings.On(m.support, l.items)[""])
	l.Commitments, l.Intents, l.Elsewhere, l.Supporters = one.Commitments, one.Intents, one.Elsewhere, one.Supporters
	if !m.narrowed {
		l.Kinds = m.kinds(m.address(l, "region", "party"), l.items, registered)
	}
}

// kinds are the kinds of party that have anything on some items, in the pack's order.
func (m *mapped) kinds(to url.Values, items []string, registered map[string]commitment.Registered) []mapKind {
	support := m.namings.On(m.support, items)
	var out []mapKind
	for _, kind := range m.c.q.Pack.PartyKinds {
		if registered[kind].Of() == 0 && support[kind].Given == 0 {
			continue
		}
		out = append(out, m.cells(asking(to, "kind", kind), kind, registered[kind], support[kind]))
	}
	return out
}

// cells are four numbers with the lists that they are the lengths of.
func (m *mapped) cells(to url.Values, kind string, r commitment.Registered, s stakeholder.Support) mapKind {
	supporters := count(s.Given, "/stakeholders", to)
	if to.Get("party") != "" && s.Given > 0 { // it alone
		supporters.Href = partyHref(m.support.Party)
	}
	return mapKind{Kind: kind, KindIs: partyKind(kind), Commitments: count(r.Commitments, "/commitments", asking(to, "counted", commitment.CountedDelivery)),
		Intents: count(r.Intents, "/commitments", asking(to, "counted", commitment.CountedIntent)), Elsewhere: count(r.Elsewhere, "/commitments", asking(to, "which", commitment.Elsewhere)),
		Supporters: supporters}
}

// around fills what the pack and open support have on each line, as long as no
// condition on parties holds: bodies, documents and series are of no party.
func (m *mapped) around(lines []mapLine) error {
	if m.parties {
		return nil
	}
	groups := make([][]string, len(lines))
	for i := range lines {
		groups[i] = lines[i].items
	}
	help, err := commitment.HelpOn(m.c.q.Tx, commitment.HelpFilter{Today: m.c.q.Today}, groups)
	if err != nil {
		return err
	}
	p := m.c.q.Pack
	for i := range lines {
		l := &lines[i]
		to := m.address(l)
		bodies, documents := m.bodies.on(l.items), int64(0)
		for _, d := range p.Documents {
			if slices.ContainsFunc(bodies, func(b *forum.Body) bool { return b.ID == d.Body }) {
				documents++
			}
		}
		of := func(n int64, list string, to url.Values) *leading { c := count(n, list, to); return &c }
		l.Bodies, l.Documents = of(int64(len(bodies)), "/bodies", to), of(documents, "/documents", to)
		if !m.narrowed {
			l.BodyKinds = bodyKinds(bodies, to)
		}
		l.Series = of(int64(len(seriesBeside(p, l.items))), "/indicators", to)
		l.Requested = of(help[i].Requested, "/support", asking(to, "side", commitment.Requested))
		l.Offered = of(help[i].Offered, "/support", asking(to, "side", commitment.Offered))
	}
	return nil
}

// bodyKinds counts bodies by kind, in the order in which the pack names them first.
func bodyKinds(bodies []*forum.Body, to url.Values) []mapBody {
	var out []mapBody
	n := map[string]int64{}
	for _, b := range bodies {
		if n[b.Kind]++; n[b.Kind] == 1 {
			out = append(out, mapBody{Kind: b.Kind, KindIs: coded("bodies.kind.", b.Kind)})
		}
	}
	for i, k := range out {
		out[i].Bodies = count(n[k.Kind], "/bodies", asking(to, "kind", k.Kind))
	}
	return out
}

// asks tells whether the line asks something of somebody.
func (l *mapLine) asks(p *compact.Pack) bool {
	i, ok := p.Item(l.ID)
	return ok && i.Asks()
}

// empty tells whether nothing is there on a line.
func (l *mapLine) empty() bool {
	n := l.Commitments.N + l.Intents.N + l.Elsewhere.N + l.Supporters.N
	for _, c := range []*leading{l.Bodies, l.Documents, l.Series, l.Requested, l.Offered} {
		if c != nil {
			n += c.N
		}
	}
	return n == 0
}
