package commitment

// Reporting currency (after the traffic lights of UN DESA and the UN Global Compact).
const (
	NotDue  = "not_due"
	Current = "current"
	Due     = "due"
	Overdue = "overdue"
	Silent  = "silent"
	Lapsed  = "lapsed"
)

// Currencies of reporting, in the order in which pages count them.
var ReportingStates = []string{NotDue, Current, Due, Overdue, Silent, Lapsed}

// notice is for how many days before its date a report is "due"; half a rhythm
// where that is shorter, so that a monthly report is not due all the time.
const notice = 60

// Schedule is when reports on a commitment are due: every so many months after
// it was made or began, whichever is later; the last on the first such day that
// is not before its end.
type Schedule struct {
	From  string // the day from which the months count
	Every int64
	End   string
}

// NewSchedule is the schedule of a commitment made on a day.
func NewSchedule(madeOn, start, end string, every int64) Schedule {
	return Schedule{From: max(madeOn, start), Every: every, End: end}
}

// at is the k-th due date, counted from 1; ok is false after the last.
func (s Schedule) at(k int) (day string, ok bool) {
	if k > 1 && addMonths(s.From, (k-1)*int(s.Every)) >= s.End {
		return "", false
	}
	return addMonths(s.From, k*int(s.Every)), true
}

func (s Schedule) dueFrom(due string) string {
	half := int(s.Every) * 30 / 2
	return addDays(due, -min(notice, half))
}

// Dues are the turning dates of a commitment's reporting currency. A date that
// does not come is "9999-12-31".
type Dues struct {
	Reported    bool // at least one report was received
	Missed      int64
	Ended       bool   // nothing more is due: completed or discontinued, withdrawn or concluded
	Excused     string // the last day of an excuse: lateness counts from it; "" for none
	From        string // the report is due from
	On          string // it is due on
	OverdueFrom string
	SilentFrom  string
	LapsedFrom  string
}

// First are the dues of a commitment without a report.
func (s Schedule) First() Dues {
	day, _ := s.at(1)
	return s.dues(day, Dues{})
}

// After are the dues once a report was received on a day: the next date whose
// notice has not begun. A report that closes the commitment (completed or
// discontinued), or the last one, leaves nothing due. What was missed are the dates
// between the one that the report answers, late or not, and the report; those that
// an excuse covers are not among them.
func (s Schedule) After(before Dues, on string, closes bool) Dues {
	next := Dues{Reported: true, Missed: before.Missed, Ended: before.Ended || closes, Excused: before.Excused}
	for k := 1; ; k++ {
		day, ok := s.at(k)
		if !ok {
			return s.dues(never, next)
		}
		if before.On != never && day > max(before.On, before.Excused) && day < on {
			next.Missed++
		}
		if s.dueFrom(day) > on {
			return s.dues(day, next)
		}
	}
}

// Amended are the dues once rhythm, start or end were changed on a day. A report
// that is late by then stays late, and what was missed stays counted. Else the next
// date of the new schedule is due: the first that has not passed and whose notice
// had not begun when the last report came ("" for none), or its last date where
// all have passed unreported.
func (s Schedule) Amended(before Dues, lastReport, on string) Dues {
	if before.Ended || before.On < on {
		return before
	}
	next := before
	last := never
	for k := 1; ; k++ {
		day, ok := s.at(k)
		if !ok {
			return s.dues(last, next)
		}
		if s.dueFrom(day) > lastReport {
			if last = day; day >= on {
				return s.dues(day, next)
			}
		}
	}
}

// Excuse are the dues once the secretariat excused what falls due up to a day.
func (d Dues) Excuse(until string) Dues {
	d.Excused = until
	return d.late()
}

// End are the dues of a commitment that was withdrawn or concluded.
func (d Dues) End() Dues {
	d.Ended = true
	return d.nothing()
}

func (s Schedule) dues(day string, d Dues) Dues {
	if day == never || d.Ended {
		return d.nothing()
	}
	d.From, d.On = s.dueFrom(day), day
	return d.late()
}

func (d Dues) nothing() Dues {
	d.From, d.On, d.OverdueFrom, d.SilentFrom, d.LapsedFrom = never, never, never, never, never
	return d
}

// late fills the dates from which the report is late: they count from its date, or
// from the end of an excuse where that is later.
func (d Dues) late() Dues {
	if d.On == never {
		return d
	}
	from := max(d.On, d.Excused)
	d.OverdueFrom, d.SilentFrom, d.LapsedFrom = addDays(from, 1), addMonths(from, 12), addMonths(from, 24)
	return d
}

// State is the reporting currency on a day.
func (d Dues) State(today string) string {
	switch {
	case today >= d.LapsedFrom:
		return Lapsed
	case today >= d.SilentFrom:
		return Silent
	case today >= d.OverdueFrom:
		return Overdue
	case today >= d.From:
		return Due
	case d.Reported:
		return Current
	}
	return NotDue
}
