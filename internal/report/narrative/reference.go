package narrative

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// chapters is CommonMark with references. It is safe for several to use at once.
var chapters = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(append(parser.DefaultInlineParsers(), util.Prioritized(referenceParser{}, 50))...),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// reference is a reference as the parser sees it; with no kind, braces that hold none.
type reference struct {
	ast.BaseInline
	ref   Ref
	text  string
	start int
}

var kindReference = ast.NewNodeKind("KeptReference")

// Kind tells the parser's walkers what this is.
func (r *reference) Kind() ast.NodeKind { return kindReference }

// Dump prints it for people who debug the parser.
func (r *reference) Dump(source []byte, level int) {
	ast.DumpHelper(r, source, level, map[string]string{"ref": r.ref.String()}, nil)
}

// What stands in braces: the id of a figure, or a kind and an id.
var (
	inBraces = regexp.MustCompile(`^\{([^{}\n]{0,200})\}`)
	figureID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$`)
	entryID  = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)
	itemID   = regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`)
	ofKind   = map[string]*regexp.Regexp{Commitment: entryID, Party: entryID, PackItem: itemID}
	kinded   = regexp.MustCompile(`^([a-z]+):(.*)$`)
)

// ParseRef reads what stands in braces; ok is false where it is no reference.
func ParseRef(s string) (ref Ref, ok bool) {
	if m := kinded.FindStringSubmatch(s); m != nil {
		form := ofKind[m[1]]
		return Ref{Kind: m[1], ID: m[2]}, form != nil && form.MatchString(m[2])
	}
	return Ref{Kind: Figure, ID: s}, figureID.MatchString(s)
}

type referenceParser struct{}

// Trigger is what a reference begins with.
func (referenceParser) Trigger() []byte { return []byte{'{'} }

// Parse reads a reference; a brace that closes nowhere on its line is text.
func (referenceParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	m := inBraces.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	out := &reference{text: string(m[0]), start: segment.Start}
	if ref, ok := ParseRef(string(m[1])); ok {
		out.ref = ref
	}
	return out
}
