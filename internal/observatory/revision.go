package observatory

import "strings"

// What names the ways in which an observation differs between two vintages. A
// revision is a change in any of them; a value that was withdrawn is one too.
type What uint16

// The ways. Added and Removed speak of the whole observation, Presence of its
// value: the row is still there, with a value where it had none or the reverse.
const (
	Added What = 1 << iota
	Removed
	ChangedPresence
	ChangedValue
	ChangedNature
	ChangedStatus
	ChangedUnit
	ChangedBase
	ChangedNote
)

// whats lists the ways with the words that pages and files use.
var whats = []struct {
	What
	word string
}{
	{Added, "added"}, {Removed, "removed"}, {ChangedPresence, "presence"}, {ChangedValue, "value"}, {ChangedNature, "nature"},
	{ChangedStatus, "status"}, {ChangedUnit, "unit"}, {ChangedBase, "base_period"}, {ChangedNote, "note"},
}

// Words lists the ways as words.
func (w What) Words() []string {
	var words []string
	for _, one := range whats {
		if w&one.What != 0 {
			words = append(words, one.word)
		}
	}
	return words
}

// Side is an observation as one vintage has it.
type Side struct {
	Present  bool
	HasValue bool
	Value    Decimal
	Attributes
}

// Change is one observation that differs.
type Change struct {
	Key           string
	Label         string
	Period        Period
	What          What
	Before, After Side
}

// Revision is what changed from one vintage to a newer one.
type Revision struct {
	Changes []Change // by area and period
	Areas   []string // keys of the areas concerned, in order
}

// Count tells how many observations changed in one of the ways given.
func (r Revision) Count(ways What) (n int) {
	for _, c := range r.Changes {
		if c.What&ways != 0 {
			n++
		}
	}
	return n
}

// Beyond tells how many values moved by more than a difference.
func (r Revision) Beyond(by Decimal) (n int) {
	for _, c := range r.Changes {
		if c.What&ChangedValue != 0 && Apart(c.Before.Value, c.After.Value, by) {
			n++
		}
	}
	return n
}

// Revise compares two vintages of a slice.
func Revise(older, newer Slice) Revision {
	var r Revision
	meet(older.Series, newer.Series, func(a, b Series) {
		before := len(r.Changes)
		r.series(older, newer, a, b)
		if len(r.Changes) > before {
			r.Areas = append(r.Areas, r.Changes[before].Key)
		}
	})
	return r
}

// meet walks over two lists of series by key and hands over those of one key
// together; the one that is missing is empty.
func meet(a, b []Series, both func(a, b Series)) {
	for len(a) > 0 || len(b) > 0 {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = strings.Compare(a[0].Key, b[0].Key)
		}
		switch {
		case order < 0:
			both(a[0], Series{})
			a = a[1:]
		case order > 0:
			both(Series{}, b[0])
			b = b[1:]
		default:
			both(a[0], b[0])
			a, b = a[1:], b[1:]
		}
	}
}

func (r *Revision) series(older, newer Slice, a, b Series) {
	key, label := a.Key, a.Label
	if len(b.Points) > 0 {
		key, label = b.Key, b.Label
	}
	points(a.Points, b.Points, func(p, q *Point) {
		before, after := older.side(p), newer.side(q)
		if what := differ(before, after); what != 0 {
			period := Period(0)
			if p != nil {
				period = p.Period
			} else {
				period = q.Period
			}
			r.Changes = append(r.Changes, Change{key, label, period, what, before, after})
		}
	})
}

// points hands over the points of one period together; nil is none.
func points(a, b []Point, both func(p, q *Point)) {
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i].Period < b[j].Period:
			both(&a[i], nil)
			i++
		case i == len(a) || b[j].Period < a[i].Period:
			both(nil, &b[j])
			j++
		default:
			both(&a[i], &b[j])
			i, j = i+1, j+1
		}
	}
}

func (s Slice) side(p *Point) Side {
	if p == nil || p.Presence == Gone {
		return Side{}
	}
	side := Side{Present: true, HasValue: p.Presence == HasValue, Attributes: s.Attributes[p.Attr]}
	if side.HasValue {
		side.Value = p.Value()
	}
	return side
}

func differ(a, b Side) (w What) {
	if !a.Present || !b.Present {
		switch {
		case a.Present:
			return Removed
		case b.Present:
			return Added
		}
		return 0
	}
	set := func(different bool, way What) {
		if different {
			w |= way
		}
	}
	set(a.HasValue != b.HasValue, ChangedPresence)
	set(a.HasValue && b.HasValue && a.Value != b.Value, ChangedValue)
	set(a.Nature != b.Nature, ChangedNature)
	set(a.Status != b.Status, ChangedStatus)
	set(a.Unit != b.Unit, ChangedUnit)
	set(a.Base != b.Base, ChangedBase)
	set(a.Note != b.Note, ChangedNote)
	return w
}
