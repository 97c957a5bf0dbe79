package web

import (
	"kept/internal/commitment"
)

// partnerTasks are the commitments that name a party as a partner and wait for its
// own word.
func (s *Site) partnerTasks(q *request) ([]task, error) {
	waiting, err := commitment.Unanswered(q.Tx, mostTasks, q.Who.Parties()...)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(waiting))
	for i, w := range waiting {
		ids[i] = w.Commitment
	}
	of, err := commitment.Summaries(q.Tx, q.Today, ids...)
	if err != nil {
		return nil, err
	}
	var out []task
	for _, w := range waiting {
		c := of[w.Commitment]
		out = append(out, task{Since: w.Since, Title: titled(c.ID, c.Text), Why: message("task.partner"), Href: commitmentHref(c.ID) + "/answer", Button: message("form.answer.title")})
	}
	return out, nil
}

// supportTasks are open requests of a party that an offer fits, and the other way
// round, as long as nobody answered them.
func (s *Site) supportTasks(q *request) ([]task, error) {
	var out []task
	others := map[string][]commitment.Help{} // of each side, read once
	tree := commitment.TreeOf(q.Pack)
	for _, party := range q.Who.Parties() {
		page, err := commitment.ListHelp(q.Tx, commitment.HelpFilter{Party: party, State: "open", Today: q.Today, Limit: mostTasks})
		if err != nil {
			return nil, err
		}
		for _, h := range page.List {
			if _, known := others[h.Side]; !known {
				if others[h.Side], err = commitment.Others(q.Tx, h.Side, q.Today); err != nil {
					return nil, err
				}
			}
			found, _ := commitment.Match(h, others[h.Side], tree, q.Today)
			if len(found) > 0 {
				out = append(out, task{Since: h.MadeOn, Title: summaryText(h.Text, "title"), Why: message("task.support", "n", len(found)), Href: supportHref(h.ID), Button: message("task.support_look")})
			}
		}
	}
	return out, nil
}
