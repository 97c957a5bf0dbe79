package record

import (
	"bytes"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// An Entry is an act as the tree holds it.
type Entry struct {
	Kind  string            // "commitment.made", or "commitment.made/2"
	At    string            // UTC, "2026-11-21T14:02:00Z"
	By    string            // entry id of an organisation, "secretariat", "instance" or "person"
	Facts []byte            // canonical JSON object; "{}" where there are none
	Words map[string]Digest // part ("promise.fr") → salted digest; nil where there are none
}

// Bytes returns the entry's canonical line, without a line feed. It checks the
// whole grammar and the size.
func (e Entry) Bytes() ([]byte, error) {
	for _, check := range []error{CheckTime(e.At), CheckBy(e.By), CheckKind(e.Kind), CheckCanonical(e.factsOrNone())} {
		if check != nil {
			return nil, check
		}
	}
	b := make([]byte, 0, 128+len(e.Facts)+100*len(e.Words))
	b = append(b, `{"at":"`...)
	b = append(b, e.At...)
	b = append(b, `","by":"`...)
	b = append(b, e.By...)
	b = append(b, '"')
	if f := e.factsOrNone(); len(f) > 2 {
		b = append(b, `,"facts":`...)
		b = append(b, f...)
	}
	b = append(b, `,"kind":"`...)
	b = append(b, e.Kind...)
	b = append(b, `","v":1`...)
	b = appendDigests(b, e.Words)
	b = append(b, '}')
	var s scanner
	return b, s.entry(b)
}

func (e Entry) factsOrNone() []byte {
	if len(e.Facts) == 0 {
		return []byte("{}")
	}
	return e.Facts
}

// appendDigests adds the member words. A name that breaks the grammar is
// refused when the whole line is scanned.
func appendDigests(b []byte, words map[string]Digest) []byte {
	for i, name := range slices.Sorted(maps.Keys(words)) {
		if i == 0 {
			b = append(b, `,"words":{"`...)
		} else {
			b = append(b, `,"`...)
		}
		b = append(b, name...)
		b = append(b, `":"`...)
		b = append(b, words[name].String()...)
		b = append(b, '"')
	}
	if len(words) > 0 {
		b = append(b, '}')
	}
	return b
}

// ParseEntry reads an entry. It accepts exactly the lines that [Entry.Bytes]
// writes; an error is a [*SyntaxError] with the offset and the rule.
func ParseEntry(b []byte) (Entry, error) {
	var s scanner
	if err := s.entry(b); err != nil {
		return Entry{}, err
	}
	h := s.head
	line := string(b) // the short strings share it
	e := Entry{
		Kind:  line[h.kind.from:h.kind.to],
		At:    line[h.at.from:h.at.to],
		By:    line[h.by.from:h.by.to],
		Facts: []byte("{}"),
	}
	if h.facts.to > 0 {
		e.Facts = bytes.Clone(h.facts.of(b))
	}
	if len(s.parts) > 0 {
		e.Words = make(map[string]Digest, len(s.parts))
	}
	for _, p := range s.parts {
		d, err := ParseDigest(line[p.digest.from:p.digest.to])
		if err != nil {
			return Entry{}, err
		}
		e.Words[line[p.name.from:p.name.to]] = d
	}
	return e, nil
}

// LeafHash is the hash of an entry as a leaf of the tree (RFC 6962 §2.1).
func LeafHash(entry []byte) tlog.Hash { return tlog.RecordHash(entry) }
