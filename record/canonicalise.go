package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// canonicalise returns the canonical form (RFC 8785) of a JSON object in a
// grammar. Space between tokens, order of keys and spelling of escapes may
// differ in b; a key given twice may not stand.
func canonicalise(b []byte, g grammar) ([]byte, error) {
	if !json.Valid(b) {
		return nil, fmt.Errorf("not valid JSON")
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("not UTF-8")
	}
	c := canonicaliser{b: b, grammar: g}
	c.space()
	if b[c.i] != '{' {
		return nil, c.fail("want an object")
	}
	return c.object(make([]byte, 0, len(b)), g.depth, true)
}

// A canonicaliser walks JSON that is known to be well formed, so it may trust
// the next byte; what it checks is the grammar.
type canonicaliser struct {
	grammar
	b []byte
	i int
}

func (c *canonicaliser) fail(rule string) error { return &SyntaxError{c.i, rule} }

func (c *canonicaliser) space() {
	for c.i < len(c.b) && (c.b[c.i] == ' ' || c.b[c.i] == '\n' || c.b[c.i] == '\t' || c.b[c.i] == '\r') {
		c.i++
	}
}

// next passes one byte and the space round it.
func (c *canonicaliser) next() byte {
	c.space()
	ch := c.b[c.i]
	c.i++
	c.space()
	return ch
}

func (c *canonicaliser) value(out []byte, depth int) ([]byte, error) {
	switch ch := c.b[c.i]; ch {
	case '{':
		return c.object(out, depth, c.empty)
	case '[':
		return c.array(out, depth)
	case '"':
		at := c.i
		s, err := c.text()
		if err == nil && s == "" && !c.empty {
			err = &SyntaxError{at, "an empty string is left out"}
		}
		return appendText(out, s), err
	case 't', 'f':
		word := strconv.FormatBool(ch == 't')
		c.i += len(word)
		return append(out, word...), nil
	case 'n':
		return nil, c.fail("null is not in the grammar: leave the key out")
	}
	return c.integer(out)
}

func (c *canonicaliser) integer(out []byte) ([]byte, error) {
	from, n := c.i, int64(0)
	for c.i < len(c.b) && isDigit(c.b[c.i]) && n <= MaxInt {
		n = n*10 + int64(c.b[c.i]-'0')
		c.i++
	}
	switch {
	case c.i == from:
		return nil, c.fail("an integer has no sign: a decimal is a string")
	case n > MaxInt:
		return nil, &SyntaxError{from, "an integer is at most 9007199254740991"}
	case c.i < len(c.b) && (c.b[c.i] == '.' || c.b[c.i] == 'e' || c.b[c.i] == 'E'):
		return nil, c.fail("a decimal is a string")
	}
	return append(out, c.b[from:c.i]...), nil
}

func (c *canonicaliser) array(out []byte, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, c.fail("nested too deep")
	}
	c.next()
	if c.b[c.i] == ']' {
		if !c.empty {
			return nil, c.fail("an empty array is left out")
		}
		c.i++
		return append(out, "[]"...), nil
	}
	for sep := byte('['); ; sep = ',' {
		var err error
		if out, err = c.value(append(out, sep), depth-1); err != nil {
			return nil, err
		}
		c.space()
		if c.i++; c.b[c.i-1] == ']' {
			return append(out, ']'), nil
		}
		c.space()
	}
}

// object writes the members in the order of their keys.
func (c *canonicaliser) object(out []byte, depth int, empty bool) ([]byte, error) {
	if depth == 0 {
		return nil, c.fail("nested too deep")
	}
	type member struct {
		key   string
		value []byte
	}
	var members []member
	at := c.i
	for c.next(); c.b[c.i] != '}'; c.next() {
		key, err := c.name()
		if err != nil {
			return nil, err
		}
		c.next() // the colon
		v, err := c.value(nil, depth-1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		members = append(members, member{key, v})
		if c.space(); c.b[c.i] == '}' {
			break
		}
	}
	c.i++
	if len(members) == 0 && !empty {
		return nil, &SyntaxError{at, "an empty object is left out"}
	}
	slices.SortStableFunc(members, func(a, b member) int { return compareUTF16(a.key, b.key) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 && members[i-1].key == m.key {
			return nil, &SyntaxError{at, fmt.Sprintf("key %q given twice", m.key)}
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(appendText(out, m.key), ':'), m.value...)
	}
	return append(out, '}'), nil
}

// name reads a key.
func (c *canonicaliser) name() (string, error) {
	at := c.i
	key, err := c.text()
	if err != nil {
		return "", err
	}
	if key == "" {
		return "", &SyntaxError{at, "a key is not empty"}
	}
	for i := range len(key) {
		if c.ascii && (!plain[key[i]] || key[i] == ' ') {
			return "", &SyntaxError{at, "a key holds printable ASCII without space, quote and backslash"}
		}
	}
	return key, nil
}

// text reads a string and leaves the place behind it.
func (c *canonicaliser) text() (string, error) {
	from := c.i
	for c.i++; c.b[c.i] != '"'; c.i++ {
		if c.b[c.i] != '\\' {
			continue
		}
		if c.i++; c.b[c.i] == 'u' && c.loneSurrogate() {
			return "", c.fail("half of a surrogate pair")
		}
	}
	c.i++
	var s string
	if err := json.Unmarshal(c.b[from:c.i], &s); err != nil {
		return "", err
	}
	for i := range len(s) {
		if c.ascii && (s[i] < 0x20 || s[i] > 0x7e) {
			return "", &SyntaxError{from, "a string holds printable ASCII only"}
		}
	}
	return s, nil
}

// loneSurrogate looks at the \uXXXX whose u is the next byte, and passes the
// first half of a pair. RFC 8785 §3.2.2.2 refuses a half alone, where
// encoding/json would put U+FFFD.
func (c *canonicaliser) loneSurrogate() bool {
	first := c.hex4(c.i + 1)
	if !utf16.IsSurrogate(first) {
		return false
	}
	if c.i+6 >= len(c.b) || c.b[c.i+5] != '\\' || c.b[c.i+6] != 'u' {
		return true
	}
	if utf16.DecodeRune(first, c.hex4(c.i+7)) == utf8.RuneError {
		return true
	}
	c.i += 6
	return false
}

func (c *canonicaliser) hex4(at int) rune {
	n, _ := strconv.ParseUint(string(c.b[at:min(at+4, len(c.b))]), 16, 32)
	return rune(n)
}

// appendText writes a string as RFC 8785 §3.2.2.2 does: the two-character
// escapes where there are, \u00xx for other control characters, all else as is.
func appendText(out []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= '\b' && c <= '\r' && c != '\v':
			out = append(out, '\\', "btn-fr"[c-'\b'])
		case c < 0x20:
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// compareUTF16 orders keys by their UTF-16 code units (RFC 8785 §3.2.3). It
// differs from the order of bytes only where a character above U+FFFF meets
// one from U+E000 to U+FFFF: the first is written with surrogates, which are less.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			if (ra > 0xffff) != (rb > 0xffff) {
				ra, rb = firstUnit(ra), firstUnit(rb)
			}
			return int(ra) - int(rb)
		}
		a, b = a[na:], b[nb:]
	}
	return len(a) - len(b)
}

func firstUnit(r rune) rune {
	if r > 0xffff {
		hi, _ := utf16.EncodeRune(r)
		return hi
	}
	return r
}
