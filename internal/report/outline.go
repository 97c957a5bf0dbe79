package report

import (
	"time"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Outline is one report: a kind that the pack names, and the period that it speaks of.
type Outline struct {
	Kind *compact.ReportKind
	From string // first day
	To   string // last day

	Format int64 // of the figures, see [Format]; 0: the present one
}

// Whole tells whether the period has its full length; a draft may be cut off earlier.
// A report that is made once has the length that its maker gives it.
func (o Outline) Whole() bool {
	return o.Kind.Cadence == "once" || o.To == lastOf(o.From, o.Kind.EveryMonths)
}

// Due is the last day on which the report is due; "" where nothing says when.
func (o Outline) Due(p *compact.Pack) string {
	switch {
	case o.Kind.Due != "":
		return compact.LastDay(o.Kind.Due)
	case o.Kind.DueMonths > 0:
		return commitment.AddMonths(commitment.AddDays(o.To, 1), int(o.Kind.DueMonths))
	}
	if c, ok := p.EventDate(o.Kind.DueEvent); ok {
		return c.LastDay()
	}
	return ""
}

// OutlineOf is the report of a kind whose period holds a day and is cut off there.
// Without a day it is the last period that has ended by today, else what has passed
// of the first one.
func OutlineOf(p *compact.Pack, kind, to, today string) (Outline, error) {
	k, ok := p.Report(kind)
	if !ok {
		return Outline{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.no_kind", "id", kind))
	}
	if !p.ReportOn(k) {
		return Outline{}, keeper.Refuse(keeper.ErrForbidden, locale.E("err.report.off", "id", kind))
	}
	o := Outline{Kind: k, From: k.From, To: to}
	if to == "" {
		o.To = today
	}
	if !wholeDay(o.To) {
		return Outline{}, locale.Field("to", locale.E("err.report.bad_day", "value", o.To))
	}
	if o.To < o.From {
		return Outline{}, locale.Field("to", locale.E("err.report.too_early", "value", o.To, "from", o.From))
	}
	if k.Cadence == "once" {
		return o, nil
	}
	for n := int64(1); ; n++ {
		next := commitment.AddMonths(k.From, int(n*k.EveryMonths))
		if o.To < next {
			break
		}
		if to == "" && commitment.AddMonths(next, int(k.EveryMonths)) > o.To {
			o.To = commitment.AddDays(next, -1) // the period that runs today is not over
			break
		}
		o.From = next
	}
	return o, nil
}

// lastOf is the last day of a period of so many months.
func lastOf(from string, months int64) string {
	return commitment.AddDays(commitment.AddMonths(from, int(months)), -1)
}

func wholeDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}
