package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"kept/internal/commitment"
	"kept/internal/commitment/evidence"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Still is the site at one moment, for an export: whatever is asked of it is
// answered from one snapshot of the store and for one date, however many acts
// arrive meanwhile. It is asked for addresses without language, so that what all six
// languages show alike is read once.
type Still struct {
	Readers []*Reader
	Size    int64  // entries of the record
	Today   string // that states are computed for
	LastAt  string // time of the last entry
	site    *Site
	end     func()
}

// Reader reads a Still; each serves one goroutine at a time.
type Reader struct {
	still *Still
	ctx   context.Context
	html  [][]byte // room for the pages
}

// Pages is what stands under one address, in the order of the languages asked for, with the
// twins that could be made along; others are files to ask for. The pages are there
// until the reader is asked for others.
type Pages struct {
	HTML  [][]byte
	Twins []Twined
}

// Twined is a twin that was made along with its page.
type Twined struct {
	Address string
	Body    []byte
}

// Kind is how an address can be had.
type Kind int

const (
	Nowhere Kind = iota // no address of the site
	Program             // a form, a search, a filter, a page of the past: it needs the program
	Page
	Twin // what a page is to a program, or to take along
	File
)

// NewStill opens a site with a number of readers. Its keeper's clock must stand still.
func NewStill(ctx context.Context, c Config, readers int) (*Still, error) {
	s, err := New(c)
	if err != nil {
		return nil, err
	}
	s.cache = newPageCache(0)
	if c.Copy != nil {
		copied := *c.Copy
		copied.Policy = policyOfCopy(s.headerCSP[0], copied.Live)
		s.c.Copy = &copied
		s.page("/copy", s.copied)
	}
	v := &Still{site: s, Today: s.today()}
	under, end, err := c.Keeper.DB().Snapshot(ctx, readers)
	if err != nil {
		return nil, err
	}
	v.end = end
	for _, ctx := range under {
		v.Readers = append(v.Readers, &Reader{v, ctx, make([][]byte, len(locale.Langs))})
	}
	err = c.Keeper.DB().Read(under[0], func(tx *db.Tx) error {
		if v.Size, err = recordSize(tx); err != nil || v.Size == 0 {
			return err
		}
		e, err := keeper.ReadEntry(tx, v.Size-1)
		v.LastAt = e.At
		return err
	})
	if err != nil {
		end()
		return nil, err
	}
	return v, nil
}

// Close lets the snapshot go.
func (v *Still) Close() { v.end() }

// turned are the parameters that lead through a list; every other one filters it.
var turned = []string{"page", cursorOf, "before"}

// Apart tells whether the pages of an address are to be asked for one by one, in the
// languages in which something leads there: behind a cursor most lists go on in their
// language's order, and nobody in another language gets there.
func (v *Still) Apart(address string) bool {
	_, query, _ := strings.Cut(address, "?")
	return query != "" && lacking(query, cursorOf) != query
}

// Kind tells how an address without language can be had. Of the pages behind a
// query only those of a list are pages of their own, of feeds and calendars only those
// of a language are files.
func (v *Still) Kind(address string) Kind {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" {
		return Nowhere
	}
	asked := u.Query()
	r := &http.Request{Method: http.MethodGet, URL: u, Host: "localhost"}
	_, page := v.site.readers.Handler(r)
	_, file := v.site.mux.Handler(r)
	ending := path.Ext(u.Path)
	switch {
	case asked.Has(asOfName):
		return Program
	case v.site.along[file]:
		return only(asked, Twin, "lang")
	case v.site.files[file], v.site.dated[file] && ofPrograms[ending] && twinTypes[ending] == "":
		return only(asked, File, "lang")
	case v.site.dated[file] && twinTypes[ending] != "":
		return Twin
	case page != "":
		return only(asked, Page, turned...)
	}
	form := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/" + string(locale.English) + u.Path}}
	if _, pattern := v.site.mux.Handler(form); pattern == "" || pattern == "/" {
		return Nowhere
	}
	return Program
}

// only is a kind where an address asks for nothing but what is known.
func only(asked url.Values, kind Kind, known ...string) Kind {
	for name := range asked {
		if !slices.Contains(known, name) {
			return Program
		}
	}
	return kind
}

// Pages makes the page of an address in the languages named; in all six where none is.
func (r *Reader) Pages(address string, in ...locale.Lang) (out Pages, err error) {
	if len(in) == 0 {
		in = locale.Langs
	}
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, address, nil)
	if err != nil {
		return out, err
	}
	s := r.still.site
	err = s.c.Keeper.DB().Read(r.ctx, func(tx *db.Tx) error {
		out, err = s.inLanguages(req, tx, r.html[:len(in)], in)
		return err
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", address, err)
	}
	return out, err
}

// Copy is what the pages of an export say of themselves.
type Copy struct {
	Live   string // address of the live site without a trailing slash; "" where there is none
	Policy string // the content security policy, which no header carries; filled in by NewStill
}

// copyView is the page about the export itself.
type copyView struct {
	Date       string          `json:"date"` // that states are computed for
	Size       int64           `json:"size"`
	LastAt     string          `json:"last_at,omitempty"`
	Checkpoint *checkpointView `json:"checkpoint,omitempty"`
	Live       string          `json:"live,omitempty"`
}

// copied tells what an export holds and of when. It alone names the size of the
// record, so that another page changes only when what it shows does.
func (s *Site) copied(q *request) (View, error) {
	v := copyView{Date: q.Today, Live: s.c.Copy.Live}
	var err error
	if v.Size, err = recordSize(q.Tx); err != nil {
		return View{}, err
	}
	if v.Size > 0 {
		e, err := keeper.ReadEntry(q.Tx, v.Size-1)
		if err != nil {
			return View{}, err
		}
		v.LastAt = e.At
	}
	v.Checkpoint, _, err = s.checkpoint(q.Context())
	return View{Page: "copy", Title: message("copy.title"), Data: v, Live: true}, err
}

// policyOfCopy is the policy without what only a header can say; forms that ask lead
// to the live site.
func policyOfCopy(header, live string) string {
	policy := strings.Replace(header, "; frame-ancestors 'none'", "", 1)
	if live == "" {
		return strings.Replace(policy, "form-action 'self'", "form-action 'none'", 1)
	}
	return strings.Replace(policy, "form-action 'self'", "form-action "+live, 1)
}

// file registers an address under which everybody gets a file.
func (s *Site) file(pattern string, h http.HandlerFunc) {
	s.files[pattern] = true
	s.mux.HandleFunc(pattern, h)
}

// inLanguages writes a page once for each language: from one View, unless the handler
// looked at the language; then from one each.
func (s *Site) inLanguages(r *http.Request, tx *db.Tx, html [][]byte, in []locale.Lang) (out Pages, err error) {
	q, err := s.request(r, tx, "")
	if err != nil {
		return out, err
	}
	var v View
	for i, lang := range in {
		q.in = lang
		if i == 0 || q.minds.language {
			if v, err = s.wholeView(q, r); err != nil {
				return out, err
			}
		}
		q.Request = r.WithContext(r.Context())
		q.URL = &url.URL{Path: "/" + string(lang) + r.URL.Path, RawQuery: r.URL.RawQuery}
		if html[i], err = s.html(html[i][:0], s.frame(q, v)); err != nil {
			return out, err
		}
	}
	out.HTML = html
	if q.minds != (minds{}) || r.URL.RawQuery != "" {
		return out, nil
	}
	q.in, q.Request = "", r
	out.Twins, err = s.twinsOf(q, v)
	return out, err
}

// wholeView is the View of an address without language, with its marks.
func (s *Site) wholeView(q *request, r *http.Request) (View, error) {
	w := viewing{q: q, err: errNotFound(r.URL.Path)}
	s.readers.ServeHTTP(&w, r)
	if w.err == nil && w.view.Status != 0 && w.view.Status != http.StatusOK {
		w.err = errNotFound(r.URL.Path)
	}
	if w.err == nil && !w.view.Private {
		w.view.marks, w.err = q.marks(r.URL.Path)
	}
	return w.view, w.err
}

// twinsOf are the twins of a View that is the same for every reader.
func (s *Site) twinsOf(q *request, v View) (all []Twined, err error) {
	seen, err := seenIn(q.Tx, q.subjectsOf(v))
	if err != nil {
		return nil, err
	}
	path := q.URL.Path
	if path == "/" {
		path = "/index"
	}
	b, err := jsonOf(twinOfView(q, v, path, seen), "", v.Rows)
	all = append(all, Twined{path + ".json", b})
	if v.Table != nil && err == nil {
		b, err = csvOf(v.Table, q.Pack.Sample)
		all = append(all, Twined{path + ".csv", b})
	}
	for _, lang := range locale.Langs {
		in := "?lang=" + string(lang)
		if v.Tables != nil && err == nil {
			b, err = csvOf(v.Tables(lang), q.Pack.Sample)
			all = append(all, Twined{path + ".csv" + in, b})
		}
		if v.Markdown != nil {
			all = append(all, Twined{path + v.Along + ".md" + in, v.Markdown(lang)})
		}
		if v.File != nil {
			all = append(all, Twined{path + v.Along + ".html" + in, v.File(lang)})
		}
	}
	return all, err
}

func csvOf(t *Table, sample bool) ([]byte, error) {
	var b bytes.Buffer
	err := writeCSV(&b, t, sample)
	return b.Bytes(), err
}

// File writes what stands under an address that carries no language.
func (r *Reader) File(address string, to io.Writer) error {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	f := &fileAnswer{to: to, header: http.Header{}, status: http.StatusOK}
	r.still.site.mux.ServeHTTP(f, req)
	switch {
	case f.err != nil:
		return f.err
	case f.status == http.StatusNotFound:
		return errNotFound(address)
	case f.status != http.StatusOK:
		return fmt.Errorf("%s: answered %d", address, f.status)
	}
	return nil
}

// fileAnswer writes an answer on, unless it is a failure.
type fileAnswer struct {
	to     io.Writer
	header http.Header
	status int
	err    error
}

func (f *fileAnswer) Header() http.Header    { return f.header }
func (f *fileAnswer) WriteHeader(status int) { f.status = status }
func (f *fileAnswer) Write(b []byte) (int, error) {
	if f.status != http.StatusOK {
		return len(b), nil
	}
	n, err := f.to.Write(b)
	f.err = errors.Join(f.err, err)
	return n, err
}

// NotFound is the page for addresses that are not there, in one language.
func (r *Reader) NotFound(lang locale.Lang) ([]byte, error) {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, "/"+string(lang)+"/", nil)
	if err != nil {
		return nil, err
	}
	return r.still.site.failurePage(req, lang, failure{Status: http.StatusNotFound})
}

// Ids are the ids of the parts of the pack, which stand in addresses.
func (r *Reader) Ids() (ids []string, err error) {
	err = r.still.site.c.Keeper.DB().Read(r.ctx, func(tx *db.Tx) error {
		q, err := r.still.site.inTx(r.ctx, tx, "")
		if err == nil {
			ids = q.Pack.IDs()
		}
		return err
	})
	return ids, err
}

// Base is the address that the pages print for the site.
func (v *Still) Base() string { return strings.TrimSuffix(v.site.c.Base, "/") }

// RecordFiles are the addresses of the files that a copy of the record consists of.
func (r *Reader) RecordFiles() (addresses []string, err error) {
	paths, err := r.still.site.c.Keeper.Paths(r.ctx)
	for _, path := range paths {
		addresses = append(addresses, "/record/"+path)
	}
	return addresses, err
}

// DocumentType is the ending that a public document's file name has, such as "pdf".
func (r *Reader) DocumentType(digest string) (ending string, err error) {
	err = r.still.site.c.Keeper.DB().Read(r.ctx, func(tx *db.Tx) error {
		if _, err := openPieces(tx, digest); err != nil {
			return err
		}
		d, err := commitment.DocumentOf(tx, digest)
		ending = evidence.Types[d.Type]
		return err
	})
	return ending, err
}

// FrontDoor is the choice of a language, for an address that names none where no
// program can look at what the reader's browser asks for.
func (r *Reader) FrontDoor() (door []byte, err error) {
	err = r.still.site.c.Keeper.DB().Read(r.ctx, func(tx *db.Tx) error {
		q, err := r.still.site.inTx(r.ctx, tx, locale.English)
		if err != nil {
			return err
		}
		door, err = r.still.site.pages.Append(nil, slices.Index(locale.Langs, locale.English), "door", r.still.site.frame(q, View{Page: "door", Title: title(q.Pack, "compact", q.Pack.ID)}))
		door = squeeze(nil, door)
		return err
	})
	return door, err
}

// Checkpoint is the signed note under which the record is, "" before the first.
func (v *Still) Checkpoint() (string, error) {
	signed := v.site.c.Keeper.Checkpoint()
	if signed == nil {
		return "", nil
	}
	c, _, err := v.site.checkpoint(context.Background())
	if err == nil && c.Size != v.Size {
		err = fmt.Errorf("the checkpoint covers %d entries, the snapshot %d", c.Size, v.Size)
	}
	return string(signed), err
}
