package sheet

import (
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// tabRows reads one sheet of a workbook row by row; it never holds more than one.
type tabRows struct {
	book   *workbook
	part   string
	from   io.Closer
	in     *xml.Decoder
	row    int
	size   int
	merges []area
}

// area is a range of merged cells.
type area struct {
	ref                      string
	left, top, right, bottom int
}

func (b *workbook) rows(t tab) (*tabRows, error) {
	r, err := b.part(t.part)
	if err != nil {
		return nil, err
	}
	return &tabRows{book: b, part: t.part, from: r, in: xml.NewDecoder(r)}, nil
}

func (r *tabRows) broken() error { return fault(r.row, "", "err.sheet.workbook_broken") }

// cells is the next row of the sheet.
func (r *tabRows) cells() ([]Cell, int, error) {
	for {
		t, err := r.in.RawToken()
		if err == io.EOF {
			_ = r.from.Close()
			return nil, r.row, io.EOF
		}
		if err != nil {
			return nil, r.row, r.broken()
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, r.row, r.broken()
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				_ = r.from.Close()
				return nil, r.row, io.EOF
			}
		case xml.StartElement:
			if t.Name.Local != "row" {
				continue
			}
			next := r.row + 1
			if text := attr(t, "r"); text != "" {
				if next, err = strconv.Atoi(text); err != nil || next <= r.row || next > 1<<21 {
					return nil, r.row, r.broken()
				}
			}
			r.row, r.size = next, 0
			cells, err := r.rowCells()
			return cells, r.row, err
		}
	}
}

// rowCells reads up to the end of the row.
func (r *tabRows) rowCells() ([]Cell, error) {
	var cells []Cell
	column := 0
	for {
		t, err := r.in.RawToken()
		if err != nil {
			return nil, r.broken()
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				r.mark(r.row, cells)
				return cells, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if ref := attr(t, "r"); ref != "" {
				at, row := place(ref)
				if at < column || row != r.row {
					return nil, r.broken()
				}
				column = at
			}
			c, err := r.cell(t, column)
			if err != nil {
				return nil, err
			}
			if c.Text == "" && !c.Unknown {
				continue
			}
			if column > r.book.limits.Columns {
				return nil, fault(r.row, "", "err.sheet.too_many_columns", "max", r.book.limits.Columns)
			}
			for len(cells) < column {
				cells = append(cells, Cell{})
			}
			cells[column-1] = c
		}
	}
}

// raw is a cell before its text is read by its type and style.
type raw struct {
	kind, style string
	text        strings.Builder
	formula     bool
	valued      bool
}

// cell reads up to the end of the cell.
func (r *tabRows) cell(e xml.StartElement, column int) (Cell, error) {
	c := raw{kind: attr(e, "t"), style: attr(e, "s")}
	take, sound := false, 0
	for {
		t, err := r.in.RawToken()
		if err != nil {
			return Cell{}, r.broken()
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.formula = true
			case "v":
				take, c.valued = true, true
			case "t":
				take = sound == 0
				c.valued = true
			case "rPh":
				sound++
			case "c", "row":
				return Cell{}, r.broken()
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				take = false
			case "rPh":
				sound = max(sound-1, 0)
			case "c":
				return r.value(&c, column)
			}
		case xml.CharData:
			if !take {
				continue
			}
			if c.text.Len()+len(t) > r.book.limits.Field {
				return Cell{}, fault(r.row, ordinal(column), "err.sheet.field_too_long", "max", r.book.limits.Field)
			}
			c.text.Write(t)
		}
	}
}

// value reads a cell by its type and its number format.
func (r *tabRows) value(c *raw, column int) (Cell, error) {
	out := Cell{Text: c.text.String(), Formula: c.formula, Unknown: c.formula && !c.valued}
	switch c.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(out.Text))
		if err != nil || n < 0 || n >= len(r.book.shared) {
			return out, fault(r.row, ordinal(column), "err.sheet.workbook_broken")
		}
		out.Text = r.book.shared[n]
	case "inlineStr", "str":
		out.Text = unescape(out.Text)
	case "b":
		out.Kind = Truth
	case "e":
		out.Kind = Failed
	case "d":
		if day, _, _ := strings.Cut(out.Text, "T"); len(day) == 10 {
			out.Text, out.Kind = day, Day
		}
	default:
		r.number(&out, c.style)
	}
	if len(out.Text) > r.book.limits.Field {
		return out, fault(r.row, ordinal(column), "err.sheet.field_too_long", "max", r.book.limits.Field)
	}
	if r.size += len(out.Text); r.size > r.book.limits.Line {
		return out, fault(r.row, "", "err.sheet.line_too_long", "max", r.book.limits.Line)
	}
	return out, nil
}

// number reads a number. Spreadsheets reckon in binary with fifteen digits that
// count, so it is taken with fifteen, and with nine places after the point, which is
// as many as a decimal of the record has.
func (r *tabRows) number(c *Cell, styled string) {
	if c.Text = strings.TrimSpace(c.Text); c.Text == "" {
		return
	}
	n, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) || math.Abs(n) >= 1e18 {
		return // kept as text, for its reader to refuse
	}
	var s style
	if at, err := strconv.Atoi(styled); err == nil && at >= 0 && at < len(r.book.styles) {
		s = r.book.styles[at]
	}
	if s.day {
		if day, ok := Serial(n, r.book.since04); ok {
			c.Text, c.Kind = day, Day
			return
		}
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	text := strconv.FormatFloat(rounded, 'f', -1, 64)
	if _, places, ok := strings.Cut(text, "."); ok && len(places) > 9 {
		text = strings.TrimRight(strings.TrimRight(strconv.FormatFloat(rounded, 'f', 9, 64), "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	c.Text, c.Kind, c.Percent = text, Number, s.percent
}

// Serial is the day that a spreadsheet's number of days stands for: counted from
// 1900, with a 29 February of that year which never was, or from 1904.
func Serial(n float64, since04 bool) (day string, ok bool) {
	whole := int(math.Floor(n))
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since04:
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case whole < 61:
		from = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if whole < 1 || whole > 2_958_465 || whole == 60 && !since04 {
		return "", false
	}
	return from.AddDate(0, 0, whole).Format("2006-01-02"), true
}

// mark notes which cells of a row are merged with others.
func (r *tabRows) mark(row int, cells []Cell) {
	for _, m := range r.merges {
		for at := m.left; row >= m.top && row <= m.bottom && at <= min(m.right, len(cells)); at++ {
			cells[at-1].Together = m.ref
		}
	}
}

// maxMerges is how many ranges of merged cells are looked at.
const maxMerges = 1000

var mergeCell = regexp.MustCompile(`<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"`)

// merges finds the ranges of merged cells, which stand behind the rows of a sheet.
// The sheet is looked through in pieces that overlap by more than one such element.
func (b *workbook) merges(part string) ([]area, error) {
	r, err := b.part(part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	const overlap = 256
	var list []area
	seen := map[string]bool{}
	piece := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, piece[kept:])
		for _, m := range mergeCell.FindAllSubmatch(piece[:kept+n], -1) {
			ref := string(m[1])
			if seen[ref] {
				continue
			}
			if seen[ref] = true; len(list) == maxMerges {
				return nil, fault(0, "", "err.sheet.merges", "max", maxMerges)
			}
			from, to, _ := strings.Cut(ref, ":")
			var a area
			a.ref = ref
			a.left, a.top = place(from)
			a.right, a.bottom = place(to)
			list = append(list, a)
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return list, nil
		case err != nil:
			return nil, fault(0, "", "err.sheet.workbook_broken")
		}
		kept = copy(piece, piece[len(piece)-overlap:])
	}
}
