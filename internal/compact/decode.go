package compact

import (
	"reflect"
	"slices"
	"strings"

	"kept/internal/locale"
)

// decoder fills structs from nodes. The tags of a struct are the schema of its
// part of a pack, so that the type, what is allowed and what is checked stand in
// one place:
//
//	Deadline string `pack:"deadline,date"`
//	Targets []string `pack:"targets,ref=target"`
//
// The first word of a tag is the key. After it may stand:
//
//	required     the key must be there
//	empty        an empty string is allowed
//	default=true a truth value that holds when the key is left out
//	id=KIND      the value names this part; unique among parts of its kind
//	ref=A|B      the value names a part of kind A or B, anywhere in the pack
//	also=X|Y     values that are allowed beside references
//	one=a|b      the value is one of these
//	date, decimal, url, code, lang, area   its form
//
// In a list the rules hold for each entry.
type decoder struct {
	*faults
	file     string
	declared map[string]map[string]string // kind → id → file:line of its declaration
	refs     []reference
	nodes    map[any]*node // where each part stands, by pointer
	files    map[any]string
}

type reference struct {
	file  string
	node  *node
	kinds string
}

func newDecoder(fs *faults) *decoder {
	return &decoder{faults: fs, declared: map[string]map[string]string{}, nodes: map[any]*node{}, files: map[any]string{}}
}

func (d *decoder) fault(n *node, name string, args ...any) { d.add(d.file, n, name, args...) }

// at remembers where a part stands, for checks that come later.
func (d *decoder) at(part any, n *node) { d.nodes[part], d.files[part] = n, d.file }

// faultAt reports a fault of a part, at one of its keys when it has it.
func (d *decoder) faultAt(part any, key, name string, args ...any) {
	n := d.nodes[part]
	if value := n.get(key); value != nil {
		n = value
	}
	d.add(d.files[part], n, name, args...)
}

// rules is a tag taken apart.
type rules struct {
	key                     string
	required, empty, truthy bool
	id, ref, form           string
	also, one               []string
}

func parseRules(tag string) rules {
	words := strings.Split(tag, ",")
	r := rules{key: words[0]}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "required":
			r.required = true
		case "empty":
			r.empty = true
		case "default":
			r.truthy = value == "true"
		case "id":
			r.id = value
		case "ref":
			r.ref = value
		case "also":
			r.also = strings.Split(value, "|")
		case "one":
			r.one = strings.Split(value, "|")
		default:
			r.form = name
		}
	}
	return r
}

// object fills a struct from an object; keys that no field names are faults.
func (d *decoder) object(n *node, into any) { d.fields(n, reflect.ValueOf(into).Elem(), "") }

// fields fills the fields of a struct that belong to a file; in most structs none names one.
func (d *decoder) fields(n *node, v reflect.Value, file string) {
	if !d.is(n, objectKind) {
		return
	}
	var known []string
	for i := range v.NumField() {
		tag, ok := v.Type().Field(i).Tag.Lookup("pack")
		if !ok || v.Type().Field(i).Tag.Get("file") != file {
			continue
		}
		r := parseRules(tag)
		known = append(known, r.key)
		d.field(n, r, v.Field(i))
	}
	for _, key := range n.keys {
		if !slices.Contains(known, key.text) {
			d.fault(key, "unknown_key", "key", key.text, "known", strings.Join(known, ", "))
		}
	}
}

func (d *decoder) field(n *node, r rules, v reflect.Value) {
	value := n.get(r.key)
	switch {
	case value == nil && r.required:
		d.fault(n, "missing_key", "key", r.key)
	case value == nil && r.truthy:
		v.SetBool(true)
	case value != nil:
		d.value(value, r, v)
	}
}

// special is a type that reads itself.
type special interface {
	decode(d *decoder, n *node)
}

func (d *decoder) value(n *node, r rules, v reflect.Value) {
	if n.kind == brokenKind {
		return
	}
	if s, ok := v.Addr().Interface().(special); ok {
		s.decode(d, n)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if d.is(n, stringKind) && d.text(n, r) {
			v.SetString(n.text)
		}
	case reflect.Int64:
		if d.is(n, numberKind) {
			v.SetInt(n.number)
		}
	case reflect.Bool:
		if d.is(n, truthKind) {
			v.SetBool(n.truth)
		}
	case reflect.Struct:
		d.fields(n, v, "")
	case reflect.Slice:
		d.list(n, r, v)
	case reflect.Map:
		d.words(n, r, v)
	}
}

func (d *decoder) list(n *node, r rules, v reflect.Value) {
	if !d.is(n, listKind) {
		return
	}
	seen := make(map[string]bool)
	for _, item := range n.list {
		if item.kind == stringKind && seen[item.text] {
			d.fault(item, "entry_twice", "value", item.text)
		}
		seen[item.text] = item.kind == stringKind
		if v.Type().Elem().Kind() != reflect.Pointer {
			entry := reflect.New(v.Type().Elem()).Elem()
			d.value(item, r, entry)
			v.Set(reflect.Append(v, entry))
			continue
		}
		entry := reflect.New(v.Type().Elem().Elem())
		d.at(entry.Interface(), item)
		d.value(item, rules{}, entry.Elem())
		v.Set(reflect.Append(v, entry))
	}
}

// words fills a map of names to strings.
func (d *decoder) words(n *node, r rules, v reflect.Value) {
	if !d.is(n, objectKind) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i, key := range n.keys {
		value := n.values[i]
		if d.is(value, stringKind) && d.text(value, r) {
			v.SetMapIndex(reflect.ValueOf(key.text), reflect.ValueOf(value.text))
		}
	}
}

// is tells whether a value has the kind that its place wants, and reports when not.
func (d *decoder) is(n *node, want kind) bool {
	if n.kind == brokenKind {
		return false
	}
	if n.kind != want {
		d.fault(n, "wrong_kind", "want", kindName(want), "got", kindName(n.kind))
		return false
	}
	return true
}

// text checks a string against its rules.
func (d *decoder) text(n *node, r rules) bool {
	switch {
	case n.text == "":
		if !r.empty {
			d.fault(n, "empty")
		}
		return r.empty
	case slices.Contains(r.also, n.text):
		return true
	case len(r.one) > 0 && !slices.Contains(r.one, n.text):
		d.fault(n, "not_one_of", "value", n.text, "known", strings.Join(r.one, ", "))
		return false
	case !d.form(n, r.form):
		return false
	}
	if r.id != "" {
		d.declare(r.id, n)
	}
	if r.ref != "" {
		d.refs = append(d.refs, reference{d.file, n, r.ref})
	}
	return true
}

// declare notes that a part of a kind exists.
func (d *decoder) declare(kind string, n *node) {
	if !validID(n.text) {
		d.fault(n, "bad_id", "id", n.text)
		return
	}
	if d.declared[kind] == nil {
		d.declared[kind] = make(map[string]string)
	}
	if first, twice := d.declared[kind][n.text]; twice {
		d.fault(n, "id_twice", "id", n.text, "first", first)
		return
	}
	d.declared[kind][n.text] = Fault{File: d.file, Line: n.line, Column: n.column}.Place()
}

// resolve reports every reference to a part that nobody declared.
func (d *decoder) resolve() {
	for _, ref := range d.refs {
		if !d.known(ref.node.text, ref.kinds) {
			d.add(ref.file, ref.node, "unknown_reference", "id", ref.node.text, "kinds", kindList(ref.kinds))
		}
	}
}

func (d *decoder) known(id, kinds string) bool {
	for _, kind := range strings.Split(kinds, "|") {
		if _, ok := d.declared[kind][id]; ok {
			return true
		}
	}
	return false
}

// kindList is the kinds of a reference as a reader calls them: "an item or a mechanism".
func kindList(kinds string) error {
	first, rest, more := strings.Cut(kinds, "|")
	if !more {
		return locale.E("pack.part." + first)
	}
	return locale.E("pack.part.either", "a", locale.E("pack.part."+first), "b", kindList(rest))
}
