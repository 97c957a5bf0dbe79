package record

import (
	"errors"
	"strings"
)

// CheckDecimal checks a decimal as the record writes it, as a string:
// -?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?, never minus zero. Trailing zeros are
// kept, because they state the precision; equality is numeric.
func CheckDecimal(s string) error {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	switch {
	case !allDigits(whole) || len(whole) > 18:
		return errors.New("a decimal has 1 to 18 digits before the point")
	case len(whole) > 1 && whole[0] == '0':
		return errors.New("a decimal has no leading zero")
	case point && (!allDigits(fraction) || len(fraction) > 9):
		return errors.New("a decimal has 1 to 9 digits after the point")
	case negative && strings.Trim(whole+fraction, "0") == "":
		return errors.New("a decimal is never minus zero")
	}
	return nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// CheckKind checks the name of a kind of act: words of [a-z0-9_] that start
// with a letter, at least two, joined by points ("commitment.made"), then "/2"
// and so on once its facts have changed meaning.
func CheckKind(kind string) error {
	if rule := kindRule(kind); rule != "" {
		return errors.New(rule)
	}
	return nil
}

func kindRule[T string | []byte](kind T) string {
	const rule = "a kind is noun.verb in a-z, 0-9 and _, with /2 to /999 for later versions"
	name, version := len(kind), 0
	for i := range len(kind) {
		if kind[i] == '/' {
			name, version = i, len(kind)-i-1
			break
		}
	}
	if name > 64 || version > 3 || name < len(kind) && version == 0 {
		return rule
	}
	for i := name + 1; i < len(kind); i++ {
		if !isDigit(kind[i]) {
			return rule
		}
	}
	if version > 0 && (kind[name+1] == '0' || version == 1 && kind[name+1] == '1') {
		return rule
	}
	points, start := 0, true // start: the next character begins a word
	for i := range name {
		switch c := kind[i]; {
		case start && !isLower(c):
			return rule
		case c == '.':
			points, start = points+1, true
		case isLower(c) || isDigit(c) || c == '_':
			start = false
		default:
			return rule
		}
	}
	if start || points == 0 {
		return rule
	}
	return ""
}

// CheckPart checks the name of a part of words: segments joined by points, the
// first a field in a-z, 0-9 and _, the last a language ("promise.fr",
// "indicators.0.name.en", "title.zh-Hans"; "und" where it has no language).
func CheckPart(part string) error {
	if rule := partRule(part); rule != "" {
		return errors.New(rule)
	}
	return nil
}

func partRule[T string | []byte](part T) string {
	const rule = "a part is field.language, as in promise.fr"
	last := -1
	for i := range len(part) {
		if part[i] == '.' {
			last = i
		}
	}
	if last < 1 || len(part) > 128 || !isLower(part[0]) || !isLanguage(part[last+1:]) {
		return rule
	}
	first, empty := true, true // of the segment being read
	for i := range last {
		switch c := part[i]; {
		case c == '.' && empty:
			return rule
		case c == '.':
			first, empty = false, true
		case isLower(c) || isDigit(c) || c == '_':
			empty = false
		case !first && ('A' <= c && c <= 'Z' || c == '-'):
			empty = false
		default:
			return rule
		}
	}
	if empty {
		return rule
	}
	return ""
}

// isLanguage accepts the shape of a language tag (RFC 5646): two or three
// lower-case letters, then subtags of one to eight letters or digits.
func isLanguage[T string | []byte](tag T) bool {
	run, primary := 0, true
	for i := range len(tag) {
		c := tag[i]
		switch {
		case c == '-':
			if run == 0 || primary && run < 2 {
				return false
			}
			run, primary = 0, false
			continue
		case isLower(c), !primary && (isDigit(c) || 'A' <= c && c <= 'Z'):
			run++
		default:
			return false
		}
		if primary && run > 3 || run > 8 {
			return false
		}
	}
	return run > 1 || !primary && run == 1
}

// CheckTime checks a time as entries write it: YYYY-MM-DDTHH:MM:SSZ, a day
// that exists, no leap second.
func CheckTime(at string) error {
	if rule := timeRule(at); rule != "" {
		return errors.New(rule)
	}
	return nil
}

func timeRule[T string | []byte](at T) string {
	const shape, rule = "0000-00-00T00:00:00Z", "a time is YYYY-MM-DDTHH:MM:SSZ"
	if len(at) != len(shape) {
		return rule
	}
	for i := range len(shape) {
		if shape[i] == '0' && !isDigit(at[i]) || shape[i] != '0' && at[i] != shape[i] {
			return rule
		}
	}
	two := func(i int) int { return int(at[i]-'0')*10 + int(at[i+1]-'0') }
	month, day := two(5), two(8)
	if month < 1 || month > 12 || day < 1 || day > daysIn(two(0)*100+two(2), month) {
		return "a day that does not exist"
	}
	if two(11) > 23 || two(14) > 59 || two(17) > 59 {
		return "an hour that does not exist"
	}
	return ""
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// CheckBy checks who an act is by: the id of an organisation's entry, or one
// of secretariat, instance and person. A person has no id in the record.
func CheckBy(by string) error {
	if rule := byRule(by); rule != "" {
		return errors.New(rule)
	}
	return nil
}

func byRule[T string | []byte](by T) string {
	const rule = "by is an entry id, secretariat, instance or person"
	switch string(by) {
	case "secretariat", "instance", "person":
		return ""
	}
	if len(by) == 0 || len(by) > 16 || by[0] == '0' && len(by) > 1 {
		return rule
	}
	n := int64(0)
	for i := range len(by) {
		if !isDigit(by[i]) {
			return rule
		}
		n = n*10 + int64(by[i]-'0')
	}
	if n > MaxInt {
		return rule
	}
	return ""
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
