package dbtest

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kept/internal/db"
)

// Files is the folder with every file of a store: that of SQLite, or the data
// directory of PostgreSQL's server with all its databases and its log.
func Files(t testing.TB, c db.Config) string {
	t.Helper()
	if c.URL == "" {
		return c.Dir
	}
	store, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var dir string
	err = store.Read(context.Background(), func(tx *db.Tx) error { return tx.Row("SHOW data_directory").Scan(&dir) })
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Holding lists the files under a folder that hold any of the texts, byte by byte.
// PostgreSQL keeps long texts compressed: plant those that cannot be.
func Holding(t testing.TB, dir string, texts ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // a server removes files while we look
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) {
				rel, _ := filepath.Rel(dir, path)
				found = append(found, rel+": "+text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
