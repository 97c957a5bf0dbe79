package observatory

import "fmt"

// Period is a year, a quarter, a month or a day. Periods sort in time; a year
// sorts before its own months.
type Period int32

// The bits of a Period: day in the lowest five, then month in five (13 to 16
// stand for the quarters), then the year.
const (
	monthShift = 5
	yearShift  = 10
	firstQ     = 13
)

// Year is the period of a whole year.
func Year(y int) Period { return Period(y << yearShift) }

// ParsePeriod reads "2023", "2023-06", "2023M06", "2023-Q2", "2023Q2" and "2023-06-15".
func ParsePeriod(s string) (Period, bool) {
	y, ok := number(s, 0, 4)
	if !ok || y == 0 {
		return 0, false
	}
	switch {
	case len(s) == 4:
		return Year(y), true
	case len(s) == 7 && s[4] == '-' && s[5] == 'Q':
		return quarter(y, s[6])
	case len(s) == 6 && s[4] == 'Q':
		return quarter(y, s[5])
	case len(s) == 7 && (s[4] == '-' || s[4] == 'M'):
		m, ok := number(s, 5, 7)
		return Year(y) | Period(m<<monthShift), ok && m >= 1 && m <= 12
	case len(s) == 10 && s[4] == '-' && s[7] == '-':
		m, okM := number(s, 5, 7)
		d, okD := number(s, 8, 10)
		return Year(y) | Period(m<<monthShift|d), okM && okD && m >= 1 && m <= 12 && d >= 1 && d <= lastDay(y, m)
	}
	return 0, false
}

func number(s string, from, to int) (n int, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func quarter(year int, digit byte) (Period, bool) {
	q := int(digit) - '1'
	return Year(year) | Period((firstQ+q)<<monthShift), q >= 0 && q < 4
}

func lastDay(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Year is the year that the period lies in.
func (p Period) Year() int { return int(p >> yearShift) }

// String writes the period as ISO 8601 does, a quarter as SDMX does.
func (p Period) String() string {
	y, m, d := p.Year(), int(p>>monthShift)&31, int(p)&31
	switch {
	case m == 0:
		return fmt.Sprintf("%04d", y)
	case m >= firstQ:
		return fmt.Sprintf("%04d-Q%d", y, m-firstQ+1)
	case d == 0:
		return fmt.Sprintf("%04d-%02d", y, m)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

// begins is the first day of the period as a date.
func (p Period) begins() string {
	m, d := int(p>>monthShift)&31, int(p)&31
	if m >= firstQ {
		m = (m-firstQ)*3 + 1
	}
	return fmt.Sprintf("%04d-%02d-%02d", p.Year(), max(m, 1), max(d, 1))
}
