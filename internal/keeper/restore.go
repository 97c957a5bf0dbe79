package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// Restored says what came back.
type Restored struct {
	From, To int64 // entries [From, To)
	Words    int64
	Blobs    int64
}

// Held is the checkpoint that the lock holds, nil for none: what comes back must
// fit it.
func (k *Keeper) Held(ctx context.Context) ([]byte, error) {
	if k.o.Lock == nil {
		return nil, nil
	}
	return k.o.Lock.Load(ctx)
}

// Restore brings entries that this store lost back from a copy of the record, one
// that was verified. Before anything is written, the entries that the store has
// and those that come must have the root of the copy's checkpoint, which this
// record's key signed, and that checkpoint must reach as far as the lock's. Words
// and blobs come with their entries; state is applied as in a replay.
//
// It writes in chunks. Dead in the middle: the store has more entries than before
// and is still shorter than its lock; running it again goes on.
func (k *Keeper) Restore(ctx context.Context, src record.Source) (Restored, error) {
	signed, err := src.Get(ctx, "checkpoint")
	if err != nil {
		return Restored{}, err
	}
	c, err := record.ParseCheckpoint(signed, note.VerifierList(k.o.Key.Verifier))
	if err != nil {
		return Restored{}, fmt.Errorf("the copy's checkpoint: %w", err)
	}
	r := Restored{From: k.Size(), To: c.Size}
	if err := k.wouldFit(ctx, src, c); err != nil {
		return r, err
	}
	var listed []Erasure
	if k.o.Ledger != nil {
		if listed, err = k.o.Ledger.Load(ctx); err != nil {
			return r, err
		}
	}
	for from := r.From; from < r.To; from = min(from+chunk, r.To) {
		if err := k.restoreChunk(ctx, src, from, min(from+chunk, r.To), listed, &r); err != nil {
			return r, err
		}
		if k.o.Progress != nil {
			k.o.Progress(min(from+chunk, r.To), r.To)
		}
	}
	err = k.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO record_checkpoint (size, at, note) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING",
			c.Size, k.Now().Format("2006-01-02T15:04:05Z"), signed)
		return err
	})
	if err != nil {
		return r, err
	}
	if _, err := k.FinishErasures(ctx); err != nil {
		return r, err
	}
	k.readonly.Store(nil)
	return r, k.compareWithLock(ctx)
}

// wouldFit computes, without writing, the tree that the store would have.
func (k *Keeper) wouldFit(ctx context.Context, src record.Source, c record.Checkpoint) error {
	held, err := k.Held(ctx)
	if err != nil {
		return err
	}
	locked := record.Checkpoint{}
	if held != nil {
		if locked, err = record.ParseCheckpoint(held, note.VerifierList(k.o.Key.Verifier)); err != nil {
			return fmt.Errorf("%w: %v", errNotOurs, err)
		}
	}
	if c.Size < locked.Size {
		return Refuse(ErrConflict, locale.E("err.record.copy_short", "n", c.Size, "want", locked.Size))
	}
	var t *tree
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error { t, err = k.loadHead(tx); return err })
	if err != nil {
		return err
	}
	if t.size >= c.Size {
		return Refuse(ErrConflict, locale.E("err.record.nothing_missing", "n", t.size))
	}
	misfit := Refuse(ErrConflict, locale.E("err.record.copy_other"))
	for {
		root, err := t.root()
		if err != nil {
			return err
		}
		if t.size == locked.Size && root != locked.Root || t.size == c.Size && root != c.Root {
			return misfit
		}
		if t.size == c.Size {
			return nil
		}
		to := min(t.size+chunk, c.Size)
		if t.size < locked.Size {
			to = min(to, locked.Size)
		}
		lines, err := linesOf(ctx, src, t.size, to, c.Size)
		if err != nil {
			return err
		}
		for _, line := range lines {
			t.add(record.LeafHash(line))
		}
		t.filled = nil
	}
}

// linesOf reads entries [from, to) out of the bundles of a record of a size.
func linesOf(ctx context.Context, src record.Source, from, to, size int64) (lines [][]byte, err error) {
	for n := from / tileWidth; n*tileWidth < to; n++ {
		b, err := src.Get(ctx, record.TilePath(record.EntriesLevel, n, int(min(tileWidth, size-n*tileWidth))))
		if err != nil {
			return nil, err
		}
		bundle, err := record.ParseBundle(b)
		if err != nil {
			return nil, err
		}
		for i, line := range bundle {
			if at := n*tileWidth + int64(i); at >= from && at < to {
				lines = append(lines, line)
			}
		}
	}
	return lines, nil
}

func (k *Keeper) restoreChunk(ctx context.Context, src record.Source, from, to int64, listed []Erasure, r *Restored) error {
	lines, err := linesOf(ctx, src, from, to, r.To)
	if err != nil {
		return err
	}
	ctx, touched := gathering(ctx)
	err = k.o.DB.Write(ctx, func(tx *db.Tx) error {
		var size int64
		if lock := tx.Dialect().Lock(); lock != "" {
			if err := tx.Queue("SELECT id FROM record_head WHERE id = 1" + lock); err != nil {
				return err
			}
		}
		if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
			return err
		}
		if size != from {
			return errors.New("another program writes into this store; end it and try again")
		}
		t, err := loadTree(tx, size)
		if err != nil {
			return err
		}
		for i, line := range lines {
			if err := k.restoreEntry(tx, src, from+int64(i), line, listed, r); err != nil {
				return fmt.Errorf("entry %d: %w", from+int64(i), err)
			}
			t.add(record.LeafHash(line))
		}
		if err := touched.write(tx); err != nil {
			return err
		}
		if err := t.write(tx); err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE record_head SET size = ? WHERE id = 1", t.size)
		return err
	})
	if err != nil {
		return err
	}
	k.tree = nil
	k.saw(from, to, touched.m)
	return nil
}

// restoreEntry writes one entry with what the copy has beside it, and applies it.
func (k *Keeper) restoreEntry(tx *db.Tx, src record.Source, index int64, line []byte, listed []Erasure, r *Restored) error {
	parsed, err := record.ParseEntry(line)
	if err != nil {
		return err
	}
	e := Entry{index, parsed}
	if err := tx.Queue("INSERT INTO record_entry (idx, bytes) VALUES (?, ?)", index, line); err != nil {
		return err
	}
	if err := tx.Queue("UPDATE record_head SET last_at = ? WHERE id = 1 AND last_at < ?", e.At, e.At); err != nil {
		return err
	}
	words, err := publicFile(tx.Context(), src, e)
	if err != nil {
		return err
	}
	for _, part := range sortedParts(words) {
		if slices.Contains(listed, Erasure{index, part}) {
			continue
		}
		w := words[part]
		if err := tx.Queue("INSERT INTO record_word (idx, part, salt, body) VALUES (?, ?, ?, ?)", index, part, w.Salt[:], w.Text); err != nil {
			return err
		}
		r.Words++
	}
	for _, d := range blobsOf(e.Facts) {
		b, err := src.Get(tx.Context(), record.BlobPath(d))
		if err != nil {
			return err
		}
		if record.DigestOf(b) != d {
			return fmt.Errorf("blob %s is not what its name says", d)
		}
		if err := tx.Queue("INSERT INTO record_blob (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", d.String(), b); err != nil {
			return err
		}
		r.Blobs++
	}
	return k.replay(tx, reader{tx}, []Entry{e})
}

// publicFile reads the words that the copy has of an entry, and checks them.
func publicFile(ctx context.Context, src record.Source, e Entry) (record.Words, error) {
	if len(e.Words) == 0 {
		return nil, nil
	}
	b, err := src.Get(ctx, record.WordsPath(e.Index))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	words, err := record.ParseWords(b)
	if err != nil {
		return nil, err
	}
	for part, w := range words {
		if e.Words[part] != record.WordDigest(w.Salt, w.Text) {
			return nil, fmt.Errorf("part %s does not match its digest", part)
		}
	}
	return words, nil
}

// blobsOf lists the digests that facts name as blobs: under keys whose last word
// is blob or blobs.
func blobsOf(facts []byte) (digests []record.Digest) {
	var v any
	if len(facts) == 0 || json.Unmarshal(facts, &v) != nil {
		return nil
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range sortedParts(v) {
				walk(name, v[name])
			}
		case []any:
			for _, x := range v {
				walk(key, x)
			}
		case string:
			last := key[strings.LastIndexByte(key, '_')+1:]
			if d, err := record.ParseDigest(v); err == nil && (last == "blob" || last == "blobs") {
				digests = append(digests, d)
			}
		}
	}
	walk("", v)
	return digests
}
