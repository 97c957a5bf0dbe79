package observatory

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

// number reads a value in a form; at a scale it adds the one before.
func (r *reader) number(form uint8, before int64) (scale uint8, n int64) {
	switch form {
	case packed:
		both := r.uvarint()
		zigzag := both / 10
		return uint8(both % 10), int64(zigzag>>1) ^ -int64(zigzag&1)
	case apart:
		if scale = r.byte(); scale > maxDecimals {
			r.bad = true
		}
		return scale, r.signed()
	}
	return form, before + r.signed()
}

// values reads the numbers of the points that have one. Nearly all are of one to
// three bytes; the loop takes those by itself, since it is where the time goes.
func (r *reader) values(form uint8, points []Point) {
	text, at, before := r.s, r.at, int64(0)
	for i := range points {
		p := &points[i]
		if p.Presence != HasValue {
			continue
		}
		if form >= packed || at+3 > len(text) {
			r.at = at
			p.Scale, p.Int = r.number(form, before)
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
		p.Scale, p.Int = form, before
	}
	r.at = at
}
