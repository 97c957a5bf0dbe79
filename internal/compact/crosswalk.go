package compact

import (
	"cmp"
	"strconv"
)

// Schemes of the crosswalk: what the ends of ties outside the text in force belong to.
const (
	SchemeSDG     = "sdg"     // a Sustainable Development Goal ("9") or a target of one ("9.c")
	SchemeWSIS    = "wsis"    // an action line ("C4")
	SchemeOCA     = "oca"     // an aim of this pack
	SchemeText    = "text"    // a paragraph of another document, as people cite it
	SchemeEarlier = "earlier" // a part of an earlier text of this compact
)

// Schemes are all schemes, in the order of pages.
var Schemes = []string{SchemeSDG, SchemeWSIS, SchemeOCA, SchemeText, SchemeEarlier}

// Relations of goals that the text itself names: this one, or all of them at once.
const (
	RelationNamed = "named"
	RelationAll   = "all"
)

// Tie is one line of the crosswalk, read in either direction: a part of this
// compact, something outside it, how they stand to one another and who says so.
type Tie struct {
	Part       string // item, mechanism or target
	Scheme, To string
	Relation   string // same, contributes, overlaps, depends; named, all; or the outcome of a [Change]
	Strength   int64  // 1 weak to 3 strong; 0 where nobody says
	Text       string // the text that says so itself; else
	AssertedBy string // the source that asserts it; else "", which is our own reading
	On         string // when it was asserted
	Note       string
	Certain    bool
}

// Crosswalk lists all ties, in the order of the texts and of the pack's links.
//
// They come from three places: the goals that a text names beside its items, the
// links that a source asserts, and what became of the parts of an earlier text.
// The list is the pack's own: whoever changes it clones it.
func (p *Pack) Crosswalk() []Tie { return p.index.ties }

func crosswalk(p *Pack) []Tie {
	var ties []Tie
	for _, t := range p.Texts {
		for _, i := range t.Items {
			relation := RelationNamed
			if i.SDG.All {
				relation = RelationAll
			}
			for _, goal := range i.SDG.each() {
				ties = append(ties, Tie{Part: i.ID, Scheme: SchemeSDG, To: goal, Relation: relation, Text: t.ID, On: t.On, Certain: i.Certain})
			}
		}
	}
	for _, l := range p.Links {
		ties = append(ties, Tie{Part: l.From, Scheme: l.Scheme, To: l.To, Relation: l.Relation, Strength: l.Strength, AssertedBy: l.AssertedBy, On: l.On, Note: l.Note, Certain: l.Certain})
	}
	for _, c := range p.Changes {
		for _, to := range c.To {
			tie := Tie{Part: to, Scheme: SchemeEarlier, To: c.From, Relation: c.Outcome, On: p.Version, Certain: true}
			if c.Weak {
				tie.Strength = 1
			}
			if len(c.Sources) > 0 {
				tie.AssertedBy = c.Sources[0]
			}
			ties = append(ties, tie)
		}
	}
	return ties
}

// TiesOf lists the ties of one part of this compact.
func (p *Pack) TiesOf(part string) []Tie {
	var ties []Tie
	for _, t := range p.Crosswalk() {
		if t.Part == part {
			ties = append(ties, t)
		}
	}
	return ties
}

// CompareEnds orders ends as people count them: 9 before 10, 9 before 9.1, C2 before C10.
func CompareEnds(a, b string) int {
	for a != "" && b != "" {
		m, n := leadingNumber(a), leadingNumber(b)
		if m > 0 && n > 0 {
			x, _ := strconv.Atoi(a[:m])
			y, _ := strconv.Atoi(b[:n])
			if x != y {
				return cmp.Compare(x, y)
			}
			a, b = a[m:], b[n:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber is how many digits a text begins with, at most nine.
func leadingNumber(s string) int {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
