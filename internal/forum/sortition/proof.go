package sortition

import "math/big"

// Proof lets somebody else check that a portfolio is what it says, without
// computing it again: the types, and for each level one inequality that every
// feasible panel meets, with the panel that meets it with equality.
type Proof struct {
	Types []Type `json:"types"`
	Steps []Step `json:"steps"`
}

// Type is a set of people with equal values and affiliation.
type Type struct {
	Values []string `json:"values"`
	Group  string   `json:"group,omitempty"`
	People []int32  `json:"people"` // indexes into the pool, ascending
}

// Step proves the upper bound of one level: no feasible panel has a larger sum of
// Weights over its members than Bound, which the panel Best reaches (but for a
// rounding of the weights, where they are large). Chances of
// types that were settled at earlier levels are put in; what is left bounds the
// smallest chance of all others by Limit.
type Step struct {
	Level   int      `json:"level"`   // from 0
	Settled []int32  `json:"settled"` // the types that can have no more than Limit
	Weights []int64  `json:"weights"` // of each type, none below zero
	Bound   int64    `json:"bound"`   // the largest sum of weights, proved
	Best    []int32  `json:"best"`    // how many of each type sit on the panel that reaches it
	Nodes   int      `json:"nodes"`   // of the search that proved it
	Limit   *big.Rat `json:"limit"`   // what it bounds the level's chance by
}
