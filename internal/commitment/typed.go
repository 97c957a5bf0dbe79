package commitment

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// Answers are the fields of a form as a person typed them: name → text. Rows are
// numbered: indicators.0.name, indicators.1.name.
type Answers map[string]string

func (a Answers) get(name string) string { return keeper.Line(a[name]) }

// rows are the numbers of the rows of a list in which any of some fields is
// filled. What a form fills in by itself, such as a choice, makes no row.
func (a Answers) rows(list string, fields ...string) []int {
	var rows []int
	for name, text := range a {
		s := strings.Split(name, ".")
		if len(s) != 3 || s[0] != list || !slices.Contains(fields, s[2]) || strings.TrimSpace(text) == "" {
			continue
		}
		if n, err := strconv.Atoi(s[1]); err == nil && n >= 0 && n < 100 && !slices.Contains(rows, n) {
			rows = append(rows, n)
		}
	}
	slices.Sort(rows)
	return rows
}

// TypedNumber reads a number as people type it in a language; "" for nothing.
func TypedNumber(lang, text string) (string, error) { return typedNumber(lang, text) }

// typedNumber reads a number as people type it in a language: with blanks or
// signs between groups, a decimal comma where the language has one, digits of
// Arabic script. What can be read in two ways is refused.
func typedNumber(lang, text string) (string, error) {
	text = asciiDigits(strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\u2009', '\'', '’', '٬':
			return -1
		case '\u2212':
			return '-'
		case '٫':
			return '.'
		case '，':
			return ','
		}
		return r
	}, text))
	if !strings.Contains(text, ",") {
		return text, nil
	}
	whole, rest, _ := strings.Cut(text, ",")
	grouped := grouping(text)
	decimalComma := lang == "fr" || lang == "es" || lang == "ru"
	single := !strings.ContainsAny(rest, ".,")
	switch {
	case decimalComma && grouped && single:
		return "", locale.E("err.commitment.ambiguous", "value", text)
	case decimalComma && single && !strings.Contains(whole, "."):
		return whole + "." + rest, nil
	case grouped:
		return strings.ReplaceAll(text, ",", ""), nil
	case single && len(rest) < 3 && !strings.Contains(whole, "."):
		return "", locale.E("err.commitment.ambiguous", "value", text)
	}
	return "", locale.E("err.commitment.bad_decimal", "value", text)
}

// grouping tells 1,234,567.8: groups of three parted by commas.
func grouping(text string) bool {
	whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i == 0 && (len(g) < 1 || len(g) > 3) || i > 0 && len(g) != 3 || strings.Trim(g, "0123456789") != "" {
			return false
		}
	}
	return true
}

// asciiDigits writes the digits of Arabic and Persian script and of full width as 0 to 9.
func asciiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'٠', '۰', '０'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, text)
}

// typedList parts a line at commas, semicolons and blanks of any script.
func typedList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;|،؛，；、\n\t ", r) })
}

// pair is "12:40": a code with its share.
type pair struct{ code, share string }

func typedPairs(text string) []pair {
	var out []pair
	for _, entry := range typedList(asciiDigits(text)) {
		code, share, _ := strings.Cut(entry, ":")
		out = append(out, pair{code, strings.TrimSuffix(share, "%")})
	}
	return out
}

// reader reads typed answers into facts and collects what cannot be read.
type reader struct {
	Answers
	lang string
	errs locale.Errors
}

func (r *reader) number(name string) string {
	text := r.get(name)
	if text == "" {
		return ""
	}
	n, err := typedNumber(r.lang, text)
	if err == nil {
		if _, ok := rat(n); !ok {
			err = locale.E("err.commitment.bad_decimal", "value", text)
		}
	}
	r.errs.AddField(name, err)
	return n
}

func (r *reader) date(name string) string { return asciiDigits(r.get(name)) }

// months reads a whole number of months.
func (r *reader) months(name string) int64 {
	n, err := strconv.ParseInt(asciiDigits(r.get(name)), 10, 32)
	if err != nil {
		return 0 // refused with the list of what is possible
	}
	return n
}

func (r *reader) yes(name string) bool {
	return known([]string{"1", "true", "yes", "on", "x"}, strings.ToLower(r.get(name)))
}

// words takes the texts of the form that have a place among fields, under the
// numbers that their rows have in the facts.
func (r *reader) words(fields map[string]field, rows map[string][]int) map[string]string {
	out := map[string]string{}
	for name, text := range r.Answers {
		s := strings.Split(name, ".")
		key := name
		if len(s) == 3 {
			n, _ := strconv.Atoi(s[1])
			at := slices.Index(rows[s[0]], n)
			if at < 0 {
				continue
			}
			name, key = part(s[0], at, s[2]), s[0]+".#."+s[2]
		}
		f, ok := fields[key]
		if !ok {
			continue
		}
		if text = f.clean(text); text != "" {
			out[name+"."+langOf(f, r.lang)] = text
		}
	}
	return out
}

// langOf is the language of a text: an address has none.
func langOf(f field, lang string) string {
	if f.form == link {
		return "und"
	}
	return lang
}

// formPlace turns the place of an error into the name of the field in the form:
// without its language, and with the number that the row has there.
func formPlace(place, lang string, rows map[string][]int) string {
	place = strings.TrimSuffix(strings.TrimSuffix(place, "."+lang), ".und")
	s := strings.Split(place, ".")
	if len(s) != 3 {
		return place
	}
	if n, err := strconv.Atoi(s[1]); err == nil && n >= 0 && n < len(rows[s[0]]) {
		return part(s[0], rows[s[0]][n], s[2])
	}
	return place
}
