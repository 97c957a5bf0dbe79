package web

import (
	"slices"

	"kept/internal/account"
	"kept/internal/forum"
)

// bodyTasks are the bodies of hers that nobody has confirmed for too long, and for
// the secretariat the claims to bodies that wait.
func (s *Site) bodyTasks(q *request) ([]task, error) {
	set, err := q.bodySet()
	if err != nil {
		return nil, err
	}
	var tasks []task
	mine := q.Who.Parties()
	for n := range set.all {
		b := &set.all[n]
		runs := slices.ContainsFunc(b.RunBy(), func(party int64) bool { return q.Who.Any || slices.Contains(mine, party) })
		if runs && b.Stale(q.Today) {
			tasks = append(tasks, task{Since: b.StaleFrom, Title: phrase("task.body_stale", "body", bodyName(q.Pack, b)), Why: message("task.body_stale_why"),
				Href: bodyHref(b.ID) + "/confirm", Button: message("form.body_confirm.title")})
		}
	}
	if !q.Who.Is(account.RoleSecretariat) {
		return tasks, nil
	}
	claims, err := forum.Claims(q.Tx, "")
	if err != nil {
		return nil, err
	}
	for _, c := range claims[:min(len(claims), mostTasks)] {
		by, _, err := q.claimed(c)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{Since: c.On, Title: phrase("task.body_claim", "party", by, "body", set.link(c.Body).Text), Why: message("task.body_claim_why"),
			Href: bodyHref(c.Body) + "/answer?claim=" + number(c.ID), Button: message("form.body_answer.title")})
	}
	return tasks, nil
}

// bodyPanel leads to the bodies that she speaks for, and to what can be said of each.
func bodyPanel(q *request) (panel, error) {
	p := panel{Title: message("body.yours")}
	ids, err := forum.RunOf(q.Tx, q.Who.Parties()...)
	if err != nil || len(ids) == 0 {
		return p, err
	}
	set, err := q.bodySet()
	if err != nil {
		return p, err
	}
	for _, link := range set.links(ids) {
		p.Rows = append(p.Rows, panelRow{Title: link.Text, Href: link.Href + "/describe"})
	}
	return p, nil
}
