package press

import (
	"fmt"
	"reflect"
	"text/template/parse"
)

// maker compiles a template and those that it calls.
type maker struct {
	press *Press
	here  map[string]*compiled // begun, some of them done
}

// unknown is what a press cannot do; a maker and a run both panic with it.
type unknown string

func (u unknown) Error() string { return "a press does not know " + string(u) }

func dontKnow(format string, args ...any) { panic(unknown(fmt.Sprintf(format, args...))) }

// template compiles one by its name, unless that is done.
func (m *maker) template(name string) *compiled {
	if c, ok := m.press.made.Load(name); ok {
		return c.(*compiled)
	}
	if c, ok := m.here[name]; ok {
		return c
	}
	c := &compiled{}
	m.here[name] = c
	m.compile(c, name)
	return c
}

func (m *maker) compile(c *compiled, name string) {
	defer func() {
		if r := recover(); r != nil {
			u, ok := r.(unknown)
			if !ok {
				panic(r)
			}
			c.unknown = fmt.Errorf("%s: %w", name, u)
		}
	}()
	t := m.press.Set.Lookup(name)
	if t == nil || t.Tree == nil { // of a context of its own, or not there
		dontKnow("the template")
	}
	s := &scope{maker: m, names: []string{"$"}, most: 1}
	c.body = s.list(t.Tree.Root)
	c.slots = s.most
}

// scope knows the variables at a place of a template: each has a slot.
type scope struct {
	*maker
	names []string
	most  int
}

func (s *scope) declare(name string) (slot int) {
	s.names = append(s.names, name)
	s.most = max(s.most, len(s.names))
	return len(s.names) - 1
}

func (s *scope) slot(name string) int {
	for i := len(s.names) - 1; i >= 0; i-- {
		if s.names[i] == name {
			return i
		}
	}
	dontKnow("the variable %s", name)
	return 0
}

// list compiles what stands one after the other. Text that follows text is one.
func (s *scope) list(l *parse.ListNode) node {
	if l == nil {
		return nil
	}
	var nodes []node
	var text []byte
	flush := func() {
		if len(text) > 0 {
			nodes = append(nodes, s.fixed(string(text)))
			text = nil
		}
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			text = append(text, n.Text...)
		case *parse.CommentNode:
		default:
			flush()
			nodes = append(nodes, s.node(n))
		}
	}
	flush()
	switch len(nodes) {
	case 0:
		return func(*state, reflect.Value) {}
	case 1:
		return nodes[0]
	}
	return func(st *state, dot reflect.Value) {
		for _, n := range nodes {
			n(st, dot)
		}
	}
}

// fixed writes a text that is always the same, or the same in its language.
func (s *scope) fixed(text string) node {
	if in := s.press.inEach(text); in != nil {
		return func(st *state, _ reflect.Value) { st.out = append(st.out, in[st.language]...) }
	}
	return func(st *state, _ reflect.Value) { st.out = append(st.out, text...) }
}

func (s *scope) node(n parse.Node) node {
	switch n := n.(type) {
	case *parse.ActionNode:
		return s.action(n.Pipe)
	case *parse.IfNode:
		return s.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return s.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return s.rangeOver(&n.BranchNode)
	case *parse.TemplateNode:
		return s.callTemplate(n)
	}
	dontKnow("%T", n)
	return nil
}

// action writes a value escaped, or gives it a name.
func (s *scope) action(p *parse.PipeNode) node {
	if len(p.Decl) > 0 {
		value := s.pipe(p)
		return func(st *state, dot reflect.Value) { value(st, dot) }
	}
	return s.print(p)
}

// branch is an if or a with.
func (s *scope) branch(b *parse.BranchNode, with bool) node {
	defer s.end(len(s.names))
	test := s.pipe(b.Pipe)
	then, otherwise := s.list(b.List), s.list(b.ElseList)
	return func(st *state, dot reflect.Value) {
		v := test(st, dot)
		if !truth(v) {
			if otherwise != nil {
				otherwise(st, dot)
			}
			return
		}
		if with {
			dot = v
		}
		then(st, dot)
	}
}

// end forgets the variables of a block.
func (s *scope) end(names int) { s.names = s.names[:names] }

// rangeOver goes through a list, or a map in the order of its keys.
func (s *scope) rangeOver(b *parse.BranchNode) node {
	defer s.end(len(s.names))
	if b.Pipe.IsAssign {
		dontKnow("an assignment in a range")
	}
	over := s.undeclared(b.Pipe)
	key, element := -1, -1
	switch len(b.Pipe.Decl) {
	case 1:
		element = s.declare(b.Pipe.Decl[0].Ident[0])
	case 2:
		key, element = s.declare(b.Pipe.Decl[0].Ident[0]), s.declare(b.Pipe.Decl[1].Ident[0])
	}
	each, otherwise := s.list(b.List), s.list(b.ElseList)
	one := func(st *state, k, v reflect.Value) {
		if key >= 0 {
			st.vars[st.base+key] = k
		}
		if element >= 0 {
			st.vars[st.base+element] = v
		}
		each(st, v)
	}
	return func(st *state, dot reflect.Value) {
		v, isNil := indirect(over(st, dot))
		switch {
		case isNil:
			dontKnow("a range over nothing of type %s", v.Type())
		case !v.IsValid():
		case v.Kind() == reflect.Slice && v.Len() > 0:
			for i := range v.Len() {
				k := reflect.Value{}
				if key >= 0 {
					k = reflect.ValueOf(i)
				}
				one(st, k, v.Index(i))
			}
			return
		case v.Kind() == reflect.Map && v.Len() > 0:
			for _, k := range sortedKeys(v) {
				one(st, k, v.MapIndex(k))
			}
			return
		case v.Kind() != reflect.Slice && v.Kind() != reflect.Map:
			dontKnow("a range over %s", v.Type())
		}
		if otherwise != nil {
			otherwise(st, dot)
		}
	}
}

// callTemplate runs another template with variables of its own.
func (s *scope) callTemplate(n *parse.TemplateNode) node {
	c := s.template(n.Name)
	if c.unknown != nil {
		dontKnow("the template %s: %v", n.Name, c.unknown)
	}
	if n.Pipe == nil {
		return func(st *state, _ reflect.Value) { c.call(st, reflect.Value{}) }
	}
	with := s.pipe(n.Pipe)
	return func(st *state, dot reflect.Value) { c.call(st, with(st, dot)) }
}
