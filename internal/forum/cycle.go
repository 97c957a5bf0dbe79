package forum

import (
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Parts of the program that a pack switches on by a mechanism of its own.
const (
	ModuleForum      = "forum"
	ModuleAdvisory   = "advisory-group"
	ModuleRegulators = "regulators"
	ModuleRegions    = "regional-consultations"
)

// Kinds of act about a cycle.
const (
	KindCycleOpened  = "cycle.opened"
	KindCycleAmended = "cycle.amended"
	KindCycleClosed  = "cycle.closed"
)

// ReportDays is within how many days a session reports, where a cycle says nothing else.
const ReportDays = 14

// Bounds of what a cycle may set, so that nobody opens one that cannot be run.
const (
	mostReportDays = 90
	mostSessions   = 20
	mostMinutes    = 480
	firstYear      = 2000
	lastYear       = 2199
)

// Plan is what a cycle sets: when and until when. A deadline holds to the end of its day.
type Plan struct {
	From         string `json:"from"` // first day of the forum
	To           string `json:"to"`
	TopicsUntil  string `json:"topics_until"`  // until when a party may propose a topic
	RankUntil    string `json:"rank_until"`    // until when parties and regions order the candidates
	AgendaUntil  string `json:"agenda_until"`  // by when the agenda is decided
	CallUntil    string `json:"call_until"`    // until when sessions can be proposed
	ReportDays   int64  `json:"report_days"`   // after a session, until its report is due
	MostSessions int64  `json:"most_sessions"` // that one party may propose
	MostMinutes  int64  `json:"most_minutes"`  // that a session may last
}

// CycleOpened are the facts of cycle.opened: a year of the forum, by the
// secretariat. Words: place.LANG, note.LANG.
type CycleOpened struct {
	Year int64 `json:"year"`
	Plan
}

// CycleAmended are the facts of cycle.amended: the whole plan as it stands from now
// on. Words: place.LANG and note.LANG as they stand, reason.LANG.
type CycleAmended struct {
	Cycle int64 `json:"cycle"`
	Plan
}

// CycleClosed are the facts of cycle.closed, after the last day of the forum. Words: note.LANG.
type CycleClosed struct {
	Cycle int64 `json:"cycle"`
}

var (
	cycleWords   = wording.Fields{"place": {Max: 200, Line: true, Needed: true}, "note": {Max: 2000}}
	amendedWords = wording.Fields{"place": {Max: 200, Line: true, Needed: true}, "note": {Max: 2000}, "reason": {Max: 2000, Needed: true}}
	closedWords  = wording.Fields{"note": {Max: 2000}}
)

// cycleKinds are the acts about cycles.
func cycleKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[CycleOpened]{validate: validateCycleOpened, check: checkCycleOpened, apply: applyCycleOpened}.kind(KindCycleOpened),
		rules[CycleAmended]{validate: validateCycleAmended, check: checkCycleAmended, apply: applyCycleAmended}.kind(KindCycleAmended),
		rules[CycleClosed]{validate: validateCycleClosed, check: checkCycleClosed, apply: applyCycleClosed}.kind(KindCycleClosed),
	}
}

// bySecretariat refuses an act that only the secretariat may write.
func bySecretariat(a keeper.Act, es *locale.Errors) {
	if a.By != secretariat {
		es.AddField("by", locale.E("err.party.secretariat_only"))
	}
}

// day tells whether a date is a whole day that exists.
func day(date string) bool {
	d, err := time.Parse(time.DateOnly, date)
	return err == nil && d.Year() >= firstYear && d.Year() <= lastYear
}

// check wants days that exist and follow one another, and limits that can be kept.
func (p Plan) check(es *locale.Errors) {
	sound := true
	for _, d := range []struct{ place, date string }{{"topics_until", p.TopicsUntil}, {"rank_until", p.RankUntil},
		{"agenda_until", p.AgendaUntil}, {"call_until", p.CallUntil}, {"from", p.From}, {"to", p.To}} {
		if !day(d.date) {
			es.AddField(d.place, locale.E("err.cycle.day", "value", keeper.Line(strings.ToValidUTF8(d.date, ""))))
			sound = false
		}
	}
	if sound {
		p.checkOrder(es)
	}
	for _, n := range []struct {
		place      string
		value, top int64
	}{{"report_days", p.ReportDays, mostReportDays}, {"most_sessions", p.MostSessions, mostSessions}, {"most_minutes", p.MostMinutes, mostMinutes}} {
		if n.value < 1 || n.value > n.top {
			es.AddField(n.place, locale.E("err.cycle.between", "min", 1, "max", n.top))
		}
	}
}

// checkOrder wants the steps in the order in which they build on one another.
func (p Plan) checkOrder(es *locale.Errors) {
	if p.RankUntil <= p.TopicsUntil { // everybody orders one list: it is whole once topics are closed
		es.AddField("rank_until", locale.E("err.cycle.after", "date", p.TopicsUntil))
	}
	for _, two := range []struct{ place, earlier, later string }{
		{"agenda_until", p.RankUntil, p.AgendaUntil},
		{"call_until", p.AgendaUntil, p.CallUntil},
		{"from", p.CallUntil, p.From},
		{"to", p.From, p.To},
	} {
		if two.later < two.earlier {
			es.AddField(two.place, locale.E("err.cycle.order", "date", two.earlier))
		}
	}
}

func validateCycleOpened(a keeper.Act, f CycleOpened) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if f.Year < firstYear || f.Year > lastYear {
		es.AddField("year", locale.E("err.cycle.between", "min", firstYear, "max", lastYear))
	}
	f.Plan.check(&es)
	cycleWords.Check(a.Words, &es)
	return es.Err()
}

func checkCycleOpened(c checking, f CycleOpened) error {
	if err := c.running(ModuleForum); err != nil {
		return err
	}
	if f.TopicsUntil < c.today() {
		return locale.Field("topics_until", locale.E("err.cycle.passed", "date", f.TopicsUntil))
	}
	var id int64
	err := c.tx.Row("SELECT id FROM forum_cycle WHERE year = ?", f.Year).Scan(&id)
	if err == nil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("year", locale.E("err.cycle.year", "year", number(f.Year), "id", number(id))))
	}
	_, err = none(err)
	return err
}

// today is the day that deadlines go by.
func (c checking) today() string { return keeper.Today(c.at) }

// newest is the last date that it can be anywhere on Earth.
func (c checking) newest() string { return c.at.UTC().Add(14 * time.Hour).Format(time.DateOnly) }

func applyCycleOpened(tx *db.Tx, e keeper.Entry, f CycleOpened) error {
	err := tx.Queue(`INSERT INTO forum_cycle (id, year, from_on, to_on, topics_until, rank_until, agenda_until, call_until,
		report_days, most_sessions, most_minutes, opened_on, amended_on, closed_on, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?)`,
		e.Index, f.Year, f.From, f.To, f.TopicsUntil, f.RankUntil, f.AgendaUntil, f.CallUntil, f.ReportDays, f.MostSessions, f.MostMinutes, e.On(), e.Index)
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, e.Index)
}

// touchCycle notes that an act concerns a cycle, and further pages.
func touchCycle(tx *db.Tx, index, cycle int64, more ...string) error {
	return keeper.Touch(tx, index, append([]string{"forum", subject("cycle", cycle)}, more...)...)
}

func validateCycleAmended(a keeper.Act, f CycleAmended) error {
	var es locale.Errors
	bySecretariat(a, &es)
	f.Plan.check(&es)
	amendedWords.Check(a.Words, &es)
	return es.Err()
}

// checkCycleAmended lets a deadline that has passed stand, and moves none into the
// past: nobody is late by an act that came afterwards.
func checkCycleAmended(c checking, f CycleAmended) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, d := range []struct{ place, was, is string }{{"topics_until", cycle.TopicsUntil, f.TopicsUntil}, {"rank_until", cycle.RankUntil, f.RankUntil},
		{"agenda_until", cycle.AgendaUntil, f.AgendaUntil}, {"call_until", cycle.CallUntil, f.CallUntil}, {"from", cycle.From, f.From}, {"to", cycle.To, f.To}} {
		if d.is != d.was && d.is < c.today() {
			es.AddField(d.place, locale.E("err.cycle.passed", "date", d.is))
		}
	}
	return es.Err()
}

// openCycle is a cycle that is run and not closed.
func (c checking) openCycle(id int64) (Cycle, error) {
	if err := c.running(ModuleForum); err != nil {
		return Cycle{}, err
	}
	cycle, err := CycleByID(c.tx, id)
	if err == nil && cycle.ClosedOn != "" {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("cycle", locale.E("err.cycle.closed", "on", cycle.ClosedOn)))
	}
	return cycle, err
}

func applyCycleAmended(tx *db.Tx, e keeper.Entry, f CycleAmended) error {
	err := tx.Queue(`UPDATE forum_cycle SET from_on = ?, to_on = ?, topics_until = ?, rank_until = ?, agenda_until = ?, call_until = ?,
		report_days = ?, most_sessions = ?, most_minutes = ?, amended_on = ?, version = ? WHERE id = ?`,
		f.From, f.To, f.TopicsUntil, f.RankUntil, f.AgendaUntil, f.CallUntil, f.ReportDays, f.MostSessions, f.MostMinutes, e.On(), e.Index, f.Cycle)
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle)
}

func validateCycleClosed(a keeper.Act, _ CycleClosed) error {
	var es locale.Errors
	bySecretariat(a, &es)
	closedWords.Check(a.Words, &es)
	return es.Err()
}

func checkCycleClosed(c checking, f CycleClosed) error {
	cycle, err := c.openCycle(f.Cycle)
	if err == nil && c.today() <= cycle.To {
		err = locale.Field("cycle", locale.E("err.cycle.not_over", "date", cycle.To))
	}
	return err
}

func applyCycleClosed(tx *db.Tx, e keeper.Entry, f CycleClosed) error {
	if err := tx.Queue("UPDATE forum_cycle SET closed_on = ? WHERE id = ?", e.On(), f.Cycle); err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle)
}
