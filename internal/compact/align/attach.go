package align

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attacher walks the lines from the first paragraph on and gives each to a part.
type attacher struct {
	*document
	shape   Shape
	choices Choices

	parts   []building
	asides  []Aside
	faults  []Fault
	at      Place  // the last part opened
	ignore  bool   // the lines belong to a part that stands there twice or too many
	pending []line // a block that may be a heading or stray
	strewn  []line // words that came out of a stretched line, after the line that follows it
	first   map[Place]int
}

// building is a part whose lines are being gathered.
type building struct {
	Place
	lines []line
}

// empty tells a part without words yet: its mark may stand alone on a line.
func (b building) empty() bool {
	return len(b.lines) == 1 && b.lines[0].words == "" || len(b.lines) == 0
}

func (b building) last() line { return b.lines[len(b.lines)-1] }

func attach(d *document, shape Shape, choices Choices, start int) *attacher {
	a := &attacher{document: d, shape: shape, choices: choices, first: make(map[Place]int)}
	for _, l := range d.lines[:start] {
		kind := l.aside
		if kind == "" {
			kind = Front
		}
		a.asides = append(a.asides, Aside{Kind: kind, Line: l.number, Words: l.words})
	}
	for i, l := range d.lines[start:] {
		if l.aside != "" {
			a.asides = append(a.asides, Aside{Kind: l.aside, Line: l.number, Words: l.words})
			continue
		}
		if a.complete() && a.ended(d.lines[start+i:]) {
			break
		}
		a.take(l)
	}
	a.finish()
	return a
}

func (a *attacher) fault(line int, name string, args ...any) {
	if len(a.faults) < maxFaults {
		a.faults = append(a.faults, Fault{line, name, args})
	}
}

// misfits counts the faults of structure; a stray line or a tail is a question only.
func (a *attacher) misfits() (n int) {
	for _, f := range a.faults {
		if f.Name != "stray" && f.Name != "tail" && f.Name != "strewn" {
			n++
		}
	}
	return n
}

// take gives one line its place.
func (a *attacher) take(l line) {
	switch {
	case a.isStrewn(l):
		a.strewn = append(a.strewn, l)
	case len(a.parts) > 0 && slices.Contains(a.choices.Join, l.number):
		a.add(l)
	case len(a.parts) > 0 && slices.Contains(a.choices.LeaveOut, l.number):
		a.asides = append(a.asides, Aside{Kind: LeftOut, Line: l.number, Words: l.words})
	case l.mark.number > 0 && a.number(l):
	case len(l.mark.letters) > 0 && a.letter(l):
	default:
		a.plain(l)
	}
}

// isStrewn tells a single word, between blank lines, after words that ended out. A
// line that is stretched to the margin can come out of a PDF so: its first words,
// then the next line, which ends the part, and then its other words one by one.
func (a *attacher) isStrewn(l line) bool {
	if len(a.parts) == 0 || len(a.pending) > 0 || a.ignore || !a.gapsTell || !l.gap || l.mark.any() || strings.Contains(l.words, " ") {
		return false
	}
	b := a.parts[len(a.parts)-1]
	r, _ := utf8.DecodeRuneInString(l.words)
	return unicode.IsLower(r) && (len(a.strewn) > 0 || len(b.lines) > 1 && b.last().endsOut)
}

// gather puts strewn words back to the end of the line that they came out of, where
// the caller says so, and reports them otherwise.
func (a *attacher) gather() {
	if len(a.strewn) == 0 {
		return
	}
	b := &a.parts[len(a.parts)-1]
	first, before := a.strewn[0], len(b.lines)-1
	switch {
	case slices.Contains(a.choices.Join, first.number):
		b.lines = slices.Insert(b.lines, before, a.strewn...)
	case slices.Contains(a.choices.LeaveOut, first.number):
		for _, l := range a.strewn {
			a.asides = append(a.asides, Aside{Kind: LeftOut, Line: l.number, Words: l.words})
		}
	default:
		words := make([]string, len(a.strewn))
		for i, l := range a.strewn {
			words[i] = l.words
		}
		a.fault(first.number, "strewn", "words", short(strings.Join(words, " ")), "before", short(b.lines[before].words))
	}
	a.strewn = nil
}

// number opens the paragraph or point that a number stands for. It tells whether
// the line is settled; a number in the middle of a sentence is no mark.
func (a *attacher) number(l line) bool {
	n := l.mark.number
	points := a.shape.Points[a.at.Para]
	switch {
	case a.at.Letter == 0 && a.at.Point < points && n == a.at.Point+1 && !a.ignore:
		a.open(l, Place{Para: a.at.Para, Point: n})
	case l.mark.bracket: // "and 16);", the end of a list of numbers
		return false
	case n == a.at.Para+1 && n <= a.shape.Paragraphs:
		a.leave(l)
		a.open(l, Place{Para: n})
	case a.unfinished() || n > a.shape.Paragraphs:
		return false
	case points > 0 && a.at.Point < points && n <= points:
		a.fault(l.number, "point_missing", "para", a.at.Para, "point", a.at.Point+1)
		a.open(l, Place{Para: a.at.Para, Point: n})
	case n <= a.at.Para:
		a.settle()
		a.fault(l.number, "number_twice", "para", n, "first", a.first[Place{Para: n}])
		a.ignore = true
	default:
		a.leave(l)
		a.fault(l.number, "paragraph_missing", "para", a.at.Para+1)
		a.open(l, Place{Para: n})
	}
	return true
}

// letter opens the letter that a mark stands for.
func (a *attacher) letter(l line) bool {
	if a.ignore {
		return true
	}
	next, letters := a.at.Letter+1, a.shape.Letters[a.at.Para]
	switch {
	case next <= letters && l.mark.is(next):
		a.open(l, Place{Para: a.at.Para, Letter: next})
	case a.unfinished():
		return false
	case l.mark.letter() <= a.at.Letter:
		a.settle()
		a.fault(l.number, "letter_twice", "para", a.at.Para, "letter", letterName(l.mark.letter()))
		a.ignore = true
	case l.mark.letter() > letters:
		a.settle()
		a.fault(l.number, "letter_surplus", "para", a.at.Para, "letter", letterName(l.mark.letter()))
		a.ignore = true
	default:
		a.fault(l.number, "letter_missing", "para", a.at.Para, "letter", letterName(next))
		a.open(l, Place{Para: a.at.Para, Letter: l.mark.letter()})
	}
	return true
}

// leave looks whether the paragraph that ends before a line had all its letters and points.
func (a *attacher) leave(l line) {
	if a.at.Para == 0 {
		return
	}
	a.headings(l)
	if missing := a.shape.Letters[a.at.Para] - a.at.Letter; missing > 0 {
		a.fault(l.number, "letter_missing", "para", a.at.Para, "letter", letterName(a.at.Letter+1))
	}
	if missing := a.shape.Points[a.at.Para] - a.at.Point; missing > 0 {
		a.fault(l.number, "point_missing", "para", a.at.Para, "point", a.at.Point+1)
	}
}

// open begins a part with what follows its mark.
func (a *attacher) open(l line, at Place) {
	a.settle()
	a.ignore = false
	a.at = at
	a.first[at] = l.number
	l.words = l.mark.rest
	a.parts = append(a.parts, building{at, []line{l}})
}

// plain takes a line without mark: it goes on with the part, or begins a block of
// its own after words that ended out.
func (a *attacher) plain(l line) {
	a.gather()
	switch {
	case a.ignore || len(a.parts) == 0:
	case len(a.pending) > 0:
		a.pending = append(a.pending, l)
	case a.unfinished() || !a.broken(a.parts[len(a.parts)-1].last(), l):
		a.add(l)
	default:
		a.pending = append(a.pending, l)
	}
}

// add gives a line to the part before it, pending ones first.
func (a *attacher) add(l line) {
	a.gather()
	b := &a.parts[len(a.parts)-1]
	b.lines = append(append(b.lines, a.pending...), l)
	a.pending = nil
}

// unfinished tells whether the words of the last part go on.
func (a *attacher) unfinished() bool {
	if len(a.parts) == 0 || len(a.pending) > 0 {
		return false
	}
	b := a.parts[len(a.parts)-1]
	return b.empty() || !b.last().endsOut
}

// headings takes headings from before a paragraph: the pending block, or the lines
// after the last sentence where no blank line parts them.
func (a *attacher) headings(l line) {
	a.gather()
	if len(a.pending) == 0 {
		a.pending = a.tail()
	}
	if len(a.pending) == 0 || !headingLike(a.pending) {
		return
	}
	for _, h := range a.pending {
		a.asides = append(a.asides, Aside{Kind: Heading, Line: h.number, Words: h.words, Before: Place{Para: l.mark.number}})
	}
	a.pending = nil
}

// tail cuts the lines after the last sentence off the last part, when they look like a heading.
func (a *attacher) tail() []line {
	b := &a.parts[len(a.parts)-1]
	from := len(b.lines)
	for from > 0 && !b.lines[from-1].endsOut {
		from--
	}
	tail := slices.Clone(b.lines[from:])
	if from == 0 || len(tail) == 0 || !headingLike(tail) {
		return nil
	}
	b.lines = b.lines[:from]
	return tail
}

// headingLike tells whether lines can be headings: few, short, not ended like sentences.
func headingLike(lines []line) bool {
	if len(lines) > 6 {
		return false
	}
	for i, l := range lines {
		r, _ := utf8.DecodeRuneInString(l.words)
		begins := i == 0 || l.gap
		if l.endsOut || l.length > 160 || begins && unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// settle reports the pending block as stray: what comes next begins a part.
func (a *attacher) settle() {
	a.gather()
	for i, l := range a.pending {
		if i == 0 || l.gap {
			a.fault(l.number, "stray", "words", short(l.words))
		}
	}
	a.pending = nil
}

// complete tells whether every part of the shape has been opened.
func (a *attacher) complete() bool {
	p := a.shape.Paragraphs
	return a.at.Para == p && a.at.Letter >= a.shape.Letters[p] && a.at.Point >= a.shape.Points[p] && !a.ignore
}

// ended looks whether the text ends before these lines: a block of its own after
// its last part. It is left out by choice, or reported.
func (a *attacher) ended(rest []line) bool {
	l := rest[0]
	last := a.parts[len(a.parts)-1]
	if l.mark.any() || a.isStrewn(l) || a.unfinished() || slices.Contains(a.choices.Join, l.number) || !a.broken(last.last(), l) {
		return false
	}
	if !slices.Contains(a.choices.LeaveOut, l.number) {
		a.fault(l.number, "tail", "words", short(l.words), "last", rest[len(rest)-1].number)
	}
	for _, l := range rest {
		a.asides = append(a.asides, Aside{Kind: LeftOut, Line: l.number, Words: l.words})
	}
	return true
}

// finish looks at what is still open at the end of the document.
func (a *attacher) finish() {
	end := line{number: a.lines[len(a.lines)-1].number}
	a.settle()
	if !a.ignore {
		a.leave(end)
	}
	if a.at.Para < a.shape.Paragraphs {
		a.fault(end.number, "paragraph_missing", "para", a.at.Para+1)
	}
	for _, b := range a.parts {
		if b.empty() {
			a.fault(a.first[b.Place], "empty_part", "place", b.Place.String())
		} else if l := b.last(); !l.endsOut && !slices.Contains(a.choices.Join, l.number) {
			a.fault(l.number, "unfinished", "place", b.Place.String(), "words", short(l.words))
		}
	}
	slices.SortStableFunc(a.faults, func(x, y Fault) int { return x.Line - y.Line })
	slices.SortStableFunc(a.asides, func(x, y Aside) int { return x.Line - y.Line })
}

func (a *attacher) result() Result {
	r := Result{Asides: a.asides}
	for _, b := range a.parts {
		r.Parts = append(r.Parts, Part{b.Place, a.first[b.Place], a.join(b.lines)})
	}
	return r
}

// String is the place as a reader writes it: "11", "11 (d)", "7 (3)".
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(itoa(p.Para))
	if p.Letter > 0 {
		b.WriteString(" (" + letterName(p.Letter) + ")")
	}
	if p.Point > 0 {
		b.WriteString(" (" + itoa(p.Point) + ")")
	}
	return b.String()
}
