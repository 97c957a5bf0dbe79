package report

import (
	"strconv"

	"kept/internal/stakeholder"
)

// bases are how a party can stand to the text in force.
var bases = []string{stakeholder.BasisAdopted, stakeholder.BasisEndorsed, stakeholder.BasisGroup, stakeholder.BasisPartner, stakeholder.BasisNone}

// participation is who takes part, and the balance of it.
func (b *builder) participation() error {
	here := func(fits func(stakeholder.Surveyed) bool) func(stakeholder.Surveyed) bool {
		return func(p stakeholder.Surveyed) bool { return !p.Stated && fits(p) }
	}
	b.registered("parties.total", "/stakeholders", here(func(stakeholder.Surveyed) bool { return true }))
	b.registered("parties.verified", "/stakeholders?level=V2", here(func(p stakeholder.Surveyed) bool { return p.Verified }))
	b.registered("parties.no_seat", "", here(func(p stakeholder.Surveyed) bool { return p.Region == "" }))
	b.registered("parties.elsewhere", "/stakeholders?where=elsewhere", func(p stakeholder.Surveyed) bool { return p.Stated })
	b.count("parties.joined_in_period", "parties", b.entriesOf("party.registered"), b.acts["party.registered"])
	for _, kind := range b.pack.PartyKinds {
		b.registered("parties.kind."+kind, address("/stakeholders", "kind", kind), here(func(p stakeholder.Surveyed) bool { return p.Kind == kind }))
	}
	for _, basis := range bases {
		b.registered("parties.basis."+basis, address("/stakeholders", "basis", basis), here(func(p stakeholder.Surveyed) bool { return p.Basis == basis }))
	}
	return b.balance()
}

// balance sets who takes part beside who there is.
func (b *builder) balance() error {
	balance, err := stakeholder.BalanceOf(b.tx, stakeholder.Filter{})
	if err != nil {
		return err
	}
	add := func(id, value, unit, round, why string) string {
		if value == "" && why == "" {
			why = NoneThere
		}
		if value != "" {
			why = ""
		}
		return b.add(Figure{ID: id, Value: value, Unit: unit, Why: why, Method: stakeholder.BalanceMethod, Round: round, Query: "/stakeholders/balance"})
	}
	add("parties.balance.families", strconv.FormatInt(balance.Families, 10), "families", "", "")
	add("parties.balance.represented", strconv.FormatInt(balance.Represented, 10), "organisations", "", "")
	for _, d := range balance.Dimensions {
		var rows []Row
		for _, c := range d.Cells {
			id := "parties.balance." + d.Name + "." + c.Code
			row := Row{Key: c.Code, Figures: []string{add(id+".parties", strconv.FormatInt(c.Parties, 10), "parties", "", ""),
				add(id+".share", c.Share, "share", roundShare, "")}}
			if d.Benchmark != "" {
				row.Figures = append(row.Figures, add(id+".benchmark", c.Expected, "share", roundShare, NoBaseline), add(id+".ratio", c.Ratio, "ratio", roundRatio, NoBaseline),
					add(id+".word", c.Word, "code", "", NoBaseline))
			}
			rows = append(rows, row)
		}
		columns := []string{"parties", "share"}
		if d.Benchmark != "" {
			columns = append(columns, "benchmark", "ratio", "word")
		}
		b.table("parties.balance."+d.Name, columns, rows)
	}
	return nil
}
