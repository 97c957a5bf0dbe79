// Package sortition selects a panel by lot so that it meets quotas and each
// person's chance is as equal as the quotas permit.
//
// A pool of people offers itself for so many seats. Each person has one value in
// every category (region: Africa, segment: government …); a quota says how many of
// the panel have a value, at least and at most. A panel that meets all quotas is
// feasible. Instead of choosing one panel by some order of steps, which nobody can
// judge, we compute a portfolio: a list of feasible panels, each with its weight.
// One ticket among Total then draws the panel, and a person's chance is the sum of
// the weights of the panels that she sits on, over Total.
//
// LEXIMIN (Leximin) is the portfolio that makes the smallest chance as large as it
// can be, then the second smallest, and so on: nobody can be given more without
// taking from somebody who has less. Maximin stops at the smallest, Nash makes the
// product of the chances largest; they are here for comparison.
//
// People with equal values and affiliation are of one type. LEXIMIN gives them
// equal chances, so that all computing is about types: how many of each type sit.
// Whole numbers and math/big decide; floating point proposes only. The same
// instance gives the same portfolio, to the byte, on every machine: fixed orders,
// no clock, no randomness, products written so that no compiler fuses them.
//
//	in := &sortition.Instance{Seats: 2, Categories: …, Pool: …}
//	p, err := sortition.Leximin(ctx, in, sortition.Options{})
//	p.Chances(len(in.Pool))[0].RatString() // "1/3"
package sortition

import (
	"math/big"
)

// Value is one value of a category and its quota: at least Min and at most Max
// members of the panel have it.
type Value struct {
	Name string `json:"name"`
	Min  int    `json:"min"`
	Max  int    `json:"max"`
}

// Category is an attribute that has quotas. Each person has exactly one of its
// values.
type Category struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
}

// Person is one member of the pool.
type Person struct {
	ID     string   `json:"id"`
	Values []string `json:"values"`          // in the order of the categories
	Group  string   `json:"group,omitempty"` // affiliation; empty: none, no rule applies
}

// Instance is a question: the seats, the quotas and the pool.
type Instance struct {
	Seats       int        `json:"seats"`
	Categories  []Category `json:"categories"`
	Pool        []Person   `json:"pool"`
	MostOfGroup int        `json:"most_of_group,omitempty"` // at most so many of one affiliation; 0: no rule
}

// Panel is a feasible panel: indexes into the pool, ascending.
type Panel []int32

// Portfolio is the answer: a panel is drawn with the chance Weights[i]/Total. The
// weights are whole numbers without a limit, since people of one type have equal
// chances to the last digit.
type Portfolio struct {
	Method  string     `json:"method"`
	Panels  []Panel    `json:"panels"`
	Weights []*big.Int `json:"weights"`
	Total   *big.Int   `json:"total"`
	Levels  []Level    `json:"levels"`
	Proof   Proof      `json:"proof"`
}

// Level is one step of the stairs of chances: so many people have this chance.
type Level struct {
	Chance *big.Rat `json:"chance"`
	People int      `json:"people"`
}

// Options say how a portfolio is computed; none of them changes the result.
type Options struct {
	Log func(string) // progress in plain words, for a person who waits; nil: none
}

// Chances are the chances of the n people of the pool, in its order. They sum to
// the number of seats.
func (p *Portfolio) Chances(n int) []*big.Rat {
	weight := make([]*big.Int, n)
	for i := range weight {
		weight[i] = new(big.Int)
	}
	for i, panel := range p.Panels {
		for _, person := range panel {
			weight[person].Add(weight[person], p.Weights[i])
		}
	}
	chances := make([]*big.Rat, n)
	for i := range chances {
		chances[i] = new(big.Rat).SetFrac(weight[i], p.Total)
	}
	return chances
}

// Ticket is the number of the panel that a ticket draws, 0 <= ticket < Total: the
// panels lie one after the other, each as long as its weight.
func (p *Portfolio) Ticket(ticket *big.Int) int {
	left := new(big.Int).Set(ticket)
	for i, w := range p.Weights {
		if left.Cmp(w) < 0 {
			return i
		}
		left.Sub(left, w)
	}
	return -1
}
