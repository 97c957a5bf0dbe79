package record_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"kept/record"
	"kept/record/recordtest"
)

func TestHTTPSource(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(300)
	dir := t.TempDir()
	files := r.Publish()
	files.Write(t, filepath.Join(dir, "record"))
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if calls.Add(1)%5 == 0 { // each fifth answer asks to try again
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		http.FileServer(http.Dir(dir)).ServeHTTP(w, req)
	}))
	defer server.Close()
	for _, base := range []string{server.URL + "/record", server.URL + "/record/"} {
		report := verify(t, record.HTTPSource(base, nil), record.Options{})
		if !report.OK() || report.Size != 300 {
			t.Errorf("%s: %v", base, report.Faults)
		}
	}
}

func TestHTTPSourceErrors(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		case "/long":
			w.Write(make([]byte, 2<<20))
		default:
			http.NotFound(w, req)
		}
	}))
	defer server.Close()
	src := record.HTTPSource(server.URL, server.Client())
	for path, absent := range map[string]bool{"gone": true, "nothing": true, "forbidden": false, "long": false} {
		_, err := src.Get(context.Background(), path)
		if err == nil || errors.Is(err, fs.ErrNotExist) != absent {
			t.Errorf("%s: %v", path, err)
		}
	}
	// A way that fails is not a fault of the record.
	server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if report, err := record.Verify(ctx, src, record.Options{}); err == nil {
		t.Errorf("no error: %v", report.Faults)
	}
}

func TestDirSource(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "record", "tile"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	src := record.DirSource(filepath.Join(dir, "record"))
	for path, want := range map[string]error{
		"checkpoint": fs.ErrNotExist, "tile": fs.ErrNotExist, "../secret": fs.ErrInvalid, "/etc/passwd": fs.ErrInvalid,
	} {
		if _, err := src.Get(context.Background(), path); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
}

// A file beyond what its path may hold is the record's fault, not an error.
func TestTooLargeFile(t *testing.T) {
	r := recordtest.New(t, origin)
	r.Fill(30)
	files := r.Publish()
	files["tile/0/000.p/30"] = []byte(strings.Repeat("x", 2<<20))
	dir := t.TempDir()
	files.Write(t, dir)
	report := verify(t, record.DirSource(dir), record.Options{})
	if len(report.Faults) == 0 || report.Faults[0].Place != "tile/0/000.p/30" {
		t.Errorf("%v", report.Faults)
	}
}
