package cli_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
)

// An erased document is in no byte of the data directory.
func TestEraseDocument(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "init", "--data", dir, "--pack", "harbour", "--origin", originOf(t))
	secret := "planted " + rand.Text()
	store, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var digest string
	err = commitment.PrepareArchive(t.Context(), store)
	if err == nil {
		err = store.Write(t.Context(), func(tx *db.Tx) (err error) {
			digest, err = commitment.KeepDocument(tx, time.Now(), []byte("name,phone\n"+secret+",1\n"+strings.Repeat("x,y\n", 5000)))
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if !holds(t, dir, secret) {
		t.Fatal("the document is not in the store")
	}
	must(t, "document", "erase", digest, "--yes", "--data", dir)
	if holds(t, dir, secret) {
		t.Error("the document is still in a file of the store")
	}
	must(t, "document", "erase", digest, "--data", dir) // again: nothing to ask, nothing to do
	if _, err := os.Stat(filepath.Join(dir, "kept.db")); err != nil {
		t.Error(err)
	}
}

// holds tells whether any file under a folder holds a text.
func holds(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		found = found || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
