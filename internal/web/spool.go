package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"os"
	"runtime"

	"github.com/andybalholm/brotli"
	kgzip "github.com/klauspost/compress/gzip"

	"kept/internal/stakeholder/sheet"
)

// A long list as CSV is written while it is read, page after page, into a spool: in
// memory as far as a page of the cache goes, beyond that in a file. Only then it is
// sent, so that a slow reader holds neither a snapshot of the store nor its memory.

// maxSpool is how much of a table is held in memory.
const maxSpool = 1 << 20

// spool takes what is written: a little in memory, more in a file that nobody else can name.
type spool struct {
	head bytes.Buffer
	file *os.File
}

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.head.Len()+len(b) <= maxSpool {
		return s.head.Write(b)
	}
	if s.file == nil {
		file, err := os.CreateTemp("", "kept-table-")
		if err != nil {
			return 0, err
		}
		s.file = file
		if _, err := s.head.WriteTo(file); err != nil {
			return 0, err
		}
	}
	return s.file.Write(b)
}

// close takes the file away.
func (s *spool) close() {
	if s != nil && s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

// writeCSV writes a table. A cell that a spreadsheet would run as a formula gets an
// apostrophe before it; plain negative numbers stay numbers.
func writeCSV(out io.Writer, t *Table, sample bool) error {
	w := csv.NewWriter(out)
	columns := t.Columns
	if sample {
		columns = append([]string{"sample"}, columns...)
	}
	if err := w.Write(columns); err != nil {
		return err
	}
	rows, err := t.Rows, error(nil)
	cells := make([]string, 0, len(columns))
	for {
		for _, row := range rows {
			cells = cells[:0]
			if sample {
				cells = append(cells, "true")
			}
			for _, cell := range row {
				cells = append(cells, sheet.Harmless(cell))
			}
			if err := w.Write(cells); err != nil {
				return err
			}
		}
		if t.More == nil {
			break
		}
		if rows, err = t.More(); errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// tableSlots bounds how many tables are made at once, so that they leave a reader of
// the store to the pages.
func tableSlots() chan struct{} { return make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)) }

// holdTable waits for a slot; what it gives must be called when the table is made.
func (s *Site) holdTable(ctx context.Context) (free func(), err error) {
	select {
	case s.tables <- struct{}{}:
		return func() { <-s.tables }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sendSpool sends a table from its file, packed on the way where the client takes that.
func (s *Site) sendSpool(w http.ResponseWriter, r *http.Request, table *spool) {
	h := w.Header()
	h["Vary"] = headerVary
	h["Cache-Control"] = headerCache
	h.Set("Content-Type", twinTypes[".csv"])
	if _, err := table.file.Seek(0, io.SeekStart); err != nil {
		s.fail(w, r, "", err)
		return
	}
	var out io.WriteCloser
	switch encoding := wanted(r.Header.Get("Accept-Encoding")); encoding {
	case brotlied:
		h["Content-Encoding"] = encodingNames[encoding]
		out = brotli.NewWriterLevel(w, 3)
	case gzipped:
		h["Content-Encoding"] = encodingNames[encoding]
		out = kgzip.NewWriter(w)
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if out == nil {
		_, _ = io.Copy(w, table.file)
		return
	}
	if _, err := io.Copy(out, table.file); err == nil {
		_ = out.Close()
	}
}
