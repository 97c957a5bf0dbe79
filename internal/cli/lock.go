package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// lockUsage explains --lock.
const lockUsage = "file that holds the last signed checkpoint; chosen once for a data directory and then found by lock.path in it; in the user's state folder when empty"

// lockFile names, inside a data directory, the file that is its lock: all commands
// that work on the directory must agree on one, whatever flags and environment they run with.
const lockFile = "lock.path"

// ledgerSuffix names the ledger of erasures, which lies beside the lock.
const ledgerSuffix = ".erased"

// lockOf is the lock of a data directory: the one that was chosen earlier, else the
// one that is asked for, else the default. The choice is written down. A lock is not
// changed in passing: an empty one would let a record that was set back sign another history.
func lockOf(dir, asked, origin string) (string, error) {
	chosen, err := readLockFile(dir)
	if err != nil {
		return "", err
	}
	if asked != "" {
		if asked, err = filepath.Abs(asked); err != nil {
			return "", err
		}
	}
	switch {
	case chosen != "" && asked != "" && asked != chosen:
		return "", fmt.Errorf("the lock of %s is %s, not %s; to move it, stop every program that uses it, move the file, and write its new path into %s",
			dir, chosen, asked, filepath.Join(dir, lockFile))
	case chosen != "":
		return chosen, nil
	case asked == "":
		if asked, err = defaultLock(origin); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(filepath.Dir(asked), 0o700); err != nil {
		return "", fmt.Errorf("no folder for the lock: %w; name another file with --lock", err)
	}
	return asked, writeLockFile(dir, asked)
}

// lockIsFree refuses to begin a record under the lock of another one.
func lockIsFree(asked, origin string) error {
	if asked == "" {
		var err error
		if asked, err = defaultLock(origin); err != nil {
			return err
		}
	}
	for _, file := range []string{asked, asked + ledgerSuffix} { // the ledger would have texts of the new record erased
		if _, err := os.Stat(file); err == nil {
			return fmt.Errorf("%s is of another record named %s; choose another --origin or --lock, or remove the file if that record is gone for good", file, origin)
		}
	}
	return nil
}

// readLockFile gives the chosen lock, empty when none was chosen yet. A relative
// path is one inside the data directory, which may be moved.
func readLockFile(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	path := strings.TrimSpace(string(b))
	if err != nil || path == "" || filepath.IsAbs(path) {
		return path, err
	}
	return filepath.Abs(filepath.Join(dir, path))
}

// writeLockFile writes the choice whole or not at all.
func writeLockFile(dir, lock string) error {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if inside, err := filepath.Rel(whole, lock); err == nil && filepath.IsLocal(inside) {
		lock = inside
	}
	f, err := os.CreateTemp(dir, "."+lockFile+"-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(lock + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, lockFile))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// defaultLock is a file in the user's state folder, outside the data directory,
// so that a data directory set back to an older copy is noticed.
func defaultLock(origin string) (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no home folder for the lock (%w); name a file with --lock", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, origin)
	return filepath.Join(state, "kept", name+".lock"), nil
}
