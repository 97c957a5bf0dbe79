package web

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// The states of a mechanism, in the order of filters.
var mechanismStates = []string{"adopted", "adopted-in-other-form", "not-adopted", "exists-elsewhere"}

// mechanismRow is a mechanism in a list.
type mechanismRow struct {
	partRow
	Group   string `json:"group"`
	Status  string `json:"status"`
	Mandate Text   `json:"mandate"` // the mandate line
	On      bool   `json:"run_here"`
	Weak    bool   `json:"weak,omitempty"`
	Certain bool   `json:"certain"`
}

type mechanismGroup struct {
	ID   string         `json:"id"`
	Rows []mechanismRow `json:"mechanisms"`
}

type mechanismsView struct {
	Around    []Link           `json:"-"`
	Q         string           `json:"q,omitempty"`
	EarlierOn string           `json:"earlier_on,omitempty"`
	States    []choice         `json:"states"`
	Groups    []mechanismGroup `json:"groups"`
}

// mechanisms lists the machinery that a text calls for, each with what gives it its mandate.
func (s *Site) mechanisms(q *request) (View, error) {
	asked := q.query("q", "status")
	v := mechanismsView{Around: around(q.Pack), Q: asked.Get("q"), EarlierOn: earlierOn(q.Pack)}
	for _, state := range mechanismStates {
		v.States = append(v.States, choice{state, message("mechanisms.status." + state), state == asked.Get("status")})
	}
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"id", "title_en", "group", "status", "mandate", "run_here", "items", "successor", "weak", "certain"}}
	for _, m := range q.Pack.Mechanisms {
		row := newMechanismRow(q.Pack, m)
		if asked.Get("status") != "" && m.Status != asked.Get("status") || !holds(words, row.Title, same(m.ID), note(q.Pack, compact.Mechanisms, m.ID)) {
			continue
		}
		n := slices.IndexFunc(v.Groups, func(g mechanismGroup) bool { return g.ID == m.Group })
		if n < 0 {
			n = len(v.Groups)
			v.Groups = append(v.Groups, mechanismGroup{ID: m.Group})
		}
		v.Groups[n].Rows = append(v.Groups[n].Rows, row)
		table.Rows = append(table.Rows, []string{m.ID, english(row.Title), m.Group, m.Status, m.Mandate, yesNo(row.On),
			strings.Join(m.Items, " "), strings.Join(m.Successor, " "), yesNo(m.Weak), yesNo(m.Certain)})
	}
	return View{Page: "mechanisms", Title: message("menu.mechanisms"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

func newMechanismRow(p *compact.Pack, m *compact.Mechanism) mechanismRow {
	return mechanismRow{partRow: partRow{m.ID, "/mechanisms/" + m.ID, title(p, compact.Mechanisms, m.ID)}, Group: m.Group, Status: m.Status,
		Mandate: mandateLine(p, m), On: p.MechanismOn(m.ID), Weak: m.Weak, Certain: m.Certain}
}

// mandateLine says what a mechanism rests on: a paragraph of the text in force
// with its symbol, or nothing but an earlier proposal.
func mandateLine(p *compact.Pack, m *compact.Mechanism) Text {
	if i, ok := p.Item(m.Mandate); ok {
		text, _ := p.Text(i.TextID)
		symbol := text.Symbol
		if symbol == "" {
			symbol = text.ID
		}
		return message("mandate.paragraph", "place", i.Place(), "symbol", symbol)
	}
	year, _, _ := strings.Cut(earlierOn(p), "-")
	if p.MechanismOn(m.ID) {
		return message("mandate.own_initiative", "year", year)
	}
	return message("mandate.proposal", "year", year)
}

// mechanismView is a mechanism's own page.
type mechanismView struct {
	mechanismRow
	Note        Text         `json:"our_note,omitempty"`
	EarlierOn   string       `json:"earlier_on,omitempty"`
	MandateItem *Link        `json:"mandate_item,omitempty"`
	CalledFor   []partRow    `json:"called_for_by,omitempty"`
	Successor   []partRow    `json:"successor,omitempty"`
	Became      []becameView `json:"became,omitempty"`
	Map         bool         `json:"-"` // what came of it is the implementation map
	Sources     []sourceView `json:"sources,omitempty"`
}

// mechanism shows one mechanism: who called for it, what became of it, what it rests on.
func (s *Site) mechanism(q *request) (View, error) {
	p := q.Pack
	m, ok := p.Mechanism(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := mechanismView{mechanismRow: newMechanismRow(p, m), Note: note(p, compact.Mechanisms, m.ID), EarlierOn: earlierOn(p),
		CalledFor: partRows(p, m.Items), Successor: partRows(p, m.Successor), Sources: sourcesOf(p, m.Evidence)}
	if _, ok := p.Item(m.Mandate); ok {
		link := itemLink(p, m.Mandate)
		v.MandateItem = &link
	}
	v.Map = p.Map != "" && (m.Mandate == p.Map || slices.Contains(m.Successor, p.Map))
	for _, c := range p.ChangesFrom(m.ID) {
		v.Became = append(v.Became, becameView{Outcome: c.Outcome, Weak: c.Weak})
	}
	return View{Page: "mechanism", Title: prefixed(m.ID, v.Title), Section: "menu.texts",
		Crumbs:   []Link{{message("menu.texts"), "/texts"}, {message("menu.mechanisms"), "/mechanisms"}},
		Subjects: []string{"mechanism:" + m.ID}, Data: v}, nil
}
