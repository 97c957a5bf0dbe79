package keeper

import (
	"context"

	"kept/internal/db"
	"kept/record"
)

// Paths lists what [Keeper.Get] serves of this record: the files that a copy of it
// consists of. Of words and blobs it lists what the store holds; tiles reach as far
// as the published checkpoint, without which there is nothing to copy.
func (k *Keeper) Paths(ctx context.Context) (paths []string, err error) {
	size := k.publishedSize()
	if size == 0 {
		return nil, nil
	}
	paths = append([]string{"checkpoint", "key"}, tilePaths(size)...)
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT DISTINCT w.idx FROM record_word w WHERE w.idx < ? AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)
			ORDER BY w.idx`, size)
		if err != nil {
			return err
		}
		if err := list(rows, &paths, record.WordsPath); err != nil {
			return err
		}
		if rows, err = tx.Query("SELECT digest FROM record_blob ORDER BY digest"); err != nil {
			return err
		}
		return list(rows, &paths, func(digest string) string { return "blobs/" + digest })
	})
	return paths, err
}

// list adds the path of each row.
func list[T any](rows *db.Rows, paths *[]string, path func(T) string) error {
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return err
		}
		*paths = append(*paths, path(v))
	}
	return rows.Err()
}

// tilePaths are the tiles and bundles of a tree, each level's last one as wide as it is.
func tilePaths(size int64) (paths []string) {
	level := func(level int, width int64) {
		for n := range width / tileWidth {
			paths = append(paths, record.TilePath(level, n, tileWidth))
		}
		if rest := width % tileWidth; rest > 0 {
			paths = append(paths, record.TilePath(level, width/tileWidth, int(rest)))
		}
	}
	level(record.EntriesLevel, size)
	for l, width := 0, size; width > 0; l, width = l+1, width/tileWidth {
		level(l, width)
	}
	return paths
}
