package commitment

import (
	"slices"
	"strconv"
	"time"

	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Light is one commitment on the light form: how it stands, one value and date for
// each indicator, one line of text. What is left as it was shown is as last time; a
// commitment of which everything is, makes no report.
type Light struct {
	reportsheet.Known
	facts Made
}

// MostLight is how many commitments the light form shows; more are for a sheet.
const MostLight = 40

// Names of the fields of the light form, for one commitment.
const (
	LightStatus = "status"
	LightText   = "text"
	LightSame   = "same" // "yes": nothing has changed, and that is the report
	LightSeen   = "seen" // the report that the form was made from
	LightDay    = "day"  // the date that was proposed for the values
)

// LightWas is the field that holds what a field was shown with: what was left so is as last time.
func LightWas(field string) string { return "was." + field }

// LightValue and LightDate are the fields of an indicator, counted from 0.
func LightValue(n int) string { return "value." + strconv.Itoa(n) }

// LightDate is the date of [LightValue].
func LightDate(n int) string { return "on." + strconv.Itoa(n) }

// LightOf are the commitments that a party can report on by the light form; all is how many there are.
func LightOf(tx *db.Tx, party int64) (list []Light, all int, err error) {
	ids, err := openOf(tx, party)
	if err != nil {
		return nil, 0, err
	}
	k := knowing{tx: tx}
	shown := ids[:min(len(ids), MostLight)]
	if len(shown) == 0 {
		return nil, 0, nil
	}
	known, err := k.read(shown, false)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range shown {
		facts, err := standing(tx, id)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, Light{*known[id], facts})
	}
	return list, len(ids), nil
}

// Proposed are the fields as the form first shows them.
func (l Light) Proposed(today string) Answers {
	a := Answers{LightStatus: l.Status, LightSeen: strconv.FormatInt(l.Report, 10), LightDay: max(today, l.From)}
	for n, i := range l.Indicators {
		if a[LightDate(n)] = a[LightDay]; !i.Counted {
			a[LightValue(n)] = i.Value
		}
		a[LightWas(LightValue(n))] = a[LightValue(n)]
	}
	a[LightWas(LightStatus)] = l.Status
	return a
}

// Act is the report that the fields make; changed is false where nothing was changed
// and so nothing is reported. Errors name the fields of the form; the one of
// [LightSeen] says that somebody reported since the form was shown.
func (l Light) Act(a Answers, now time.Time, by string, lang locale.Lang) (act keeper.Act, changed bool, es locale.Errors) {
	today := now.UTC().Format(isoDate)
	read := lightReading{Light: l, Answers: a}
	read.values()
	status := l.Status
	if a.touched(LightStatus) {
		status = a.get(LightStatus)
	}
	if changed = read.changed || status != l.Status || a.get(LightText) != "" || a.get(LightSame) == "yes"; !changed {
		return act, false, nil
	}
	if seen := a.get(LightSeen); seen != strconv.FormatInt(l.Report, 10) {
		es.AddField(LightSeen, locale.E("err.light.conflict"))
	}
	fields := Answers{"from": l.From, "to": max(today, l.From), "self_status": status, "narrative": a[LightText]}
	if a.get(LightSame) == "yes" {
		if read.changed {
			es.AddField(LightSame, locale.E("err.light.same"))
		}
		fields["unchanged"] = "no_change"
	} else {
		read.answer(fields)
	}
	es = append(es, read.errs...)
	if len(es) > 0 {
		return act, true, es
	}
	d := ReportDraft{Lang: string(lang), Of: View{ID: l.ID, Facts: l.facts}, Fields: fields}
	act, problems := d.Act(now, by)
	return act, true, l.places(problems)
}

// lightReading reads the values of a light form.
type lightReading struct {
	Light
	Answers
	said    map[int]Value // as they were typed, where they are new
	changed bool
	errs    locale.Errors
}

// touched tells whether a field of the light form is not as it was shown.
func (a Answers) touched(field string) bool { return a.get(field) != a.get(LightWas(field)) }

func (r *lightReading) values() {
	r.said = map[int]Value{}
	for n, i := range r.Indicators {
		text, on := r.get(LightValue(n)), r.get(LightDate(n))
		dated := on != "" && on != r.get(LightDay)
		if !r.touched(LightValue(n)) && !dated {
			continue // as last time
		}
		if r.changed = true; text == "" {
			r.said[n] = Value{}
			continue
		}
		v := Value{Indicator: int64(n)}
		decimal, percent, unsure, ok := reportsheet.Number(text, reportsheet.Style{})
		switch {
		case !ok || percent && i.Unit != "percent" && i.Unit != "percent-more":
			r.errs.AddField(LightValue(n), locale.E("err.reportsheet.value", "value", keeper.Line(text)))
			continue
		case unsure && decimal != i.Value:
			r.errs.AddField(LightValue(n), locale.E("err.commitment.ambiguous", "value", text))
		}
		v.Value, v.On = decimal, r.get(LightDay)
		if dated {
			iso, unsure, ok := reportsheet.Date(on, reportsheet.Style{})
			if !ok || unsure {
				r.errs.AddField(LightDate(n), locale.E("err.reportsheet.date", "value", keeper.Line(on)))
			}
			v.On = iso
		}
		r.said[n] = v
	}
}

// answer answers every indicator: by what was typed, else as last time; where there
// is no value, that it was not measured yet, as the form says.
func (r *lightReading) answer(fields Answers) {
	for n, i := range r.Indicators {
		v, typed := r.said[n]
		switch {
		case i.Ended:
		case typed && v.Value != "":
			fields[part("values", n, "value")], fields[part("values", n, "on")] = v.Value, v.On
		case i.Value != "" && !i.Counted && !typed:
			fields[part("values", n, "value")], fields[part("values", n, "on")] = i.Value, i.ValueOn
		default:
			fields[part("values", n, "reason_not_assessed")] = Reasons[0]
		}
	}
}

// places turns the fields of a report into those of the light form.
func (l Light) places(problems locale.Errors) (es locale.Errors) {
	for _, e := range problems {
		one := *e
		switch {
		case e.Place == "self_status":
			one.Place = LightStatus
		case e.Place == "narrative":
			one.Place = LightText
		case slices.Contains([]string{"from", "to"}, e.Place):
			one.Place = LightStatus
		default:
			for n := range l.Indicators {
				switch e.Place {
				case part("values", n, "value"), part("values", n, "reason_not_assessed"):
					one.Place = LightValue(n)
				case part("values", n, "on"):
					one.Place = LightDate(n)
				}
			}
		}
		es = append(es, &one)
	}
	return es
}
