package forms

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/locale"
)

// within tells whether a report was made in the year that is asked for.
func (r *reading) within(made string) bool {
	return r.year == "" || strings.HasPrefix(made, r.year+"-")
}

// report adds what the last report of the year says, and the last value of each
// indicator that any report of the year gives.
func (r *reading) report(a answers) error {
	values := map[int64]commitment.Value{}
	var last commitment.Reported
	var words map[string]string
	for _, one := range r.view.Reports {
		if !r.within(one.On) {
			continue
		}
		f, text, err := commitment.GetReport(r.tx, one.ID)
		if err != nil {
			return err
		}
		for _, v := range f.Values {
			if v.Value != "" {
				values[v.Indicator] = v
			}
		}
		last, words = f, text
	}
	for _, i := range r.view.Indicators {
		if v, ok := values[int64(i.N)]; ok {
			a.say("results", r.indicator(i, "forms.result", "value", v.Value, v.On))
		}
	}
	if words == nil {
		return nil
	}
	a.code("status", last.Status, "report.status.")
	if last.Reached != "" {
		a.say("people_reached", number(last.Reached))
	}
	for _, field := range []string{"narrative", "lessons", "next_steps"} {
		a.say(field, written(words, field))
	}
	for _, b := range last.Barriers {
		a.code("barriers", b, "report.barrier.")
	}
	for n, e := range last.Evidence {
		if e.SeenBy == "" {
			a.say("evidence", evidence(words, n, e))
		}
	}
	return nil
}

// written is what a report says in a field, in each language that it says it.
func written(words map[string]string, field string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		if s := words[field+"."+string(l)]; s != "" {
			t[l] = s
		}
	}
	if s := words[field+".und"]; s != "" && len(t) == 0 {
		t[locale.English] = s
	}
	return t
}

// evidence names a document that everybody may read, with its address.
func evidence(words map[string]string, n int, e commitment.Evidence) Text {
	at := "evidence." + strconv.Itoa(n) + "."
	title, address := written(words, at+"title"), words[at+"url.und"]
	return every(func(l locale.Lang) string {
		words, _ := title.In(l)
		return strings.Join(slices.DeleteFunc([]string{words, address, l.Date(e.On), e.Strength}, func(s string) bool { return s == "" }), ", ")
	})
}
