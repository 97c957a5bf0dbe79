package web

import (
	"net/url"
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/forum"
)

// Gaps are counted item by item. A page of them is a list: it says what this record
// does not hold, of everybody alike, and judges nobody.

// gapFilters are what the list of gaps can be asked for.
var gapFilters = []string{"gap", "topic", "under", "for", "body", "item", "text", "page"}

// gapSubjects are what gaps rest on.
var gapSubjects = []string{"commitments", "indicators", "bodies"}

// gapsPerPage keeps a page of seven columns light.
const gapsPerPage = 30

// gapCell is one of the six of an item: how many were found, and the list of them.
type gapCell struct {
	Kind  string `json:"gap"`
	Word  Text   `json:"-"`
	Open  bool   `json:"open"`
	Found int64  `json:"found"`
	Href  string `json:"list"`
}

// gapRow is an item with its six.
type gapRow struct {
	partRow
	Trail   string    `json:"trail"`
	Earlier bool      `json:"earlier,omitempty"`
	Cells   []gapCell `json:"gaps"`
}

// gapTotal is how many of the items have one of the six.
type gapTotal struct {
	Kind  string  `json:"gap"`
	Word  Text    `json:"gap_in_words"`
	Items leading `json:"items"`
}

type gapsView struct {
	filters
	listPage
	Since   string     `json:"reports_since"`
	Earlier string     `json:"earlier_on,omitempty"` // date of the text, where it is not the one in force
	Of      int        `json:"items"`                // that are looked at, before the condition of one gap
	Totals  []gapTotal `json:"items_without"`
	Topics  []Link     `json:"topics,omitempty"`
	Topic   *topicView `json:"topic,omitempty"`
	Rows    []gapRow   `json:"rows"`
}

// topicView is a subject that somebody named as lacking something.
type topicView struct {
	partRow
	Note    Text         `json:"our_note"`
	NamedBy []partRow    `json:"named_by,omitempty"`
	Bodies  []Link       `json:"bodies"` // that work on any part of it, in any of the texts
	Sources []sourceView `json:"sources,omitempty"`
}

// gaps lists the items of a text with the six gaps of each.
func (s *Site) gaps(q *request) (View, error) {
	asked := q.query(gapFilters...)
	c := coder{q, asked}
	text := asked.Get("text")
	if _, ok := q.Pack.Text(text); !ok {
		text = q.Pack.InForce
	}
	all, err := forum.GapsOfText(q.Tx, q.Pack, text, q.Today)
	if err != nil {
		return View{}, err
	}
	bodies, err := forum.Bodies(q.Tx, q.Pack)
	if err != nil {
		return View{}, err
	}
	v := gapsView{Since: forum.GapsSince(q.Today)}
	if text != q.Pack.InForce {
		t, _ := q.Pack.Text(text)
		v.Earlier = t.On
	}
	wanted := c.wantedGaps(bodies)
	counts := make([]int64, len(forum.GapKinds))
	var rows []gapRow
	table := &Table{Columns: gapColumns}
	for _, g := range all {
		if i, _ := q.Pack.Item(g.Item); !wanted(i) {
			continue
		}
		v.Of++
		row := newGapRow(q.Pack, g)
		for n, cell := range row.Cells {
			if cell.Open {
				counts[n]++
			}
		}
		if asked.Get("gap") == "" || slices.Contains(g.Open(), asked.Get("gap")) {
			rows = append(rows, row)
			table.Rows = append(table.Rows, gapLine(q.Pack, g, q.Today))
		}
	}
	for n, kind := range forum.GapKinds {
		v.Totals = append(v.Totals, gapTotal{kind, message("gap." + kind), count(counts[n], "/gaps", asking(c.without("gap", "page"), "gap", kind))})
	}
	v.topics(q, asked.Get("topic"), bodies)
	v.filters = newFilters(asked, "items.words", c.gapFields())
	v.Rows, v.listPage = pagedBy(q, rows, asked, gapsPerPage)
	return View{Page: "gaps", Title: message("gaps.title"), Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: gapSubjects, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// without is the address without some of its parameters.
func (c coder) without(names ...string) url.Values {
	to := url.Values{}
	for name := range c.asked {
		if !slices.Contains(names, name) {
			to.Set(name, c.asked.Get(name))
		}
	}
	return to
}

// wantedGaps tells which items the conditions leave, in whichever text.
func (c coder) wantedGaps(bodies []forum.Body) func(*compact.Item) bool {
	at := c.asked.Get
	var topic, works []string
	if t, ok := c.q.Pack.Topic(at("topic")); ok {
		topic = c.q.Pack.ItemsOfTopic(t)
	}
	for _, b := range bodies {
		if b.ID == at("body") {
			works = b.Items
		}
	}
	return func(i *compact.Item) bool {
		return (at("topic") == "" || slices.Contains(topic, i.ID)) && (at("under") == "" || i.Under == at("under")) &&
			(at("for") == "" || i.Asked(at("for"))) && (at("item") == "" || i.ID == at("item")) && (at("body") == "" || slices.Contains(works, i.ID))
	}
}

// gapFields are the conditions above the list.
func (c coder) gapFields() []filter {
	p := c.q.Pack
	var earlier []choice
	for _, t := range p.Texts[1:] {
		earlier = append(earlier, choice{t.ID, title(p, compact.Texts, t.ID), t.ID == c.asked.Get("text")})
	}
	addressees := options(p.Addressees, c.asked.Get("for"), func(id string) Text { return title(p, compact.Addressees, id) })
	addressees = slices.DeleteFunc(addressees, func(a choice) bool { return len(p.AskedOf(p.InForce, a.ID)) == 0 })
	all := []filter{c.codes("gap", forum.GapKinds, "gap."), c.objectives(), c.options("for", addressees)}
	if len(p.Topics) > 0 {
		topics := make([]choice, len(p.Topics))
		for n, t := range p.Topics {
			topics[n] = choice{t.ID, title(p, compact.Topics, t.ID), t.ID == c.asked.Get("topic")}
		}
		all = append(all, c.options("topic", topics))
	}
	if len(earlier) > 0 {
		all = append(all, c.options("text", earlier))
	}
	for i := range all {
		all[i].Main = i < 2
	}
	return append(all, c.scopeFields("item", "body")...)
}

// topics fills the ready-made views, and what is said of the one that was chosen.
func (v *gapsView) topics(q *request, chosen string, bodies []forum.Body) {
	p := q.Pack
	for _, t := range p.Topics {
		v.Topics = append(v.Topics, Link{title(p, compact.Topics, t.ID), "/gaps?topic=" + t.ID})
	}
	t, ok := p.Topic(chosen)
	if !ok {
		return
	}
	v.Topic = &topicView{partRow: partRow{t.ID, "/gaps?topic=" + t.ID, title(p, compact.Topics, t.ID)}, Note: note(p, compact.Topics, t.ID),
		NamedBy: partRows(p, t.NamedBy), Bodies: []Link{}, Sources: sourcesOf(p, t.Sources)}
	items := p.ItemsOfTopic(t)
	for _, b := range bodies {
		if b.WorksOn(items...) {
			v.Topic.Bodies = append(v.Topic.Bodies, Link{bodyName(p, &b), bodyHref(b.ID)})
		}
	}
}

func newGapRow(p *compact.Pack, g forum.ItemGaps) gapRow {
	row := gapRow{partRow: partRow{g.Item, "/items/" + g.Item, title(p, compact.Items, g.Item)}, Trail: "/gaps/" + g.Item, Earlier: g.Earlier}
	for _, gap := range g.Gaps {
		cell := gapCell{Kind: gap.Kind, Word: message("gaps.column." + gap.Kind), Open: gap.Open, Href: row.Trail + "#" + gap.Kind}
		for _, s := range gap.Evidence {
			if s.Counts {
				cell.Found += s.Found
			}
		}
		if !gap.Open && !g.Earlier { // those of earlier texts are the sum of several lists
			cell.Href = gapList(g.Item, gap.Kind, gap.Evidence[0])
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// gapList is the list that is as long as what was found for a gap of an item of the
// text in force.
func gapList(item, kind string, s forum.Sought) string {
	if kind == forum.GapCommitment {
		return "/commitments?" + url.Values{"counted": {"here"}, "item": {item}}.Encode()
	}
	return soughtList(item, s)
}

// soughtLists say by which conditions a list shows what was looked for.
var soughtLists = map[string]struct {
	list  string
	asked url.Values
}{
	forum.SoughtBodies:          {"/bodies", url.Values{}},
	forum.SoughtDelivery:        {"/commitments", url.Values{"counted": {"delivery"}}},
	forum.SoughtIntents:         {"/commitments", url.Values{"counted": {"intent"}}},
	forum.SoughtElsewhere:       {"/commitments", url.Values{"which": {"stated"}}},
	forum.SoughtWithdrawn:       {"/commitments", url.Values{"counted": {"withdrawn"}}},
	forum.SoughtEarlierChecked:  {"/commitments", url.Values{"counted": {"earlier"}, "check": {"yes"}}},
	forum.SoughtEarlierIntents:  {"/commitments", url.Values{"counted": {"earlier"}, "check": {"no"}}},
	forum.SoughtMoney:           {"/commitments", url.Values{"counted": {"here"}, "money": {"yes"}}},
	forum.SoughtEarlierMoney:    {"/commitments", url.Values{"counted": {"earlier"}, "money": {"yes"}}},
	forum.SoughtIndicators:      {"/indicators", url.Values{}},
	forum.SoughtSeries:          {"/indicators", url.Values{"held": {"yes"}}},
	forum.SoughtReported:        {"/commitments", url.Values{"counted": {"here"}}},
	forum.SoughtEarlierReported: {"/commitments", url.Values{"counted": {"earlier"}}},
}

// soughtList is the list that shows what was looked for, be it empty; "" where no one
// list does.
func soughtList(item string, s forum.Sought) string {
	list, ok := soughtLists[s.What]
	if !ok {
		return ""
	}
	to := asking(list.asked, "item", item)
	if s.Since != "" {
		to.Set("reported_from", s.Since)
	}
	return list.list + "?" + to.Encode()
}

// soughtOrder is what the CSV counts, in its columns.
var soughtOrder = []string{forum.SoughtBodies, forum.SoughtBodiesAbove, forum.SoughtDelivery, forum.SoughtIntents, forum.SoughtElsewhere, forum.SoughtWithdrawn,
	forum.SoughtEarlierChecked, forum.SoughtEarlierIntents, forum.SoughtMoney, forum.SoughtEarlierMoney, forum.SoughtSeries, forum.SoughtIndicators,
	forum.SoughtReported, forum.SoughtEarlierReported}

// gapColumns are those of the CSV: each of the six as true where it is a gap, then
// the counts behind them.
var gapColumns = slices.Concat([]string{"item", "text", "title_en", "on", "reports_since", "no_body", "no_commitment", "no_verifiable_commitment", "no_money", "no_series", "no_report"}, soughtOrder)

// gapLine is an item in the CSV.
func gapLine(p *compact.Pack, g forum.ItemGaps, today string) []string {
	i, _ := p.Item(g.Item)
	line := []string{g.Item, i.TextID, english(title(p, compact.Items, g.Item)), today, forum.GapsSince(today)}
	found := map[string]int64{}
	for _, gap := range g.Gaps {
		line = append(line, yesNo(gap.Open))
		for _, s := range gap.Evidence {
			found[s.What] = s.Found
		}
	}
	for _, what := range soughtOrder {
		line = append(line, strconv.FormatInt(found[what], 10))
	}
	return line
}

func (v gapsView) figures() []figure {
	list := []figure{counted("items", message("gaps.items"), v.Of)}
	for _, t := range v.Totals {
		list = append(list, counted(t.Kind, t.Word, t.Items.N))
	}
	return list
}
