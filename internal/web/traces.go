package web

import (
	"net/url"
	"strings"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/observatory"
)

// traceView leads from a figure to the very line of the file that it came from.
type traceView struct {
	Indicator Link        `json:"indicator"`
	Area      string      `json:"area"`
	AreaName  Text        `json:"area_name"`
	Period    string      `json:"period"`
	Value     string      `json:"value,omitempty"`
	Nature    string      `json:"nature,omitempty"`
	Vintage   vintageView `json:"vintage"`
	Entry     int64       `json:"entry"`
	Digest    string      `json:"sha256"`
	Mapping   string      `json:"mapping_sha256"`
	Licence   string      `json:"licence"`
	Publisher string      `json:"publisher,omitempty"`
	URL       string      `json:"url,omitempty"`
	File      string      `json:"file,omitempty"`
	Line      int         `json:"line"`
	Row       string      `json:"row"`
	Header    string      `json:"header,omitempty"`
	Format    string      `json:"format"`

	unit   Text
	source string // as the pack names it
}

// traceHref leads to the trace of a value; a slice that was chosen stays chosen.
func traceHref(indicator, area, period, slice string) string {
	href := "/indicators/" + indicator + "/trace/" + area + "/" + period
	if slice != "" {
		href += "?slice=" + url.QueryEscape(slice)
	}
	return href
}

func (s *Site) trace(q *request) (View, error) {
	id := q.arg("id")
	period, ok := observatory.ParsePeriod(q.arg("period"))
	i, known := q.Pack.Indicator(id)
	if !known || !ok {
		return View{}, errNotFound(q.URL.Path)
	}
	t, err := observatory.ReadTrace(q.Tx, id, q.query("slice").Get("slice"), q.arg("area"), period, observatory.Newest)
	if err != nil {
		return View{}, err
	}
	words, err := keeper.WordsOf(q.Tx, t.Snapshot.ID)
	if err != nil {
		return View{}, err
	}
	v := traceView{Indicator: Link{title(q.Pack, compact.Indicators, id), "/indicators/" + id}, Area: q.arg("area"), AreaName: figureName(q, t.Figure), Period: t.Figure.Period.String(),
		Nature: string(t.Figure.Nature), Vintage: newVintage(t.Vintage), Entry: t.Snapshot.ID, Digest: t.Snapshot.Bytes.String(), Mapping: t.Snapshot.SnapshotTaken.Mapping.String(),
		Licence: t.Snapshot.Licence, Publisher: words["publisher.und"], URL: words["url.und"], File: words["file.und"], Line: t.Line, Row: string(t.Row), Header: strings.Join(t.Header, ", "), Format: t.Snapshot.Format, unit: unitName(i.Unit), source: i.Source.Name}
	if t.HasValue {
		v.Value = t.Figure.Value.String()
	}
	return View{Page: "trace", Title: message("trace.title"), Section: "menu.data", Crumbs: append(dataCrumbs(), v.Indicator), Subjects: []string{"indicator:" + id}, Data: v, Robots: "noindex"}, nil
}

func figureName(q *request, f observatory.Figure) Text {
	if _, ok := q.Areas.ByID(f.Key); ok {
		return areaName(q.Areas, f.Key)
	}
	if f.Key == q.Areas.World().ID {
		return everyLang(q.Areas.World().Name)
	}
	if f.Label != "" {
		return same(f.Label)
	}
	return same(f.Key)
}

// vintagesView lists how an indicator stood, release by release.
type vintagesView struct {
	Indicator Link          `json:"indicator"`
	Vintages  []vintageView `json:"vintages"`
	Changes   []changeRow   `json:"changes_of_the_latest,omitempty"`
	Total     int           `json:"changes_total"`
}

type changeRow struct {
	Area   Text   `json:"area"`
	Period string `json:"period"`
	Was    string `json:"was,omitempty"`
	Is     string `json:"is,omitempty"`
	What   string `json:"what"`
}

// shownChanges is how many revised values the page prints; the CSV has all.
const shownChanges = 100

func (s *Site) vintages(q *request) (View, error) {
	id := q.arg("id")
	if _, ok := q.Pack.Indicator(id); !ok {
		return View{}, errNotFound(id)
	}
	slice := q.query("slice").Get("slice")
	list, err := observatory.Vintages(q.Tx, id, slice)
	if err != nil {
		return View{}, err
	}
	v := vintagesView{Indicator: Link{title(q.Pack, compact.Indicators, id), "/indicators/" + id}}
	for _, one := range list {
		v.Vintages = append(v.Vintages, newVintage(one))
	}
	table := &Table{Columns: []string{"indicator", "area", "period", "was", "is", "what"}}
	if len(list) > 1 {
		r, err := observatory.RevisionBetween(q.Tx, id, slice, list[1].Snapshot, list[0].Snapshot)
		if err != nil {
			return View{}, err
		}
		v.revised(q, r, table, id)
	}
	return View{Page: "vintages", Title: message("vintages.title"), Section: "menu.data", Crumbs: append(dataCrumbs(), v.Indicator), Subjects: []string{"indicator:" + id}, Data: v, Table: table}, nil
}

// compareView says why two sources give different numbers for one thing.
type compareView struct {
	One     Link      `json:"one"`
	Two     Link      `json:"two"`
	OneIs   string    `json:"one_source"`
	TwoIs   string    `json:"two_source"`
	Pairs   int       `json:"in_both"`
	Near    int       `json:"differ_by_more_than_0.05"`
	Point   int       `json:"differ_by_more_than_1"`
	Far     int       `json:"differ_by_more_than_5"`
	Largest []pairRow `json:"farthest_apart"`
}

type pairRow struct {
	Area   Text   `json:"area"`
	Period string `json:"period"`
	One    string `json:"one"`
	Two    string `json:"two"`
}

func (s *Site) compare(q *request) (View, error) {
	one, ok1 := q.Pack.Indicator(q.arg("id"))
	two, ok2 := q.Pack.Indicator(q.arg("other"))
	if !ok1 || !ok2 || one.ID == two.ID || observatory.Concept(one.ID) != observatory.Concept(two.ID) {
		return View{}, errNotFound(q.URL.Path)
	}
	a, err := observatory.ReadView(q.Tx, one.ID, "", observatory.Newest)
	if err != nil {
		return View{}, err
	}
	b, err := observatory.ReadView(q.Tx, two.ID, "", observatory.Newest)
	if err != nil {
		return View{}, err
	}
	v := compareView{One: Link{title(q.Pack, compact.Indicators, one.ID), "/indicators/" + one.ID}, Two: Link{title(q.Pack, compact.Indicators, two.ID), "/indicators/" + two.ID},
		OneIs: one.Source.Name, TwoIs: two.Source.Name}
	pairs := observatory.Pairs(a.Data, b.Data)
	count := func(by string) int {
		d, _, _ := observatory.ParseDecimal(by)
		return len(observatory.Beyond(pairs, d))
	}
	v.Pairs, v.Near, v.Point, v.Far = len(pairs), count("0.05"), count("1"), count("5")
	table := &Table{Columns: []string{"area", "period", one.ID, two.ID}}
	five, _, _ := observatory.ParseDecimal("5")
	for n, p := range observatory.Beyond(pairs, five) {
		row := pairRow{areaName(q.Areas, p.Key), p.Period.String(), p.One.String(), p.Two.String()}
		if n < shownChanges {
			v.Largest = append(v.Largest, row)
		}
	}
	for _, p := range pairs {
		table.Rows = append(table.Rows, []string{p.Key, p.Period.String(), p.One.String(), p.Two.String()})
	}
	return View{Page: "compare", Title: message("compare.title"), Section: "menu.data", Crumbs: append(dataCrumbs(), v.One),
		Subjects: []string{"indicator:" + one.ID, "indicator:" + two.ID}, Data: v, Table: table}, nil
}

// revised fills what the latest vintage changed; the table has every change.
func (v *vintagesView) revised(q *request, r observatory.Revision, table *Table, id string) {
	v.Total = len(r.Changes)
	for n, c := range r.Changes {
		row := changeRow{Area: figureName(q, observatory.Figure{Key: c.Key, Label: c.Label}), Period: c.Period.String(), What: strings.Join(c.What.Words(), " ")}
		if c.Before.HasValue {
			row.Was = c.Before.Value.String()
		}
		if c.After.HasValue {
			row.Is = c.After.Value.String()
		}
		if n < shownChanges {
			v.Changes = append(v.Changes, row)
		}
		table.Rows = append(table.Rows, []string{id, c.Key, row.Period, row.Was, row.Is, row.What})
	}
}
