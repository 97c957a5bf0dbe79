package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/web"
)

// TestLongListAsCSV: a list of more rows than one reading holds comes whole, harmless,
// packed on the way, and leaves no file behind.
func TestLongListAsCSV(t *testing.T) {
	const rows = 12_000 // more than a megabyte, and more than ten thousand rows
	site := siteAtSize(t, dbtest.SQLite(t), 250, rows)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	before := page(t, site, "/commitments.csv", http.StatusOK)
	table, err := csv.NewReader(strings.NewReader(before)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(before) <= 1<<20 {
		t.Fatalf("%d bytes fit into memory: the file is not tried", len(before))
	}
	seen := map[string]bool{}
	for _, row := range table[1:] {
		seen[row[0]] = true
	}
	if len(table) < rows+1 || len(seen) != len(table)-1 {
		t.Errorf("got %d rows, %d of them different", len(table)-1, len(seen))
	}
	packed := get(site, "/commitments.csv", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("packed: %v, %v", err, packed.Header())
	}
	if b, err := io.ReadAll(z); err != nil || !bytes.Equal(b, []byte(before)) {
		t.Errorf("packed it is another file: %d bytes, %v", len(b), err)
	}
	entries := page(t, site, "/record/entries.csv", http.StatusOK)
	first, _, _ := strings.Cut(strings.SplitN(entries, "\n", 3)[1], ",")
	if got := strings.Count(entries, "\n") - 1; strconv.Itoa(got-1) != first || got <= 1000 {
		t.Errorf("entries: got %d, the newest is %s", got, first)
	}
	if older := page(t, site, "/record/entries.csv?before=5", http.StatusOK); strings.Count(older, "\n") != 6 {
		t.Errorf("entries before the fifth: %q", older)
	}
	left, err := filepath.Glob(filepath.Join(temp, "kept-table-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if entries, err := os.ReadDir(temp); err != nil || len(entries) > 0 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

// BenchmarkListAsCSV downloads a list of 100,000 commitments; rows/s is what counts. The goal is 50,000.
func BenchmarkListAsCSV(b *testing.B) {
	const rows = 100_000
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		site := siteAtSize(b, store, 6000, rows)
		page(b, site, "/commitments.json?limit=1", http.StatusOK) // the picture in memory is made once
		for b.Loop() {
			download(b, site, "/commitments.csv", rows)
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// download counts the lines of an answer without holding it.
func download(b *testing.B, site *web.Site, address string, rows int) {
	b.Helper()
	r, err := http.NewRequest(http.MethodGet, testBase+address, nil)
	if err != nil {
		b.Fatal(err)
	}
	lines := &counter{header: http.Header{}}
	site.ServeHTTP(lines, r)
	if lines.code != http.StatusOK || lines.n < rows {
		b.Fatal(lines.code, strconv.Itoa(lines.n))
	}
}

type counter struct {
	header  http.Header
	code, n int
}

func (c *counter) Header() http.Header  { return c.header }
func (c *counter) WriteHeader(code int) { c.code = code }
func (c *counter) Write(b []byte) (int, error) {
	c.n += bytes.Count(b, []byte("\n"))
	return len(b), nil
}
