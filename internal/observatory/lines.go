package observatory

// Lines says on which line of its source each observation of a slice stands, in
// the order of the series and their points.
type Lines []AreaLines

// AreaLines are the lines of one area.
type AreaLines struct {
	Key   string
	Lines []int
}

// Encode writes the lines apart from the values, since only a trace reads them.
// In most files the lines of an area follow one another: two bytes say so.
//
//	version   one byte, 1
//	for each area: key, number of points, first line as difference to the last
//	one before it, then runs: step, how often
func (l Lines) Encode() []byte {
	w := writer{blockVersion}
	before := 0
	for _, area := range l {
		w.text(area.Key)
		w.count(len(area.Lines))
		w.signed(int64(area.Lines[0] - before))
		w.runs(len(area.Lines)-1, func(i int) int { return zigzag(area.Lines[i+1] - area.Lines[i]) })
		before = area.Lines[len(area.Lines)-1]
	}
	return w
}

func zigzag(n int) int { return n<<1 ^ n>>63 }

// FindLine gives the line of the i-th point of an area.
func FindLine(data []byte, key string, i int) (line int, ok bool) {
	r := &reader{s: string(data)}
	if r.byte() != blockVersion {
		return 0, false
	}
	before := int64(0)
	for r.at < len(r.s) && !r.bad {
		name, count := r.text(), r.count(maxPoints)
		at := before + r.signed()
		if name == key && i == 0 && count > 0 && !r.bad {
			return int(at), true
		}
		for n := 1; n < count && !r.bad; {
			step, times := r.signed(), r.count(count-n)
			if times == 0 {
				return 0, false
			}
			if name == key && i >= n && i < n+times && !r.bad {
				return int(at + step*int64(i-n+1)), true
			}
			at, n = at+step*int64(times), n+times
		}
		before = at
	}
	return 0, false
}
