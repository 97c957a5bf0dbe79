// Package sheet reads the tables that people make: CSV files out of spreadsheets,
// with a header row and one thing per row.
//
// [Open] looks at the beginning of a file: it takes off a byte order mark, finds
// out whether fields are parted by comma, semicolon or tab, and refuses what is
// no text in UTF-8 with a word on how to save it. [Sheet.Bind] ties the columns
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
	"strings"

	"kept/internal/locale"
)

// Limits bound what a file may hold; zero fields take the defaults.
type Limits struct {
	Rows    int // rows without the header: 5,000
	Columns int // 500
	Field   int // bytes of one cell: 65,536
	Line    int // bytes of one row: 1,048,576
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
	scan    scanner
	header  []string
	columns map[string]int // bound name ("name.en") → place in the row
	words   map[string][]string
	unread  []string
	rows    int
	ended   bool
}

// Open reads the header. Its error is a *[Fault] where the file is at fault.
func Open(r io.Reader, l Limits) (*Sheet, error) {
	l = l.orDefaults()
	in := bufio.NewReaderSize(r, 64<<10)
	if err := inspect(in); err != nil {
		return nil, err
	}
	s := &Sheet{limits: l, scan: scanner{in: in, limits: l, comma: sniff(in)}}
	if err := s.readHeader(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Sheet) readHeader() error {
	cells, err := s.scan.record()
	if err == nil && s.scan.declared(cells) {
		cells, err = s.scan.record()
	}
	if err == io.EOF {
		return fault(0, "", "err.sheet.empty")
	}
	if err != nil {
		return err
	}
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return fault(s.scan.row, "", "err.sheet.no_header")
	}
	s.header = cells
	return nil
}

// Unread lists the columns of the file that nothing was bound to.
func (s *Sheet) Unread() []string { return s.unread }

// Next is the next row that holds anything. Its error is io.EOF after the last
// one, or a *[Fault]; after a fault of one row the next call goes on, after one
// that ends the reading it returns io.EOF.
func (s *Sheet) Next() (Row, error) {
	for !s.ended {
		cells, err := s.scan.record()
		if err != nil {
			s.ended = true
			return Row{}, err
		}
		if blank(cells) {
			continue
		}
		if s.rows++; s.rows > s.limits.Rows {
			s.ended = true
			return Row{}, fault(s.scan.row, "", "err.sheet.too_many_rows", "max", s.limits.Rows)
		}
		row := Row{Number: s.scan.row, sheet: s, cells: cells}
		if f := row.check(); f != nil {
			return Row{}, f
		}
		return row, nil
	}
	return Row{}, io.EOF
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
