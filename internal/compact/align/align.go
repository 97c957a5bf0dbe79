// Package align finds the parts of an official document: numbered paragraphs,
// their letters, and the points numbered inside a paragraph. It takes the document
// as plain text, as a program that extracts text from a PDF gives it, and the
// shape that the text must have; it returns the words of every part, with the line
// where each begins.
//
// Extracted text is untidy. Lines are wrapped, words are broken at the end of a
// line, page numbers, symbols and footnotes stand between them. All that is put
// aside and listed; nothing is dropped without being shown. What fits no part and
// is neither heading nor page furniture is a stray line: the caller says whether it
// belongs to the words before it or is left out ([Choices]).
//
// Invariant: a document that lacks a part of the shape, has one twice, or has a
// surplus one is refused, with the line.
package align

import (
	"fmt"
	"unicode/utf8"
)

// Limits of a document. The longest paragraph of a resolution has some 3,000 characters.
const (
	maxBytes  = 4 << 20
	maxLines  = 50_000
	maxLine   = 64 << 10
	maxFaults = 500 // more say nothing new: it is another document
)

// Shape is the structure that a document must have.
type Shape struct {
	Paragraphs int         // numbered 1 to this
	Letters    map[int]int // paragraph → how many letters it has
	Points     map[int]int // paragraph → how many numbered points stand inside it
	Symbol     string      // the document's symbol, printed on its pages
}

// Place is where a part stands. Letter 1 is a (أ in Arabic); Point is a number
// inside a paragraph; both are 0 for the paragraph itself.
type Place struct{ Para, Letter, Point int }

// Part is a part of the document with its words.
type Part struct {
	Place
	Line  int // where it begins
	Words string
}

// Kinds of what is put aside.
const (
	Front     = "front"     // before the first paragraph
	Heading   = "heading"   // before a paragraph
	Furniture = "furniture" // page numbers, symbols, running titles
	Footnote  = "footnote"
	LeftOut   = "left-out" // stray, left out by choice
)

// Aside is what stands in the document and belongs to no part.
type Aside struct {
	Kind   string
	Line   int
	Words  string
	Before Place // of a heading: the paragraph that it stands before
}

// Result is a document taken apart.
type Result struct {
	Parts  []Part  // in the order of the document
	Asides []Aside // likewise
}

// Choices settle stray lines, by the line where each begins.
type Choices struct {
	Join     []int `json:"join"`      // belongs to the words before it
	LeaveOut []int `json:"leave_out"` // belongs to nothing; at the end of the document, all that follows too
}

// Fault is why a document does not fit, and where.
type Fault struct {
	Line int
	Name string
	Args []any // name, value, …
}

func (f Fault) String() string { return fmt.Sprintf("line %d: %s %v", f.Line, f.Name, f.Args) }

// Split takes a document apart. With faults the result shows how far it fits.
func Split(shape Shape, document string, choices Choices) (Result, []Fault) {
	if f := unreadable(document); f != nil {
		return Result{}, []Fault{*f}
	}
	d := readDocument(document, shape.Symbol)
	var best *attacher
	for _, start := range d.starts() {
		a := attach(d, shape, choices, start)
		if best == nil || a.misfits() == 0 || len(a.parts) > len(best.parts) {
			best = a
		}
		if best.misfits() == 0 {
			break
		}
	}
	if best == nil {
		return Result{}, []Fault{{Line: 1, Name: "no_start"}}
	}
	return best.result(), best.faults
}

// unreadable tells what makes a document unfit to be looked at.
func unreadable(document string) *Fault {
	if len(document) > maxBytes {
		return &Fault{Line: 1, Name: "too_big", Args: []any{"max", maxBytes >> 20}}
	}
	line, begin := 1, 0
	for i := 0; i <= len(document); i++ {
		if i < len(document) && document[i] == 0 {
			return &Fault{Line: line, Name: "nul"}
		}
		if i < len(document) && document[i] != '\n' {
			continue
		}
		switch {
		case line > maxLines:
			return &Fault{Line: line, Name: "too_many_lines", Args: []any{"max", maxLines}}
		case i-begin > maxLine:
			return &Fault{Line: line, Name: "line_too_long", Args: []any{"max", maxLine}}
		case !utf8.ValidString(document[begin:i]):
			return &Fault{Line: line, Name: "not_utf8"}
		}
		line, begin = line+1, i+1
	}
	return nil
}
