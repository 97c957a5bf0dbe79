package web

import (
	"slices"

	"kept/internal/account"
	"kept/internal/forum"
)

// sessionTasks are drafts of sessions, reports that are due, sheets that a scorer was
// asked for, proposals that wait for the secretariat, and messages without a response.
func (s *Site) sessionTasks(q *request) ([]task, error) {
	drafts, err := sessionDrafts(q.Tx, q.Who)
	if err != nil {
		return nil, err
	}
	var out []task
	for _, d := range drafts {
		name := same(d.Fields["title"])
		if d.Fields["title"] == "" {
			name = message("desk.untitled")
		}
		out = append(out, task{Since: d.Changed, Title: name, Why: message("session.task.draft"), Href: "/desk/sessions/" + d.ID, Button: message("session.task.go_on")})
	}
	for _, source := range []func(*request) ([]task, error){reportTasks, scoreTasks, judgeTasks, messageTasks} {
		some, err := source(q)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// reportTasks are reports of sessions that a party owes, from the day on which one was
// held: to each of its organisers, and late ones to the secretariat too.
func reportTasks(q *request) (out []task, err error) {
	list, err := forum.ReportsOwed(q.Tx, q.Today, q.Who.Parties(), q.Who.Is(account.RoleSecretariat))
	for _, one := range list {
		t := task{Since: one.HeldOn, Title: sessionTitle(one), Why: phrase("session.task.report", "due", dayText(one.ReportDue)), Href: sessionHref(one.Cycle, one.ID) + "/report", Button: message("session.form.report")}
		if !slices.ContainsFunc(one.Organisers, func(p int64) bool { return q.mayDraftFor(p) == nil && q.Who.DraftsFor(p) }) {
			t.Since, t.Why, t.Href, t.Button = one.ReportDue, phrase("session.task.late", "due", dayText(one.ReportDue)), sessionHref(one.Cycle, one.ID), message("session.task.look")
		}
		out = append(out, t)
	}
	return out, err
}

// scoreTasks are the sheets that she was asked for.
func scoreTasks(q *request) (out []task, err error) {
	list, err := forum.ScoringOf(q.Tx, q.Who.ID)
	for _, scorer := range list {
		if err != nil {
			break
		}
		var one forum.Session
		if one, err = forum.SessionByID(q.Tx, scorer.Session); err == nil && one.ScoredBy == 0 && one.Outcome == "" && one.WithdrawnOn == "" {
			out = append(out, task{Since: one.ProposedOn, Title: sessionTitle(one), Why: message("session.task.score"), Href: sessionHref(one.Cycle, one.ID) + "/score", Button: message("session.form.score")})
		}
	}
	return out, err
}

// judgeTasks are the proposals of calls that ended which wait for scorers or a decision.
func judgeTasks(q *request) (out []task, err error) {
	if !q.Who.Is(account.RoleSecretariat) {
		return nil, nil
	}
	cycles, err := forum.Cycles(q.Tx)
	for _, c := range cycles {
		if err != nil || q.Today <= c.CallUntil || c.ClosedOn != "" {
			continue
		}
		for _, state := range []string{forum.StateProposed, forum.StateScored} {
			var found forum.SessionPage
			if found, err = forum.Sessions(q.Tx, forum.SessionFilter{Cycle: c.ID, State: state, Today: q.Today, Limit: mostTasks}); err != nil {
				return nil, err
			}
			for _, one := range found.List {
				t := task{Since: c.CallUntil, Title: sessionTitle(one), Why: message("session.task." + state), Href: sessionHref(c.ID, one.ID) + "/scorers", Button: message("session.form.scorers")}
				complete, err := sheetsComplete(q, one)
				if err != nil {
					return nil, err
				}
				if state == forum.StateScored || complete {
					t.Href, t.Button = sessionHref(c.ID, one.ID)+"/decide", message("session.form.decide")
				}
				out = append(out, t)
			}
		}
	}
	return out, err
}

// sheetsComplete tells whether all sheets of a session are in and were not published:
// the machine died between the two, and deciding publishes them first.
func sheetsComplete(q *request, one forum.Session) (bool, error) {
	_, _, ok, err := forum.ScoresAct(q.Tx, one)
	return ok, err
}

// messageTasks are the messages that address a party and to which it has not responded.
func messageTasks(q *request) (out []task, err error) {
	for _, party := range q.Who.Parties() {
		found, err := forum.Messages(q.Tx, forum.MessageFilter{Party: party, State: forum.NoResponse, Limit: mostTasks})
		if err != nil {
			return nil, err
		}
		for _, m := range found.List {
			out = append(out, task{Since: m.IssuedOn, Title: messageText(m), Why: message("message.task"), Href: messageHref(m.ID) + "/follow", Button: message("message.form.follow_title")})
		}
	}
	return out, nil
}
