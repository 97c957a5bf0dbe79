// Package redline sets two versions of a text beside each other: what stayed, what
// went and what came, in the order in which a reader meets it.
//
// Scripts that part words with blanks are compared by words, blanks and signs;
// Chinese, Japanese, Thai, Lao, Khmer and Burmese by characters, since a word there
// has no edge that a program could see. The shortest way from one to the other is
// found with the greedy algorithm of Myers (1986); where the two differ by more
// than a bound, the part between their common ends is replaced as a whole, so that
// no input takes long.
//
// Invariant: what stayed and went, joined, is the older text; what stayed and came,
// joined, is the newer one.
package redline

import (
	"strings"
	"unicode"
)

// What became of a piece of text.
const (
	Same = "same"
	Gone = "gone"
	Came = "came"
)

// Span is a piece of text and what became of it.
type Span struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// maxEdits bounds how many words or characters that differ are told apart.
const maxEdits = 1000

// Compare is the way from one text to another, in as few spans as possible.
func Compare(before, after string) []Span {
	a, b := tokens(before), tokens(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var w writer
	w.add(Same, a[:head]...)
	w.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	w.add(Same, a[len(a)-tail:]...)
	return w.spans()
}

// tokens parts a text into words, runs of blanks, signs, and single characters of
// scripts that do not part words.
func tokens(text string) (all []string) {
	kind, start := 0, 0
	for at, r := range text {
		now := kindOf(r)
		if at > start && (now != kind || now == sign || now == dense) {
			all, start = append(all, text[start:at]), at
		}
		kind = now
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

const (
	word = iota + 1
	blank
	sign
	dense
)

func kindOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return dense
	case unicode.IsSpace(r):
		return blank
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
		return word
	}
	return sign
}

// middle writes the way between two texts without common ends.
func (w *writer) middle(a, b []string) {
	for _, e := range edits(a, b) {
		switch e.op {
		case Came:
			w.add(Came, b[e.at])
		default:
			w.add(e.op, a[e.at])
		}
	}
}

type edit struct {
	op string
	at int // in the older text; of what came, in the newer one
}

// edits is the shortest edit script, from its beginning. Beyond the bound all of the
// one goes and all of the other comes.
func edits(a, b []string) []edit {
	trace, ok := walk(a, b)
	if !ok {
		var all []edit
		for i := range a {
			all = append(all, edit{Gone, i})
		}
		for i := range b {
			all = append(all, edit{Came, i})
		}
		return all
	}
	// Back from the end, along the furthest points that were reached.
	var back []edit
	x, y := len(a), len(b)
	for d := len(trace) - 1; d > 0; d-- {
		v, k := trace[d-1], x-y
		from := k + 1
		if k == d || k != -d && v[k-1+d] >= v[k+1+d] {
			from = k - 1
		}
		px := v[from+d]
		py := px - from
		for x > px && y > py {
			x, y = x-1, y-1
			back = append(back, edit{Same, x})
		}
		if x > px {
			x--
			back = append(back, edit{Gone, x})
		} else {
			y--
			back = append(back, edit{Came, y})
		}
	}
	for x > 0 {
		x--
		back = append(back, edit{Same, x})
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}

// walk reaches for the end of both with more and more edits; trace[d] holds how far
// each diagonal came with d of them, the diagonal k at place k+d+1.
func walk(a, b []string) (trace [][]int, ok bool) {
	v := []int{0, 0, 0}
	for d := 0; d <= min(len(a)+len(b), maxEdits); d++ {
		next := make([]int, 2*d+3)
		for k := -d; k <= d; k += 2 {
			x := 0
			switch at := func(k int) int { return v[k+d] }; {
			case d == 0:
			case k == -d || k != d && at(k-1) < at(k+1):
				x = at(k + 1)
			default:
				x = at(k-1) + 1
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			next[k+d+1] = x
			if x >= len(a) && x-k >= len(b) {
				return append(trace, next), true
			}
		}
		trace, v = append(trace, next), next
	}
	return nil, false
}

// writer gathers spans: neighbours of one kind become one, and within a change what
// went stands before what came.
type writer struct {
	list       []Span
	gone, came strings.Builder
}

func (w *writer) add(op string, texts ...string) {
	for _, text := range texts {
		switch op {
		case Gone:
			w.gone.WriteString(text)
		case Came:
			w.came.WriteString(text)
		default:
			w.same(text)
		}
	}
}

func (w *writer) same(text string) {
	w.flush()
	if n := len(w.list); n > 0 && w.list[n-1].Op == Same {
		w.list[n-1].Text += text
		return
	}
	w.list = append(w.list, Span{Same, text})
}

func (w *writer) flush() {
	if w.gone.Len() > 0 {
		w.list = append(w.list, Span{Gone, w.gone.String()})
	}
	if w.came.Len() > 0 {
		w.list = append(w.list, Span{Came, w.came.String()})
	}
	w.gone.Reset()
	w.came.Reset()
}

// spans ends the writing. A blank alone between two changes belongs to both: a
// reader then meets whole phrases, not a word each.
func (w *writer) spans() []Span {
	w.flush()
	var out writer
	for i, s := range w.list {
		if s.Op == Same && i > 0 && i < len(w.list)-1 && strings.TrimSpace(s.Text) == "" && changedBoth(w.list, i) {
			out.gone.WriteString(s.Text)
			out.came.WriteString(s.Text)
			continue
		}
		out.add(s.Op, s.Text)
	}
	out.flush()
	return out.list
}

// changedBoth tells whether text went and came on each side of a span.
func changedBoth(list []Span, i int) bool {
	return i >= 2 && i+2 < len(list) && list[i-2].Op == Gone && list[i-1].Op == Came && list[i+1].Op == Gone && list[i+2].Op == Came
}
