package reportsheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// Each gives the commitments of a sheet one after another.
type Each func(func(Known) error) error

// records are the rows of a commitment: one for each indicator, one for each
// milestone, one for itself where it has neither. Cells to fill are empty.
func records(k Known, l locale.Lang, today string, row func([]string) error) error {
	cells := make([]string, len(columns))
	id := strconv.FormatInt(k.ID, 10)
	title := pick(k.Titles, l, k.Lang)
	common := func() {
		clear(cells)
		cells[0], cells[1], cells[2] = id, strconv.FormatInt(k.Version, 10), strconv.FormatInt(k.Report, 10)
		cells[5], cells[6] = title, strings.Join(k.Items, " ")
	}
	first := true // of the rows that are written: it has the period
	write := func() error {
		if first && k.From <= today {
			cells[14], cells[15] = k.From, today
		}
		first = false
		return row(cells)
	}
	for n, i := range k.Indicators {
		if i.Ended {
			continue
		}
		common()
		cells[3], cells[7], cells[8] = strconv.Itoa(n+1), pick(i.Names, l, k.Lang), unitName(i, l, k.Lang)
		cells[9], cells[10], cells[11], cells[12], cells[13] = i.Target, i.TargetOn, i.Value, i.ValueOn, i.Hint.text(l)
		if err := write(); err != nil {
			return err
		}
	}
	for n, m := range k.Milestones {
		if m.Dropped {
			continue
		}
		common()
		cells[4], cells[7], cells[10] = strconv.Itoa(n+1), pick(m.Names, l, k.Lang), m.Due
		cells[11] = l.T(prefixes[colStep] + m.State)
		if err := write(); err != nil {
			return err
		}
	}
	if !first {
		return nil
	}
	common()
	return write()
}

// unitName is what is counted, in words where there are some.
func unitName(i Indicator, l locale.Lang, original string) string {
	name := pick(i.UnitNames, l, original)
	if key := "commitment.unit." + i.Unit; name == "" && locale.English.Has(key) {
		name = l.T(key)
	}
	if name == "" {
		name = i.Unit
	}
	if i.Counted {
		return l.T("reportsheet.counted", "unit", name)
	}
	return name
}

// text is the hint as a cell shows it: a value is a plain decimal, so that it can be copied.
func (h Hint) text(l locale.Lang) string {
	if h.Value == "" {
		return ""
	}
	return l.T("reportsheet.hint", "value", h.Value, "period", h.Period, "source", h.Source)
}

// pick chooses a text: the reader's language, the original, English, then any.
func pick(texts map[string]string, l locale.Lang, original string) string {
	for _, lang := range []string{string(l), original, "en", "und"} {
		if t := texts[lang]; t != "" {
			return t
		}
	}
	best := ""
	for lang := range texts {
		if best == "" || lang < best {
			best = lang
		}
	}
	return texts[best]
}

// Separator is the sign between the fields of a CSV file in a language: spreadsheets of
// languages with a decimal comma take the semicolon.
func Separator(l locale.Lang) rune {
	if l == locale.French || l == locale.Spanish || l == locale.Russian {
		return ';'
	}
	return ','
}

// WriteCSV writes the sheet as CSV: headings, then the names for the program, then
// the rows. The byte order mark tells spreadsheets that it is UTF-8.
func WriteCSV(out io.Writer, l locale.Lang, today string, each Each) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.Comma = Separator(l)
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = Heading(c, l)
	}
	if err := w.Write(head); err != nil {
		return err
	}
	if err := w.Write(columns); err != nil {
		return err
	}
	err := each(func(k Known) error {
		return records(k, l, today, func(cells []string) error {
			for i, c := range cells {
				cells[i] = sheet.Harmless(c)
			}
			return w.Write(cells)
		})
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
