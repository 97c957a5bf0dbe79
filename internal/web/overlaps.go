package web

import (
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/forum"
	measure "kept/internal/forum/network"
)

// Overlaps of bodies are a list of pairs with the tags that they share. Nothing is
// called too much or too little of anything.

// overlapRoutes are the pages of what bodies have in common and of what is lacking.
func (s *Site) overlapRoutes() {
	s.page("/bodies/overlaps", s.overlaps)
	s.page("/bodies/wheel", s.wheel)
	s.page("/gaps", s.gaps)
	s.page("/gaps/{id}", s.orElsewhere(s.gap))
}

// overlapFilters are what the list of overlaps can be asked for.
var overlapFilters = []string{"function", "under", "kind", "body", "item", "page", "limit"}

// overlapsPerPage keeps a page of two long names a row light.
const overlapsPerPage = 25

// shareView is an exact share, as a fraction and to three places.
type shareView struct {
	Is      int64  `json:"numerator"`
	Of      int64  `json:"denominator"`
	Decimal string `json:"decimal"`
}

func newShare(s measure.Share) *shareView {
	if !s.Known() {
		return nil
	}
	return &shareView{s.Is, s.Of, s.Decimal(3)}
}

// overlapRow is a pair of bodies.
type overlapRow struct {
	A         Link       `json:"a"`
	B         Link       `json:"b"`
	Functions []Text     `json:"functions_shared_in_words,omitempty"`
	Codes     []string   `json:"functions_shared,omitempty"`
	Parts     []Link     `json:"parts_shared"`
	Shared    int64      `json:"weight_shared"`
	Tags      *shareView `json:"by_items_and_functions,omitempty"` // nil where a function of one is not known
	Items     *shareView `json:"by_items"`
}

// matrixRow is a heading of the text with how many bodies have which function there.
type matrixRow struct {
	ID    string       `json:"id"`
	Title Text         `json:"title"`
	Cells []matrixCell `json:"bodies"`
}

type matrixCell struct {
	Function string  `json:"function,omitempty"` // "" for any
	Word     Text    `json:"-"`
	Bodies   leading `json:"bodies"`
}

type overlapsView struct {
	filters
	Of       int          `json:"total"`
	From     int          `json:"-"`
	To       int          `json:"-"`
	Bodies   int          `json:"bodies"`
	Unstated int          `json:"bodies_without_stated_function"`
	Weights  weightsView  `json:"weights"`
	Matrix   []matrixRow  `json:"matrix,omitempty"`
	Rows     []overlapRow `json:"rows"`
	pages
}

// weightsView are the numbers of the formula.
type weightsView struct {
	Itself    int64 `json:"item"`
	Paragraph int64 `json:"paragraph"`
	Objective int64 `json:"objective"`
}

// overlaps lists pairs of bodies that work on something together.
func (s *Site) overlaps(q *request) (View, error) {
	asked := q.query(overlapFilters...)
	c := coder{q, asked}
	bodies, err := forum.Bodies(q.Tx, q.Pack)
	if err != nil {
		return View{}, err
	}
	o := forum.OverlapsOf(q.Pack, bodies)
	f := forum.OverlapFilter{Body: asked.Get("body"), Kind: asked.Get("kind"), Function: asked.Get("function"), Part: asked.Get("item")}
	if f.Part == "" {
		f.Part = asked.Get("under")
	}
	v := View{Page: "overlaps", Title: message("overlaps.title"), Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}},
		Subjects: []string{"bodies"}, Robots: filtered(asked)}
	if q.whole() {
		v.Table = overlapTable(o.Find(f, 0))
		return v, nil
	}
	data := overlapsView{Bodies: len(bodies), Weights: weightsView{measure.Itself, measure.Paragraph, measure.Objective}}
	for _, b := range bodies {
		if len(b.Functions) == 0 {
			data.Unstated++
		}
	}
	data.page(q, c, o, f)
	if len(asked) == 0 {
		data.matrix(q.Pack, o)
	}
	data.filters = newFilters(asked, "items.words", c.overlapFields(bodies))
	v.Data, v.Table = data, &Table{}
	return v, nil
}

// page fills the pairs of the page that is asked for.
func (v *overlapsView) page(q *request, c coder, o *forum.Overlaps, f forum.OverlapFilter) {
	size := overlapsPerPage
	if limit := int(c.id("limit")); q.forProgram() && limit > 0 {
		size = min(limit, 1000)
	}
	number := max(int(c.id("page")), 1)
	number = min(number, 1+v.Bodies*v.Bodies/size) // there are no more pairs than that
	found := o.Find(f, number*size)
	if last := max((found.Of-1)/size, 0); number > last+1 {
		number = last + 1
	}
	v.Of = found.Of
	from := (number - 1) * size
	v.From, v.To = from+1, min(number*size, found.Of)
	for at := from; at < v.To; at++ {
		v.Rows = append(v.Rows, newOverlapRow(q.Pack, found.At(at)))
	}
	if number > 1 {
		v.Prev = pageAddress(c.asked, number-1)
	}
	if v.To < found.Of {
		v.Next = pageAddress(c.asked, number+1)
	}
}

func newOverlapRow(p *compact.Pack, o forum.Overlap) overlapRow {
	row := overlapRow{A: bodyLink(p, o.A), B: bodyLink(p, o.B), Codes: o.Functions, Shared: o.Shared, Tags: newShare(o.Tags), Items: newShare(o.Items)}
	for _, f := range o.Functions {
		row.Functions = append(row.Functions, functionName(f))
	}
	for _, id := range o.Parts {
		row.Parts = append(row.Parts, Link{same(id), "/items/" + id})
	}
	return row
}

// bodyLink leads to a body under its name.
func bodyLink(p *compact.Pack, b *forum.Body) Link {
	return Link{bodyName(p, b), bodyHref(b.ID)}
}

// matrix fills how many bodies have which function under each heading.
func (v *overlapsView) matrix(p *compact.Pack, o *forum.Overlaps) {
	for _, line := range o.Matrix() {
		row := matrixRow{ID: line.Part, Title: message("group.FU")}
		if line.Part != compact.FollowUp {
			row.Title = title(p, compact.Items, line.Part)
		}
		for _, cell := range line.Cells {
			to := url.Values{"under": {line.Part}}
			word := message("overlaps.any_function")
			if cell.Function != "" {
				to.Set("function", cell.Function)
				word = functionName(cell.Function)
			}
			row.Cells = append(row.Cells, matrixCell{cell.Function, word, count(cell.Bodies, "/bodies", to)})
		}
		v.Matrix = append(v.Matrix, row)
	}
}

// overlapFields are the conditions above the list.
func (c coder) overlapFields(bodies []forum.Body) []filter {
	kinds := slices.DeleteFunc(slices.Clone(compact.BodyKinds), func(kind string) bool {
		return !slices.ContainsFunc(bodies, func(b forum.Body) bool { return b.Kind == kind })
	})
	kind := c.options("kind", options(kinds, c.asked.Get("kind"), bodyKind))
	kind.Label = message("bodies.kind")
	all := []filter{c.options("function", options(compact.Functions, c.asked.Get("function"), functionName)), c.objectives(), kind}
	for i := range all {
		all[i].Main = i < 2
	}
	return append(all, c.scopeFields("item", "body")...)
}

// overlapTable is the CSV of all pairs that were found, made some at a time.
func overlapTable(found forum.Found) *Table {
	t := &Table{Columns: []string{"a", "b", "functions_shared", "parts_shared", "weight_shared", "tags_numerator", "tags_denominator", "tags_share", "items_numerator", "items_denominator", "items_share"}}
	at := 0
	t.More = func() ([][]string, error) {
		if at == found.Len() {
			return nil, io.EOF
		}
		var rows [][]string
		for to := min(at+1000, found.Len()); at < to; at++ {
			o := found.At(at)
			row := []string{o.A.ID, o.B.ID, strings.Join(o.Functions, " "), strings.Join(o.Parts, " "), strconv.FormatInt(o.Shared, 10)}
			rows = append(rows, append(append(row, shareCells(o.Tags)...), shareCells(o.Items)...))
		}
		return rows, nil
	}
	return t
}

// shareCells are an exact share in the CSV; empty where it is not known.
func shareCells(s measure.Share) []string {
	if !s.Known() {
		return []string{"", "", ""}
	}
	return []string{strconv.FormatInt(s.Is, 10), strconv.FormatInt(s.Of, 10), s.Decimal(9)}
}

func (v overlapsView) figures() []figure {
	list := []figure{counted("total", message("overlaps.pairs"), v.Of), counted("bodies", message("menu.bodies"), v.Bodies), counted("unstated", message("overlaps.unstated_label"), v.Unstated)}
	for _, row := range v.Matrix {
		for _, c := range row.Cells {
			name := nameOf(row.ID) + ".any"
			if c.Function != "" {
				name = nameOf(row.ID) + "." + nameOf(c.Function)
			}
			list = append(list, counted(name, phrase("cite.what.of", "of", row.Title, "what", c.Word), c.Bodies.N))
		}
	}
	return list
}
