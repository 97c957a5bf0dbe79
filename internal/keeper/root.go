package keeper

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
	"kept/record"
)

// RootOf is the root of the tree of the first size entries: what a checkpoint of
// that size would be signed over, whether one was signed or not. It is made of the
// tiles, or of the entries alone in a store that keeps no tiles, as those of the past.
func RootOf(tx *db.Tx, size int64) (tlog.Hash, error) {
	t, err := loadTree(tx, size)
	if errors.Is(err, ErrNotFound) {
		t, err = plantTree(tx, size)
	}
	if err != nil {
		return tlog.Hash{}, err
	}
	return t.root()
}

// plantTree grows a tree of the first entries that is never written.
func plantTree(tx *db.Tx, size int64) (*tree, error) {
	t := &tree{}
	for from := int64(0); from < size; from += chunk {
		lines, err := readRaw(tx, from, min(from+chunk, size))
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			t.add(record.LeafHash(line))
		}
		t.filled = nil
	}
	return t, nil
}
