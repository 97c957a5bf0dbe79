package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// entry checks the form of an entry and its words, and notes what it publishes.
func (r *leafReader) entry(ctx context.Context, index int64, b []byte, t *leafTile) error {
	s := &r.scanner
	if err := s.entry(b); err != nil {
		t.faults = append(t.faults, Fault{entryPlace(index), RuleForm, err.Error()})
		t.worded = append(t.worded, index)
		return nil
	}
	kind := s.head.kind.of(b)
	if n := r.kinds[string(kind)]; n != nil {
		*n++
	} else {
		one := int64(1)
		r.kinds[string(kind)] = &one
	}
	for _, d := range s.blobs {
		digest, err := ParseDigest(string(d.digest.of(b)))
		if err != nil {
			return err
		}
		t.blobs = append(t.blobs, blobName{digest, index, string(d.name.of(b)) == PackBlob})
	}
	if bytes.HasPrefix(kind, []byte("words.")) {
		if a, ok := wordActOf(index, string(kind), s.head.facts.of(b)); ok {
			t.acts = append(t.acts, a)
		}
	}
	if len(s.parts) == 0 {
		return nil
	}
	t.worded = append(t.worded, index)
	return r.wordsOf(ctx, index, b, t)
}

func entryPlace(index int64) string { return fmt.Sprintf("entry %d", index) }

// wordsOf checks the public words of an entry. What is not there is erased, hidden
// or sealed, and is noted; what is there must match.
func (r *leafReader) wordsOf(ctx context.Context, index int64, entry []byte, t *leafTile) error {
	path := WordsPath(index)
	b, err := r.src.Get(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		for _, p := range r.scanner.parts {
			r.miss(index, p.name.of(entry), t)
		}
		return nil
	}
	if err != nil {
		t.addFault(faultOf(path, err))
		return unlessFault(err)
	}
	words, err := ParseWords(b)
	if err != nil {
		t.faults = append(t.faults, Fault{path, RuleForm, err.Error()})
		return nil
	}
	known := 0
	for _, p := range r.scanner.parts {
		name := string(p.name.of(entry))
		word, ok := words[name]
		if !ok {
			r.miss(index, p.name.of(entry), t)
			continue
		}
		known++
		if d := WordDigest(word.Salt, word.Text).String(); !bytes.Equal([]byte(d), p.digest.of(entry)) {
			t.faults = append(t.faults, Fault{path + " part " + name, RuleDigest, "the text or its salt is not the one of the entry"})
			continue
		}
		r.words++
	}
	if known < len(words) {
		t.faults = append(t.faults, r.surplus(path, entry, words)...)
	}
	return nil
}

// miss notes a part that is not there. Names of parts are few and come often.
func (r *leafReader) miss(index int64, name []byte, t *leafTile) {
	part, ok := r.parts[string(name)]
	if !ok {
		part = string(name)
		r.parts[part] = part
	}
	t.absent = append(t.absent, textPlace{index, part})
}

// surplus names the parts that the entry does not have.
func (r *leafReader) surplus(path string, entry []byte, words Words) (faults []Fault) {
	has := map[string]bool{}
	for _, p := range r.scanner.parts {
		has[string(p.name.of(entry))] = true
	}
	for _, name := range sortedKeys(words) {
		if !has[name] {
			faults = append(faults, Fault{path + " part " + name, RuleSurplus, "the entry has no such part"})
		}
	}
	return faults
}
