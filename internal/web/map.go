package web

import (
	"net/url"
	"slices"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// The implementation map shows who works on which item with what. Above stand
// counts, each the length of the list that it leads to; below, item by item, what
// they count, with its source. It ranks nothing and names nobody who has nothing
// here.

// mapFilters are what the map can be asked for.
var mapFilters = []string{"under", "for", "kind", "region", "what", "body", "item", "party"}

// leading is a number that leads to what it counts; no list where it is none.
type leading struct {
	N    int64  `json:"n"`
	Href string `json:"list,omitempty"`
}

// mapLine is an objective or an item with how much there is of each.
type mapLine struct {
	ID          string    `json:"id"`
	Href        string    `json:"href,omitempty"`
	Title       Text      `json:"title"`
	Narrower    string    `json:"-"` // the map of this objective alone
	Commitments leading   `json:"commitments"`
	Intents     leading   `json:"statements_of_intent"`
	Elsewhere   leading   `json:"stated_elsewhere"`
	Supporters  leading   `json:"supported_by_parties"`
	Bodies      *leading  `json:"bodies,omitempty"` // nil where a condition on parties holds
	Documents   *leading  `json:"documents,omitempty"`
	Series      *leading  `json:"series,omitempty"`
	Requested   *leading  `json:"support_requested,omitempty"`
	Offered     *leading  `json:"support_offered,omitempty"`
	Kinds       []mapKind `json:"by_kind_of_party,omitempty"`
	BodyKinds   []mapBody `json:"by_kind_of_body,omitempty"`
	items       []string
}

// mapBody is how many bodies of one kind work on a line.
type mapBody struct {
	Kind   string  `json:"kind"`
	KindIs Text    `json:"kind_name"`
	Bodies leading `json:"bodies"`
}

// mapKind is what the parties of one kind have on a line.
type mapKind struct {
	Kind        string  `json:"kind"`
	KindIs      Text    `json:"kind_name"`
	Commitments leading `json:"commitments"`
	Intents     leading `json:"statements_of_intent"`
	Elsewhere   leading `json:"stated_elsewhere"`
	Supporters  leading `json:"supported_by_parties"`
}

type mapView struct {
	filters
	Mandate     Text      `json:"mandate"`
	MandateItem *Link     `json:"mandate_item,omitempty"`
	Endorsed    leading   `json:"endorsed_here_by_parties"`
	Named       int64     `json:"named_as_endorsing_elsewhere"`
	By          string    `json:"by"` // objective or item
	Lines       []mapLine `json:"overview"`
	Whole       []mapKind `json:"by_kind_of_party,omitempty"` // where the lines are items
	Silence     Text      `json:"silence,omitempty"`
	Of          int64     `json:"total"`
	Rows        []mapRow  `json:"rows"`
	pages
}

// implementationMap is the page of the map.
func (s *Site) implementationMap(q *request) (View, error) {
	asked := q.query(slices.Concat(mapFilters, []string{"after", "limit"})...)
	m, err := newMapped(q, asked)
	if err != nil {
		return View{}, err
	}
	v := View{Page: "map", Title: message("map.title"), Section: "menu.items", Crumbs: []Link{{message("menu.items"), "/items"}},
		Subjects: []string{"commitments", "parties", "support", "indicators", "bodies"}, Robots: filtered(asked)}
	if q.whole() {
		v.Table = streamCSV(mapTable, func(after string) ([]mapRow, string, error) { return m.rows(after, 1000) })
		return v, nil
	}
	data := mapView{}
	if err := m.head(&data); err != nil {
		return View{}, err
	}
	if data.Lines, data.Whole, err = m.overview(); err != nil {
		return View{}, err
	}
	if data.Silence, err = m.silence(); err != nil {
		return View{}, err
	}
	if data.Of, err = m.total(); err != nil {
		return View{}, err
	}
	limit := int(coder{q, asked}.id("limit"))
	if limit <= 0 || limit > 1000 || !q.forProgram() {
		limit = perPage
	}
	var next string
	if data.Rows, next, err = m.rows(asked.Get("after"), limit); err != nil {
		return View{}, err
	}
	if next != "" {
		data.Next = nextPage(asked, next)
	}
	v.Data, v.Table = data, &Table{}
	return v, nil
}

// mapped is the map under the conditions of one address.
type mapped struct {
	c        coder
	items    []string // of the text in force that the conditions leave, in its order
	narrowed bool     // by items: the lines are items, not objectives
	scoped   []string // the items as the lists understand the address: one of an earlier text can be asked for by name
	bodies   *bodySet
	parties  bool // a condition on parties holds: what no party does is left out
	support  stakeholder.SupportFilter
	namings  *stakeholder.Namings
	adopted  int64 // the entry that adopted the pack
	on       string
}

func newMapped(q *request, asked url.Values) (*mapped, error) {
	m := &mapped{c: coder{q, asked}}
	var err error
	if m.scoped, err = m.c.scope(); err != nil {
		return nil, err
	}
	if m.bodies, err = q.bodySet(); err != nil {
		return nil, err
	}
	for _, i := range q.Pack.ItemsOf(q.Pack.InForce) {
		if m.scoped == nil || slices.Contains(m.scoped, i.ID) {
			m.items = append(m.items, i.ID)
		}
	}
	m.narrowed = m.scoped != nil
	m.parties = asked.Get("kind") != "" || asked.Get("region") != "" || asked.Get("party") != ""
	m.support = stakeholder.SupportFilter{Kind: asked.Get("kind"), Party: m.c.id("party")}
	if region := asked.Get("region"); region != "" {
		m.support.Areas = seatsIn(q, region)
	}
	if m.namings, err = stakeholder.Supporting(q.Tx); err != nil {
		return nil, err
	}
	m.adopted, m.on, err = packSince(q)
	return m, err
}

// seatsIn are the areas of a region or of a group of countries, as the list of
// parties understands it; never nil.
func seatsIn(q *request, region string) []string {
	areas := q.Areas.In(region)
	if len(areas) == 0 {
		areas = q.Areas.Group(region)
	}
	seats := make([]string, len(areas))
	for i, a := range areas {
		seats[i] = a.ID
	}
	return seats
}

// filter is what the map asks of the list of commitments.
func (m *mapped) filter() commitment.Filter {
	at := m.c.asked.Get
	return commitment.Filter{Kind: at("kind"), Region: at("region"), Party: m.c.id("party"), Today: m.c.q.Today}
}

// head fills what stands above the counts.
func (m *mapped) head(v *mapView) error {
	q := m.c.q
	v.Mandate = message("map.no_mandate")
	if i, ok := q.Pack.Item(q.Pack.Map); ok {
		text, _ := q.Pack.Text(i.TextID)
		v.Mandate = message("mandate.paragraph", "place", i.Place(), "symbol", symbolOf(text))
		link := itemLink(q.Pack, i.ID)
		v.MandateItem = &link
	}
	endorsed, err := stakeholder.Endorsements(q.Tx, q.Pack.InForce)
	if err != nil {
		return err
	}
	v.Endorsed, v.Named = count(endorsed.Given, "/stakeholders", url.Values{"basis": {stakeholder.BasisEndorsed}}), endorsed.Elsewhere
	v.By = "objective"
	if m.narrowed {
		v.By = "item"
	}
	fields, err := m.fields()
	v.filters = newFilters(m.c.asked, "items.words", fields)
	return err
}

// symbolOf names a text by its symbol, else by its id.
func symbolOf(t *compact.Text) string {
	if t.Symbol != "" {
		return t.Symbol
	}
	return t.ID
}

// fields are the conditions above the map.
func (m *mapped) fields() ([]filter, error) {
	c := m.c
	addressees := options(c.q.Pack.Addressees, c.asked.Get("for"), func(id string) Text { return title(c.q.Pack, compact.Addressees, id) })
	addressees = slices.DeleteFunc(addressees, func(a choice) bool { return len(c.q.Pack.AskedOf(c.q.Pack.InForce, a.ID)) == 0 })
	all := []filter{c.objectives(), c.options("for", addressees), c.kinds(), c.regions(), c.options("what", options(mapSorts, c.asked.Get("what"), mapSort))}
	for i := range all {
		all[i].Main = true
	}
	bodies := make([]choice, 0, len(m.bodies.all))
	for n := range m.bodies.all {
		if b := &m.bodies.all[n]; slices.ContainsFunc(b.Items, c.q.Pack.ItemInForce) {
			bodies = append(bodies, choice{b.ID, bodyName(c.q.Pack, b), b.ID == c.asked.Get("body")})
		}
	}
	body := c.options("body", bodies)
	body.Kind = "suggest"
	all = append(all, body)
	all = append(all, c.scopeFields("item")...)
	return c.party(all)
}

// count is a number with the list that it is the length of.
func count(n int64, list string, asked url.Values) leading {
	if n == 0 {
		return leading{}
	}
	return leading{n, list + "?" + asked.Encode()}
}

// silence counts the States that are asked something here and registered nothing
// on it. It is said of all of them, whatever the pack allows elsewhere: the map
// names nobody who has nothing here.
func (m *mapped) silence() (Text, error) {
	q := m.c.q
	asked := slices.ContainsFunc(m.items, func(id string) bool { i, ok := q.Pack.Item(id); return ok && i.Asked("states") })
	if !asked || m.parties {
		return nil, nil
	}
	f := m.filter()
	f.Kind, f.Items = stakeholder.KindState, m.items
	leads, err := commitment.Leads(q.Tx, f)
	if err != nil {
		return nil, err
	}
	counts, err := stakeholder.Count(q.Tx)
	states := counts.ByKind[stakeholder.KindState]
	return message("item.silence", "n", states-int64(len(leads)), "of", states), err
}

// packSince is since when the pack's facts stand in the record: entry and day.
func packSince(q *request) (entry int64, on string, err error) {
	if entry, err = compact.AdoptedAt(q.Tx); err != nil {
		return 0, "", err
	}
	e, err := keeper.ReadEntry(q.Tx, entry)
	return entry, e.On(), err
}
