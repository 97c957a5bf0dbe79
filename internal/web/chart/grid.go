package chart

import "html/template"

// Tile is one country or area on the map: one equal square, no border drawn.
type Tile struct {
	Code     string // written on the tile
	Name     string // "Kenya: 29 (2023)": read aloud, and shown when pointed at
	Href     string // address in this site
	Col, Row int
	Step     int // of the ramp, 0 to 5; below zero: no value
}

// Grid is the map of tiles. Its tiles are links, so it is a group of them and
// not one image; their order, which is that of the keyboard, is the caller's.
type Grid struct {
	ID    string
	Title string
	Tiles []Tile
	Mark  string // drawn into the picture: that its figures are a sample
}

// side is the length of a tile's cell.
const side = 25

// Steps is the number of steps of the ramp.
const Steps = 6

var stepClasses = [Steps]string{"b0", "b1", "b2", "b3", "b4", "b5"}

// SVG draws the map. Its hatching has the id "h", which the style sheet names.
func (g Grid) SVG() template.HTML {
	var c canvas
	columns, rows := 1, 1
	for _, t := range g.Tiles {
		columns, rows = max(columns, t.Col+1), max(rows, t.Row+1)
	}
	c.put(`<svg class="map" viewBox="0 0 `, columns*side, ` `, rows*side, `" font-size="9" text-anchor="middle" role="group" aria-labelledby="`, text(g.ID), `t">`)
	c.put(`<title id="`, text(g.ID), `t">`, text(g.Title), `</title><defs><pattern id="h" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V4" stroke="currentColor" stroke-opacity=".35"/></pattern></defs>`)
	for _, t := range g.Tiles {
		class := "u"
		if t.Step >= 0 {
			class = stepClasses[min(t.Step, Steps-1)]
		}
		x, y := t.Col*side+1, t.Row*side+1
		c.put(`<a href="`, link(t.Href), `" transform="translate(`, x, ` `, y, `)"><title>`, text(t.Name), `</title><rect class="`, class, `" width="23" height="23"/><text x="11" y="15">`, text(t.Code), `</text></a>`)
	}
	c.close(g.Mark, columns*side)
	return c.svg()
}

// Ramp says where its steps begin: five edges between six steps.
type Ramp [Steps - 1]float64

// EvenRamp parts a range into equal steps.
func EvenRamp(low, high float64) (r Ramp) {
	for i := range r {
		r[i] = low + (high-low)*float64(i+1)/Steps
	}
	return r
}

// Step is the step that a value belongs to.
func (r Ramp) Step(x float64) int {
	if !finite(x) {
		return -1
	}
	for i, edge := range r {
		if x < edge {
			return i
		}
	}
	return Steps - 1
}

// Legend draws the steps of the ramp with the seven values between and around
// them, as the page writes them. The values come first: the style sheet gives a
// text that follows a dark step the colour of paper.
func Legend(labels [Steps + 1]string) template.HTML {
	var c canvas
	c.put(`<svg class="map legend" viewBox="0 0 360 30" direction="ltr" font-size="11" aria-hidden="true">`)
	for i, label := range labels {
		x, anchor := i*60, "middle"
		switch i {
		case 0:
			anchor = "start"
		case Steps:
			x, anchor = 358, "end"
		}
		c.put(`<text x="`, x, `" y="25" text-anchor="`, anchor, `">`, text(label), `</text>`)
	}
	for i, class := range stepClasses {
		c.put(`<rect x="`, i*60, `" y="1" width="58" height="10" class="`, class, `"/>`)
	}
	c.put(`</svg>`)
	return c.svg()
}
