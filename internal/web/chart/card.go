package chart

// Card is one figure as a picture that stands alone: in a document, on another
// site, in a message. It has its own colours and no font of its own; its texts are
// texts, so that they can be searched, read aloud and copied.
type Card struct {
	Title       string // for who listens
	Description string
	Lang        string
	RTL         bool
	Above       string   // the compact
	Value       string   // the figure, large
	What        string   // what it is
	Small       []string // year, source, page, date
	Address     string
	Mark        string // of a sample; "" for none
}

// Measures of a card.
const (
	cardWidth  = 640
	cardEdge   = 32.0
	cardInner  = cardWidth - 2*cardEdge
	cardNumber = 44.0
	cardWhat   = 22.0
	cardSmall  = 15.0
)

// SVG draws the card; it is as high as its texts ask for.
func (c Card) SVG() string {
	var body canvas
	y := 48.0
	if c.Mark != "" {
		body.put(`<rect x="0" y="0" width="`, cardWidth, `" height="34" fill="#8a3b00"/>`)
		y = c.block(&body, 23, []string{c.Mark}, 16, `font-weight="700" fill="#ffffff"`, 1) + 14
		y = max(y, 70)
	}
	y = c.block(&body, y, []string{c.Above}, cardSmall, `fill="#4a4a4a"`, 2)
	y = c.block(&body, y+cardNumber*0.9, []string{c.Value}, cardNumber, `font-weight="700" fill="#111111"`, 3)
	y = c.block(&body, y-14, []string{c.What}, cardWhat, `fill="#111111"`, 4)
	body.put(`<rect x="`, cardEdge, `" y="`, y-6, `" width="`, cardInner, `" height="2" fill="#b5b5b5"/>`)
	y = c.block(&body, y+20, c.Small, cardSmall, `fill="#333333"`, 3)
	y = c.ltr().block(&body, y, []string{c.Address}, 13, `fill="#333333"`, 3)
	height := y + 4
	var out canvas
	out.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, cardWidth, ` `, height, `" width="`, cardWidth, `" height="`, height, `" role="img" aria-labelledby="t d" xml:lang="`, text(c.Lang),
		`" font-family="system-ui, 'Noto Sans', 'Noto Naskh Arabic', 'Noto Sans CJK SC', sans-serif">`,
		`<title id="t">`, text(plain(c.Title)), `</title><desc id="d">`, text(plain(c.Description)), `</desc>`,
		`<rect x="0" y="0" width="`, cardWidth, `" height="`, height, `" fill="#ffffff" stroke="#b5b5b5"/>`)
	out.WriteString(body.String())
	out.put(`</svg>`, "\n")
	return out.String()
}

// ltr is the card for what is written from left to right in every language, such as an address.
func (c Card) ltr() Card {
	c.RTL = false
	return c
}

// block writes texts one under the other, each of at most so many lines, and gives
// the base line of what comes next.
func (c Card) block(out *canvas, y float64, texts []string, size float64, look string, lines int) float64 {
	x, direction := cardEdge, "ltr"
	if c.RTL {
		x, direction = cardWidth-cardEdge, "rtl"
	}
	for _, one := range texts {
		for _, line := range wrap(one, size, cardInner, lines) {
			out.put(`<text x="`, x, `" y="`, y, `" font-size="`, size, `" direction="`, direction, `" unicode-bidi="plaintext" `, look, `>`, text(line), `</text>`)
			y += size * 1.45
		}
	}
	return y
}
