package commitment

import (
	"context"
	"io"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/stakeholder/sheet"
)

// tableRows is how many indicators, money lines and milestones one row of a table holds.
const tableRows = 3

// plainHeadings are headings for the first indicator, money line and milestone.
var plainHeadings = map[string]string{"indicators.0.name": "indicator", "indicators.0.unit": "unit", "indicators.0.direction": "direction",
	"indicators.0.measure_kind": "measure", "indicators.0.bound": "bound", "indicators.0.baseline": "baseline", "indicators.0.baseline_on": "baseline date",
	"indicators.0.target": "target", "indicators.0.target_on": "target date", "indicators.0.source": "measured by", "indicators.0.frequency": "frequency",
	"indicators.0.natural_min": "minimum", "indicators.0.natural_max": "maximum", "indicators.0.linked_series": "series",
	"money.0.amount": "amount", "money.0.currency": "currency", "money.0.value_on": "amount date", "money.0.kind": "money kind", "money.0.role": "money role",
	"money.0.dac": "dac", "milestones.0.text": "milestone", "milestones.0.due": "milestone date"}

// madeColumns are the columns of a table of commitments: the fields of the form.
var madeColumns = func() []sheet.Column {
	columns := []sheet.Column{{Name: "party", Aliases: []string{"lead", "organisation", "organization", "name"}, Required: true}, {Name: "party_area"},
		{Name: "id", Aliases: []string{"commitment number", "commitment id"}}}
	for _, specs := range steps {
		for _, s := range specs {
			list, name, inRow := strings.Cut(s.name, ".")
			if !inRow {
				_, words := madeFields[s.name]
				columns = append(columns, sheet.Column{Name: s.name, Aliases: []string{strings.ReplaceAll(s.name, "_", " ")}, Words: words})
				continue
			}
			for n := range tableRows {
				c := sheet.Column{Name: part(list, n, name)}
				if heading, ok := plainHeadings[c.Name]; ok {
					c.Aliases = []string{heading}
				}
				columns = append(columns, c)
			}
		}
	}
	return columns
}()

// ImportCommitments takes a table of commitments: one commitment.made for each
// row, sent by a party for itself or by "secretariat" for any registered one. The
// whole table is kept or nothing of it.
func ImportCommitments(ctx context.Context, k *keeper.Keeper, in io.Reader, by string, o TableOptions) (Imported, error) {
	t, err := openTable(in, madeColumns, o)
	if err != nil || len(t.done.Faults) > 0 {
		return t.result(err)
	}
	var acts []keeper.Act
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		seen := map[string]int{}
		return t.each(func(row sheet.Row) error {
			if known := row.Get("id"); known != "" { // a second commitment of the same words would be worse than none
				t.fault(row.Fault("id", locale.E("err.commitment.row_amends", "value", keeper.Line(known))))
				return nil
			}
			a, err := t.made(checking{tx: tx, pack: pack, at: k.Now()}, row, by)
			lead := row.Get("party")
			if f, ok := a.Facts.(Made); ok {
				lead = strconv.FormatInt(f.Lead, 10)
			}
			same := lead + "\n" + a.Words["title."+t.lang()] + "\n" + a.Words["promise."+t.lang()]
			if first, twice := seen[same]; twice {
				t.fault(row.Fault("", locale.E("err.commitment.row_twice", "row", first)))
			}
			seen[same] = row.Number
			acts = append(acts, a)
			return err
		})
	})
	if err != nil || len(t.done.Faults) > 0 || o.DryRun {
		return t.result(err)
	}
	err = t.submit(ctx, k, acts)
	return t.result(err)
}

// made reads a row as a person's form, so that the two have the same rules.
func (t *table) made(c checking, row sheet.Row, by string) (keeper.Act, error) {
	lead, _, err := partyNamed(c, stakeholder.Sought{Name: row.Get("party"), Area: row.Get("party_area")})
	if err == nil && lead == 0 {
		err = locale.E("err.commitment.row_party", "value", keeper.Line(row.Get("party")))
	}
	if err != nil {
		if _, ok := locale.All(err); !ok {
			return keeper.Act{}, err
		}
		t.fault(row.Fault("party", err))
		return keeper.Act{}, nil
	}
	p, err := partyOf(c.tx, lead)
	if err != nil {
		return keeper.Act{}, err
	}
	words := map[string]string{}
	t.words(words, row, "title")
	d := NewDraft(c.pack, original(words, t.lang()), lead, p.Kind)
	for _, column := range madeColumns {
		text := row.Get(column.Name)
		if column.Words {
			text = row.Words(column.Name)[d.Lang]
			if text == "" && d.Lang == t.lang() {
				text = row.Words(column.Name)[sheet.Und]
			}
			t.words(words, row, column.Name)
		}
		if text != "" {
			d.Fields[column.Name] = text
		}
	}
	a, problems := d.Act(c.pack, c.at, by)
	for name, text := range words { // the other languages
		if _, ok := a.Words[name]; !ok {
			a.Words[name] = text
		}
	}
	facts, _ := a.Facts.(Made)
	if len(problems) == 0 {
		var es locale.Errors
		err := checkMade(c, facts)
		if _, ok := locale.All(err); err != nil && !ok {
			return a, err
		}
		es.Add(err)
		es.Add(validateMade(a, facts))
		_, _, rows, _ := d.read()
		problems = mendable(nil, es, d.Lang, rows)
	}
	for _, e := range problems {
		t.fault(row.Fault(madeColumn(e.Place), e))
	}
	return a, nil
}

// madeColumn is the column for the place of an error.
func madeColumn(place string) string {
	if place == "lead" {
		return "party"
	}
	if base, lang := splitPart(place); lang != "" {
		if _, ok := madeFields[base]; ok {
			return base
		}
	}
	return place
}
