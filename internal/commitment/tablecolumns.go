package commitment

import (
	"slices"
	"strings"

	"kept/internal/stakeholder/sheet"
)

// plainHeadings are headings for the first indicator, money line and milestone.
var plainHeadings = map[string]string{"indicators.0.name": "indicator", "indicators.0.unit": "unit", "indicators.0.direction": "direction",
	"indicators.0.measure_kind": "measure", "indicators.0.bound": "bound", "indicators.0.baseline": "baseline", "indicators.0.baseline_on": "baseline date",
	"indicators.0.target": "target", "indicators.0.target_on": "target date", "indicators.0.source": "measured by", "indicators.0.frequency": "frequency",
	"indicators.0.natural_min": "minimum", "indicators.0.natural_max": "maximum", "indicators.0.linked_series": "series",
	"money.0.amount": "amount", "money.0.currency": "currency", "money.0.value_on": "amount date", "money.0.kind": "money kind", "money.0.role": "money role",
	"money.0.dac": "dac", "milestones.0.text": "milestone", "milestones.0.due": "milestone date"}

// tableField is a column of a table of commitments that is a field of the form.
type tableField struct {
	sheet.Column
	kind string // as the form has it
	list string // "indicators" where it belongs to a row of the form
	n    int    // that row
}

// tableFields are the fields of the form in its order, list by list and row by row.
var tableFields = func() (all []tableField) {
	for step, specs := range steps {
		for _, s := range slices.Concat(specs, amendSteps[step]) {
			list, _, inRow := strings.Cut(s.name, ".")
			if inRow || s.name == "reason" {
				if !slices.ContainsFunc(all, func(f tableField) bool { return f.list == list }) && inRow {
					all = append(all, listFields(list, slices.Concat(specs, amendSteps[step]))...)
				}
				continue
			}
			_, words := madeFields[s.name]
			all = append(all, tableField{Column: sheet.Column{Name: s.name, Aliases: []string{strings.ReplaceAll(s.name, "_", " ")}, Words: words}, kind: s.kind})
		}
	}
	return all
}()

func listFields(list string, specs []spec) (all []tableField) {
	for n := range droppable[list] {
		for _, s := range specs {
			name, ours := strings.CutPrefix(s.name, list+".")
			if !ours {
				continue
			}
			c := sheet.Column{Name: part(list, n, name), Further: n > 0}
			if heading, ok := plainHeadings[c.Name]; ok {
				c.Aliases = []string{heading}
			}
			all = append(all, tableField{Column: c, kind: s.kind, list: list, n: n})
		}
	}
	return all
}

// Columns of a table of commitments beside the fields of the form.
const (
	columnParty   = "party"
	columnNumber  = "commitment" // of the commitment that a row amends
	columnVersion = "version"    // that the row was written against
	columnReason  = "reason"     // why it amends
)

// madeColumns are the columns of a table of commitments.
var madeColumns = func() []sheet.Column {
	columns := []sheet.Column{{Name: columnParty, Aliases: []string{"lead", "organisation", "organization", "name"}, Required: true}, {Name: "party_area"},
		{Name: columnNumber, Aliases: []string{"id", "commitment number", "commitment id"}}, {Name: columnVersion}, {Name: columnReason, Words: true}}
	for _, f := range tableFields {
		columns = append(columns, f.Column)
	}
	return columns
}()
