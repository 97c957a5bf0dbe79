package forum

import (
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Cycle is a year of the forum as state has it. Its place and note are keeper.WordsOf its Version.
type Cycle struct {
	ID   int64
	Year int
	Plan
	OpenedOn, AmendedOn, ClosedOn string
	Version                       int64
}

// The steps of a cycle, in their order; each ends with a day of the plan.
const (
	StepTopics  = "topics"
	StepRanking = "ranking"
	StepAgenda  = "agenda"
	StepCall    = "call"
	StepReady   = "ready" // between the call and the forum
	StepForum   = "forum"
	StepAfter   = "after" // until the secretariat closes it
	StepClosed  = "closed"
)

// Step is where a cycle stands on a day.
func (c Cycle) Step(today string) string {
	switch {
	case c.ClosedOn != "":
		return StepClosed
	case today <= c.TopicsUntil:
		return StepTopics
	case today <= c.RankUntil:
		return StepRanking
	case today <= c.AgendaUntil:
		return StepAgenda
	case today <= c.CallUntil:
		return StepCall
	case today < c.From:
		return StepReady
	case today <= c.To:
		return StepForum
	}
	return StepAfter
}

const cycleColumns = `id, year, from_on, to_on, topics_until, rank_until, agenda_until, call_until, report_days, most_sessions, most_minutes,
	opened_on, amended_on, closed_on, version`

func scanCycle(scan func(...any) error) (c Cycle, err error) {
	var year int64
	err = scan(&c.ID, &year, &c.From, &c.To, &c.TopicsUntil, &c.RankUntil, &c.AgendaUntil, &c.CallUntil, &c.ReportDays, &c.MostSessions, &c.MostMinutes,
		&c.OpenedOn, &c.AmendedOn, &c.ClosedOn, &c.Version)
	c.Year = int(year)
	return c, err
}

// CycleByID is one cycle.
func CycleByID(tx *db.Tx, id int64) (Cycle, error) {
	c, err := scanCycle(tx.Row("SELECT "+cycleColumns+" FROM forum_cycle WHERE id = ?", id).Scan)
	if missing, rest := none(err); missing || rest != nil {
		if missing {
			rest = keeper.Refuse(keeper.ErrNotFound, locale.Field("cycle", locale.E("err.cycle.unknown", "id", number(id))))
		}
		return Cycle{}, rest
	}
	return c, nil
}

// Cycles lists the cycles, the latest year first.
func Cycles(tx *db.Tx) ([]Cycle, error) {
	rows, err := tx.Query("SELECT " + cycleColumns + " FROM forum_cycle ORDER BY year DESC, id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Cycle
	for rows.Next() {
		c, err := scanCycle(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
