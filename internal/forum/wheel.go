package forum

import (
	"slices"

	"kept/internal/compact"
)

// Spoke is a body on the wheel, with the themes of one text that it works on.
type Spoke struct {
	Body   *Body
	Themes []string // in the order of the text
}

// Wheel is a hub and its spokes: by kind of body, and on each the themes of a text
// that the body works on.
type Wheel struct {
	Themes []string // objectives and themes of the text, then its section on follow-up
	Spokes []Spoke  // kind by kind, in the order of [compact.BodyKinds]
	Others int      // bodies that work on nothing of the text
	Ended  int      // bodies that work on something of it and have ended
}

// WheelOf draws bodies together around one of the texts as of a day.
func WheelOf(p *compact.Pack, bodies []Body, text, today string) Wheel {
	themes, of := Themes(p, text)
	w := Wheel{Themes: themes}
	for n := range bodies {
		b := &bodies[n]
		var on []string
		for _, theme := range themes {
			if slices.ContainsFunc(b.Items, func(id string) bool { return of[id] == theme }) {
				on = append(on, theme)
			}
		}
		switch {
		case len(on) == 0:
			w.Others++
		case b.Ended(today):
			w.Ended++
		default:
			w.Spokes = append(w.Spokes, Spoke{b, on})
		}
	}
	slices.SortStableFunc(w.Spokes, func(a, b Spoke) int {
		return slices.Index(compact.BodyKinds, a.Body.Kind) - slices.Index(compact.BodyKinds, b.Body.Kind)
	})
	return w
}

// Ended tells whether a body had ended by a day.
func (b *Body) Ended(today string) bool {
	return b.Until != "" && compact.LastDay(b.Until) < today
}
