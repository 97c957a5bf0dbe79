package db_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"kept/internal/db"
)

// fill writes rows of 4 KB until the store is full, each a transaction of two
// statements, and returns how many were acknowledged.
func fill(t *testing.T, d *db.DB) (kept int64) {
	t.Helper()
	for i := range 10_000 {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for half := range 2 {
				if _, err := tx.Exec("INSERT INTO thing (id, name) VALUES (?, ?)", 2*i+half, strings.Repeat("x", 2000)); err != nil {
					return err
				}
			}
			return nil
		})
		if errors.Is(err, db.ErrFull) {
			return kept
		}
		if err != nil {
			t.Fatalf("a full disk gives %v, want ErrFull", err)
		}
		kept++
	}
	t.Fatal("the store never became full")
	return 0
}

func TestFullByPageLimit(t *testing.T) {
	d, count := table(t, func() *db.DB { return openDir(t, t.TempDir()) })
	limit := func(pages int) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(fmt.Sprint("PRAGMA max_page_count = ", pages))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(60)
	kept := fill(t, d)
	if count() != 2*kept {
		t.Errorf("%d rows of %d acknowledged transactions of two", count(), kept)
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		err := tx.Try(func() error {
			return tx.Queue("INSERT INTO thing (id, name) VALUES (90000, ?)", strings.Repeat("x", 300_000))
		})
		if !errors.Is(err, db.ErrFull) {
			t.Errorf("Try on a full disk gives %v", err)
		}
		return nil // overlooked
	})
	if !errors.Is(err, db.ErrFull) || count() != 2*kept {
		t.Errorf("an overlooked ErrFull gives %v and %d rows", err, count())
	}
	limit(1000)
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 70000) }); err != nil || count() != 2*kept+1 {
		t.Errorf("with room again: %v and %d rows", err, count())
	}
}

// TestFullFileSystem fills a file system of 1 MB, for who may mount one.
func TestFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Logf("no small file system could be mounted (%v): the limit of pages stands for it", err)
		TestFullByPageLimit(t)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	stuffing := dir + "/stuffing"
	if err := os.WriteFile(stuffing, make([]byte, 300<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, dir)
	_, count := table(t, func() *db.DB { return d })
	kept := fill(t, d)
	if kept == 0 || count() != 2*kept {
		t.Errorf("%d rows of %d acknowledged transactions of two", count(), kept)
	}
	if err := os.Remove(stuffing); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 70000) }); err != nil || count() != 2*kept+1 {
		t.Errorf("with room again: %v and %d rows", err, count())
	}
	d.Close()
	d = openDir(t, dir)
	var ok string
	err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Row("PRAGMA integrity_check").Scan(&ok) })
	if err != nil || ok != "ok" {
		t.Errorf("integrity: %s, %v", ok, err)
	}
}

func openDir(t *testing.T, dir string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
