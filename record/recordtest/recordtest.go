// Package recordtest makes small records for tests: signed with a key that
// everybody knows, held in memory, the same bytes each time.
//
//	r := recordtest.New(t, "compact.example/record")
//	r.Add(record.Entry{Kind: "party.registered", At: "2026-11-21T14:02:00Z", By: "secretariat"}, nil)
//	files := r.Publish()          // a record.Source
//	report, err := record.Verify(ctx, files, record.Options{})
package recordtest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"kept/record"
)

// A Record is a record that a test adds to.
type Record struct {
	Origin string
	Key    string // verifier key
	Signer note.Signer

	tb      testing.TB
	entries [][]byte
	words   map[int64]record.Words
	blobs   map[record.Digest][]byte
	hashes  hashes
}

// New returns an empty record of an origin. Its key is computed from the
// origin: it is as good as published.
func New(tb testing.TB, origin string) *Record {
	skey, vkey, err := Key(origin)
	must(tb, err)
	signer, err := note.NewSigner(skey)
	must(tb, err)
	return &Record{
		Origin: origin, Key: vkey, Signer: signer, tb: tb,
		words: map[int64]record.Words{}, blobs: map[record.Digest][]byte{},
	}
}

// Key returns the test key of an origin, for signing and for verifying, as C2SP
// signed-note spells them. Its Ed25519 seed is SHA-256 of "kept test key " and
// the origin.
func Key(origin string) (skey, vkey string, err error) {
	seed := sha256.Sum256([]byte("kept test key " + origin))
	private := ed25519.NewKeyFromSeed(seed[:])
	vkey, err = note.NewEd25519VerifierKey(origin, private.Public().(ed25519.PublicKey))
	if err != nil {
		return "", "", err
	}
	hash := strings.Split(vkey, "+")[1]
	const ed25519Algorithm = 1
	return "PRIVATE+KEY+" + origin + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed[:]...)), vkey, nil
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Add appends an entry with its words, and returns its index.
func (r *Record) Add(e record.Entry, words record.Words) int64 {
	r.tb.Helper()
	e.Words = words.Digests()
	b, err := e.Bytes()
	must(r.tb, err)
	index := int64(len(r.entries))
	stored, err := tlog.StoredHashes(index, b, r.hashes)
	must(r.tb, err)
	r.entries, r.hashes = append(r.entries, b), append(r.hashes, stored...)
	if len(words) > 0 {
		r.words[index] = words
	}
	return index
}

// AddSealed appends an entry of whose words some parts are never published.
func (r *Record) AddSealed(e record.Entry, words record.Words, sealed ...string) int64 {
	r.tb.Helper()
	index := r.Add(e, words)
	public := maps.Clone(words)
	for _, part := range sealed {
		delete(public, part)
	}
	r.words[index] = public
	return index
}

// Blob keeps bytes that an entry can name.
func (r *Record) Blob(b []byte) record.Digest {
	d := record.DigestOf(b)
	r.blobs[d] = b
	return d
}

// Fill appends n made-up acts: each twentieth has words, of which one part is
// sealed, and each hundredth names a blob.
func (r *Record) Fill(n int) {
	r.tb.Helper()
	for range n {
		i := len(r.entries)
		e := record.Entry{
			Kind:  "commitment.made",
			At:    fmt.Sprintf("2026-11-%02dT14:%02d:%02dZ", 1+i/3600%28, i/60%60, i%60),
			By:    fmt.Sprint(i / 2),
			Facts: fmt.Appendf(nil, `{"area":"QM","baseline":"12.50","items":["P11d","P12"],"number":%d,"target":"40"}`, i),
		}
		var words record.Words
		if i%20 == 0 {
			words = record.Words{
				"promise.en": {Salt: salt(i, "en"), Text: fmt.Sprintf("Promise \"%d\"\nin two lines", i)},
				"promise.zh": {Salt: salt(i, "zh"), Text: fmt.Sprintf("承诺 %d", i)},
				"sealed.und": {Salt: salt(i, "und"), Text: "never published"},
			}
		}
		if i%100 == 50 {
			d := r.Blob(fmt.Appendf(nil, "area,value\nQM,%d\n", i))
			e.Facts = fmt.Appendf(nil, `{"rows":1,"table_blob":"%s"}`, d)
		}
		r.AddSealed(e, words, "sealed.und")
	}
}

func salt(i int, part string) (s record.Salt) {
	sum := sha256.Sum256(fmt.Appendf(nil, "salt %d %s", i, part))
	copy(s[:], sum[:])
	return s
}

// Checkpoint signs the record as it stands.
func (r *Record) Checkpoint() []byte {
	r.tb.Helper()
	root, err := tlog.TreeHash(int64(len(r.entries)), r.hashes)
	must(r.tb, err)
	signed, err := record.SignCheckpoint(record.Checkpoint{Origin: r.Origin, Size: int64(len(r.entries)), Root: root}, r.Signer)
	must(r.tb, err)
	return signed
}

// Receipt returns the receipt for an entry under the record as it stands.
func (r *Record) Receipt(index int64) record.Receipt {
	r.tb.Helper()
	proof, err := tlog.ProveRecord(int64(len(r.entries)), index, r.hashes)
	must(r.tb, err)
	return record.Receipt{
		Index: index, Entry: r.entries[index], Words: r.words[index],
		Proof: proof, Checkpoint: r.Checkpoint(), Key: r.Key,
	}
}

// Publish returns the files of the record as it stands.
func (r *Record) Publish() Files {
	r.tb.Helper()
	f := Files{"key": []byte(r.Key + "\n"), "checkpoint": r.Checkpoint()}
	size := int64(len(r.entries))
	for _, t := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(t, r.hashes)
		must(r.tb, err)
		f[record.TilePath(t.L, t.N, t.W)] = data
		if t.L == 0 {
			from := t.N * record.TileWidth
			f[record.TilePath(record.EntriesLevel, t.N, t.W)] = record.EntryBundle(r.entries[from : from+int64(t.W)])
		}
	}
	for index, words := range r.words {
		if len(words) == 0 {
			continue
		}
		b, err := words.Marshal()
		must(r.tb, err)
		f[record.WordsPath(index)] = b
	}
	for d, b := range r.blobs {
		f[record.BlobPath(d)] = b
	}
	return f
}

// Files are a published record in memory: path → bytes.
type Files map[string][]byte

// Get returns a file.
func (f Files) Get(ctx context.Context, path string) ([]byte, error) {
	if b, ok := f[path]; ok {
		return b, ctx.Err()
	}
	return nil, &fs.PathError{Op: "get", Path: path, Err: fs.ErrNotExist}
}

// List visits the paths in order.
func (f Files) List(ctx context.Context, visit func(path string) error) error {
	for _, path := range slices.Sorted(maps.Keys(f)) {
		if err := visit(path); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Write puts the files into a directory.
func (f Files) Write(tb testing.TB, dir string) {
	tb.Helper()
	for path, b := range f {
		name := filepath.Join(dir, filepath.FromSlash(path))
		must(tb, os.MkdirAll(filepath.Dir(name), 0o755))
		must(tb, os.WriteFile(name, b, 0o644))
	}
}

// hashes are stored tree hashes by their index in tlog's order.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = h[x]
	}
	return out, nil
}
