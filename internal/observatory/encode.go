package observatory

import "encoding/binary"

// Part is one block of a slice with the range of its areas.
type Part struct {
	First, Last string // keys
	Data        []byte
}

// Encode writes a slice as blocks of at most 64 KB; one area alone may need more.
func (s Slice) Encode() []Part {
	var parts []Part
	for from := 0; from < len(s.Series); {
		to := s.fits(from)
		part := Slice{s.Attributes, s.Series[from:to]}
		parts = append(parts, Part{s.Series[from].Key, s.Series[to-1].Key, part.block()})
		from = to
	}
	return parts
}

// fits finds how many areas from one on go into a block. It halves the range
// until it fits, so that a small slice is written once.
func (s Slice) fits(from int) int {
	to := len(s.Series)
	for to > from+1 && len((Slice{s.Attributes, s.Series[from:to]}).block()) > blockLimit {
		to = from + (to-from+1)/2
	}
	return to
}

// writer appends varints and texts.
type writer []byte

func (w *writer) count(n int)    { *w = binary.AppendUvarint(*w, uint64(n)) }
func (w *writer) signed(n int64) { *w = binary.AppendVarint(*w, n) }
func (w *writer) text(s string)  { w.count(len(s)); *w = append(*w, s...) }
func (w *writer) runs(n int, at func(i int) int) {
	for i := 0; i < n; {
		j := i + 1
		for j < n && at(j) == at(i) {
			j++
		}
		w.count(at(i))
		w.count(j - i)
		i = j
	}
}

// block writes the whole slice as one block.
func (s Slice) block() []byte {
	unit, base := s.clock()
	var used dictionary
	heads, bodies := writer{}, writer{}
	for _, series := range s.Series {
		start := len(bodies)
		form := series.form()
		series.body(&bodies, form, unit, base, func(attr uint16) int { return int(used.number(s.Attributes[attr])) })
		series.head(&heads, form, unit, base, len(bodies)-start)
	}
	w := writer{blockVersion, unit}
	w.count(int(base))
	w.count(len(used.list))
	for _, a := range used.list {
		for _, text := range []string{string(a.Nature), a.Status, a.Unit, a.Base, a.Note} {
			w.text(text)
		}
	}
	w.count(len(s.Series))
	return append(append(w, heads...), bodies...)
}

// clock finds the newest period, and whether all are years.
func (s Slice) clock() (unit byte, base Period) {
	unit = yearShift
	for _, series := range s.Series {
		for _, p := range series.Points {
			base = max(base, p.Period)
			if p.Period&(1<<yearShift-1) != 0 {
				unit = 0
			}
		}
	}
	return unit, base >> unit
}

// form chooses how the values of a series are written: at one scale, each as its
// difference to the one before, or each with its own scale, whichever is shorter.
func (s Series) form() uint8 {
	scale, fits := s.scale()
	if s.packs() && (!fits || s.length(packed) < s.length(scale)) {
		return packed
	}
	if !fits {
		return apart
	}
	return scale
}

// scale is the smallest that every value can be written at; fits is false when
// one of them is too great for it.
func (s Series) scale() (scale uint8, fits bool) {
	for _, p := range s.Points {
		if p.Presence == HasValue {
			scale = max(scale, p.Value().Scale)
		}
	}
	for _, p := range s.Points {
		if _, ok := p.Value().rescale(scale); !ok {
			return 0, false
		}
	}
	return scale, true
}

// packs says whether number and scale of each value fit into one integer.
func (s Series) packs() bool {
	for _, p := range s.Points {
		if n := p.Value().Int; n > 1<<59 || n < -1<<59 {
			return false
		}
	}
	return true
}

func (s Series) length(form uint8) int {
	var w writer
	w.values(s, form)
	return len(w)
}

func (s Series) head(w *writer, form, unit byte, base Period, body int) {
	w.text(s.Key)
	w.text(s.Label)
	*w = append(*w, form)
	w.count(len(s.Points))
	w.count(body)
	last, ok := s.Latest()
	if !ok {
		w.count(0)
		return
	}
	w.count(int(base-last.Period>>unit) + 1)
	w.number(last.Value(), form, 0)
}

// number writes a value in a form; at a scale, as its difference to the one before.
func (w *writer) number(d Decimal, form uint8, before int64) int64 {
	switch form {
	case packed:
		*w = binary.AppendUvarint(*w, uint64(d.Int<<1^d.Int>>63)*10+uint64(d.Scale))
		return 0
	case apart:
		*w = append(*w, d.Scale)
		w.signed(d.Int)
		return 0
	}
	n, _ := d.rescale(form)
	w.signed(n - before)
	return n
}

func (w *writer) values(s Series, form uint8) {
	before := int64(0)
	for _, p := range s.Points {
		if p.Presence == HasValue {
			before = w.number(p.Value(), form, before)
		}
	}
}

func (s Series) body(w *writer, form, unit byte, base Period, attr func(uint16) int) {
	w.count(int(base - s.Points[0].Period>>unit))
	w.runs(len(s.Points)-1, func(i int) int { return int(s.Points[i+1].Period>>unit - s.Points[i].Period>>unit) })
	numbers := make([]int, len(s.Points))
	for i, p := range s.Points {
		numbers[i] = attr(p.Attr)<<2 | int(p.Presence)
	}
	w.runs(len(numbers), func(i int) int { return numbers[i] })
	w.values(s, form)
}
