// Package narrative reads the chapters that people write into a report: CommonMark
// without HTML and pictures, with references in braces.
//
//	We count {parties.total} parties; {party:12} reported on {commitment:1234}
//	under {item:P11d}.
//
// A [Document] is a tree of our own, so that whoever prints it decides every byte:
// what a reader's browser could run, or fetch from elsewhere, is a [Fault] with its
// line, and is printed as text all the same should it ever get that far. A figure
// that is typed by hand is pointed out ([Document.Typed]): it goes stale without
// anybody noticing, where a reference does not.
//
// Nothing here reads a store: what a reference names, whoever prints it looks up.
package narrative

import (
	"bufio"
	"bytes"
	"html"
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"kept/internal/locale"
)

// MaxText is how many bytes a chapter may have in one language.
const MaxText = 64 << 10

// maxDepth is how deep lists and quotations may lie in one another.
const maxDepth = 12

// Kinds of node.
const (
	Paragraph = "paragraph"
	Heading   = "heading" // Level from 1
	List      = "list"
	Ordered   = "ordered" // Level is its first number
	Item      = "item"
	Quote     = "quote"
	Rule      = "rule"
	Plain     = "text"
	Emphasis  = "emphasis"
	Strong    = "strong"
	Code      = "code"
	Anchor    = "link"
	Break     = "break"
	Reference = "reference"
)

// Node is a part of a document: a block, or a piece of a line.
type Node struct {
	Kind  string
	Level int
	Text  string // of text and code
	Href  string // of a link: an address on the web, or a path of the site
	Ref   Ref
	Line  int
	Nodes []*Node
}

// Ref is a reference: {ID} names a figure, {KIND:ID} a commitment, party or item.
type Ref struct {
	Kind string // one of RefKinds
	ID   string
	Line int
}

// What references name.
const (
	Figure     = "figure"
	Commitment = "commitment"
	Party      = "party"
	PackItem   = "item"
)

// String is the reference as it is written, without its braces.
func (r Ref) String() string {
	if r.Kind == Figure {
		return r.ID
	}
	return r.Kind + ":" + r.ID
}

// Fault is something that no chapter may hold.
type Fault struct {
	Line int
	Err  error // a [locale.Error] that names the line
}

// Document is a chapter in one language.
type Document struct {
	Nodes  []*Node
	Faults []Fault // in the order of their lines
	refs   []Ref
}

// Refs lists the references in their order.
func (d *Document) Refs() []Ref { return d.refs }

// Parse reads a chapter. It takes any text; what is wrong with it stands in Faults.
func Parse(source string) *Document {
	d := &Document{}
	if len(source) > MaxText {
		d.Faults = append(d.Faults, Fault{1, locale.E("err.narrative.too_long", "n", len(source), "max", MaxText)})
		return d
	}
	r := &reading{d: d, source: []byte(source), at: 1}
	r.lines = lineStarts(r.source)
	root := chapters.Parse(text.NewReader(r.source))
	d.Nodes = r.children(root, 0)
	return d
}

// reading turns the parser's tree into ours.
type reading struct {
	d      *Document
	source []byte
	lines  []int // where each line begins
	at     int   // line of what is being read
}

func (r *reading) fault(key string, args ...any) {
	r.d.Faults = append(r.d.Faults, Fault{r.at, locale.E(key, append(args, "line", r.at)...)})
}

func (r *reading) children(n ast.Node, depth int) (out []*Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, r.node(c, depth)...)
	}
	return out
}

// node reads one node; what is not kept as such gives its text.
func (r *reading) node(n ast.Node, depth int) []*Node {
	if n.Type() == ast.TypeBlock {
		if lines := n.Lines(); lines != nil && lines.Len() > 0 {
			r.at = lineOf(r.lines, lines.At(0).Start)
		}
		return r.block(n, depth)
	}
	return r.inline(n, depth)
}

func (r *reading) block(n ast.Node, depth int) []*Node {
	if depth > maxDepth {
		r.fault("err.narrative.deep", "max", maxDepth)
		return nil
	}
	out := &Node{Line: r.at}
	switch n := n.(type) {
	case *ast.Heading:
		out.Kind, out.Level = Heading, n.Level
	case *ast.Paragraph, *ast.TextBlock:
		out.Kind = Paragraph
	case *ast.List:
		if out.Kind = List; n.IsOrdered() {
			out.Kind, out.Level = Ordered, n.Start
		}
	case *ast.ListItem:
		out.Kind = Item
	case *ast.Blockquote:
		out.Kind = Quote
	case *ast.ThematicBreak:
		out.Kind = Rule
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return []*Node{{Kind: Paragraph, Line: r.at, Nodes: r.codeLines(n)}}
	case *ast.HTMLBlock:
		r.fault("err.narrative.html")
		return []*Node{{Kind: Paragraph, Line: r.at, Nodes: r.codeLines(n)}}
	default:
		out.Kind = Paragraph
	}
	out.Nodes = r.children(n, depth+1)
	return []*Node{out}
}

// codeLines are the lines of a block that is taken as it stands.
func (r *reading) codeLines(n ast.Node) (out []*Node) {
	for i := range n.Lines().Len() {
		if i > 0 {
			out = append(out, &Node{Kind: Break, Line: r.at})
		}
		line := n.Lines().At(i)
		out = append(out, &Node{Kind: Code, Line: lineOf(r.lines, line.Start), Text: strings.TrimRight(string(line.Value(r.source)), "\n")})
	}
	return out
}

func (r *reading) inline(n ast.Node, depth int) []*Node {
	if depth > 4*maxDepth {
		r.fault("err.narrative.deep", "max", maxDepth)
		return nil
	}
	switch n := n.(type) {
	case *ast.Text:
		r.at = lineOf(r.lines, n.Segment.Start)
		out := []*Node{{Kind: Plain, Text: r.plain(n), Line: r.at}}
		if n.HardLineBreak() {
			out = append(out, &Node{Kind: Break, Line: r.at})
		} else if n.SoftLineBreak() {
			out[0].Text += "\n"
		}
		return out
	case *ast.String:
		return []*Node{{Kind: Plain, Text: string(n.Value), Line: r.at}}
	case *ast.CodeSpan:
		return []*Node{{Kind: Code, Text: r.raw(n), Line: r.at}}
	case *ast.Emphasis:
		kind := Emphasis
		if n.Level > 1 {
			kind = Strong
		}
		return []*Node{{Kind: kind, Line: r.at, Nodes: r.children(n, depth+1)}}
	case *ast.Link:
		inside := r.children(n, depth+1)
		return r.link(string(util.URLEscape(n.Destination, true)), inside)
	case *ast.AutoLink:
		label := []*Node{{Kind: Plain, Text: string(n.Label(r.source)), Line: r.at}}
		if n.AutoLinkType == ast.AutoLinkEmail {
			return label
		}
		return r.link(string(n.URL(r.source)), label)
	case *ast.Image:
		inside := r.children(n, depth+1)
		r.fault("err.narrative.image")
		return inside
	case *ast.RawHTML:
		if n.Segments.Len() > 0 {
			r.at = lineOf(r.lines, n.Segments.At(0).Start)
		}
		r.fault("err.narrative.html")
		return []*Node{{Kind: Code, Text: string(n.Segments.Value(r.source)), Line: r.at}}
	case *reference:
		r.at = lineOf(r.lines, n.start)
		if n.ref.Kind == "" {
			r.fault("err.narrative.reference", "text", n.text)
			return []*Node{{Kind: Plain, Text: n.text, Line: r.at}}
		}
		n.ref.Line = r.at
		r.d.refs = append(r.d.refs, n.ref)
		return []*Node{{Kind: Reference, Ref: n.ref, Line: r.at}}
	}
	return r.children(n, depth+1)
}

// link keeps a link that leads to the web or within the site; of others its words.
func (r *reading) link(to string, words []*Node) []*Node {
	if !Linkable(to) {
		r.fault("err.narrative.link", "to", shortened(to))
		return words
	}
	return []*Node{{Kind: Anchor, Href: to, Line: r.at, Nodes: words}}
}

// Linkable tells an address that a chapter may lead to: a page on the web, or a
// path of this site without its language.
func Linkable(to string) bool {
	u, err := url.Parse(to)
	if err != nil || u.User != nil || strings.ContainsAny(to, "\\\x00\n\t") {
		return false
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		return strings.Contains(u.Hostname(), ".")
	}
	return u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(to, "//")
}

// plain is the text that a piece of source stands for: escapes and entities resolved.
func (r *reading) plain(n *ast.Text) string {
	value := n.Segment.Value(r.source)
	if n.IsRaw() {
		return string(value)
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	goldmarkhtml.DefaultWriter.Write(w, value)
	_ = w.Flush() // into memory
	return html.UnescapeString(b.String())
}

// raw is the text of a code span.
func (r *reading) raw(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			r.at = lineOf(r.lines, t.Segment.Start)
			b.Write(t.Segment.Value(r.source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

// shortened bounds what an error repeats.
func shortened(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// lineStarts are the offsets at which lines begin.
func lineStarts(source []byte) []int {
	starts := []int{0}
	for i, b := range source {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineOf is the line, counted from 1, that holds an offset.
func lineOf(starts []int, at int) int {
	low, high := 0, len(starts)
	for high-low > 1 {
		if middle := (low + high) / 2; starts[middle] <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return low + 1
}

// Number is the id of a commitment or party; 0 for other kinds.
func (r Ref) Number() int64 {
	n, _ := strconv.ParseInt(r.ID, 10, 64)
	return n
}
