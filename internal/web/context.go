package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// The pages here show what stands around a text: the numbers that it prints, how
// it came about, what it was meant to do. None of it is asked of anybody.

// around are the pages around a text, for the foot of each of them. A page that the
// pack has nothing for is left out.
func around(p *compact.Pack) []Link {
	var links []Link
	add := func(n int, key, href string) {
		if n > 0 {
			links = append(links, Link{message(key), href})
		}
	}
	add(len(p.Changes), "changes.title", "/changes")
	add(len(p.Mechanisms), "menu.mechanisms", "/mechanisms")
	add(len(p.Targets), "menu.targets", "/targets")
	add(len(p.Documents), "menu.documents", "/documents")
	add(len(p.Figures), "menu.figures", "/figures")
	add(len(p.Timeline), "timeline.title", "/timeline")
	add(len(p.Initiatives), "initiatives.title", "/initiatives")
	add(len(p.Aims), "aims.title", "/aims")
	add(len(p.Reports), "periods.title", "/reports")
	return links
}

// printedFigure is a number that a text prints as context. It is as old as the text.
type printedFigure struct {
	partRow
	Note       Text           `json:"as_printed,omitempty"`
	SourceNote string         `json:"source_note,omitempty"`
	Values     []printedValue `json:"values,omitempty"`
	PrintedIn  []sourceView   `json:"printed_in"`
	Items      []partRow      `json:"items,omitempty"`
	Certain    bool           `json:"certain"`
}

type printedValue struct {
	Value    string `json:"value"`
	Bound    string `json:"bound,omitempty"`
	Unit     string `json:"unit"`
	Period   string `json:"period,omitempty"`
	Quantity Text   `json:"quantity"`
}

type figuresView struct {
	Around    []Link          `json:"-"`
	Q         string          `json:"q,omitempty"`
	PrintedOn string          `json:"printed_on,omitempty"`
	Rows      []printedFigure `json:"figures"`
}

// figures lists the context figures as they were printed, each with its date and source.
func (s *Site) figures(q *request) (View, error) {
	asked := q.query("q")
	v := figuresView{Around: around(q.Pack), Q: asked.Get("q"), PrintedOn: earlierOn(q.Pack)}
	if v.PrintedOn == "" {
		v.PrintedOn = q.Pack.TextInForce().On
	}
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"id", "title_en", "value", "bound", "unit", "period", "printed_on", "source", "source_note", "certain"}}
	for _, f := range q.Pack.Figures {
		row := printedFigure{partRow: partRow{f.ID, "/figures#" + f.ID, title(q.Pack, compact.Figures, f.ID)}, Note: note(q.Pack, compact.Figures, f.ID),
			SourceNote: f.SourceNote, PrintedIn: sourcesOf(q.Pack, []string{f.Source}), Items: partRows(q.Pack, f.Items), Certain: f.Certain}
		if !holds(words, row.Title, row.Note, same(f.SourceNote)) {
			continue
		}
		cells := [][]string{{"", "", "", ""}}
		for i, value := range f.Values {
			row.Values = append(row.Values, printedValue{value.Value, value.Bound, value.Unit, value.Period, quantity(value.Value, value.Bound, value.Unit)})
			cells = append(cells[:i], []string{value.Value, value.Bound, value.Unit, value.Period})
		}
		for _, c := range cells {
			table.Rows = append(table.Rows, slices.Concat([]string{f.ID, english(row.Title)}, c, []string{v.PrintedOn, f.Source, f.SourceNote, yesNo(f.Certain)}))
		}
		v.Rows = append(v.Rows, row)
	}
	return View{Page: "figures", Title: message("menu.figures"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

// momentRow is a dated step in the life of the compact.
type momentRow struct {
	ID       string       `json:"id"`
	When     string       `json:"when"`
	Until    string       `json:"until,omitempty"`
	Printed  string       `json:"as_printed,omitempty"` // where digits are lost: X for each
	Title    Text         `json:"title"`
	Document *partRow     `json:"document,omitempty"`
	Items    []partRow    `json:"items,omitempty"`
	Certain  bool         `json:"certain"`
	Sources  []sourceView `json:"sources,omitempty"`
}

// factRow is a fact about how the compact was consulted on.
type factRow struct {
	ID      string       `json:"id"`
	Title   Text         `json:"title"`
	Note    Text         `json:"note,omitempty"`
	Value   string       `json:"value,omitempty"`
	Unit    string       `json:"unit,omitempty"`
	From    string       `json:"from,omitempty"`
	To      string       `json:"to,omitempty"`
	Certain bool         `json:"certain"`
	Sources []sourceView `json:"sources,omitempty"`
}

type timelineView struct {
	Around  []Link      `json:"-"`
	Moments []momentRow `json:"moments"`
	Facts   []factRow   `json:"consultations,omitempty"`
}

// timeline lists what happened, as exactly as it is known, and the facts about the consultations.
func (s *Site) timeline(q *request) (View, error) {
	p := q.Pack
	v := timelineView{Around: around(p)}
	table := &Table{Columns: []string{"id", "when", "until", "as_printed", "title_en", "certain", "source"}}
	moments := slices.Clone(p.Timeline)
	slices.SortStableFunc(moments, func(a, b *compact.Moment) int { return strings.Compare(a.When, b.When) })
	for _, m := range moments {
		row := momentRow{ID: m.ID, When: m.When, Until: m.Until, Printed: m.WhenText, Title: title(p, compact.Timeline, m.ID),
			Items: partRows(p, m.Items), Certain: m.Certain, Sources: sourcesOf(p, append([]string{m.Source}, m.Also...))}
		if d := partRows(p, []string{m.Document}); len(d) == 1 {
			row.Document = &d[0]
		}
		v.Moments = append(v.Moments, row)
		table.Rows = append(table.Rows, []string{m.ID, m.When, m.Until, m.WhenText, english(row.Title), yesNo(m.Certain), m.Source})
	}
	for _, f := range p.Facts {
		v.Facts = append(v.Facts, factRow{ID: f.ID, Title: title(p, compact.Facts, f.ID), Note: note(p, compact.Facts, f.ID), Value: f.Value,
			Unit: f.Unit, From: f.From, To: f.To, Certain: f.Certain, Sources: sourcesOf(p, []string{f.Source})})
	}
	return View{Page: "timeline", Title: message("timeline.title"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table}, nil
}

// initiativeRow is an illustration that a text gives for a goal.
type initiativeRow struct {
	ID      string       `json:"id"`
	SDG     []int64      `json:"sdg"`
	Goal    Text         `json:"goal"`
	Title   Text         `json:"title"`
	Certain bool         `json:"certain"`
	Sources []sourceView `json:"sources,omitempty"`
}

type initiativesView struct {
	Around    []Link          `json:"-"`
	EarlierOn string          `json:"earlier_on,omitempty"`
	Rows      []initiativeRow `json:"initiatives"`
}

// initiatives lists the illustrations by goal.
func (s *Site) initiatives(q *request) (View, error) {
	v := initiativesView{Around: around(q.Pack), EarlierOn: earlierOn(q.Pack)}
	table := &Table{Columns: []string{"id", "sdg", "title_en", "certain", "source"}}
	for _, i := range q.Pack.Initiatives {
		row := initiativeRow{ID: i.ID, SDG: i.SDG.These, Title: title(q.Pack, compact.Initiatives, i.ID), Certain: i.Certain, Sources: sourcesOf(q.Pack, []string{i.Source})}
		var numbers []string
		for _, g := range i.SDG.These {
			numbers = append(numbers, strconv.FormatInt(g, 10))
		}
		if len(numbers) == 1 {
			row.Goal = title(q.Pack, compact.SDGs, numbers[0])
		}
		v.Rows = append(v.Rows, row)
		table.Rows = append(table.Rows, []string{i.ID, strings.Join(numbers, " "), english(row.Title), yesNo(i.Certain), i.Source})
	}
	return View{Page: "initiatives", Title: message("initiatives.title"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table}, nil
}

// aimRow is something that an earlier document asked of the compact.
type aimRow struct {
	ID       string       `json:"id"`
	Title    Text         `json:"title"`
	Document *partRow     `json:"document,omitempty"`
	Items    []partRow    `json:"items,omitempty"`
	Certain  bool         `json:"certain"`
	Sources  []sourceView `json:"sources,omitempty"`
}

type aimsView struct {
	Around []Link   `json:"-"`
	Rows   []aimRow `json:"aims"`
}

// aims lists what an earlier document asked the compact to do.
func (s *Site) aims(q *request) (View, error) {
	v := aimsView{Around: around(q.Pack)}
	table := &Table{Columns: []string{"id", "title_en", "document", "items", "certain", "source"}}
	for _, a := range q.Pack.Aims {
		row := aimRow{ID: a.ID, Title: title(q.Pack, compact.Aims, a.ID), Items: partRows(q.Pack, a.Items), Certain: a.Certain, Sources: sourcesOf(q.Pack, []string{a.Source})}
		if d := partRows(q.Pack, []string{a.Document}); len(d) == 1 {
			row.Document = &d[0]
		}
		v.Rows = append(v.Rows, row)
		table.Rows = append(table.Rows, []string{a.ID, english(row.Title), a.Document, strings.Join(a.Items, " "), yesNo(a.Certain), a.Source})
	}
	return View{Page: "aims", Title: message("aims.title"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table}, nil
}
