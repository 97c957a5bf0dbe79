package record

import "bytes"

// A span is a piece of the bytes being scanned.
type span struct{ from, to int }

func (s span) of(b []byte) []byte { return b[s.from:s.to] }

// A scanner checks the record's grammar in place, in one pass, without
// building values: verification of a whole record is bound by it. It accepts
// canonical bytes only, so it never needs to write them again to compare.
//
// Beyond RFC 8785 it asks for: integers from 0 to 2^53-1, no null, nothing
// empty, printable ASCII, keys without space, quote or backslash. Hence byte
// order of keys equals the order of UTF-16 code units that RFC 8785 §3.2.3
// asks for, and \" and \\ are the only escapes.
type scanner struct {
	b     []byte
	i     int
	blobs []part // digests in facts whose key says that the bytes are published
	parts []part // words of an entry
	head  head   // where the members of an entry lie
	facts bool   // inside facts: names of blobs are heeded
}

// A part is a name and its digest: in an entry's words, or of a blob in facts.
type part struct{ name, digest span }

// reset prepares for other bytes and keeps the memory.
func (s *scanner) reset(b []byte) {
	s.b, s.i = b, 0
	s.blobs, s.parts = s.blobs[:0], s.parts[:0]
}

func (s *scanner) fail(rule string) error { return &SyntaxError{s.i, rule} }

func (s *scanner) failAt(i int, rule string) error { return &SyntaxError{i, rule} }

// peek returns the next byte, or 0 at the end: NUL is never valid.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// object scans an object; depth counts the containers it may still hold.
func (s *scanner) object(depth int) error {
	if s.peek() != '{' {
		return s.fail("want an object")
	}
	if depth == 0 {
		return s.fail("nested too deep")
	}
	s.i++
	if s.peek() == '}' {
		return s.fail("an empty object is left out")
	}
	var last span
	for {
		key, err := s.key()
		if err != nil {
			return err
		}
		if last.to > 0 {
			if c := bytes.Compare(last.of(s.b), key.of(s.b)); c == 0 {
				return s.failAt(key.from, "key given twice")
			} else if c > 0 {
				return s.failAt(key.from, "keys are not in order")
			}
		}
		last = key
		if err := s.member(key, depth); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case '}':
			s.i++
			return nil
		default:
			return s.fail("want , or } with no space")
		}
	}
}

// member scans the value of a key and notes published digests.
func (s *scanner) member(key span, depth int) error {
	if s.facts {
		one, many := blobKey(key.of(s.b))
		switch {
		case one:
			return s.blob(key)
		case many && s.peek() == '[':
			return s.array(depth-1, func() error { return s.blob(key) })
		case many:
			return s.fail("a fact named blobs is an array of digests")
		}
	}
	return s.value(depth - 1)
}

// blobKey says whether the fact of this name is a digest, or an array of
// digests, whose bytes are published.
func blobKey(key []byte) (one, many bool) {
	name := key
	if i := bytes.LastIndexByte(key, '_'); i >= 0 {
		name = key[i+1:]
	}
	return string(name) == "blob", string(name) == "blobs"
}

// blob scans a digest that names published bytes.
func (s *scanner) blob(key span) error {
	d, err := s.digest()
	s.blobs = append(s.blobs, part{key, d})
	return err
}

// digest scans a quoted digest.
func (s *scanner) digest() (span, error) {
	from := s.i + 1
	if len(s.b) < s.i+66 || s.b[s.i] != '"' || s.b[s.i+65] != '"' {
		return span{}, s.fail("want a digest of 64 hexadecimal digits")
	}
	for i := from; i < from+64; i++ {
		if !isLowerHex(s.b[i]) {
			return span{}, s.failAt(i, "want a digest of 64 lower-case hexadecimal digits")
		}
	}
	s.i += 66
	return span{from, from + 64}, nil
}

// array scans an array whose elements elem scans; depth as for object.
func (s *scanner) array(depth int, elem func() error) error {
	if depth == 0 {
		return s.fail("nested too deep")
	}
	s.i++
	if s.peek() == ']' {
		return s.fail("an empty array is left out")
	}
	for {
		if err := elem(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case ']':
			s.i++
			return nil
		default:
			return s.fail("want , or ] with no space")
		}
	}
}

func (s *scanner) value(depth int) error {
	switch c := s.peek(); {
	case c == '"':
		return s.text()
	case isDigit(c):
		return s.integer()
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth, func() error { return s.value(depth - 1) })
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.fail("null is not in the grammar: leave the key out")
	case c == '-':
		return s.fail("an integer has no sign: a decimal is a string")
	}
	return s.fail("want a value")
}

func (s *scanner) literal(word string) error {
	if len(s.b)-s.i < len(word) || string(s.b[s.i:s.i+len(word)]) != word {
		return s.fail("want " + word)
	}
	s.i += len(word)
	return nil
}

func (s *scanner) integer() error {
	from, n := s.i, int64(0)
	for ; isDigit(s.peek()) && s.i-from < 17; s.i++ {
		n = n*10 + int64(s.b[s.i]-'0')
	}
	switch {
	case s.i-from > 1 && s.b[from] == '0':
		return s.failAt(from, "an integer has no leading zero")
	case n > MaxInt:
		return s.failAt(from, "an integer is at most 9007199254740991")
	}
	switch s.peek() {
	case '.', 'e', 'E':
		return s.fail("a decimal is a string")
	}
	return nil
}

// plain marks the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// text scans a string that is not empty.
func (s *scanner) text() error {
	from := s.i + 1
	for i := from; i < len(s.b); i++ {
		c := s.b[i]
		if plain[c] {
			continue
		}
		switch {
		case c == '"' && i == from:
			return s.fail("an empty string is left out")
		case c == '"':
			s.i = i + 1
			return nil
		case c == '\\' && i+1 < len(s.b) && (s.b[i+1] == '"' || s.b[i+1] == '\\'):
			i++
		case c == '\\':
			return s.failAt(i, `the only escapes are \" and \\`)
		default:
			return s.failAt(i, "a string holds printable ASCII only")
		}
	}
	return s.fail("a string does not end")
}

// key scans a quoted key and its colon, and returns the key without quotes.
func (s *scanner) key() (span, error) {
	if s.peek() != '"' {
		return span{}, s.fail("want a key in quotes")
	}
	i := s.i + 1
	for i < len(s.b) && plain[s.b[i]] && s.b[i] != ' ' {
		i++
	}
	k := span{s.i + 1, i}
	switch {
	case i+1 >= len(s.b) || s.b[i] != '"':
		return k, s.failAt(i, "a key holds printable ASCII without space, quote and backslash")
	case k.from == k.to:
		return k, s.fail("a key is not empty")
	case s.b[i+1] != ':':
		return k, s.failAt(i+1, "want : with no space")
	}
	s.i = i + 2
	return k, nil
}

// end fails unless everything has been read.
func (s *scanner) end() error {
	if s.i != len(s.b) {
		return s.fail("bytes after the end")
	}
	return nil
}

// CheckCanonical checks that b is one JSON object in the grammar of facts and
// in its canonical form, byte for byte.
func CheckCanonical(b []byte) error {
	if string(b) == "{}" {
		return nil
	}
	s := scanner{b: b}
	if err := s.object(maxDepth); err != nil {
		return err
	}
	return s.end()
}
