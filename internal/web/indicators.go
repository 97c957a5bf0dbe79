package web

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/web/chart"
)

// indicatorRow is an indicator in a list.
type indicatorRow struct {
	ID        string `json:"id"`
	Href      string `json:"href"`
	Title     Text   `json:"title"`
	Unit      Text   `json:"unit"`
	Areas     int64  `json:"areas_with_value"`
	Values    int64  `json:"values"`
	Released  string `json:"released,omitempty"`
	Retrieved string `json:"retrieved,omitempty"`
	Source    string `json:"source"`
	Items     []Link `json:"items,omitempty"`
}

func unitName(unit string) Text {
	if locale.English.Has("unit." + unit) {
		return message("unit." + unit)
	}
	return same(unit)
}

// indicatorsView lists what is measured.
type indicatorsView struct {
	filters
	Indicators []indicatorRow `json:"indicators"`
}

func (s *Site) indicators(q *request) (View, error) {
	listed, err := observatory.List(q.Tx)
	if err != nil {
		return View{}, err
	}
	held := make(map[string]observatory.Listed)
	for _, l := range listed {
		held[l.Indicator] = l
	}
	asked := q.query(append(slices.Clone(scopeNames), "held")...)
	c := coder{q, asked}
	var beside map[string]bool
	scope, err := c.scope()
	if err != nil {
		return View{}, err
	}
	if scope != nil {
		beside = seriesBeside(q.Pack, scope)
	}
	var data indicatorsView
	data.filters = newFilters(asked, "items.words", append(c.scopeFields(scopeNames...), c.heldField()))
	table := &Table{Columns: []string{"id", "title_en", "unit", "areas_with_value", "values", "released", "retrieved", "source", "items", "targets"}}
	for _, i := range q.Pack.Indicators {
		l := held[i.ID]
		if beside != nil && !beside[i.ID] || asked.Get("held") == "yes" && l.Filled == 0 {
			continue
		}
		row := indicatorRow{ID: i.ID, Href: "/indicators/" + i.ID, Title: title(q.Pack, compact.Indicators, i.ID), Unit: unitName(i.Unit),
			Areas: l.Areas, Values: l.Filled, Released: l.Released, Retrieved: l.Retrieved, Source: i.Source.Name}
		for _, item := range i.Items {
			row.Items = append(row.Items, itemLink(q.Pack, item))
		}
		data.Indicators = append(data.Indicators, row)
		table.Rows = append(table.Rows, []string{i.ID, english(row.Title), i.Unit, strconv.FormatInt(l.Areas, 10), strconv.FormatInt(l.Filled, 10), l.Released, l.Retrieved, i.Source.Name, strings.Join(i.Items, " "), strings.Join(i.Targets, " ")})
	}
	return View{Page: "indicators", Title: message("menu.data"), Section: "menu.data", Subjects: []string{"indicators"}, Data: data, Table: table, Robots: filtered(asked)}, nil
}

// heldField is the condition that values are held; no control asks for it.
func (c coder) heldField() filter {
	f := c.plain("held", "hidden")
	f.said = message("filter.held.yes")
	return f
}

// seriesBeside are the indicators that stand beside any of some items.
func seriesBeside(p *compact.Pack, items []string) map[string]bool {
	beside := make(map[string]bool)
	for _, item := range items {
		for _, i := range p.IndicatorsOf(item) {
			beside[i.ID] = true
		}
	}
	return beside
}

// indicatorView is the page of one indicator: the finding, the picture, the table.
type indicatorView struct {
	indicatorRow
	Note      Text         `json:"note,omitempty"`
	Direction string       `json:"direction"`
	Licence   string       `json:"licence"`
	Custodian string       `json:"custodian,omitempty"`
	SourceURL string       `json:"source_url,omitempty"`
	Slice     string       `json:"slice,omitempty"`
	Slices    []choice     `json:"slices,omitempty"`
	Vintage   vintageView  `json:"vintage"`
	Finding   []Text       `json:"finding,omitempty"`
	With      int          `json:"areas_with_value_now"`
	Of        int          `json:"areas_in_name_pack"`
	LDC       int          `json:"ldc_below,omitempty"`
	Nature    string       `json:"nature,omitempty"` // of most values; a row says it only where it differs
	Groups    []valueGroup `json:"groups"`
	World     []valueRow   `json:"world,omitempty"`
	Others    []valueRow   `json:"not_in_name_pack,omitempty"`
	Stock     bool         `json:"stock_of_pledges,omitempty"`
	Problems  int          `json:"rows_with_problems"`
	Entry     int64        `json:"entry"`
	Conflicts []Link       `json:"other_sources,omitempty"`
	Goal      string       `json:"goal,omitempty"`

	low, high float64
	ramp      chart.Ramp
	found     observatory.Finding
	chosen    string // the slice that the address names; "" for the first
	indicator *compact.Indicator
	areas     *area.Set
	pack      *compact.Pack
	sample    bool
}

type vintageView struct {
	N         int64  `json:"n"`
	Entry     int64  `json:"entry"`
	Released  string `json:"released,omitempty"`
	Retrieved string `json:"retrieved"`
	Added     int64  `json:"added"`
	Removed   int64  `json:"removed"`
	Changed   int64  `json:"changed"`
}

// valueGroup is a region with its areas.
type valueGroup struct {
	ID    string     `json:"id"`
	Title Text       `json:"title"`
	Rows  []valueRow `json:"rows"`
}

// valueRow is one value with its period, nature and trace.
type valueRow struct {
	Area   string      `json:"area"`
	Name   Text        `json:"name"`
	Value  string      `json:"value,omitempty"`
	Period string      `json:"period,omitempty"`
	Nature string      `json:"nature,omitempty"`
	Status string      `json:"status,omitempty"`
	Note   string      `json:"note,omitempty"`
	Source *sourceView `json:"source,omitempty"`
	Trace  string      `json:"trace,omitempty"`
	Bar    int         `json:"-"` // twentieths of the scale
	size   float64     // the value, to draw it
	Short  string      `json:"-"` // the value as the table prints it; its trace has every digit
}

func (s *Site) indicator(q *request) (View, error) {
	id := q.arg("id")
	i, ok := q.Pack.Indicator(id)
	if !ok {
		return View{}, errNotFound(id)
	}
	v := &indicatorView{indicatorRow: indicatorRow{ID: id, Href: "/indicators/" + id, Title: title(q.Pack, compact.Indicators, id), Unit: unitName(i.Unit), Source: i.Source.Name},
		Note: note(q.Pack, compact.Indicators, id), Direction: i.Direction, Licence: i.Source.Licence, Custodian: i.Source.Custodian, SourceURL: i.Source.URL,
		Of: len(q.Areas.All()), indicator: i, areas: q.Areas, pack: q.Pack, sample: q.Pack.Sample}
	for _, item := range i.Items {
		v.Items = append(v.Items, itemLink(q.Pack, item))
	}
	slice := q.query("slice").Get("slice")
	view, err := observatory.ReadView(q.Tx, id, slice, observatory.Newest)
	if errors.Is(err, keeper.ErrNotFound) {
		return View{Page: "indicator", Title: v.Title, Section: "menu.data", Crumbs: dataCrumbs(), Subjects: []string{"indicators"}, Data: v}, nil
	}
	if err != nil {
		return View{}, err
	}
	v.chosen = slice
	if err := v.fill(q, view); err != nil {
		return View{}, err
	}
	return View{Page: "indicator", Title: v.Title, Section: "menu.data", Crumbs: dataCrumbs(), Subjects: []string{"indicator:" + id}, Data: v, Table: v.table(view)}, nil
}

func dataCrumbs() []Link { return []Link{{message("menu.data"), "/indicators"}} }

func (v *indicatorView) fill(q *request, view observatory.View) error {
	v.Vintage = newVintage(view.Vintage)
	v.Entry, v.Slice = view.Vintage.Snapshot, view.Name
	snapshot, err := observatory.ReadSnapshot(q.Tx, view.Vintage.Snapshot)
	if err != nil {
		return err
	}
	v.Problems = snapshot.Counts.Bad + snapshot.Counts.Conflicting
	for _, name := range view.Slices {
		if name != "" {
			v.Slices = append(v.Slices, choice{name, same(name), name == view.Name})
		}
	}
	for _, other := range observatory.Rivals(q.Pack, v.ID) {
		v.Conflicts = append(v.Conflicts, Link{same(other.Source.Name), "/indicators/" + v.ID + "/compare/" + other.ID})
	}
	figures := view.Data.Latest(0)
	v.rows(figures)
	v.worldSeries(view)
	v.Nature = v.usualNature()
	v.findings(figures)
	return nil
}

func newVintage(v observatory.Vintage) vintageView {
	return vintageView{v.N, v.Snapshot, v.Released, v.Retrieved, v.Added, v.Removed, v.Changed}
}

// rows sets every area of the name pack under its region, with or without a
// value, and keeps apart the world and what the name pack does not know.
func (v *indicatorView) rows(figures []observatory.Figure) {
	latest := make(map[string]observatory.Figure)
	for _, f := range figures {
		latest[f.Key] = f
	}
	low, high := v.scale(latest)
	v.low, v.high, v.ramp = low, high, chart.EvenRamp(low, high)
	for _, region := range v.areas.Regions() {
		g := valueGroup{ID: region.ID, Title: everyLang(region.Name)}
		for _, a := range v.areas.In(region.ID) {
			row := valueRow{Area: a.ID, Name: everyLang(a.Name)}
			if f, ok := latest[a.ID]; ok {
				v.With++
				row = v.row(f, row)
				row.size, _ = f.Value.Rat().Float64()
				row.Bar = twentieths(row.size, low, high)
			}
			g.Rows = append(g.Rows, row)
		}
		v.Groups = append(v.Groups, g)
	}
	for _, f := range figures {
		if _, known := v.areas.ByID(f.Key); known || f.Key == v.areas.World().ID {
			continue
		}
		v.Others = append(v.Others, v.row(f, valueRow{Area: f.Key, Name: same(f.Label)}))
	}
}

// worldSeries is the whole series of the world, where the source gives one.
func (v *indicatorView) worldSeries(view observatory.View) {
	world := v.areas.World()
	series, _ := view.Data.Find(world.ID)
	for _, p := range series.Points {
		if p.Presence != observatory.HasValue {
			continue
		}
		f := observatory.Figure{Key: world.ID, Period: p.Period, Value: p.Value(), Attributes: view.Data.Attributes[p.Attr]}
		v.World = append(v.World, v.row(f, valueRow{Area: world.ID, Name: everyLang(world.Name)}))
	}
}

// row fills a value in. A note that begins with a source of the pack and a colon
// says where this one value is stated: tables of single figures have many sources.
func (v *indicatorView) row(f observatory.Figure, row valueRow) valueRow {
	row.Value, row.Period, row.Nature, row.Status, row.Note = f.Value.String(), f.Period.String(), string(f.Nature), f.Status, f.Note
	row.Short = f.Value.Fixed(int(v.indicator.Decimals))
	if code, rest, ok := strings.Cut(f.Note, ":"); ok {
		if sources := sourcesOf(v.pack, []string{code}); sources[0].Name != code {
			row.Source, row.Note = &sources[0], strings.TrimSpace(rest)
		}
	}
	row.Trace = traceHref(v.ID, f.Key, row.Period, v.chosen)
	return row
}

// scale is the range of the ramp and the bars: the natural one, else that of the values.
func (v *indicatorView) scale(latest map[string]observatory.Figure) (low, high float64) {
	for _, f := range latest {
		x, _ := f.Value.Rat().Float64()
		low, high = min(low, x), max(high, x)
	}
	if x, err := strconv.ParseFloat(v.indicator.NaturalMin, 64); err == nil {
		low = x
	}
	if x, err := strconv.ParseFloat(v.indicator.NaturalMax, 64); err == nil {
		high = x
	}
	return low, high
}

func twentieths(x, low, high float64) int {
	if high <= low {
		return 0
	}
	return max(0, min(20, int((x-low)/(high-low)*20+0.5)))
}

// findings are sentences computed from the latest values; no country is named and none is ranked.
func (v *indicatorView) findings(latest []observatory.Figure) {
	f := observatory.Find(latest, v.indicator, v.areas)
	median, _, ok := observatory.ParseDecimal(f.Median)
	if !ok {
		return
	}
	if f.HasThird {
		v.Finding = append(v.Finding, everyLang(func(l locale.Lang) string {
			return l.T("indicator.finding.third", "n", f.Low, "of", f.With, "ldc", f.LowLDC)
		}))
	}
	v.Finding = append(v.Finding, everyLang(func(l locale.Lang) string {
		return l.T("indicator.finding.median", "median", l.Number(median.Fixed(int(v.indicator.Decimals))), "unit", textOf(v.Unit, l), "of", f.With)
	}))
	v.LDC, v.found = f.LowLDC, f
}

func textOf(t Text, l locale.Lang) string { s, _ := t.In(l); return s }

// usualNature is the nature that most values have.
func (v *indicatorView) usualNature() (most string) {
	count := make(map[string]int)
	for _, g := range v.Groups {
		for _, r := range g.Rows {
			if count[r.Nature]++; r.Nature != "" && count[r.Nature] > count[most] {
				most = r.Nature
			}
		}
	}
	return most
}

// Sorted gives the regions with their areas in the order of a language; it is
// called by the template.
func (v *indicatorView) Sorted(lang locale.Lang) []valueGroup {
	place := make(map[string]int)
	for n, a := range v.areas.Sorted(lang) {
		place[a.ID] = n
	}
	groups := slices.Clone(v.Groups)
	for n := range groups {
		groups[n].Rows = slices.Clone(groups[n].Rows)
		slices.SortFunc(groups[n].Rows, func(a, b valueRow) int { return place[a.Area] - place[b.Area] })
	}
	return groups
}

// Legend draws the steps of the map's colours with the values between them; it is
// called by the template.
func (v *indicatorView) Legend(lang locale.Lang) template.HTML {
	var labels [chart.Steps + 1]string
	for n := range labels {
		x := v.low + (v.high-v.low)*float64(n)/chart.Steps
		labels[n] = lang.Number(strconv.FormatFloat(x, 'f', int(v.indicator.Decimals), 64))
	}
	return chart.Legend(labels)
}

// Map draws the tiles in a language; it is called by the template.
func (v *indicatorView) Map(lang locale.Lang) template.HTML {
	if v.With == 0 {
		return ""
	}
	g := chart.Grid{ID: "map", Title: lang.T("indicator.map_title", "title", textOf(v.Title, lang))}
	rows := make(map[string]valueRow)
	for _, group := range v.Groups {
		for _, r := range group.Rows {
			rows[r.Area] = r
		}
	}
	for _, a := range v.areas.Sorted(lang) {
		r := rows[a.ID]
		if !a.OnGrid {
			continue
		}
		t := chart.Tile{Code: a.ID, Col: a.Col, Row: a.Row, Step: -1, Href: "#" + a.ID, Name: a.Name(lang) + ": " + lang.T("indicator.no_data")}
		if r.Value != "" {
			t.Step = v.ramp.Step(r.size)
			t.Name = a.Name(lang) + ": " + lang.Number(r.Short)
		}
		g.Tiles = append(g.Tiles, t)
	}
	if v.sample {
		g.Mark = lang.T("indicator.sample_mark")
	}
	return g.SVG()
}

// Line draws the world's series, where there is one of at least two values.
func (v *indicatorView) Line(lang locale.Lang) template.HTML {
	if len(v.World) < 2 {
		return ""
	}
	l := chart.Line{ID: "world", Title: textOf(v.Title, lang), Description: textOf(v.Unit, lang), Zero: true, Gap: 0, Number: lang.Number}
	var points []chart.Point
	for _, r := range v.World {
		x, err := strconv.ParseFloat(r.Value, 64)
		if err != nil {
			continue
		}
		points = append(points, chart.Point{At: yearOf(r.Period), Value: x, Label: lang.Number(r.Value) + " (" + lang.Date(r.Period) + ")", Text: lang.Number(r.Value)})
	}
	l.Series = []chart.Series{{Points: points}}
	if v.sample {
		l.Mark = lang.T("indicator.sample_mark")
	}
	return l.SVG()
}

// yearOf places a period on the axis of years: the middle of a month, the beginning of a year.
func yearOf(period string) float64 {
	year, _ := strconv.ParseFloat(period[:min(4, len(period))], 64)
	if len(period) >= 7 {
		if month, err := strconv.ParseFloat(period[5:7], 64); err == nil {
			return year + (month-0.5)/12
		}
	}
	return year
}

// table is the CSV: every value of the slice, not only the latest.
func (v *indicatorView) table(view observatory.View) *Table {
	t := &Table{Columns: []string{"indicator", "slice", "area", "label", "period", "value", "nature", "status", "unit", "note", "snapshot_entry"}}
	entry := strconv.FormatInt(view.Vintage.Snapshot, 10)
	for _, s := range view.Data.Series {
		for _, p := range s.Points {
			value := ""
			if p.Presence == observatory.HasValue {
				value = p.Value().String()
			}
			a := view.Data.Attributes[p.Attr]
			t.Rows = append(t.Rows, []string{v.ID, view.Name, s.Key, s.Label, p.Period.String(), value, string(a.Nature), a.Status, v.indicator.Unit, a.Note, entry})
		}
	}
	return t
}

// Chosen is what the links to traces add where a slice was chosen; it is called by the template.
func (v *indicatorView) Chosen() string {
	_, query, chosen := strings.Cut(traceHref("", "", "", v.chosen), "?")
	if !chosen {
		return ""
	}
	return "?" + query
}
