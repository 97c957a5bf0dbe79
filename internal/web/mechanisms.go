package web

import (
	"slices"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/forum"
)

// The states of a mechanism, in the order of filters.
var mechanismStates = []string{"adopted", "adopted-in-other-form", "not-adopted", "exists-elsewhere"}

// mechanismRow is a mechanism in a list.
type mechanismRow struct {
	partRow
	Group   string    `json:"group"`
	Status  string    `json:"status"`
	Mandate Text      `json:"mandate"` // the mandate line
	RunBy   []partRow `json:"run_by,omitempty"`
	On      bool      `json:"run_here"`
	Here    string    `json:"runs_at,omitempty"` // the address on this site of what runs here
	Weak    bool      `json:"weak,omitempty"`
	Certain bool      `json:"certain"`
}

type mechanismsView struct {
	Around    []Link `json:"-"`
	EarlierOn string `json:"earlier_on,omitempty"`
	filters
	Rows   []mechanismRow `json:"mechanisms"`
	States []stateCount   `json:"states"`
}

// stateCount is how many mechanisms stand in one state.
type stateCount struct {
	Status string `json:"status"`
	N      int    `json:"n"`
}

// mechanisms lists the machinery that a text calls for, each with what gives it its
// mandate, who runs it, and whether it is run here.
func (s *Site) mechanisms(q *request) (View, error) {
	asked := q.query("q", "status", "group", "here")
	v := mechanismsView{Around: around(q.Pack), EarlierOn: earlierOn(q.Pack)}
	for _, state := range mechanismStates {
		v.States = append(v.States, stateCount{Status: state})
	}
	words := fold.Text(asked.Get("q"))
	table := &Table{Columns: []string{"id", "title_en", "group", "status", "mandate", "run_by", "run_here", "items", "successor", "weak", "certain"}}
	for _, m := range q.Pack.Mechanisms {
		row := newMechanismRow(q.Pack, m)
		n := slices.IndexFunc(v.States, func(c stateCount) bool { return c.Status == m.Status })
		v.States[n].N++
		if differs(asked.Get("status"), m.Status) || differs(asked.Get("group"), m.Group) || differs(asked.Get("here"), yesNo(row.On)) || !holds(words, row.Title, same(m.ID), note(q.Pack, compact.Mechanisms, m.ID)) {
			continue
		}
		v.Rows = append(v.Rows, row)
		table.Rows = append(table.Rows, []string{m.ID, english(row.Title), m.Group, m.Status, m.Mandate, strings.Join(m.RunBy, " "), yesNo(row.On),
			strings.Join(m.Items, " "), strings.Join(m.Successor, " "), yesNo(m.Weak), yesNo(m.Certain)})
	}
	c := coder{q, asked}
	conditions := []filter{c.codes("status", mechanismStates, "mechanisms.status."), c.options("group", options([]string{"machinery", "thematic"}, asked.Get("group"), func(code string) Text { return message("mechanisms.group." + code) })),
		c.options("here", []choice{{yesNo(true), message("mechanisms.on"), asked.Get("here") == yesNo(true)}, {yesNo(false), message("mechanisms.off"), asked.Get("here") == yesNo(false)}})}
	for n, label := range []Text{message("mechanisms.status"), message("mechanisms.group"), message("mechanisms.here")} {
		conditions[n].Label, conditions[n].Main = label, true
	}
	v.filters = newFilters(asked, "items.words", conditions)
	return View{Page: "mechanisms", Title: message("menu.mechanisms"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

func newMechanismRow(p *compact.Pack, m *compact.Mechanism) mechanismRow {
	row := mechanismRow{partRow: partRow{m.ID, "/mechanisms/" + m.ID, title(p, compact.Mechanisms, m.ID)}, Group: m.Group, Status: m.Status,
		Mandate: mandateLine(p, m), RunBy: partRows(p, m.RunBy), On: p.MechanismOn(m.ID), Weak: m.Weak, Certain: m.Certain}
	if row.On {
		row.Here = moduleAddress[m.Module]
	}
	return row
}

// moduleAddress is where the parts of this program stand that run a mechanism.
var moduleAddress = map[string]string{"bodies": "/bodies/wheel", forum.ModuleRegulators: "/regulators", "report": "/reports", "portal": "/",
	forum.ModuleForum: "/forum", forum.ModuleAdvisory: "/advisory-group", forum.ModuleRegions: "/regions"}

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
	There       []thereRow   `json:"there,omitempty"`
	Sources     []sourceView `json:"sources,omitempty"`
}

// thereRow is what this record holds of an item that a mechanism serves.
type thereRow struct {
	partRow
	Bodies      int   `json:"bodies"`
	Commitments int64 `json:"commitments"`
}

// thereFor looks at the items in a mechanism's place, or else at those that called for it.
func thereFor(q *request, m *compact.Mechanism) ([]thereRow, error) {
	items := m.Successor
	if len(items) == 0 {
		items = m.Items
	}
	set, err := q.bodySet()
	if err != nil {
		return nil, err
	}
	var groups [][]string
	var out []thereRow
	for _, row := range partRows(q.Pack, items) {
		out = append(out, thereRow{partRow: row, Bodies: len(set.on([]string{row.ID}))})
		groups = append(groups, []string{row.ID})
	}
	if len(groups) == 0 {
		return nil, nil
	}
	registered, err := commitment.RegisteredOn(q.Tx, commitment.Filter{Today: q.Today}, groups)
	for n := range registered {
		out[n].Commitments = registered[n][""].Of()
	}
	return out, err
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
	var err error
	if v.There, err = thereFor(q, m); err != nil {
		return View{}, err
	}
	return View{Page: "mechanism", Title: prefixed(m.ID, v.Title), Section: "menu.texts",
		Crumbs:   []Link{{message("menu.texts"), "/texts"}, {message("menu.mechanisms"), "/mechanisms"}},
		Subjects: []string{"mechanism:" + m.ID, "commitments", "bodies"}, Data: v}, nil
}
