package locale

import (
	"strconv"
	"strings"
)

// Group and decimal signs as the United Nations writes them in each language.
// Spanish takes a space, not the point that CLDR has; Arabic pages keep Western
// digits, as the UN's statistical tables do.
var signs = map[Lang]struct{ group, decimal string }{
	Arabic: {",", "."}, Chinese: {",", "."}, English: {",", "."},
	French: {"\u202f", ","}, Russian: {"\u00a0", ","}, Spanish: {"\u00a0", ","},
}

// Int writes a whole number with its groups.
func (l Lang) Int(n int64) string { return l.Number(strconv.FormatInt(n, 10)) }

// Number writes a plain decimal ("-1234.50") the language's way. Trailing zeros
// stay: they state precision. Anything that is not a plain decimal is returned as it is.
func (l Lang) Number(decimal string) string {
	body, sign := decimal, ""
	if strings.HasPrefix(body, "-") {
		body, sign = body[1:], "\u2212"
	}
	whole, fraction, hasFraction := strings.Cut(body, ".")
	if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return decimal
	}
	out := sign + groups(whole, signs[l].group)
	if hasFraction {
		out += signs[l].decimal + fraction
	}
	return out
}

// groups sets the sign between groups of three; four digits alone are not parted in any of the six but for tables, so years stay whole elsewhere.
func groups(whole, sign string) string {
	if len(whole) <= 3 {
		return whole
	}
	var b strings.Builder
	first := len(whole) % 3
	b.WriteString(whole[:first])
	for i := first; i < len(whole); i += 3 {
		if i > 0 {
			b.WriteString(sign)
		}
		b.WriteString(whole[i : i+3])
	}
	return b.String()
}

var months = map[Lang][12]string{
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	French:  {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	Spanish: {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	Russian: {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	Arabic: {"كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه",
		"تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"},
}

var monthAlone = map[Lang][12]string{
	Russian: {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
}

// Date writes a date, or a partial one ("2027", "2027-05"), or a time
// ("2026-11-21T14:02:00Z", hours and minutes in UTC). Anything else is returned as it is.
func (l Lang) Date(iso string) string {
	day, clock, hasClock := strings.Cut(iso, "T")
	parts := strings.Split(day, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return iso
	}
	numbers := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return iso
		}
		numbers[i] = n
	}
	if len(parts) > 1 && (numbers[1] < 1 || numbers[1] > 12) {
		return iso
	}
	out := l.calendarDate(numbers)
	if hasClock && len(clock) >= 5 {
		out += " " + clock[:5] + " UTC"
	}
	return out
}

func (l Lang) calendarDate(d []int) string {
	year := strconv.Itoa(d[0])
	if l == Chinese {
		year += "年"
	}
	if len(d) == 1 {
		return year
	}
	if l == Chinese {
		out := year + strconv.Itoa(d[1]) + "月"
		if len(d) == 3 {
			out += strconv.Itoa(d[2]) + "日"
		}
		return out
	}
	if len(d) == 2 {
		name := months[l][d[1]-1]
		if alone, ok := monthAlone[l]; ok {
			name = alone[d[1]-1]
		}
		if l == Spanish {
			return name + " de " + year
		}
		return name + " " + year
	}
	month, day := months[l][d[1]-1], strconv.Itoa(d[2])
	switch {
	case l == Spanish:
		return day + " de " + month + " de " + year
	case l == French && d[2] == 1:
		return "1er " + month + " " + year
	case l == Russian:
		return day + " " + month + " " + year + " года"
	}
	return day + " " + month + " " + year
}

// List joins words: "a, b, c", with the Arabic and Chinese commas where they belong.
func (l Lang) List(words []string) string {
	switch l {
	case Arabic:
		return strings.Join(words, "، ")
	case Chinese:
		return strings.Join(words, "、")
	}
	return strings.Join(words, ", ")
}
