package keeper

import (
	"context"
	"errors"

	"kept/internal/db"
)

// fillPast replays entries [from, p.size) with their words, then takes over what
// became since of the words that the store has.
func (k *Keeper) fillPast(ctx context.Context, p *Past, live *db.Tx, from int64) error {
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		if from > 0 {
			return forgetFates(tx, from)
		}
		if err := createRecord(tx); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO record_head (id, size, last_at, generation) VALUES (1, 0, '', ?)", k.generation); err != nil {
			return err
		}
		return k.createState(tx)
	})
	for i := from; err == nil && i < p.size; i += chunk {
		err = k.fillChunk(ctx, p, live, i, min(i+chunk, p.size))
	}
	if err != nil || p.facts {
		return err
	}
	return p.db.Write(ctx, func(tx *db.Tx) error {
		if err := copyFates(tx, live, p.size); err != nil {
			return err
		}
		return copyCheckpoints(tx, live, p.size)
	})
}

// fillChunk replays some entries. Words and blobs come first: Derive reads the
// words, and Apply the blobs that an entry names.
func (k *Keeper) fillChunk(ctx context.Context, p *Past, live *db.Tx, from, to int64) error {
	entries, err := readEntries(live, from, to)
	if err != nil {
		return err
	}
	lines, err := readRaw(live, from, to)
	if err != nil {
		return err
	}
	ctx, touched := gathering(ctx)
	return p.db.Write(ctx, func(tx *db.Tx) error {
		for i, line := range lines {
			if err := tx.Queue("INSERT INTO record_entry (idx, bytes) VALUES (?, ?)", from+int64(i), line); err != nil {
				return err
			}
		}
		if !p.facts {
			if err := copyWords(tx, live, from, to); err != nil {
				return err
			}
		}
		for _, e := range entries {
			if err := copyBlobsOf(tx, live, e); err != nil {
				return err
			}
		}
		if err := k.replayPast(tx, live, entries, p.facts); err != nil {
			return err
		}
		last := entries[len(entries)-1].At
		if _, err := tx.Exec("UPDATE record_head SET size = ?, last_at = ? WHERE id = 1", to, last); err != nil {
			return err
		}
		if p.facts { // which pages an act changed is of no use to figures
			return nil
		}
		return touched.write(tx)
	})
}

func (k *Keeper) replayPast(tx, live *db.Tx, entries []Entry, facts bool) error {
	if !facts {
		return k.replay(tx, reader{live}, entries)
	}
	for _, e := range entries {
		if err := k.applyAgain(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// copyWords copies the words of entries that are public today.
func copyWords(to, from *db.Tx, first, end int64) error {
	rows, err := from.Query(`SELECT w.idx, w.part, w.salt, w.body FROM record_word w WHERE w.idx >= ? AND w.idx < ?
		AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)`, first, end)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var index int64
		var part, body string
		var salt []byte
		if err := rows.Scan(&index, &part, &salt, &body); err != nil {
			return err
		}
		if err := to.Queue("INSERT INTO record_word (idx, part, salt, body) VALUES (?, ?, ?, ?)", index, part, salt, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// copyBlobsOf copies the bytes that an entry names by their digests, where the
// store keeps them.
func copyBlobsOf(to, from *db.Tx, e Entry) error {
	for _, d := range blobsOf(e.Facts) {
		b, err := Blob(from, d)
		if errors.Is(err, ErrNotFound) {
			continue // a digest of something else, of a document for example
		}
		if err != nil {
			return err
		}
		if err := to.Queue("INSERT INTO record_blob (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", d.String(), b); err != nil {
			return err
		}
	}
	return nil
}

// copyFates says of the words of the first entries what became of them since: a
// page of the past shows the words that exist today.
func copyFates(to, from *db.Tx, size int64) error {
	rows, err := from.Query("SELECT target, part, entry, '' FROM word_erased WHERE target < ? AND entry >= ?", size, size)
	if err != nil {
		return err
	}
	err = eachFate(rows, func(target int64, part string, entry int64, _ string) error {
		return to.Queue("INSERT INTO word_erased (target, part, entry) VALUES (?, ?, ?) ON CONFLICT (target, part) DO NOTHING", target, part, entry)
	})
	if err != nil {
		return err
	}
	rows, err = from.Query("SELECT target, part, entry, appeal_until FROM word_hidden WHERE target < ? AND entry >= ?", size, size)
	if err != nil {
		return err
	}
	return eachFate(rows, func(target int64, part string, entry int64, until string) error {
		return to.Queue("INSERT INTO word_hidden (target, part, entry, appeal_until) VALUES (?, ?, ?, ?) ON CONFLICT (target, part) DO NOTHING", target, part, entry, until)
	})
}

func eachFate(rows *db.Rows, do func(target int64, part string, entry int64, until string) error) error {
	defer rows.Close()
	for rows.Next() {
		var target, entry int64
		var part, until string
		if err := rows.Scan(&target, &part, &entry, &until); err != nil {
			return err
		}
		if err := do(target, part, entry, until); err != nil {
			return err
		}
	}
	return rows.Err()
}

// forgetFates takes out of a copied past what its own entries did not say, so that
// the replay goes on from the state that they gave.
func forgetFates(tx *db.Tx, size int64) error {
	for _, table := range []string{"word_erased", "word_hidden"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE entry >= ?", size); err != nil {
			return err
		}
	}
	return nil
}

func copyCheckpoints(to, from *db.Tx, size int64) error {
	rows, err := from.Query("SELECT size, at, note FROM record_checkpoint WHERE size <= ?", size)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var of int64
		var at string
		var note []byte
		if err := rows.Scan(&of, &at, &note); err != nil {
			return err
		}
		if err := to.Queue("INSERT INTO record_checkpoint (size, at, note) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING", of, at, note); err != nil {
			return err
		}
	}
	return rows.Err()
}
