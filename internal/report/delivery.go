package report

import (
	"strconv"

	"kept/internal/commitment"
)

// delivery is what became of the commitments that can be checked. The five facts
// stand apart: lifecycle, reporting currency, self-assessed status, pace and
// assessment are counted each on its own, and nothing is made of them together.
func (b *builder) delivery() error {
	b.commitments("delivery.total", list("counted", "delivery"), verifiable)
	for _, state := range commitment.ReportingStates {
		b.fact("reporting", state, func(c *surveyed) bool { return c.Reporting == state })
	}
	for _, status := range commitment.Statuses {
		b.fact("status", status, func(c *surveyed) bool { return c.SelfStatus == status })
	}
	b.commitments("delivery.status.none", "", func(c *surveyed) bool { return verifiable(c) && c.SelfStatus == "" })
	for _, word := range commitment.PaceWords {
		b.fact("pace", word, func(c *surveyed) bool { return c.Pace == word || c.PaceSigned == word })
	}
	b.commitments("delivery.two_paces", "", func(c *surveyed) bool { return verifiable(c) && c.PaceSigned != "" })
	for _, state := range commitment.Assessments {
		b.fact("review", state, func(c *surveyed) bool { return c.Review == state })
	}
	for _, life := range commitment.Lifecycles {
		if life != commitment.Withdrawn { // counted among the promises, once
			b.fact("lifecycle", life, func(c *surveyed) bool { return c.Lifecycle == life })
		}
	}
	for _, outcome := range commitment.Outcomes {
		b.commitments("delivery.outcome."+outcome, "", func(c *surveyed) bool { return verifiable(c) && c.Outcome == outcome })
	}
	if err := b.reporting(); err != nil {
		return err
	}
	b.states("kind", b.pack.PartyKinds, func(c *surveyed, kind string) bool { return c.Kind == kind })
	under := map[string]named{}
	for _, o := range b.objectives() {
		under[o] = namedOf(commitment.UnderObjective(b.pack, o))
	}
	b.states("under", b.objectives(), func(c *surveyed, o string) bool { return under[o].any(c.Items) })
	return nil
}

// fact counts one code of one of the five facts.
func (b *builder) fact(name, code string, fits func(*surveyed) bool) {
	b.commitments("delivery."+name+"."+code, list("counted", "delivery", name, code), func(c *surveyed) bool { return verifiable(c) && fits(c) })
}

// reporting counts what was reported, and what was not.
func (b *builder) reporting() error {
	b.commitments("delivery.reported", "", func(c *surveyed) bool { return verifiable(c) && c.Reports > 0 })
	b.commitments("delivery.unreported", "", func(c *surveyed) bool { return verifiable(c) && c.Reports == 0 })
	b.commitments("delivery.excused", "", func(c *surveyed) bool { return verifiable(c) && c.Excused })
	reports, err := commitment.ReportsWithin(b.tx, b.outline.From, b.outline.To)
	if err != nil {
		return err
	}
	changed, err := commitment.ChangedTargets(b.tx)
	if err != nil {
		return err
	}
	isChanged := map[int64]bool{}
	for _, id := range changed {
		isChanged[id] = true
	}
	b.commitments("delivery.changed_targets", "", func(c *surveyed) bool { return verifiable(c) && isChanged[c.ID] })
	b.commitments("delivery.reported_in_period", "", func(c *surveyed) bool { return verifiable(c) && len(reports[c.ID]) > 0 })
	var received []int64
	missed := int64(0)
	for _, c := range b.all {
		if verifiable(c) {
			received = append(received, reports[c.ID]...)
			missed += c.Missed
		}
	}
	b.count("delivery.reports_in_period", "reports", "", received)
	b.add(Figure{ID: "delivery.reports_missed", Value: strconv.FormatInt(missed, 10), Unit: "reports", Method: methodSum})
	return nil
}

// states lays reporting currency out by a condition that lists can be asked for.
func (b *builder) states(name string, codes []string, of func(*surveyed, string) bool) {
	var rows []Row
	for _, code := range codes {
		row := Row{Key: code}
		for _, state := range commitment.ReportingStates {
			row.Figures = append(row.Figures, b.commitments("delivery."+name+"."+code+"."+state, list("counted", "delivery", name, code, "reporting", state),
				func(c *surveyed) bool { return verifiable(c) && of(c, code) && c.Reporting == state }))
		}
		rows = append(rows, row)
	}
	b.table("delivery.by_"+name, commitment.ReportingStates, rows)
}
