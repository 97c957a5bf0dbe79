package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kept/internal/db"
)

func TestFolderNames(t *testing.T) {
	for _, name := range []string{"plain", "with space", "a?b", "a#b", "100%", "%41", "a&b=c", "тетрадь", "数据", "'quoted' \"twice\"", "a;b"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			d, count := table(t, func() *db.DB { return openDir(t, dir) })
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 1) }); err != nil || count() != 1 {
				t.Fatal(err)
			}
			files, err := os.ReadDir(dir)
			if err != nil || len(files) == 0 {
				t.Fatalf("nothing in the folder that was asked for (%v)", err)
			}
			for _, f := range files { // the store, its WAL and its shared memory
				info, err := f.Info()
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v; want mode 0600", f.Name(), info.Mode(), err)
				}
			}
		})
	}
}

func TestStoreGone(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, file string)
	}{
		{"removed", func(t *testing.T, file string) { must(t, os.Remove(file)) }},
		{"moved away", func(t *testing.T, file string) { must(t, os.Rename(file, file+".old")) }},
		{"replaced", func(t *testing.T, file string) {
			must(t, os.Remove(file))
			must(t, os.WriteFile(file, nil, 0o600))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			d, count := table(t, func() *db.DB { return openDir(t, dir) })
			c.do(t, filepath.Join(dir, "kept.db"))
			err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 1) })
			if !errors.Is(err, db.ErrGone) {
				t.Errorf("writing gives %v, want ErrGone", err)
			}
			if count() != 0 { // what was open can still be read
				t.Error("something was written")
			}
		})
	}
}

func TestNotAStore(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "kept.db"), []byte("this is a letter and no database; it is long enough to be taken for a header, though, and says so at length"), 0o600))
	if d, err := db.Open(t.Context(), db.Config{Dir: dir}); err == nil {
		d.Close()
		t.Error("a text file was opened as a store")
	}
}

// TestClose shows that nothing of a closed store stays open: its WAL was taken
// in and removed, so that kept.db alone can be copied.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	d, count := table(t, func() *db.DB { return openDir(t, dir) })
	must(t, d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 1) }))
	if count() != 1 {
		t.Fatal("not written")
	}
	must(t, d.Close())
	files, err := os.ReadDir(dir)
	must(t, err)
	if len(files) != 1 || files[0].Name() != "kept.db" {
		t.Errorf("a closed store has the files %v, want kept.db alone", files)
	}
	must(t, d.Close()) // twice is once
}

// TestTwoProcesses opens one store twice, as a command beside a running server does.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	a, count := table(t, func() *db.DB { return openDir(t, dir) })
	b := openDir(t, dir)
	var all sync.WaitGroup
	for i, d := range []*db.DB{a, b} {
		all.Go(func() {
			for n := range 100 {
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, i*1000+n) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if count() != 200 {
		t.Errorf("%d rows, want 200", count())
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
