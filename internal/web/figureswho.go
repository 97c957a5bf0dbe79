package web

import (
	"strconv"

	"kept/internal/locale"
)

// Figures of who takes part, of what was said against the record, and of the record.

func (v partiesView) figures() []figure {
	return []figure{counted("total", message("cite.what.parties_listed"), v.Total), counted("adopted", message("cite.what.adopted"), v.Adopted),
		counted("endorsed", message("cite.what.endorsed"), v.Endorsed), counted("elsewhere", message("cite.what.parties_elsewhere"), v.Elsewhere)}
}

func (v partyView) figures() []figure {
	commitments := int64(0)
	if v.Commitments != nil {
		commitments = v.Commitments.Total
	}
	list := append([]figure{counted("commitments", message("cite.what.party_commitments"), commitments)}, moneyFigures(v.Money, v.People)...)
	list = append(list, named("named.", moneyFigures(v.Named, nil))...)
	return append(list, v.Support.figures()...)
}

func (v balanceView) figures() []figure {
	list := []figure{counted("parties", message("balance.parties"), v.Parties), counted("families", message("balance.families"), v.Families),
		counted("represented", message("balance.represented"), v.Represented)}
	for _, d := range v.Dimensions {
		list = append(list, d.figures()...)
	}
	return list
}

// figures are the cells of one table of a balance.
func (d dimensionView) figures() (list []figure) {
	for _, r := range d.Rows {
		at := d.Name + "." + nameOf(r.Code) + "."
		of := func(key string) Text { return phrase("cite.what.of", "of", r.NameIs, "what", message(key)) }
		share := func(name, key, value string) {
			if value != "" {
				list = append(list, figure{Name: at + name, What: of(key), Value: value, Word: everyLang(func(l locale.Lang) string { return percent(l, value) })})
			}
		}
		list = append(list, counted(at+"parties", of("balance.parties"), r.Parties), counted(at+"families", of("balance.families"), r.Families))
		share("share", "balance.share", r.Share)
		share("expected", "balance.expected", r.Expected)
		if r.Ratio != "" {
			word := everyLang(func(l locale.Lang) string { return l.Number(r.Ratio) + " " + textOf(r.WordIs, l) })
			list = append(list, figure{Name: at + "ratio", What: of("balance.ratio"), Value: r.Ratio, Code: r.Word, Word: word})
		}
	}
	return list
}

func (v participationView) figures() (list []figure) {
	for _, r := range v.Rows {
		at := strconv.FormatInt(r.Entry, 10) + "."
		own := []figure{counted("parties", message("balance.parties"), r.Parties), counted("families", message("balance.families"), r.Families),
			counted("represented", message("balance.represented"), r.Represented)}
		for _, d := range r.Dimensions {
			own = append(own, d.figures()...)
		}
		for i := range own {
			own[i].Period, own[i].Entry = r.On, r.Entry
		}
		list = append(list, named(at, own)...)
	}
	return list
}

func (v addresseesView) figures() (list []figure) {
	for _, rows := range [][]addresseeRow{v.Asked, v.Others} {
		for _, r := range rows {
			list = append(list, counted(r.ID+".asked", phrase("cite.what.of", "of", r.Title, "what", message("cite.what.asked")), r.Asked),
				counted(r.ID+".named", phrase("cite.what.of", "of", r.Title, "what", message("cite.what.named")), r.Named))
		}
	}
	return list
}

func (v addresseeView) figures() []figure {
	return []figure{counted("asked", message("cite.what.asked"), v.Total)}
}

func (v bodiesView) figures() []figure {
	return []figure{counted("total", message("menu.bodies"), v.Total)}
}

func (v documentsView) figures() []figure {
	return []figure{counted("total", message("menu.documents"), v.Total)}
}

func (v correctionsView) figures() []figure {
	list := v.Times.figures()
	for _, y := range v.Years {
		list = append(list, named(y.Year+".", y.figures())...)
	}
	return append(list, counted("disputes", message("disputes.title"), v.Disputes))
}

func (t timesView) figures() []figure {
	list := []figure{counted("asked", message("corrections.asked"), t.Asked), counted("answered", message("cite.what.answered"), t.Answered), counted("open", message("corrections.open"), t.Open)}
	if t.Median != "" {
		list = append(list, figure{Name: "median_days", What: message("corrections.median"), Value: t.Median}, counted("slowest_days", message("corrections.slowest"), t.Slowest))
	}
	for i := range list {
		list[i].Period = t.Year
	}
	return list
}

func (v recordView) figures() []figure {
	return []figure{counted("size", message("record.size"), v.Size)}
}
