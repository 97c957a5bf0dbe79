package press

import (
	"html/template"
	"reflect"
	"text/template/parse"
)

// Direct calls a function of one argument without reflection; ok tells whether the
// value is of the argument's very type.
type Direct func(v reflect.Value) (answer string, kind content, ok bool)

// Of is the Direct of a function that answers a string, of any kind.
func Of[A any, R ~string](f func(A) R) Direct {
	takes, kind := reflect.TypeFor[A](), contentOf[reflect.TypeFor[R]()]
	return func(v reflect.Value) (string, content, bool) {
		if !v.IsValid() || v.Type() != takes {
			return "", plain, false
		}
		return string(f(v.Interface().(A))), kind, true
	}
}

// function calls a function by its name.
func (s *scope) function(name string, nodes []parse.Node) expression {
	args := s.operands(nodes)
	first, known := s.press.Funcs[0][name]
	if !known {
		return builtin(name, args)
	}
	if len(args) == 1 && s.press.Direct != nil && s.press.Direct[0][name] != nil {
		return s.direct(name, args)
	}
	switch first.(type) {
	case func() string:
		if f := inEach[func() string](s, name); len(args) == 0 {
			return textual(func(st *state, _ reflect.Value) (string, content) { return f[st.language](), plain })
		}
	case func() template.CSS:
		if f := inEach[func() template.CSS](s, name); len(args) == 0 {
			return textual(func(st *state, _ reflect.Value) (string, content) { return string(f[st.language]()), css })
		}
	case func(string) string:
		if len(args) == 1 {
			return oneString(args[0], plain, inEach[func(string) string](s, name))
		}
	case func(string) template.HTML:
		if len(args) == 1 {
			return oneString(args[0], markup, inEach[func(string) template.HTML](s, name))
		}
	case func(string) template.HTMLAttr:
		if len(args) == 1 {
			return oneString(args[0], attribute, inEach[func(string) template.HTMLAttr](s, name))
		}
	case func(any) string:
		if f := inEach[func(any) string](s, name); len(args) == 1 {
			return textual(func(st *state, dot reflect.Value) (string, content) {
				return f[st.language](held(args[0].value(st, dot))), plain
			})
		}
	case func(string, ...any) string:
		if len(args) > 0 {
			return sentence(inEach[func(string, ...any) string](s, name), args)
		}
	}
	f := s.reflected(name)
	return expression{value: func(st *state, dot reflect.Value) reflect.Value { return call(f[st.language], args, st, dot) }}
}

// inEach is a function in each language.
func inEach[F any](s *scope, name string) []F {
	all := make([]F, len(s.press.Funcs))
	for language, funcs := range s.press.Funcs {
		f, ok := funcs[name].(F)
		if !ok {
			dontKnow("%s, which is of two types", name)
		}
		all[language] = f
	}
	return all
}

// reflected is a function in each language, to be called by reflection.
func (s *scope) reflected(name string) (all []reflect.Value) {
	for _, funcs := range s.press.Funcs {
		all = append(all, reflect.ValueOf(funcs[name]))
	}
	return all
}

// direct calls without reflection where the argument is of the type.
func (s *scope) direct(name string, args []expression) expression {
	f := s.reflected(name)
	return textual(func(st *state, dot reflect.Value) (string, content) {
		v := args[0].value(st, dot)
		if answer, kind, ok := s.press.Direct[st.language][name](v); ok {
			return answer, kind
		}
		return stringify(call(f[st.language], []expression{constant(v)}, st, dot))
	})
}

// oneString calls a function of a string.
func oneString[R ~string](arg expression, kind content, f []func(string) R) expression {
	return textual(func(st *state, dot reflect.Value) (string, content) {
		return string(f[st.language](stringOf(arg, st, dot))), kind
	})
}

// sentence calls a function of a string and of anything.
func sentence(f []func(string, ...any) string, args []expression) expression {
	return textual(func(st *state, dot reflect.Value) (string, content) {
		given := heldOf(args[1:], st, dot)
		return f[st.language](stringOf(args[0], st, dot), given...), plain
	})
}

// stringOf is an argument that must be a string.
func stringOf(arg expression, st *state, dot reflect.Value) string {
	if arg.text != nil {
		if s, kind := arg.text(st, dot); kind == plain {
			return s
		}
		dontKnow("markup as an argument")
	}
	return fitting(arg.value(st, dot), stringType).String()
}

// held is a value as a function of anything gets it.
func held(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}

func heldOf(args []expression, st *state, dot reflect.Value) []any {
	all := make([]any, len(args))
	for i, a := range args {
		all[i] = held(a.value(st, dot))
	}
	return all
}

// call calls by reflection. An error that it answers with ends the run.
func call(f reflect.Value, args []expression, st *state, dot reflect.Value) reflect.Value {
	t := f.Type()
	fixed := t.NumIn()
	if t.IsVariadic() {
		fixed--
	}
	if len(args) < fixed || len(args) > fixed && !t.IsVariadic() {
		dontKnow("%d arguments for %s", len(args), t)
	}
	var in []reflect.Value
	if len(args) > 0 {
		in = make([]reflect.Value, len(args))
	}
	for i, a := range args {
		want := t.In(min(i, t.NumIn()-1))
		if i >= fixed {
			want = want.Elem()
		}
		in[i] = fitting(a.value(st, dot), want)
	}
	out := f.Call(in)
	if len(out) == 2 && !out[1].IsNil() {
		dontKnow("the error %v", out[1])
	}
	return out[0]
}

// fitting is a value as an argument of a type.
func fitting(v reflect.Value, t reflect.Type) reflect.Value {
	if !v.IsValid() {
		switch t.Kind() {
		case reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
			return reflect.Zero(t)
		}
		dontKnow("nothing as %s", t)
	}
	if v.Type() == t || v.Type().AssignableTo(t) {
		return v
	}
	if v.Kind() == reflect.Interface && !v.IsNil() {
		if v = v.Elem(); v.Type().AssignableTo(t) {
			return v
		}
	}
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Type().Elem().AssignableTo(t):
		return v.Elem()
	case v.CanAddr() && reflect.PointerTo(v.Type()).AssignableTo(t):
		return v.Addr()
	}
	dontKnow("a %s for %s", v.Type(), t)
	return v
}
