package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxReceipt bounds a receipt: an entry, a megabyte of words as JSON may spell
// them, a proof and a checkpoint.
const maxReceipt = 8*MaxWords + 1<<20

// A Receipt is what a party takes away: the entry, its words, the proof that it
// is in the tree, and the signed checkpoint of that tree. It is checked without
// a network, and it binds who signed: no later record without this entry can
// be consistent with its checkpoint.
type Receipt struct {
	Index      int64
	Entry      []byte           // the canonical line
	Words      Words            // parts with their salts, as far as the party has them
	Proof      tlog.RecordProof // inclusion proof (RFC 6962 §2.1.1)
	Checkpoint []byte           // signed note
	Key        string           // verifier key of the origin
	Withheld   []string         // parts that were hidden when the receipt was made
}

// A receiptFile is a receipt as JSON spells it.
type receiptFile struct {
	Checkpoint string      `json:"checkpoint"`
	Entry      string      `json:"entry"`
	Index      int64       `json:"index"`
	Key        string      `json:"key"`
	Proof      []tlog.Hash `json:"proof,omitempty"`
	V          int         `json:"v"`
	Withheld   []string    `json:"withheld,omitempty"`
	Words      Words       `json:"words,omitempty"`
}

// Marshal returns the receipt as a JSON document, indented for people.
func (r Receipt) Marshal() ([]byte, error) {
	c, err := r.canonical()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, c, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func (r Receipt) canonical() ([]byte, error) {
	if err := r.Words.Check(); err != nil {
		return nil, err
	}
	return CanonicalText(receiptFile{
		Checkpoint: string(r.Checkpoint), Entry: string(r.Entry), Index: r.Index,
		Key: r.Key, Proof: r.Proof, V: 1, Withheld: r.Withheld, Words: r.Words,
	})
}

// ParseReceipt reads a receipt. Space and the order of keys may have changed on
// the way, nothing else. It does not check the proof: [Receipt.Verify] does.
func ParseReceipt(b []byte) (Receipt, error) {
	if len(b) > maxReceipt {
		return Receipt{}, fmt.Errorf("a receipt of %d bytes, at most %d", len(b), maxReceipt)
	}
	given, err := canonicalise(b, textGrammar)
	if err != nil {
		return Receipt{}, err
	}
	var f receiptFile
	if err := json.Unmarshal(given, &f); err != nil {
		return Receipt{}, err
	}
	if f.V != 1 {
		return Receipt{}, errors.New("not a receipt of version 1")
	}
	r := Receipt{
		Index: f.Index, Entry: []byte(f.Entry), Words: f.Words,
		Proof: f.Proof, Checkpoint: []byte(f.Checkpoint), Key: f.Key, Withheld: f.Withheld,
	}
	// What was read must say all that was given: a surplus key, a key in other
	// letters or another spelling of a hash would be lost otherwise.
	again, err := r.canonical()
	if err != nil {
		return Receipt{}, err
	}
	if !bytes.Equal(again, given) {
		return Receipt{}, errors.New("a receipt has checkpoint, entry, index, key, proof, v, withheld and words only")
	}
	return r, nil
}

// Verify checks the receipt offline: the entry's form, each word against its
// digest, the checkpoint's signature and the proof. Verifiers are the keys that
// the reader trusts. With nil the receipt's own key is taken, which shows that
// the receipt agrees with itself; who the key belongs to must then be known
// from elsewhere.
func (r Receipt) Verify(v note.Verifiers) error {
	own, err := ParseKey(r.Key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if v == nil {
		v = note.VerifierList(own)
	} else if known, err := v.Verifier(own.Name(), own.KeyHash()); err != nil || known == nil {
		return fmt.Errorf("key: %s is not a key that you trust", r.Key)
	}
	e, err := ParseEntry(r.Entry)
	if err != nil {
		return fmt.Errorf("entry: %w", err)
	}
	for part, word := range r.Words {
		if d, ok := e.Words[part]; !ok {
			return fmt.Errorf("words: the entry has no part %s", part)
		} else if d != WordDigest(word.Salt, word.Text) {
			return fmt.Errorf("words: %s does not match the entry", part)
		}
	}
	for _, part := range r.Withheld {
		if _, ok := e.Words[part]; !ok {
			return fmt.Errorf("withheld: the entry has no part %s", part)
		} else if _, there := r.Words[part]; there {
			return fmt.Errorf("withheld: %s is among the words", part)
		}
	}
	c, err := ParseCheckpoint(r.Checkpoint, v)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if r.Index < 0 || r.Index >= c.Size {
		return fmt.Errorf("index %d is not in a tree of %d", r.Index, c.Size)
	}
	if err := tlog.CheckRecord(r.Proof, c.Size, c.Root, r.Index, LeafHash(r.Entry)); err != nil {
		return errors.New("proof: the entry is not in the tree of the checkpoint")
	}
	return nil
}
