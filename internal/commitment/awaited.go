package commitment

import (
	"strings"

	"kept/internal/db"
)

// Awaited is a report that is due or late: what a reminder is about.
type Awaited struct {
	ID, Party int64  // the commitment and its lead
	From      string // it is due from this day
	On        string // its date
	Until     string // the last day on which it is in time: its date, or the end of an excuse
}

// Excused tells that the secretariat allowed the report to come later.
func (a Awaited) Excused() bool { return a.Until > a.On }

// AwaitedOn lists the reports that are due on a day, or were and have not come, save
// those that were late before since; of some parties, or of all when none is named.
func AwaitedOn(tx *db.Tx, today, since string, parties ...int64) (list []Awaited, err error) {
	text, args := "SELECT id, party, due_from, due_on, overdue_from FROM commitment WHERE stated = 0 AND due_from <= ? AND overdue_from >= ?", []any{today, since}
	if len(parties) > 0 {
		text += " AND party IN (?" + strings.Repeat(", ?", len(parties)-1) + ")"
		for _, p := range parties {
			args = append(args, p)
		}
	}
	rows, err := tx.Query(text+" ORDER BY due_on, id", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var a Awaited
		var overdue string
		if err := scan(&a.ID, &a.Party, &a.From, &a.On, &overdue); err != nil {
			return err
		}
		if overdue != never { // nothing more is due otherwise
			a.Until = addDays(overdue, -1)
			list = append(list, a)
		}
		return nil
	})
	return list, err
}
