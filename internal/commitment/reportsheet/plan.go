package reportsheet

import (
	"slices"
	"strconv"

	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// What becomes of the rows of a commitment.
const (
	New      = "new"      // a new report
	Same     = "same"     // nothing new is said
	Conflict = "conflict" // somebody reported since the sheet was made
	Left     = "left"     // a conflict, and the report that came stays the last one
	Wrong    = "wrong"    // something is to be mended
)

// Choices for a conflict.
const (
	Theirs = "theirs" // the report that came stays the last one
	Mine   = "mine"   // what the sheet says is reported after it
)

// Options say how a file is planned.
type Options struct {
	Codes   Codes
	Lang    locale.Lang // of headings and codes, first
	Today   string      // the day on which the reports would be made
	Style   Style
	Choices map[int64]string // by commitment
	Default string           // choice for the conflicts that Choices does not name; "" asks
}

// Plan says what would become of a file. With a fault nothing of it can be kept.
type Plan struct {
	Tab      string
	Rows     int // that name a commitment
	Said     int // in which something is filled in
	Formulas int
	Lines    []Line
	Faults   []Fault
	Dates    []string // cells of which nobody can tell whether day or month comes first
	Numbers  []string // cells of which nobody can tell whether the sign parts a group
}

// Line is what becomes of the rows of one commitment.
type Line struct {
	Known   Known
	Outcome string
	Rows    []int
	Report  Report
	columns map[string]Fault // place of a field of the report → its cell
	first   int
}

// Count is how many lines have an outcome.
func (p *Plan) Count(outcome string) (n int) {
	for _, l := range p.Lines {
		if l.Outcome == outcome {
			n++
		}
	}
	return n
}

// Ready tells whether the plan can be kept as it is.
func (p *Plan) Ready() bool {
	return len(p.Faults) == 0 && len(p.Dates) == 0 && len(p.Numbers) == 0 && p.Count(Conflict) == 0 && p.Count(Wrong) == 0 && p.Count(New) > 0
}

// Refuse notes what the rules of a report say against a line. Places are the fields
// of the report (values.0.value); the cell that holds the field is named.
func (p *Plan) Refuse(line int, es locale.Errors) {
	l := &p.Lines[line]
	for _, e := range es {
		f, ok := l.columns[e.Place]
		if !ok {
			f = Fault{Row: l.first}
		}
		f.Err = e
		p.Faults = append(p.Faults, f)
		l.Outcome = Wrong
	}
}

// planner works through one file.
type planner struct {
	*Filled
	Options
	plan  *Plan
	known map[int64]Known
}

// Plan says what would become of what was filled in. known are the party's
// commitments among those that the file names.
func (f *Filled) Plan(known map[int64]Known, o Options) *Plan {
	p := &planner{f, o, &Plan{Tab: f.Tab, Rows: f.Rows, Said: len(f.said), Formulas: f.Formulas, Faults: slices.Clone(f.faults)}, known}
	rows := map[int64][]sheet.Row{}
	for _, row := range f.said {
		if k, err := f.keyOf(row); err == nil {
			rows[k.commitment] = append(rows[k.commitment], row)
		}
	}
	for _, t := range f.twice {
		k, _ := f.keyOf(t.row)
		if len(rows[k.commitment]) > 0 {
			p.wrong(t.row, colCommitment, locale.E("err.reportsheet.twice", "row", strconv.Itoa(t.first)))
		}
	}
	for _, id := range f.Commitments() {
		p.commitment(id, rows[id])
	}
	if len(p.plan.Faults) > sheet.MaxFaults {
		p.plan.Faults = append(p.plan.Faults[:sheet.MaxFaults:sheet.MaxFaults],
			Fault{Err: &locale.Error{Key: "err.sheet.more_faults", Args: []any{"n", sheet.MaxFaults}}})
	}
	return p.plan
}

func (p *planner) wrong(row sheet.Row, column string, err error) {
	p.plan.Faults = append(p.plan.Faults, *p.fault(row, column, err))
}

// commitment reads the rows of one commitment.
func (p *planner) commitment(id int64, rows []sheet.Row) {
	k, ok := p.known[id]
	if !ok {
		p.wrong(rows[0], colCommitment, locale.E("err.reportsheet.foreign", "id", strconv.FormatInt(id, 10)))
		return
	}
	before := len(p.plan.Faults)
	line := Line{Known: k, first: rows[0].Number, columns: map[string]Fault{}}
	conflict := false
	for _, row := range rows {
		line.Rows = append(line.Rows, row.Number)
		conflict = p.made(row, k) || conflict
	}
	r := &reading{planner: p, line: &line, values: map[int]Value{}, steps: map[int]string{}}
	for _, row := range rows {
		r.row(row)
	}
	r.period(rows, conflict)
	r.gathered()
	if line.Outcome = r.outcome(conflict); line.Outcome == New {
		r.complete(rows)
	}
	if len(p.plan.Faults) > before {
		line.Outcome = Wrong
	}
	p.plan.Lines = append(p.plan.Lines, line)
}

// made compares what a row says that the sheet was made from with what there is;
// it tells whether a report came since.
func (p *planner) made(row sheet.Row, k Known) (conflict bool) {
	number := func(column string) int64 {
		n, err := strconv.ParseInt(plain(row.Cell(column).Text), 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	if version := number(colVersion); version != k.Version {
		key := "err.reportsheet.version"
		if version < k.ID || version > k.Version {
			key = "err.reportsheet.version_unknown"
		}
		p.wrong(row, colVersion, locale.E(key))
	}
	report := number(colReport)
	if row.Cell(colReport).Text == "" {
		report = 0
	}
	if report > k.Report || report < 0 {
		p.wrong(row, colReport, locale.E("err.reportsheet.report_unknown"))
	}
	p.besides(row, k)
	return report != k.Report
}

// besides compares the title and the name in the row with those of its numbers: a
// column that was sorted alone is found by that.
func (p *planner) besides(row sheet.Row, k Known) {
	if text := row.Cell(colTitle).Text; text != "" && !named(k.Titles, text) {
		p.wrong(row, colTitle, locale.E("err.reportsheet.title", "id", strconv.FormatInt(k.ID, 10)))
	}
	at, err := p.keyOf(row)
	if err != nil {
		return
	}
	var names map[string]string
	switch {
	case at.indicator > len(k.Indicators):
		p.wrong(row, colIndicator, locale.E("err.report.indicator", "n", at.indicator))
		return
	case at.milestone > len(k.Milestones):
		p.wrong(row, colMilestone, locale.E("err.report.milestone", "n", at.milestone))
		return
	case at.indicator > 0:
		names = k.Indicators[at.indicator-1].Names
	case at.milestone > 0:
		names = k.Milestones[at.milestone-1].Names
	default:
		return
	}
	if text := row.Cell(colName).Text; text != "" && !named(names, text) {
		p.wrong(row, colName, locale.E("err.reportsheet.name"))
	}
}
