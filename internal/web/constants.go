package web

import (
	"html/template"
	"slices"
	"strings"
	"text/template/parse"

	"kept/internal/web/press"
)

// What a page calls with constants alone, such as {{t "menu.items"}}, is the same at
// every request in that language. It is written into the template once, escaped, as
// text: two thirds of what a page would compute each time. Text of a template is what
// html/template reads the context of everything after it from, so it stays as safe.

// constant are the functions that always answer alike in one language, and whose
// answer is a string for a person or the path of an address of ours.
var constant = map[string]bool{"t": true, "href": true, "lang": true, "comma": true}

// writeConstants writes them into every template of a set: in one language as they
// are, in several as marks, whose words it gives.
func writeConstants(set *template.Template, funcs ...template.FuncMap) (words [][]string) {
	w := constantWriter{funcs: funcs, marks: map[string]string{}}
	for _, t := range set.Templates() {
		if t.Tree != nil {
			w.list(t.Tree.Root)
		}
	}
	return w.words
}

type constantWriter struct {
	funcs []template.FuncMap // of each language
	words [][]string         // what each mark stands for
	marks map[string]string  // words in all languages → their mark
}

func (w *constantWriter) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	shortLinks(list)
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if text, ok := w.text(n); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
			}
		case *parse.IfNode:
			w.branches(&n.BranchNode)
		case *parse.RangeNode:
			w.branches(&n.BranchNode)
		case *parse.WithNode:
			w.branches(&n.BranchNode)
		}
	}
}

func (w *constantWriter) branches(b *parse.BranchNode) {
	w.list(b.List)
	w.list(b.ElseList)
}

// text is what stands in the template for an action that is a constant. What an address
// has before and behind its language is written as it is: html/template reads from it
// what part of the address comes next.
func (w *constantWriter) text(n *parse.ActionNode) (string, bool) {
	all := make([]string, len(w.funcs))
	for language, funcs := range w.funcs {
		text, ok := constantText(n, funcs)
		if !ok {
			return "", false
		}
		all[language] = template.HTMLEscapeString(text)
	}
	before, words, behind := addressParts(all)
	return before + w.mark(words) + behind, true
}

// addressParts cuts one address of all languages at its language: "/", "en" and the
// others, "/items". What is no such address is between as it is.
func addressParts(all []string) (before string, between []string, behind string) {
	for n, text := range all {
		lang, rest, _ := strings.Cut(strings.TrimPrefix(text, "/"), "/")
		if n == 0 {
			behind = "/" + rest
		}
		if text != "/"+lang+behind {
			return "", all, ""
		}
		between = append(between, lang)
	}
	return "/", between, behind
}

// mark is the mark for words, one for all places where they stand.
func (w *constantWriter) mark(words []string) string {
	if !slices.ContainsFunc(words, func(word string) bool { return word != words[0] }) {
		return words[0]
	}
	key := strings.Join(words, "\x00")
	if w.marks[key] == "" {
		w.marks[key] = press.Mark(len(w.words))
		w.words = append(w.words, words)
	}
	return w.marks[key]
}

// constantText is what an action writes, where it calls one of the constant
// functions with literal strings only.
func constantText(n *parse.ActionNode, funcs template.FuncMap) (string, bool) {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 {
		return "", false
	}
	args := n.Pipe.Cmds[0].Args
	name, ok := args[0].(*parse.IdentifierNode)
	if !ok || !constant[name.Ident] {
		return "", false
	}
	var literal []string
	for _, a := range args[1:] {
		s, ok := a.(*parse.StringNode)
		if !ok {
			return "", false
		}
		literal = append(literal, s.Text)
	}
	switch f := funcs[name.Ident].(type) {
	case func() string:
		return f(), len(literal) == 0
	case func(string) string:
		if len(literal) == 1 {
			return f(literal[0]), true
		}
	case func(string, ...any) string:
		if len(literal) == 1 {
			return f(literal[0]), true
		}
	}
	return "", false
}
