package record_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"kept/record"
	"kept/record/recordtest"
)

// FuzzParseEntry measures our scanner against the standard library: what ours
// takes, encoding/json reads, and writes again as the same bytes, since its
// maps come in order of keys. It also measures the scanner against our own
// canonical form, which is written in another way.
func FuzzParseEntry(f *testing.F) {
	for _, seed := range []string{
		at + kind + "}",
		facts(`{"a":0,"b":[true,false,"x\"\\"],"c":{"d":"1.50"},"e":9007199254740991}`),
		facts(`{"blob":"` + hex64 + `","of_blobs":["` + hex64 + `"]}`),
		at + kind + `,"words":{"a.en":"` + hex64 + `","b.0.zh-Hans":"` + hex64 + `"}}`,
		facts(`{"a":1,"a":2}`), facts(`{"b":1,"a":2}`), facts(`{"a":1e3}`), facts(`{"a":""}`), facts(`{"a":"é"}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		canonicalAgrees(t, b)
		e, err := record.ParseEntry(b)
		if err != nil {
			return
		}
		again, err := e.Bytes()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again: %s %v", again, err)
		}
		if standard := standardForm(t, b); !bytes.Equal(standard, b) {
			t.Fatalf("encoding/json writes %s", standard)
		}
		var view struct {
			At, By, Kind string
			V            int
			Facts        json.RawMessage
			Words        map[string]record.Digest
		}
		if err := json.Unmarshal(b, &view); err != nil {
			t.Fatal(err)
		}
		if view.At != e.At || view.By != e.By || view.Kind != e.Kind || view.V != 1 || len(view.Words) != len(e.Words) {
			t.Fatalf("encoding/json reads %+v, we %+v", view, e)
		}
		for part, d := range view.Words {
			if e.Words[part] != d {
				t.Fatalf("part %s: %s, %s", part, d, e.Words[part])
			}
		}
	})
}

// canonicalAgrees checks that the scanner and the canonical form agree on what
// is canonical, and that the canonical form is a fixed point.
func canonicalAgrees(t *testing.T, b []byte) {
	c, err := record.Canonical(json.RawMessage(b))
	if accepted := record.CheckCanonical(b) == nil; accepted != (err == nil && bytes.Equal(b, c)) {
		t.Fatalf("the scanner says %v, the canonical form is %s %v", record.CheckCanonical(b), c, err)
	}
	if err != nil {
		return
	}
	if err := record.CheckCanonical(c); err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	if err := record.CheckPack(c); err != nil {
		t.Fatalf("%s: %v", c, err)
	}
}

func standardForm(t *testing.T, b []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("encoding/json refuses: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("encoding/json sees more behind the entry: %v", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// FuzzCanonicalPack checks Unicode: what we write, the standard library reads
// as the same value, and we accept as canonical.
func FuzzCanonicalPack(f *testing.F) {
	for _, seed := range []string{`{"a":"\u00e9\ud83d\ude00","é":[]}`, `{"a":{"b":""}}`, `{"a":"\ud800"}`, `{"\ufb33":1,"😀":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := record.CanonicalPack(map[string]any{"f": json.RawMessage(b)})
		if err != nil {
			return
		}
		if err := record.CheckPack(c); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		if got, want := standardForm(t, c), standardForm(t, []byte(`{"f":`+string(b)+`}`)); !bytes.Equal(got, want) {
			t.Fatalf("%s became %s", want, got)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0})
	f.Add([]byte{0, 1, 'x', 0, 2, 'y', 'z'})
	f.Add([]byte{255, 255, 1})
	f.Add(make([]byte, 2*257))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := record.ParseBundle(b)
		if err != nil {
			return
		}
		if again := record.EntryBundle(entries); !bytes.Equal(again, b) || len(entries) > record.TileWidth {
			t.Fatalf("%d entries, written again as %x", len(entries), again)
		}
	})
}

// FuzzParseCheckpoint signs whatever text comes, so that the body is reached,
// and also gives the bytes as they are.
func FuzzParseCheckpoint(f *testing.F) {
	r := recordtest.New(f, origin)
	known := verifiers(f, r.Key)
	f.Add(string(r.Checkpoint()))
	f.Add(record.Checkpoint{Origin: origin, Size: 7, Root: record.LeafHash(nil)}.Body())
	f.Add(origin + "\n01\nAAAA\n")
	f.Add("\n\n— " + origin + " AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := record.ParseCheckpoint([]byte(text), known)
		if err == nil && !strings.HasPrefix(text, c.Body()+"\n") {
			t.Fatalf("%q reads as %q", text, c.Body())
		}
		signed, err := note.Sign(&note.Note{Text: text}, r.Signer)
		if err != nil {
			return
		}
		if c, err := record.ParseCheckpoint(signed, known); err == nil && c.Body() != text {
			t.Fatalf("%q reads as %q", text, c.Body())
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	r := recordtest.New(f, origin)
	r.Fill(3) // short, so that the engine need not shorten them
	f.Add(marshal(f, r.Receipt(0)))
	f.Add(marshal(f, r.Receipt(2)))
	f.Add([]byte(`{"checkpoint":"x","entry":"y","index":0,"key":"z","v":1}`))
	f.Add([]byte(`{"V":1}`))
	genuine := r.Checkpoint()
	var entries [3]string
	for i := range entries {
		entries[i] = string(r.Receipt(int64(i)).Entry)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := record.ParseReceipt(b)
		if err != nil {
			return
		}
		again, err := got.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if once, err := record.ParseReceipt(again); err != nil || string(marshal(t, once)) != string(again) {
			t.Fatalf("%s: %v", again, err)
		}
		// What verifies under the key must be what the record holds.
		if got.Key == r.Key && bytes.Equal(got.Checkpoint, genuine) && got.Verify(nil) == nil {
			if entries[got.Index] != string(got.Entry) {
				t.Fatalf("a false receipt: %s", got.Entry)
			}
		}
	})
}

func FuzzParseWords(f *testing.F) {
	salt := strings.Repeat("0", 32)
	f.Add([]byte(`{"a.en":{"salt":"` + salt + `","text":"é\n\"<"}}`))
	f.Add([]byte(`{"a.en":{"salt":"` + salt + `","text":"\u0061"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := record.ParseWords(b)
		if err != nil {
			return
		}
		if again, err := w.Marshal(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%s became %s %v", b, again, err)
		}
	})
}

func FuzzParseTilePath(f *testing.F) {
	f.Add("tile/0/x001/234.p/5")
	f.Add("tile/entries/000")
	f.Fuzz(func(t *testing.T, path string) {
		level, index, width, err := record.ParseTilePath(path)
		if err == nil && record.TilePath(level, index, width) != path {
			t.Fatalf("%q is %d %d %d", path, level, index, width)
		}
	})
}
