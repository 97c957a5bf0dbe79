package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// inMemory is how much of a file is held in memory; a longer one lies in a file
// without a name until it is written.
const inMemory = 4 << 20

// content is one file of the export before it is written.
type content struct {
	File
	head bytes.Buffer
	rest *os.File
	sum  hash.Hash
}

// bytesOf is the content of a file that is ready.
func bytesOf(name string, b []byte) *content {
	sum := sha256.Sum256(b)
	c := &content{File: File{name, int64(len(b)), hex.EncodeToString(sum[:])}}
	c.head = *bytes.NewBuffer(b)
	return c
}

// written is the content of a file that something writes.
func written(name string, write func(io.Writer) error) (*content, error) {
	c := &content{File: File{Name: name}, sum: sha256.New()}
	if err := write(c); err != nil {
		c.close()
		return nil, err
	}
	c.SHA256 = hex.EncodeToString(c.sum.Sum(nil))
	return c, nil
}

func (c *content) Write(b []byte) (int, error) {
	c.sum.Write(b)
	c.Size += int64(len(b))
	if c.rest == nil && c.head.Len()+len(b) <= inMemory {
		return c.head.Write(b)
	}
	if c.rest == nil {
		rest, err := os.CreateTemp("", "kept-export-")
		if err != nil {
			return 0, err
		}
		_ = os.Remove(rest.Name())
		c.rest = rest
	}
	return c.rest.Write(b)
}

// create writes it into a new file. The system is asked for no more than that: an
// os.File would be offered to the poller first, which takes no files.
func (c *content) create(name string) error {
	if c.rest != nil {
		out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = c.writeTo(out)
		return errors.Join(err, out.Close())
	}
	fd, err := retried(func() (int, error) {
		return syscall.Open(name, syscall.O_CREAT|syscall.O_EXCL|syscall.O_WRONLY|syscall.O_CLOEXEC, 0o644)
	})
	for b := c.head.Bytes(); err == nil && len(b) > 0; {
		var n int
		n, err = retried(func() (int, error) { return syscall.Write(fd, b) })
		b = b[max(n, 0):]
	}
	if fd >= 0 {
		err = errors.Join(err, syscall.Close(fd))
	}
	if err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: err}
	}
	return nil
}

// retried calls again what a signal interrupted.
func retried(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return n, err
		}
	}
}

// writeTo writes it all; it can be done again.
func (c *content) writeTo(w io.Writer) (int64, error) {
	n, err := w.Write(c.head.Bytes())
	if err != nil || c.rest == nil {
		return int64(n), err
	}
	if _, err := c.rest.Seek(0, io.SeekStart); err != nil {
		return int64(n), err
	}
	m, err := io.Copy(w, c.rest)
	return int64(n) + m, err
}

func (c *content) close() {
	if c.rest != nil {
		_ = c.rest.Close()
	}
}

// sumOf is the digest of what a reader gives.
func sumOf(r io.Reader) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, r)
	return hex.EncodeToString(sum.Sum(nil)), err
}
