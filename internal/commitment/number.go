package commitment

import (
	"math/big"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/record"
)

// places is how many digits after the point a computed number is published with.
const places = 6

// rat reads a decimal of the record's grammar.
func rat(decimal string) (*big.Rat, bool) {
	if record.CheckDecimal(decimal) != nil {
		return nil, false
	}
	return new(big.Rat).SetString(decimal)
}

// plain writes a number as a decimal of the record's grammar: at most places
// digits after the point, no trailing zeros, never minus zero.
func plain(r *big.Rat) string {
	if r == nil {
		return ""
	}
	s := r.FloatString(places)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// sum adds decimals exactly; those that are none are left out.
func sum(decimals ...string) *big.Rat {
	total := new(big.Rat)
	for _, d := range decimals {
		if r, ok := rat(d); ok {
			total.Add(total, r)
		}
	}
	return total
}

// exact writes a sum of decimals without loss: they have at most nine digits after the point.
func exact(r *big.Rat) string {
	s := r.FloatString(9)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

const isoDate = "2006-01-02"

// never stands in a turning date that does not come.
const never = "9999-12-31"

// lastDay is the day that a date, whole or partial, holds to; "" when it is none.
func lastDay(date string) string { return compact.LastDay(date) }

// firstDay is the day that a date, whole or partial, begins on.
func firstDay(date string) string { return (date + "-01-01")[:min(10, len(date)+6)] }

// fullDate tells whether a date is whole and exists, in the years that a promise can be about.
func fullDate(date string) bool {
	t, err := time.Parse(isoDate, date)
	return err == nil && len(date) == 10 && t.Year() >= 1990 && t.Year() <= 2100
}

// anyDate is fullDate for partial dates too.
func anyDate(date string) bool { return fullDate(lastDay(date)) }

func parseDay(date string) time.Time {
	t, _ := time.Parse(isoDate, date) // checked when it was accepted
	return t
}

// days counts from one day to another.
func days(from, to string) int64 { return int64(parseDay(to).Sub(parseDay(from)).Hours() / 24) }

// addDays moves a date by days.
func addDays(date string, n int) string { return parseDay(date).AddDate(0, 0, n).Format(isoDate) }

// addMonths moves a date by months; a day that the month lacks becomes its last,
// so that the 31st keeps to the ends of months.
func addMonths(date string, n int) string {
	t := parseDay(date)
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), end)-1).Format(isoDate)
}

// AddDays moves a whole date by days.
func AddDays(date string, n int) string { return addDays(date, n) }

// AddMonths moves a whole date by months, as the dates on which reports fall due are moved.
func AddMonths(date string, n int) string { return addMonths(date, n) }

// newest is the last date that it can be anywhere on Earth: what lies behind it
// has not come for anybody.
func newest(now time.Time) string { return now.UTC().Add(14 * time.Hour).Format(isoDate) }
