package web

import (
	"net/http"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/locale"
)

// recordFile serves what mirrors and verifiers read under /record/: the
// checkpoint, the key, tiles, entry bundles, words and blobs. Full tiles and
// blobs never change and may be kept for ever; the checkpoint, partial tiles and
// words (which can be erased) are asked for again each time.
func (s *Site) recordFile(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/record/")
	b, err := s.c.Keeper.Get(r.Context(), path)
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*") // public and the same for everybody: a verifier may run in a browser
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Type", recordType(path))
	if lasting(path) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if strings.HasPrefix(path, "blobs/") {
		h.Set("Content-Disposition", "attachment") // what parties hand in is never shown as a page
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
}

// recordType is the media type of a path under /record/.
func recordType(path string) string {
	switch {
	case path == "checkpoint" || path == "key":
		return "text/plain; charset=utf-8"
	case strings.HasPrefix(path, "words/"):
		return "application/json; charset=utf-8"
	}
	return "application/octet-stream"
}

// lasting tells whether the bytes at a path are the same for ever.
func lasting(path string) bool {
	return strings.HasPrefix(path, "blobs/") || strings.HasPrefix(path, "tile/") && !strings.Contains(path, ".p/")
}

// receipt serves an entry's receipt as a file to keep. It can be made as soon as
// a checkpoint covers the entry.
func (s *Site) receipt(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimSuffix(r.PathValue("id"), ".json")
	index, err := strconv.ParseInt(id, 10, 64)
	if err != nil || index < 0 || index >= s.c.Keeper.Size() {
		s.fail(w, r, "", errNotFound(id))
		return
	}
	receipt, err := s.c.Keeper.Receipt(r.Context(), index)
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	b, err := receipt.Marshal()
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="receipt-`+strconv.FormatInt(index, 10)+`.json"`)
	h.Set("Cache-Control", "no-cache") // its words may be erased, its checkpoint grows
	_, _ = w.Write(b)
}

// failFile answers a program in one plain line.
func (s *Site) failFile(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		s.c.Log.Error("request failed", "path", r.URL.Path, "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, locale.English.T("error."+strconv.Itoa(status)), status)
}

// health says whether this node can do its work. A record that only reads is
// degraded but answers 200, so that a balancer goes on sending readers; a store
// that cannot be read answers 503.
func (s *Site) health(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		_, err := recordSize(tx)
		return err
	})
	if err != nil {
		s.c.Log.Error("the store cannot be read", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("down: the store cannot be read\n"))
		return
	}
	if err := s.c.Keeper.ReadOnly(); err != nil {
		_, _ = w.Write([]byte("degraded: " + err.Error() + "\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// metrics are a few counters in the text form that monitoring programs read.
func (s *Site) metrics(w http.ResponseWriter, r *http.Request) {
	var signed int64
	if c, _, err := s.checkpoint(r.Context()); err == nil && c != nil {
		signed = c.Size
	}
	readOnly := int64(0)
	if s.c.Keeper.ReadOnly() != nil {
		readOnly = 1
	}
	s.cache.mu.RLock()
	pages, bytes := int64(len(s.cache.pages)), int64(s.cache.bytes)
	s.cache.mu.RUnlock()
	var b strings.Builder
	gauge := func(name, help string, value int64) {
		b.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n" + name + " " + strconv.FormatInt(value, 10) + "\n")
	}
	gauge("kept_record_entries", "Entries of the record that this node has seen.", s.c.Keeper.Size())
	gauge("kept_checkpoint_entries", "Entries that the last published checkpoint covers.", signed)
	gauge("kept_read_only", "1 while nothing can be submitted.", readOnly)
	gauge("kept_pages_cached", "Pages and twins kept ready.", pages)
	gauge("kept_pages_cached_bytes", "About the memory that they take.", bytes)
	gauge("kept_start_time_seconds", "When this process began to serve, in seconds since 1970.", s.started.Unix())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(b.String()))
}

// recordFiles registers the addresses for programs; they carry no language.
func (s *Site) recordFiles() {
	for _, path := range []string{"checkpoint", "key", "tile/{path...}", "words/{path...}", "blobs/{path...}"} {
		s.file("GET /record/"+path, s.recordFile)
	}
	s.file("GET /record/receipts/{id}", s.receipt)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /metrics", s.metrics)
}
