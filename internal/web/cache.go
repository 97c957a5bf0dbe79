package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"

	"github.com/andybalholm/brotli"
	kgzip "github.com/klauspost/compress/gzip"
)

// rendered is a page or twin as it goes over the wire, in up to three encodings.
type rendered struct {
	subjects []string
	seen     int64  // greatest index that touched the subjects when this was made
	size     int64  // record size at which seen was last compared
	today    string // the page's date
	kind     string // media type
	language string
	status   int
	level    int // of brotli

	table *spool // in place of forms: too long to be kept

	mu    sync.Mutex
	forms [3]*encoded // by encoding
}

// encoded holds the bytes and the header values of one encoding, ready to be sent.
type encoded struct {
	body   []byte
	etag   []string
	length []string
}

// Levels of brotli. A page under its plain address is made once and read often,
// so it is worth 10 ms to 45 ms; a search is made for one reader.
const (
	quick    = 5
	thorough = 10
)

const (
	plain = iota
	gzipped
	brotlied
)

var encodingNames = [3][]string{nil, {"gzip"}, {"br"}}

func newRendered(body []byte) *rendered {
	r := &rendered{status: http.StatusOK, level: quick}
	r.forms[plain] = seal(body)
	return r
}

// seal computes the strong ETag over the encoded bytes.
func seal(body []byte) *encoded {
	sum := sha256.Sum256(body)
	return &encoded{body, []string{`"` + hex.EncodeToString(sum[:12]) + `"`}, []string{itoa(len(body))}}
}

// form compresses at the first request for an encoding and keeps the result. A
// body too small to gain is sent as it is.
func (r *rendered) form(encoding int) (*encoded, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if encoding == plain || len(r.forms[plain].body) < 256 {
		return r.forms[plain], plain
	}
	if r.forms[encoding] == nil {
		var b bytes.Buffer
		switch encoding {
		case gzipped:
			w, _ := kgzip.NewWriterLevel(&b, gzip.BestCompression)
			_, _ = w.Write(r.forms[plain].body)
			_ = w.Close()
		case brotlied:
			w := brotli.NewWriterLevel(&b, r.level)
			_, _ = w.Write(r.forms[plain].body)
			_ = w.Close()
		}
		r.forms[encoding] = seal(b.Bytes())
	}
	return r.forms[encoding], encoding
}

// weight is about what the entry takes in memory.
func (r *rendered) weight() int { return len(r.forms[plain].body)*2 + 512 }

// pageCache keeps rendered pages up to a number of bytes; when full it drops
// entries in no particular order, which is enough for pages that are cheap to remake.
type pageCache struct {
	mu    sync.RWMutex
	max   int
	bytes int
	pages map[string]*rendered
}

func newPageCache(max int) *pageCache {
	return &pageCache{max: max, pages: make(map[string]*rendered)}
}

func (c *pageCache) get(key string) *rendered {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.pages[key]
}

func (c *pageCache) put(key string, r *rendered) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.pages[key]; old != nil {
		c.bytes -= old.weight()
	}
	c.pages[key] = r
	c.bytes += r.weight()
	for k, old := range c.pages {
		if c.bytes <= c.max {
			return
		}
		if k != key {
			delete(c.pages, k)
			c.bytes -= old.weight()
		}
	}
}

// clear forgets every page: a text that was erased or hidden must not stay in
// memory until somebody happens to ask for its page.
func (c *pageCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.pages)
	c.bytes = 0
}
