package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Download copies a record into a new or empty directory, and verifies it on
// the way: what is written is what was checked. The checkpoint comes last and
// only where nothing is wrong, so a directory with a checkpoint is a record,
// which any web server can publish and [DirSource] reads.
//
// A directory that holds a copy already is brought up to date: the record must
// continue the copy's checkpoint, and what the record has erased or hidden since
// is deleted from the copy, which Report.Dropped tells. A text that the source
// does not serve any more, and that no entry took away, stays in the copy and is
// told in Report.Kept. Where anything is wrong, the copy stays as it was.
func Download(ctx context.Context, src Source, dir string, o Options) (*Report, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	o.TreeOnly = false // everything is read, so everything is copied
	if len(found) > 0 {
		return update(ctx, src, dir, o)
	}
	d := &download{src: src, dir: dir}
	report, err := Verify(ctx, d, o)
	if err != nil || !report.OK() {
		return report, err
	}
	return report, d.write("checkpoint", d.checkpoint)
}

// update brings a copy up to date by way of a second one beside it. Dead in the
// middle: the copy still has its old checkpoint, under which all its files are;
// the next update begins anew.
func update(ctx context.Context, src Source, dir string, o Options) (*Report, error) {
	old, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return nil, fmt.Errorf("%s is not empty and holds no copy of a record (no file named checkpoint)", dir)
	}
	o.Checkpoints = append(append([][]byte(nil), o.Checkpoints...), old)
	fresh, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".update-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	d := &download{src: src, dir: fresh, old: dir}
	report, err := Verify(ctx, d, o)
	if err != nil || !report.OK() {
		return report, err
	}
	if err := obey(ctx, d, report); err != nil {
		return report, err
	}
	if err := d.replace(); err != nil {
		return report, err
	}
	if err := d.write("checkpoint", d.checkpoint); err != nil {
		return report, err
	}
	return report, os.Rename(filepath.Join(fresh, "checkpoint"), filepath.Join(dir, "checkpoint"))
}

// obey compares the words of the old copy with what was served now: what an entry
// erased or hid goes, what no entry took away stays.
func obey(ctx context.Context, d *download, report *Report) error {
	return DirSource(d.old).(Lister).List(ctx, func(path string) error {
		index, ok := wordsIndex(path)
		if !ok {
			return nil
		}
		had, err := readWordsFile(ctx, DirSource(d.old), path)
		if err != nil {
			return fmt.Errorf("the copy's %s: %w", path, err)
		}
		has, err := readWordsFile(ctx, DirSource(d.dir), path)
		if errors.Is(err, fs.ErrNotExist) {
			has, err = Words{}, nil
		}
		if err != nil {
			return err
		}
		kept := false
		for _, part := range sortedKeys(had) {
			at := textPlace{index, part}
			_, isErased := report.erased[at]
			_, isHidden := report.hidden[at]
			if _, served := has[part]; served {
				continue
			}
			if isErased || isHidden {
				report.Dropped = append(report.Dropped, at.String())
				continue
			}
			has[part], kept = had[part], true
			report.Kept = append(report.Kept, at.String())
		}
		if !kept {
			return nil
		}
		b, err := has.Marshal()
		if err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(d.dir, filepath.FromSlash(path))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return d.write(path, b)
	})
}

// wordsIndex is the entry whose words a path holds.
func wordsIndex(path string) (int64, bool) {
	var index int64
	_, err := fmt.Sscanf(path, "words/%d.json", &index)
	return index, err == nil && path == WordsPath(index)
}

func readWordsFile(ctx context.Context, src Source, path string) (Words, error) {
	b, err := src.Get(ctx, path)
	if err != nil {
		return nil, err
	}
	return ParseWords(b)
}

// A download is a source that keeps what passes through it.
type download struct {
	src        Source
	dir        string
	old        string // an earlier copy; empty where there is none
	checkpoint []byte
}

func (d *download) Get(ctx context.Context, path string) ([]byte, error) {
	if b, ok := d.held(ctx, path); ok {
		return b, nil
	}
	b, err := d.src.Get(ctx, path)
	if err != nil {
		return b, err
	}
	if path == "checkpoint" {
		if d.checkpoint == nil {
			d.checkpoint = b
		}
		return b, nil
	}
	return b, d.write(path, b)
}

// held takes a blob from the earlier copy: its name says what it must be.
func (d *download) held(ctx context.Context, path string) ([]byte, bool) {
	name, isBlob := strings.CutPrefix(path, "blobs/")
	if !isBlob || d.old == "" {
		return nil, false
	}
	b, err := DirSource(d.old).Get(ctx, path)
	return b, err == nil && DigestOf(b).String() == name
}

// replace deletes the words that the new copy does not have from the old one, and
// moves the new files into it. All of it is under the old checkpoint too.
func (d *download) replace() error {
	err := DirSource(d.old).(Lister).List(context.Background(), func(path string) error {
		if _, ok := wordsIndex(path); !ok {
			return nil
		}
		if _, err := os.Stat(filepath.Join(d.dir, filepath.FromSlash(path))); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Remove(filepath.Join(d.old, filepath.FromSlash(path)))
	})
	if err != nil {
		return err
	}
	return filepath.WalkDir(d.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(d.dir, name)
		if err != nil {
			return err
		}
		to := filepath.Join(d.old, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.Rename(name, to)
	})
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
