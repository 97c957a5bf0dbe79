package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/forum"
)

// bodyRoutes are the addresses of bodies.
func (s *Site) bodyRoutes() {
	s.page("/bodies", s.bodies)
	s.page("/bodies/{id}", s.orElsewhere(s.orOtherEntry(s.body)))
	s.bodyForms()
}

// bodySet are all bodies, and each by its id.
type bodySet struct {
	pack *compact.Pack
	all  []forum.Body
	at   map[string]int
}

// bodySet reads what the pack and their own people say of bodies.
func (q *request) bodySet() (*bodySet, error) {
	all, err := forum.Bodies(q.Tx, q.Pack)
	if err != nil {
		return nil, err
	}
	set := &bodySet{q.Pack, all, make(map[string]int, len(all))}
	for n, b := range all {
		set.at[b.ID] = n
	}
	return set, nil
}

// find is a body by its id, or nil.
func (s *bodySet) find(id string) *forum.Body {
	if n, ok := s.at[id]; ok {
		return &s.all[n]
	}
	return nil
}

// link leads to a body under its name.
func (s *bodySet) link(id string) Link {
	if b := s.find(id); b != nil {
		return Link{bodyName(s.pack, b), bodyHref(id)}
	}
	return Link{same(id), bodyHref(id)}
}

func (s *bodySet) links(ids []string) []Link {
	var links []Link
	for _, id := range ids {
		links = append(links, s.link(id))
	}
	return links
}

// on are the bodies that work on any of some items.
func (s *bodySet) on(items []string) []*forum.Body {
	var on []*forum.Body
	for n := range s.all {
		if s.all[n].WorksOn(items...) {
			on = append(on, &s.all[n])
		}
	}
	return on
}

// itemsOf are the parts of the text in force that a body works on.
func (s *bodySet) itemsOf(id string) []string {
	b := s.find(id)
	if b == nil {
		return nothing
	}
	var items []string
	for _, i := range s.pack.ItemsOf(s.pack.InForce) {
		if b.WorksOn(i.ID) {
			items = append(items, i.ID)
		}
	}
	return orNothing(items)
}

func bodyHref(id string) string { return "/bodies/" + id }

// bodyName is what a body is called: by the pack, else by its own people.
func bodyName(p *compact.Pack, b *forum.Body) Text {
	if b.Entry == 0 {
		return title(p, compact.Bodies, b.ID)
	}
	if name := wordsText(b.Words, "name"); name != nil {
		return name
	}
	return message("body.nameless", "id", b.ID)
}

func bodyKind(kind string) Text { return coded("bodies.kind.", kind) }

func functionName(code string) Text { return message("body.function." + code) }

// bodyRow is a body in a list.
type bodyRow struct {
	partRow
	Acronym     string   `json:"acronym,omitempty"`
	Kind        string   `json:"kind"`
	KindIs      Text     `json:"kind_in_words"`
	Host        string   `json:"host,omitempty"` // as its source names it
	Level       string   `json:"level,omitempty"`
	Since       string   `json:"since,omitempty"`
	Until       string   `json:"until,omitempty"`
	Cycle       Text     `json:"cycle,omitempty"`
	Items       int      `json:"items"`
	Functions   []string `json:"functions,omitempty"`
	Does        []Text   `json:"functions_in_words,omitempty"`
	ConfirmedOn string   `json:"last_confirmed,omitempty"`
	StaleFrom   string   `json:"stale_from,omitempty"`
	Stale       bool     `json:"stale,omitempty"`
	Certain     bool     `json:"certain"`
	Own         int64    `json:"own_description,omitempty"` // the entry by which its own people describe it
}

func newBodyRow(q *request, b *forum.Body) bodyRow {
	row := bodyRow{partRow: partRow{b.ID, bodyHref(b.ID), bodyName(q.Pack, b)}, Acronym: b.Acronym, Kind: b.Kind, KindIs: bodyKind(b.Kind), Host: b.Host, Level: b.Level,
		Since: b.Since, Until: b.Until, Items: len(b.Items), Functions: b.Functions, ConfirmedOn: b.ConfirmedOn, StaleFrom: b.StaleFrom, Stale: b.Stale(q.Today), Certain: b.Certain, Own: b.Own.Entry}
	if b.Cycle != "" {
		row.Cycle = coded("bodies.cycle.", b.Cycle)
	}
	for _, f := range b.Functions {
		row.Does = append(row.Does, functionName(f))
	}
	return row
}

// Years writes when a body worked: "2019–2021", "since 2006".
func (r bodyRow) Years() Text {
	switch {
	case r.Since != "" && r.Until != "":
		return same(r.Since + "–" + r.Until)
	case r.Since != "":
		return message("bodies.since_year", "year", r.Since)
	}
	return nil
}

// freshness is the code of a filter: "yes" of what nobody has confirmed for too long.
func freshness(stale bool) string {
	if stale {
		return "yes"
	}
	return "no"
}

type bodiesView struct {
	filters
	listPage
	Stale int       `json:"stale"` // of the rows, how many nobody has confirmed for too long
	Rows  []bodyRow `json:"bodies"`
}

// bodies lists the bodies on the map under the conditions of the address.
func (s *Site) bodies(q *request) (View, error) {
	asked := q.query("q", "kind", "level", "function", "stale", "item", "under", "for", "body", "page")
	c := coder{q, asked}
	scope, err := c.scope()
	if err != nil {
		return View{}, err
	}
	set, err := q.bodySet()
	if err != nil {
		return View{}, err
	}
	v := bodiesView{}
	table := &Table{Columns: bodyColumns}
	words := fold.Text(asked.Get("q"))
	fits := func(code string, of ...string) bool { return code == "" || slices.Contains(of, code) }
	var rows []bodyRow
	for n := range set.all {
		b := &set.all[n]
		row := newBodyRow(q, b)
		if !fits(asked.Get("kind"), b.Kind) || !fits(asked.Get("level"), b.Level) || !fits(asked.Get("function"), b.Functions...) || !fits(asked.Get("stale"), freshness(row.Stale)) ||
			!holds(words, row.Title, same(b.Acronym), same(b.Host)) || scope != nil && !b.WorksOn(scope...) {
			continue
		}
		if row.Stale {
			v.Stale++
		}
		rows = append(rows, row)
		table.Rows = append(table.Rows, bodyCells(q, b))
	}
	kinds := slices.DeleteFunc(slices.Clone(compact.BodyKinds), func(kind string) bool {
		return !slices.ContainsFunc(set.all, func(b forum.Body) bool { return b.Kind == kind })
	})
	main := []filter{c.options("kind", options(kinds, asked.Get("kind"), bodyKind)), c.codes("level", compact.Levels, "body.level."),
		c.options("function", options(compact.Functions, asked.Get("function"), functionName)), c.codes("stale", []string{"yes", "no"}, "body.stale."), c.plain("item", "text")}
	main[0].Label, main[1].Label, main[2].Label, main[3].Label = message("bodies.kind"), message("body.level"), message("body.functions"), message("body.last_confirmed")
	if id := asked.Get("item"); id != "" { // its code alone: a list of all items would weigh more than the bodies
		main[4].said = itemLink(q.Pack, id).Text
	}
	for n := range main {
		main[n].Main = true
	}
	v.filters = newFilters(asked, "bodies.words", append(main, c.scopeFields("under", "for", "body")...))
	v.Rows, v.listPage = paged(q, rows, asked)
	return View{Page: "bodies", Title: message("menu.bodies"), Section: "menu.bodies", Subjects: []string{"bodies"}, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// bodyColumns are those of the CSV twin. Relations are those that go out from the
// body, one after the other: kind, body, who asserts it, day, and how many dispute it.
var bodyColumns = []string{"id", "title_en", "acronym", "kind", "host", "since", "until", "cycle", "items", "text", "certain", "source", "url",
	"level", "functions", "groups", "languages", "mandate", "mandate_item", "mandate_on", "mandate_until", "relations", "our_reading", "last_confirmed", "stale_from", "own_description", "run_by", "disputed", "contact"}

func bodyCells(q *request, b *forum.Body) []string {
	var relations, parties, disputed []string
	for _, r := range b.Relations {
		if r.From == b.ID {
			relations = append(relations, strings.Join([]string{r.Kind, r.To, r.By, r.On, strconv.Itoa(len(r.Disputed))}, "|"))
		}
	}
	for _, party := range b.RunBy() {
		parties = append(parties, strconv.FormatInt(party, 10))
	}
	for _, d := range b.Disputed {
		disputed = append(disputed, d.Fact+"|"+d.Body)
	}
	own := ""
	if b.Own.Entry != 0 {
		own = strconv.FormatInt(b.Own.Entry, 10)
	}
	list := func(of []string) string { return strings.Join(of, " ") }
	return []string{b.ID, english(bodyName(q.Pack, b)), b.Acronym, b.Kind, b.Host, b.Since, b.Until, b.Cycle, list(b.Items), b.Text, yesNo(b.Certain), b.Source, b.URL,
		b.Level, list(b.Functions), list(b.Groups), list(b.Languages), b.Mandate.Instrument, b.Mandate.Item, b.Mandate.On, b.Mandate.Until, list(relations), list(b.Reading),
		b.ConfirmedOn, b.StaleFrom, own, list(parties), list(disputed), b.Contact}
}
