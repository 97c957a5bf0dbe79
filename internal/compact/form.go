package compact

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"kept/internal/locale"
)

var (
	idForm      = regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`)
	codeForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`)
	dateForm    = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`)
)

// validID tells whether an id can stand in an address: its ends .json, .csv and
// .xml would be taken for a format.
func validID(id string) bool {
	return idForm.MatchString(id) && !strings.HasSuffix(id, ".json") && !strings.HasSuffix(id, ".csv") && !strings.HasSuffix(id, ".xml")
}

// validDate tells whether a date exists; month and day may be left out.
func validDate(date string) bool {
	if !dateForm.MatchString(date) {
		return false
	}
	_, err := time.Parse("2006-01-02"[:len(date)], date)
	return err == nil
}

// LastDay is the last day that a partial date covers: a deadline of "2030" holds to 2030-12-31.
func LastDay(date string) string {
	layout := map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}[len(date)]
	t, err := time.Parse(layout, date)
	switch {
	case layout == "" || err != nil:
		return ""
	case len(date) == 4:
		t = t.AddDate(1, 0, -1)
	case len(date) == 7:
		t = t.AddDate(0, 1, -1)
	}
	return t.Format("2006-01-02")
}

// form checks the form of a string, by the word in its tag.
func (d *decoder) form(n *node, form string) bool {
	ok := true
	switch form {
	case "date":
		ok = validDate(n.text)
	case "decimal":
		ok = decimalForm.MatchString(n.text) && !isMinusZero(n.text)
	case "code":
		ok = len(n.text) <= 40 && codeForm.MatchString(n.text)
	case "url":
		u, err := url.Parse(n.text)
		ok = err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(n.text, " \"<>")
	case "lang":
		ok = locale.Known(n.text)
	}
	if !ok {
		d.fault(n, "bad_"+form, "value", n.text)
	}
	return ok
}

func isMinusZero(decimal string) bool {
	return strings.HasPrefix(decimal, "-") && strings.Trim(decimal, "-0.") == ""
}
