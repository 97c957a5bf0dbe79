package forum

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Call is a call for sessions. Its criteria are words of the entry ID, criterion.N.
type Call struct {
	ID, Cycle int64
	OpenedOn  string
	Scale     int64
	Weights   []int64
	Formats   []string
	Durations []int64
}

// Session is a session as state has it. Its words are keeper.WordsOf its Version.
type Session struct {
	ID, Call, Cycle, Version, Lead int64
	Lang, Format                   string
	Minutes, People                int64
	ProposedOn                     string
	WithdrawnOn                    string
	WithdrawnBy, ScoredBy          int64
	Conflicts                      int64
	DecidedOn                      string
	DecidedBy                      int64
	Outcome                        string
	Into                           int64
	HeldOn, ReportDue              string // "" while it is on no programme
	ReportedOn                     string
	ReportedBy, ExcusedBy          int64
	Organisers                     []int64
	Items, Gaps, Serves            []string
	Agenda                         []int64
	Slot                           *SlotOf // nil while it is on no programme
	words                          map[string]string
}

// SlotOf is where and when a session sits.
type SlotOf struct {
	Session, Room     int64
	Day, Starts, Ends string
}

// States of a session, each a comparison with a day.
const (
	StateProposed  = "proposed"
	StateScored    = "scored"
	StateWithdrawn = "withdrawn"
	StateHeld      = "held"
)

// SessionStates lists them, with the outcomes, in the order of pages.
var SessionStates = []string{StateProposed, StateScored, OutcomeAccepted, StateHeld, OutcomeMerged, OutcomeRefused, StateWithdrawn}

// State is what became of a session by a day.
func (s Session) State(today string) string {
	switch {
	case s.WithdrawnOn != "":
		return StateWithdrawn
	case s.Outcome == OutcomeAccepted && s.HeldOn != "" && s.HeldOn < today:
		return StateHeld
	case s.Outcome != "":
		return s.Outcome
	case s.ScoredBy != 0:
		return StateScored
	}
	return StateProposed
}

const sessionStateSQL = `CASE WHEN s.withdrawn_on <> '' THEN 'withdrawn' WHEN s.outcome = 'accepted' AND s.held_on <> '' AND s.held_on < ? THEN 'held'
	WHEN s.outcome <> '' THEN s.outcome WHEN s.scored_by <> 0 THEN 'scored' ELSE 'proposed' END`

// States of a session's report.
const (
	ReportNone     = "none"    // nothing is owed: it is on no programme, or was not held yet
	ReportExpected = "due"     // until its last day
	ReportLate     = "late"    // it did not come
	ReportGiven    = "given"   // it came
	ReportExcused  = "excused" // the secretariat made an exception
)

// ReportState says how a session's report stands on a day.
func (s Session) ReportState(today string) string {
	switch {
	case s.ReportedBy != 0:
		return ReportGiven
	case s.ExcusedBy != 0:
		return ReportExcused
	case s.HeldOn == "" || today < s.HeldOn:
		return ReportNone
	case today > s.ReportDue:
		return ReportLate
	}
	return ReportExpected
}

// Text is the title or another word in a language; in names the language it is in.
func (s Session) Text(field string, l locale.Lang) (text, in string) {
	return pickWord(s.words, field, l, s.Lang)
}

// pickWord takes a field in a language, else in the one it was written in, else in any.
func pickWord(words map[string]string, field string, l locale.Lang, own string) (text, in string) {
	langs := []string{string(l), own}
	for _, other := range locale.Langs {
		langs = append(langs, string(other))
	}
	for _, lang := range langs {
		if text := words[field+"."+lang]; text != "" {
			return text, lang
		}
	}
	return "", ""
}

// isUnknown tells whether something is not there.
func isUnknown(err error) bool { return errors.Is(err, keeper.ErrNotFound) }

// CallOf is the call of a cycle; ok is false where none was opened.
func CallOf(tx *db.Tx, cycle int64) (c Call, ok bool, err error) {
	var id int64
	missing, err := none(tx.Row("SELECT id FROM forum_call WHERE cycle = ?", cycle).Scan(&id))
	if missing || err != nil {
		return Call{}, false, err
	}
	c, err = CallByID(tx, id)
	return c, err == nil, err
}

// CallByID is one call.
func CallByID(tx *db.Tx, id int64) (c Call, err error) {
	var formats, durations string
	missing, err := none(tx.Row("SELECT id, cycle, opened_on, scale, formats, durations FROM forum_call WHERE id = ?", id).
		Scan(&c.ID, &c.Cycle, &c.OpenedOn, &c.Scale, &formats, &durations))
	if missing {
		return c, keeper.Refuse(keeper.ErrNotFound, locale.Field("call", locale.E("err.session.unknown_call", "id", number(id))))
	}
	if err != nil {
		return c, err
	}
	c.Formats = strings.Fields(formats)
	for _, text := range strings.Fields(durations) {
		minutes, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return c, err
		}
		c.Durations = append(c.Durations, minutes)
	}
	rows, err := tx.Query("SELECT weight FROM forum_criterion WHERE call_id = ? ORDER BY n", id)
	return c, readRows(rows, err, func() error {
		var w int64
		err := rows.Scan(&w)
		c.Weights = append(c.Weights, w)
		return err
	})
}

// readRows walks a result and closes it.
func readRows(rows *db.Rows, err error, row func() error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(); err != nil {
			return err
		}
	}
	return rows.Err()
}

const sessionColumns = `s.id, s.call_id, s.cycle, s.version, s.lead, s.lang, s.format, s.minutes, s.people, s.proposed_on, s.withdrawn_on, s.withdrawn_by, s.scored_by, s.conflicts,
	s.decided_on, s.decided_by, s.outcome, s.merged_into, s.held_on, s.report_due, s.reported_on, s.reported_by, s.excused_by`

func scanSession(scan func(...any) error) (s Session, err error) {
	s.words = map[string]string{}
	err = scan(&s.ID, &s.Call, &s.Cycle, &s.Version, &s.Lead, &s.Lang, &s.Format, &s.Minutes, &s.People, &s.ProposedOn, &s.WithdrawnOn, &s.WithdrawnBy, &s.ScoredBy, &s.Conflicts,
		&s.DecidedOn, &s.DecidedBy, &s.Outcome, &s.Into, &s.HeldOn, &s.ReportDue, &s.ReportedOn, &s.ReportedBy, &s.ExcusedBy)
	return s, err
}

// SessionByID is one session.
func SessionByID(tx *db.Tx, id int64) (Session, error) {
	s, err := scanSession(tx.Row("SELECT "+sessionColumns+" FROM forum_session s WHERE s.id = ?", id).Scan)
	if missing, rest := none(err); missing || rest != nil {
		if missing {
			rest = keeper.Refuse(keeper.ErrNotFound, locale.Field("session", locale.E("err.session.unknown", "id", number(id))))
		}
		return s, rest
	}
	list := []Session{s}
	err = fillSessions(tx, list)
	return list[0], err
}

// SessionFilter says which sessions a list holds; an empty field leaves it open.
type SessionFilter struct {
	Cycle  int64
	State  string
	Format string
	Items  []string
	Party  int64  // one of its organisers
	Kind   string // of party, among its organisers
	Serves string
	Report string // how its report stands
	Query  string // in title and problem
	Among  []int64
	Chosen bool   // accepted and not withdrawn, the newest first
	After  string // the id of the last one of the page before
	Limit  int
	Today  string
}

// SessionPage is a part of a list, in the order in which they were proposed, or the other way round.
type SessionPage struct {
	List  []Session
	Next  string
	Total int64
}

// condition gathers parts of a WHERE.
type condition struct {
	parts []string
	args  []any
}

func (c *condition) add(sql string, args ...any) {
	c.parts, c.args = append(c.parts, sql), append(c.args, args...)
}

func (c *condition) sql() string { return strings.Join(c.parts, " AND ") }

// oneOfThese is "column IN (?, ?)"; of nothing it is never true.
func (c *condition) oneOfThese(column string, values []any, close string) {
	if len(values) == 0 {
		c.add("1 = 0")
		return
	}
	c.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")"+close, values...)
}

func asAny[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

func (f SessionFilter) where() *condition {
	w := &condition{}
	w.add("1 = 1")
	if f.Cycle != 0 {
		w.add("s.cycle = ?", f.Cycle)
	}
	if f.State != "" {
		w.add(sessionStateSQL+" = ?", f.Today, f.State)
	}
	if f.Format != "" {
		w.add("s.format = ?", f.Format)
	}
	if len(f.Items) > 0 {
		w.oneOfThese("EXISTS (SELECT 1 FROM forum_session_link l WHERE l.session = s.id AND l.kind = 'item' AND l.code", asAny(f.Items), ")")
	}
	if f.Serves != "" {
		w.add("EXISTS (SELECT 1 FROM forum_session_link l WHERE l.session = s.id AND l.kind = 'serves' AND l.code = ?)", f.Serves)
	}
	if f.Party != 0 {
		w.add("EXISTS (SELECT 1 FROM forum_session_organiser o WHERE o.session = s.id AND o.party = ?)", f.Party)
	}
	if f.Kind != "" {
		w.add("EXISTS (SELECT 1 FROM forum_session_organiser o JOIN party p ON p.id = o.party WHERE o.session = s.id AND p.kind = ?)", f.Kind)
	}
	if f.Report == ReportLate {
		w.add("s.report_due <> '' AND s.report_due < ? AND s.reported_by = 0 AND s.excused_by = 0", f.Today)
	}
	if f.Chosen {
		w.add("s.outcome = 'accepted' AND s.withdrawn_on = ''")
	}
	if f.Among != nil {
		w.oneOfThese("s.id", asAny(f.Among), "")
	}
	if q := fold.Text(f.Query); q != "" {
		w.add(`EXISTS (SELECT 1 FROM derived_forum_text t WHERE t.entry = s.version AND t.folded LIKE ? ESCAPE '\')`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q)+"%")
	}
	return w
}

// Sessions is a page of the sessions that a filter lets through.
func Sessions(tx *db.Tx, f SessionFilter) (page SessionPage, err error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	w := f.where()
	if err := tx.Row("SELECT COUNT(*) FROM forum_session s WHERE "+w.sql(), w.args...).Scan(&page.Total); err != nil {
		return page, err
	}
	after, order := "s.id > ?", " ORDER BY s.id LIMIT ?"
	if f.Chosen {
		after, order = "s.id < ?", " ORDER BY s.id DESC LIMIT ?"
	}
	if id, err := strconv.ParseInt(f.After, 10, 64); err == nil {
		w.add(after, id)
	}
	rows, err := tx.Query("SELECT "+sessionColumns+" FROM forum_session s WHERE "+w.sql()+order, append(w.args, f.Limit+1)...)
	err = readRows(rows, err, func() error {
		s, err := scanSession(rows.Scan)
		if len(page.List) == f.Limit {
			page.Next = strconv.FormatInt(page.List[f.Limit-1].ID, 10)
			return err
		}
		page.List = append(page.List, s)
		return err
	})
	if err != nil {
		return page, err
	}
	return page, fillSessions(tx, page.List)
}

// fillSessions adds organisers, links, slots and words, with one query each.
func fillSessions(tx *db.Tx, list []Session) error {
	if len(list) == 0 {
		return nil
	}
	at, versions := make(map[int64]*Session, len(list)), make(map[int64]*Session, len(list))
	var ids, texts []any
	for i := range list {
		at[list[i].ID], versions[list[i].Version] = &list[i], &list[i]
		ids, texts = append(ids, list[i].ID), append(texts, list[i].Version)
	}
	in := " IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
	rows, err := tx.Query("SELECT session, party FROM forum_session_organiser WHERE session"+in+" ORDER BY session, n", ids...)
	err = readRows(rows, err, func() error {
		var id, party int64
		err := rows.Scan(&id, &party)
		at[id].Organisers = append(at[id].Organisers, party)
		return err
	})
	if err != nil {
		return err
	}
	if err := fillLinks(tx, at, in, ids); err != nil {
		return err
	}
	rows, err = tx.Query("SELECT session, room, day, starts, ends FROM forum_slot WHERE session"+in, ids...)
	err = readRows(rows, err, func() error {
		var slot SlotOf
		err := rows.Scan(&slot.Session, &slot.Room, &slot.Day, &slot.Starts, &slot.Ends)
		at[slot.Session].Slot = &slot
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT entry, part, body FROM derived_forum_text WHERE entry"+in, texts...)
	return readRows(rows, err, func() error {
		var id int64
		var part, body string
		err := rows.Scan(&id, &part, &body)
		versions[id].words[part] = body
		return err
	})
}

func fillLinks(tx *db.Tx, at map[int64]*Session, in string, ids []any) error {
	rows, err := tx.Query("SELECT session, kind, code FROM forum_session_link WHERE session"+in+" ORDER BY session, kind, code", ids...)
	err = readRows(rows, err, func() error {
		var id int64
		var kind, code string
		err := rows.Scan(&id, &kind, &code)
		switch s := at[id]; kind {
		case linkItem:
			s.Items = append(s.Items, code)
		case linkGap:
			s.Gaps = append(s.Gaps, code)
		case linkServes:
			s.Serves = append(s.Serves, code)
		case linkAgenda:
			if no, wrong := strconv.ParseInt(code, 10, 64); wrong == nil {
				s.Agenda = append(s.Agenda, no)
			}
		}
		return err
	})
	for _, s := range at {
		slices.Sort(s.Agenda)
	}
	return err
}
