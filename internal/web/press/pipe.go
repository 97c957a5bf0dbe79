package press

import (
	"reflect"
	"strings"
	"text/template/parse"
)

// value computes what a part of a pipeline is.
type value func(st *state, dot reflect.Value) reflect.Value

// written is a value that is a string, without the cost of a reflect.Value.
type written func(st *state, dot reflect.Value) (string, content)

// expression is a value; one that always is a string has the other form too.
type expression struct {
	value value
	text  written
}

func constant(v reflect.Value) expression {
	return expression{value: func(*state, reflect.Value) reflect.Value { return v }}
}

func textual(text written) expression {
	return expression{text: text, value: func(st *state, dot reflect.Value) reflect.Value {
		s, kind := text(st, dot)
		return kind.value(s)
	}}
}

// pipe computes a pipeline that nothing escapes, and gives the value its name.
func (s *scope) pipe(p *parse.PipeNode) value {
	v := s.undeclared(p)
	switch {
	case len(p.Decl) == 0:
		return v
	case len(p.Decl) > 1:
		dontKnow("two names for one value")
	}
	slot := -1
	if name := p.Decl[0].Ident[0]; p.IsAssign {
		slot = s.slot(name)
	} else {
		slot = s.declare(name)
	}
	return func(st *state, dot reflect.Value) reflect.Value {
		got := v(st, dot)
		st.vars[st.base+slot] = got
		return got
	}
}

// undeclared computes a pipeline of one command.
func (s *scope) undeclared(p *parse.PipeNode) value {
	if len(p.Cmds) != 1 {
		dontKnow("a pipeline of %d commands", len(p.Cmds))
	}
	return s.outcome(p.Cmds[0]).value
}

// outcome is what a command gives to whatever comes behind it: what an interface
// holds, in its place.
func (s *scope) outcome(c *parse.CommandNode) expression {
	e := s.command(c)
	if e.text == nil {
		inner := e.value
		e.value = func(st *state, dot reflect.Value) reflect.Value {
			v := inner(st, dot)
			if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
				return v.Elem()
			}
			return v
		}
	}
	return e
}

// print writes a pipeline whose last commands are the escapers that html/template put there.
func (s *scope) print(p *parse.PipeNode) node {
	names := ""
	cmds := p.Cmds
	for len(cmds) > 0 {
		last, ok := cmds[len(cmds)-1].Args[0].(*parse.IdentifierNode)
		if !ok || !strings.HasPrefix(last.Ident, "_html_template_") {
			break
		}
		names = strings.TrimPrefix(last.Ident, "_html_template_") + " " + names
		cmds = cmds[:len(cmds)-1]
	}
	escape, ok := escapers[strings.TrimSpace(names)]
	if !ok || len(cmds) != 1 {
		dontKnow("to print %s", p)
	}
	e := s.outcome(cmds[0])
	if e.text != nil {
		return func(st *state, dot reflect.Value) {
			text, kind := e.text(st, dot)
			st.out = escape(st.out, text, kind)
		}
	}
	return func(st *state, dot reflect.Value) {
		text, kind := stringify(e.value(st, dot))
		st.out = escape(st.out, text, kind)
	}
}

// command is the first word of a command with its arguments.
func (s *scope) command(c *parse.CommandNode) expression {
	switch n := c.Args[0].(type) {
	case *parse.IdentifierNode:
		return s.function(n.Ident, c.Args[1:])
	case *parse.FieldNode:
		return expression{value: s.chain(dotItself, n.Ident, c.Args[1:])}
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			return expression{value: s.chain(s.variable(n.Ident[0]), n.Ident[1:], c.Args[1:])}
		}
	case *parse.ChainNode:
		return expression{value: s.chain(s.operand(n.Node).value, n.Field, c.Args[1:])}
	}
	if len(c.Args) > 1 {
		dontKnow("arguments of %s", c)
	}
	return s.operand(c.Args[0])
}

// operand is a word that stands alone, or as an argument.
func (s *scope) operand(n parse.Node) expression {
	switch n := n.(type) {
	case *parse.DotNode:
		return expression{value: dotItself}
	case *parse.FieldNode:
		return expression{value: s.chain(dotItself, n.Ident, nil)}
	case *parse.VariableNode:
		return expression{value: s.chain(s.variable(n.Ident[0]), n.Ident[1:], nil)}
	case *parse.ChainNode:
		return expression{value: s.chain(s.operand(n.Node).value, n.Field, nil)}
	case *parse.IdentifierNode:
		return s.function(n.Ident, nil)
	case *parse.PipeNode:
		if len(n.Cmds) == 1 && len(n.Decl) == 0 {
			return s.outcome(n.Cmds[0])
		}
	case *parse.StringNode:
		return constant(reflect.ValueOf(n.Text))
	case *parse.BoolNode:
		return constant(reflect.ValueOf(n.True))
	case *parse.NumberNode:
		if n.IsInt && !n.IsFloat || n.IsInt && !strings.ContainsAny(n.Text, ".eEpP'xX") {
			return constant(reflect.ValueOf(int(n.Int64)))
		}
	}
	dontKnow("%s", n)
	return expression{}
}

func dotItself(_ *state, dot reflect.Value) reflect.Value { return dot }

func (s *scope) variable(name string) value {
	slot := s.slot(name)
	return func(st *state, _ reflect.Value) reflect.Value { return st.vars[st.base+slot] }
}

// chain goes from a value along its fields; the last may be a method with arguments.
func (s *scope) chain(from value, fields []string, args []parse.Node) value {
	for i, name := range fields {
		var given []expression
		if i == len(fields)-1 {
			given = s.operands(args)
		}
		from = field(from, name, given)
	}
	return from
}

func (s *scope) operands(nodes []parse.Node) (all []expression) {
	for _, n := range nodes {
		all = append(all, s.operand(n))
	}
	return all
}

// truth is what an if takes a value for.
func truth(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() > 0
	case reflect.Bool:
		return v.Bool()
	case reflect.Pointer, reflect.Func:
		return !v.IsNil()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int() != 0
	case reflect.Struct:
		return true
	}
	dontKnow("whether a %s is true", v.Type())
	return false
}

// indirect goes through pointers and interfaces to what they hold.
func indirect(v reflect.Value) (_ reflect.Value, isNil bool) {
	for ; v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface; v = v.Elem() {
		if v.IsNil() {
			return v, true
		}
	}
	return v, false
}
