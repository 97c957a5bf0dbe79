package keeper

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/record"
)

// tileHeight and tileWidth are fixed by C2SP tlog-tiles.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tree is the right edge of the Merkle tree: for each tile level the hashes of
// the tile that is not full yet. It is all that appending and the root need.
type tree struct {
	size    int64
	edge    [][]tlog.Hash // edge[level]: 0 to 255 hashes
	changed []bool        // changed[level]: the edge has hashes that are not written yet
	filled  []filled      // tiles that filled since the last write
}

type filled struct {
	level int
	n     int64
	bytes []byte
}

// loadTree reads the right edge for a record of the given size.
func loadTree(tx *db.Tx, size int64) (*tree, error) {
	t := &tree{size: size}
	for level, count := 0, size; count > 0; level, count = level+1, count>>tileHeight {
		var hashes []tlog.Hash
		if width := int(count % tileWidth); width > 0 {
			b, err := readTile(tx, level, count>>tileHeight, width)
			if err != nil {
				return nil, err
			}
			hashes = make([]tlog.Hash, width)
			for i := range hashes {
				copy(hashes[i][:], b[i*tlog.HashSize:])
			}
		}
		t.edge, t.changed = append(t.edge, hashes), append(t.changed, false)
	}
	return t, nil
}

// readTile reads the first hashes of a tile. At level 0 only full tiles are
// stored: the leaves of the last one are hashed from their entries, which costs a
// reader less than rewriting 8 KB would cost each commit.
func readTile(tx *db.Tx, level int, n int64, width int) ([]byte, error) {
	var b []byte
	err := tx.Row("SELECT bytes FROM record_tile WHERE level = ? AND n = ?", level, n).Scan(&b)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return nil, err
	}
	if len(b) < width*tlog.HashSize && level == 0 {
		if b, err = hashLeaves(tx, n*tileWidth, width); err != nil {
			return nil, err
		}
	}
	if len(b) < width*tlog.HashSize {
		return nil, fmt.Errorf("tile %d/%d has %d of %d hashes: %w", level, n, len(b)/tlog.HashSize, width, ErrNotFound)
	}
	return b[:width*tlog.HashSize], nil
}

func hashLeaves(tx *db.Tx, from int64, n int) ([]byte, error) {
	entries, err := readRaw(tx, from, from+int64(n))
	if err != nil {
		return nil, err
	}
	hashes := make([]byte, 0, n*tlog.HashSize)
	for _, e := range entries {
		h := record.LeafHash(e)
		hashes = append(hashes, h[:]...)
	}
	return hashes, nil
}

// add appends a leaf; a tile that fills passes its root to the level above.
func (t *tree) add(leaf tlog.Hash) {
	count := t.size
	t.size++
	h := leaf
	for level := 0; ; level++ {
		if level == len(t.edge) {
			t.edge, t.changed = append(t.edge, nil), append(t.changed, false)
		}
		t.edge[level] = append(t.edge[level], h)
		t.changed[level] = true
		if len(t.edge[level]) < tileWidth {
			return
		}
		count >>= tileHeight
		t.filled = append(t.filled, filled{level, count, tileBytes(t.edge[level])})
		h = rootOf(t.edge[level])
		t.edge[level], t.changed[level] = nil, false
	}
}

func tileBytes(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

// write queues the tiles that filled and the changed edge above the leaves: one
// row per tile and group, not per entry.
func (t *tree) write(tx *db.Tx) error {
	for _, f := range t.filled {
		if err := writeTile(tx, f.level, f.n, f.bytes); err != nil {
			return err
		}
	}
	t.filled = nil
	for level, changed := range t.changed {
		if !changed || level == 0 {
			continue
		}
		if err := writeTile(tx, level, t.size>>(tileHeight*(level+1)), tileBytes(t.edge[level])); err != nil {
			return err
		}
		t.changed[level] = false
	}
	return nil
}

func writeTile(tx *db.Tx, level int, n int64, b []byte) error {
	return tx.Queue("INSERT INTO record_tile (level, n, bytes) VALUES (?, ?, ?) ON CONFLICT (level, n) DO UPDATE SET bytes = excluded.bytes", level, n, b)
}

// rootOf is the Merkle root of a power of two of hashes.
func rootOf(h []tlog.Hash) tlog.Hash {
	if len(h) == 1 {
		return h[0]
	}
	mid := len(h) / 2
	return tlog.NodeHash(rootOf(h[:mid]), rootOf(h[mid:]))
}

// root is the tree's root: the full subtrees of the edge, folded from the right (RFC 6962 §2.1).
func (t *tree) root() (tlog.Hash, error) {
	if t.size == 0 {
		return tlog.TreeHash(0, nil)
	}
	var subtrees []tlog.Hash // from the left, largest first
	for level := len(t.edge) - 1; level >= 0; level-- {
		rest := t.edge[level]
		for bit := tileWidth / 2; bit > 0; bit /= 2 {
			if len(rest)&bit != 0 {
				subtrees = append(subtrees, rootOf(rest[:bit]))
				rest = rest[bit:]
			}
		}
	}
	root := subtrees[len(subtrees)-1]
	for i := len(subtrees) - 2; i >= 0; i-- {
		root = tlog.NodeHash(subtrees[i], root)
	}
	return root, nil
}

// tileReader reads hashes from stored tiles, for proofs.
type tileReader struct {
	tx   *db.Tx
	last *lastTile // nil: none is remembered
}

// lastTile remembers the hashes of the tile of leaves that is not full yet, which no
// table holds: one receipt after another needs them. A proof made with hashes that
// are not under the checkpoint fails.
type lastTile struct {
	mu    sync.Mutex
	n     int64
	bytes []byte
}

func (l *lastTile) get(t tlog.Tile) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.L == 0 && t.N == l.n && t.W*tlog.HashSize <= len(l.bytes) {
		return l.bytes[:t.W*tlog.HashSize]
	}
	return nil
}

func (l *lastTile) put(t tlog.Tile, b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.L == 0 && t.W < tileWidth {
		l.n, l.bytes = t.N, b
	}
}

// Height is fixed by C2SP.
func (tileReader) Height() int { return tileHeight }

// ReadTiles returns the bytes that each tile has at its width.
func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		if r.last != nil {
			if out[i] = r.last.get(t); out[i] != nil {
				continue
			}
		}
		b, err := readTile(r.tx, t.L, t.N, t.W)
		if err != nil {
			return nil, err
		}
		if out[i] = b; r.last != nil {
			r.last.put(t, b)
		}
	}
	return out, nil
}

// SaveTiles is tlog's cache hook; the store is the cache.
func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// copy keeps the edge as it is, for a submission that may be undone.
func (t *tree) copy() *tree {
	c := &tree{size: t.size, changed: slices.Clone(t.changed), filled: slices.Clone(t.filled)}
	for _, hashes := range t.edge {
		c.edge = append(c.edge, slices.Clone(hashes))
	}
	return c
}
