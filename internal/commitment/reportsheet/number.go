package reportsheet

import (
	"strings"
	"unicode"
)

// Style says how a file writes what can be read in two ways; empty fields are not known.
type Style struct {
	Dates   string // DayFirst or MonthFirst
	Decimal string // Point or Comma
}

// The two ways to write a date of three numbers, and the two decimal signs.
const (
	DayFirst   = "dmy"
	MonthFirst = "mdy"
	Point      = "point"
	Comma      = "comma"
)

// plain takes out what nobody sees (marks of direction, control characters) and
// writes digits and signs of any script as those of ASCII. What parts groups in
// numbers of Arabic script stays: it is no decimal sign.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsDigit(r):
			return '0' + digit(r)
		case r >= '！' && r <= '～': // full width
			return r - '！' + '!'
		}
		switch r {
		case '\u2212', '–', '‑', '‐':
			return '-'
		case '’', 'ʼ', '‘':
			return '\''
		case '。':
			return '.'
		case '、':
			return ','
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// digit is the value of a decimal digit of any script: they stand in runs of ten.
func digit(r rune) rune {
	const styled = 0x1D7CE // five runs of mathematical digits, side by side
	if r >= styled {
		return (r - styled) % 10
	}
	v := rune(0)
	for v < 9 && unicode.IsDigit(r-v-1) {
		v++
	}
	return v
}

// Number reads a number as people write it: 1,234.5 · 1.234,5 · 1 234,5 · ١٬٢٣٤٫٥ ·
// full width. It gives a plain decimal, and whether it was in per cent. unsure is set
// where one sign stands before three digits and the style does not say which it is:
// 1,234 is more than a thousand to some and little more than one to others.
func Number(text string, style Style) (decimal string, percent, unsure, ok bool) {
	s := plain(text)
	s, percent = strings.CutSuffix(strings.TrimSuffix(s, " "), "%")
	if cut, found := strings.CutSuffix(s, "٪"); found {
		s, percent = cut, true
	}
	s = strings.TrimSpace(s)
	negative := false
	if s, negative = strings.CutPrefix(s, "-"); !negative {
		s = strings.TrimPrefix(s, "+")
	}
	s = strings.TrimSpace(s)
	whole, fraction, unsure := parted(s, style)
	whole, grouped := ungrouped(whole)
	if !grouped || whole == "" && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", percent, false, false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	decimal = whole
	if fraction != "" {
		decimal += "." + fraction
	}
	if negative && strings.Trim(decimal, "0.") != "" {
		decimal = "-" + decimal
	}
	return decimal, percent, unsure, true
}

// parted finds the decimal sign. Of two kinds the later one is it; one that stands
// twice parts groups; one that stands once is it, unless it could part a group.
func parted(s string, style Style) (whole, fraction string, unsure bool) {
	if whole, fraction, ok := strings.Cut(s, "٫"); ok {
		return whole, fraction, false
	}
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	at := max(point, comma)
	switch {
	case at < 0:
		return s, "", false
	case point >= 0 && comma >= 0:
		return s[:at], s[at+1:], false
	case strings.Count(s, s[at:at+1]) > 1:
		return s, "", false
	}
	whole, fraction = s[:at], s[at+1:]
	if len(fraction) != 3 || whole == "" || len(whole) > 3 || whole[0] == '0' {
		return whole, fraction, false
	}
	sign := map[byte]string{'.': Point, ',': Comma}[s[at]]
	switch style.Decimal {
	case "":
		return whole, fraction, true
	case sign:
		return whole, fraction, false
	}
	return s, "", false
}

// ungrouped takes out one kind of sign between groups of three.
func ungrouped(whole string) (digits string, ok bool) {
	sign := ""
	for _, r := range whole {
		if r < '0' || r > '9' {
			sign = string(r)
			break
		}
	}
	if sign == "" {
		return whole, true
	}
	if !strings.Contains(" ,.'٬", sign) {
		return "", false
	}
	groups := strings.Split(whole, sign)
	for i, g := range groups {
		if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
