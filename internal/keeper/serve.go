package keeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/record"
)

// Get serves the paths under /record/ that a mirror or a verifier reads:
// checkpoint, key, tiles, entry bundles, words, blobs. It makes a Keeper a
// record.Source, so that the program can check itself the way a stranger does.
// What is not there is ErrNotFound, and fs.ErrNotExist as a Source says it.
func (k *Keeper) Get(ctx context.Context, path string) (b []byte, err error) {
	switch {
	case path == "checkpoint":
		if b = k.Checkpoint(); b == nil {
			err = fmt.Errorf("no checkpoint was signed yet: %w", ErrNotFound)
		}
	case path == "key" && k.o.Key.Signer != nil:
		b = []byte(k.o.Key.Public + "\n")
	default:
		err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
			b, err = k.stored(tx, path)
			return err
		})
	}
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%s: %w (%w)", path, fs.ErrNotExist, err)
	}
	return b, err
}

func (k *Keeper) stored(tx *db.Tx, path string) ([]byte, error) {
	switch {
	case strings.HasPrefix(path, "tile/"):
		return k.tileBytes(tx, path)
	case strings.HasPrefix(path, "words/") && strings.HasSuffix(path, ".json"):
		index, err := strconv.ParseInt(path[len("words/"):len(path)-len(".json")], 10, 64)
		if err != nil || path != record.WordsPath(index) { // one address, one spelling
			return nil, ErrNotFound
		}
		words, err := saltedWords(tx, index)
		if err != nil {
			return nil, err
		}
		if len(words) == 0 {
			return nil, ErrNotFound
		}
		return words.Marshal()
	case strings.HasPrefix(path, "blobs/"):
		d, err := record.ParseDigest(path[len("blobs/"):])
		if err != nil {
			return nil, ErrNotFound
		}
		return Blob(tx, d)
	}
	return nil, ErrNotFound
}

// tileBytes serves a tile or bundle only as far as the published checkpoint
// reaches: what is not signed yet could still change hands.
func (k *Keeper) tileBytes(tx *db.Tx, path string) ([]byte, error) {
	level, n, width, err := record.ParseTilePath(path)
	if err != nil {
		return nil, ErrNotFound
	}
	have := k.publishedSize()
	for l := 0; l < level; l++ {
		have >>= tileHeight
	}
	if n > have>>tileHeight || have < n*tileWidth+int64(width) {
		return nil, ErrNotFound
	}
	if level >= 0 {
		return readTile(tx, level, n, width)
	}
	entries, err := readRaw(tx, n*tileWidth, n*tileWidth+int64(width))
	if err != nil {
		return nil, err
	}
	return record.EntryBundle(entries), nil
}

// readRaw reads the lines of entries [from, to), as many as there are.
func readRaw(tx *db.Tx, from, to int64) ([][]byte, error) {
	rows, err := tx.Query("SELECT bytes FROM record_entry WHERE idx >= ? AND idx < ? ORDER BY idx", from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}
