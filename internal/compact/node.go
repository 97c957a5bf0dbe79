package compact

import "kept/internal/locale"

// node is one value of a pack file. YAML files and canonical JSON both become
// nodes, so that a pack read from its canonical bytes is the same pack.
type node struct {
	kind         kind
	text         string  // of a string
	number       int64   // of a whole number
	truth        bool    // of true or false
	list         []*node // of a list
	keys         []*node // of an object, in the order of the file
	values       []*node
	line, column int // 0 when read from canonical JSON
}

type kind int

const (
	stringKind kind = iota
	numberKind
	truthKind
	listKind
	objectKind
	brokenKind // reported already; readers pass over it
)

// String is the end of the kind's message key.
func (k kind) String() string {
	return [...]string{"string", "number", "truth", "list", "object", "broken"}[k]
}

// kindName is a kind as a reader calls it, translated when it is shown.
func kindName(k kind) error { return locale.E("pack.kind." + k.String()) }

// get finds the value of a key; nil when the object has it not.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key {
			return n.values[i]
		}
	}
	return nil
}

// plain is the node as Go values, for canonical JSON.
func (n *node) plain() any {
	switch n.kind {
	case stringKind:
		return n.text
	case numberKind:
		return n.number
	case truthKind:
		return n.truth
	case listKind:
		list := make([]any, len(n.list))
		for i, item := range n.list {
			list[i] = item.plain()
		}
		return list
	}
	object := make(map[string]any, len(n.keys))
	for i, k := range n.keys {
		object[k.text] = n.values[i].plain()
	}
	return object
}
