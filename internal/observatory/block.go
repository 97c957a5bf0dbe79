package observatory

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// A block holds a slice, or a range of its areas, in this form (all integers are
// varints, signed ones in zigzag):
//
//	version   one byte, 1
//	unit      one byte: 10 when every period is a year, else 0; periods below are shifted by it
//	base      the newest period
//	attributes  count, then for each: nature, status, unit, base period, note as length and bytes
//	areas     count, then for each a head:
//	          key, label; scale (255: each value has its own); number of points;
//	          length of its body; last value: base − period + 1 and the number
//	          (0: the area has no value)
//	bodies    in the same order, for each area:
//	          periods     base − first, then runs: step, how often
//	          attributes  runs: number × 4 + presence, how often
//	          values      difference to the value before, at the area's scale
//
// The heads alone answer "the latest value of each area"; one body answers for
// one area. The scale is that of the area rather than of the whole slice, since
// one long fraction would else lengthen every value of all the others.

// Part is one block of a slice with the range of its areas.
type Part struct {
	First, Last string // keys
	Data        []byte
}

const (
	blockVersion = 1
	blockLimit   = 64 << 10
	ownScale     = 255
	maxPoints    = MaxRows
)

var errBlock = errors.New("observatory: broken block")

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
		scale := series.scale()
		series.body(&bodies, scale, unit, base, func(attr uint16) int { return int(used.number(s.Attributes[attr])) })
		series.head(&heads, scale, unit, base, len(bodies)-start)
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

// scale is the smallest that every value of the series can be written at, or
// ownScale when there is none.
func (s Series) scale() (scale uint8) {
	for _, p := range s.Points {
		if p.Presence == HasValue {
			scale = max(scale, p.Value().Scale)
		}
	}
	for _, p := range s.Points {
		if _, ok := p.Value().rescale(scale); !ok {
			return ownScale
		}
	}
	return scale
}

func (s Series) head(w *writer, scale, unit byte, base Period, body int) {
	w.text(s.Key)
	w.text(s.Label)
	*w = append(*w, scale)
	w.count(len(s.Points))
	w.count(body)
	last, ok := s.Latest()
	if !ok {
		w.count(0)
		return
	}
	w.count(int(base-last.Period>>unit) + 1)
	w.number(last.Value(), scale, 0)
}

// number writes a value at a scale as its difference to the one before.
func (w *writer) number(d Decimal, scale uint8, before int64) int64 {
	if scale == ownScale {
		*w = append(*w, d.Scale)
		w.signed(d.Int)
		return 0
	}
	n, _ := d.rescale(scale)
	w.signed(n - before)
	return n
}

func (s Series) body(w *writer, scale, unit byte, base Period, attr func(uint16) int) {
	w.count(int(base - s.Points[0].Period>>unit))
	w.runs(len(s.Points)-1, func(i int) int { return int(s.Points[i+1].Period>>unit - s.Points[i].Period>>unit) })
	numbers := make([]int, len(s.Points))
	for i, p := range s.Points {
		numbers[i] = attr(p.Attr)<<2 | int(p.Presence)
	}
	w.runs(len(numbers), func(i int) int { return numbers[i] })
	before := int64(0)
	for _, p := range s.Points {
		if p.Presence == HasValue {
			before = w.number(p.Value(), scale, before)
		}
	}
}

// Block is an opened block: its heads are read, its bodies not yet.
type Block struct {
	attributes []Attributes
	heads      []head
	bodies     string
	unit       byte
	base       Period
	points     int
}

type head struct {
	key, label string
	scale      uint8
	count      int
	from, to   int // its body
	last       Point
	hasLast    bool
}

// reader takes a block apart. After the first fault all it reads is zero and bad
// is set, so that callers look once at the end.
type reader struct {
	s   string
	at  int
	bad bool
}

// uvarint reads the one-byte form, which most are, without a loop.
func (r *reader) uvarint() uint64 {
	if r.at < len(r.s) && r.s[r.at] < 0x80 {
		r.at++
		return uint64(r.s[r.at-1])
	}
	return r.long()
}

func (r *reader) long() uint64 {
	var n uint64
	for shift := uint(0); shift < 64; shift += 7 {
		if r.at >= len(r.s) {
			break
		}
		b := r.s[r.at]
		r.at++
		if b < 0x80 {
			return n | uint64(b)<<shift
		}
		n |= uint64(b&0x7f) << shift
	}
	r.bad = true
	return 0
}

func (r *reader) signed() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads a number that must not be above a limit.
func (r *reader) count(limit int) int {
	n := r.uvarint()
	if n > uint64(limit) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) byte() byte {
	if r.at >= len(r.s) {
		r.bad = true
		return 0
	}
	r.at++
	return r.s[r.at-1]
}

func (r *reader) text() string {
	n := r.count(len(r.s))
	if n > len(r.s)-r.at {
		r.bad = true
		return ""
	}
	r.at += n
	return r.s[r.at-n : r.at]
}

// OpenBlock reads the heads of a block.
func OpenBlock(data []byte) (*Block, error) {
	r := &reader{s: string(data)}
	b := &Block{}
	if r.byte() != blockVersion {
		return nil, errBlock
	}
	b.unit = r.byte()
	if b.unit != 0 && b.unit != yearShift {
		return nil, errBlock
	}
	b.base = Period(r.count(9999<<yearShift>>b.unit | 1<<yearShift - 1))
	b.attributes = make([]Attributes, r.count(min(maxAttributes, len(r.s)-r.at)))
	for i := range b.attributes {
		b.attributes[i] = Attributes{Nature(r.text()), r.text(), r.text(), r.text(), r.text()}
	}
	b.heads = make([]head, r.count(len(r.s)-r.at))
	end := 0
	for i := range b.heads {
		h := &b.heads[i]
		b.readHead(r, h)
		h.from = end
		end += h.to
		h.to = end
		b.points += h.count
		if r.bad || end > len(r.s) || b.points > maxPoints {
			return nil, errBlock
		}
	}
	if r.bad || end != len(r.s)-r.at {
		return nil, errBlock
	}
	b.bodies = r.s[r.at:]
	return b, nil
}

func (b *Block) readHead(r *reader, h *head) {
	h.key, h.label, h.scale = r.text(), r.text(), r.byte()
	if h.scale > maxDecimals && h.scale != ownScale {
		r.bad = true
	}
	h.count = r.count(maxPoints)
	h.to = r.count(len(r.s))
	back := r.count(int(b.base) + 1)
	if back == 0 || r.bad {
		return
	}
	h.hasLast = true
	h.last.Period = (b.base - Period(back-1)) << b.unit
	h.last.Scale, h.last.Int = r.number(h.scale, 0)
}

func (r *reader) number(scale uint8, before int64) (uint8, int64) {
	if scale == ownScale {
		if scale = r.byte(); scale > maxDecimals {
			r.bad = true
		}
		before = 0
	}
	return scale, before + r.signed()
}

// Last is the newest value of one area.
type Last struct {
	Key, Label string
	Period     Period
	Value      Decimal
}

// Latest gives the newest value of each area that has one, from the heads alone.
func (b *Block) Latest() []Last {
	latest := make([]Last, 0, len(b.heads))
	for _, h := range b.heads {
		if h.hasLast {
			latest = append(latest, Last{h.key, h.label, h.last.Period, h.last.Value()})
		}
	}
	return latest
}

// Series reads the series of one area.
func (b *Block) Series(key string) (Series, bool, error) {
	i, ok := slices.BinarySearchFunc(b.heads, key, func(h head, key string) int { return strings.Compare(h.key, key) })
	if !ok {
		return Series{}, false, nil
	}
	s, err := b.series(b.heads[i], make([]Point, b.heads[i].count))
	return s, err == nil, err
}

// All reads the whole block.
func (b *Block) All() (Slice, error) {
	points := make([]Point, b.points)
	s := Slice{b.attributes, make([]Series, len(b.heads))}
	for i, h := range b.heads {
		var err error
		if s.Series[i], err = b.series(h, points[:h.count:h.count]); err != nil {
			return Slice{}, err
		}
		points = points[h.count:]
	}
	return s, nil
}

// series reads one body into the points given.
func (b *Block) series(h head, points []Point) (Series, error) {
	r := &reader{s: b.bodies[h.from:h.to]}
	if len(points) == 0 {
		return Series{}, errBlock
	}
	period := b.base - Period(r.count(int(b.base)))
	points[0].Period = period << b.unit
	for i := 1; i < len(points) && !r.bad; {
		step, n := Period(r.count(int(b.base))), r.count(len(points)-i)
		if step == 0 || n == 0 {
			return Series{}, errBlock
		}
		for range n {
			period += step
			points[i].Period = period << b.unit
			i++
		}
		r.bad = r.bad || period > b.base
	}
	for i := 0; i < len(points) && !r.bad; {
		number, n := r.count(maxAttributes<<2|3), r.count(len(points)-i)
		if n == 0 || number>>2 >= len(b.attributes) || number&3 > int(Gone) {
			return Series{}, errBlock
		}
		for range n {
			points[i].Attr, points[i].Presence = uint16(number>>2), Presence(number&3)
			i++
		}
	}
	r.values(h.scale, points)
	if r.bad || r.at != len(r.s) {
		return Series{}, errBlock
	}
	return Series{h.key, h.label, points}, nil
}

// values reads the numbers of the points that have one. Nearly all are of one to
// three bytes; the loop takes those by itself, since it is where the time goes.
func (r *reader) values(scale uint8, points []Point) {
	text, at, before := r.s, r.at, int64(0)
	for i := range points {
		p := &points[i]
		if p.Presence != HasValue {
			continue
		}
		if scale == ownScale || at+3 > len(text) {
			r.at = at
			p.Scale, p.Int = r.number(scale, before)
			before, at = p.Int, r.at
			continue
		}
		n, b := uint64(text[at]), uint64(text[at+1])
		switch {
		case n < 0x80:
			at++
		case b < 0x80:
			n, at = n&0x7f|b<<7, at+2
		case text[at+2] < 0x80:
			n, at = n&0x7f|b&0x7f<<7|uint64(text[at+2])<<14, at+3
		default:
			r.at = at
			n = r.long()
			at = r.at
		}
		before += int64(n>>1) ^ -int64(n&1)
		p.Scale, p.Int = scale, before
	}
	r.at = at
}
