package press

import (
	"fmt"
	"reflect"
)

// builtin is a function that every template has.
func builtin(name string, args []expression) expression {
	values := func(f func(st *state, dot reflect.Value) reflect.Value) expression { return expression{value: f} }
	switch {
	case name == "and" && len(args) > 0, name == "or" && len(args) > 0:
		return values(func(st *state, dot reflect.Value) (v reflect.Value) {
			for _, a := range args {
				if v = a.value(st, dot); truth(v) == (name == "or") {
					break
				}
			}
			return v
		})
	case name == "not" && len(args) == 1:
		return values(func(st *state, dot reflect.Value) reflect.Value { return boolValue(!truth(args[0].value(st, dot))) })
	case name == "len" && len(args) == 1:
		return values(func(st *state, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(length(args[0].value(st, dot)))
		})
	case name == "index" && len(args) == 2:
		return values(func(st *state, dot reflect.Value) reflect.Value {
			return index(args[0].value(st, dot), args[1].value(st, dot))
		})
	case name == "printf" && len(args) > 0:
		return textual(func(st *state, dot reflect.Value) (string, content) {
			return fmt.Sprintf(stringOf(args[0], st, dot), heldOf(args[1:], st, dot)...), plain
		})
	case comparisons[name] != nil && len(args) == 2:
		holds := comparisons[name]
		return values(func(st *state, dot reflect.Value) reflect.Value {
			return boolValue(holds(compare(args[0].value(st, dot), args[1].value(st, dot))))
		})
	}
	dontKnow("the function %s of %d", name, len(args))
	return expression{}
}

var yes, no = reflect.ValueOf(true), reflect.ValueOf(false)

func boolValue(b bool) reflect.Value {
	if b {
		return yes
	}
	return no
}

func length(v reflect.Value) int {
	v, isNil := indirect(v)
	if isNil || v.Kind() != reflect.Slice && v.Kind() != reflect.Map && v.Kind() != reflect.String {
		dontKnow("the length of %v", v)
	}
	return v.Len()
}

func index(v, at reflect.Value) reflect.Value {
	v, isNil := indirect(v)
	switch at, _ = indirect(at); {
	case isNil:
	case v.Kind() == reflect.Slice && at.Kind() == reflect.Int && at.Int() >= 0 && at.Int() < int64(v.Len()):
		return v.Index(int(at.Int()))
	case v.Kind() == reflect.Map && at.IsValid() && at.Type() == v.Type().Key():
		if e := v.MapIndex(at); e.IsValid() {
			return e
		}
		return reflect.Zero(v.Type().Elem())
	}
	dontKnow("%v in %v", at, v)
	return v
}

// comparisons tell by how one value compares to another whether they hold.
var comparisons = map[string]func(int) bool{
	"eq": func(c int) bool { return c == 0 }, "ne": func(c int) bool { return c != 0 },
	"lt": func(c int) bool { return c < 0 }, "le": func(c int) bool { return c <= 0 },
	"gt": func(c int) bool { return c > 0 }, "ge": func(c int) bool { return c >= 0 },
}

// compare compares strings or whole numbers.
func compare(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a = a.Elem()
	}
	if b.Kind() == reflect.Interface {
		b = b.Elem()
	}
	switch {
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		switch x, y := a.String(), b.String(); {
		case x == y:
			return 0
		case x < y:
			return -1
		}
		return 1
	case a.CanInt() && b.CanInt():
		switch x, y := a.Int(), b.Int(); {
		case x == y:
			return 0
		case x < y:
			return -1
		}
		return 1
	}
	dontKnow("to compare %v with %v", a, b)
	return 0
}
