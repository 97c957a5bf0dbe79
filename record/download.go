package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Download copies a record into a new or empty directory, and verifies it on
// the way: what is written is what was checked. The checkpoint comes last and
// only where nothing is wrong, so a directory with a checkpoint is a record,
// which any web server can publish and [DirSource] reads.
func Download(ctx context.Context, src Source, dir string, o Options) (*Report, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if found, err := os.ReadDir(dir); err != nil {
		return nil, err
	} else if len(found) > 0 {
		return nil, fmt.Errorf("%s is not empty", dir)
	}
	o.TreeOnly = false // everything is read, so everything is copied
	d := &download{src: src, dir: dir}
	report, err := Verify(ctx, d, o)
	if err != nil || !report.OK() {
		return report, err
	}
	return report, d.write("checkpoint", d.checkpoint)
}

// A download is a source that keeps what passes through it.
type download struct {
	src        Source
	dir        string
	checkpoint []byte
}

func (d *download) Get(ctx context.Context, path string) ([]byte, error) {
	b, err := d.src.Get(ctx, path)
	if err != nil {
		return b, err
	}
	if path == "checkpoint" {
		d.checkpoint = b
		return b, nil
	}
	return b, d.write(path, b)
}

// write makes a file that is whole or not there, because a name is given only
// to what has been written. Tiles that are read twice are written once.
func (d *download) write(path string, b []byte) error {
	name := filepath.Join(d.dir, filepath.FromSlash(path))
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".part-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
