package forum

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// SessionReported are the facts of session.reported: how many people took part, by
// stakeholder group. A group of one to four is named in Few without its number, so
// that nobody can be told by counting. Words: issues, discussion, takeaways, next.
type SessionReported struct {
	Session int64     `json:"session"`
	Party   int64     `json:"party,omitempty"` // the organiser, where the secretariat writes for it
	Lang    string    `json:"lang"`
	Present []Present `json:"present,omitempty"`
	Few     []string  `json:"few,omitempty"`
}

// Present is how many people of a group took part.
type Present struct {
	Group  string `json:"group"`
	People int64  `json:"people"`
}

// LeastPeople is the smallest number of people that is told.
const LeastPeople = 5

// SessionExcused are the facts of session.excused: the secretariat lets organisers
// propose again though no report came. Words: reason.LANG.
type SessionExcused struct {
	Session int64 `json:"session"`
}

var reportedWords = wording.Fields{"issues": {Max: 4000, Needed: true}, "discussion": {Max: 6000, Needed: true}, "takeaways": {Max: 4000, Needed: true}, "next": {Max: 4000, Needed: true}}

func validateSessionReported(a keeper.Act, f SessionReported) error {
	var es sessionFaults
	checkActor(a.By, f.Party, &es.Errors)
	if a.By == secretariat && f.Party == 0 {
		es.AddField("party", locale.E("err.party.which"))
	}
	es.language(f.Lang)
	reportedWords.Check(a.Words, &es.Errors)
	var groups []string
	for _, p := range f.Present {
		if groups = append(groups, p.Group); p.People < LeastPeople || p.People > 1_000_000 {
			es.AddField("present", locale.E("err.session.present", "min", LeastPeople, "group", keeper.Line(p.Group)))
		}
	}
	if es.list("present", append(groups, f.Few...), 40); len(groups)+len(f.Few) == 0 {
		es.AddField("present", locale.E("err.session.nobody"))
	}
	return es.Err()
}

func checkSessionReported(c checking, f SessionReported) error {
	if err := c.running(ModuleForum); err != nil {
		return err
	}
	s, err := SessionByID(c.tx, f.Session)
	var es sessionFaults
	switch party := actor(c.act.By, f.Party); {
	case err != nil:
		return err
	case !slices.Contains(s.Organisers, party):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("session", locale.E("err.session.not_organiser")))
	case s.ReportedBy != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.reported", "on", s.ReportedOn)))
	case s.HeldOn == "":
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.no_slot")))
	case c.at.UTC().Format(SlotTime) < s.Slot.Ends:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.report_early", "on", s.HeldOn)))
	}
	for _, p := range f.Present {
		es.code("present", p.Group, c.pack.PartyKinds)
	}
	for _, group := range f.Few {
		es.code("present", group, c.pack.PartyKinds)
	}
	return es.Err()
}

func applySessionReported(tx *db.Tx, e keeper.Entry, f SessionReported) error {
	if err := tx.Queue("UPDATE forum_session SET reported_on = ?, reported_by = ? WHERE id = ?", e.On(), e.Index, f.Session); err != nil {
		return err
	}
	for _, p := range f.Present {
		if err := insertPresent(tx, f.Session, p.Group, p.People); err != nil {
			return err
		}
	}
	for _, group := range f.Few {
		if err := insertPresent(tx, f.Session, group, 0); err != nil {
			return err
		}
	}
	return touchOf(tx, e.Index, f.Session)
}

// insertPresent keeps a count; 0 stands for one to four.
func insertPresent(tx *db.Tx, session int64, group string, people int64) error {
	return tx.Queue("INSERT INTO forum_session_present (session, code, people) VALUES (?, ?, ?) ON CONFLICT (session, code) DO NOTHING", session, group, people)
}

func validateSessionExcused(a keeper.Act, _ SessionExcused) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	reasonWords.Check(a.Words, &es.Errors)
	return es.Err()
}

func checkSessionExcused(c checking, f SessionExcused) error {
	if err := c.running(ModuleForum); err != nil {
		return err
	}
	s, err := SessionByID(c.tx, f.Session)
	switch {
	case err != nil:
		return err
	case s.ReportState(c.today()) != ReportLate:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.nothing_owed")))
	}
	return nil
}

func applySessionExcused(tx *db.Tx, e keeper.Entry, f SessionExcused) error {
	if err := tx.Queue("UPDATE forum_session SET excused_by = ? WHERE id = ?", e.Index, f.Session); err != nil {
		return err
	}
	return touchOf(tx, e.Index, f.Session)
}

// OwedReport is a report that did not come in time: until it comes, or the
// secretariat makes an exception, none of the session's organisers proposes one for
// the cycle after it.
type OwedReport struct {
	Session, Cycle int64
	Due            string
}

// Owed are the reports that keep a party from proposing for a cycle on a day: those
// of sessions that it organised in the cycle just before.
func Owed(tx *db.Tx, cycle Cycle, party int64, today string) ([]OwedReport, error) {
	all, err := Cycles(tx)
	if err != nil {
		return nil, err
	}
	before := int64(0)
	for _, c := range all { // the latest year first
		if c.Year < cycle.Year {
			before = c.ID
			break
		}
	}
	if before == 0 {
		return nil, nil
	}
	rows, err := tx.Query(`SELECT s.id, s.cycle, s.report_due FROM forum_session s JOIN forum_session_organiser o ON o.session = s.id
		WHERE o.party = ? AND s.cycle = ? AND s.report_due <> '' AND s.report_due < ? AND s.reported_by = 0 AND s.excused_by = 0 ORDER BY s.report_due, s.id`, party, before, today)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []OwedReport
	for rows.Next() {
		var o OwedReport
		if err := rows.Scan(&o.Session, &o.Cycle, &o.Due); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// Refusal says whom it stops, and what opens the way again.
func (o OwedReport) Refusal(party int64) error {
	return locale.E("err.session.owed", "party", number(party), "session", number(o.Session), "due", o.Due)
}
