package web

// Figures of the report of a period.

// cited is the figure of a report as its own page cites it. What it was put right to
// stands on that page; the release says what it said.
func (f figureRow) cited() figure {
	out := figure{Name: f.ID, What: f.Label, Value: f.Value, Period: f.Year}
	switch {
	case f.Word != nil:
		out.Value, out.Code, out.Word = "", f.Value, f.Word
	case f.Value == "":
		out.Code, out.Word = f.Why, f.WhyIs
	case f.Sign() == "%":
		out.Unit = message("unit.percent")
	case f.Sign() != "":
		out.Unit = same(f.Sign())
	}
	if about, ok := aboutPage(f.Href); ok {
		out.About, out.Link = about.String(), f.Href
	}
	return out
}

func citedRows(rows []figureRow) []figure {
	list := make([]figure, len(rows))
	for i, r := range rows {
		list[i] = r.cited()
	}
	return list
}

func (v periodView) figures() []figure        { return citedRows(v.Facts) }
func (v periodChapterView) figures() []figure { return citedRows(v.Rows) }

func (v periodFigureView) figures() []figure {
	f := v.cited()
	f.Name, f.About = "", ""
	if f.Period == "" {
		f.Period = v.Date
	}
	f.What = phrase("cite.page", "page", f.What, "compact", v.Name)
	f.Source, f.Nature, f.Issued, f.Entry = v.publisher, v.nature, v.Released, v.Entry
	return []figure{f}
}
