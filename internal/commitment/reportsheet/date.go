package reportsheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"kept/internal/compact/fold"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{1,2}:\d{2}.*)?$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4})$`)
	monthYear = regexp.MustCompile(`^(\d{1,2})[-/.](\d{4})$`)
	counted   = regexp.MustCompile(`^\d{5}(?:\.\d+)?$`)
	chinese   = regexp.MustCompile(`^(\d{4}) ?年(?: ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?)?$`)
)

// Date reads a date, or a month or year, as people write it in the six languages:
// 2026-03-31 · 31/03/2026 · 03/31/2026 · 31.03.2026 · 31 mars 2026 · 2026年3月31日 · the
// number by which spreadsheets count days. unsure is set where the style does not
// say whether day or month comes first and both are possible.
func Date(text string, style Style) (iso string, unsure, ok bool) {
	s := plain(text)
	switch {
	case counted.MatchString(s):
		n, _ := strconv.ParseFloat(s, 64)
		iso, ok = sheet.Serial(n, false)
		return iso, false, ok
	case yearFirst.MatchString(s):
		m := yearFirst.FindStringSubmatch(s)
		iso, ok = dated(m[1], m[2], m[3])
		return iso, false, ok
	case chinese.MatchString(s):
		m := chinese.FindStringSubmatch(s)
		iso, ok = dated(m[1], m[2], m[3])
		return iso, false, ok
	case monthYear.MatchString(s):
		m := monthYear.FindStringSubmatch(s)
		iso, ok = dated(m[2], m[1], "")
		return iso, false, ok
	case yearLast.MatchString(s):
		return dayAndMonth(yearLast.FindStringSubmatch(s), style)
	}
	iso, ok = inWords(s)
	return iso, false, ok
}

// dayAndMonth reads 31/03/2026. With points the day comes first wherever dates are
// written so; otherwise a number over twelve decides, or the style of the file.
func dayAndMonth(m []string, style Style) (iso string, unsure, ok bool) {
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[3])
	monthFirst := second > 12 || style.Dates == MonthFirst && first <= 12
	unsure = first <= 12 && second <= 12 && first != second && style.Dates == ""
	if m[2] == "." {
		monthFirst, unsure = false, false
	}
	day, month := m[1], m[3]
	if monthFirst {
		day, month = m[3], m[1]
	}
	iso, ok = dated(m[4], month, day)
	return iso, unsure && ok, ok
}

// dated puts a date together; month and day may be empty.
func dated(year, month, day string) (iso string, ok bool) {
	iso, form := year, "2006"
	for _, part := range []struct{ text, form string }{{month, "-01"}, {day, "-02"}} {
		if part.text == "" {
			break
		}
		n, err := strconv.Atoi(part.text)
		if err != nil {
			return "", false
		}
		iso, form = iso+fmt.Sprintf("-%02d", n), form+part.form
	}
	_, err := time.Parse(form, iso)
	return iso, err == nil
}

// months are the names of months in the six languages, folded; those of two words as they are.
var months = sync.OnceValue(func() map[string]int {
	names := map[string]int{"يونيو": 6, "يوليو": 7}
	for _, l := range locale.Langs {
		for n := 1; n <= 12; n++ {
			for _, iso := range []string{fmt.Sprintf("2000-%02d", n), fmt.Sprintf("2000-%02d-03", n)} {
				for _, name := range strings.Split(l.Date(iso), "/") {
					if name = wordsOnly(name); name != "" {
						names[name] = n
					}
				}
			}
		}
	}
	return names
})

// wordsOnly drops numbers and the words that stand beside them in a date.
func wordsOnly(text string) string {
	var kept []string
	for _, w := range strings.Fields(fold.Text(text)) {
		if !filler[w] && (w[0] < '0' || w[0] > '9') {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

var filler = map[string]bool{"de": true, "del": true, "of": true, "года": true, "г": true, "year": true, "年": true, "月": true, "日": true, "the": true}

var ordinals = regexp.MustCompile(`^(\d{1,2})(?:er|st|nd|rd|th|º|ª|го|е)?$`)

// inWords reads a date with the name of its month.
func inWords(s string) (iso string, ok bool) {
	var day, year, name string
	for _, w := range strings.Fields(fold.Text(s)) {
		m := ordinals.FindStringSubmatch(w)
		switch {
		case filler[w]:
		case len(w) == 4 && strings.Trim(w, "0123456789") == "" && year == "":
			year = w
		case m != nil && day == "":
			day = m[1]
		default:
			name = strings.TrimSpace(name + " " + w)
		}
	}
	month := monthNamed(name)
	if month == 0 || year == "" {
		return "", false
	}
	return dated(year, strconv.Itoa(month), day)
}

// monthNamed is the month of a name, of its beginning in three letters or more, or
// of two names for the same month, as Arabic writes it.
func monthNamed(name string) int {
	if n := months()[name]; n != 0 {
		return n
	}
	if first, second, two := cutLast(name); two {
		if n := months()[first]; n != 0 && n == months()[second] {
			return n
		}
	}
	if len([]rune(name)) < 3 {
		return 0
	}
	found := 0
	for full, n := range months() {
		if strings.HasPrefix(full, name) {
			if found != 0 && found != n {
				return 0
			}
			found = n
		}
	}
	return found
}

func cutLast(s string) (before, after string, ok bool) {
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
