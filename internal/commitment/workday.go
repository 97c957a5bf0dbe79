package commitment

import "time"

// AddWorkdays is the n-th working day after a day. Working days are Monday to
// Friday: public holidays differ between the parties of one compact, so a window
// counts none of them and is long enough to hold a few.
func AddWorkdays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			n--
		}
	}
	return t.Format(time.DateOnly)
}
