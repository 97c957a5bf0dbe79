package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"kept/internal/keeper"
	"kept/internal/locale"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Header values that every answer shares; slices, so that setting them allocates nothing.
var (
	headerCache   = []string{"public, max-age=0, must-revalidate"}
	headerVary    = []string{"Accept-Encoding"}
	headerNosniff = []string{"nosniff"}
	headerRefer   = []string{"strict-origin-when-cross-origin"}
)

// ServeHTTP answers from the cache where it can. A cached page is good while the
// date is the same and nothing touched its subjects; most requests see that the
// record has not moved at all since the last comparison.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Content-Type-Options"] = headerNosniff
	h["Referrer-Policy"] = headerRefer
	h["Content-Security-Policy"] = s.headerCSP
	defer s.catch(w, r)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if s.past == nil && strings.Contains(r.URL.RawQuery, asOfName+"=") {
			if asked := r.URL.Query().Get(asOfName); asked != "" {
				s.asOf(w, r, asked)
				return
			}
		}
		if p := s.cache.get(cacheKey(r)); p != nil && s.fresh(p) {
			s.send(w, r, p)
			return
		}
	}
	if !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
		s.nowhere(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func cacheKey(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return r.URL.Path
	}
	return r.URL.Path + "?" + r.URL.RawQuery
}

func (s *Site) fresh(p *rendered) bool {
	if p.today != s.today() {
		return false
	}
	size := s.c.Keeper.Size()
	if atomic.LoadInt64(&p.size) == size {
		return true
	}
	if s.c.Keeper.Seen(p.subjects) != p.seen {
		return false
	}
	atomic.StoreInt64(&p.size, size)
	return true
}

// today is asked for at every request; the second is fine enough to reuse it.
func (s *Site) today() string { return keeper.Today(s.c.Keeper.Now()) }

// send writes a rendered page in the best encoding that the client takes.
func (s *Site) send(w http.ResponseWriter, r *http.Request, p *rendered) {
	form, encoding := p.form(wanted(r.Header.Get("Accept-Encoding")))
	h := w.Header()
	h["Vary"] = headerVary
	h["Etag"] = form.etag
	h["Cache-Control"] = headerCache
	if match := r.Header.Get("If-None-Match"); match == "*" || match != "" && strings.Contains(match, form.etag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = []string{p.kind}
	h["Content-Length"] = form.length
	if p.language != "" {
		h["Content-Language"] = []string{p.language}
	}
	if encoding != plain {
		h["Content-Encoding"] = encodingNames[encoding]
	}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(form.body)
	}
}

// wanted picks br, then gzip, by whether the client names them and does not refuse them.
func wanted(accept string) int {
	best := plain
	for accept != "" {
		var one string
		one, accept, _ = strings.Cut(accept, ",")
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		if q = strings.ReplaceAll(q, " ", ""); strings.HasPrefix(q, "q=0") && strings.Trim(q[len("q="):], "0.") == "" {
			continue
		}
		switch {
		case name == "br":
			return brotlied
		case name == "gzip":
			best = gzipped
		}
	}
	return best
}

// language redirects an address without a language to the reader's (302, never stored).
func (s *Site) redirectToLanguage(w http.ResponseWriter, r *http.Request) {
	lang := locale.Match(r.Header.Get("Accept-Language"))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept-Language")
	to := "/" + string(lang) + strings.TrimSuffix(r.URL.EscapedPath(), "/")
	if r.URL.Path == "/" {
		to = "/" + string(lang) + "/"
	}
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// languageOf is the language that an address begins with, "" for none.
func languageOf(r *http.Request) locale.Lang {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if locale.Known(first) {
		return locale.Lang(first)
	}
	return ""
}
