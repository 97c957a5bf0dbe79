package reportsheet

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kept/internal/compact/fold"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// MaxRows is how many rows of a sheet are read.
const MaxRows = 20_000

// Filled is what somebody filled in: the rows that say something, and where every row stands.
type Filled struct {
	Tab      string // the sheet; empty for CSV
	Rows     int    // that name a commitment
	Formulas int    // cells of which the value that a spreadsheet reckoned last was taken
	sheet    *sheet.Sheet
	said     []sheet.Row
	places   map[key]int // → row
	twice    []twice
	faults   []Fault
}

// key is what a row is about: an indicator, a milestone (both counted from 1) or,
// without either, the commitment itself.
type key struct {
	commitment           int64
	indicator, milestone int
}

type twice struct {
	row   sheet.Row
	first int
}

// Fault is something wrong, where it stands and what stands there.
type Fault struct {
	Row    int    // 0: the file as a whole
	Ref    string // "H12"
	Column string // its name for the program; headings are [Heading]
	Holds  string
	Err    *locale.Error
}

// Message says what is wrong.
func (f Fault) Message(l locale.Lang) string { return f.Err.In(l) }

// Remedy says what to do about it; empty where the message says it already.
func (f Fault) Remedy(l locale.Lang) string { return (&sheet.Fault{Err: f.Err}).Remedy(l) }

// Heading is the heading of a column in a language.
func Heading(column string, l locale.Lang) string { return l.T("reportsheet.column." + column) }

// headings are the columns with their headings in all languages, for whoever lost
// the row of names for the program.
var headings = sync.OnceValue(func() []sheet.Column {
	list := make([]sheet.Column, len(columns))
	for i, name := range columns {
		list[i] = sheet.Column{Name: name, Required: needed[name]}
		for _, l := range locale.Langs {
			list[i].Aliases = append(list[i].Aliases, Heading(name, l))
		}
	}
	return list
})

// aliases maps folded headings to columns; names for the program count more.
var aliases = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, c := range headings() {
		for _, a := range c.Aliases {
			all[fold.Text(a)] = true
		}
	}
	return all
})

// rate tells how well a row serves as header. The row of names for the program wins
// over the headings above it, which somebody may have renamed.
func rate(texts []string) int {
	n := 0
	for _, text := range texts {
		switch {
		case slices.Contains(columns, text):
			n += 2
		case text != "" && aliases()[fold.Text(text)]:
			n++
		}
	}
	if n < 6 {
		return 0
	}
	return n
}

// Read reads a file, CSV or XLSX. What is wrong with the file itself stands in the
// plan; the error is one of reading.
func Read(in io.Reader) (*Filled, error) {
	f := &Filled{places: map[key]int{}}
	s, err := sheet.OpenBy(in, sheet.Limits{Rows: MaxRows}, rate)
	var at *sheet.Fault
	if errors.As(err, &at) {
		f.file(at)
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	f.sheet, f.Tab = s, s.Tab()
	if es, ok := locale.All(s.Bind(headings(), nil)); ok {
		for _, e := range es {
			f.faults = append(f.faults, Fault{Err: e})
		}
		return f, nil
	}
	for len(f.faults) <= sheet.MaxFaults {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if errors.As(err, &at) {
			f.file(at)
			continue
		}
		if err != nil {
			return nil, err
		}
		f.take(row)
	}
	f.Formulas = s.Formulas()
	return f, nil
}

func (f *Filled) file(at *sheet.Fault) {
	f.faults = append(f.faults, Fault{Row: at.Row, Column: at.Column, Err: at.Err})
}

// take keeps a row that says something, and notes where each row stands.
func (f *Filled) take(row sheet.Row) {
	says := slices.ContainsFunc(toFill, func(c string) bool { return row.Cell(c).Text != "" })
	if row.Cell(colCommitment).Text == "" {
		if says {
			f.at(row, colCommitment, locale.E("err.reportsheet.no_commitment"))
		}
		return
	}
	f.Rows++
	k, err := f.keyOf(row)
	if err != nil {
		if says {
			f.faults = append(f.faults, *err)
		}
		return
	}
	if first, again := f.places[k]; again {
		f.twice = append(f.twice, twice{row, first})
	} else {
		f.places[k] = row.Number
	}
	if says {
		f.said = append(f.said, row)
	}
}

// keyOf reads the numbers by which a row is bound.
func (f *Filled) keyOf(row sheet.Row) (k key, fault *Fault) {
	number := func(column string) int64 {
		text := plain(row.Cell(column).Text)
		if text == "" || fault != nil {
			return 0
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(text, "#"), ".0"), 10, 64)
		if err != nil || n < 0 || column != colCommitment && (n < 1 || n > 1000) {
			fault = f.fault(row, column, locale.E("err.reportsheet.number", "value", short(text)))
		}
		return n
	}
	k = key{number(colCommitment), int(number(colIndicator)), int(number(colMilestone))}
	if fault == nil && k.indicator > 0 && k.milestone > 0 {
		fault = f.fault(row, colMilestone, locale.E("err.reportsheet.both"))
	}
	return k, fault
}

func (f *Filled) fault(row sheet.Row, column string, err error) *Fault {
	var e *locale.Error
	if !errors.As(err, &e) {
		return nil
	}
	return &Fault{Row: row.Number, Ref: row.Ref(column), Column: column, Holds: short(row.Cell(column).Shown()), Err: e}
}

func (f *Filled) at(row sheet.Row, column string, err error) {
	f.faults = append(f.faults, *f.fault(row, column, err))
}

// short is a text as a message can show it: on one line, without what turns a line around.
func short(text string) string {
	text = strings.Join(strings.Fields(plain(text)), " ")
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

// Commitments are the numbers of the commitments of which something is said, in the
// order of the sheet.
func (f *Filled) Commitments() []int64 {
	var ids []int64
	seen := map[int64]bool{}
	for _, row := range f.said {
		if k, err := f.keyOf(row); err == nil && !seen[k.commitment] {
			seen[k.commitment] = true
			ids = append(ids, k.commitment)
		}
	}
	return ids
}
