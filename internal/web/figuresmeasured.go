package web

import (
	"strconv"

	"kept/internal/locale"
	"kept/internal/observatory"
)

// Figures of what is measured: series, areas, targets, and the numbers that a text prints.

func (v traceView) figures() []figure {
	f := figure{What: phrase("cite.what.series", "indicator", v.Indicator.Text, "area", v.AreaName), Value: v.Value, Unit: v.unit,
		Period: v.Period, Nature: v.Nature, Source: v.Publisher, Issued: v.Vintage.Released, Got: v.Vintage.Retrieved, Entry: v.Entry}
	if f.Source == "" {
		f.Source = v.source
	}
	if v.Value == "" {
		f.Word, f.Code = message("indicator.no_data"), "no_data"
	}
	return []figure{f}
}

// of fills in where a value of the series comes from, and leads to its trace.
func (v *indicatorView) of(r valueRow) figure {
	f := figure{Name: nameOf(r.Area) + "." + r.Period, What: phrase("cite.what.series", "indicator", v.Title, "area", r.Name), Value: r.Value, Unit: v.Unit,
		Period: r.Period, Nature: r.Nature, Source: v.Source, Issued: v.Vintage.Released, Got: v.Vintage.Retrieved, Entry: v.Entry}
	if r.Source != nil {
		f.Source = r.Source.Name
	}
	if v.chosen == "" {
		f.traced(v.ID, r.Area, r.Period)
	}
	return f
}

// traced makes a value of a series' first slice one that its own trace cites.
func (f *figure) traced(indicator, area, period string) {
	about, ok := aboutPage("/indicators/" + indicator + "/trace/" + area + "/" + period)
	if ok && about.Kind == "figure" {
		f.About, f.Link = about.String(), "/indicators/"+indicator+"/trace/"+area+"/"+period
	}
}

func (v *indicatorView) figures() []figure {
	var list []figure
	whole := func(f figure) {
		f.Source, f.Issued, f.Got, f.Entry = v.Source, v.Vintage.Released, v.Vintage.Retrieved, v.Entry
		list = append(list, f)
	}
	if v.With > 0 {
		whole(counted("areas", message("item.areas_with_value"), v.With))
	}
	if _, _, ok := observatory.ParseDecimal(v.found.Median); ok {
		if v.found.HasThird {
			whole(counted("low_third", message("cite.what.low_third"), v.found.Low))
			whole(counted("low_third.ldc", message("cite.what.low_third_ldc"), v.found.LowLDC))
		}
		whole(figure{Name: "median", What: message("cite.what.median"), Value: v.found.Median, Unit: v.Unit})
	}
	for _, r := range v.World {
		list = append(list, v.of(r))
	}
	for _, g := range v.Groups {
		for _, r := range g.Rows {
			if r.Value != "" {
				list = append(list, v.of(r))
			}
		}
	}
	for _, r := range v.Others {
		list = append(list, v.of(r))
	}
	return list
}

func (v indicatorsView) figures() (list []figure) {
	for _, r := range v.Indicators {
		f := counted(r.ID, phrase("cite.what.areas_of", "indicator", r.Title), r.Areas)
		f.Source, f.Issued, f.Got = r.Source, r.Released, r.Retrieved
		list = append(list, f)
	}
	return list
}

func (v areasView) figures() []figure {
	return []figure{counted("total", message("menu.areas"), v.Total)}
}

func (v areaView) figures() []figure {
	var list []figure
	for _, r := range v.Figures {
		id := r.Indicator.Href[len("/indicators/"):]
		name := id
		if r.Slice != "" {
			name += "." + nameOf(r.Slice)
		}
		what := func(period string) Text {
			return phrase("cite.what.series", "indicator", r.Indicator.Text, "area", v.Name)
		}
		latest := figure{Name: name, What: what(r.Period), Value: r.Value, Unit: r.Unit, Period: r.Period, Nature: r.Nature, Source: r.source}
		if r.Slice == "" {
			latest.traced(id, v.ID, r.Period)
		}
		list = append(list, latest)
		if r.First != "" {
			list = append(list, figure{Name: name + ".first", What: what(r.FirstOn), Value: r.First, Unit: r.Unit, Period: r.FirstOn, Source: r.source})
		}
		if r.Trend.Code != "" {
			list = append(list, figure{Name: name + ".trend", What: phrase("cite.what.trend", "indicator", r.Indicator.Text), Code: r.Trend.Code, Word: r.Trend.Word, Source: r.source})
		}
	}
	list = append(list, counted("parties", message("menu.parties"), v.PartyTotal))
	if v.Commitments != nil {
		list = append(list, counted("commitments", message("item.fact.registered"), v.Commitments.Total))
	}
	return append(list, moneyFigures(v.Money, v.People)...)
}

func (v targetsView) figures() (list []figure) {
	for _, rows := range [][]targetRow{v.InForce, v.Earlier} {
		for _, r := range rows {
			if r.Value != "" {
				list = append(list, figure{Name: r.ID, What: prefixed(r.ID, r.Title), Value: r.Value, Word: r.Quantity, Period: r.By})
			}
		}
	}
	return list
}

func (v targetView) figures() []figure {
	var list []figure
	set := ""
	if len(v.SetBy) > 0 {
		set = v.SetBy[0].Name
	}
	if v.Value != "" {
		list = append(list, figure{Name: "value", What: message("targets.value"), Value: v.Value, Word: v.Quantity, Period: v.By, Source: set})
	}
	if v.Baseline != nil {
		list = append(list, figure{Name: "baseline", What: message("targets.baseline"), Value: v.baseline, Word: v.Baseline, Period: v.BaselineOn, Source: set})
	}
	list = append(list, seriesFigures(v.Series)...)
	if t := v.Towards; t != nil {
		list = append(list, t.figures(v.Unit)...)
	}
	return list
}

// figures are what commitments add up to, as a range, and what is known of its delivery.
func (t *towardsView) figures(unit string) []figure {
	var list []figure
	if t.Sum != nil {
		list = append(list, figure{Name: "promised.low", What: message("cite.what.promised_low"), Value: t.Low, Word: quantity(t.Low, "", unit)},
			figure{Name: "promised.high", What: message("cite.what.promised_high"), Value: t.High, Word: quantity(t.High, "", unit)})
	}
	if t.Delivered != nil {
		list = append(list, figure{Name: "delivered", What: message("targets.delivered"), Value: t.delivered, Word: t.Delivered})
	}
	return append(list, moneyFigures(t.Money, t.People)...)
}

// seriesFigures are those of the series beside an item or a target.
func seriesFigures(rows []seriesView) (list []figure) {
	for _, r := range rows {
		list = append(list, figure{Name: r.ID + ".areas", What: phrase("cite.what.areas_of", "indicator", r.Title), Value: strconv.FormatInt(r.Areas, 10), Source: r.Source})
		if r.Value == "" {
			continue
		}
		f := figure{Name: r.ID, What: phrase("cite.what.series", "indicator", r.Title, "area", r.Area), Value: r.Value, Unit: r.Unit, Period: r.Period, Source: r.Source}
		f.traced(r.ID, r.area, r.Period)
		list = append(list, f)
	}
	return list
}

func (v figuresView) figures() (list []figure) {
	for _, r := range v.Rows {
		for n, one := range r.Values {
			f := figure{Name: r.ID, What: r.Title, Value: one.Value, Word: one.Quantity, Period: firstOf(one.Period, v.PrintedOn)}
			if n > 0 {
				f.Name += "." + strconv.Itoa(n)
			}
			if len(r.PrintedIn) > 0 {
				f.Source = r.PrintedIn[0].Name
			}
			list = append(list, f)
		}
	}
	return list
}

func (v timelineView) figures() (list []figure) {
	for _, r := range v.Facts {
		if r.Value == "" {
			continue
		}
		f := figure{Name: r.ID, What: r.Title, Value: r.Value, Word: quantity(r.Value, "", r.Unit), Period: firstOf(r.To, r.From)}
		if len(r.Sources) > 0 {
			f.Source = r.Sources[0].Name
		}
		list = append(list, f)
	}
	return list
}

// moneyFigures are totals of money, by stage, currency and kind, and of people.
func moneyFigures(money []moneyTotal, people Text) (list []figure) {
	for _, m := range money {
		name := "money." + nameOf(m.Stage) + "." + nameOf(m.Currency)
		if m.InKind {
			name += ".in_kind"
		}
		if m.Stated {
			name += ".elsewhere"
		}
		amount := everyLang(func(l locale.Lang) string { return m.Currency + " " + l.Number(m.Amount) })
		list = append(list, figure{Name: name, What: phrase("cite.what.money", "is", m.Is), Value: m.Amount, Word: amount, Unit: same(m.Currency)})
	}
	if people != nil {
		list = append(list, figure{Name: "people", What: message("cite.what.people"), Word: people})
	}
	return list
}
