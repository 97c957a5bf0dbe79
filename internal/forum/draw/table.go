package draw

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kept/internal/forum/sortition"
	"kept/internal/locale"
)

// What bounds a table.
const (
	MaxTable   = 64 << 20 // bytes
	maxRows    = 200_000
	maxColumns = 200
)

// Columns says which columns of the respondents mean something besides the categories.
type Columns struct {
	ID    string // the pseudonym; "": the first of id, pseudonym and nationbuilder_id that is there, else the row's number from 0
	Group string // the affiliation; "": none
}

// Tables are a question read from two files: the categories with their quotas, and the
// respondents. They remember rows, so that a fault names its place in the file.
type Tables struct {
	Question *sortition.Instance
	Ignored  []string // columns of the respondents that are not used and do not come into the plan

	names  [2]string
	quota  map[[2]string]int // row of a category's value; of the category itself under ""
	person []int             // row of each person
}

// ReadTables reads a question from CSV. Categories have a row for each value, with the header
// category,feature,min,max or feature,value,min,max; min_flex and max_flex may follow
// and are not used. Respondents have a row each, with a column for each category.
func ReadTables(categories, respondents io.Reader, names [2]string, seats int, of Columns) (*Tables, error) {
	t := &Tables{Question: &sortition.Instance{Seats: seats}, names: names, quota: map[[2]string]int{}}
	rows, err := t.rows(categories, 0)
	if err != nil {
		return nil, err
	}
	if err := t.categories(rows); err != nil {
		return nil, err
	}
	if rows, err = t.rows(respondents, 1); err != nil {
		return nil, err
	}
	if err := t.respondents(rows, of); err != nil {
		return nil, err
	}
	return t, nil
}

// Check finds what is wrong with the question, each fault at its row.
func (t *Tables) Check() error { return t.Faults(t.Question.Check()) }

// Faults says what is wrong in words for readers, with file, row and column.
func (t *Tables) Faults(err error) error { return faultsAt(err, t.place) }

func (t *Tables) place(f sortition.Fault) string {
	if f.Person >= 0 && f.Person < len(t.person) {
		return t.at(1, t.person[f.Person], f.Category)
	}
	if row, known := t.quota[[2]string{f.Category, f.Value}]; known {
		return t.at(0, row, strings.Trim(f.Category+": "+f.Value, ": "))
	}
	return t.names[0]
}

// at is a place as people find it: the file, the row as a spreadsheet counts it, and what is in it.
func (t *Tables) at(file, row int, what string) string {
	place := fmt.Sprintf("%s:%d", t.names[file], row)
	if what != "" {
		place += " (" + what + ")"
	}
	return place
}

// A row of a table with its number, from 1 for the header.
type tableRow struct {
	n     int
	cells []string
}

// rows reads a whole table; blank lines are passed over, and a table with another number of cells in one row is
// refused, since its columns would have slipped.
func (t *Tables) rows(r io.Reader, file int) (rows []tableRow, err error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxTable+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > MaxTable:
		return nil, locale.Field(t.names[file], locale.E("err.draw.large_table", "max", MaxTable))
	case !utf8.Valid(b):
		return nil, locale.Field(t.names[file], locale.E("err.draw.table_utf8"))
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	c := csv.NewReader(bytes.NewReader(b))
	if head, _, _ := bytes.Cut(b, []byte("\n")); !bytes.Contains(head, []byte(",")) && bytes.Contains(head, []byte(";")) {
		c.Comma = ';'
	}
	for {
		cells, err := c.Read()
		if err == io.EOF {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, locale.Field(t.at(file, bad.Line, ""), locale.E("err.draw.table_row", "detail", bad.Err.Error()))
		} else if err != nil {
			return nil, err
		}
		line, _ := c.FieldPos(0)
		if len(rows) > maxRows || len(cells) > maxColumns {
			return nil, locale.Field(t.at(file, line, ""), locale.E("err.draw.table_size", "rows", maxRows, "columns", maxColumns))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, tableRow{line, cells})
	}
	if len(rows) < 2 {
		return nil, locale.Field(t.names[file], locale.E("err.draw.table_empty"))
	}
	for i, name := range rows[0].cells {
		if name != "" && slices.Contains(rows[0].cells[:i], name) {
			return nil, locale.Field(t.at(file, 1, name), locale.E("err.draw.column_twice"))
		}
	}
	return rows, nil
}

// categories reads the quotas.
func (t *Tables) categories(rows []tableRow) error {
	head := rows[0].cells
	names := []string{"category", "feature"}
	if !slices.Contains(head, "category") {
		names = []string{"feature", "value"}
	}
	column := map[string]int{}
	for i, name := range head {
		column[name] = i
		if !slices.Contains(append(names, "min", "max", "min_flex", "max_flex"), name) {
			return locale.Field(t.at(0, 1, name), locale.E("err.draw.column_unknown"))
		}
	}
	for _, name := range append(names, "min", "max") {
		if _, there := column[name]; !there {
			return locale.Field(t.at(0, 1, name), locale.E("err.draw.column_absent"))
		}
	}
	var es locale.Errors
	for _, row := range rows[1:] {
		category, value := row.cells[column[names[0]]], row.cells[column[names[1]]]
		v := sortition.Value{Name: value}
		for name, into := range map[string]*int{"min": &v.Min, "max": &v.Max} {
			n, err := strconv.Atoi(row.cells[column[name]])
			if err != nil || n < 0 || n > maxRows {
				es.AddField(t.at(0, row.n, name), locale.E("err.draw.quota", "got", cut(row.cells[column[name]])))
			}
			*into = n
		}
		t.value(category, v, row.n)
	}
	return es.Err()
}

// value adds a value to its category.
func (t *Tables) value(category string, v sortition.Value, row int) {
	in := t.Question
	i := slices.IndexFunc(in.Categories, func(c sortition.Category) bool { return c.Name == category })
	if i < 0 {
		i = len(in.Categories)
		in.Categories = append(in.Categories, sortition.Category{Name: category})
		t.quota[[2]string{category, ""}] = row
	}
	in.Categories[i].Values = append(in.Categories[i].Values, v)
	t.quota[[2]string{category, v.Name}] = row
}

// respondents reads the pool. Columns that are neither a category nor named stay out: they may hold names
// and addresses, which a plan never has.
func (t *Tables) respondents(rows []tableRow, of Columns) error {
	head := rows[0].cells
	id, group := slices.Index(head, of.ID), slices.Index(head, of.Group)
	var es locale.Errors
	if of.ID == "" {
		id = slices.IndexFunc(head, func(name string) bool { return name == "id" || name == "pseudonym" || name == "nationbuilder_id" })
	} else if id < 0 {
		es.AddField(t.at(1, 1, of.ID), locale.E("err.draw.column_absent"))
	}
	if of.Group == "" {
		group = -1
	} else if group < 0 {
		es.AddField(t.at(1, 1, of.Group), locale.E("err.draw.column_absent"))
	}
	var at []int
	for _, c := range t.Question.Categories {
		at = append(at, slices.Index(head, c.Name))
		if at[len(at)-1] < 0 {
			es.AddField(t.at(1, 1, c.Name), locale.E("err.draw.column_absent"))
		}
	}
	if err := es.Err(); err != nil {
		return err
	}
	for i, name := range head {
		if i != id && i != group && !slices.Contains(at, i) && name != "" {
			t.Ignored = append(t.Ignored, name)
		}
	}
	for n, row := range rows[1:] {
		p := sortition.Person{ID: strconv.Itoa(n)}
		if id >= 0 {
			p.ID = row.cells[id]
		}
		if group >= 0 {
			p.Group = row.cells[group]
		}
		for _, i := range at {
			p.Values = append(p.Values, row.cells[i])
		}
		t.Question.Pool, t.person = append(t.Question.Pool, p), append(t.person, row.n)
	}
	return nil
}

// cut is what a message shows of a long cell.
func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
