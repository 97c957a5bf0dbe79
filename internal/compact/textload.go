package compact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"golang.org/x/text/unicode/norm"

	"kept/internal/compact/align"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Choices settle the stray lines of an official document, by line number.
type Choices = align.Choices

// Aside is what stands in an official document and belongs to no part of the text.
type Aside = align.Aside

// Result is an official document split into the parts of a text, to be shown before it is kept.
type Result struct {
	Text    string
	Lang    locale.Lang
	Parts   []TextPart // in the order of the document
	Asides  []Aside    // headings, page furniture, footnotes, what stands before and after
	Slips   []TextPart // parts in which a comma is misplaced before a year; kept as printed
	Choices Choices

	headings map[string]string
}

// TextPart is the official words of one part, and the line where they begin.
type TextPart struct {
	ID    string
	Line  int
	Words string
}

// Split takes an official document, as plain text, apart into the parts of a text.
// It is a pure function of its arguments, so that the record's split can be
// computed again from the file by anybody. With faults nothing may be kept; the
// result then shows how far the document fits.
func Split(t *Text, lang locale.Lang, plain []byte, choices Choices) (Result, []Fault) {
	r := Result{Text: t.ID, Lang: lang, Choices: choices, headings: map[string]string{}}
	if t.Paragraphs == 0 {
		return r, []Fault{{Name: "text_not_numbered", Args: []any{"id", t.ID}}}
	}
	if f := otherEncoding(plain); f != nil {
		return r, []Fault{*f}
	}
	shape, ids := t.shape()
	found, faults := align.Split(shape, norm.NFC.String(string(plain)), choices)
	for _, part := range found.Parts {
		p := TextPart{ids[part.Place], part.Line, part.Words}
		r.Parts = append(r.Parts, p)
		if slip.MatchString(p.Words) {
			r.Slips = append(r.Slips, p)
		}
	}
	r.Asides = found.Asides
	for _, a := range found.Asides {
		if a.Kind == align.Heading {
			r.addHeading(ids[a.Before], a.Words)
		}
	}
	list := make([]Fault, len(faults))
	for i, f := range faults {
		list[i] = Fault{Line: f.Line, Column: 1, Name: "text_" + f.Name, Args: f.Args}
	}
	return r, list
}

// addHeading joins the headings before one paragraph with line breaks.
func (r *Result) addHeading(before, words string) {
	if r.headings[before] != "" {
		words = r.headings[before] + "\n" + words
	}
	r.headings[before] = words
}

// slip is the misplaced comma of some printed English texts: "by, 2030".
var slip = regexp.MustCompile(`\bby, [0-9]{4}\b`)

// otherEncoding tells files in UTF-16 or binary from damaged UTF-8.
func otherEncoding(b []byte) *Fault {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return &Fault{Line: 1, Column: 1, Name: "text_utf16"}
	}
	if bytes.HasPrefix(b, []byte("%PDF")) || bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")) {
		return &Fault{Line: 1, Column: 1, Name: "text_not_plain"}
	}
	return nil
}

// shape is the structure that a document of this text must have, and which part each place is.
func (t *Text) shape() (align.Shape, map[align.Place]string) {
	shape := align.Shape{Paragraphs: int(t.Paragraphs), Letters: map[int]int{}, Points: map[int]int{}, Symbol: t.Symbol}
	ids := make(map[align.Place]string)
	for _, i := range t.Items {
		para, err := strconv.Atoi(i.Para)
		if err != nil {
			continue
		}
		at := align.Place{Para: para}
		switch point, err := strconv.Atoi(i.Letter); {
		case i.Letter == "":
		case err == nil:
			at.Point = point
			shape.Points[para]++
		default:
			at.Letter = int(i.Letter[0]-'a') + 1
			shape.Letters[para]++
		}
		ids[at] = i.ID
	}
	return shape, ids
}

// Official is the split of an official document as the record keeps it.
type Official struct {
	Text     string            `json:"text"`
	Lang     string            `json:"lang"`
	Items    map[string]string `json:"items"`    // id → words
	Headings map[string]string `json:"headings"` // id → the headings printed before it, one to a line
	Choices  Choices           `json:"choices"`
}

// canonical is the split as bytes for the record. It holds the choices too, so
// that the same file gives the same bytes again.
func (r Result) canonical() ([]byte, error) {
	items := make(map[string]any, len(r.Parts))
	for _, p := range r.Parts {
		items[p.ID] = p.Words
	}
	headings := make(map[string]any, len(r.headings))
	for id, words := range r.headings {
		headings[id] = words
	}
	return record.CanonicalPack(map[string]any{"text": r.Text, "lang": string(r.Lang), "items": items, "headings": headings,
		"choices": map[string]any{"join": numbers(r.Choices.Join), "leave_out": numbers(r.Choices.LeaveOut)}})
}

func numbers(list []int) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

// readOfficial reads a split from its bytes.
func readOfficial(b []byte) (*Official, error) {
	if err := record.CheckPack(b); err != nil {
		return nil, locale.E("err.pack.not_canonical", "detail", err.Error())
	}
	var o Official
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&o); err != nil {
		return nil, locale.E("err.pack.not_canonical", "detail", err.Error())
	}
	return &o, nil
}

// officials keeps the splits that this process read, by digest.
var officials = struct {
	sync.Mutex
	read map[record.Digest]*Official
}{read: map[record.Digest]*Official{}}

// maxOfficials bounds them: two texts in six languages, and a few that came before.
const maxOfficials = 32

func officialBy(tx *db.Tx, digest record.Digest) (*Official, error) {
	officials.Lock()
	o := officials.read[digest]
	officials.Unlock()
	if o != nil {
		return o, nil
	}
	b, err := keeper.Blob(tx, digest)
	if err != nil {
		return nil, err
	}
	if o, err = readOfficial(b); err != nil {
		return nil, fmt.Errorf("split %s: %w", digest, err)
	}
	officials.Lock()
	defer officials.Unlock()
	if len(officials.read) >= maxOfficials {
		clear(officials.read)
	}
	officials.read[digest] = o
	return o, nil
}
