package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
)

// Figures of what was promised: on home, items, lists and the pages of commitments.

func (v homeView) figures() (list []figure) {
	for _, o := range v.Objectives {
		of := func(name string, key string, n int64) {
			list = append(list, counted(o.ID+"."+name, phrase("cite.what.of", "of", o.Title, "what", message(key)), n))
		}
		of("items", "home.items", int64(o.Items))
		of("with_commitment", "home.with_commitment", o.WithCommitment)
		of("reported", "home.reported", o.Reported)
		of("series", "home.series", int64(o.Series))
	}
	return append(list, v.Changes.figures()...)
}

func (c *changesCount) figures() []figure {
	if c == nil {
		return nil
	}
	return []figure{counted("changes", message("cite.what.changes"), c.Total), counted("changes.carried", message("cite.what.changes_carried"), c.Carried),
		counted("changes.changed", message("cite.what.changes_changed"), c.Changed), counted("changes.number_dropped", message("cite.what.changes_dropped"), c.Dropped),
		counted("changes.none", message("cite.what.changes_none"), c.None)}
}

func (v itemsView) figures() []figure {
	list := []figure{counted("total", message("menu.items"), v.Total)}
	for _, g := range v.Groups {
		for _, i := range g.Items {
			list = append(list, counted(i.ID+".commitments", phrase("cite.what.of", "of", prefixed(i.ID, i.Title), "what", message("item.fact.registered")), i.Commitments))
		}
	}
	return list
}

func (v itemView) figures() []figure {
	if !v.Asks {
		return nil
	}
	c := v.counts
	list := []figure{counted("commitments", message("item.fact.registered"), c.Commitments), counted("parties", message("cite.what.leads"), c.Parties)}
	if c.Commitments > 0 {
		list = append(list, reportingFigures(c)...)
	}
	if v.Silence != nil {
		list = append(list, figure{Name: "without", What: message("cite.what.without"), Value: strconv.Itoa(v.without)})
	}
	list = append(list, seriesFigures(v.Series)...)
	list = append(list, moneyFigures(v.Money, v.People)...)
	return append(list, v.Support.figures()...)
}

// reportingFigures count commitments by whether their reports came.
func reportingFigures(c commitment.Counts) (list []figure) {
	for _, state := range commitment.ReportingStates {
		if n := c.Reporting[state]; n > 0 {
			list = append(list, counted("reporting."+state, phrase("cite.what.of", "of", message("fact.reporting"), "what", message("commitment.reporting."+state)), n))
		}
	}
	return list
}

func (c *supportCounts) figures() []figure {
	if c == nil {
		return nil
	}
	return []figure{counted("support.requested", message("cite.what.requested"), c.Requested), counted("support.offered", message("cite.what.offered"), c.Offered)}
}

func (v *commitmentsView) figures() []figure {
	c := v.all
	of := func(key string) Text {
		return phrase("cite.what.of", "of", message("menu.commitments"), "what", message(key))
	}
	list := []figure{counted("total", message("cite.what.listed"), v.Of), counted("commitments", message("item.fact.registered"), c.Commitments),
		counted("parties", message("cite.what.leads"), c.Parties), counted("intents", of("commitments.intents"), c.Intents)}
	list = append(list, reportingFigures(c)...)
	return append(list, counted("elsewhere", of("commitments.elsewhere"), c.Elsewhere), counted("earlier", of("commitments.earlier"), c.EarlierOnly),
		counted("withdrawn", of("commitments.withdrawn"), c.Withdrawn))
}

// factNames are the five facts of a commitment, in the order of its page.
var factNames = []string{"lifecycle", "reporting", "own_account", "pace", "assessment"}

func (v *commitmentView) figures() []figure {
	var list []figure
	for n, f := range v.Facts {
		list = append(list, figure{Name: factNames[n], What: f.Label, Code: v.States[n].Code, Word: f.Value})
	}
	if v.Quality != nil {
		list = append(list, figure{Name: "quality", What: message("cite.what.quality"), Word: v.Quality})
	}
	for _, m := range v.Indicators {
		list = append(list, m.figures()...)
	}
	for n, m := range v.Money {
		amount := everyLang(func(l locale.Lang) string { return m.Currency + " " + l.Number(m.Amount) })
		list = append(list, figure{Name: "money." + strconv.Itoa(n), What: phrase("cite.what.money", "is", m.Stage), Value: m.Amount, Word: amount, Unit: same(m.Currency), Period: m.On, Entry: v.ID})
	}
	if v.LeadShare != "" {
		list = append(list, figure{Name: "share.lead", What: phrase("cite.what.share", "party", v.Party.Text), Value: v.LeadShare, Unit: message("unit.percent")})
	}
	for _, p := range v.Partners {
		if p.Share != "" {
			list = append(list, figure{Name: "share" + p.Party.Href[len("/stakeholders"):], What: phrase("cite.what.share", "party", p.Party.Text), Value: p.Share, Unit: message("unit.percent")})
		}
	}
	for _, r := range v.Reports {
		list = append(list, r.figures()...)
	}
	return append(list, v.Support.figures()...)
}

func (m commitmentMeasure) figures() []figure {
	at := "indicator." + strconv.Itoa(m.n) + "."
	var list []figure
	add := func(name, key, value, on string) {
		if value != "" {
			list = append(list, figure{Name: at + name, What: phrase("cite.what.of", "of", m.Name, "what", message(key)), Value: value, Unit: m.Unit, Period: on})
		}
	}
	add("baseline", "commitment.baseline", m.Baseline, m.BaselineOn)
	add("value", "item.latest", m.Value, m.ValueOn)
	add("target", "commitment.target", m.Target, m.TargetOn)
	return append(list, figure{Name: at + "pace", What: phrase("cite.what.of", "of", m.Name, "what", message("fact.pace")), Code: m.Pace.Code, Word: m.Pace.Word})
}

func (r reportRow) figures() (list []figure) {
	for _, one := range r.Values {
		if one.Value == "" {
			continue
		}
		name := "report." + strconv.FormatInt(r.Entry, 10) + "." + strconv.FormatInt(one.Indicator, 10)
		list = append(list, figure{Name: name, What: phrase("cite.what.reported", "indicator", one.Name, "date", dayText(r.On)), Value: one.Value, Unit: one.Unit, Period: one.On, Entry: r.Entry})
	}
	return list
}

func (v supportView) figures() []figure {
	return []figure{counted("total", message("cite.what.support"), v.Total)}
}

func (v helpView) figures() []figure {
	if v.Size == "" {
		return nil
	}
	return []figure{{Name: "size", What: v.Title, Value: v.Size, Word: v.HowMuch, Entry: v.ID}}
}

func (v reviewsView) figures() []figure {
	return []figure{counted("total", message("cite.what.reviews"), v.Total)}
}

func (v commitmentReviewsView) figures() []figure {
	return []figure{counted("total", message("cite.what.reviews"), len(v.Rows)), {Name: "assessment", What: message("fact.review"), Code: v.State.Code, Word: v.State.Word}}
}
