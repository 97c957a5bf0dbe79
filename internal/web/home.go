package web

import (
	"kept/internal/compact"
	"kept/internal/forum"
)

// homeView is the front page: what was agreed, what was registered since, what the data say.
type homeView struct {
	Lead       Text            `json:"lead"`
	Objectives []objectiveView `json:"objectives"`
	Changes    *changesCount   `json:"changes,omitempty"`
	Latest     []latestView    `json:"latest"`
	Dates      []dateView      `json:"dates"`
	Explore    []Link          `json:"explore"`
}

type objectiveView struct {
	ID             string `json:"id"`
	Href           string `json:"href"`
	Title          Text   `json:"title"`
	Items          int    `json:"items"`
	WithCommitment int64  `json:"items_with_commitment"`
	Reported       int64  `json:"reports_this_cycle"`
	Series         int    `json:"series"`
}

// changesCount counts what became of the earlier text's items.
type changesCount struct {
	Total   int `json:"total"`
	Carried int `json:"carried"`
	Changed int `json:"changed"`
	Dropped int `json:"number_dropped"`
	None    int `json:"no_successor"`
}

// latestView is one line of "just happened": entries of one kind on one day.
type latestView struct {
	On    string `json:"on"`
	What  Text   `json:"what"`
	About Text   `json:"about,omitempty"`
	N     int    `json:"n"`
	Href  string `json:"href"`
	kind  string
}

func (s *Site) home(q *request) (View, error) {
	p := q.Pack
	v := homeView{Lead: note(p, compact.Compacts, p.ID), Changes: countChanges(p)}
	for _, i := range p.ItemsOf(p.InForce) {
		if i.Kind == compact.KindObjective {
			v.Objectives = append(v.Objectives, newObjective(p, i))
		}
	}
	for _, e := range p.Calendar {
		if len(v.Dates) < 5 && compact.LastDay(lastOf(e)) >= q.Today {
			v.Dates = append(v.Dates, dateView{e.On, eventName(p, e.Event)})
		}
	}
	v.Explore = []Link{{message("home.by_addressee"), "/for"}, {message("home.by_area"), "/areas"}, {message("map.title"), "/map"}, {message("crosswalk.title"), "/crosswalk"}, {message("menu.targets"), "/targets"},
		{message("menu.mechanisms"), "/mechanisms"}, {message("menu.documents"), "/documents"}, {message("menu.figures"), "/figures"}}
	if run := q.module(forum.ModuleForum); run.Mechanism != nil {
		v.Explore = append(v.Explore, Link{run.Mechanism.Text, "/forum"})
	}
	if q.module(forum.ModuleRegions).Mechanism != nil {
		v.Explore = append(v.Explore, Link{message("regions.title"), "/regions"})
	}
	if err := s.homeDelivery(q, &v); err != nil {
		return View{}, err
	}
	return View{Page: "home", Title: message("home.short"), Subjects: []string{"home", "commitments", "indicators"}, Data: v}, nil
}

func newObjective(p *compact.Pack, i *compact.Item) objectiveView {
	o := objectiveView{ID: i.ID, Href: "/items/" + i.ID, Title: title(p, compact.Items, i.ID)}
	series := make(map[string]bool)
	for _, item := range p.Asking(i.TextID) {
		if item.Under != i.ID {
			continue
		}
		if item.SDG.Tagged() || !anyTagged(p, i.TextID) {
			o.Items++
		}
		for _, ind := range p.IndicatorsOf(item.ID) {
			series[ind.ID] = true
		}
	}
	o.Series = len(series)
	return o
}

// anyTagged tells whether the text tags its items with goals at all: where it
// does, the tagged ones are the commitments that an objective counts.
func anyTagged(p *compact.Pack, text string) bool {
	for _, i := range p.Asking(text) {
		if i.SDG.Tagged() {
			return true
		}
	}
	return false
}

func lastOf(e *compact.CalendarEntry) string {
	if e.Until != "" {
		return e.Until
	}
	return e.On
}

// countChanges counts the earlier text's items that ask something; its mechanisms
// and its scope stand on the page of changes.
func countChanges(p *compact.Pack) *changesCount {
	var c changesCount
	for _, change := range p.Changes {
		if i, ok := p.Item(change.From); !ok || !i.Asks() {
			continue
		}
		c.Total++
		switch change.Outcome {
		case "carried":
			c.Carried++
		case "changed":
			c.Changed++
		case "number-dropped":
			c.Dropped++
		default:
			c.None++
		}
	}
	if c.Total == 0 {
		return nil
	}
	return &c
}
