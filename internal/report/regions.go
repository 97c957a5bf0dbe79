package report

import (
	"kept/internal/commitment"
	"kept/internal/stakeholder"
)

// regions is who takes part and what was promised and reported by region, in the
// order of the name pack. A commitment counts for each region that it names.
func (b *builder) regions() error {
	columns := append([]string{"parties", "commitments"}, commitment.ReportingStates...)
	var rows []Row
	for _, r := range b.areas.Regions() {
		codes, id := namedOf(b.areas.Codes(r.ID)), "regions."+r.ID
		there := func(c *surveyed) bool { return codes.any(c.Areas) }
		row := Row{Key: r.ID, Figures: []string{
			b.registered(id+".parties", address("/stakeholders", "region", r.ID), func(p stakeholder.Surveyed) bool { return !p.Stated && p.Region == r.ID }),
			b.commitments(id+".commitments", list("counted", "here", "region", r.ID), func(c *surveyed) bool { return c.Here() && there(c) })}}
		for _, state := range commitment.ReportingStates {
			row.Figures = append(row.Figures, b.commitments(id+"."+state, list("counted", "delivery", "region", r.ID, "reporting", state),
				func(c *surveyed) bool { return verifiable(c) && there(c) && c.Reporting == state }))
		}
		rows = append(rows, row)
	}
	b.table("regions", columns, rows)
	for _, group := range []string{"ldc", "lldc", "sids"} {
		codes := namedOf(b.areas.Codes(group))
		b.commitments("regions."+group+".commitments", list("counted", "here", "region", group), func(c *surveyed) bool { return c.Here() && codes.any(c.Areas) })
	}
	return nil
}
