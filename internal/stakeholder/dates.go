package stakeholder

import (
	"time"

	"kept/internal/locale"
)

// checkDate wants a whole day that exists.
func checkDate(name, date string, errs *locale.Errors) {
	if date == "" {
		errs.AddField(name, locale.E("err.party.date_missing"))
		return
	}
	if !wholeDay(date) {
		errs.AddField(name, locale.E("err.party.bad_date", "value", date))
	}
}

func wholeDay(date string) bool {
	d, err := time.Parse("2006-01-02", date)
	return err == nil && d.Year() >= 1800
}

// partialDate accepts a year, a month or a day that exists.
func partialDate(date string) bool {
	for _, layout := range []string{"2006", "2006-01"} {
		if d, err := time.Parse(layout, date); err == nil {
			return d.Year() >= 1800 && d.Year() < 2200
		}
	}
	return wholeDay(date)
}

// notLater refuses a day that has begun nowhere on Earth yet.
func (c checking) notLater(name, date string) error {
	if today := c.at.Add(14 * time.Hour).Format("2006-01-02"); date > today {
		return locale.Field(name, locale.E("err.party.future", "value", date))
	}
	return nil
}
