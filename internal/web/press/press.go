// Package press runs the templates of html/template, faster, and in several languages
// at the price of one. What a template set means, and how each value is escaped where it
// stands, html/template decides: a press takes the trees that it has escaped and turns
// each into functions, in which a field is found once for each type, and a function is
// called as what it is, where html/template looks every name up and calls by reflection
// each time.
//
// The languages differ in their functions, and in the constants that are written into
// the trees. A press reads one set, in which each constant is a [Mark], and holds the
// words of all languages for it.
//
// A press knows the part of the language that our pages use. Where it meets anything
// else, in a template or in the values that it is given, html/template writes the
// whole page in its place: so a page is the same bytes either way, and an error is
// always html/template's own.
//
//	p := press.New(press.Config{Set: set, Funcs: funcs, Parse: parse})
//	page, err := p.Append(nil, 0, "frame", data)
package press

import (
	"bytes"
	"html/template"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Config is what a press is made of. Languages are counted from 0.
type Config struct {
	Set    *template.Template                             // with marks for constants; nothing is added to it any more
	Words  [][]string                                     // what a mark stands for, escaped, in each language
	Funcs  []template.FuncMap                             // of each language: the same names, of the same types
	Direct []map[string]Direct                            // ways to call some of these that need no reflection
	Parse  func(language int) (*template.Template, error) // the set as html/template runs it in one language
}

// Press is a set of templates. It serves many goroutines.
type Press struct {
	Config
	slow  bool
	mu    sync.Mutex
	made  sync.Map             // name of a template → *compiled
	plain []*template.Template // of each language, once html/template had to write in it
	fell  atomic.Int64
}

// New makes a press.
func New(c Config) *Press { return &Press{Config: c, plain: make([]*template.Template, len(c.Funcs))} }

// Marks stand in the text of a template, where no template has characters of their kind.
const markBegin, markEnd = "\uE000", "\uE001"

// Mark is what stands in the text of a set for the n-th constant.
func Mark(n int) string { return markBegin + strconv.Itoa(n) + markEnd }

// inEach is a text of the set in each language; nil where it is the same in all.
func (p *Press) inEach(text string) []string {
	if !strings.Contains(text, markBegin) {
		return nil
	}
	all := make([]string, len(p.Funcs))
	for language := range all {
		var b strings.Builder
		for rest, more := text, true; more; {
			var before, mark string
			if before, rest, more = strings.Cut(rest, markBegin); more {
				mark, rest, _ = strings.Cut(rest, markEnd)
			}
			b.WriteString(before)
			if n, err := strconv.Atoi(mark); err == nil && n < len(p.Words) {
				b.WriteString(p.Words[n][language])
			} else if more {
				dontKnow("the mark %q", mark)
			}
		}
		all[language] = b.String()
	}
	return all
}

// Slow is the same press, all of whose pages html/template writes: a measure for tests.
func (p *Press) Slow() *Press {
	slow := New(p.Config)
	slow.slow = true
	return slow
}

// Fell is how often html/template had to write a page.
func (p *Press) Fell() int64 { return p.fell.Load() }

// Why tells why html/template writes all pages of this name; nil where it does not.
func (p *Press) Why(name string) error { return p.compiled(name).unknown }

// Append writes a template in a language behind what dst holds. On an error it gives
// dst back.
func (p *Press) Append(dst []byte, language int, name string, data any) ([]byte, error) {
	if !p.slow {
		if out, ok := p.compiled(name).run(dst, language, data); ok {
			return out, nil
		}
	}
	p.fell.Add(1)
	set, err := p.in(language)
	if err != nil {
		return dst, err
	}
	b := bytes.NewBuffer(dst)
	if err := set.ExecuteTemplate(b, name, data); err != nil {
		return dst, err
	}
	return b.Bytes(), nil
}

// in is the set in one language.
func (p *Press) in(language int) (*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if set := p.plain[language]; set != nil {
		return set, nil
	}
	set, err := p.Parse(language)
	p.plain[language] = set
	return set, err
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
	// Only by running a template html/template can be made to escape it, with all that
	// it calls. It may fail with no data; then it has escaped it all the same.
	_ = p.Set.ExecuteTemplate(io.Discard, name, nil)
	m := &maker{press: p, here: map[string]*compiled{}}
	c := m.template(name)
	for name, c := range m.here { // all at once: some may call each other in a circle
		p.made.Store(name, c)
	}
	return c
}

// state is one run of a template.
type state struct {
	out      []byte
	language int
	vars     []reflect.Value // of all templates that are being run, each from its base on
	base     int
}

// states are used again, for their room for variables.
var states = sync.Pool{New: func() any { return new(state) }}

// node writes a part of a template.
type node func(st *state, dot reflect.Value)

// run writes the template; false where it met what a press does not know.
func (c *compiled) run(dst []byte, language int, data any) (out []byte, ok bool) {
	if c.unknown != nil {
		return dst, false
	}
	st := states.Get().(*state)
	st.out, st.language = dst, language
	defer func() {
		clear(st.vars[:cap(st.vars)])
		*st = state{vars: st.vars[:0]}
		states.Put(st)
	}()
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
