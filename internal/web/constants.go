package web

import (
	"html/template"
	"text/template/parse"
)

// What a page calls with constants alone, such as {{t "menu.items"}}, is the same at
// every request in that language. It is written into the template once, escaped, as
// text: two thirds of what a page would compute each time. Text of a template is what
// html/template reads the context of everything after it from, so it stays as safe.

// constant are the functions that always answer alike in one language, and whose
// answer is a string for a person or the path of an address of ours.
var constant = map[string]bool{"t": true, "href": true, "lang": true, "comma": true}

// writeConstants writes them into every template of a set.
func writeConstants(set *template.Template, funcs template.FuncMap) {
	for _, t := range set.Templates() {
		if t.Tree != nil {
			constantsIn(t.Tree.Root, funcs)
		}
	}
}

func constantsIn(list *parse.ListNode, funcs template.FuncMap) {
	if list == nil {
		return
	}
	shortLinks(list)
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			text, ok := constantText(n, funcs)
			if ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(text))}
			}
		case *parse.IfNode:
			constantsUnder(&n.BranchNode, funcs)
		case *parse.RangeNode:
			constantsUnder(&n.BranchNode, funcs)
		case *parse.WithNode:
			constantsUnder(&n.BranchNode, funcs)
		}
	}
}

func constantsUnder(b *parse.BranchNode, funcs template.FuncMap) {
	constantsIn(b.List, funcs)
	constantsIn(b.ElseList, funcs)
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
