package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/locale"
	"kept/internal/web/chart"
)

// The wheel draws the bodies around the hub that a proposal set in their middle,
// whether or not there is one. Its table says the same.

// mostSpokes is how many spokes a picture has room for; the rest are in its table.
const mostSpokes = 64

// hubView is what stands in the middle.
type hubView struct {
	On       bool `json:"runs_here"`
	Sentence Text `json:"what_it_is"`
	Link     Link `json:"mechanism"`
	short    Text
}

// wheelTheme is a ring: an objective, a theme, or the section on follow-up.
type wheelTheme struct {
	ID     string  `json:"id"`
	Title  Text    `json:"title"`
	Bodies leading `json:"bodies"`
}

// wheelKind is a group of spokes.
type wheelKind struct {
	Number int     `json:"number"`
	Kind   string  `json:"kind"`
	Word   Text    `json:"kind_in_words"`
	Bodies leading `json:"bodies"`
	Left   int     `json:"not_drawn,omitempty"` // for want of room
}

// wheelRow is a body: a spoke, and where it stands among the relations of all bodies.
type wheelRow struct {
	ID          string   `json:"id"`
	Body        Link     `json:"body"`
	Label       string   `json:"label"`
	Kind        string   `json:"kind"`
	Number      int      `json:"number_of_kind"`
	Themes      []string `json:"themes"`
	Drawn       bool     `json:"drawn"`
	Degree      int      `json:"related_to"`
	Component   int      `json:"connected_part,omitempty"`
	Betweenness string   `json:"betweenness"`
}

// Between is the betweenness to three places, for the table.
func (r wheelRow) Between() string {
	x, _ := strconv.ParseFloat(r.Betweenness, 64)
	return strconv.FormatFloat(x, 'f', 3, 64)
}

type wheelView struct {
	Hub        hubView      `json:"hub"`
	EarlierOn  string       `json:"earlier_on,omitempty"`
	Texts      []choice     `json:"texts"`
	Themes     []wheelTheme `json:"themes"`
	Kinds      []wheelKind  `json:"kinds"`
	Others     int          `json:"bodies_on_nothing_of_the_text"`
	Ended      int          `json:"bodies_that_ended"`
	Components []int        `json:"connected_parts"` // bodies in each
	listPage
	Rows []wheelRow `json:"rows"`

	all    []wheelRow
	sample bool
}

// wheel draws the bodies of one of the texts around the hub.
func (s *Site) wheel(q *request) (View, error) {
	asked := q.query("text", "page")
	bodies, err := forum.Bodies(q.Tx, q.Pack)
	if err != nil {
		return View{}, err
	}
	text, ok := q.Pack.Text(asked.Get("text"))
	if !ok {
		text = q.Pack.TextInForce()
	}
	w := forum.WheelOf(q.Pack, bodies, text.ID, q.Today)
	v := wheelView{Hub: hubOf(q.Pack), Others: w.Others, Ended: w.Ended, sample: q.Pack.Sample}
	if text.ID != q.Pack.InForce {
		v.EarlierOn = text.On
	}
	for _, t := range q.Pack.Texts {
		v.Texts = append(v.Texts, choice{t.ID, title(q.Pack, compact.Texts, t.ID), t.ID == text.ID})
	}
	v.fill(q.Pack, w, bodies)
	v.themes(q.Pack, w)
	v.Rows, v.listPage = pagedBy(q, v.all, asked, 2*perPage)
	return View{Page: "wheel", Title: message("wheel.title"), Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: []string{"bodies"}, Data: v, Table: v.table(), Robots: filtered(asked)}, nil
}

// hubOf says what stands in the middle: the forum where it runs here, else that there is none.
func hubOf(p *compact.Pack) hubView {
	m, on := p.Module("forum")
	if m == nil {
		return hubView{Sentence: message("wheel.never"), Link: Link{message("menu.mechanisms"), "/mechanisms"}, short: message("wheel.no_hub")}
	}
	name := title(p, compact.Mechanisms, m.ID)
	hub := hubView{On: on, Link: Link{prefixed(m.ID, name), "/mechanisms/" + m.ID}, Sentence: phrase("wheel.hub", "name", name), short: message("wheel.hub_short")}
	if !on {
		year, _, _ := strings.Cut(earlierOn(p), "-")
		hub.Sentence, hub.short = message("wheel.proposed", "year", year), message("wheel.no_hub")
	}
	return hub
}

// fill makes a row of each spoke, and counts them by kind.
func (v *wheelView) fill(p *compact.Pack, w forum.Wheel, bodies []forum.Body) {
	measures, components := forum.OverlapsOf(p, bodies).Measures()
	v.Components = components
	at, short := map[string]int{}, map[string]int{}
	for n, b := range bodies {
		at[b.ID] = n
		short[b.Acronym]++
	}
	drawn := shareOut(w.Spokes)
	for _, s := range w.Spokes {
		b, m := s.Body, measures[at[s.Body.ID]]
		if n := len(v.Kinds); n == 0 || v.Kinds[n-1].Kind != b.Kind {
			v.Kinds = append(v.Kinds, wheelKind{Number: n + 1, Kind: b.Kind, Word: bodyKind(b.Kind)})
		}
		kind := &v.Kinds[len(v.Kinds)-1]
		row := wheelRow{ID: b.ID, Body: bodyLink(p, b), Label: b.ID, Kind: b.Kind, Number: kind.Number, Themes: s.Themes, Degree: m.Degree, Component: m.Component,
			Betweenness: strconv.FormatFloat(m.Betweenness, 'f', 6, 64)}
		if b.Acronym != "" && short[b.Acronym] == 1 && chart.WheelFits(b.Acronym) {
			row.Label = b.Acronym
		}
		kind.Bodies.N++
		if row.Drawn = kind.Bodies.N <= drawn[b.Kind]; !row.Drawn {
			kind.Left++
		}
		v.all = append(v.all, row)
	}
}

// shareOut says how many spokes of each kind there is room for: all, or each kind's
// share of what there is.
func shareOut(spokes []forum.Spoke) map[string]int64 {
	room := map[string]int64{}
	for _, s := range spokes {
		room[s.Body.Kind]++
	}
	if len(spokes) > mostSpokes {
		for kind, n := range room {
			room[kind] = max(n*mostSpokes/int64(len(spokes)), 1)
		}
	}
	return room
}

// themes fills the rings.
func (v *wheelView) themes(p *compact.Pack, w forum.Wheel) {
	for _, id := range w.Themes {
		t := wheelTheme{ID: id, Title: message("group.FU")}
		if id != compact.FollowUp {
			t.Title = title(p, compact.Items, id)
		}
		for _, row := range v.all {
			if slices.Contains(row.Themes, id) {
				t.Bodies.N++
			}
		}
		if t.Bodies.N > 0 && v.EarlierOn == "" && v.Ended == 0 {
			t.Bodies = count(t.Bodies.N, "/bodies", url.Values{"under": {id}})
		}
		v.Themes = append(v.Themes, t)
	}
}

// Picture draws the wheel in a language.
func (v wheelView) Picture(lang locale.Lang) template.HTML {
	href := func(address string) string { return "/" + string(lang) + address }
	w := chart.Wheel{ID: "wheel", Title: lang.T("wheel.title"), Description: textOf(v.Hub.Sentence, lang) + " " + lang.T("wheel.described", "n", len(v.all)),
		Hub: chart.WheelLines(textOf(v.Hub.short, lang)), HubHref: href(v.Hub.Link.Href), Open: !v.Hub.On, Mirrored: lang.Dir() == "rtl"}
	if v.sample {
		w.Mark = lang.T("indicator.sample_mark")
	}
	ring := map[string]int{}
	for n, t := range v.Themes {
		ring[t.ID] = n
		w.Rings = append(w.Rings, t.ID)
	}
	kind := ""
	for _, row := range v.all {
		if !row.Drawn {
			continue
		}
		s := chart.Spoke{Label: row.Label, Name: textOf(row.Body.Text, lang), Href: href(row.Body.Href)}
		for _, t := range row.Themes {
			s.Rings = append(s.Rings, ring[t])
		}
		if row.Kind != kind {
			kind, s.Group = row.Kind, lang.T("plain.number", "n", row.Number)
		}
		w.Spokes = append(w.Spokes, s)
	}
	return w.SVG()
}

// table is the CSV of the wheel.
func (v *wheelView) table() *Table {
	t := &Table{Columns: []string{"id", "title_en", "label", "kind", "themes", "drawn", "related_to", "connected_part", "betweenness"}}
	for _, r := range v.all {
		t.Rows = append(t.Rows, []string{r.ID, english(r.Body.Text), r.Label, r.Kind, strings.Join(r.Themes, " "), yesNo(r.Drawn),
			strconv.Itoa(r.Degree), strconv.Itoa(r.Component), r.Betweenness})
	}
	return t
}

func (v wheelView) figures() []figure {
	list := []figure{counted("spokes", message("wheel.spokes"), len(v.all)), counted("others", message("wheel.others_label"), v.Others), counted("ended", message("wheel.ended_label"), v.Ended)}
	for _, t := range v.Themes {
		list = append(list, counted("theme."+nameOf(t.ID), phrase("cite.what.of", "of", t.Title, "what", message("menu.bodies")), t.Bodies.N))
	}
	for _, k := range v.Kinds {
		list = append(list, counted("kind."+nameOf(k.Kind), phrase("cite.what.of", "of", k.Word, "what", message("menu.bodies")), k.Bodies.N))
	}
	for n, bodies := range v.Components {
		list = append(list, counted("part."+strconv.Itoa(n+1), message("wheel.part_of", "n", n+1), bodies))
	}
	for _, r := range v.Rows {
		what := func(key string) Text { return phrase("cite.what.of", "of", r.Body.Text, "what", message(key)) }
		list = append(list, counted("body."+nameOf(r.ID)+".related", what("wheel.related"), r.Degree),
			figure{Name: "body." + nameOf(r.ID) + ".betweenness", What: what("wheel.between"), Value: r.Between()})
	}
	return list
}
