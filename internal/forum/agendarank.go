package forum

import (
	"errors"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/wording"
	"kept/record"
)

func validateProposed(a keeper.Act, f AgendaProposed) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	switch {
	case len(f.Items) == 0:
		es.AddField("items", locale.E("err.commitment.needed"))
	case len(f.Items) > maxTopicItems:
		es.AddField("items", locale.E("err.agenda.too_many", "n", len(f.Items), "max", maxTopicItems))
	}
	proposedWords.Check(a.Words, &es)
	return es.Err()
}

func checkProposed(c checking, f AgendaProposed) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	if c.today() > cycle.TopicsUntil {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.propose_late", "date", cycle.TopicsUntil)))
	}
	var es locale.Errors
	c.checkItems("items", f.Items, &es)
	if err := es.Err(); err != nil {
		return err
	}
	party := actor(c.act.By, f.Party)
	if err := c.mayPropose(party); err != nil {
		return err
	}
	var id int64
	err = c.tx.Row("SELECT id FROM agenda_topic WHERE cycle = ? AND party = ?", f.Cycle, party).Scan(&id)
	if err == nil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("party", locale.E("err.agenda.proposed", "id", number(id))))
	}
	_, err = none(err)
	return err
}

// mayPropose refuses a party that the pack gives no right to take part.
func (c checking) mayPropose(party int64) error {
	err := stakeholder.Opens(c.tx, party, stakeholder.RightPropose)
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field("party", err))
		}
	}
	return err
}

func applyProposed(tx *db.Tx, e keeper.Entry, f AgendaProposed) error {
	party := actor(e.By, f.Party)
	err := tx.Queue("INSERT INTO agenda_topic (id, cycle, party, items, proposed_on) VALUES (?, ?, ?, ?, ?)",
		e.Index, f.Cycle, party, strings.Join(f.Items, " "), e.On())
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle, subject("party", party))
}

func validateRanked(a keeper.Act, f AgendaRanked) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	if f.Withdrawn == (len(f.Order) > 0) {
		es.AddField("order", locale.E("err.agenda.no_order"))
	}
	eachOnce("order", f.Order, MaxRanked, &es)
	wording.Fields{}.Check(a.Words, &es)
	return es.Err()
}

func checkRanked(c checking, f AgendaRanked) error {
	if err := c.ranking(f.Cycle); err != nil {
		return err
	}
	if f.Withdrawn {
		var entry int64
		err := c.tx.Row("SELECT entry FROM agenda_ranking WHERE cycle = ? AND party = ?", f.Cycle, actor(c.act.By, f.Party)).Scan(&entry)
		missing, err := none(err)
		if missing {
			err = keeper.Refuse(keeper.ErrNotFound, locale.Field("order", locale.E("err.agenda.none_given")))
		}
		return err
	}
	if err := ofCycle(c.tx, f.Cycle, "order", f.Order); err != nil {
		return err
	}
	return c.mayPropose(actor(c.act.By, f.Party))
}

// ranking refuses an order given before the candidates are all known, or too late.
func (c checking) ranking(id int64) error {
	cycle, err := c.openCycle(id)
	if err != nil {
		return err
	}
	list, err := listOf(c.tx, id)
	switch {
	case err != nil:
		return err
	case c.today() > cycle.RankUntil:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.rank_late", "date", cycle.RankUntil)))
	case c.today() <= cycle.TopicsUntil:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.rank_early", "date", cycle.TopicsUntil)))
	case list.Entry == 0:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.no_list")))
	}
	return nil
}

func applyRanked(tx *db.Tx, e keeper.Entry, f AgendaRanked) error {
	party := actor(e.By, f.Party)
	var err error
	if f.Withdrawn {
		err = tx.Queue("DELETE FROM agenda_ranking WHERE cycle = ? AND party = ?", f.Cycle, party)
	} else {
		err = tx.Queue(`INSERT INTO agenda_ranking (cycle, party, entry, given_on, ordered) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (cycle, party) DO UPDATE SET entry = excluded.entry, given_on = excluded.given_on, ordered = excluded.ordered`,
			f.Cycle, party, e.Index, e.On(), strings.Join(f.Order, " "))
	}
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle, subject("party", party))
}

// Given is the order that a party gave, with the entry that holds it.
type Given struct {
	Order
	Entry  int64
	On     string
	Counts bool // the party may take part today; one that left no longer counts
}

// Orders lists the orders of a cycle by party.
func Orders(tx *db.Tx, cycle int64) ([]Given, error) {
	rows, err := tx.Query("SELECT party, entry, given_on, ordered FROM agenda_ranking WHERE cycle = ? ORDER BY party", cycle)
	if err != nil {
		return nil, err
	}
	var list []Given
	var parties []int64
	for rows.Next() {
		var g Given
		var ordered string
		if err := rows.Scan(&g.Party, &g.Entry, &g.On, &ordered); err != nil {
			rows.Close()
			return nil, err
		}
		g.Order.Order = strings.Fields(ordered)
		list, parties = append(list, g), append(parties, g.Party)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	kinds, err := stakeholder.KindsOf(tx, parties...)
	for i := range list {
		if err != nil {
			return nil, err
		}
		list[i].Group = kinds[list[i].Party]
		list[i].Counts, err = TakesPart(tx, list[i].Party)
	}
	return list, err
}

// TakesPart tells whether a party may take part as the record stands.
func TakesPart(tx *db.Tx, party int64) (bool, error) {
	err := stakeholder.Opens(tx, party, stakeholder.RightPropose)
	if errors.Is(err, keeper.ErrForbidden) || errors.Is(err, keeper.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RankingNow puts all orders of a cycle together as the record stands, in canonical bytes.
func RankingNow(tx *db.Tx, cycle int64) ([]byte, Ranking, error) {
	r := Ranking{Method: RankingMethod, Cycle: cycle}
	given, err := Orders(tx, cycle)
	if err != nil {
		return nil, r, err
	}
	var counting []Order
	for _, g := range given {
		if g.Counts {
			counting = append(counting, g.Order)
		} else {
			r.Left = append(r.Left, g.Party)
		}
	}
	r.Groups, r.Across = rank(counting)
	if r.Regions, err = regionLists(tx, cycle); err != nil {
		return nil, r, err
	}
	b, err := record.Canonical(r)
	return b, r, err
}
