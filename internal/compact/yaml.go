package compact

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits of a pack. A text of eighty paragraphs in six languages fills a quarter of a file.
const (
	maxFile  = 2 << 20
	maxFiles = 400
	maxDepth = 20
)

// parseYAML reads one file into nodes. Packs use a small part of YAML: strings,
// whole numbers, true and false, lists and objects. What YAML would guess, or
// what two readers could take for two things, is a fault: floats, nulls, dates
// without quotes, anchors, tags, tabs, a key given twice, a second document.
func parseYAML(file string, b []byte, fs *faults) *node {
	if !cleanBytes(file, b, fs) {
		return nil
	}
	in := yaml.NewDecoder(bytes.NewReader(b))
	var document yaml.Node
	if err := in.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			fs.add(file, nil, "empty_file")
		} else {
			fs.add(file, yamlPlace(err), "yaml", "detail", yamlDetail(err))
		}
		return nil
	}
	var second yaml.Node
	if err := in.Decode(&second); !errors.Is(err, io.EOF) {
		fs.add(file, at(&second), "two_documents")
	}
	r := yamlReader{file, fs}
	return r.node(document.Content[0], 1)
}

// cleanBytes looks at what must not stand anywhere in a file.
func cleanBytes(file string, b []byte, fs *faults) bool {
	if len(b) > maxFile {
		fs.add(file, nil, "file_too_big", "max", maxFile>>20)
		return false
	}
	clean := true
	for number, line := range bytes.Split(b, []byte("\n")) {
		place := &node{line: number + 1}
		if !utf8.Valid(line) {
			fs.add(file, place, "not_utf8")
			return false
		}
		for i, r := range string(line) {
			place.column = utf8.RuneCount(line[:i]) + 1
			switch {
			case r == '\t':
				fs.add(file, place, "tab")
			case r == '\r' && i == len(line)-1:
				continue
			case hidden(r):
				fs.add(file, place, "hidden_character", "code", strings.ToUpper(strconv.FormatInt(int64(r), 16)))
			default:
				continue
			}
			clean = false
			break
		}
	}
	return clean
}

// hidden tells characters that a reader cannot see and that can turn a line
// around or cut it: controls, byte order marks, direction overrides.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r == '\uFEFF' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

var (
	yamlLine   = regexp.MustCompile(`line (\d+): `)
	yamlParser = regexp.MustCompile(`did not find expected (<|node content|'-' indicator|key|',')`)
)

// yamlPlace takes the line out of the YAML reader's message. Its parser counts
// lines from 0 where its scanner counts them from 1.
func yamlPlace(err error) *node {
	place := &node{column: 1}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		place.line, _ = strconv.Atoi(m[1])
	}
	if yamlParser.MatchString(err.Error()) {
		place.line++
	}
	return place
}

func yamlDetail(err error) string {
	return yamlLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
}

func at(y *yaml.Node) *node { return &node{line: y.Line, column: y.Column} }

type yamlReader struct {
	file string
	*faults
}

// broken reports a value that packs do not have. It stays in its place, so that
// the key in front of it is not called missing too.
func (r yamlReader) broken(y *yaml.Node, name string, args ...any) *node {
	n := at(y)
	n.kind = brokenKind
	r.add(r.file, n, name, args...)
	return n
}

// node turns a YAML node into ours.
func (r yamlReader) node(y *yaml.Node, depth int) *node {
	switch {
	case depth > maxDepth:
		return r.broken(y, "too_deep", "max", maxDepth)
	case y.Anchor != "" || y.Kind == yaml.AliasNode:
		return r.broken(y, "anchor")
	case y.Style&yaml.TaggedStyle != 0:
		return r.broken(y, "tag", "tag", y.Tag)
	}
	switch y.Kind {
	case yaml.SequenceNode:
		return r.list(y, depth)
	case yaml.MappingNode:
		return r.object(y, depth)
	}
	return r.scalar(y)
}

func (r yamlReader) list(y *yaml.Node, depth int) *node {
	n := at(y)
	n.kind = listKind
	for _, item := range y.Content {
		n.list = append(n.list, r.node(item, depth+1))
	}
	return n
}

func (r yamlReader) object(y *yaml.Node, depth int) *node {
	n := at(y)
	n.kind = objectKind
	seen := make(map[string]int, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := r.key(y.Content[i])
		value := r.node(y.Content[i+1], depth+1)
		if key == nil {
			continue
		}
		if first, twice := seen[key.text]; twice {
			r.add(r.file, key, "key_twice", "key", key.text, "first", first)
			continue
		}
		seen[key.text] = key.line
		n.keys = append(n.keys, key)
		n.values = append(n.values, value)
	}
	return n
}

func (r yamlReader) key(y *yaml.Node) *node {
	if y.Kind != yaml.ScalarNode || y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 || y.ShortTag() != "!!str" {
		r.broken(y, "key_not_string", "key", y.Value)
		return nil
	}
	n := at(y)
	n.text = y.Value
	return n
}

var plainNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`)

func (r yamlReader) scalar(y *yaml.Node) *node {
	n := at(y)
	switch y.ShortTag() {
	case "!!str":
		n.kind, n.text = stringKind, y.Value
	case "!!bool":
		if y.Value != "true" && y.Value != "false" {
			return r.broken(y, "bool_spelling", "value", y.Value)
		}
		n.kind, n.truth = truthKind, y.Value == "true"
	case "!!int":
		if !plainNumber.MatchString(y.Value) {
			return r.broken(y, "number_spelling", "value", y.Value)
		}
		n.kind = numberKind
		n.number, _ = strconv.ParseInt(y.Value, 10, 64)
	case "!!float":
		return r.broken(y, "float", "value", y.Value)
	case "!!null":
		return r.broken(y, "null")
	default: // a date, a merge key, binary
		return r.broken(y, "unquoted", "value", y.Value)
	}
	return n
}
