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
// discontinued), or the last one, leaves nothing due.
func (s Schedule) After(before Dues, on string, closes bool) Dues {
	next := Dues{Reported: true, Missed: before.Missed}
	passed := int64(0)
	for k := 1; ; k++ {
		day, ok := s.at(k)
		if !ok {
			day = never
		}
		if ok && before.On != never && day >= before.On && day < on {
			passed++
		}
		if ok && s.dueFrom(day) <= on {
			continue
		}
		next.Missed += max(passed-1, 0)
		if closes || before.On == never {
			day = never
		}
		return s.dues(day, next)
	}
}

func (s Schedule) dues(day string, d Dues) Dues {
	if day == never {
		d.From, d.On, d.OverdueFrom, d.SilentFrom, d.LapsedFrom = never, never, never, never, never
		return d
	}
	d.From, d.On, d.OverdueFrom = s.dueFrom(day), day, addDays(day, 1)
	d.SilentFrom, d.LapsedFrom = addMonths(day, 12), addMonths(day, 24)
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
