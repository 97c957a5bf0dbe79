package web

import (
	"strconv"
	"strings"

	"kept/internal/compact"
)

// targetRow is a target in a list.
type targetRow struct {
	partRow
	Kind     string `json:"kind"`
	Value    string `json:"value,omitempty"` // absent where the text sets none
	Unit     string `json:"unit,omitempty"`
	Quantity Text   `json:"quantity,omitempty"`
	By       string `json:"by,omitempty"`
	ByEvent  Text   `json:"by_event,omitempty"`
	Months   int64  `json:"every_months,omitempty"`
	Step     bool   `json:"step"` // a thing to do, not a number to reach: no pace
	Earlier  bool   `json:"earlier,omitempty"`
}

type targetsView struct {
	Around    []Link      `json:"-"`
	EarlierOn string      `json:"earlier_on,omitempty"`
	InForce   []targetRow `json:"in_force"`
	Earlier   []targetRow `json:"earlier,omitempty"` // never added to those in force
}

// targets lists the targets of the text in force, and apart from them those of earlier texts.
func (s *Site) targets(q *request) (View, error) {
	v := targetsView{Around: around(q.Pack), EarlierOn: earlierOn(q.Pack)}
	table := &Table{Columns: []string{"id", "text", "title_en", "kind", "value", "unit", "by", "by_event", "every_months", "baseline", "set_by", "items"}}
	for _, t := range q.Pack.Targets {
		row := newTargetRow(q.Pack, t)
		if row.Earlier {
			v.Earlier = append(v.Earlier, row)
		} else {
			v.InForce = append(v.InForce, row)
		}
		months := ""
		if t.EveryMonths > 0 {
			months = strconv.FormatInt(t.EveryMonths, 10)
		}
		table.Rows = append(table.Rows, []string{t.ID, t.Text, english(row.Title), t.Kind, t.Value, t.Unit, t.By, t.ByEvent, months, t.Baseline, t.SetBy, strings.Join(t.Items, " ")})
	}
	return View{Page: "targets", Title: message("menu.targets"), Section: "menu.items", Crumbs: []Link{{message("menu.items"), "/items"}},
		Data: v, Table: table}, nil
}

func newTargetRow(p *compact.Pack, t *compact.Target) targetRow {
	row := targetRow{partRow: partRow{t.ID, "/targets/" + t.ID, title(p, compact.Targets, t.ID)}, Kind: t.Kind, Value: t.Value, Unit: t.Unit,
		By: t.By, Months: t.EveryMonths, Step: procedural(t), Earlier: t.Text != p.InForce}
	if t.Value != "" {
		row.Quantity = quantity(t.Value, "", t.Unit)
	}
	if t.ByEvent != "" {
		row.ByEvent = eventTitle(p, t.ByEvent)
	}
	return row
}

// procedural tells a step from a quantity: something to be done by a date or again and again.
func procedural(t *compact.Target) bool {
	return t.Kind == "by" || t.Kind == "every" && t.Unit == ""
}

// targetView is a target's own page.
type targetView struct {
	targetRow
	Note       Text          `json:"our_note,omitempty"`
	EarlierOn  string        `json:"earlier_on,omitempty"`
	Text       Link          `json:"text"`
	Baseline   Text          `json:"baseline,omitempty"`
	BaselineOn string        `json:"baseline_on,omitempty"`
	SetBy      []sourceView  `json:"set_by"`
	Items      []partRow     `json:"items,omitempty"`
	Series     []seriesView  `json:"series,omitempty"`
	Stock      Text          `json:"stock_of_pledges,omitempty"`
	Towards    *towardsView  `json:"towards,omitempty"`
	Dates      []calendarRow `json:"dates,omitempty"`
	Certain    bool          `json:"certain"`

	baseline string // as a number
}

// target shows one target: what, by when, from where, who set it, and whether progress can be computed.
func (s *Site) target(q *request) (View, error) {
	p := q.Pack
	t, ok := p.Target(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := targetView{targetRow: newTargetRow(p, t), Note: note(p, compact.Targets, t.ID), Text: Link{title(p, compact.Texts, t.Text), "/texts/" + t.Text},
		SetBy: sourcesOf(p, []string{t.SetBy}), Items: partRows(p, t.Items), BaselineOn: t.BaselineOn, Certain: t.Certain}
	if v.Earlier {
		text, _ := p.Text(t.Text)
		v.EarlierOn = text.On
	}
	if t.Baseline != "" {
		v.baseline, v.Baseline = t.Baseline, quantity(t.Baseline, "", t.Unit)
	}
	for _, i := range p.IndicatorsOfTarget(t.ID) {
		one, err := newSeries(q, i)
		if err != nil {
			return View{}, err
		}
		v.Series = append(v.Series, one)
		if stock := stockOf(t, i, one); stock != nil {
			v.Stock = stock
		}
	}
	for _, e := range p.Calendar {
		for _, id := range e.Targets {
			if id == t.ID {
				v.Dates = append(v.Dates, newCalendarRow(p, e))
			}
		}
	}
	var err error
	if v.Towards, err = towards(q, t); err != nil {
		return View{}, err
	}
	return View{Page: "target", Title: prefixed(t.ID, v.Title), Section: "menu.items",
		Crumbs:   []Link{{message("menu.items"), "/items"}, {message("menu.targets"), "/targets"}},
		Subjects: []string{"commitments", "indicators"}, Data: v}, nil
}
