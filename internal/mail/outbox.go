package mail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Outbox puts letters into a folder, one file each, for somebody to read or to
// pass on, and says on the console that there is one. The file's name comes from
// the key: the same letter again is the same file.
type Outbox struct {
	Sender
	Dir     string
	Console io.Writer
}

// Carry writes the letter's file. It is complete under its name or not there: if
// we die before the rename, what is left is a temporary file that no letter has.
func (o Outbox) Carry(_ context.Context, m Message) error {
	l, err := o.letter(m)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := l.WriteTo(&b); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(o.Dir, fileName(m))
	if err := writeFile(path, b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(o.Console, "mail: %s\n", path)
	return nil
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".letter-*") // readable by us alone
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if fault := f.Sync(); err == nil {
		err = fault
	}
	if fault := f.Close(); err == nil {
		err = fault
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// fileName is what can be read of the key, and its digest.
func fileName(m Message) string {
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, m.Key)
	return readable[:min(len(readable), 60)] + "-" + m.id()[:12] + ".eml"
}
