package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
)

// The crosswalk ties parts of this compact to what stands outside it, and is read
// from either side. Each tie names who asserts it; where nobody does, none is shown.

// Directions of reading.
const (
	fromOutside = "outside"
	fromItem    = "item"
)

// tieRow is one tie with its words.
type tieRow struct {
	Part       string     `json:"part"`
	PartIs     Link       `json:"part_title"`
	Scheme     string     `json:"scheme"`
	To         string     `json:"to"`
	ToIs       Link       `json:"to_title"`
	Relation   string     `json:"relation"`
	RelationIs Text       `json:"relation_in_words"`
	Strength   int64      `json:"strength,omitempty"` // 1 to 3; left out where nobody says
	StrengthIs Text       `json:"strength_in_words,omitempty"`
	By         sourceView `json:"asserted_by,omitzero"`
	Text       *Link      `json:"said_by_text,omitempty"`
	On         string     `json:"on,omitempty"`
	Note       string     `json:"note,omitempty"`
	Certain    bool       `json:"certain"`
	Earlier    bool       `json:"part_of_earlier_text,omitempty"`
	order      int        // of the part, in the pack
}

// schemeView is a scheme with how much of it is tied.
type schemeView struct {
	ID    string `json:"id"`
	Href  string `json:"href"`
	Title Text   `json:"title"`
	Ties  int    `json:"links"`
	Parts int    `json:"parts"`
	Ends  int    `json:"ends"`
}

type crosswalkView struct {
	filters
	Schemes []schemeView `json:"schemes,omitempty"`
	Scheme  string       `json:"scheme,omitempty"`
	Sides   []schemeSide `json:"-"`
	From    string       `json:"from"` // outside or item: what stands first
	Asked   bool         `json:"-"`    // of all schemes: rows are shown when something is asked for
	Walk    listPage     `json:"-"`
	Of      int          `json:"total"`
	Rows    []tieRow     `json:"links"`
}

// schemeSide leads to the same ties from one side.
type schemeSide struct {
	Title Text
	Href  string // "" for the side that is shown
}

// crosswalk shows the schemes, and searches over all of them.
func (s *Site) crosswalk(q *request) (View, error) { return s.crosswalkOf(q, "") }

// crosswalkScheme shows the ties to one scheme.
func (s *Site) crosswalkScheme(q *request) (View, error) {
	scheme := q.arg("id")
	if !slices.Contains(compact.Schemes, scheme) {
		return View{}, errNotFound(scheme)
	}
	return s.crosswalkOf(q, scheme)
}

func (s *Site) crosswalkOf(q *request, scheme string) (View, error) {
	asked := q.query("q", "from", "item", "to", "page")
	v := crosswalkView{Scheme: scheme, From: fromOutside, Asked: scheme != "" || q.forProgram() || len(asked) > 0}
	if asked.Get("from") == fromItem {
		v.From = fromItem
	}
	c := coder{q, asked}
	kept := c.scopeFields("item")
	if to := c.plain("to", "hidden"); to.Value != "" {
		kept = append(kept, to)
	}
	v.filters = newFilters(asked, "crosswalk.words", kept)
	all, err := db.Once(q.Tx, once("ties"), func() ([]tieRow, error) { return tieRows(q.Pack), nil })
	if err != nil {
		return View{}, err
	}
	if scheme == "" {
		v.Schemes = schemesOf(all)
	} else {
		all = slices.DeleteFunc(slices.Clone(all), func(t tieRow) bool { return t.Scheme != scheme })
		v.sides(asked)
	}
	rows := found(all, asked)
	sortTies(rows, v.From)
	v.Of = len(rows)
	table := tieTable(rows)
	v.Rows, v.Walk = paged(q, rows, asked)
	if !v.Asked {
		v.Rows, v.Walk = nil, listPage{}
	}
	crumbs := []Link{{message("menu.items"), "/items"}}
	name := message("crosswalk.title")
	if scheme != "" {
		crumbs, name = append(crumbs, Link{name, "/crosswalk"}), message("crosswalk.scheme."+scheme)
	}
	return View{Page: "crosswalk", Title: name, Section: "menu.items", Crumbs: crumbs, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// sides lead from one direction to the other, with the search kept.
func (v *crosswalkView) sides(asked url.Values) {
	for _, side := range []string{fromOutside, fromItem} {
		one := schemeSide{Title: message("crosswalk.from." + side)}
		if side != v.From {
			one.Href = "?" + asking(asking(asked, "from", side), "page", "").Encode()
		}
		v.Sides = append(v.Sides, one)
	}
}

// found are the ties that the address asks for.
func found(all []tieRow, asked url.Values) []tieRow {
	words, item, to := fold.Text(asked.Get("q")), asked.Get("item"), asked.Get("to")
	var rows []tieRow
	for _, t := range all {
		if item != "" && t.Part != item || to != "" && t.To != to && !strings.HasPrefix(t.To, to+".") {
			continue
		}
		if words == "" || holds(words, same(t.Part), t.PartIs.Text, same(t.To), t.ToIs.Text, same(t.By.Name), same(t.Note)) {
			rows = append(rows, t)
		}
	}
	return rows
}

// tieRows are all ties of the pack in words.
func tieRows(p *compact.Pack) []tieRow {
	order := map[string]int{}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			order[i.ID] = len(order)
		}
	}
	var rows []tieRow
	for _, t := range p.Crosswalk() {
		row := newTieRow(p, t)
		var known bool
		if row.order, known = order[t.Part]; !known {
			row.order = len(order)
		}
		rows = append(rows, row)
	}
	return rows
}

func newTieRow(p *compact.Pack, t compact.Tie) tieRow {
	row := tieRow{Part: t.Part, PartIs: partLink(p, t.Part), Scheme: t.Scheme, To: t.To, ToIs: endOf(p, t.Scheme, t.To), Relation: t.Relation,
		RelationIs: message("crosswalk.relation." + t.Relation), Strength: t.Strength, On: t.On, Note: t.Note, Certain: t.Certain}
	if i, ok := p.Item(t.Part); ok {
		row.Earlier = i.TextID != p.InForce
	}
	if t.Strength > 0 {
		row.StrengthIs = message("crosswalk.strength." + strconv.FormatInt(t.Strength, 10))
	}
	switch {
	case t.Text != "":
		row.Text = &Link{title(p, compact.Texts, t.Text), "/texts/" + t.Text}
	case t.AssertedBy != "":
		row.By = firstSource(p, t.AssertedBy)
	}
	return row
}

// endOf names what a tie leads to outside the text in force.
func endOf(p *compact.Pack, scheme, to string) Link {
	href := "/crosswalk/" + scheme + "?" + url.Values{"to": {to}}.Encode()
	switch scheme {
	case compact.SchemeSDG:
		goal, _, target := strings.Cut(to, ".")
		name := prefixed(goal, title(p, compact.SDGs, goal))
		if target {
			name = phrase("crosswalk.target", "target", to, "goal", title(p, compact.SDGs, goal))
		}
		return Link{name, href}
	case compact.SchemeWSIS:
		return Link{prefixed(to, title(p, compact.ActionLines, to)), href}
	case compact.SchemeOCA:
		return Link{title(p, compact.Aims, to), href}
	case compact.SchemeEarlier:
		return partLink(p, to)
	}
	return Link{same(to), href}
}

// sortTies orders by what stands first, then by the other side.
func sortTies(rows []tieRow, from string) {
	slices.SortStableFunc(rows, func(a, b tieRow) int {
		parts := cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.Part, b.Part))
		ends := cmp.Or(cmp.Compare(slices.Index(compact.Schemes, a.Scheme), slices.Index(compact.Schemes, b.Scheme)), compact.CompareEnds(a.To, b.To))
		if from == fromItem {
			return cmp.Or(parts, ends)
		}
		return cmp.Or(ends, parts)
	})
}

// schemesOf counts what is tied in each scheme.
func schemesOf(all []tieRow) []schemeView {
	var out []schemeView
	for _, id := range compact.Schemes {
		v := schemeView{ID: id, Href: "/crosswalk/" + id, Title: message("crosswalk.scheme." + id)}
		parts, ends := map[string]bool{}, map[string]bool{}
		for _, t := range all {
			if t.Scheme == id {
				v.Ties++
				parts[t.Part], ends[t.To] = true, true
			}
		}
		v.Parts, v.Ends = len(parts), len(ends)
		out = append(out, v)
	}
	return out
}

func tieTable(rows []tieRow) *Table {
	t := &Table{Columns: []string{"part", "part_en", "scheme", "to", "to_en", "relation", "strength", "asserted_by", "asserted_by_url", "said_by_text", "on", "note", "certain"}}
	for _, r := range rows {
		strength, text := "", ""
		if r.Strength > 0 {
			strength = strconv.FormatInt(r.Strength, 10)
		}
		if r.Text != nil {
			text = strings.TrimPrefix(r.Text.Href, "/texts/")
		}
		t.Rows = append(t.Rows, []string{r.Part, english(r.PartIs.Text), r.Scheme, r.To, english(r.ToIs.Text), r.Relation, strength, r.By.Name, r.By.Href, text, r.On, r.Note, yesNo(r.Certain)})
	}
	return t
}
