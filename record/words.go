package record

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Salt makes the digest of a short text impossible to guess. Erasing salt and
// text leaves a digest that says nothing.
type Salt [16]byte

// NewSalt returns sixteen random bytes.
func NewSalt() Salt {
	var s Salt
	rand.Read(s[:]) // never fails: crypto/rand
	return s
}

func (s Salt) String() string { return hex.EncodeToString(s[:]) }

// MarshalText makes a salt its hexadecimal text in JSON.
func (s Salt) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText is the reverse of MarshalText.
func (s *Salt) UnmarshalText(text []byte) error { return parseHex(s[:], string(text)) }

// WordDigest is the digest that an entry holds for a part: SHA-256 of the salt
// and then the text, UTF-8 in normal form C. To normalise is the duty of who
// takes the text in; [Words.Check] refuses what is not UTF-8.
func WordDigest(s Salt, text string) Digest {
	return sha256.Sum256(append(s[:], text...))
}

// A Word is a part as it is published.
type Word struct {
	Salt Salt   `json:"salt"`
	Text string `json:"text"`
}

// Words are the published parts of one entry, by name: the document
// /record/words/N.json. A part that is sealed or erased is not there.
type Words map[string]Word

// Digests returns what the entry holds for these parts.
func (w Words) Digests() map[string]Digest {
	if len(w) == 0 {
		return nil
	}
	d := make(map[string]Digest, len(w))
	for part, word := range w {
		d[part] = WordDigest(word.Salt, word.Text)
	}
	return d
}

// Check checks names, encoding and sizes.
func (w Words) Check() error {
	total := 0
	for part, word := range w {
		if err := CheckPart(part); err != nil {
			return fmt.Errorf("%q: %w", part, err)
		}
		if err := checkText(word.Text); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		total += len(word.Text)
	}
	if total > MaxWords {
		return fmt.Errorf("all parts have %d bytes, at most %d", total, MaxWords)
	}
	return nil
}

func checkText(text string) error {
	switch {
	case text == "":
		return fmt.Errorf("an empty text is left out")
	case len(text) > MaxPart:
		return fmt.Errorf("a text of %d bytes, at most %d", len(text), MaxPart)
	case !utf8.ValidString(text):
		return fmt.Errorf("not UTF-8")
	case strings.IndexByte(text, 0) >= 0:
		return fmt.Errorf("a text holds no NUL")
	}
	return nil
}

// Marshal returns the document as it is served: canonical JSON (RFC 8785), so
// that not a byte of it can change unseen.
func (w Words) Marshal() ([]byte, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	return CanonicalText(w)
}

// ParseWords reads a words document and refuses any other spelling of it.
func ParseWords(b []byte) (Words, error) {
	if len(b) > 8*MaxWords {
		return nil, fmt.Errorf("words of %d bytes", len(b))
	}
	var w Words
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, err
	}
	again, err := w.Marshal()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, b) {
		return nil, &SyntaxError{firstDifference(again, b), "not the canonical form"}
	}
	return w, nil
}

// firstDifference returns the offset of the first byte in which a and b differ.
func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
