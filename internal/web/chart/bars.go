package chart

import "html/template"

// Bar is one bar with its label and its value as the page writes it.
type Bar struct {
	Label string
	Value float64
	Text  string
}

// Bars is a chart of horizontal bars, one under the other in the caller's order.
type Bars struct {
	ID          string
	Title       string
	Description string
	Rows        []Bar
	Top         float64 // natural end of the scale, 0 for the greatest value
	Mark        string  // drawn into the picture: that its figures are a sample
}

const (
	barHeight = 34
	barRoom   = 300
)

// SVG draws the bars from zero; a value that is none or below zero has no bar.
func (b Bars) SVG() template.HTML {
	var c canvas
	c.open("chart", b.ID, lineWidth, float64(max(1, len(b.Rows))*barHeight), b.Title, b.Description)
	top := b.Top
	for _, r := range b.Rows {
		if finite(r.Value) && b.Top <= 0 {
			top = max(top, r.Value)
		}
	}
	for i, r := range b.Rows {
		at := float64(i * barHeight)
		c.put(`<text x="0" y="`, at+11, `">`, text(r.Label), `</text>`)
		width := 0.0
		if finite(r.Value) && r.Value > 0 && top > 0 {
			width = min(r.Value/top, 1) * barRoom
			c.put(`<rect x="0" y="`, at+15, `" width="`, width, `" height="12" fill="var(--link)"/>`)
		}
		c.put(`<text x="`, width+5, `" y="`, at+25, `" font-weight="600">`, text(r.Text), `</text>`)
	}
	c.close(b.Mark, lineWidth)
	return c.svg()
}
