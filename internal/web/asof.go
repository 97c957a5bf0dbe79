package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/web/relink"
)

// Every public page, twin and file can be had as it was:
//
//	?as-of=2027-03-01        what it showed last while it bore that date
//	?as-of=2027-03-01.1234   on that date, with the first 1,234 entries of the record
//
// The second form is for citing: what follows from it never changes, but for words
// that were erased or hidden since. Such a page is made by the handler that makes
// today's, from a store of the past (keeper.At); nothing is kept for it beforehand.

// asOfName is the parameter's name.
const asOfName = "as-of"

// moment is a date, and how many entries the record had.
type moment struct {
	Date string `json:"date"`
	Size int64  `json:"size"`
}

// String is the moment as the parameter gives it, in the form for citing.
func (m moment) String() string { return m.Date + "." + strconv.FormatInt(m.Size, 10) }

// end is the last instant at which the date was today's.
func (m moment) end() time.Time {
	day, _ := time.Parse(time.DateOnly, m.Date) // checked by momentOf
	return day.Add(36*time.Hour - time.Second)
}

// momentOf reads the parameter against the record and the date of today. The number
// of entries may be greater than it was on the date: figures of a report are of its
// day, and count what was known when it was released.
func momentOf(tx *db.Tx, asked, today string) (m moment, err error) {
	date, size, exact := strings.Cut(asked, ".")
	m.Date = date
	if m.Size, err = keeper.SizeOn(tx, date); err != nil {
		return m, err
	}
	if date > today {
		return m, keeper.Refuse(keeper.ErrInvalid, locale.E("err.asof.future", "date", date, "today", today))
	}
	if exact {
		most, err := recordSize(tx)
		if err != nil {
			return m, err
		}
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil || n < 1 || n > most || strconv.FormatInt(n, 10) != size {
			return m, keeper.Refuse(keeper.ErrInvalid, locale.E("err.asof.size", "size", keeper.Line(size), "max", most))
		}
		m.Size = n
	}
	if m.Size > 0 {
		return m, nil
	}
	first, err := keeper.ReadEntry(tx, 0)
	if err != nil {
		return m, err
	}
	return m, keeper.Refuse(keeper.ErrNotFound, locale.E("err.asof.before", "date", date, "first", first.On()))
}

// public notes the addresses that can be had as they were.
func (s *Site) public(pattern string, answer http.HandlerFunc) {
	s.dated[pattern] = true
	s.mux.HandleFunc(pattern, answer)
}

// asOf answers an address that names a moment. What is no public page (a form, a
// file of the record) has no past: it leads to where it is today.
func (s *Site) asOf(w http.ResponseWriter, r *http.Request, asked string) {
	_, pattern := s.mux.Handler(r)
	switch {
	case !s.dated[pattern] && pattern != "/":
		http.Redirect(w, r, withQuery(r.URL.EscapedPath(), lacking(r.URL.RawQuery, asOfName)), http.StatusFound)
		return
	case languageOf(r) == "" && !ofPrograms[path.Ext(r.URL.Path)]:
		s.redirectToLanguage(w, r)
		return
	}
	site, release, err := s.then(r.Context(), keeper.Line(asked))
	if err != nil {
		if errors.Is(err, keeper.ErrPreparing) {
			w.Header().Set("Retry-After", "5")
		}
		s.fail(w, r, languageOf(r), err)
		return
	}
	defer release()
	r = r.Clone(r.Context())
	r.URL.RawQuery = lacking(r.URL.RawQuery, asOfName)
	site.ServeHTTP(w, r)
}

// ofPrograms are the extensions of addresses that carry no language.
var ofPrograms = map[string]bool{".json": true, ".csv": true, ".atom": true, ".ics": true, ".svg": true, ".tsv": true, ".md": true, ".html": true}

// patience is how long somebody waits for a store of the past to be made.
const patience = 20 * time.Second

// then gives the site as it was. It may be used until released.
func (s *Site) then(ctx context.Context, asked string) (*Site, func(), error) {
	var m moment
	err := s.c.Keeper.DB().Read(ctx, func(tx *db.Tx) (err error) {
		m, err = momentOf(tx, asked, s.today())
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if m.Size == s.c.Keeper.Size() {
		site, err := s.thens.get(s, m, nil)
		return site, func() {}, err
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	past, err := s.c.Keeper.At(waiting, m.Size)
	if err != nil {
		return nil, nil, err
	}
	site, err := s.thens.get(s, m, past)
	if err != nil {
		past.Release()
		return nil, nil, err
	}
	return site, past.Release, nil
}

// still tells that the store is still of the moment that a site of the past stands
// for: where nothing was added since, it reads the store of today.
func (s *Site) still(tx *db.Tx) error {
	if s.past == nil || s.past.of != nil {
		return nil
	}
	size, err := recordSize(tx)
	if err == nil && size != s.past.Size {
		return keeper.ErrMoved
	}
	return err
}

// mostThens is how many sites of the past are kept ready. Each has a store that
// its Keeper may close meanwhile; then it is made again.
const mostThens = 16

// pastCache bounds the pages that one site of the past keeps, in bytes.
const pastCache = 2 << 20

// thens are the sites of the past at hand, by moment.
type thens struct {
	mu    sync.Mutex
	sites map[moment]*Site
	order []moment // the longest unused first
}

func (t *thens) get(s *Site, m moment, past *keeper.Past) (*Site, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, o := range t.order {
		if o == m {
			t.order = append(t.order[:i], t.order[i+1:]...)
			break
		}
	}
	site := t.sites[m]
	if site == nil || site.past.of != past {
		var err error
		if site, err = s.asIt(m, past); err != nil {
			delete(t.sites, m)
			return nil, err
		}
	}
	if t.sites == nil {
		t.sites = make(map[moment]*Site)
	}
	t.sites[m] = site
	if t.order = append(t.order, m); len(t.order) > mostThens {
		delete(t.sites, t.order[0])
		t.order = t.order[1:]
	}
	return site, nil
}

// forget drops the sites, and with them the pages that they keep.
func (t *thens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sites, t.order = nil, nil
}

// pastOf is what a site of the past knows of itself.
type pastOf struct {
	moment
	of   *keeper.Past // nil: the store of today, to which nothing was added since
	live *Site
}

// asIt makes the site as it was: the same handlers and templates over the store of
// the past, with its clock at the end of the date.
func (s *Site) asIt(m moment, past *keeper.Past) (*Site, error) {
	var k *keeper.Keeper
	var err error
	if past != nil {
		k, err = past.Keeper(m.end())
	} else {
		k, err = s.c.Keeper.Still(m.Size, m.end())
	}
	if err != nil {
		return nil, err
	}
	then := &Site{c: s.c, mux: http.NewServeMux(), readers: http.NewServeMux(), cache: newPageCache(pastCache), tables: s.tables, pages: s.pages, style: s.style,
		headerCSP: s.headerCSP, script: s.script, scriptCSP: s.scriptCSP, passkeys: s.passkeys, started: s.started, loopback: s.loopback,
		files: make(map[string]bool), along: make(map[string]bool), dated: make(map[string]bool), past: &pastOf{m, past, s}}
	then.c.Keeper = k
	then.routes()
	return then, nil
}

// privately reads what is in no past because it is no part of the record: private
// rows of today. Whoever reads them shows those that are of the page's date or before.
func (q *request) privately(fn func(tx *db.Tx) error) error {
	if q.Site.past == nil || q.Site.past.of == nil {
		return fn(q.Tx)
	}
	return q.Site.past.live.c.Keeper.DB().Read(q.Context(), fn)
}

// dateLinks gives the links of a page of the past its moment, as far as they lead
// to what has a past, and its search forms too.
func (s *Site) dateLinks(page []byte) []byte {
	as := s.past.moment.String()
	page = relink.Page(page, func(l relink.Link) (string, bool) {
		if l.Attribute != "href" || !strings.HasPrefix(l.Address, "/") || strings.HasPrefix(l.Address, "//") {
			return l.Address, true
		}
		u, err := url.Parse(l.Address)
		if err != nil || !s.leadsToPage(u) {
			return l.Address, true
		}
		if strings.Contains(u.RawQuery, asOfName+"=") {
			return l.Address, true // it leads to a moment of its own
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += asOfName + "=" + as
		return u.String(), true
	})
	return formsDated(page, as)
}

// leadsToPage tells whether an address on this site can be had as it was.
func (s *Site) leadsToPage(u *url.URL) bool {
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: u.Path}})
	return s.dated[pattern]
}

// formsDated adds the moment to forms that ask, but for the one that asks for
// another moment: a browser drops what the action's address says behind its "?".
func formsDated(page []byte, as string) []byte {
	field := []byte(`<input type="hidden" name="` + asOfName + `" value="` + as + `">`)
	var out []byte
	for {
		i := bytes.Index(page, []byte("<form "))
		if i < 0 {
			break
		}
		end := i + bytes.IndexByte(page[i:], '>') + 1
		out = append(out, page[:end]...)
		if tag := page[i:end]; !bytes.Contains(tag, []byte(`method="post"`)) && !bytes.Contains(tag, []byte(`class="moment"`)) {
			out = append(out, field...)
		}
		page = page[end:]
	}
	return append(out, page...)
}

// lacking is a query without one parameter; the others stay as they are spelt.
func lacking(query, name string) string {
	var kept []string
	for _, part := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(key); err == nil && plain == name {
			continue
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, "&")
}

func withQuery(address, query string) string {
	if query == "" {
		return address
	}
	return address + "?" + query
}

// asOfMoment is the moment of a site of the past, nil of today's.
func (s *Site) asOfMoment() *moment {
	if s.past == nil {
		return nil
	}
	return &s.past.moment
}
