package web

import (
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// The agenda of a cycle: its candidates with their evidence, how stakeholder groups
// and regions order them, and what was decided with which reasons. The order across
// groups is an aid and says so; no score of it is a decision.

// candidateView is a candidate: the gaps of an item, or a topic of a party.
type candidateView struct {
	ID       string      `json:"candidate"`
	Name     Text        `json:"name"`
	Href     string      `json:"href"`
	Gaps     []trailView `json:"gaps,omitempty"` // as they stood when they were listed
	By       *Link       `json:"proposed_by,omitempty"`
	On       string      `json:"proposed_on,omitempty"`
	Left     bool        `json:"left,omitempty"` // the party that proposed it takes part no longer
	Items    []partRow   `json:"items,omitempty"`
	Why      Text        `json:"why,omitempty"`
	Evidence Text        `json:"evidence,omitempty"`
	URL      string      `json:"url,omitempty"`
	Anchor   string      `json:"-"`
}

// placeView is the place of a candidate; Median is written as a decimal: "2.5".
type placeView struct {
	Place  int64  `json:"place"`
	ID     string `json:"candidate"`
	Name   Text   `json:"name"`
	Median string `json:"median,omitempty"`
	Sum    string `json:"sum,omitempty"`
	Named  int64  `json:"named"`
	Tied   bool   `json:"tied,omitempty"`
}

type groupPlaces struct {
	Group  string      `json:"group"`
	Name   Text        `json:"name"`
	Orders int64       `json:"orders"`
	Places []placeView `json:"places"`
}

type regionPlaces struct {
	Room   Link     `json:"room"`
	Region Text     `json:"region"`
	Order  []string `json:"order"`
	Names  []Text   `json:"names"`
	Apart  Text     `json:"beside_the_groups,omitempty"` // how it differs from the order across groups
}

type rankingView struct {
	Method  string         `json:"method"`
	Groups  []groupPlaces  `json:"groups,omitempty"`
	Across  []placeView    `json:"across,omitempty"`
	Regions []regionPlaces `json:"regions,omitempty"`
	Left    []Link         `json:"left,omitempty"`
}

type agendaView struct {
	Run        moduleView      `json:"run"`
	Cycle      cycleRow        `json:"cycle"`
	ListedOn   string          `json:"listed_on,omitempty"`
	GapsOf     string          `json:"gaps_of,omitempty"`
	Digest     string          `json:"digest,omitempty"`
	Candidates []candidateView `json:"candidates"`
	Ranking    rankingView     `json:"ranking"`
	Decision   *decisionView   `json:"decision,omitempty"`
	Forms      []Link          `json:"-"`
}

// candidateNames gives candidates their names and anchors, read once.
type candidateNames map[string]candidateView

func (q *request) candidates(cycle int64) ([]candidateView, candidateNames, forum.List, error) {
	list, err := forum.ListOf(q.Tx, cycle)
	if err != nil {
		return nil, nil, list, err
	}
	var all []candidateView
	for _, g := range list.Gaps {
		v := candidateView{ID: g.Candidate, Name: prefixed(g.Item, title(q.Pack, compact.Items, g.Item)), Href: "/items/" + g.Item, Items: partRows(q.Pack, []string{g.Item}), Anchor: "c-" + g.Item}
		for _, gap := range g.Gaps {
			v.Gaps = append(v.Gaps, newTrail(q.Pack, gap))
		}
		all = append(all, v)
	}
	topics, err := forum.Topics(q.Tx, cycle)
	if err != nil {
		return nil, nil, list, err
	}
	for _, t := range topics {
		v, err := q.topicView(t)
		if err != nil {
			return nil, nil, list, err
		}
		all = append(all, v)
	}
	names := candidateNames{}
	for _, c := range all {
		names[c.ID] = c
	}
	return all, names, list, nil
}

func (q *request) topicView(t forum.Topic) (candidateView, error) {
	anchor := "topic-" + strconv.FormatInt(t.ID, 10)
	v := candidateView{ID: forum.TopicCandidate(t.ID), Href: cycleHref(t.Cycle) + "/agenda#" + anchor, On: t.On, Items: partRows(q.Pack, t.Items), Anchor: anchor}
	words, err := keeper.WordsOf(q.Tx, t.ID)
	if err != nil {
		return v, err
	}
	v.Name, v.Why, v.Evidence, v.URL = wordsText(words, "title"), wordsText(words, "why"), wordsText(words, "evidence"), words["url.und"]
	if v.Name == nil {
		v.Name = message("agenda.topic", "id", t.ID)
	}
	by, err := q.partyLink(t.Party)
	if err != nil {
		return v, err
	}
	v.By = &by
	takes, err := forum.TakesPart(q.Tx, t.Party)
	v.Left = !takes
	return v, err
}

// name is what a candidate is called; one that a copy of the record has no list for
// goes by its code.
func (n candidateNames) name(candidate string) Text {
	if c, ok := n[candidate]; ok {
		return c.Name
	}
	return same(candidate)
}

// agenda shows the candidates, their orders and the decision.
func (s *Site) agenda(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	v := agendaView{Run: q.module(forum.ModuleForum)}
	if v.Cycle, err = q.cycleRow(c); err != nil {
		return View{}, err
	}
	all, names, list, err := q.candidates(c.ID)
	if err != nil {
		return View{}, err
	}
	v.Candidates, v.ListedOn, v.GapsOf, v.Digest = all, list.On, list.Candidates.On, list.Digest
	_, ranking, err := forum.RankingNow(q.Tx, c.ID)
	if err != nil {
		return View{}, err
	}
	if v.Ranking, err = q.rankingView(ranking, names); err != nil {
		return View{}, err
	}
	if v.Decision, err = q.decisionView(c, names); err != nil {
		return View{}, err
	}
	v.Forms = agendaForms(c, q.Today, list.Entry != 0, v.Decision != nil)
	table, err := agendaTable(q, c.ID)
	return View{Page: "agenda", Title: phrase("agenda.name", "cycle", q.cycleName(c)), Crumbs: q.cycleCrumbs(c),
		Subjects: []string{"forum", "regions", "parties", "cycle:" + strconv.FormatInt(c.ID, 10)}, Data: v, Table: table}, err
}

// agendaForms are the forms that the step of a cycle opens.
func agendaForms(c forum.Cycle, today string, listed, decided bool) []Link {
	at := cycleHref(c.ID) + "/agenda/"
	var out []Link
	add := func(open bool, name string) {
		if open {
			out = append(out, Link{message("form.agenda." + name), at + name})
		}
	}
	step := c.Step(today)
	add(step == forum.StepTopics && !listed, "list")
	add(step == forum.StepTopics, "propose")
	add(step == forum.StepRanking && listed, "rank")
	add(step == forum.StepAgenda && listed && !decided, "decide")
	add(decided && c.ClosedOn == "", "amend")
	return out
}

func (q *request) rankingView(r forum.Ranking, names candidateNames) (rankingView, error) {
	v := rankingView{Method: r.Method}
	places := func(list []forum.Place, across bool) (out []placeView) {
		for n, p := range list {
			row := placeView{Place: p.Place, ID: p.Candidate, Name: names.name(p.Candidate), Named: p.Named,
				Tied: n > 0 && list[n-1].Place == p.Place || n+1 < len(list) && list[n+1].Place == p.Place}
			if row.Median = halves(p.Half); across {
				row.Median, row.Sum = "", halves(p.Half)
			}
			out = append(out, row)
		}
		return out
	}
	for _, g := range r.Groups {
		v.Groups = append(v.Groups, groupPlaces{g.Group, coded("party.kind.", g.Group), g.Orders, places(g.Places, false)})
	}
	v.Across = places(r.Across, true)
	for _, region := range r.Regions {
		room, err := forum.RoomByID(q.Tx, region.Room)
		if err != nil {
			return v, err
		}
		name, err := q.roomName(room)
		if err != nil {
			return v, err
		}
		row := regionPlaces{Room: Link{name, roomHref(room)}, Region: areaName(q.Areas, region.Region), Order: region.Order, Apart: apart(areaName(q.Areas, region.Region), region.Order, r.Across, names)}
		for _, candidate := range region.Order {
			row.Names = append(row.Names, names.name(candidate))
		}
		v.Regions = append(v.Regions, row)
	}
	for _, party := range r.Left {
		link, err := q.partyLink(party)
		if err != nil {
			return v, err
		}
		v.Left = append(v.Left, link)
	}
	return v, nil
}

// halves writes a number of halves: 5 is "2.5".
func halves(n int64) string {
	text := strconv.FormatInt(n/2, 10)
	if n%2 == 1 {
		text += ".5"
	}
	return text
}

// apart says in a sentence how the first of a region stands in the order across groups.
func apart(region Text, order []string, across []forum.Place, names candidateNames) Text {
	if len(order) == 0 {
		return nil
	}
	at := slices.IndexFunc(across, func(p forum.Place) bool { return p.Candidate == order[0] })
	switch {
	case at < 0:
		return phrase("agenda.apart.unnamed", "region", region, "what", names.name(order[0]))
	case across[at].Place == 1:
		return phrase("agenda.apart.same", "region", region, "what", names.name(order[0]))
	}
	return phrase("agenda.apart.other", "region", region, "what", names.name(order[0]), "place", across[at].Place, "first", names.name(across[0].Candidate))
}

// agendaTable are all orders, one place a line: what is shown follows from these lines
// alone, by the rule that the page prints.
func agendaTable(q *request, cycle int64) (*Table, error) {
	t := &Table{Columns: []string{"given_by", "id", "group_or_region", "counts", "place", "candidate", "given_on", "entry"}}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	given, err := forum.Orders(q.Tx, cycle)
	if err != nil {
		return nil, err
	}
	for _, g := range given {
		for n, candidate := range g.Order.Order {
			t.Rows = append(t.Rows, []string{"party", number(g.Party), g.Group, yesNo(g.Counts), strconv.Itoa(n + 1), candidate, g.On, number(g.Entry)})
		}
	}
	rooms, err := forum.PrioritiesFor(q.Tx, cycle)
	for _, p := range rooms {
		for n, candidate := range p.Order {
			t.Rows = append(t.Rows, []string{"region", number(p.Room.ID), p.Room.Region, yesNo(p.Counts), strconv.Itoa(n + 1), candidate, p.On, number(p.Entry)})
		}
	}
	return t, err
}
