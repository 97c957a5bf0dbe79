// Package sheet reads the tables that people make: CSV files and XLSX workbooks out
// of spreadsheets, with a header row and one thing per row.
//
// [Open] looks at the beginning of a file. Of CSV it takes off a byte order mark and
// finds out whether fields are parted by comma, semicolon or tab. Of a workbook it
// checks the ZIP directory before anything is unpacked, then reads one sheet row by
// row. What is neither is refused with a word on how to save it. [Sheet.Bind] ties the columns
// of the file to those that the reader of the table knows. [Sheet.Next] gives row
// after row; what is wrong with one is a [Fault], which names row and column.
//
// Invariant: memory is bounded by [Limits], whatever the file holds. A row is
// numbered as spreadsheets number it: the header is row 1, empty rows count.
//
//	s, err := sheet.Open(file, sheet.Limits{})
//	err = s.Bind([]sheet.Column{{Name: "name", Words: true, Required: true}, {Name: "area"}}, nil)
//	for row, err := s.Next(); err != io.EOF; row, err = s.Next() { … }
package sheet

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"

	"kept/internal/locale"
)

// Limits bound what a file may hold; zero fields take the defaults.
type Limits struct {
	Rows    int // rows without the header: 5,000
	Columns int // 500
	Field   int // bytes of one cell: 65,536
	Line    int // bytes of one row: 1,048,576
	File    int // bytes of a workbook as it is sent: 20,971,520
}

func (l Limits) orDefaults() Limits {
	set := func(field *int, otherwise int) {
		if *field <= 0 {
			*field = otherwise
		}
	}
	set(&l.Rows, 5000)
	set(&l.Columns, 500)
	set(&l.Field, 64<<10)
	set(&l.Line, 1<<20)
	set(&l.File, 20<<20)
	return l
}

// Fault is something wrong with the file, and where. Row 0 means the file as a
// whole, an empty Column the whole row.
type Fault struct {
	Row    int
	Column string
	Err    *locale.Error
}

// Error is the English message after its place.
func (f *Fault) Error() string {
	at := locale.English.T("sheet.row", "row", f.Row)
	switch {
	case f.Row == 0:
		return f.Message(locale.English)
	case f.Column != "":
		at = locale.English.T("sheet.cell", "row", f.Row, "column", f.Column)
	}
	return at + ": " + f.Message(locale.English)
}

// Unwrap gives the message with its key.
func (f *Fault) Unwrap() error { return f.Err }

// Message says what is wrong.
func (f *Fault) Message(lang locale.Lang) string { return f.Err.In(lang) }

// Remedy says what to do about it; empty where the message says it already.
func (f *Fault) Remedy(lang locale.Lang) string {
	key := "fix." + strings.TrimPrefix(f.Err.Key, "err.")
	if !locale.English.Has(key) {
		return ""
	}
	return lang.T(key, f.Err.Args...)
}

// fault makes a fault with its message.
func fault(row int, column, key string, args ...any) *Fault {
	return NewFault(row, column, locale.E(key, args...))
}

// NewFault is a fault from an error; one that is not for readers is shown as a fault of ours.
func NewFault(row int, column string, err error) *Fault {
	var known *locale.Error
	if !errors.As(err, &known) {
		known = &locale.Error{Key: "err.internal", Args: []any{"detail", err.Error()}}
	}
	return &Fault{row, column, known}
}

// MaxFaults ends a report: the file is something else altogether.
const MaxFaults = 200

// Most are the first faults of a list; a last one says that there are more.
func Most(faults []*Fault) []*Fault {
	if len(faults) <= MaxFaults {
		return faults
	}
	return append(faults[:MaxFaults:MaxFaults], fault(0, "", "err.sheet.more_faults", "n", MaxFaults))
}

// Sheet is an open table.
type Sheet struct {
	limits  Limits
	in      records
	book    bool   // a workbook: rows may be shorter than the header
	tab     string // name of its sheet
	early   []record
	header  []string
	columns map[string]int // bound name ("name.en") → place in the row
	bound   []bool
	words   map[string][]string
	unread  []string
	rows    int
	formula int
	ended   bool
}

// records gives the rows of a file one after another, with their numbers; io.EOF after the last.
type records interface {
	cells() ([]Cell, int, error)
}

// record is a row that was read to find the header.
type record struct {
	cells  []Cell
	number int
	err    error
}

// headerRows is how far down a header is looked for.
const headerRows = 20

// Open reads the header: the first row of a CSV file, the first row that holds
// anything on the first sheet of a workbook. Its error is a *[Fault] where the file
// is at fault.
func Open(r io.Reader, l Limits) (*Sheet, error) { return OpenBy(r, l, nil) }

// OpenBy is Open for a table whose header may stand below other rows, and in a
// workbook on any sheet. rate says how well the texts of a row serve as its header;
// 0 is not at all. The best row is taken, the first of equals.
func OpenBy(r io.Reader, l Limits, rate func(texts []string) int) (*Sheet, error) {
	l = l.orDefaults()
	in := bufio.NewReaderSize(r, 64<<10)
	if isZip(in) {
		return openWorkbook(in, l, rate)
	}
	in, err := inspect(in)
	if err != nil {
		return nil, err
	}
	s := &Sheet{limits: l, in: &scanner{in: in, limits: l, comma: sniff(in)}}
	_, err = s.readHeader(rate)
	return s, err
}

// readHeader finds the header and tells how well it serves.
func (s *Sheet) readHeader(rate func([]string) int) (best int, err error) {
	at := -1
	for len(s.early) < headerRows {
		var r record
		r.cells, r.number, r.err = s.in.cells()
		s.early = append(s.early, r)
		if r.err != nil {
			break
		}
		if rate == nil {
			if !s.book || !blank(r.cells) {
				at = len(s.early) - 1
				break
			}
		} else if n := rate(texts(r.cells)); n > best {
			best, at = n, len(s.early)-1
		}
	}
	if at < 0 {
		at = slices.IndexFunc(s.early, func(r record) bool { return r.err != nil || !blank(r.cells) })
	}
	if at < 0 {
		at = len(s.early) - 1
	}
	head := s.early[at]
	s.early = s.early[at+1:]
	if head.err == io.EOF {
		return best, fault(0, "", "err.sheet.empty")
	}
	if head.err != nil {
		return best, head.err
	}
	s.header = texts(head.cells)
	for len(s.header) > 0 && s.header[len(s.header)-1] == "" {
		s.header = s.header[:len(s.header)-1]
	}
	if len(s.header) == 0 {
		return best, fault(head.number, "", "err.sheet.no_header")
	}
	return best, nil
}

// next is the next row, one read in search of the header first.
func (s *Sheet) next() ([]Cell, int, error) {
	if len(s.early) > 0 {
		r := s.early[0]
		s.early = s.early[1:]
		return r.cells, r.number, r.err
	}
	return s.in.cells()
}

// Tab is the name of the sheet that is read; empty for CSV.
func (s *Sheet) Tab() string { return s.tab }

// Formulas is how many cells were read whose value the spreadsheet reckoned.
func (s *Sheet) Formulas() int { return s.formula }

// Unread lists the columns of the file that nothing was bound to.
func (s *Sheet) Unread() []string { return s.unread }

// Has tells whether the file has a column.
func (s *Sheet) Has(column string) bool {
	_, ok := s.columns[column]
	return ok
}

// Parts are the bound names of a column of words that the file has: name, name.fr.
func (s *Sheet) Parts(column string) []string { return s.words[column] }

// Next is the next row that holds anything. Its error is io.EOF after the last
// one, or a *[Fault]; after a fault of one row the next call goes on, after one
// that ends the reading it returns io.EOF.
func (s *Sheet) Next() (Row, error) {
	for !s.ended {
		cells, number, err := s.next()
		if err != nil {
			s.ended = true
			return Row{}, err
		}
		if blank(cells) {
			continue
		}
		if s.rows++; s.rows > s.limits.Rows {
			s.ended = true
			return Row{}, fault(number, "", "err.sheet.too_many_rows", "max", s.limits.Rows)
		}
		row := Row{Number: number, sheet: s, cells: cells}
		if f := row.check(); f != nil {
			return Row{}, f
		}
		return row, nil
	}
	return Row{}, io.EOF
}
