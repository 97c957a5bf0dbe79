package compact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"kept/internal/locale"
	"kept/record"
)

// Canonical returns the canonical bytes of a pack (RFC 8785): one JSON object, file
// path → parsed file, a table as a string. The record names a pack by the digest
// of these bytes. Comments and the order of keys leave no trace in them.
func Canonical(fsys fs.FS) ([]byte, error) {
	found := &faults{}
	f := readFolder(fsys, found)
	if len(found.list) > 0 {
		return nil, found.sorted()[0]
	}
	return f.canonical()
}

func (f *folder) canonical() ([]byte, error) {
	files := make(map[string]any, len(f.files)+len(f.tables))
	for p, n := range f.files {
		files[p] = n.plain()
	}
	for p, table := range f.tables {
		files[p] = string(table)
	}
	return record.CanonicalPack(files)
}

// FromCanonical makes the pack of its canonical bytes. It is the same pack that
// Check makes of the folder.
func FromCanonical(b []byte) (*Pack, error) {
	if err := record.CheckPack(b); err != nil {
		return nil, locale.E("err.pack.not_canonical", "detail", err.Error())
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	var files map[string]any
	if err := in.Decode(&files); err != nil {
		return nil, fmt.Errorf("read a pack: %w", err)
	}
	f := &folder{files: map[string]*node{}, tables: map[string][]byte{}}
	found := &faults{}
	for p, file := range files {
		table, isText := file.(string)
		switch kind := place(p); {
		case kind == "table" && isText:
			f.tables[p] = []byte(table)
		case kind == "yaml":
			f.files[p] = fromJSON(file)
		default:
			found.add(p, nil, "unknown_file", "known", "")
		}
	}
	p := readPack(f, found)
	if len(found.list) > 0 {
		return nil, found.sorted()[0].forReader()
	}
	p.Digest = record.DigestOf(b)
	return p, nil
}

// fromJSON turns decoded JSON into nodes, without places.
func fromJSON(v any) *node {
	n := &node{kind: brokenKind}
	switch v := v.(type) {
	case string:
		n.kind, n.text = stringKind, v
	case bool:
		n.kind, n.truth = truthKind, v
	case json.Number:
		n.kind = numberKind
		n.number, _ = v.Int64()
	case []any:
		n.kind = listKind
		for _, item := range v {
			n.list = append(n.list, fromJSON(item))
		}
	case map[string]any:
		n.kind = objectKind
		for key, item := range v {
			n.keys = append(n.keys, &node{text: key})
			n.values = append(n.values, fromJSON(item))
		}
	}
	return n
}

// cache keeps the packs that this process read, by digest: rules ask for the pack
// in force at every act.
var cache = struct {
	sync.Mutex
	packs map[record.Digest]*Pack
}{packs: map[record.Digest]*Pack{}}

// maxCached bounds the cache; a site knows one pack and a few that came before it.
const maxCached = 16

// Parse returns the pack of its canonical bytes, which must have that digest. A
// process reads each pack once.
func Parse(digest record.Digest, b []byte) (*Pack, error) {
	if p := cached(digest); p != nil {
		return p, nil
	}
	if record.DigestOf(b) != digest {
		return nil, locale.E("err.pack.digest", "digest", digest.String())
	}
	p, err := FromCanonical(b)
	if err != nil {
		return nil, err
	}
	cache.Lock()
	defer cache.Unlock()
	if len(cache.packs) >= maxCached {
		clear(cache.packs)
	}
	cache.packs[digest] = p
	return p, nil
}

func cached(digest record.Digest) *Pack {
	cache.Lock()
	defer cache.Unlock()
	return cache.packs[digest]
}
