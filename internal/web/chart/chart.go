// Package chart draws small pictures of figures as SVG text: a line over years,
// bars, a sparkline, and the world as a grid of equal tiles.
//
// Values go in and markup comes out; nothing is read, and the same values give
// the same bytes. Pictures are made for 360 units of width with text of 11, so
// that they can be read on a narrow phone, and take their colours from the
// page's style sheet. Every picture has a title and says in a sentence what it
// shows; the page has the same figures in a table beside it. A line breaks where
// years are missing: what nobody measured is not drawn.
//
//	chart.Line{ID: "c", Title: "People using the Internet, Kenya, %", …}.SVG()
//
// Coordinates are binary floats, rounded to a tenth of a unit: a picture is no
// figure. Every text that a caller gives is escaped here.
package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// canvas collects markup.
type canvas struct{ strings.Builder }

// put appends parts: strings as markup, numbers as coordinates, text escaped.
func (c *canvas) put(parts ...any) {
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			c.WriteString(p)
		case int:
			c.WriteString(strconv.Itoa(p))
		case float64:
			c.WriteString(unit(p))
		case text:
			template.HTMLEscape(c, []byte(p))
		}
	}
}

// text is what a caller gave, to be escaped.
type text string

func (c *canvas) svg() template.HTML { return template.HTML(c.String()) }

// unit writes a coordinate to a tenth.
func unit(x float64) string {
	s := strconv.FormatFloat(math.Round(x*10)/10, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

// open starts a picture that is read as one image: its title, and a sentence on
// what it shows where there is one.
func (c *canvas) open(class, id string, width, height float64, title, description string) {
	labels := id + "t"
	if description != "" {
		labels += " " + id + "d"
	}
	c.put(`<svg`)
	if class != "" {
		c.put(` class="`, text(class), `"`)
	}
	c.put(` viewBox="0 0 `, width, ` `, height, `" role="img" aria-labelledby="`, text(labels), `" font-size="11" direction="ltr">`)
	c.put(`<title id="`, text(id), `t">`, text(title), `</title>`)
	if description != "" {
		c.put(`<desc id="`, text(id), `d">`, text(description), `</desc>`)
	}
}

// close ends a picture, with the mark of a sample where it has one.
func (c *canvas) close(mark string, width int) {
	if mark != "" {
		c.put(`<text x="`, width-4, `" y="10" text-anchor="end" fill-opacity=".7" font-weight="600">`, text(mark), `</text>`)
	}
	c.put(`</svg>`)
}

// link keeps addresses inside the site: what is none becomes the page itself.
func link(href string) text {
	if strings.HasPrefix(href, "//") || !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "?") {
		return "#"
	}
	return text(href)
}

// letter is about how wide a letter of 11 units is.
const letter = 6.2

// wide is about how wide a text is.
func wide(s string) float64 {
	width := 0.0
	for _, r := range s {
		if r >= 0x2E80 {
			width += letter // letters of Chinese are twice as wide
		}
		width += letter
	}
	return width
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
