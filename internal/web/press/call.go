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
	f, known := s.press.funcs[name]
	if !known {
		return builtin(name, args)
	}
	if direct, ok := s.press.direct[name]; ok && len(args) == 1 {
		return s.direct(direct, f, args)
	}
	switch f := f.(type) {
	case func() string:
		if len(args) == 0 {
			return textual(func(*state, reflect.Value) (string, content) { return f(), plain })
		}
	case func() template.CSS:
		if len(args) == 0 {
			return textual(func(*state, reflect.Value) (string, content) { return string(f()), css })
		}
	case func(string) string:
		if len(args) == 1 {
			return oneString(args[0], plain, f)
		}
	case func(string) template.HTML:
		if len(args) == 1 {
			return oneString(args[0], markup, func(s string) string { return string(f(s)) })
		}
	case func(string) template.HTMLAttr:
		if len(args) == 1 {
			return oneString(args[0], attribute, func(s string) string { return string(f(s)) })
		}
	case func(any) string:
		if len(args) == 1 {
			return textual(func(st *state, dot reflect.Value) (string, content) { return f(held(args[0].value(st, dot))), plain })
		}
	case func(string, ...any) string:
		if len(args) > 0 {
			return sentence(f, args)
		}
	}
	fun := reflect.ValueOf(f)
	return expression{value: func(st *state, dot reflect.Value) reflect.Value { return call(fun, args, st, dot) }}
}

// direct calls without reflection where the argument is of the type.
func (s *scope) direct(d Direct, f any, args []expression) expression {
	fun := reflect.ValueOf(f)
	return textual(func(st *state, dot reflect.Value) (string, content) {
		v := args[0].value(st, dot)
		if answer, kind, ok := d(v); ok {
			return answer, kind
		}
		return stringify(call(fun, []expression{constant(v)}, st, dot))
	})
}

// oneString calls a function of a string.
func oneString(arg expression, kind content, f func(string) string) expression {
	return textual(func(st *state, dot reflect.Value) (string, content) { return f(stringOf(arg, st, dot)), kind })
}

// sentence calls a function of a string and of anything.
func sentence(f func(string, ...any) string, args []expression) expression {
	return textual(func(st *state, dot reflect.Value) (string, content) {
		given := make([]any, len(args)-1)
		for i, a := range args[1:] {
			given[i] = held(a.value(st, dot))
		}
		return f(stringOf(args[0], st, dot), given...), plain
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
