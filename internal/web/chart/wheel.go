package chart

import (
	"html/template"
	"math"
)

// Spoke is one body around the hub.
type Spoke struct {
	Label string // written at its end: a short name or code
	Name  string // read aloud, and shown when pointed at
	Href  string // address in this site
	Rings []int  // on which it has a dot, from 0
	Group string // written before the first spoke of a group; "" for the others
}

// Wheel is a hub with spokes: one for each body, in groups, with a dot on the ring of
// every theme that the body works on. Its spokes are links, so it is a group of them
// and not one image; their order is the caller's.
type Wheel struct {
	ID          string
	Title       string
	Description string
	Hub         []string // lines in the middle
	HubHref     string
	Open        bool     // there is no hub: it is drawn as a broken line
	Rings       []string // what is written on them, from the inside
	Spokes      []Spoke
	Mirrored    bool   // for languages from right to left: the first spoke is left of the top
	Mark        string // drawn into the picture: that its figures are a sample
}

// Radii of a wheel, in units of its picture.
const (
	wheelHalf   = 180
	wheelHub    = 32
	wheelFirst  = 54
	wheelLast   = 122
	wheelRim    = 128
	wheelLabel  = 131
	wheelGroup  = 141
	wheelSlots  = 1.6 // empty places before a group, for what is written there
	wheelTop    = 3.0 // empty places at the top, for what is written on the rings
	wheelLetter = 11.0
)

// SVG draws the wheel.
func (w Wheel) SVG() template.HTML {
	var c canvas
	c.put(`<svg class="map chart" viewBox="`, -wheelHalf, ` `, -wheelHalf, ` `, 2*wheelHalf, ` `, 2*wheelHalf, `" role="group" aria-labelledby="`, text(w.ID), `t `, text(w.ID), `d" font-size="11" direction="ltr">`)
	c.put(`<title id="`, text(w.ID), `t">`, text(w.Title), `</title><desc id="`, text(w.ID), `d">`, text(w.Description), `</desc>`)
	w.rings(&c)
	w.hub(&c)
	places := wheelTop
	for _, s := range w.Spokes {
		places++
		if s.Group != "" {
			places += wheelSlots
		}
	}
	at := wheelTop / 2
	for _, s := range w.Spokes {
		if s.Group != "" {
			at += wheelSlots
			w.group(&c, s.Group, w.angle((at-wheelSlots/2)/places))
		}
		w.spoke(&c, s, w.angle((at+0.5)/places))
		at++
	}
	if w.Mark != "" {
		c.put(`<text x="176" y="-170" text-anchor="end" fill-opacity=".7" font-weight="600">`, text(w.Mark), `</text>`)
	}
	c.put(`</svg>`)
	return c.svg()
}

// angle is a share of the way round from the top, in degrees from the right.
func (w Wheel) angle(share float64) float64 {
	if w.Mirrored {
		share = -share
	}
	return -90 + 360*share
}

func (w Wheel) radius(ring int) float64 {
	if len(w.Rings) < 2 {
		return (wheelFirst + wheelLast) / 2
	}
	return wheelFirst + float64(ring)*(wheelLast-wheelFirst)/float64(len(w.Rings)-1)
}

func (w Wheel) rings(c *canvas) {
	c.put(`<g fill="none" stroke="currentColor" stroke-opacity=".2">`)
	for n := range w.Rings {
		c.put(`<circle r="`, w.radius(n), `"/>`)
	}
	c.put(`</g><g text-anchor="middle">`)
	for n, label := range w.Rings {
		c.put(`<text y="`, -w.radius(n)+4, `">`, text(label), `</text>`)
	}
	c.put(`</g>`)
}

func (w Wheel) hub(c *canvas) {
	c.put(`<a href="`, link(w.HubHref), `"><circle r="`, wheelHub, `" fill="none" stroke="currentColor"`)
	if w.Open {
		c.put(` stroke-dasharray="4 3"`)
	}
	c.put(`/><g text-anchor="middle">`)
	y := -wheelLetter*float64(len(w.Hub)-1)/2 + 4
	for _, line := range w.Hub {
		c.put(`<text y="`, y, `">`, text(line), `</text>`)
		y += wheelLetter + 1
	}
	c.put(`</g></a>`)
}

func (w Wheel) group(c *canvas, label string, angle float64) {
	sin, cos := math.Sincos(angle * math.Pi / 180)
	c.put(`<text x="`, wheelGroup*cos, `" y="`, wheelGroup*sin+4, `" text-anchor="middle" font-weight="700">`, text(label), `</text>`)
}

// spoke draws a line to the right and turns it; what is written on the left half is
// turned back, so that it can be read.
func (w Wheel) spoke(c *canvas, s Spoke, angle float64) {
	c.put(`<a href="`, link(s.Href), `" transform="rotate(`, angle, `)"><title>`, text(s.Name), `</title><path stroke="currentColor" stroke-opacity=".35" d="M`, wheelHub, ` 0H`, wheelRim, `"/>`)
	for _, ring := range s.Rings {
		if ring >= 0 && ring < len(w.Rings) {
			c.put(`<circle cx="`, w.radius(ring), `" r="3.4" fill="currentColor"/>`)
		}
	}
	if math.Cos(angle*math.Pi/180) < -1e-9 {
		c.put(`<text x="`, -wheelLabel, `" y="4" transform="rotate(180)" text-anchor="end">`, text(s.Label), `</text></a>`)
		return
	}
	c.put(`<text x="`, wheelLabel, `" y="4">`, text(s.Label), `</text></a>`)
}

// WheelLines breaks what stands in the hub.
func WheelLines(s string) []string { return wrap(s, wheelLetter, 2*wheelHub-10, 3) }

// WheelFits tells whether a label has room at the end of a spoke.
func WheelFits(label string) bool { return width(label, wheelLetter) <= wheelHalf-wheelLabel }
