package web

import (
	"strconv"

	"kept/internal/compact"
	"kept/internal/forum"
)

// soughtView is one line of the trail: what was looked for, where, how many there are.
type soughtView struct {
	What   string `json:"looked_for"`
	Word   Text   `json:"looked_for_in_words"`
	Found  int64  `json:"found"`
	Counts bool   `json:"counts"`
	Since  string `json:"since,omitempty"`
	Href   string `json:"list,omitempty"`
	Are    []Link `json:"found_are,omitempty"` // bodies and indicators
}

// trailView is one of the six of an item with its trail.
type trailView struct {
	Kind   string       `json:"gap"`
	Word   Text         `json:"gap_in_words"`
	Open   bool         `json:"open"`
	Trail  []soughtView `json:"trail"`
	Column Text         `json:"-"`
}

// gapView is the page of one item's gaps.
type gapView struct {
	Item      partRow     `json:"item"`
	EarlierOn string      `json:"earlier_on,omitempty"`
	Since     string      `json:"reports_since"`
	Open      int         `json:"gaps_open"`
	Gaps      []trailView `json:"gaps"`
}

// gap shows the six of one item: what was looked for, and the lists that show what
// was found, which are empty where nothing was.
func (s *Site) gap(q *request) (View, error) {
	i, ok := q.Pack.Item(q.arg("id"))
	if !ok || !i.Asks() {
		return View{}, errNotFound(q.arg("id"))
	}
	gaps, err := forum.GapsOf(q.Tx, q.Pack, i, q.Today)
	if err != nil {
		return View{}, err
	}
	v := gapView{Item: partRow{i.ID, "/items/" + i.ID, title(q.Pack, compact.Items, i.ID)}, Since: forum.GapsSince(q.Today), Open: len(gaps.Open())}
	if gaps.Earlier {
		t, _ := q.Pack.Text(i.TextID)
		v.EarlierOn = t.On
	}
	table := &Table{Columns: []string{"item", "gap", "open", "looked_for", "found", "counts", "since", "list"}}
	for _, g := range gaps.Gaps {
		t := newTrail(q.Pack, g)
		v.Gaps = append(v.Gaps, t)
		for _, s := range t.Trail {
			table.Rows = append(table.Rows, []string{i.ID, g.Kind, yesNo(g.Open), s.What, strconv.FormatInt(s.Found, 10), yesNo(s.Counts), s.Since, s.Href})
		}
	}
	return View{Page: "gap", Title: phrase("gaps.of", "item", prefixed(i.ID, v.Item.Title)), Section: "menu.bodies",
		Crumbs:   []Link{{message("menu.bodies"), "/bodies"}, {message("gaps.title"), "/gaps"}},
		Subjects: append([]string{"item:" + i.ID}, gapSubjects...), Data: v, Table: table}, nil
}

func newTrail(p *compact.Pack, g forum.Gap) trailView {
	t := trailView{Kind: g.Kind, Word: message("gap." + g.Kind), Open: g.Open, Column: message("gaps.column." + g.Kind)}
	for _, s := range g.Evidence {
		one := soughtView{What: s.What, Word: message("gaps.sought." + s.What), Found: s.Found, Counts: s.Counts, Since: s.Since, Href: soughtList(g.Item, s)}
		for _, id := range s.IDs {
			section, noun := compact.Bodies, "/bodies/"
			if g.Kind == forum.GapSeries {
				section, noun = compact.Indicators, "/indicators/"
			}
			one.Are = append(one.Are, Link{title(p, section, id), noun + id})
		}
		t.Trail = append(t.Trail, one)
	}
	return t
}

func (v gapView) figures() []figure {
	list := []figure{counted("open", message("gaps.open"), v.Open)}
	for _, g := range v.Gaps {
		for _, s := range g.Trail {
			list = append(list, counted(g.Kind+"."+s.What, phrase("cite.what.of", "of", g.Column, "what", s.Word), s.Found))
		}
	}
	return list
}
