package commitment

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/stakeholder/sheet"
)

// What becomes of a row of a table of commitments.
const (
	RowNew       = "new"
	RowAmended   = "amended"
	RowUnchanged = "unchanged"
	RowConflict  = "conflict" // amended since by somebody else
	RowFault     = "fault"
)

// TableLine is what becomes of a row, or would become of it without the faults of others.
type TableLine struct {
	Row        int
	Outcome    string
	Commitment int64    // that it names
	Fields     []string // columns in which it says something else than what stands
}

// Count is how many rows came to an outcome.
func (i Imported) Count(outcome string) (n int) {
	for _, l := range i.Lines {
		if l.Outcome == outcome {
			n++
		}
	}
	return n
}

// madeTable is a table of commitments as it is read.
type madeTable struct {
	*table
	checking
	by   string
	acts []keeper.Act
	rows []int          // row of each act
	said map[string]int // what rows say, and the first that says it
}

// ImportCommitments takes a table of commitments, sent by a party for itself or by
// "secretariat" for any registered one. A row with the number of a commitment amends
// it where it says something else than what stands, and is left out where it does
// not; a row without one makes a commitment. The whole table is one submission: it is
// kept or nothing of it, and a file that was kept is not taken again.
func ImportCommitments(ctx context.Context, k *keeper.Keeper, in io.Reader, by string, o TableOptions) (Imported, error) {
	t, err := openTable(in, madeColumns, o)
	if err != nil || len(t.done.Faults) > 0 {
		return t.result(err)
	}
	m := &madeTable{table: t, by: by, said: map[string]int{}}
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		_, n, sent, err := keeper.Sent(tx, o.Key)
		if err != nil {
			return err
		}
		if sent {
			t.done.Again = n
			return t.each(func(sheet.Row) error { return nil })
		}
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		m.checking = checking{tx: tx, pack: pack, at: k.Now()}
		return t.each(m.take)
	})
	if err == nil && t.done.Again == 0 && len(t.done.Faults) == 0 && !o.DryRun {
		t.nums = m.rows
		err = t.submit(ctx, k, m.acts)
	}
	m.settle()
	return t.result(err)
}

// take reads a row and notes what becomes of it.
func (m *madeTable) take(row sheet.Row) error {
	faults := len(m.done.Faults)
	line := TableLine{Row: row.Number, Outcome: RowNew}
	read := m.fresh
	if row.Get(columnNumber) != "" {
		read = m.known
	}
	a, err := read(row, &line)
	if err != nil {
		return err
	}
	if len(m.done.Faults) > faults && line.Outcome != RowConflict {
		line.Outcome = RowFault
	}
	if line.Outcome == RowNew || line.Outcome == RowAmended {
		m.acts, m.rows = append(m.acts, a), append(m.rows, row.Number)
	}
	m.done.Lines = append(m.done.Lines, line)
	return nil
}

// settle adds the rows that could not be read at all, or that were refused when the table was sent.
func (m *madeTable) settle() {
	at := map[int]int{}
	for n, l := range m.done.Lines {
		at[l.Row] = n
	}
	for _, f := range m.done.Faults {
		n, ok := at[f.Row]
		switch {
		case ok && m.done.Lines[n].Outcome != RowConflict:
			m.done.Lines[n].Outcome = RowFault
		case !ok && f.Row > 0:
			at[f.Row] = len(m.done.Lines)
			m.done.Lines = append(m.done.Lines, TableLine{Row: f.Row, Outcome: RowFault})
		}
	}
	slices.SortFunc(m.done.Lines, func(a, b TableLine) int { return cmp.Compare(a.Row, b.Row) })
}

// once tells a row that says again what another said.
func (m *madeTable) once(row sheet.Row, column, what string) {
	if first, twice := m.said[what]; twice {
		m.fault(row.Fault(column, locale.E("err.commitment.row_twice", "row", first)))
		return
	}
	m.said[what] = row.Number
}

// lead is the party that a row names; a fault is noted where there is none.
func (m *madeTable) lead(row sheet.Row) (party int64, ok bool, err error) {
	party, _, err = partyNamed(m.checking, stakeholder.Sought{Name: row.Get(columnParty), Area: row.Get("party_area")})
	if err == nil && party == 0 {
		err = locale.E("err.commitment.row_party", "value", keeper.Line(row.Get(columnParty)))
	}
	if err == nil {
		return party, true, nil
	}
	if _, known := locale.All(err); !known {
		return 0, false, err
	}
	m.fault(row.Fault(columnParty, err))
	return 0, false, nil
}

// fresh reads a row that makes a commitment as a person's form, so that the two have the same rules.
func (m *madeTable) fresh(row sheet.Row, _ *TableLine) (a keeper.Act, err error) {
	for _, column := range []string{columnVersion, columnReason} { // its number was lost: a second commitment of the same words would be worse than none
		if row.Get(column) != "" || len(row.Words(column)) > 0 {
			m.fault(row.Fault(columnNumber, locale.E("err.commitment.row_no_number", "column", column)))
			return a, nil
		}
	}
	lead, ok, err := m.lead(row)
	if err != nil || !ok {
		return a, err
	}
	p, err := partyOf(m.tx, lead)
	if err != nil {
		return a, err
	}
	d, words := m.draft(row, lead, p.Kind)
	a, problems := d.Act(m.pack, m.at, m.by)
	for name, text := range words { // the other languages
		if _, ok := a.Words[name]; !ok {
			a.Words[name] = text
		}
	}
	m.once(row, "", strconv.FormatInt(lead, 10)+"\n"+a.Words["title."+m.lang()]+"\n"+a.Words["promise."+m.lang()])
	facts, _ := a.Facts.(Made)
	if len(problems) == 0 {
		es, err := answered(checkMade(m.checking, facts), validateMade(a, facts))
		if err != nil {
			return a, err
		}
		_, _, rows, _ := d.read()
		problems = mendable(nil, es, d.Lang, rows)
	}
	m.problems(row, problems)
	return a, nil
}

// draft fills in the form with a row, and gives its words in all languages.
func (m *madeTable) draft(row sheet.Row, lead int64, kind string) (Draft, map[string]string) {
	words := map[string]string{}
	m.words(words, row, "title")
	d := NewDraft(m.pack, original(words, m.lang()), lead, kind)
	for _, f := range tableFields {
		text := row.Get(f.Name)
		if f.Words {
			text = row.Words(f.Name)[d.Lang]
			if text == "" && d.Lang == m.lang() {
				text = row.Words(f.Name)[sheet.Und]
			}
			m.words(words, row, f.Name)
		}
		if text != "" {
			d.Fields[f.Name] = text
		}
	}
	maps.DeleteFunc(words, func(_, text string) bool { return text == "" })
	return d, words
}

// answered are the answers of rules; a failure of the store comes back as such.
func answered(answers ...error) (es locale.Errors, err error) {
	for _, answer := range answers {
		if _, ok := locale.All(answer); answer != nil && !ok {
			return nil, errors.Join(err, answer)
		}
		es.Add(answer)
	}
	return es, nil
}

func (m *madeTable) problems(row sheet.Row, es locale.Errors) {
	for _, e := range es {
		m.fault(row.Fault(madeColumn(e.Place), e))
	}
}

// madeColumn is the column for the place of an error.
func madeColumn(place string) string {
	if place == "lead" {
		return columnParty
	}
	if base, lang := splitPart(place); lang != "" {
		if _, ok := amendFields[base]; ok {
			return base
		}
	}
	return place
}
