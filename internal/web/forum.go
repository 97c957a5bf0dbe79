package web

import (
	"slices"
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
)

// The pages of the forum: what it is and under which mandate, its years, and what
// served each of its six functions. What it is called comes from the pack.

// agendaRoutes are the pages and forms of the forum's cycle and of the regions.
func (s *Site) agendaRoutes() {
	s.page("/forum", s.forum)
	s.feed(forumFeed())
	s.page("/forum/{cycle}", s.forumCycle)
	s.page("/forum/{cycle}/agenda", s.agenda)
	s.page("/forum/{cycle}/regions", s.cycleRegions)
	s.page("/forum/{cycle}/regions/{id}", s.region)
	s.page("/regions", s.regions)
	s.page("/regions/{id}", s.region)
	s.form("/forum/new", s.cycleForm(false))
	s.form("/forum/{cycle}/amend", s.cycleForm(true))
	s.form("/forum/{cycle}/close", s.closeCycleForm())
	s.form("/forum/{cycle}/agenda/list", s.listForm())
	s.form("/forum/{cycle}/agenda/propose", s.topicForm())
	s.form("/forum/{cycle}/agenda/rank", s.rankForm())
	s.form("/forum/{cycle}/agenda/decide", s.decideAgendaForm())
	s.form("/forum/{cycle}/agenda/amend", s.amendAgendaForm())
	s.form("/regions/new", s.roomForm())
	s.form("/regions/{id}/prioritise", s.prioritiseForm())
	s.form("/regions/{id}/summarise", s.summariseForm())
	s.form("/regions/{id}/follow", s.followForm())
	s.serves(agendaServes)
	s.needs(s.agendaTasks)
	s.needs(s.regionTasks)
}

// served is something that served a function of the forum: how often, and where it is.
type served struct {
	Function string `json:"-"`
	What     Text   `json:"what"`
	N        int    `json:"n"`
	Href     string `json:"href"`
}

// servedSource finds what served the functions. Each part of the program has its own.
type servedSource func(q *request) ([]served, error)

// serves adds a source of what served the forum's functions.
func (s *Site) serves(source servedSource) { s.serving = append(s.serving, source) }

// cycleLinks finds the pages that a part of the program has on a cycle.
type cycleLinks func(q *request, c forum.Cycle) ([]Link, error)

// inCycle adds pages to what a cycle leads to.
func (s *Site) inCycle(source cycleLinks) { s.ofCycle = append(s.ofCycle, source) }

// functionView is one of the forum's functions and what served it.
type functionView struct {
	Code   string   `json:"code"`
	What   Text     `json:"what"`
	Served []served `json:"served,omitempty"`
}

// cycleRow is a year of the forum in a list.
type cycleRow struct {
	ID     int64  `json:"id"`
	Href   string `json:"href"`
	Year   int    `json:"year"`
	From   string `json:"from"`
	To     string `json:"to"`
	Place  Text   `json:"place,omitempty"`
	Step   string `json:"step"`
	StepIs Text   `json:"step_in_words"`
}

type forumView struct {
	Run       moduleView     `json:"run"`
	Group     moduleView     `json:"advisory_group"`
	Regions   moduleView     `json:"regional_consultations"`
	Cycles    []cycleRow     `json:"cycles"`
	Functions []functionView `json:"functions"`
}

func cycleHref(id int64) string { return "/forum/" + strconv.FormatInt(id, 10) }

// forumName is what the pack calls its forum.
func (q *request) forumName() Text {
	if run := q.module(forum.ModuleForum); run.Mechanism != nil {
		return run.Mechanism.Text
	}
	return message("forum.title")
}

func (q *request) cycleRow(c forum.Cycle) (cycleRow, error) {
	words, err := keeper.WordsOf(q.Tx, c.Version)
	step := c.Step(q.Today)
	return cycleRow{c.ID, cycleHref(c.ID), c.Year, c.From, c.To, wordsText(words, "place"), step, message("cycle.step." + step)}, err
}

// forum is what the forum is, where it is run, and what was proposed, where it is not.
func (s *Site) forum(q *request) (View, error) {
	v := forumView{Run: q.module(forum.ModuleForum), Group: q.module(forum.ModuleAdvisory), Regions: q.module(forum.ModuleRegions)}
	cycles, err := forum.Cycles(q.Tx)
	if err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"id", "year", "from", "to", "topics_until", "rank_until", "agenda_until", "call_until", "report_days", "most_sessions", "most_minutes", "step", "opened_on", "closed_on"}}
	for _, c := range cycles {
		row, err := q.cycleRow(c)
		if err != nil {
			return View{}, err
		}
		v.Cycles = append(v.Cycles, row)
		number := func(n int64) string { return strconv.FormatInt(n, 10) }
		table.Rows = append(table.Rows, []string{number(c.ID), strconv.Itoa(c.Year), c.From, c.To, c.TopicsUntil, c.RankUntil, c.AgendaUntil, c.CallUntil,
			number(c.ReportDays), number(c.MostSessions), number(c.MostMinutes), row.Step, c.OpenedOn, c.ClosedOn})
	}
	if v.Functions, err = s.functionsOf(q); err != nil {
		return View{}, err
	}
	return View{Page: "forum", Title: q.forumName(), Subjects: []string{"forum", "regions", "parties", "reports", "commitments"}, Data: v, Table: table,
		Feeds: q.follow("/forum", nil)}, nil
}

// functionsOf asks every part of the program what it has that served a function.
func (s *Site) functionsOf(q *request) ([]functionView, error) {
	var all []served
	for _, source := range s.serving {
		some, err := source(q)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	var out []functionView
	for _, code := range forum.ForumFunctions {
		f := functionView{Code: code, What: message("forum.function." + code)}
		for _, one := range all {
			if one.Function == code && one.N > 0 {
				f.Served = append(f.Served, one)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// agendaServes counts what the cycle's first half and the rest of the site bring.
func agendaServes(q *request) ([]served, error) {
	reports, err := report.List(q.Tx, "")
	if err != nil {
		return nil, err
	}
	released := len(slices.DeleteFunc(reports, func(r report.Report) bool { return r.Release == 0 }))
	indicators, err := observatory.List(q.Tx)
	if err != nil {
		return nil, err
	}
	filled := 0
	for _, i := range indicators {
		if i.Filled > 0 {
			filled++
		}
	}
	rooms, err := forum.Rooms(q.Tx)
	if err != nil {
		return nil, err
	}
	candidates, taken, err := agendaCounts(q)
	say := func(function, key string, n int, href string) served {
		return served{function, message("forum.served."+key, "n", n), n, href}
	}
	return []served{say("F1", "reports", released, "/reports"), say("F2", "rooms", len(rooms), "/regions"), say("F3", "series", filled, "/indicators"),
		say("F5", "candidates", candidates, "/forum#cycles"), say("F6", "items", taken, "/forum#cycles")}, err
}

// agendaCounts counts the candidates and the items of all agendas.
func agendaCounts(q *request) (candidates, taken int, err error) {
	cycles, err := forum.Cycles(q.Tx)
	for _, c := range cycles {
		if err != nil {
			break
		}
		var list forum.List
		var topics []forum.Topic
		var agenda []forum.AgendaItem
		if list, err = forum.ListOf(q.Tx, c.ID); err != nil {
			break
		}
		if topics, err = forum.Topics(q.Tx, c.ID); err != nil {
			break
		}
		agenda, err = forum.Agenda(q.Tx, c.ID)
		candidates += len(list.Gaps) + len(topics)
		for _, i := range agenda {
			if i.WithdrawnOn == "" {
				taken++
			}
		}
	}
	return candidates, taken, err
}

// forumKinds are the acts that the feed of the forum tells of.
var forumKinds = []string{forum.KindCycleOpened, forum.KindCycleAmended, forum.KindCycleClosed, forum.KindAgendaListed, forum.KindAgendaProposed,
	forum.KindAgendaRanked, forum.KindAgendaDecided, forum.KindAgendaAmended, forum.KindRegionOpened, forum.KindRegionPrioritised, forum.KindRegionSummarised, forum.KindRegionFollowed}
