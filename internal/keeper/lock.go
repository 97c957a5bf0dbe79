package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Lock remembers the last checkpoint that was signed, outside the store, so that
// a store set back to an older copy cannot sign another history.
type Lock interface {
	// Load returns the signed checkpoint, nil when none was ever put.
	Load(ctx context.Context) ([]byte, error)
	// Swap replaces old by new, or fails when the lock holds something else. A
	// nil error means that new is durable.
	Swap(ctx context.Context, old, new []byte) error
}

// ErrLockMoved is returned when somebody else put a checkpoint into the lock.
var ErrLockMoved = errors.New("the lock holds another checkpoint than expected")

// FileLock is a lock in one file. Keep it on another disk than the record.
type FileLock struct{ Path string }

// Load reads the file.
func (l FileLock) Load(context.Context) ([]byte, error) {
	b, err := os.ReadFile(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// Swap compares and replaces under a file lock that all processes of this
// machine respect. Dead before the rename: the old checkpoint stands. Dead after
// it: the new one does, and the next start publishes it.
func (l FileLock) Swap(ctx context.Context, old, new []byte) error {
	return guarded(l.Path, func() error {
		current, err := l.Load(ctx)
		if err != nil {
			return err
		}
		if !bytes.Equal(current, old) {
			return ErrLockMoved
		}
		return writeDurably(l.Path, new)
	})
}

// guarded runs fn while no other process of this machine runs one for the same path.
func guarded(path string, fn func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	guard, err := os.OpenFile(path+".guard", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer guard.Close()
	if err := syscall.Flock(int(guard.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return fn()
}

// writeDurably replaces a file so that after a crash it holds the old or the new bytes.
func writeDurably(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".lock-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
