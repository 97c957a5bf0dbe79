package forum

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

func validateSessionAmended(a keeper.Act, f SessionAmended) error {
	var es sessionFaults
	f.validate(a.Words, &es)
	return es.Err()
}

// checkSessionAmended lets everything be changed while the call is open. Then scorers
// read what stands; and after a session was accepted it may change its words, its
// organisers and its people, and nothing by which it was chosen.
func checkSessionAmended(c checking, f SessionAmended) error {
	s, err := c.openSession(f.Session)
	if err != nil {
		return err
	}
	call, err := CallByID(c.tx, s.Call)
	if err != nil {
		return err
	}
	cycle, err := c.openCycle(s.Cycle)
	if err != nil {
		return err
	}
	var es sessionFaults
	switch {
	case c.today() <= cycle.CallUntil:
	case s.Outcome != OutcomeAccepted:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.being_scored")))
	case s.HeldOn != "" && c.today() > s.HeldOn:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.held", "on", s.HeldOn)))
	case f.Format != s.Format || f.Minutes != s.Minutes || !sameCodes(f.Items, s.Items) || !sameCodes(f.Gaps, s.Gaps) ||
		!sameCodes(f.Serves, s.Serves) || !sameCodes(numbers(f.Agenda), numbers(s.Agenda)):
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.chosen")))
	}
	if err := c.plan(call, cycle, f.SessionPlan, &es); err != nil {
		return err
	}
	for _, party := range f.Organisers {
		if slices.Contains(s.Organisers, party) && c.today() <= cycle.CallUntil {
			continue // it was asked when it came in; who left since is found before it is accepted
		}
		if err := c.mayOrganise(cycle, party); err != nil {
			return err
		}
	}
	return es.Err()
}

// sameCodes tells whether two lists hold the same codes, in any order.
func sameCodes(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// openSession is a session that was neither withdrawn nor turned down, for an act of its
// lead or of the secretariat.
func (c checking) openSession(id int64) (Session, error) {
	if err := c.running(ModuleForum); err != nil {
		return Session{}, err
	}
	s, err := SessionByID(c.tx, id)
	switch {
	case err != nil:
		return s, err
	case c.act.By != secretariat && c.act.By != number(s.Lead):
		return s, keeper.Refuse(keeper.ErrForbidden, locale.Field("session", locale.E("err.session.not_yours")))
	case s.WithdrawnOn != "":
		return s, keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.withdrawn", "on", s.WithdrawnOn)))
	case s.Outcome == OutcomeMerged || s.Outcome == OutcomeRefused:
		return s, keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.decided", "on", s.DecidedOn)))
	}
	return s, nil
}

func applySessionAmended(tx *db.Tx, e keeper.Entry, f SessionAmended) error {
	if err := touchOf(tx, e.Index, f.Session); err != nil { // the pages of what is no longer named
		return err
	}
	err := tx.Queue("UPDATE forum_session SET version = ?, lead = ?, format = ?, minutes = ?, people = ? WHERE id = ?", e.Index, f.lead(), f.Format, f.Minutes, len(f.People), f.Session)
	if err != nil {
		return err
	}
	var cycle int64
	err = tx.Row("SELECT cycle FROM forum_session WHERE id = ?", f.Session).Scan(&cycle)
	if _, err := none(err); err != nil {
		return err
	}
	return f.link(tx, e.Index, f.Session, cycle)
}

func deriveSessionAmended(tx *db.Tx, e keeper.Entry, f SessionAmended, words map[string]string) error {
	return f.derive(tx, e.Index, words)
}

func validateSessionWithdrawn(a keeper.Act, _ SessionWithdrawn) error {
	var es sessionFaults
	reasonWords.Check(a.Words, &es.Errors)
	return es.Err()
}

func checkSessionWithdrawn(c checking, f SessionWithdrawn) error {
	s, err := c.openSession(f.Session)
	if err == nil && s.HeldOn != "" && c.today() > s.HeldOn {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.held", "on", s.HeldOn)))
	}
	return err
}

func applySessionWithdrawn(tx *db.Tx, e keeper.Entry, f SessionWithdrawn) error {
	err := tx.Queue("UPDATE forum_session SET withdrawn_on = ?, withdrawn_by = ?, held_on = '', report_due = '' WHERE id = ?", e.On(), e.Index, f.Session)
	if err == nil {
		err = tx.Queue("DELETE FROM forum_slot WHERE session = ?", f.Session)
	}
	if err != nil {
		return err
	}
	return touchOf(tx, e.Index, f.Session)
}
