package web

import (
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/forum"
)

// agendaTasks are what a cycle needs of the secretariat, and the orders that parties
// have not given while they can.
func (s *Site) agendaTasks(q *request) ([]task, error) {
	if !q.module(forum.ModuleForum).On {
		return nil, nil
	}
	cycles, err := forum.Cycles(q.Tx)
	var tasks []task
	for _, c := range cycles {
		if err != nil || c.ClosedOn != "" {
			continue
		}
		var some []task
		if q.Who.Is(account.RoleSecretariat) {
			if some, err = q.cycleTasks(c); err != nil {
				return nil, err
			}
			tasks = append(tasks, some...)
		}
		some, err = q.rankTasks(c)
		tasks = append(tasks, some...)
	}
	return tasks, err
}

// cycleTasks are the next step of the secretariat, where there is one.
func (q *request) cycleTasks(c forum.Cycle) ([]task, error) {
	list, err := forum.ListOf(q.Tx, c.ID)
	if err != nil {
		return nil, err
	}
	d, err := forum.DecisionOf(q.Tx, c.ID)
	need := func(since, name, href, until string) []task {
		why := Text(nil)
		if until != "" {
			why = phrase("task.cycle.until", "until", dayText(until))
		}
		return []task{{Since: since, Title: phrase("task.cycle."+name, "cycle", q.cycleName(c)), Why: why, Href: cycleHref(c.ID) + href, Button: message("task.cycle.button")}}
	}
	switch step := c.Step(q.Today); {
	case err != nil:
		return nil, err
	case step == forum.StepTopics && list.Entry == 0:
		return need(c.OpenedOn, "list", "/agenda/list", c.TopicsUntil), nil
	case step == forum.StepAgenda && list.Entry != 0 && d.Entry == 0:
		return need(c.RankUntil, "decide", "/agenda/decide", c.AgendaUntil), nil
	case (step == forum.StepCall || step == forum.StepReady) && d.Entry == 0:
		return need(c.AgendaUntil, "late", "/amend", ""), nil
	case step == forum.StepAfter:
		return need(c.To, "close", "/close", ""), nil
	}
	return nil, nil
}

// rankTasks are the orders that her parties have not given.
func (q *request) rankTasks(c forum.Cycle) ([]task, error) {
	if c.Step(q.Today) != forum.StepRanking {
		return nil, nil
	}
	list, err := forum.ListOf(q.Tx, c.ID)
	if err != nil || list.Entry == 0 {
		return nil, err
	}
	given, err := forum.Orders(q.Tx, c.ID)
	if err != nil {
		return nil, err
	}
	var tasks []task
	for _, party := range q.Who.Parties() {
		if slices.ContainsFunc(given, func(g forum.Given) bool { return g.Party == party }) {
			continue
		}
		if takes, err := forum.TakesPart(q.Tx, party); err != nil || !takes {
			if err != nil {
				return nil, err
			}
			continue
		}
		who, err := q.partyLink(party)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{Since: c.TopicsUntil, Title: phrase("task.cycle.rank", "cycle", q.cycleName(c)), Why: phrase("task.cycle.rank_why", "party", who.Text, "until", dayText(c.RankUntil)),
			Href: cycleHref(c.ID) + "/agenda/rank?party=" + strconv.FormatInt(party, 10), Button: message("form.agenda.rank")})
	}
	return tasks, nil
}

// regionTasks are the priorities that a room lacks while they can be given, and lines
// of its list whose day has passed.
func (s *Site) regionTasks(q *request) ([]task, error) {
	if !q.module(forum.ModuleRegions).On {
		return nil, nil
	}
	rooms, err := forum.Rooms(q.Tx)
	mine := q.Who.Parties()
	var tasks []task
	for _, r := range rooms {
		if err != nil {
			break
		}
		if !slices.Contains(mine, r.Party) {
			continue
		}
		var some []task
		some, err = q.roomTasks(r)
		tasks = append(tasks, some...)
	}
	return tasks, err
}

func (q *request) roomTasks(r forum.Room) ([]task, error) {
	name, err := q.roomName(r)
	if err != nil {
		return nil, err
	}
	at := "/regions/" + strconv.FormatInt(r.ID, 10)
	var tasks []task
	if r.Cycle != 0 {
		c, err := forum.CycleByID(q.Tx, r.Cycle)
		if err != nil {
			return nil, err
		}
		given, err := forum.PrioritiesOf(q.Tx, r.ID)
		if err != nil {
			return nil, err
		}
		if c.Step(q.Today) == forum.StepRanking && len(given) == 0 {
			tasks = append(tasks, task{Since: c.TopicsUntil, Title: phrase("task.region.prioritise", "room", name), Why: phrase("task.cycle.until", "until", dayText(c.RankUntil)),
				Href: at + "/prioritise", Button: message("form.region.prioritise")})
		}
	}
	list, err := forum.Follows(q.Tx, r.ID)
	for _, f := range list {
		if f.Overdue(q.Today) {
			tasks = append(tasks, task{Since: f.Due, Title: phrase("task.region.overdue", "room", name), Why: phrase("task.cycle.until", "until", dayText(f.Due)),
				Href: at + "/follow?line=" + strconv.FormatInt(f.ID, 10), Button: message("form.region.follow")})
		}
	}
	return tasks, err
}
