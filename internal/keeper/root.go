package keeper

import (
	"golang.org/x/mod/sumdb/tlog"

	"kept/internal/db"
)

// RootOf is the root of the tree of the first size entries: what a checkpoint of
// that size would be signed over, whether one was signed or not.
func RootOf(tx *db.Tx, size int64) (tlog.Hash, error) {
	t, err := loadTree(tx, size)
	if err != nil {
		return tlog.Hash{}, err
	}
	return t.root()
}
