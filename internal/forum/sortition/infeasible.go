package sortition

import (
	"errors"
	"fmt"
	"strings"
)

// Side is the lower or the upper end of a quota.
type Side string

// The sides of a quota.
const (
	Least Side = "min"
	Most  Side = "max"
)

// Bound is one end of one quota, or the rule about affiliations.
type Bound struct {
	Category string // empty: the rule about affiliations, at most At of one
	Value    string
	Side     Side
	At       int // the number it stands at
}

// Change is a bound that gives way.
type Change struct {
	Bound
	To int // the number it would have to stand at
}

// Infeasible is the error of a question that no panel answers.
type Infeasible struct {
	Conflict []Bound  // a smallest set of bounds that cannot hold together
	Relaxed  []Change // the least change, summed over bounds, that lets a panel exist
}

func (e *Infeasible) Error() string {
	var conflict, relaxed []string
	for _, b := range e.Conflict {
		conflict = append(conflict, b.String())
	}
	for _, c := range e.Relaxed {
		relaxed = append(relaxed, fmt.Sprintf("%s to %d", c.Bound, c.To))
	}
	return "sortition: no panel: " + strings.Join(conflict, ", ") + "; least change: " + strings.Join(relaxed, ", ")
}

// String is for logs and tests.
func (b Bound) String() string {
	if b.Category == "" {
		return fmt.Sprintf("most of one affiliation %d", b.At)
	}
	return fmt.Sprintf("%s/%s %s %d", b.Category, b.Value, b.Side, b.At)
}

// ErrRounding is the error of a question that has an answer which floating point does
// not find. None is known; the search for panels, and with it Infeasible, does not
// depend on it.
var ErrRounding = errors.New("sortition: rounding keeps this question from being settled")
