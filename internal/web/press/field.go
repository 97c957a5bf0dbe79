package press

import (
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
)

// member is where a name leads in values of one type.
type member struct {
	of      reflect.Type
	field   []int // nil: no such field
	method  int   // of the type, −1 for none
	pointed int   // method of a pointer to it, for values that have an address; −1 for none
}

func memberOf(t reflect.Type, name string) *member {
	m := &member{of: t, method: -1, pointed: -1}
	if f, ok := t.MethodByName(name); ok {
		m.method = f.Index
	}
	if f, ok := reflect.PointerTo(t).MethodByName(name); ok {
		m.pointed = f.Index
	}
	if t.Kind() == reflect.Struct {
		if f, ok := t.FieldByName(name); ok && f.IsExported() {
			m.field = f.Index
		}
	}
	return m
}

// field takes a field, an element of a map, or what a method answers. The type that
// was met last is remembered at each place of a template: most meet only one.
func field(from value, name string, args []expression) value {
	var last atomic.Pointer[member]
	return func(st *state, dot reflect.Value) reflect.Value {
		v := from(st, dot)
		if !v.IsValid() {
			return v
		}
		v, isNil := indirect(v)
		if isNil {
			dontKnow("%s of nothing", name)
		}
		t := v.Type()
		m := last.Load()
		if m == nil || m.of != t {
			m = memberOf(t, name)
			last.Store(m)
		}
		switch {
		case m.pointed >= 0 && v.CanAddr():
			return call(v.Addr().Method(m.pointed), args, st, dot)
		case m.method >= 0:
			return call(v.Method(m.method), args, st, dot)
		case len(args) > 0:
			dontKnow("%s with arguments", name)
		case len(m.field) == 1:
			return v.Field(m.field[0])
		case m.field != nil:
			f, err := v.FieldByIndexErr(m.field)
			if err != nil {
				panic(err)
			}
			return f
		case v.Kind() == reflect.Map && t.Key() == stringType:
			return v.MapIndex(reflect.ValueOf(name))
		}
		dontKnow("%s of %s", name, t)
		return reflect.Value{}
	}
}

// sortedKeys are the keys of a map in the order in which a range takes them.
func sortedKeys(m reflect.Value) []reflect.Value {
	if m.Type().Key().Kind() != reflect.String {
		dontKnow("the order of keys of %s", m.Type())
	}
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
