package chart

import (
	"html/template"
	"math"
	"strconv"
)

// Point is one value of a line.
type Point struct {
	At    float64 // year; June 2022 is about 2022.5
	Value float64
	Label string // value with its period, as the page writes them; shown when pointed at
	Text  string // value alone, drawn beside the point where there are few
}

// Series is one line of a picture.
type Series struct {
	Name   string // drawn at its end where there are several
	Points []Point
}

// Goal is a level that a line is to reach.
type Goal struct {
	Value float64
	Label string
}

// Line is a chart of values over years.
type Line struct {
	ID          string // of the picture on its page: letters and digits
	Title       string
	Description string // the finding, in a sentence
	Series      []Series
	Goal        *Goal
	Zero        bool                        // the scale begins at zero
	Top         float64                     // natural end of the scale, 0 for none: 100 for a percentage
	Gap         float64                     // points farther apart than this are not joined; 0 joins all
	Number      func(decimal string) string // writes a mark in the reader's language; nil leaves it
	Mark        string                      // drawn into the picture: that its figures are a sample
}

const (
	lineWidth  = 360
	lineHeight = 216
	lineTop    = 24
	lineBottom = 186
	fewPoints  = 12 // with no more each gets a dot and its own title
	labelled   = 6  // with no more each gets its value beside it
)

// SVG draws the chart.
func (l Line) SVG() template.HTML {
	var c canvas
	c.open("chart", l.ID, lineWidth, lineHeight, l.Title, l.Description)
	x, y, ok := l.axes()
	if ok {
		l.grid(&c, x, y)
		for i, s := range l.Series {
			l.series(&c, x, y, i, s)
		}
	}
	c.close(l.Mark, lineWidth)
	return c.svg()
}

// axes takes in all finite points and the goal; ok is false when there are none.
func (l Line) axes() (x, y axis, ok bool) {
	left, right, low, high := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range l.Series {
		for _, p := range s.Points {
			if finite(p.At) && finite(p.Value) {
				left, right = min(left, p.At), max(right, p.At)
				low, high = min(low, p.Value), max(high, p.Value)
			}
		}
	}
	if left > right {
		return x, y, false
	}
	if l.Goal != nil {
		low, high = min(low, l.Goal.Value), max(high, l.Goal.Value)
	}
	if l.Zero {
		low = min(low, 0)
	}
	y = newAxis(low, high, 4)
	if l.Top > low && y.high > l.Top && high <= l.Top {
		y.high = l.Top
	}
	y.from, y.to = lineBottom, lineTop
	x = newAxis(left, right, 5)
	x.low, x.high, x.step = math.Floor(left), max(right, math.Floor(left)+1), max(1, math.Ceil(x.step))
	margin := 0.0
	for _, v := range y.marks() {
		margin = max(margin, wide(l.number(y.label(v))))
	}
	x.from, x.to = margin+8, lineWidth-14-l.names()
	return x, y, true
}

// names is the room at the right for the names of several lines.
func (l Line) names() (width float64) {
	if len(l.Series) < 2 {
		return 0
	}
	for _, s := range l.Series {
		width = max(width, min(wide(s.Name), 90)+4)
	}
	return width
}

func (l Line) number(decimal string) string {
	if l.Number == nil {
		return decimal
	}
	return l.Number(decimal)
}

func (l Line) grid(c *canvas, x, y axis) {
	c.put(`<g stroke="currentColor" stroke-opacity=".16"><path d="`)
	for _, v := range y.marks() {
		c.put(`M`, x.from, ` `, y.at(v), `H`, x.to)
	}
	c.put(`"/></g><g fill-opacity=".75">`)
	for _, v := range y.marks() {
		c.put(`<text x="`, x.from-4, `" y="`, y.at(v)+4, `" text-anchor="end">`, text(l.number(y.label(v))), `</text>`)
	}
	first := math.Ceil(x.low/x.step) * x.step
	for v := first; v <= x.high; v += x.step {
		c.put(`<text x="`, x.at(v), `" y="206" text-anchor="middle">`, strconv.Itoa(int(v)), `</text>`)
	}
	c.put(`</g>`)
	if l.Goal != nil {
		at := y.at(l.Goal.Value)
		c.put(`<path d="M`, x.from, ` `, at, `H`, x.to, `" stroke="var(--warn)" stroke-width="1.5" stroke-dasharray="4 3"/>`)
		c.put(`<text x="`, x.to, `" y="`, at-4, `" text-anchor="end">`, text(l.Goal.Label), `</text>`)
	}
}

// strokes tell several lines apart without colour.
var strokes = []string{
	`stroke="var(--link)" stroke-width="2"`, `stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 3"`,
	`stroke="currentColor" stroke-width="1.5" stroke-dasharray="1.5 2.5"`, `stroke="currentColor" stroke-width="1"`,
}

func (l Line) series(c *canvas, x, y axis, n int, s Series) {
	var points []Point
	for _, p := range s.Points {
		if finite(p.At) && finite(p.Value) {
			points = append(points, p)
		}
	}
	if len(points) == 0 {
		return
	}
	path, alone := l.path(points, x, y)
	if path != "" {
		c.put(`<path d="`, path, `" fill="none" `, strokes[n%len(strokes)], `/>`)
	}
	switch few := len(points) <= fewPoints && len(l.Series) == 1; {
	case few:
		for _, p := range points {
			l.dot(c, x, y, p, len(points) <= labelled)
		}
	default:
		for _, p := range alone {
			c.put(`<circle cx="`, x.at(p.At), `" cy="`, y.at(p.Value), `" r="2" fill="var(--link)"/>`)
		}
	}
	if len(l.Series) > 1 {
		last := points[len(points)-1]
		c.put(`<text x="`, x.to+4, `" y="`, y.at(last.Value)+4, `">`, text(s.Name), `</text>`)
	}
}

// path joins the points whose distance is not above the gap, and gives those that
// stand alone.
func (l Line) path(points []Point, x, y axis) (string, []Point) {
	var c canvas
	var alone []Point
	apart := func(i, j int) bool {
		return i < 0 || j >= len(points) || l.Gap > 0 && points[j].At-points[i].At > l.Gap+1e-9
	}
	for i, p := range points {
		start, end := apart(i-1, i), apart(i, i+1)
		switch {
		case start && end:
			alone = append(alone, p)
			continue
		case start:
			c.put(`M`)
		default:
			c.put(`L`)
		}
		c.put(x.at(p.At), ` `, y.at(p.Value))
	}
	return c.String(), alone
}

func (l Line) dot(c *canvas, x, y axis, p Point, label bool) {
	c.put(`<circle cx="`, x.at(p.At), `" cy="`, y.at(p.Value), `" r="3" fill="var(--link)"><title>`, text(p.Label), `</title></circle>`)
	if !label || p.Text == "" {
		return
	}
	anchor, at := "end", x.at(p.At)-5
	if at-wide(p.Text) < x.from {
		anchor, at = "start", x.at(p.At)+5
	}
	c.put(`<text x="`, at, `" y="`, max(y.at(p.Value)-6, 10), `" text-anchor="`, anchor, `" font-weight="600">`, text(p.Text), `</text>`)
}

// Spark is a line without axes, to stand in a table beside its figure.
type Spark struct {
	ID     string
	Title  string
	Points []Point
	Gap    float64
}

const (
	sparkWidth  = 80
	sparkHeight = 20
)

// SVG draws the line.
func (s Spark) SVG() template.HTML {
	var c canvas
	c.put(`<svg class="spark" viewBox="0 0 80 20" width="80" height="20" role="img" aria-labelledby="`, text(s.ID), `t"><title id="`, text(s.ID), `t">`, text(s.Title), `</title>`)
	l := Line{Series: []Series{{Points: s.Points}}, Gap: s.Gap}
	if x, y, ok := l.axes(); ok {
		y.from, y.to = sparkHeight-2, 2
		x.from, x.to = 2, sparkWidth-2
		path, alone := l.path(s.Points, x, y)
		if path != "" {
			c.put(`<path d="`, path, `" fill="none" stroke="var(--link)" stroke-width="1.5"/>`)
		}
		for _, p := range alone {
			c.put(`<circle cx="`, x.at(p.At), `" cy="`, y.at(p.Value), `" r="1.5" fill="var(--link)"/>`)
		}
	}
	c.put(`</svg>`)
	return c.svg()
}
