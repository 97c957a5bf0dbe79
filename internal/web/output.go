package web

import (
	"strconv"
	"strings"

	"kept/internal/forum"
)

// outputRow is something that a cycle leaves behind.
type outputRow struct {
	ID      int64      `json:"id"`
	Kind    string     `json:"kind"`
	KindIs  Text       `json:"kind_in_words"`
	Title   Text       `json:"title"`
	About   Text       `json:"about,omitempty"`
	Href    string     `json:"href"`
	On      string     `json:"published_on"`
	Items   []Link     `json:"items,omitempty"`
	Serves  []codeText `json:"serves"`
	itemIDs []string
}

type outputsView struct {
	Run   moduleView  `json:"run"`
	Cycle int64       `json:"cycle"`
	Path  string      `json:"-"`
	Rows  []outputRow `json:"rows"`
}

func newOutputRow(q *request, o forum.OutputOf) outputRow {
	row := outputRow{ID: o.ID, Kind: o.Kind, KindIs: message("output.kind." + o.Kind), Title: summaryText(o.Text, "title"), About: summaryText(o.Text, "about"), On: o.On, itemIDs: o.Items,
		Href: "/record/entries/" + strconv.FormatInt(o.ID, 10)}
	if len(row.Title) == 0 {
		row.Title = message("output.untitled", "id", o.ID)
	}
	switch {
	case o.Message != 0:
		row.Href = messageHref(o.Message)
	case o.Document != "":
		row.Href = "/evidence/" + o.Document + "/about"
	case o.Page() != "":
		row.Href = o.Page()
	}
	for _, id := range o.Items {
		row.Items = append(row.Items, itemLink(q.Pack, id))
	}
	for _, code := range o.Serves {
		row.Serves = append(row.Serves, codeText{code, message("forum.function." + code)})
	}
	return row
}

// outputs lists what a cycle leaves behind: nothing of it was negotiated.
func (s *Site) outputs(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	list, err := forum.Outputs(q.Tx, c.ID)
	v := outputsView{Run: q.module(forum.ModuleForum), Cycle: c.ID, Path: cycleHref(c.ID) + "/outputs"}
	table := &Table{Columns: []string{"id", "kind", "title_en", "href", "items", "serves", "published_on"}}
	for _, o := range list {
		row := newOutputRow(q, o)
		v.Rows = append(v.Rows, row)
		table.Rows = append(table.Rows, []string{strconv.FormatInt(o.ID, 10), o.Kind, english(row.Title), row.Href, strings.Join(o.Items, " "), strings.Join(o.Serves, " "), o.On})
	}
	return View{Page: "outputs", Title: message("outputs.title"), Crumbs: q.cycleCrumbs(c), Subjects: []string{"outputs", "forum"}, Data: v, Table: table}, err
}
