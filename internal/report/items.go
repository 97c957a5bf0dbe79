package report

import (
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// items is the annex: of each item of the text in force what was done, by whom,
// with which source. Parts of the text that ask nothing are in it where somebody
// committed to them all the same.
func (b *builder) items() error {
	reports, err := commitment.ReportsWithin(b.tx, b.outline.From, b.outline.To)
	if err != nil {
		return err
	}
	endorsers, err := stakeholder.EndorsersByItem(b.tx)
	if err != nil {
		return err
	}
	held, err := observatory.List(b.tx)
	if err != nil {
		return err
	}
	on := map[string][]*surveyed{}
	for _, c := range b.all {
		for _, item := range c.Items {
			on[item] = append(on[item], c)
		}
	}
	var rows []Row
	for _, i := range b.pack.ItemsOf(b.pack.InForce) {
		if !i.Asks() && len(on[i.ID]) == 0 {
			continue
		}
		row := b.item(i, on[i.ID], reports)
		row.Endorsers = endorsers[i.ID]
		for _, s := range b.pack.IndicatorsOf(i.ID) {
			if slices.ContainsFunc(held, func(l observatory.Listed) bool { return l.Indicator == s.ID }) {
				row.Series = append(row.Series, s.ID)
			}
		}
		b.f.Items = append(b.f.Items, row)
		rows = append(rows, b.itemFigures(row))
	}
	b.table("items", []string{"commitments", "intents", "elsewhere", "withdrawn", "reports", "parties", "endorsers"}, rows)
	money, err := commitment.NamingMoney(b.tx)
	if err != nil {
		return err
	}
	b.gaps(func(id int64) bool { return money[id] })
	return nil
}

// item is the row of one item.
func (b *builder) item(i *compact.Item, on []*surveyed, reports map[int64][]int64) ItemRow {
	row := ItemRow{Item: i.ID, Sources: i.Sources}
	for _, c := range on {
		switch {
		case c.Stated:
			row.Elsewhere = append(row.Elsewhere, c.ID)
			continue
		case c.Counted == commitment.CountedWithdrawn:
			row.Withdrawn = append(row.Withdrawn, c.ID)
			continue
		case c.Counted == commitment.CountedIntent:
			row.Intents = append(row.Intents, c.ID)
		case c.Counted == commitment.CountedDelivery:
			row.Commitments = append(row.Commitments, c.ID)
		default:
			continue // serves earlier texts only, and so no item of this one
		}
		row.Reports = append(row.Reports, reports[c.ID]...)
		row.Parties = append(append(row.Parties, c.Party), c.Confirmed...)
	}
	slices.Sort(row.Reports)
	slices.Sort(row.Parties)
	row.Parties = slices.Compact(row.Parties)
	for n := range b.bodies {
		if b.bodies[n].WorksOn(i.ID) {
			row.Bodies = append(row.Bodies, b.bodies[n].ID)
		}
	}
	for _, t := range b.pack.TargetsOf(i.ID) {
		row.Targets = append(row.Targets, t.ID)
	}
	return row
}

// itemFigures counts a row; the lists themselves stand in it.
func (b *builder) itemFigures(r ItemRow) Row {
	id := "item." + r.Item
	return Row{Key: r.Item, Figures: []string{
		b.count(id+".commitments", "commitments", list("counted", "delivery", "item", r.Item), r.Commitments),
		b.count(id+".intents", "commitments", list("counted", "intent", "item", r.Item), r.Intents),
		b.count(id+".elsewhere", "commitments", list("item", r.Item, "which", commitment.Elsewhere), r.Elsewhere),
		b.count(id+".withdrawn", "commitments", list("counted", "withdrawn", "item", r.Item), r.Withdrawn),
		b.count(id+".reports", "reports", "", r.Reports),
		b.count(id+".parties", "parties", "", r.Parties),
		b.count(id+".endorsers", "parties", "", r.Endorsers)}}
}

// gaps counts the items of the text in force that ask something and have nobody and
// nothing of a sort. It says what this registry holds, and judges nobody.
func (b *builder) gaps(hasMoney func(int64) bool) {
	gaps := []struct {
		name string
		open func(ItemRow) bool
	}{
		{"total", func(ItemRow) bool { return true }},
		{"without_body", func(r ItemRow) bool { return len(r.Bodies) == 0 }},
		{"without_commitment", func(r ItemRow) bool { return len(r.Commitments)+len(r.Intents) == 0 }},
		{"without_verifiable", func(r ItemRow) bool { return len(r.Commitments) == 0 }},
		{"without_money", func(r ItemRow) bool { return !slices.ContainsFunc(slices.Concat(r.Commitments, r.Intents), hasMoney) }},
		{"without_series", func(r ItemRow) bool { return len(r.Series) == 0 }},
		{"without_report", func(r ItemRow) bool { return len(r.Reports) == 0 }},
	}
	for _, gap := range gaps {
		f := Figure{ID: "items." + gap.name, Unit: "items", Method: methodCount}
		n := 0
		for _, row := range b.f.Items {
			if i, ok := b.pack.Item(row.Item); ok && i.Asks() && gap.open(row) {
				n++
			}
		}
		f.Value = strconv.Itoa(n)
		b.add(f)
	}
}
