package forum

import (
	"math/big"

	"kept/internal/db"
)

// PersonOf is somebody in a session, by what she says of herself.
type PersonOf struct{ Role, Name, Group, Area, Gender string }

// PeopleOf are the people of a version of a session whose words were not erased.
func PeopleOf(tx *db.Tx, version int64) (out []PersonOf, err error) {
	rows, err := tx.Query("SELECT role, name, party_kind, area, gender FROM derived_forum_person WHERE entry = ? ORDER BY n", version)
	err = readRows(rows, err, func() error {
		var p PersonOf
		err := rows.Scan(&p.Role, &p.Name, &p.Group, &p.Area, &p.Gender)
		out = append(out, p)
		return err
	})
	return out, err
}

// Scores are the sheets of a session, each a score per criterion.
func Scores(tx *db.Tx, session int64) (sheets [][]int64, err error) {
	rows, err := tx.Query("SELECT sheet, score FROM forum_session_score WHERE session = ? ORDER BY sheet, criterion", session)
	err = readRows(rows, err, func() error {
		var sheet, score int64
		err := rows.Scan(&sheet, &score)
		for int64(len(sheets)) <= sheet {
			sheets = append(sheets, nil)
		}
		sheets[sheet] = append(sheets[sheet], score)
		return err
	})
	return sheets, err
}

// WeightedScore is the mean of all sheets by the weights of the call, of 100, with two
// decimals: each sheet's sum of weight × score, divided by the scale.
func WeightedScore(c Call, sheets [][]int64) string {
	sum, n := int64(0), int64(0)
	for _, sheet := range sheets {
		for i, score := range sheet {
			if i < len(c.Weights) {
				sum += c.Weights[i] * score
			}
		}
		n++
	}
	if n == 0 || c.Scale == 0 {
		return ""
	}
	return big.NewRat(sum, n*c.Scale).FloatString(2)
}

// PresentAt says how many people of each group took part; 0 stands for one to four.
func PresentAt(tx *db.Tx, session int64) (out []Present, err error) {
	rows, err := tx.Query("SELECT code, people FROM forum_session_present WHERE session = ? ORDER BY people DESC, code", session)
	err = readRows(rows, err, func() error {
		var p Present
		err := rows.Scan(&p.Group, &p.People)
		out = append(out, p)
		return err
	})
	return out, err
}

// ProgrammeDay is a day of a cycle's programme. Names of its rooms are words of Entry, room.N.
type ProgrammeDay struct {
	Day, SetOn, Zone string
	Entry, Rooms     int64
	Slots            []SlotOf
}

// Programme is all that was set for a cycle, day by day.
func Programme(tx *db.Tx, cycle int64) (days []ProgrammeDay, err error) {
	rows, err := tx.Query("SELECT day, entry, set_on, zone, rooms FROM forum_programme WHERE cycle = ? ORDER BY day", cycle)
	err = readRows(rows, err, func() error {
		var d ProgrammeDay
		err := rows.Scan(&d.Day, &d.Entry, &d.SetOn, &d.Zone, &d.Rooms)
		days = append(days, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query("SELECT session, room, day, starts, ends FROM forum_slot WHERE cycle = ? ORDER BY day, starts, room, session", cycle)
	err = readRows(rows, err, func() error {
		var slot SlotOf
		err := rows.Scan(&slot.Session, &slot.Room, &slot.Day, &slot.Starts, &slot.Ends)
		for i := range days {
			if days[i].Day == slot.Day {
				days[i].Slots = append(days[i].Slots, slot)
			}
		}
		return err
	})
	return days, err
}

// ReportsOwed are the sessions that were held and whose report has not come: of some
// parties from the day on which each was held, and of all, where late says so, once
// the report is late.
func ReportsOwed(tx *db.Tx, today string, parties []int64, late bool) ([]Session, error) {
	w := &condition{}
	w.add("s.held_on <> '' AND s.held_on <= ? AND s.reported_by = 0 AND s.excused_by = 0", today)
	mine := &condition{}
	mine.oneOfThese("EXISTS (SELECT 1 FROM forum_session_organiser o WHERE o.session = s.id AND o.party", asAny(parties), ")")
	if len(parties) == 0 {
		mine = &condition{parts: []string{"1 = 0"}}
	}
	if late {
		mine.parts[0] = "(" + mine.parts[0] + " OR s.report_due < ?)"
		mine.args = append(mine.args, today)
	}
	w.add(mine.sql(), mine.args...)
	rows, err := tx.Query("SELECT "+sessionColumns+" FROM forum_session s WHERE "+w.sql()+" ORDER BY s.report_due, s.id LIMIT 200", w.args...)
	var list []Session
	err = readRows(rows, err, func() error {
		s, err := scanSession(rows.Scan)
		list = append(list, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, fillSessions(tx, list)
}
