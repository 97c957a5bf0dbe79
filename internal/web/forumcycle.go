package web

import (
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
)

// cycleStep is a step of a cycle, until when it is, and whether that is now.
type cycleStep struct {
	Code    string `json:"code"`
	What    Text   `json:"what"`
	Until   string `json:"until"`
	State   string `json:"state"` // past, now, to_come
	StateIs Text   `json:"state_in_words"`
	Href    string `json:"href,omitempty"`
}

type cycleView struct {
	Run moduleView `json:"run"`
	cycleRow
	Note         Text        `json:"note,omitempty"`
	Steps        []cycleStep `json:"steps"`
	ReportDays   int64       `json:"report_days"`
	MostSessions int64       `json:"most_sessions"`
	MostMinutes  int64       `json:"most_minutes"`
	OpenedOn     string      `json:"opened_on"`
	AmendedOn    string      `json:"amended_on,omitempty"`
	Reason       Text        `json:"reason,omitempty"` // of the latest amendment
	Version      int64       `json:"version"`
	ClosedOn     string      `json:"closed_on,omitempty"`
	Links        []Link      `json:"links"`
	Open         bool        `json:"-"`
}

// cycleAsked is the cycle that the address names.
func (q *request) cycleAsked() (forum.Cycle, error) {
	id, err := q.number("cycle")
	if err != nil {
		return forum.Cycle{}, err
	}
	return forum.CycleByID(q.Tx, id)
}

// cycleCrumbs lead from the forum to a page of a cycle.
func (q *request) cycleCrumbs(c forum.Cycle) []Link {
	return []Link{{q.forumName(), "/forum"}, {same(strconv.Itoa(c.Year)), cycleHref(c.ID)}}
}

// forumCycle shows a year of the forum: its steps with their days, and where each is.
func (s *Site) forumCycle(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	row, err := q.cycleRow(c)
	if err != nil {
		return View{}, err
	}
	words, err := keeper.WordsOf(q.Tx, c.Version)
	if err != nil {
		return View{}, err
	}
	v := cycleView{Run: q.module(forum.ModuleForum), cycleRow: row, Note: wordsText(words, "note"), ReportDays: c.ReportDays, MostSessions: c.MostSessions, MostMinutes: c.MostMinutes,
		OpenedOn: c.OpenedOn, AmendedOn: c.AmendedOn, Reason: wordsText(words, "reason"), Version: c.Version, ClosedOn: c.ClosedOn, Open: c.ClosedOn == ""}
	v.Steps = cycleSteps(c, q.Today)
	v.Links = []Link{{message("agenda.title"), row.Href + "/agenda"}, {message("regions.title"), row.Href + "/regions"}}
	for _, source := range s.ofCycle {
		more, err := source(q, c)
		if err != nil {
			return View{}, err
		}
		v.Links = append(v.Links, more...)
	}
	table := &Table{Columns: []string{"step", "until", "state"}}
	for _, step := range v.Steps {
		table.Rows = append(table.Rows, []string{step.Code, step.Until, step.State})
	}
	return View{Page: "cycle", Title: q.cycleName(c), Crumbs: []Link{{q.forumName(), "/forum"}}, Subjects: []string{"forum", "cycle:" + strconv.FormatInt(c.ID, 10)},
		Data: v, Table: table, Feeds: map[string]string{"text/calendar": "/calendar.ics"}}, nil
}

// cycleSteps are the dated steps of a cycle with their states on a day.
func cycleSteps(c forum.Cycle, today string) []cycleStep {
	at := cycleHref(c.ID)
	now := c.Step(today)
	var steps []cycleStep
	state := "past"
	for _, one := range []struct{ code, until, href string }{
		{forum.StepTopics, c.TopicsUntil, at + "/agenda"}, {forum.StepRanking, c.RankUntil, at + "/agenda"}, {forum.StepAgenda, c.AgendaUntil, at + "/agenda"},
		{forum.StepCall, c.CallUntil, ""}, {forum.StepForum, c.To, ""},
	} {
		switch {
		case one.code == now:
			state = "now"
		case state == "now" || one.until >= today:
			state = "to_come"
		}
		steps = append(steps, cycleStep{one.code, message("cycle.step." + one.code), one.until, state, message("cycle.state." + state), one.href})
	}
	if c.ClosedOn != "" {
		for i := range steps {
			steps[i].State, steps[i].StateIs = "past", message("cycle.state.past")
		}
	}
	return steps
}
