package observatory

import (
	"cmp"
	"slices"
	"strings"
)

// Slice is what a source says of one indicator along one value of each other
// dimension: all areas, all periods.
type Slice struct {
	Attributes []Attributes // what Point.Attr stands for
	Series     []Series     // by key
}

// Series is the part of a slice that belongs to one area.
type Series struct {
	Key    string  // the area's id, or "~" and the source's code
	Label  string  // the source's name of an area that the area pack does not know
	Points []Point // by period
}

// Point is one observation inside a slice, small enough for thousands of them.
type Point struct {
	Int      int64
	Period   Period
	Attr     uint16
	Scale    uint8
	Presence Presence
}

// Presence tells a value from its absence.
type Presence uint8

// The presences. Gone is used inside a reverse delta only: the older vintage did
// not have the observation.
const (
	HasValue Presence = iota
	NoValue
	Gone
)

// Value is the point's value without trailing zeros; zero when it has none.
func (p Point) Value() Decimal { return normal(p.Int, p.Scale) }

// Area is the id of the series' area, or "" when the area pack does not know it.
func (s Series) Area() string {
	if strings.HasPrefix(s.Key, unknownMark) {
		return ""
	}
	return s.Key
}

// Latest is the last point that has a value.
func (s Series) Latest() (Point, bool) {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if s.Points[i].Presence == HasValue {
			return s.Points[i], true
		}
	}
	return Point{}, false
}

// At finds the place of a period among the points.
func (s Series) At(p Period) (int, bool) {
	return slices.BinarySearchFunc(s.Points, p, func(point Point, p Period) int { return cmp.Compare(point.Period, p) })
}

// Find gives the series of a key.
func (s Slice) Find(key string) (Series, bool) {
	i, ok := slices.BinarySearchFunc(s.Series, key, func(a Series, key string) int { return strings.Compare(a.Key, key) })
	if !ok {
		return Series{}, false
	}
	return s.Series[i], true
}

// Len counts the observations.
func (s Slice) Len() (n int) {
	for _, series := range s.Series {
		n += len(series.Points)
	}
	return n
}

// Values counts the observations that have a value.
func (s Slice) Values() (n int) {
	for _, series := range s.Series {
		for _, p := range series.Points {
			if p.Presence == HasValue {
				n++
			}
		}
	}
	return n
}

// maxAttributes bounds the dictionary of a slice; Point.Attr is an index into it.
const maxAttributes = 1<<16 - 1

// dictionary gives each set of attributes its number, in order of appearance.
type dictionary struct {
	list  []Attributes
	index map[Attributes]uint16
}

// number finds or adds attributes. When a slice has more different ones than a
// point can name, which a note on each row of a very long file could do, the note
// is left to the trace: the line is kept in the snapshot.
func (d *dictionary) number(a Attributes) uint16 {
	n, ok := d.index[a]
	if !ok && len(d.list) >= maxAttributes {
		if a.Note == "" {
			return 0
		}
		a.Note = ""
		return d.number(a)
	}
	if !ok {
		if d.index == nil {
			d.index = make(map[Attributes]uint16)
		}
		n = uint16(len(d.list))
		d.list, d.index[a] = append(d.list, a), n
	}
	return n
}

// Slices sorts observations into slices by their other dimensions. lines gives,
// for each slice, the line of each point in the same order.
func Slices(observations []Observation) (names []string, all map[string]Slice, lines map[string]Lines) {
	order, keys := make([]int, len(observations)), make([]string, len(observations))
	for i, o := range observations {
		order[i], keys[i] = i, o.Key()
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &observations[i], &observations[j]
		if a.Slice != b.Slice {
			return strings.Compare(a.Slice, b.Slice)
		}
		if keys[i] != keys[j] {
			return strings.Compare(keys[i], keys[j])
		}
		return cmp.Compare(a.Period, b.Period)
	})
	all, lines = make(map[string]Slice), make(map[string]Lines)
	for from := 0; from < len(order); {
		name, to := observations[order[from]].Slice, from
		for to < len(order) && observations[order[to]].Slice == name {
			to++
		}
		names = append(names, name)
		all[name], lines[name] = newSlice(observations, order[from:to])
		from = to
	}
	return names, all, lines
}

// newSlice builds one slice of the observations at the places given, in order.
func newSlice(observations []Observation, order []int) (Slice, Lines) {
	var s Slice
	var d dictionary
	var lines Lines
	for _, at := range order {
		o := observations[at]
		key := o.Key()
		if n := len(s.Series); n == 0 || s.Series[n-1].Key != key {
			series := Series{Key: key}
			if o.Area == "" {
				series.Label = o.Label
			}
			s.Series = append(s.Series, series)
			lines = append(lines, AreaLines{Key: key})
		}
		p := Point{Int: o.Value.Int, Scale: o.Value.Scale, Period: o.Period, Attr: d.number(o.Attributes)}
		if !o.HasValue {
			p.Presence = NoValue
		}
		last := &s.Series[len(s.Series)-1]
		last.Points = append(last.Points, p)
		lines[len(lines)-1].Lines = append(lines[len(lines)-1].Lines, o.Line)
	}
	s.Attributes = d.list
	return s, lines
}

// Join puts two ranges of areas of one slice together, the lower one first.
func Join(a, b Slice) Slice {
	if len(a.Series) == 0 {
		return b
	}
	d := dictionary{list: slices.Clip(a.Attributes), index: make(map[Attributes]uint16)}
	for i, one := range a.Attributes {
		d.index[one] = uint16(i)
	}
	renumber := make([]uint16, len(b.Attributes))
	for i, one := range b.Attributes {
		renumber[i] = d.number(one)
	}
	for _, series := range b.Series {
		for i := range series.Points {
			series.Points[i].Attr = renumber[series.Points[i].Attr]
		}
	}
	return Slice{d.list, append(a.Series, b.Series...)}
}
