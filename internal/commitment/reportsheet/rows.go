package reportsheet

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// named tells whether a text is one of the names. A sheet may cut a name short or
// write its signs otherwise.
func named(names map[string]string, text string) bool {
	want := fold.Text(strings.TrimSuffix(text, "…"))
	for _, name := range names {
		if have := fold.Text(name); have == want || want != "" && strings.HasPrefix(have, want) && strings.HasSuffix(text, "…") {
			return true
		}
	}
	return len(names) == 0 // an erased text is no name
}

// reading gathers the report of one commitment from its rows.
type reading struct {
	*planner
	line   *Line
	values map[int]Value
	steps  map[int]string
}

// place notes which cell a field of the report was read from.
func (r *reading) place(field string, row sheet.Row, column string) {
	if _, there := r.line.columns[field]; !there {
		r.line.columns[field] = Fault{Row: row.Number, Ref: row.Ref(column), Column: column, Holds: short(row.Cell(column).Shown())}
	}
}

func (r *reading) row(row sheet.Row) {
	at, err := r.keyOf(row)
	if err != nil || at.indicator > len(r.line.Known.Indicators) || at.milestone > len(r.line.Known.Milestones) {
		return // said already
	}
	r.report(row)
	if at.indicator > 0 {
		r.value(row, at.indicator-1)
	} else {
		for _, column := range []string{colValue, colValueOn, colReason} {
			if row.Cell(column).Text != "" {
				r.wrong(row, column, locale.E("err.reportsheet.no_indicator"))
			}
		}
	}
	state := row.Cell(colStep).Text
	switch {
	case state != "" && at.milestone == 0:
		r.wrong(row, colStep, locale.E("err.reportsheet.no_milestone"))
	case state != "":
		r.place("milestones."+strconv.Itoa(at.milestone-1)+".state", row, colStep)
		r.steps[at.milestone-1] = r.code(row, colStep, state)
	}
}

// value reads what an indicator stood at, or the reason why not.
func (r *reading) value(row sheet.Row, n int) {
	field := "values." + strconv.Itoa(n) + "."
	r.place(field+"value", row, colValue)
	r.place(field+"on", row, colValueOn)
	r.place(field+"reason_not_assessed", row, colReason)
	v := Value{Indicator: n}
	if c := row.Cell(colValue); c.Text != "" {
		v.Value = r.number(row, c, r.line.Known.Indicators[n])
	}
	if c := row.Cell(colValueOn); c.Text != "" {
		v.On = r.date(row, colValueOn)
	}
	if text := row.Cell(colReason).Text; text != "" {
		v.Reason = r.code(row, colReason, text)
	}
	hasValue, hasReason := row.Cell(colValue).Text != "", row.Cell(colReason).Text != ""
	switch {
	case hasValue && hasReason:
		r.wrong(row, colReason, locale.E("err.report.value_and_reason"))
	case v.On != "" && !hasValue:
		r.wrong(row, colValue, locale.E("err.reportsheet.date_alone"))
	case hasValue || hasReason:
		r.values[n] = v
	}
}

// number reads a value in the unit of its indicator.
func (r *reading) number(row sheet.Row, c sheet.Cell, i Indicator) string {
	text, percent, unsure, ok := c.Text, c.Percent, false, true
	switch {
	case c.Kind == sheet.Number && percent:
		text = strings.TrimSuffix(c.Shown(), "%")
	case c.Kind == sheet.Number || c.Kind == sheet.Truth:
	case c.Kind == sheet.Day:
		ok = false
	default:
		text, percent, unsure, ok = Number(c.Text, r.Style)
	}
	switch {
	case !ok:
		r.wrong(row, colValue, locale.E("err.reportsheet.value", "value", short(c.Text)))
	case unsure:
		r.plan.Numbers = append(r.plan.Numbers, short(c.Text))
	case percent && !strings.HasPrefix(i.Unit, "percent"):
		r.wrong(row, colValue, locale.E("err.reportsheet.percent"))
	default:
		return text
	}
	return ""
}

func (r *reading) date(row sheet.Row, column string) string {
	c := row.Cell(column)
	if c.Kind == sheet.Day {
		return c.Text
	}
	iso, unsure, ok := Date(c.Text, r.Style)
	switch {
	case !ok:
		r.wrong(row, column, locale.E("err.reportsheet.date", "value", short(c.Text)))
		return ""
	case unsure:
		r.plan.Dates = append(r.plan.Dates, short(c.Text))
	}
	return iso
}

// code reads a code, or its word in any language: the sheet's first.
func (r *reading) code(row sheet.Row, column, text string) string {
	code, ok := r.codeOf(column, text)
	if !ok {
		var words []string
		for _, c := range r.Codes.of(column) {
			words = append(words, r.Lang.T(prefixes[column]+c))
		}
		r.wrong(row, column, locale.E("err.reportsheet.code", "value", short(text), "known", strings.Join(words, "; ")))
	}
	return code
}

func (r *reading) codeOf(column, text string) (string, bool) {
	list := r.Codes.of(column)
	want := fold.Text(text)
	for _, code := range list {
		if fold.Text(code) == want {
			return code, true
		}
	}
	for _, l := range append([]locale.Lang{r.Lang}, locale.Langs...) {
		for _, code := range list {
			if l != "" && fold.Text(l.T(prefixes[column]+code)) == want {
				return code, true
			}
		}
	}
	return "", false
}

// report reads what is said of the commitment as a whole; it may stand in any of its
// rows, and must not differ between them.
func (r *reading) report(row sheet.Row) {
	out := &r.line.Report
	r.place("self_status", row, colStatus)
	r.place("narrative", row, colNarrative)
	r.place("barriers", row, colBarriers)
	if text := row.Cell(colStatus).Text; text != "" {
		code := r.code(row, colStatus, text)
		if out.Status != "" && code != "" && code != out.Status {
			r.wrong(row, colStatus, locale.E("err.reportsheet.differs"))
		}
		if code != "" {
			out.Status = code
			r.line.columns["self_status"] = Fault{Row: row.Number, Ref: row.Ref(colStatus), Column: colStatus, Holds: short(text)}
		}
	}
	if text := row.Cell(colNarrative).Text; text != "" && !strings.Contains(out.Narrative, text) {
		out.Narrative = strings.TrimSpace(out.Narrative + "\n" + text)
	}
	for _, text := range list(row.Cell(colBarriers).Text) {
		if code := r.code(row, colBarriers, text); code != "" && !slices.Contains(out.Barriers, code) {
			out.Barriers = append(out.Barriers, code)
		}
	}
	for _, text := range strings.Fields(row.Cell(colEvidence).Text) {
		if text = strings.Trim(text, ";,|"); text != "" && !slices.Contains(out.Evidence, text) {
			r.place("evidence."+strconv.Itoa(len(out.Evidence))+".url", row, colEvidence)
			out.Evidence = append(out.Evidence, text)
		}
	}
}

// list parts a cell with several entries at semicolons, bars and line ends of any script.
func list(text string) (entries []string) {
	for _, e := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";|；؛\r\n", c) }) {
		if e = strings.TrimSpace(e); e != "" {
			entries = append(entries, e)
		}
	}
	return entries
}

// period is from the day after the last report to the day that the sheet names, and
// never ends before the date of a value.
func (r *reading) period(rows []sheet.Row, conflict bool) {
	out, k := &r.line.Report, r.line.Known
	for _, row := range rows {
		for column, at := range map[string]*string{colFrom: &out.From, colTo: &out.To} {
			if *at == "" && row.Cell(column).Text != "" {
				*at = r.date(row, column)
				r.place(column, row, column)
			}
		}
	}
	if out.From == "" || conflict && out.From < k.From {
		out.From = k.From
	}
	if out.To == "" || out.To < out.From {
		out.To = max(r.Today, out.To)
	}
	for _, v := range r.values {
		if len(v.On) == len("2006-01-02") && v.On > out.To {
			out.To = v.On
		}
	}
}

// outcome tells a report with anything new in it from one that says again what is known.
func (r *reading) outcome(conflict bool) string {
	if r.same() {
		return Same
	}
	if !conflict {
		return New
	}
	choice := r.Choices[r.line.Known.ID]
	if choice == "" {
		choice = r.Default
	}
	return map[string]string{Mine: New, Theirs: Left, "": Conflict}[choice]
}

func (r *reading) same() bool {
	out, k := r.line.Report, r.line.Known
	if out.Narrative != "" || len(out.Barriers)+len(out.Evidence) > 0 || out.Status != "" && out.Status != k.Status {
		return false
	}
	for n, v := range r.values {
		i := k.Indicators[n]
		if v.Reason != "" || i.Counted || !equal(v.Value, i.Value) || v.On != "" && v.On != i.ValueOn {
			return false
		}
	}
	for n, state := range r.steps {
		if state != k.Milestones[n].State {
			return false
		}
	}
	return true
}

// equal compares decimals by their value: 12 is 12.0.
func equal(a, b string) bool {
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && x.Cmp(y) == 0
}

// gathered puts values and milestones into the report, in their order.
func (r *reading) gathered() {
	out, k := &r.line.Report, r.line.Known
	for n := range k.Indicators {
		if v, ok := r.values[n]; ok {
			if v.Value != "" && v.On == "" {
				v.On = out.To
			}
			out.Values = append(out.Values, v)
		}
	}
	for n := range k.Milestones {
		if state := r.steps[n]; state != "" {
			out.Milestones = append(out.Milestones, Step{n, state})
		}
	}
}

// complete wants what every report needs: a status, a value or a reason for every
// indicator, a period that was not reported on yet.
func (r *reading) complete(rows []sheet.Row) {
	out, k := &r.line.Report, r.line.Known
	if out.Status == "" {
		if out.Status, out.Carried = k.Status, true; k.Status == "" {
			r.wrong(rows[0], colStatus, locale.E("err.reportsheet.status"))
		}
	}
	for n, i := range k.Indicators {
		if _, ok := r.values[n]; ok || i.Ended {
			continue
		}
		number, there := r.places[key{k.ID, n + 1, 0}]
		switch {
		case !there:
			r.wrong(rows[0], colIndicator, locale.E("err.reportsheet.indicator_missing", "n", n+1))
		case !r.told(number):
			r.plan.Faults = append(r.plan.Faults, Fault{Row: number, Ref: r.sheet.Ref(colValue, number), Column: colValue, Err: &locale.Error{Key: "err.report.value_or_reason"}})
		}
	}
	switch {
	case k.From > out.To:
		r.wrong(rows[0], colTo, locale.E("err.reportsheet.reported_to", "to", out.To))
	case k.Report != 0 && out.From < k.From:
		r.wrong(rows[0], colFrom, locale.E("err.reportsheet.reported_from", "from", k.From))
	}
}

// told tells whether a fault names the row already.
func (r *reading) told(row int) bool {
	return slices.ContainsFunc(r.plan.Faults, func(f Fault) bool { return f.Row == row })
}
