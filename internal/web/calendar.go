package web

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/forum"
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
	Forum  []forumDate   `json:"forum,omitempty"`
	Past   []calendarRow `json:"past"` // the latest first
	Clash  []clashRow    `json:"clashes"`
}

// clashRow is two dates of bodies that fall together and have something in common.
type clashRow struct {
	A       calendarRow `json:"a"`
	B       calendarRow `json:"b"`
	Certain bool        `json:"certain"` // both are known to the day
	Items   []partRow   `json:"same_items,omitempty"`
	Hosts   []Text      `json:"same_hosts,omitempty"`
}

// clashes are those of all dates of the pack.
func clashes(q *request) ([]clashRow, error) {
	bodies, err := forum.Bodies(q.Tx, q.Pack)
	if err != nil {
		return nil, err
	}
	rows := []clashRow{}
	for _, c := range forum.Clashes(q.Pack, bodies) {
		row := clashRow{A: newCalendarRow(q.Pack, c.A), B: newCalendarRow(q.Pack, c.B), Certain: c.Certain, Items: partRows(q.Pack, c.Items)}
		for _, host := range c.Hosts {
			row.Hosts = append(row.Hosts, hostName(q.Pack, bodies, host))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// hostName is the name of a body that hosts, or of a host that is no body here.
func hostName(p *compact.Pack, bodies []forum.Body, host string) Text {
	for _, b := range bodies {
		if b.ID == host {
			return bodyName(p, &b)
		}
	}
	return same(host)
}

// Why says what two dates have in common.
func (c clashRow) Why(lang locale.Lang) string {
	var why []string
	if len(c.Items) > 0 {
		ids := make([]string, len(c.Items))
		for n, i := range c.Items {
			ids[n] = i.ID
		}
		why = append(why, lang.T("calendar.clash_items", "items", lang.List(ids)))
	}
	if len(c.Hosts) > 0 {
		names := make([]string, len(c.Hosts))
		for n, h := range c.Hosts {
			names[n] = textOf(h, lang)
		}
		why = append(why, lang.T("calendar.clash_hosts", "hosts", lang.List(names)))
	}
	return strings.Join(why, "; ")
}

// clashesOf says of one date with what it clashes, a line each.
func clashesOf(all []clashRow, id string, lang locale.Lang) (lines []string) {
	for _, c := range all {
		other := c.B
		switch id {
		case c.B.ID:
			other = c.A
		case c.A.ID:
		default:
			continue
		}
		key := "calendar.clash"
		if !c.Certain {
			key = "calendar.clash_maybe"
		}
		lines = append(lines, lang.T(key, "what", textOf(other.Title, lang)+" ("+c.Why(lang)+")"))
	}
	return lines
}

// clashIDs are the dates that one date clashes with.
func clashIDs(all []clashRow, id string) (ids []string) {
	for _, c := range all {
		switch id {
		case c.A.ID:
			ids = append(ids, c.B.ID)
		case c.B.ID:
			ids = append(ids, c.A.ID)
		}
	}
	return ids
}

// calendar lists the dates that the text sets and the steps announced for them.
func (s *Site) calendar(q *request) (View, error) {
	var v calendarView
	var err error
	if v.Clash, err = clashes(q); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"id", "on", "until", "title_en", "items", "targets", "certain", "source", "bodies", "clashes"}}
	for _, e := range q.Pack.Calendar {
		row := newCalendarRow(q.Pack, e)
		if compact.LastDay(lastOf(e)) >= q.Today {
			v.Coming = append(v.Coming, row)
		} else {
			v.Past = append(v.Past, row)
		}
		table.Rows = append(table.Rows, []string{e.ID, e.On, e.Until, english(row.Title), strings.Join(e.Items, " "), strings.Join(e.Targets, " "), yesNo(e.Certain), e.Source,
			strings.Join(e.Bodies, " "), strings.Join(clashIDs(v.Clash, e.ID), " ")})
	}
	byDay := func(a, b calendarRow) int { return strings.Compare(a.On, b.On) }
	slices.SortStableFunc(v.Coming, byDay)
	slices.SortStableFunc(v.Past, func(a, b calendarRow) int { return byDay(b, a) })
	if v.Dues, err = dues(q, 0, mostDues); err != nil {
		return View{}, err
	}
	if v.Forum, err = forumDates(q); err != nil {
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
