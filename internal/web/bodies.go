package web

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// bodyRow is a body in a list.
type bodyRow struct {
	partRow
	Acronym string `json:"acronym,omitempty"`
	Kind    string `json:"kind"`
	Host    string `json:"host,omitempty"` // as the source names it
	Since   string `json:"since,omitempty"`
	Until   string `json:"until,omitempty"`
	Cycle   Text   `json:"cycle,omitempty"`
	Items   int    `json:"items"`
	Certain bool   `json:"certain"`
}

type bodiesView struct {
	filters
	Kinds []choice `json:"kinds"`
	listPage
	Rows []bodyRow `json:"bodies"`
}

// bodies lists the forums and bodies on the map, filtered by kind and words.
func (s *Site) bodies(q *request) (View, error) {
	asked := q.query("q", "kind", "item", "under", "for", "body", "page")
	c := coder{q, asked}
	scope := c.scope()
	v := bodiesView{}
	v.Q = asked.Get("q")
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"id", "title_en", "acronym", "kind", "host", "since", "until", "cycle", "items", "text", "certain", "source", "url"}}
	var rows []bodyRow
	for _, b := range q.Pack.Bodies {
		v.kind(b.Kind, asked.Get("kind"))
		row := newBodyRow(q.Pack, b)
		if asked.Get("kind") != "" && b.Kind != asked.Get("kind") || !holds(words, row.Title, same(b.Acronym), same(b.Host)) || scope != nil && !worksOn(q.Pack, b, scope) {
			continue
		}
		rows = append(rows, row)
		table.Rows = append(table.Rows, []string{b.ID, english(row.Title), b.Acronym, b.Kind, b.Host, b.Since, b.Until, b.Cycle,
			strings.Join(b.Items, " "), b.Text, yesNo(b.Certain), b.Source, b.URL})
	}
	kinds := c.options("kind", v.Kinds)
	kinds.Label = message("bodies.kind")
	v.filters = newFilters(asked, "bodies.words", append([]filter{kinds}, c.scopeFields(scopeNames...)...))
	v.Rows, v.listPage = paged(q, rows, asked)
	return View{Page: "bodies", Title: message("menu.bodies"), Section: "menu.bodies", Data: v, Table: table, Robots: filtered(asked)}, nil
}

// worksOn tells whether a body works on any of some items, named on either side.
func worksOn(p *compact.Pack, b *compact.Body, items []string) bool {
	return slices.ContainsFunc(items, func(id string) bool {
		i, ok := p.Item(id)
		return ok && (slices.Contains(b.Items, id) || slices.Contains(i.Bodies, b.ID))
	})
}

// kind adds a kind to the filter the first time that a body has it.
func (v *bodiesView) kind(kind, chosen string) {
	if !slices.ContainsFunc(v.Kinds, func(c choice) bool { return c.ID == kind }) {
		v.Kinds = append(v.Kinds, choice{kind, coded("bodies.kind.", kind), kind == chosen})
	}
}

func newBodyRow(p *compact.Pack, b *compact.Body) bodyRow {
	row := bodyRow{partRow: partRow{b.ID, "/bodies/" + b.ID, title(p, compact.Bodies, b.ID)}, Acronym: b.Acronym, Kind: b.Kind,
		Host: b.Host, Since: b.Since, Until: b.Until, Items: len(b.Items), Certain: b.Certain}
	if b.Cycle != "" {
		row.Cycle = coded("bodies.cycle.", b.Cycle)
	}
	return row
}

// bodyView is a body's own page.
type bodyView struct {
	bodyRow
	KindName  Text          `json:"kind_name"`
	URL       string        `json:"url,omitempty"`
	NamedIn   *Link         `json:"named_in,omitempty"` // nil: it came after the text
	InForce   []partRow     `json:"items_in_force,omitempty"`
	Earlier   []partRow     `json:"items_earlier,omitempty"`
	EarlierOn string        `json:"earlier_on,omitempty"`
	Documents []documentRow `json:"documents,omitempty"`
	Dates     []calendarRow `json:"dates,omitempty"`
	Sources   []sourceView  `json:"sources,omitempty"`
}

// body shows one body: what it is, what it works on, what it issued.
func (s *Site) body(q *request) (View, error) {
	p := q.Pack
	b, ok := p.Body(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := bodyView{bodyRow: newBodyRow(p, b), KindName: coded("bodies.kind.", b.Kind), URL: b.URL, EarlierOn: earlierOn(p),
		Sources: sourcesOf(p, append([]string{b.Source}, b.Also...))}
	if t, ok := p.Text(b.Text); ok {
		v.NamedIn = &Link{title(p, compact.Texts, t.ID), "/texts/" + t.ID}
	}
	v.InForce, v.Earlier = inForceFirst(p, b.Items)
	for _, d := range p.DocumentsByDate() {
		if d.Body == b.ID {
			v.Documents = append(v.Documents, newDocumentRow(p, d))
		}
	}
	for _, e := range p.Calendar {
		if e.Event == b.ID || slices.Contains(e.Bodies, b.ID) {
			v.Dates = append(v.Dates, newCalendarRow(p, e))
		}
	}
	table := &Table{Columns: []string{"body", "relation", "id", "title_en"}}
	for relation, parts := range map[string][]partRow{"in-force": v.InForce, "earlier": v.Earlier} {
		for _, i := range parts {
			table.Rows = append(table.Rows, []string{b.ID, relation, i.ID, english(i.Title)})
		}
	}
	slices.SortFunc(table.Rows, slices.Compare)
	name := v.Title
	if b.Acronym != "" && !strings.Contains(english(name), b.Acronym) {
		name = phrase("bodies.with_acronym", "name", name, "acronym", b.Acronym)
	}
	return View{Page: "body", Title: name, Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: []string{"body:" + b.ID}, Data: v, Table: table}, nil
}

// Years writes when a body worked: "2019–2021", "since 2006".
func (r bodyRow) Years() Text {
	switch {
	case r.Since != "" && r.Until != "":
		return same(r.Since + "–" + r.Until)
	case r.Since != "":
		return message("bodies.since_year", "year", r.Since)
	}
	return nil
}
