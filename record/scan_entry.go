package record

import "bytes"

// A head is where the members of an entry lie. Facts are absent when to is 0.
type head struct{ at, by, facts, kind span }

// entry scans an entry. Its keys come in one order only, that of RFC 8785:
// at, by, facts, kind, v, words.
func (s *scanner) entry(b []byte) error {
	s.reset(b)
	s.head = head{}
	if len(b) > MaxEntry {
		return s.failAt(MaxEntry, "an entry has at most 32768 bytes")
	}
	var err error
	if s.head.at, err = s.quoted(`{"at":`, timeRule[[]byte]); err != nil {
		return err
	}
	if s.head.by, err = s.quoted(`,"by":`, byRule[[]byte]); err != nil {
		return err
	}
	if s.skip(`,"facts":`) {
		s.facts = true
		s.head.facts.from = s.i
		err := s.object(maxDepth)
		s.head.facts.to, s.facts = s.i, false
		if err != nil {
			return err
		}
	}
	if s.head.kind, err = s.quoted(`,"kind":`, kindRule[[]byte]); err != nil {
		return err
	}
	if bytes.HasPrefix(s.b[s.i:], []byte(`,"signed"`)) {
		return s.fail("signed is reserved")
	}
	if !s.skip(`,"v":1`) {
		return s.fail(`want ,"v":1`)
	}
	if s.skip(`,"words":`) {
		if err := s.words(); err != nil {
			return err
		}
	}
	if !s.skip("}") {
		return s.fail("want } or a known key in its place")
	}
	return s.end()
}

// skip passes over these bytes if they come next.
func (s *scanner) skip(literal string) bool {
	if len(s.b)-s.i < len(literal) || string(s.b[s.i:s.i+len(literal)]) != literal {
		return false
	}
	s.i += len(literal)
	return true
}

// quoted scans a key, which must come next, and its string, by a rule that
// allows neither quotes nor backslashes.
func (s *scanner) quoted(key string, rule func([]byte) string) (span, error) {
	if !s.skip(key) || !s.skip(`"`) {
		return span{}, s.fail("want " + key + " and a string")
	}
	n := bytes.IndexByte(s.b[s.i:], '"')
	if n < 0 {
		return span{}, s.fail("a string does not end")
	}
	v := span{s.i, s.i + n}
	if r := rule(v.of(s.b)); r != "" {
		return v, s.fail(r)
	}
	s.i = v.to + 1
	return v, nil
}

// words scans the object of parts and digests.
func (s *scanner) words() error {
	if !s.skip("{") {
		return s.fail("words is an object")
	}
	for {
		name, err := s.key()
		if err != nil {
			return err
		}
		if r := partRule(name.of(s.b)); r != "" {
			return s.failAt(name.from, r)
		}
		if n := len(s.parts); n > 0 {
			if c := bytes.Compare(s.parts[n-1].name.of(s.b), name.of(s.b)); c == 0 {
				return s.failAt(name.from, "part given twice")
			} else if c > 0 {
				return s.failAt(name.from, "parts are not in order")
			}
		}
		d, err := s.digest()
		if err != nil {
			return err
		}
		s.parts = append(s.parts, part{name, d})
		if s.skip("}") {
			return nil
		}
		if !s.skip(",") {
			return s.fail("want , or } with no space")
		}
	}
}
