package commitment

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// table is an open table with what was found so far.
type table struct {
	*sheet.Sheet
	o    TableOptions
	done Imported
	nums []int // row number of each act
}

// openTable binds the columns. Faults of the file are among t.done.
func openTable(in io.Reader, columns []sheet.Column, o TableOptions) (*table, error) {
	t := &table{o: o}
	s, err := sheet.Open(in, o.Limits)
	var f *sheet.Fault
	if errors.As(err, &f) {
		t.fault(f)
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.Sheet = s
	err = s.Bind(columns, o.Mapping)
	es, ok := locale.All(err)
	if err != nil && !ok {
		return t, err
	}
	for _, e := range es {
		t.fault(sheet.NewFault(0, "", e))
	}
	t.done.Unread = s.Unread()
	return t, nil
}

func (t *table) fault(f *sheet.Fault) { t.done.Faults = append(t.done.Faults, f) }

// each walks the rows; faults of rows are collected, as many as a reader can use.
func (t *table) each(row func(sheet.Row) error) error {
	for len(t.done.Faults) <= sheet.MaxFaults {
		r, err := t.Next()
		if err == io.EOF {
			return nil
		}
		var f *sheet.Fault
		if errors.As(err, &f) {
			t.fault(f)
			continue
		}
		if err != nil {
			return err
		}
		t.done.Rows++
		t.nums = append(t.nums, r.Number)
		if err := row(r); err != nil {
			return err
		}
	}
	return nil
}

// result is what became of the table.
func (t *table) result(err error) (Imported, error) {
	t.done.Faults = sheet.Most(t.done.Faults)
	if t.Sheet != nil {
		t.done.Formulas = t.Sheet.Formulas()
	}
	return t.done, err
}

func (t *table) lang() string { return or(t.o.Lang, sheet.Und) }

// words takes a column of words in all its languages, cleaned.
func (t *table) words(into map[string]string, row sheet.Row, column string) {
	for lang, text := range row.Words(column) {
		if lang == sheet.Und {
			lang = t.lang()
		}
		if text = madeOrStated(column).clean(text); text != "" {
			into[column+"."+lang] = text
		}
	}
}

func madeOrStated(column string) field {
	if f, ok := statedFields[column]; ok {
		return f
	}
	return madeFields[column]
}

// original is the language in which words are, the preferred one first.
func original(words map[string]string, preferred string) string {
	langs := []string{}
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if base, lang := splitPart(name); base == "title" || base == "promise" {
			langs = append(langs, lang)
		}
	}
	if len(langs) == 0 || slices.Contains(langs, preferred) {
		return preferred
	}
	return langs[0]
}

// submit keeps all acts or none; a refusal names the row.
func (t *table) submit(ctx context.Context, k *keeper.Keeper, acts []keeper.Act) error {
	if len(acts) == 0 {
		return nil
	}
	results, err := k.Submit(ctx, t.o.Key, acts...)
	if es, ok := locale.All(err); ok {
		n := 0
		if at := (*keeper.At)(nil); errors.As(err, &at) {
			n = t.nums[at.Act]
		}
		for _, e := range es {
			t.fault(sheet.NewFault(n, e.Place, e))
		}
		return nil
	}
	for _, r := range results {
		t.done.Entries = append(t.done.Entries, r.Index)
	}
	return err
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
