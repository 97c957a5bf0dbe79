package sheet

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// Column is a column that the reader of a table knows.
type Column struct {
	Name     string
	Aliases  []string // other headings for it; case, accents and signs do not matter
	Required bool     // the file must have it
	Words    bool     // it holds words: one column per language, headed name.fr, name_fr or "name (fr)"
	Further  bool     // a further row of a list of columns: known, and not named where columns are told
}

// Und stands for the language of words in a column that names none.
const Und = "und"

// Bind ties the file's columns to the known ones: first as mapping says (known
// name, or name.language → heading in the file), the others by name and alias.
// All that is wrong comes back as locale.Errors.
func (s *Sheet) Bind(columns []Column, mapping map[string]string) error {
	b := binder{sheet: s, columns: columns, taken: make([]string, len(s.header))}
	s.columns, s.bound, s.words, s.unread = map[string]int{}, make([]bool, len(s.header)), map[string][]string{}, nil
	for _, name := range sortedKeys(mapping) {
		b.explicit(name, mapping[name])
	}
	for i, heading := range s.header {
		if b.taken[i] == "" {
			b.byName(i, heading)
		}
	}
	for _, c := range columns {
		if _, plain := s.columns[c.Name]; c.Required && !plain && len(s.words[c.Name]) == 0 {
			b.errs.Add(locale.E("err.sheet.no_column", "column", c.Name, "have", strings.Join(s.header, ", ")))
		}
	}
	for i, heading := range s.header {
		if b.taken[i] == "" && heading != "" {
			s.unread = append(s.unread, heading)
		}
	}
	return b.errs.Err()
}

type binder struct {
	sheet   *Sheet
	columns []Column
	taken   []string // what each heading was bound to
	errs    locale.Errors
}

func (b *binder) explicit(name, heading string) {
	base, lang := splitLang(name)
	known := slices.ContainsFunc(b.columns, func(c Column) bool { return c.Name == name || c.Words && c.Name == base && lang != "" })
	at := slices.Index(b.sheet.header, strings.TrimSpace(heading))
	switch {
	case !known:
		b.errs.Add(locale.E("err.sheet.unknown_column", "column", name, "known", strings.Join(b.names(), ", ")))
	case at < 0:
		b.errs.Add(locale.E("err.sheet.no_heading", "column", name, "heading", heading, "have", strings.Join(b.sheet.header, ", ")))
	default:
		b.bind(name, at)
	}
}

func (b *binder) names() (names []string) {
	for _, c := range b.columns {
		if !c.Further {
			names = append(names, c.Name)
		}
	}
	return names
}

// byName binds a heading to the column that goes by it; an unknown heading stays unread.
func (b *binder) byName(at int, heading string) {
	base, lang := splitLang(heading)
	for _, c := range b.columns {
		switch {
		case c.goesBy(heading):
			b.bind(c.Name, at)
			return
		case c.Words && lang != "" && c.goesBy(base):
			b.bind(c.Name+"."+lang, at)
			return
		}
	}
}

func (c Column) goesBy(heading string) bool {
	key := fold.Text(heading)
	return key != "" && (key == fold.Text(c.Name) || slices.ContainsFunc(c.Aliases, func(a string) bool { return key == fold.Text(a) }))
}

func (b *binder) bind(name string, at int) {
	if first, twice := b.sheet.columns[name]; twice {
		b.errs.Add(locale.E("err.sheet.column_twice", "column", name, "first", b.sheet.header[first], "second", b.sheet.header[at]))
		return
	}
	b.sheet.columns[name], b.taken[at], b.sheet.bound[at] = at, name, true
	for _, c := range b.columns {
		if base, lang := splitLang(name); c.Words && (name == c.Name || base == c.Name && lang != "") {
			b.sheet.words[c.Name] = append(b.sheet.words[c.Name], name)
		}
	}
}

// splitLang parts "purpose.fr", "purpose_fr" and "Purpose (fr)" into heading and language.
func splitLang(heading string) (base, lang string) {
	h := strings.TrimSpace(heading)
	if open := strings.LastIndexByte(h, '('); open > 0 && strings.HasSuffix(h, ")") {
		base, lang = h[:open], h[open+1:len(h)-1]
	} else if dot := strings.LastIndexAny(h, "._"); dot > 0 {
		base, lang = h[:dot], h[dot+1:]
	}
	lang = strings.ToLower(strings.TrimSpace(lang))
	if lang != Und && !locale.Known(lang) {
		return h, ""
	}
	return strings.TrimSpace(base), lang
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Row is one row of a table.
type Row struct {
	Number int // as spreadsheets number it
	sheet  *Sheet
	cells  []Cell
}

// check compares the row with the header, and refuses in columns that are read what
// holds no value of its own: formulas without one, errors, merged cells.
func (r *Row) check() *Fault {
	width := len(r.sheet.header)
	if r.sheet.book && len(r.cells) < width {
		r.cells = append(r.cells, make([]Cell, width-len(r.cells))...)
	}
	if len(r.cells) < width || len(r.cells) > width && !r.sheet.book && !blank(r.cells[width:]) {
		return fault(r.Number, "", "err.sheet.fields", "n", len(r.cells), "want", width)
	}
	for i, heading := range r.sheet.header {
		if i >= len(r.sheet.bound) || !r.sheet.bound[i] {
			continue
		}
		c := &r.cells[i]
		switch {
		case c.Together != "":
			return fault(r.Number, heading, "err.sheet.merged", "range", c.Together)
		case c.Unknown:
			return fault(r.Number, heading, "err.sheet.formula_unknown")
		case c.Kind == Failed:
			return fault(r.Number, heading, "err.sheet.failed", "value", c.Text)
		case c.Formula:
			r.sheet.formula++
		case !r.sheet.book && strings.HasPrefix(unwrap(c.Text), "="):
			return fault(r.Number, heading, "err.sheet.formula")
		}
	}
	return nil
}

// Cell is a cell as the file has it, without blank space around its text; empty
// where the file has no such column.
func (r Row) Cell(column string) Cell {
	at, ok := r.sheet.columns[column]
	if !ok {
		return Cell{}
	}
	c := r.cells[at]
	if c.Text = strings.TrimSpace(c.Text); c.Kind == Typed {
		c.Text = unwrap(c.Text)
	}
	return c
}

// Ref is where the cell of a column stands: "H12"; "" where the file has no such column.
func (r Row) Ref(column string) string { return r.sheet.Ref(column, r.Number) }

// Ref is where the cell of a column stands in a row.
func (s *Sheet) Ref(column string, row int) string {
	at, ok := s.columns[column]
	if !ok {
		return ""
	}
	return ordinal(at+1) + strconv.Itoa(row)
}

// Get is the text of a cell as the sheet shows it, without blank space around it;
// empty where the file has no such column.
func (r Row) Get(column string) string {
	return r.Cell(column).Shown()
}

// unwrap takes off what spreadsheets put around a text so that it is not
// reckoned with: ="007" and a leading apostrophe before = + - @.
func unwrap(cell string) string {
	cell = strings.TrimSpace(cell)
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) && strings.Count(inner, `"`) == 1 {
		return strings.TrimSpace(inner[:len(inner)-1])
	}
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@", cell[1]) >= 0 && cell[1] != '=' {
		return cell[1:]
	}
	return cell
}

// List is a cell with several entries, parted by semicolons, bars or line ends.
func (r Row) List(column string) []string {
	var list []string
	for _, entry := range strings.FieldsFunc(r.Get(column), func(c rune) bool { return strings.ContainsRune(";|\r\n", c) }) {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

// Words are the filled cells of a column of words, by language; [Und] where its heading names none.
func (r Row) Words(column string) map[string]string {
	words := map[string]string{}
	for _, name := range r.sheet.words[column] {
		text := r.Get(name)
		lang := Und
		if name != column {
			lang = strings.TrimPrefix(name, column+".")
		}
		if text != "" {
			words[lang] = text
		}
	}
	return words
}

// Fault is something wrong with one cell of the row. The column may be a part of
// words ("name.fr", "domains.0.und"); the file's own heading is named where there is one.
func (r Row) Fault(column string, err error) *Fault {
	for base := column; base != ""; base = base[:max(0, strings.LastIndexByte(base, '.'))] {
		if at, ok := r.sheet.columns[base]; ok {
			return NewFault(r.Number, r.sheet.header[at], err)
		}
		if bound := r.sheet.words[base]; len(bound) > 0 {
			return NewFault(r.Number, r.sheet.header[r.sheet.columns[bound[0]]], err)
		}
	}
	base, _, _ := strings.Cut(column, ".")
	return NewFault(r.Number, base, err)
}
