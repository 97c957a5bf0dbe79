package web

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/locale"
)

// calendarRow is a date of the pack.
type calendarRow struct {
	ID      string       `json:"id"`
	On      string       `json:"on"`
	Until   string       `json:"until,omitempty"`
	Title   Text         `json:"title"`
	Items   []partRow    `json:"items,omitempty"`
	Targets []partRow    `json:"targets,omitempty"`
	Bodies  []partRow    `json:"bodies,omitempty"`
	Earlier bool         `json:"earlier,omitempty"` // concerns an earlier text only
	Certain bool         `json:"certain"`
	Sources []sourceView `json:"sources,omitempty"`
}

// Few tells whether the row names so few items that their titles have room.
func (r calendarRow) Few() bool { return len(r.Items) <= 3 }

type calendarView struct {
	Coming []calendarRow `json:"coming"`
	Dues   []dueRow      `json:"reports_due"`
	Past   []calendarRow `json:"past"` // the latest first
}

// calendar lists the dates that the text sets and the steps announced for them.
func (s *Site) calendar(q *request) (View, error) {
	var v calendarView
	table := &Table{Columns: []string{"id", "on", "until", "title_en", "items", "targets", "certain", "source"}}
	for _, e := range q.Pack.Calendar {
		row := newCalendarRow(q.Pack, e)
		if compact.LastDay(lastOf(e)) >= q.Today {
			v.Coming = append(v.Coming, row)
		} else {
			v.Past = append(v.Past, row)
		}
		table.Rows = append(table.Rows, []string{e.ID, e.On, e.Until, english(row.Title), strings.Join(e.Items, " "), strings.Join(e.Targets, " "), yesNo(e.Certain), e.Source})
	}
	byDay := func(a, b calendarRow) int { return strings.Compare(a.On, b.On) }
	slices.SortStableFunc(v.Coming, byDay)
	slices.SortStableFunc(v.Past, func(a, b calendarRow) int { return byDay(b, a) })
	var err error
	if v.Dues, err = dues(q, 0, mostDues); err != nil {
		return View{}, err
	}
	feeds := map[string]string{"text/calendar": "/calendar.ics"}
	return View{Page: "calendar", Title: message("menu.calendar"), Section: "menu.calendar", Subjects: calendarSubjects, Data: v, Table: table, Feeds: feeds}, nil
}

func newCalendarRow(p *compact.Pack, e *compact.CalendarEntry) calendarRow {
	row := calendarRow{ID: e.ID, On: e.On, Until: e.Until, Title: eventTitle(p, e.Event), Items: partRows(p, e.Items),
		Targets: partRows(p, e.Targets), Bodies: partRows(p, e.Bodies), Certain: e.Certain, Sources: sourcesOf(p, append([]string{e.Source}, e.Also...))}
	row.Earlier = len(e.Items) > 0 && !slices.ContainsFunc(e.Items, p.ItemInForce)
	return row
}

// eventTitle is the name of what a date is about, as far as languages have it.
func eventTitle(p *compact.Pack, event string) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		if name, in := p.EventName(event, l); in == l {
			t[l] = name
		}
	}
	return t
}
