package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// The directory of regulators: offices that watch over the digital space, with a contact
// that each confirms once a year, and what they tell and ask one another.

// regulatorRoutes are the addresses of the directory and of the exchange of practice.
func (s *Site) regulatorRoutes() {
	s.page("/regulators", s.regulators)
	s.page("/regulators/{id}", s.regulator)
	s.page("/practices", s.practices)
	s.page("/practices/{id}", s.practice)
	s.form("/regulators/new", s.regulatorForm(false))
	s.form("/regulators/{id}/change", s.regulatorForm(true))
	s.form("/regulators/{id}/confirm", s.confirmRegulatorForm())
	s.form("/regulators/{id}/end", s.endRegulatorForm())
	s.form("/practices/new", s.practiceForm())
	s.form("/practices/{id}/answer", s.answerPracticeForm())
	s.needs(s.regulatorTasks)
}

type regulatorRow struct {
	ID        int64     `json:"id"`
	Href      string    `json:"href"`
	Name      Text      `json:"name"`
	Kind      string    `json:"kind"`
	KindIs    Text      `json:"kind_in_words"`
	Area      *Link     `json:"area,omitempty"`
	Items     []partRow `json:"items,omitempty"`
	State     string    `json:"contact"`
	StateIs   Text      `json:"contact_in_words"`
	Shape     string    `json:"-"`
	Confirmed string    `json:"confirmed_on,omitempty"`
	areaID    string
	url       string
}

type regulatorsView struct {
	Run moduleView `json:"run"`
	filters
	Rows []regulatorRow `json:"regulators"`
	listPage
}

// moduleView says what a part of the program rests on, and whether it is run here.
type moduleView struct {
	Mechanism *Link `json:"mechanism,omitempty"`
	Mandate   Text  `json:"mandate,omitempty"`
	On        bool  `json:"on"`
}

// module is the mechanism that a part of the program runs; without one the pack knows
// nothing of the kind.
func (q *request) module(name string) moduleView {
	m, on := q.Pack.Module(name)
	if m == nil {
		return moduleView{}
	}
	return moduleView{Mechanism: &Link{title(q.Pack, compact.Mechanisms, m.ID), "/mechanisms/" + m.ID}, Mandate: mandateLine(q.Pack, m), On: on}
}

// shapeOfContact are the shapes that stand before the states of a contact.
var shapeOfContact = map[string]string{forum.ContactConfirmed: "good", forum.ContactStale: "warn"}

func newRegulatorRow(q *request, r forum.RegulatorRow) regulatorRow {
	state := r.State(q.Today)
	row := regulatorRow{ID: r.ID, Href: regulatorHref(r.ID), Name: wordsText(r.Words, "name"), Kind: r.Kind, KindIs: message("regulator.kind." + r.Kind),
		Items: partRows(q.Pack, r.Items), State: state, StateIs: message("regulator.state." + state), Shape: shapeOfContact[state], Confirmed: r.ConfirmedOn, areaID: r.Area, url: r.Words["url.und"]}
	if len(row.Name) == 0 {
		row.Name = message("regulator.unnamed", "id", r.ID)
	}
	if r.Area != "" {
		row.Area = &Link{areaName(q.Areas, r.Area), "/areas/" + r.Area}
	}
	return row
}

func regulatorHref(id int64) string { return "/regulators/" + strconv.FormatInt(id, 10) }

// regulators lists the directory; offices that ended only where somebody asks for them.
func (s *Site) regulators(q *request) (View, error) {
	asked := q.query("q", "kind", "area", "state", "item", "page")
	list, err := forum.Regulators(q.Tx)
	if err != nil {
		return View{}, err
	}
	c := coder{q, asked}
	v := regulatorsView{Run: q.module(forum.ModuleRegulators)}
	words := fold.Text(asked.Get("q"))
	var rows []regulatorRow
	for _, r := range list {
		row := newRegulatorRow(q, r)
		state := asked.Get("state")
		if state == "" && row.State == forum.ContactEnded || state != "" && row.State != state || differs(asked.Get("kind"), r.Kind) || differs(asked.Get("area"), r.Area) ||
			asked.Get("item") != "" && !slices.Contains(r.Items, asked.Get("item")) || !holds(words, row.Name, wordsText(r.Words, "remit")) {
			continue
		}
		rows = append(rows, row)
	}
	kinds := c.codes("kind", forum.RegulatorKinds, "regulator.kind.")
	kinds.Label, kinds.Main = message("regulator.kind"), true
	states := c.codes("state", forum.RegulatorStates, "regulator.state.")
	states.Label, states.Main = message("regulator.contact"), true
	areas := c.plain("area", "hidden")
	areas.Label = message("parties.area")
	areas.said = areaName(q.Areas, asked.Get("area"))
	v.filters = newFilters(asked, "regulators.words", []filter{kinds, states, areas, c.plain("item", "hidden")})
	table := regulatorTable(rows)
	v.Rows, v.listPage = paged(q, rows, asked)
	return View{Page: "regulators", Title: message("regulators.title"), Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: []string{"regulators", "parties"}, Data: v, Table: table, Robots: filtered(asked)}, nil
}

// differs tells whether something is asked and the value is another.
func differs(asked, value string) bool { return asked != "" && asked != value }

func regulatorTable(rows []regulatorRow) *Table {
	t := &Table{Columns: []string{"id", "name_en", "kind", "area", "items", "url", "contact", "confirmed_on"}}
	for _, r := range rows {
		var items []string
		for _, i := range r.Items {
			items = append(items, i.ID)
		}
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), english(r.Name), r.Kind, r.areaID, strings.Join(items, " "), r.url, r.State, r.Confirmed})
	}
	return t
}

// regulatorView is an office's own page.
type regulatorView struct {
	regulatorRow
	Run       moduleView    `json:"run"`
	Remit     Text          `json:"remit,omitempty"`
	URL       string        `json:"url,omitempty"`
	Mail      string        `json:"mail,omitempty"`
	Party     *Link         `json:"party,omitempty"` // who speaks for it; nil: it was entered from a source
	Source    Text          `json:"source,omitempty"`
	SourceURL string        `json:"source_url,omitempty"`
	SourceOn  string        `json:"source_on,omitempty"`
	Listed    string        `json:"listed_on"`
	StaleFrom string        `json:"contact_stale_from"`
	EndedOn   string        `json:"ended_on,omitempty"`
	Reason    Text          `json:"reason,omitempty"`
	Successor *Link         `json:"successor,omitempty"`
	Practices []practiceRow `json:"practices,omitempty"`
}

func (s *Site) regulator(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	r, err := forum.RegulatorByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	v := regulatorView{regulatorRow: newRegulatorRow(q, r), Run: q.module(forum.ModuleRegulators), Remit: wordsText(r.Words, "remit"), URL: r.Words["url.und"], Mail: r.Words["mail.und"],
		Source: wordsText(r.Words, "source"), SourceURL: r.Words["source_url.und"], SourceOn: r.SourceOn, Listed: r.ListedOn, StaleFrom: r.StaleFrom, EndedOn: r.EndedOn}
	if r.Party != 0 {
		names, err := stakeholder.NamesOf(q.Tx, r.Party)
		if err != nil {
			return View{}, err
		}
		v.Party = &Link{partyName(names[r.Party]), partyHref(r.Party)}
	}
	if err := v.ending(q, r); err != nil {
		return View{}, err
	}
	list, err := forum.PracticesOf(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	if v.Practices, err = practiceRows(q, list); err != nil {
		return View{}, err
	}
	return View{Page: "regulator", Title: v.Name, Section: "menu.bodies", Crumbs: []Link{{message("regulators.title"), "/regulators"}},
		Subjects: []string{"regulator:" + q.arg("id"), "parties"}, Data: v}, nil
}

// ending adds why an office is no more, and what took its place.
func (v *regulatorView) ending(q *request, r forum.RegulatorRow) error {
	if r.EndedBy == 0 {
		return nil
	}
	words, err := keeper.WordsOf(q.Tx, r.EndedBy)
	if err != nil {
		return err
	}
	if v.Reason = wordsText(words, "reason"); r.Successor == 0 {
		return nil
	}
	next, err := forum.RegulatorByID(q.Tx, r.Successor)
	if err == nil {
		v.Successor = &Link{newRegulatorRow(q, next).Name, regulatorHref(next.ID)}
	}
	return err
}
