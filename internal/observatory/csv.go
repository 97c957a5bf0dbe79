package observatory

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/area"
	"kept/internal/locale"
)

// ParseCSV reads a delimited file under a mapping. An error means that the file
// as a whole is not what the mapping describes; a row that cannot be taken is a
// problem, and the rest is read.
func ParseCSV(r io.Reader, m Mapping, areas *area.Set) (Parsed, error) {
	if err := m.Validate(CSV); err != nil {
		return Parsed{}, err
	}
	rows, err := newRowReader(r, m.Delimiter)
	if err != nil {
		return Parsed{}, err
	}
	header, _, err := rows.next()
	if err == io.EOF {
		return Parsed{}, locale.E("err.data.empty")
	}
	if err != nil {
		return Parsed{}, err
	}
	if len(header) > MaxColumns {
		return Parsed{}, locale.E("err.data.too_many_columns", "limit", MaxColumns)
	}
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.Clone(line(name))
	}
	at, err := m.bind(names)
	if err != nil {
		return Parsed{}, err
	}
	file := csvFile{collector: newCollector(m, areas), at: at}
	file.parsed.Columns = names
	return file.read(rows)
}

type csvFile struct {
	*collector
	at columns
}

func (f csvFile) read(rows *rowReader) (Parsed, error) {
	for {
		fields, line, err := rows.next()
		if err == io.EOF {
			return f.finish(), nil
		}
		if err != nil {
			return Parsed{}, err
		}
		f.parsed.Counts.Rows++
		f.row(fields, line, rows.stray)
		if err := f.bounded(); err != nil {
			return Parsed{}, err
		}
	}
}

// row takes the one value of a long row, or the values of a wide one.
func (f csvFile) row(fields []string, line int, stray bool) {
	cells := max(1, len(f.at.cells))
	f.parsed.Counts.Cells += cells
	if len(fields) != f.at.width {
		f.parsed.Counts.Bad += cells
		f.problem(line, "", "problem.fields", false, "got", strconv.Itoa(len(fields)), "want", strconv.Itoa(f.at.width))
		return
	}
	if stray {
		f.parsed.Counts.Bad += cells
		f.problem(line, "", "problem.quote", false)
		return
	}
	for i, w := range f.m.Where {
		if fields[f.at.where[i]] != w.Value {
			f.parsed.Counts.LeftOut += cells
			return
		}
	}
	o, ok := f.place(fields, line)
	if !ok {
		f.parsed.Counts.Bad += cells
		return
	}
	o.Attributes = f.attributes(fields, line)
	if f.m.Wide == "" {
		f.long(o, fields, line)
		return
	}
	for _, c := range f.at.cells {
		f.wide(o, c, fields[c.column], line)
	}
}

// place finds whose value it is and in which slice.
func (f csvFile) place(fields []string, at int) (Observation, bool) {
	o := Observation{Line: at}
	if f.at.label >= 0 {
		o.Label = line(fields[f.at.label])
	}
	if len(f.m.Dimensions) > 0 {
		o.Slice = sliceOf(f.m.Dimensions, func(i int) string { return fields[f.at.dimensions[i]] })
	}
	if !f.named(&o, f.m.Area, f.m.AreaCode, fields[f.at.area]) {
		return o, false
	}
	if f.m.AreaCode == "name" && o.Label == "" {
		o.Label = o.SourceArea
	}
	return o, true
}

func (f csvFile) attributes(fields []string, at int) Attributes {
	column := func(at int) string {
		if at < 0 {
			return ""
		}
		return line(fields[at])
	}
	a := Attributes{Status: column(f.at.status), Unit: column(f.at.unit), Base: column(f.at.base), Note: column(f.at.note)}
	if unit, mapped := f.m.Units[a.Unit]; mapped {
		a.Unit = unit
	}
	text, known := column(f.at.nature), false
	if a.Nature, known = f.m.nature(text); !known {
		f.problem(at, f.m.Nature, "problem.nature", true, "text", text)
	}
	return a
}

func (f csvFile) long(o Observation, fields []string, line int) {
	text := strings.TrimSpace(fields[f.at.period])
	period, ok := ParsePeriod(text)
	if !ok {
		f.bad(line, f.m.Period, "problem.period", "text", text)
		return
	}
	if o.Period = period; f.future(period) {
		f.bad(line, f.m.Period, "problem.future", "text", text, "until", f.m.Until)
		return
	}
	number := strings.TrimSpace(fields[f.at.value])
	if f.none(number) || f.number(line, f.m.Value, number, &o) {
		f.add(o)
	}
}

// wide takes one cell of a wide row. A cell without a value is no observation:
// the layout has a cell for every year, whether anybody was asked or not.
func (f csvFile) wide(o Observation, c cell, text string, line int) {
	column := f.at.names[c.column]
	text = strings.TrimSpace(text)
	if f.none(text) {
		f.parsed.Counts.Blank++
		return
	}
	if o.Period = c.period; f.future(c.period) {
		f.bad(line, column, "problem.future", "text", c.period.String(), "until", f.m.Until)
		return
	}
	if f.number(line, column, text, &o) {
		f.add(o)
	}
}

// none says whether a cell of the value column stands for no value: it is empty,
// or holds a marker that the mapping lists. "NA" in any other column is just text.
func (f csvFile) none(text string) bool {
	return text == "" || slices.Contains(f.m.NA, text)
}
