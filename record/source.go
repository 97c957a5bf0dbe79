package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Source is where a record is read: paths are those under /record/, such as
// "checkpoint", "key", "tile/0/000", "tile/entries/000", "words/12.json" and
// "blobs/HEX". What is not there is an error that is [fs.ErrNotExist].
type Source interface {
	Get(ctx context.Context, path string) ([]byte, error)
}

// A Lister is a source that can say which paths it has. [Verify] then also
// looks at those that no entry leads to.
type Lister interface {
	List(ctx context.Context, visit func(path string) error) error
}

// limitOf bounds what is read for a path: nobody can fill our memory with a
// tile. A blob may be the answer of a statistical office.
func limitOf(path string) int64 {
	switch {
	case strings.HasPrefix(path, "blobs/"):
		return 1 << 30
	case strings.HasPrefix(path, "tile/entries/"):
		return TileWidth * (2 + bundleMax)
	case strings.HasPrefix(path, "words/"):
		return 8 * MaxWords
	}
	return 1 << 20
}

// readAll reads at most what the path may have.
func readAll(r io.Reader, path string, size int64) ([]byte, error) {
	limit := limitOf(path)
	if size > limit {
		return nil, &tooLargeError{path, limit}
	}
	if size >= 0 {
		// The usual case: one read into memory of the right size.
		b := make([]byte, size)
		_, err := io.ReadFull(r, b)
		return b, err
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, &tooLargeError{path, limit}
	}
	return b, err
}

// A tooLargeError is a fault of the record, not of the way to it.
type tooLargeError struct {
	path  string
	limit int64
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("%s has more than %d bytes", e.path, e.limit)
}

type dirSource string

// DirSource reads a record from a directory with the same paths.
func DirSource(dir string) Source { return dirSource(dir) }

func (d dirSource) Get(ctx context.Context, path string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !fs.ValidPath(path) {
		return nil, fmt.Errorf("%q: %w", path, fs.ErrInvalid)
	}
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	}
	return readAll(f, path, info.Size())
}

// List visits the files of the record in the directory, and no others that may
// lie beside them.
func (d dirSource) List(ctx context.Context, visit func(path string) error) error {
	for _, sub := range []string{"tile", "words", "blobs"} {
		root := os.DirFS(string(d))
		err := fs.WalkDir(root, sub, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case entry.IsDir():
				return ctx.Err()
			}
			return visit(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type httpSource struct {
	base   string
	client *http.Client
}

// HTTPSource reads a record that is served under an address, such as
// "https://compact.example/record". A client of nil is one with a timeout.
func HTTPSource(base string, client *http.Client) Source {
	if client == nil {
		client = &http.Client{Timeout: 2 * time.Minute}
	}
	return httpSource{strings.TrimSuffix(base, "/"), client}
}

// Get tries three times where trying again may help: a lost connection, and an
// answer that says so.
func (h httpSource) Get(ctx context.Context, path string) ([]byte, error) {
	for wait := 200 * time.Millisecond; ; wait *= 5 {
		b, again, err := h.get(ctx, path)
		if err == nil || !again || wait > time.Second {
			return b, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (h httpSource) get(ctx context.Context, path string) (b []byte, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+"/"+path, nil)
	if err != nil {
		return nil, false, err
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, ctx.Err() == nil, err
	}
	defer resp.Body.Close()
	switch code := resp.StatusCode; {
	case code == http.StatusNotFound || code == http.StatusGone:
		return nil, false, fmt.Errorf("%s: %w", req.URL, fs.ErrNotExist)
	case code != http.StatusOK:
		return nil, code == http.StatusTooManyRequests || code >= 500, fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	b, err = readAll(resp.Body, path, resp.ContentLength)
	var large *tooLargeError
	return b, err != nil && !errors.As(err, &large), err
}
