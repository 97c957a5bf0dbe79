package observatory

import (
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
//	          key, label; form; number of points; length of its body; last value:
//	          base − period + 1 and the number (0: the area has no value)
//	bodies    in the same order, for each area:
//	          periods     base − first, then runs: step, how often
//	          attributes  runs: number × 4 + presence, how often
//	          values      by the form: 0 to 9 is the scale of all, and each is its
//	                      difference to the one before; 254: each is its number in
//	                      zigzag × 10 + its scale; 255: scale, then number
//
// The heads alone answer "the latest value of each area"; one body answers for
// one area. The form is that of the area rather than of the whole slice, since one
// long fraction would else lengthen every value of all the others.

const (
	blockVersion = 1
	blockLimit   = 64 << 10
	packed       = 254
	apart        = 255
	maxPoints    = MaxRows
)

var errBlock = errors.New("observatory: broken block")

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
	form       uint8
	count      int
	from, to   int // its body
	last       Point
	hasLast    bool
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
	h.key, h.label, h.form = r.text(), r.text(), r.byte()
	if h.form > maxDecimals && h.form < packed {
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
	h.last.Scale, h.last.Int = r.number(h.form, 0)
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
	r.values(h.form, points)
	if r.bad || r.at != len(r.s) {
		return Series{}, errBlock
	}
	return Series{h.key, h.label, points}, nil
}
