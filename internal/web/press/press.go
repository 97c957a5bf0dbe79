// Package press runs the templates of html/template, faster. What a template set
// means, and how each value is escaped where it stands, html/template decides: a press
// takes the trees that it has escaped and turns each into functions, in which a field
// is found once for each type, and a function is called as what it is, where
// html/template looks every name up and calls by reflection each time.
//
// A press knows the part of the language that our pages use. Where it meets anything
// else, in a template or in the values that it is given, html/template writes the
// whole page in its place: so a page is the same bytes either way, and an error is
// always html/template's own.
//
//	p := press.New(set, funcs, nil)
//	page, err := p.Append(nil, "frame", data)
package press

import (
	"bytes"
	"html/template"
	"io"
	"reflect"
	"sync"
	"sync/atomic"
)

// Press is a set of templates in one language. It serves many goroutines.
type Press struct {
	set    *template.Template // nil while it is let go
	parse  func() (*template.Template, error)
	funcs  template.FuncMap
	direct map[string]Direct
	slow   bool
	mu     sync.Mutex
	made   sync.Map     // name of a template → *compiled
	unused atomic.Int64 // pages since the set was needed
	fell   atomic.Int64
}

// New takes a set that nothing is added to any more, its functions, and ways to call
// some of these that need no reflection.
func New(set *template.Template, funcs template.FuncMap, direct map[string]Direct) *Press {
	return &Press{set: set, funcs: funcs, direct: direct}
}

// idle is how many pages are written without the set before it is let go.
const idle = 1000

// LetGo lets a press give its set away when no page has needed it for a while: what a
// set holds is then memory for templates that are functions already or that nobody
// asks for. Where one is needed again, parse makes the same set anew.
func (p *Press) LetGo(parse func() (*template.Template, error)) { p.parse = parse }

// whole is the set, made again where it was let go. The press is locked.
func (p *Press) whole() (*template.Template, error) {
	p.unused.Store(0)
	if p.set != nil {
		return p.set, nil
	}
	var err error
	p.set, err = p.parse()
	return p.set, err
}

// rest counts a page that did without the set.
func (p *Press) rest() {
	if p.parse == nil || p.unused.Add(1) != idle {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set = nil
}

// Slow is the same set, all of whose pages html/template writes: a measure for tests.
func (p *Press) Slow() *Press { return &Press{set: p.set, slow: true} }

// Fell is how often html/template had to write a page.
func (p *Press) Fell() int64 { return p.fell.Load() }

// Why tells why html/template writes all pages of this name; nil where it does not.
func (p *Press) Why(name string) error { return p.compiled(name).unknown }

// Append writes a template behind what dst holds. On an error it gives dst back.
func (p *Press) Append(dst []byte, name string, data any) ([]byte, error) {
	if !p.slow {
		if out, ok := p.compiled(name).run(dst, data); ok {
			p.rest()
			return out, nil
		}
	}
	p.fell.Add(1)
	p.mu.Lock()
	set, err := p.whole()
	p.mu.Unlock()
	if err != nil {
		return dst, err
	}
	b := bytes.NewBuffer(dst)
	if err := set.ExecuteTemplate(b, name, data); err != nil {
		return dst, err
	}
	return b.Bytes(), nil
}

// compiled is one template.
type compiled struct {
	body    node
	slots   int   // variables that it holds at once
	unknown error // why it cannot run here
}

// compiled is a template by its name, made when it is first asked for.
func (p *Press) compiled(name string) *compiled {
	if c, ok := p.made.Load(name); ok {
		return c.(*compiled)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.made.Load(name); ok {
		return c.(*compiled)
	}
	set, err := p.whole()
	if err != nil {
		return &compiled{unknown: err}
	}
	// Only by running a template html/template can be made to escape it, with all that
	// it calls. It may fail with no data; then it has escaped it all the same.
	_ = set.ExecuteTemplate(io.Discard, name, nil)
	m := &maker{press: p, set: set, here: map[string]*compiled{}}
	c := m.template(name)
	for name, c := range m.here { // all at once: some may call each other in a circle
		p.made.Store(name, c)
	}
	return c
}

// state is one run of a template.
type state struct {
	out  []byte
	vars []reflect.Value // of all templates that are being run, each from its base on
	base int
}

// node writes a part of a template.
type node func(st *state, dot reflect.Value)

// run writes the template; false where it met what a press does not know.
func (c *compiled) run(dst []byte, data any) (out []byte, ok bool) {
	if c.unknown != nil {
		return dst, false
	}
	st := &state{out: dst}
	defer func() {
		if recover() != nil { // html/template finds out what it is
			out, ok = dst, false
		}
	}()
	c.call(st, reflect.ValueOf(data))
	return st.out, true
}

// call runs the template with variables of its own; the first is "$".
func (c *compiled) call(st *state, dot reflect.Value) {
	if c.unknown != nil {
		panic(c.unknown)
	}
	base, above := st.base, len(st.vars)
	if above+c.slots > cap(st.vars) {
		st.vars = append(make([]reflect.Value, 0, 2*(above+c.slots)+16), st.vars...)
	}
	st.vars = st.vars[:above+c.slots]
	st.base = above
	st.vars[above] = dot
	c.body(st, dot)
	st.base, st.vars = base, st.vars[:above]
}
