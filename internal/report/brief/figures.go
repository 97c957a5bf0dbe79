package brief

import (
	"cmp"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/report/paper"
)

// figures is one table of all numbers, each with a footnote that says where it
// comes from and how it is checked.
func (w *page) figures() {
	w.Heading(w.lang.T("brief.figures"))
	counted := w.Note(w.countNote()...)
	rows := [][]paper.Line{w.count("item.fact.registered", w.registered(), counted)}
	if w.Counts.Registered > 0 {
		r := w.Counts.Reporting
		rows = append(rows, w.count("item.fact.reported", w.lang.Int(r[commitment.Current])+" ("+w.lang.T("item.fact.rest", "notdue", r[commitment.NotDue],
			"due", r[commitment.Due], "overdue", r[commitment.Overdue], "silent", r[commitment.Silent], "lapsed", r[commitment.Lapsed])+")", counted))
	}
	if w.Counts.Elsewhere > 0 {
		rows = append(rows, w.count("item.elsewhere", w.lang.Int(w.Counts.Elsewhere), counted))
	}
	if w.People != "" {
		rows = append(rows, []paper.Line{{w.said("totals.people", "n", w.Reach, "people", w.lang.Number(w.People)), counted}, {paper.Plain(w.lang.Number(w.People))}, {w.year(w.Date)}})
	}
	for _, t := range w.Targets {
		rows = append(rows, w.target(t))
	}
	for _, s := range w.Series[:min(len(w.Series), mostSeries)] {
		rows = append(rows, w.seriesRow(s))
	}
	w.Table(w.lang.T("brief.figures_caption"), w.heads("brief.figure", "item.latest", "brief.when"), rows)
	if more := len(w.Series) - mostSeries; more > 0 {
		w.Paragraph(w.said("brief.label", "label", w.lang.T("brief.more", "n", more)), paper.Plain(" "), w.address("/items/"+w.Item))
	}
}

func (w *page) registered() string {
	if w.Counts.Registered == 0 {
		return w.lang.Int(0)
	}
	return w.lang.T("item.fact.by", "n", w.Counts.Registered, "parties", w.Counts.Parties)
}

func (w *page) count(key, value string, note paper.Span) []paper.Line {
	return []paper.Line{{w.said(key), note}, {paper.Plain(value)}, {w.year(w.Date)}}
}

func (w *page) year(date string) paper.Span { return paper.Plain(w.lang.Date(date)) }

// countNote says how the counts of commitments come about.
func (w *page) countNote() paper.Line {
	return paper.Line{w.said("brief.note.count", "date", w.lang.Date(w.Date), "size", w.Size), paper.Plain(" "), w.address("/commitments?item=" + w.Item)}
}

func (w *page) target(t Target) []paper.Line {
	from := w.said("item.fact.no_baseline")
	if t.Baseline != "" {
		from = w.said("item.fact.baseline", "value", w.lang.Number(t.Baseline), "date", w.lang.Date(t.BaselineOn))
	}
	note := w.Note(w.said("brief.note.target"), paper.Plain(" "), w.link(w.Text), paper.Plain(". "), w.address(t.Href))
	value := paper.Line{from}
	if !t.Measured {
		value = paper.Line{w.said("brief.no_number")}
	}
	return []paper.Line{{w.said("brief.label", "label", w.lang.T("item.fact.target", "id", t.ID)), paper.Plain(" "), w.link(t.Named), note}, value, {w.year(w.TextOn)}}
}

// seriesRow is a figure of the observatory: its source, release, nature and licence
// are in the footnote, and the address under which it leads to the line of the file.
func (w *page) seriesRow(s Series) []paper.Line {
	value, when := paper.Line{w.said("indicator.no_data")}, paper.Line{paper.Plain("–")}
	switch {
	case s.Value != "":
		value = paper.Line{paper.Plain(w.lang.Number(s.Value) + " " + w.unit(s.Unit) + " · "), w.span(s.Area)}
		when = paper.Line{w.year(s.Period)}
	case s.Areas > 0:
		value = paper.Line{paper.Plain(w.lang.T("brief.label", "label", w.lang.T("item.areas_with_value")) + " " + w.lang.Int(s.Areas))}
	}
	return []paper.Line{{w.link(s.Named), w.Note(w.seriesNote(s)...)}, value, when}
}

func (w *page) unit(unit string) string {
	if locale.English.Has("unit." + unit) {
		return w.lang.T("unit." + unit)
	}
	return unit
}

func (w *page) seriesNote(s Series) paper.Line {
	line := paper.Line{{Text: s.Source, Lang: locale.English, Name: true}, paper.Plain(". ")}
	if s.Released != "" {
		line = append(line, paper.Plain(w.lang.T("trace.released", "date", w.lang.Date(s.Released))+" "))
	}
	if s.Retrieved != "" {
		line = append(line, paper.Plain(w.lang.T("trace.retrieved", "date", w.lang.Date(s.Retrieved))+" "))
	}
	if s.Nature != "" {
		line = append(line, paper.Plain(w.lang.T("indicator.nature")+" "+w.lang.T("nature."+s.Nature)+". "))
	}
	line = append(line, paper.Plain(w.lang.T("brief.note.licence")+" "), paper.Span{Text: s.Licence, Name: true}, paper.Plain(". "))
	if s.Bytes != "" {
		line = append(line, paper.Plain(w.lang.T("brief.note.bytes", "entry", s.Entry)+" "), paper.Span{Text: "SHA-256 " + s.Bytes[:16] + "…", Name: true}, paper.Plain(". "))
	}
	if s.Trace == "" {
		return append(line, w.address(s.Href))
	}
	return append(line, w.address(s.Trace))
}

// address is an address of the site, whole, so that it can be read on paper.
func (w *page) address(href string) paper.Span {
	return paper.Span{Text: w.base + "/" + string(w.lang) + href, Href: href, Name: true}
}

// moneys lists money once: stages and currencies apart.
func (w *page) moneys() {
	w.Heading(w.lang.T("commitment.money"))
	if len(w.Money) == 0 {
		w.Paragraph(w.said("gap.money"))
		return
	}
	var lines []paper.Line
	for _, m := range w.Money {
		words := []string{w.lang.T("commitment.money.stage." + m.Stage)}
		if m.InKind {
			words = append(words, w.lang.T("commitment.money.kind.in_kind"))
		}
		if m.Stated {
			words = append(words, w.lang.T("commitment.lifecycle.stated"))
		}
		if m.Before != "" {
			words = append(words, w.lang.T("totals.before", "amount", w.lang.Number(m.Before)))
		}
		lines = append(lines, paper.Line{paper.Span{Text: m.Currency + " " + w.lang.Number(m.Amount), Strong: true, Name: true}, paper.Plain(" " + w.lang.List(words))})
	}
	w.List(lines...)
	w.Paragraph(w.said("totals.once"))
}

// cutOff says up to where the record was read, and how to do it again.
func (w *page) cutOff() {
	w.Heading(w.lang.T("brief.cutoff"))
	w.Paragraph(w.said("brief.cutoff.text", "date", w.lang.Date(w.Date), "size", w.Size))
	w.Paragraph(w.said("brief.verify"), paper.Plain(" "), paper.Span{Text: "kept verify " + cmp.Or(w.base, "ADDRESS"), Name: true}, paper.Plain(" · "),
		paper.Span{Text: "kept brief " + w.Item + " --lang " + string(w.lang) + " --as-of " + w.Date + "." + strconv.FormatInt(w.Size, 10), Name: true})
}

func commitmentHref(id int64) string { return "/commitments/" + strconv.FormatInt(id, 10) }
