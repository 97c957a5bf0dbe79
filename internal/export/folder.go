package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// stageName is the folder inside an export's in which its next files are written.
const stageName = ".kept-export"

// folder writes an export into a folder. Everything new is written beside first; only
// when all of it is there are the files exchanged, each by one rename, so that a web
// server never serves half a file.
//
// If we die while writing: the old export stands untouched, what was written is
// deleted by the next run. If we die while exchanging: the manifest says that it is
// unfinished and lists the files of both, so the next run trusts no digest in it,
// compares the files themselves, and leaves none behind.
type folder struct {
	to    string   // where the export will be
	dir   string   // where it is made: to itself, or a new folder beside it that takes its name at the end
	stage string   // where files are written: dir, or a folder in it
	root  *os.Root // of dir: no name and no link leads out of it
	lock  *os.File
	done  bool            // dir has taken its name
	old   map[string]File // of the export that is there
	trust bool            // the digests in old are those of the files

	mu      sync.Mutex
	made    map[string]bool // folders
	changed map[string]bool // files in stage
}

// openFolder prepares a folder that is not there, empty, or an export of ours.
func openFolder(to string) (*folder, error) {
	f := &folder{to: filepath.Clean(to), made: map[string]bool{}, changed: map[string]bool{}}
	found, err := os.ReadDir(f.to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = f.fresh()
	case err == nil:
		err = f.over(found)
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("%s: %w", to, err)
	}
	return f, nil
}

// fresh makes the export in a sibling; one that an interrupted run left goes first.
func (f *folder) fresh() (err error) {
	f.dir = filepath.Join(filepath.Dir(f.to), "."+filepath.Base(f.to)+stageName)
	f.stage = f.dir
	if err = os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	if err = f.alone(); err != nil {
		return err
	}
	if f.root, err = os.OpenRoot(f.dir); err != nil {
		return err
	}
	left, err := os.ReadDir(f.dir)
	for _, e := range left {
		err = errors.Join(err, f.root.RemoveAll(e.Name()))
	}
	return err
}

// over begins a new export over one that is there.
func (f *folder) over(found []fs.DirEntry) (err error) {
	f.dir, f.stage = f.to, filepath.Join(f.to, stageName)
	if f.root, err = os.OpenRoot(f.dir); err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(e fs.DirEntry) bool { return e.Name() == stageName })
	if len(found) > 0 {
		b, err := f.root.ReadFile(manifestName)
		if err != nil {
			return errNotOurs
		}
		m, err := readManifest(b)
		if err != nil {
			return err
		}
		f.old, f.trust = m.byName(), !m.Unfinished
	}
	if err := f.alone(); err != nil {
		return err
	}
	if err := f.root.RemoveAll(stageName); err != nil { // of a run that was interrupted
		return err
	}
	return f.root.Mkdir(stageName, 0o700)
}

var errBusy = errors.New("another export is being written here")

// alone holds the folder for this run. The lock is the folder's own: it ends with the process.
func (f *folder) alone() (err error) {
	if f.lock, err = os.Open(f.dir); err != nil {
		return err
	}
	if err := syscall.Flock(int(f.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.lock.Close()
		f.lock = nil
		return errBusy
	}
	return nil
}

// take writes a file, unless the one that is there is the same.
func (f *folder) take(c *content) error {
	defer func() { c.head = bytes.Buffer{} }() // it is on the disk; who waits for its turn needs none of it
	if was, ok := f.old[c.Name]; ok && was.Size == c.Size && was.SHA256 == c.SHA256 && f.stands(c) {
		return nil
	}
	if err := f.mkdir(path.Dir(c.Name)); err != nil {
		return err
	}
	if err := c.create(filepath.Join(f.stage, filepath.FromSlash(c.Name))); err != nil {
		return err
	}
	if f.old != nil || f.stage != f.dir {
		f.mu.Lock()
		f.changed[c.Name] = true
		f.mu.Unlock()
	}
	return nil
}

// stands tells whether the file is there as the manifest says.
func (f *folder) stands(c *content) bool {
	info, err := f.root.Lstat(filepath.FromSlash(c.Name))
	if err != nil || !info.Mode().IsRegular() || info.Size() != c.Size {
		return false
	}
	if f.trust {
		return true
	}
	there, err := f.root.Open(filepath.FromSlash(c.Name))
	if err != nil {
		return false
	}
	defer there.Close()
	sum, err := sumOf(there)
	return err == nil && sum == c.SHA256
}

// mkdir makes a folder of the stage once.
func (f *folder) mkdir(dir string) error {
	f.mu.Lock()
	known := f.made[dir]
	f.mu.Unlock()
	if known {
		return nil
	}
	full := filepath.Join(f.stage, filepath.FromSlash(dir))
	err := os.Mkdir(full, 0o755)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		if err = f.mkdir(path.Dir(dir)); err == nil {
			err = os.Mkdir(full, 0o755)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	f.mu.Lock()
	f.made[dir] = true
	f.mu.Unlock()
	return nil
}

// keep has nothing to do: a folder has no order.
func (f *folder) keep(*content) error { return nil }

// finish puts everything in its place.
func (f *folder) finish(m *Manifest) (changed, gone int, err error) {
	if f.stage != f.dir {
		if changed, gone, err = f.exchange(m); err != nil {
			return changed, gone, err
		}
		return changed, gone, f.root.RemoveAll(stageName)
	}
	b, err := m.marshal()
	if err == nil {
		err = writeSynced(f.root, manifestName, b)
	}
	if err != nil {
		return 0, 0, err
	}
	err = os.Rename(f.dir, f.to)
	f.done = err == nil
	return len(m.Files), 0, err
}

// exchange lets the new files take the place of the old ones.
func (f *folder) exchange(m *Manifest) (changed, gone int, err error) {
	whole, err := m.marshal()
	if err != nil {
		return 0, 0, err
	}
	now := m.byName()
	both := *m
	both.Unfinished, both.Files = true, slices.Clone(m.Files)
	var leaving []string
	for name, file := range f.old {
		if _, stays := now[name]; !stays {
			both.Files = append(both.Files, file)
			leaving = append(leaving, name)
		}
	}
	if err := f.mayOverwrite(); err != nil {
		return 0, 0, err
	}
	if len(f.changed)+len(leaving) == 0 && f.trust {
		if there, err := f.root.ReadFile(manifestName); err == nil && bytes.Equal(there, whole) {
			return 0, 0, nil
		}
	}
	b, err := both.marshal()
	if err != nil {
		return 0, 0, err
	}
	if err := f.replaceManifest(b); err != nil {
		return 0, 0, err
	}
	for name := range f.changed {
		if err := f.move(name); err != nil {
			return changed, gone, err
		}
		changed++
	}
	for _, name := range leaving {
		if err := f.drop(name); err != nil {
			return changed, gone, err
		}
		gone++
	}
	return changed, gone, f.replaceManifest(whole)
}

// mayOverwrite refuses to replace a file that no manifest of ours lists.
func (f *folder) mayOverwrite() error {
	for name := range f.changed {
		if _, ours := f.old[name]; ours {
			continue
		}
		if _, err := f.root.Lstat(filepath.FromSlash(name)); err == nil {
			return fmt.Errorf("%s is not of an export; move it away first", name)
		}
	}
	return nil
}

func (f *folder) move(name string) error {
	name = filepath.FromSlash(name)
	if err := f.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return f.root.Rename(filepath.Join(stageName, name), name)
}

// drop deletes a file that the new export has not, and the folders that it leaves empty.
func (f *folder) drop(name string) error {
	if err := f.root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if f.root.Remove(filepath.FromSlash(dir)) != nil {
			break // not empty
		}
	}
	return nil
}

func (f *folder) replaceManifest(b []byte) error {
	staged := filepath.Join(stageName, manifestName)
	if err := writeSynced(f.root, staged, b); err != nil {
		return err
	}
	return f.root.Rename(staged, manifestName)
}

// writeSynced writes a file and waits until it is on the disk.
func writeSynced(root *os.Root, name string, b []byte) error {
	out, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, bytes.NewReader(b))
	return errors.Join(err, out.Sync(), out.Close())
}

// close deletes what was not finished.
func (f *folder) close() {
	if f.root != nil {
		if f.lock != nil && f.stage != f.dir {
			_ = f.root.RemoveAll(stageName)
		}
		_ = f.root.Close()
	}
	if f.lock == nil {
		return // another run is at work here
	}
	if f.stage == f.dir && !f.done {
		_ = os.RemoveAll(f.dir)
	}
	_ = f.lock.Close()
}
