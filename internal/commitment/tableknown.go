package commitment

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// rowChange is a cell that says something else than what stands.
type rowChange struct{ column, there, here string }

// known reads a row that names a commitment. A column that the file does not have
// changes nothing; an empty cell takes out what stands, as in the form.
func (m *madeTable) known(row sheet.Row, line *TableLine) (a keeper.Act, err error) {
	of, version, ok, err := m.named(row)
	line.Commitment = of.ID
	if err != nil || !ok {
		return a, err
	}
	m.once(row, columnNumber, "#"+strconv.FormatInt(of.ID, 10))
	d := NewAmendment(of)
	changes := m.typed(row, d)
	made, typed, rows, unread := d.readAs(amendFields, map[string]int{"indicators": len(of.Facts.Indicators), "milestones": len(of.Facts.Milestones)})
	words, dropped := changedWords(answersOf(of), typed)
	dropped, texts := m.texts(row, of, words, keepRoles(of.Facts.Partners, made.Partners, dropped))
	changes = append(changes, texts...)
	if len(unread) == 0 && len(words) == 0 && len(dropped) == 0 && same(of.Facts, made) {
		line.Outcome = RowUnchanged
		return a, nil
	}
	slices.SortStableFunc(changes, func(x, y rowChange) int { return asInForm(x.column, y.column) })
	for _, c := range changes {
		line.Fields = append(line.Fields, c.column)
	}
	if version != of.Version {
		line.Outcome = RowConflict
		m.conflict(row, of, version, changes)
		return a, nil
	}
	line.Outcome = RowAmended
	m.reason(row, of.Facts.Lang, words)
	f := Amended{Commitment: of.ID, Version: of.Version, Dropped: dropped, Made: made}
	a = keeper.Act{Kind: KindAmended, By: m.by, Facts: f, Words: words}
	c := m.checking
	c.act = a
	es, err := answered(validateAmended(a, f), checkAmended(c, f))
	if err != nil {
		return a, err
	}
	m.problems(row, mendable(unread, es, d.Lang, rows))
	return a, nil
}

// named is the commitment that a row names, and the version that it was written
// against: the one that stands where the row names none.
func (m *madeTable) named(row sheet.Row) (of View, version int64, ok bool, err error) {
	lead, ok, err := m.lead(row)
	if err != nil || !ok {
		return of, 0, false, err
	}
	refuse := func(column, key string, args ...any) {
		m.fault(row.Fault(column, locale.E("err.commitment."+key, args...)))
		ok = false
	}
	typed := keeper.Line(row.Get(columnNumber))
	id, isNumber := wholeNumber(typed)
	if !isNumber {
		refuse(columnNumber, "row_number", "value", typed)
		return of, 0, ok, nil
	}
	party, there, err := LeadOf(m.tx, id)
	if err != nil {
		return of, 0, false, err
	}
	if !there {
		refuse(columnNumber, "row_unknown", "id", strconv.FormatInt(id, 10))
		return of, 0, ok, nil
	}
	if of, err = Get(m.tx, id, keeper.Today(m.at)); err != nil {
		return of, 0, false, err
	}
	number := strconv.FormatInt(id, 10)
	switch {
	case party != lead || m.by != secretariat && m.by != strconv.FormatInt(party, 10):
		refuse(columnNumber, "row_other_party", "id", number, "party", strconv.FormatInt(party, 10))
	case of.Stated:
		refuse(columnNumber, "row_stated", "id", number)
	case of.Closing.On != "":
		refuse(columnNumber, "row_"+of.Lifecycle, "id", number, "on", of.Closing.On)
	default:
		version = of.Version
		if typed := keeper.Line(row.Get(columnVersion)); typed != "" {
			given, isNumber := wholeNumber(typed)
			if version = given; !isNumber || given != id && !slices.ContainsFunc(of.Amendments, func(s Step) bool { return s.Entry == given }) {
				refuse(columnVersion, "row_version", "id", number, "value", typed)
			}
		}
	}
	return of, version, ok, nil
}

// wholeNumber reads the number of an entry, with or without a sign before it.
func wholeNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(asciiDigits(text), "#"), 10, 64)
	return n, err == nil && n >= 0
}

// typed fills in the form with the cells that say something else than what stands,
// save the texts that have a column for each language.
func (m *madeTable) typed(row sheet.Row, d Draft) (changes []rowChange) {
	for _, f := range tableFields {
		if f.Words || !m.Has(f.Name) {
			continue
		}
		there, here := d.Fields[f.Name], row.Get(f.Name)
		if f.says(d.Lang, here, there) {
			continue
		}
		d.Fields[f.Name] = here
		changes = append(changes, rowChange{f.Name, there, here})
	}
	return changes
}

// says tells whether a cell says what stands, however a spreadsheet writes it: numbers
// without their last zeros, lists in another order, yes as TRUE.
func (f tableField) says(lang, here, there string) bool {
	if here == there || here == sheet.Returned(there) {
		return true
	}
	_, name := splitPart(f.Name)
	switch {
	case f.kind == Decimal:
		x, errX := typedNumber(lang, here)
		y, okY := rat(there)
		rx, okX := rat(x)
		return errX == nil && okX && okY && rx.Cmp(y) == 0
	case f.kind == Check:
		r := reader{Answers: Answers{"here": here, "there": there}}
		return r.yes("here") == r.yes("there")
	case f.kind == Several || f.Name == "partners" || name == "dac":
		return slices.Equal(asSet(here), asSet(there))
	case name == "currency":
		return strings.EqualFold(here, there)
	}
	words, isText := madeFields[pattern(f.Name, droppable)]
	return isText && words.clean(here) == words.clean(sheet.Returned(there))
}

func asSet(text string) []string {
	list := typedList(strings.ToUpper(strings.ReplaceAll(asciiDigits(text), "%", "")))
	slices.Sort(list)
	return list
}

// texts adds the texts that have a column for each language to what an amendment
// brings, and gives what it drops. A heading that names no language is that of the
// language in which the commitment was written. Where its text in that language is
// changed, languages without a column go: they said something else.
func (m *madeTable) texts(row sheet.Row, of View, words map[string]string, dropped []string) ([]string, []rowChange) {
	var changes []rowChange
	for _, f := range tableFields {
		if !f.Words || len(m.Parts(f.Name)) == 0 {
			continue
		}
		before := inLanguages(of.Words, f.Name)
		cells := m.cells(row, f.Name, of.Facts.Lang, before)
		after := maps.Clone(before)
		maps.Copy(after, cells)
		maps.DeleteFunc(after, func(lang, text string) bool { // what was emptied, and what nobody looked at
			_, shown := cells[lang]
			return text == "" || !shown && before[of.Facts.Lang] != after[of.Facts.Lang]
		})
		if maps.Equal(before, after) {
			continue
		}
		if len(after) == 0 {
			dropped = append(dropped, f.Name)
		}
		for lang, text := range after {
			words[f.Name+"."+lang] = text
		}
		for _, lang := range union2(before, after) {
			if before[lang] != after[lang] {
				changes = append(changes, rowChange{textColumn(f.Name, lang, of.Facts.Lang), before[lang], after[lang]})
			}
		}
	}
	slices.Sort(dropped)
	return dropped, changes
}

// textColumn is the column of a text in a language.
func textColumn(name, lang, own string) string {
	if lang == own {
		return name
	}
	return name + "." + lang
}

// inLanguages are the texts of a field, by language.
func inLanguages(words map[string]string, field string) map[string]string {
	texts := map[string]string{}
	for name, text := range words {
		if base, lang := splitPart(name); base == field && text != "" {
			texts[lang] = text
		}
	}
	return texts
}

// cells are what a row says in each language for which the file has a column; "" where the cell is empty.
func (m *madeTable) cells(row sheet.Row, name, own string, before map[string]string) map[string]string {
	cells := map[string]string{}
	for _, column := range m.Parts(name) {
		lang := own
		if column != name {
			lang = strings.TrimPrefix(column, name+".")
		}
		clean := amendFields[name].clean
		text := clean(row.Get(column))
		if text == clean(sheet.Returned(before[lang])) {
			text = before[lang]
		}
		if cells[lang] != "" && text != "" && cells[lang] != text {
			m.fault(row.Fault(column, locale.E("err.commitment.row_two_texts", "language", lang)))
		}
		cells[lang] = or(text, cells[lang])
	}
	return cells
}

// reason takes the words that say why a row amends.
func (m *madeTable) reason(row sheet.Row, own string, words map[string]string) {
	for lang, text := range m.cells(row, columnReason, own, nil) {
		if text != "" {
			words[columnReason+"."+lang] = text
		}
	}
}

// longest is how much of a text a conflict shows, in characters.
const longest = 200

// conflict tells cell by cell what stands and what the row says.
func (m *madeTable) conflict(row sheet.Row, of View, version int64, changes []rowChange) {
	shown := func(text string) string {
		if r := []rune(keeper.Line(text)); len(r) > longest {
			return string(r[:longest]) + "…"
		}
		return or(keeper.Line(text), "–")
	}
	for _, c := range changes {
		m.fault(row.Fault(c.column, locale.E("err.commitment.row_conflict", "id", strconv.FormatInt(of.ID, 10), "version", strconv.FormatInt(version, 10),
			"now", strconv.FormatInt(of.Version, 10), "there", shown(c.there), "here", shown(c.here))))
	}
}
