package report

import "kept/internal/commitment"

// money is what commitments name, by stage, currency and kind. Stages are never
// added to one another, currencies are never converted, and a joint commitment
// counts once. What was stated elsewhere stands apart.
func (b *builder) money() error {
	all, err := commitment.MoneyBehind(b.tx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		b.add(Figure{ID: "money.none", Why: NoData, Method: methodSum})
	}
	var here, elsewhere []Row
	for _, m := range all {
		id := m.Stage + "." + m.Currency
		if m.InKind {
			id += ".in_kind"
		}
		prefix, query := "money.", list("currency", m.Currency, "stage", m.Stage)
		if m.Stated {
			prefix, query = "money.elsewhere.", list("currency", m.Currency, "stage", m.Stage, "which", commitment.Elsewhere)
		}
		row := Row{Key: id, Figures: []string{b.amount(prefix+id, query, m.Amount, m), b.amount(prefix+id+".announced_before", query, m.Known, m)}}
		row.Figures = append(row.Figures, b.count(prefix+id+".commitments", "commitments", "", m.Commitments))
		if m.Stated {
			elsewhere = append(elsewhere, row)
		} else {
			here = append(here, row)
		}
	}
	columns := []string{"amount", "announced_before", "commitments"}
	b.table("money.here", columns, here)
	b.table("money.elsewhere", columns, elsewhere)
	return nil
}

// amount adds a sum with the commitments whose lines it adds up.
func (b *builder) amount(id, query, value string, m commitment.MoneySource) string {
	f := Figure{ID: id, Value: value, Unit: m.Currency, Method: methodSum, Query: query}
	b.counted(&f, m.Commitments)
	return b.add(f)
}
