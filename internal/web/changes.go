package web

import (
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// Outcomes of a change, in the order in which pages list them.
var outcomes = []string{"carried", "changed", "number-dropped", "none"}

// outcomeRow sets a part of an earlier text beside what came of it.
type outcomeRow struct {
	partRow
	Outcome string    `json:"outcome"`
	Weak    bool      `json:"weak,omitempty"`
	To      []partRow `json:"to,omitempty"`
}

type outcomeGroup struct {
	ID    string       `json:"id"`
	Title Text         `json:"title"`
	Rows  []outcomeRow `json:"rows"`
}

// changesView is the earlier text and the one in force side by side.
type changesView struct {
	Around     []Link         `json:"-"`
	Earlier    Link           `json:"earlier"`
	EarlierOn  string         `json:"earlier_on"`
	InForce    Link           `json:"in_force"`
	InForceOn  string         `json:"in_force_on"`
	Items      *changesCount  `json:"items,omitempty"`
	Mechanisms *changesCount  `json:"mechanisms,omitempty"`
	Q          string         `json:"q,omitempty"`
	Outcomes   []choice       `json:"outcomes"`
	Groups     []outcomeGroup `json:"groups"`
}

// changes shows what became of each item and mechanism of the earlier text.
func (s *Site) changes(q *request) (View, error) {
	p := q.Pack
	asked := q.query("q", "outcome")
	v := changesView{Around: around(p), Items: countChanges(p), Mechanisms: countMechanismChanges(p), Q: asked.Get("q")}
	for _, t := range p.Texts {
		link := Link{title(p, compact.Texts, t.ID), "/texts/" + t.ID}
		if t.ID == p.InForce {
			v.InForce, v.InForceOn = link, t.On
		} else if v.EarlierOn == "" {
			v.Earlier, v.EarlierOn = link, t.On
		}
	}
	for _, o := range outcomes {
		v.Outcomes = append(v.Outcomes, choice{o, message("outcome." + o), o == asked.Get("outcome")})
	}
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"from", "title_en", "outcome", "weak", "to"}}
	at := make(map[string]int)
	for _, c := range p.Changes {
		row := newOutcomeRow(p, c)
		if asked.Get("outcome") != "" && c.Outcome != asked.Get("outcome") || !row.says(words) {
			continue
		}
		group := outcomeGroupOf(p, c.From)
		n, known := at[group.ID]
		if !known {
			n = len(v.Groups)
			at[group.ID] = n
			v.Groups = append(v.Groups, group)
		}
		v.Groups[n].Rows = append(v.Groups[n].Rows, row)
		table.Rows = append(table.Rows, []string{c.From, english(row.Title), c.Outcome, yesNo(c.Weak), strings.Join(c.To, " ")})
	}
	return View{Page: "changes", Title: message("changes.title"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

func newOutcomeRow(p *compact.Pack, c *compact.Change) outcomeRow {
	row := outcomeRow{Outcome: c.Outcome, Weak: c.Weak, To: partRows(p, c.To)}
	if from := partRows(p, []string{c.From}); len(from) == 1 {
		row.partRow = from[0]
	}
	return row
}

// says tells whether either side of the row holds the folded words.
func (r outcomeRow) says(words string) bool {
	texts := []Text{same(r.ID), r.Title}
	for _, to := range r.To {
		texts = append(texts, same(to.ID), to.Title)
	}
	return holds(words, texts...)
}

// outcomeGroupOf is the theme of an item, or the mechanisms.
func outcomeGroupOf(p *compact.Pack, from string) outcomeGroup {
	i, ok := p.Item(from)
	if !ok {
		return outcomeGroup{ID: "mechanisms", Title: message("menu.mechanisms")}
	}
	g := newGroup(p, groupKey(i))
	return outcomeGroup{ID: g.ID, Title: g.Title}
}

func countMechanismChanges(p *compact.Pack) *changesCount {
	var c changesCount
	for _, change := range p.Changes {
		if _, ok := p.Mechanism(change.From); ok {
			c.add(change.Outcome)
		}
	}
	if c.Total == 0 {
		return nil
	}
	return &c
}

func (c *changesCount) add(outcome string) {
	c.Total++
	switch outcome {
	case "carried":
		c.Carried++
	case "changed":
		c.Changed++
	case "number-dropped":
		c.Dropped++
	default:
		c.None++
	}
}
