package export

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// archive writes an export into one file. Its files come in the order in which the
// site links to them, with the date of the export as their time, so that the same
// export gives the same bytes. It is written beside and renamed at the end: if we die
// before, the old one stands.
type archive struct {
	to   string
	out  *os.File
	tar  *tar.Writer
	pack io.WriteCloser // zstd around the tar
	zip  *zip.Writer
	time time.Time
}

// isArchive tells whether a name asks for an archive.
func isArchive(name string) bool {
	return strings.HasSuffix(name, ".tar.zst") || strings.HasSuffix(name, ".zip")
}

// openArchive begins an archive with the date of its files.
func openArchive(to, date string) (*archive, error) {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil, err
	}
	if info, err := os.Lstat(to); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", to)
	}
	out, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+"-")
	if err != nil {
		return nil, err
	}
	a := &archive{to: to, out: out, time: at}
	if strings.HasSuffix(to, ".zip") {
		a.zip = zip.NewWriter(out)
		return a, nil
	}
	// One goroutine: what it writes is then the same every time.
	if a.pack, err = zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault)); err != nil {
		a.close()
		return nil, err
	}
	a.tar = tar.NewWriter(a.pack)
	return a, nil
}

// take keeps the bytes until it is the file's turn.
func (a *archive) take(c *content) error {
	c.head = *bytes.NewBuffer(bytes.Clone(c.head.Bytes()))
	return nil
}

// keep writes a file at its turn.
func (a *archive) keep(c *content) error {
	w, err := a.header(c)
	if err != nil {
		return err
	}
	_, err = c.writeTo(w)
	return err
}

func (a *archive) header(c *content) (io.Writer, error) {
	if a.zip != nil {
		return a.zip.CreateHeader(&zip.FileHeader{Name: c.Name, Method: zip.Deflate, Modified: a.time})
	}
	return a.tar, a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: c.Name, Size: c.Size, Mode: 0o644, ModTime: a.time, Format: tar.FormatPAX})
}

// finish writes the manifest as the last file and gives the archive its name.
func (a *archive) finish(m *Manifest) (changed, gone int, err error) {
	b, err := m.marshal()
	if err == nil {
		err = a.keep(bytesOf(manifestName, b))
	}
	for _, end := range []io.Closer{a.tar, a.pack, a.zip} {
		if err == nil && !isNil(end) {
			err = end.Close()
		}
	}
	if err == nil {
		err = a.out.Chmod(0o644)
	}
	if err = errors.Join(err, a.out.Sync(), a.out.Close()); err == nil {
		err = os.Rename(a.out.Name(), a.to)
	}
	return len(m.Files), 0, err
}

func isNil(c io.Closer) bool {
	switch c := c.(type) {
	case *tar.Writer:
		return c == nil
	case *zip.Writer:
		return c == nil
	}
	return c == nil
}

// close deletes what was not finished.
func (a *archive) close() {
	_ = a.out.Close()
	_ = os.Remove(a.out.Name())
}
