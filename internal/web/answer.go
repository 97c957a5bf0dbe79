package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// kinds of twin by extension.
var twinTypes = map[string]string{
	".json": "application/json; charset=utf-8",
	".csv":  "text/csv; charset=utf-8",
}

// page registers a public page under its address: one address per language, the
// redirect of the bare one, and the twins.
func (s *Site) page(address string, h handler) {
	s.reader(address, h)
	for _, lang := range locale.Langs {
		pattern := "GET /" + string(lang) + address
		if address == "/" {
			pattern += "{$}"
		}
		s.public(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, lang, "", h) })
	}
	if address == "/" {
		s.public("GET /{$}", s.redirectToLanguage)
		for ext := range twinTypes {
			s.public("GET /index"+ext, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, "", ext, h) })
		}
		return
	}
	if i := strings.LastIndex(address, "/{"); i >= 0 && strings.HasSuffix(address, "}") { // the extension is part of the last path value
		name := strings.TrimSuffix(address[i+2:], "}")
		s.public("GET "+address, func(w http.ResponseWriter, r *http.Request) {
			value := r.PathValue(name)
			ext := path.Ext(value)
			if _, ok := twinTypes[ext]; !ok {
				s.redirectToLanguage(w, r)
				return
			}
			r.SetPathValue(name, strings.TrimSuffix(value, ext))
			s.answer(w, r, "", ext, h)
		})
		return
	}
	s.public("GET "+address, s.redirectToLanguage)
	for ext := range twinTypes {
		s.public("GET "+address+ext, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, "", ext, h) })
	}
}

// longestQuery is more than any filter of any page needs, in bytes.
const longestQuery = 8 << 10

// answer makes a page or twin, keeps it and sends it. seen is read in the same
// snapshot as the data, so a later act can only make the kept page look older
// than it is, never newer.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, lang locale.Lang, ext string, h handler) {
	if len(r.URL.RawQuery) > longestQuery {
		s.fail(w, r, lang, keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.query_too_long", "max", longestQuery)))
		return
	}
	free, err := func() {}, error(nil)
	if ext == ".csv" {
		if free, err = s.holdTable(r.Context()); err != nil {
			s.fail(w, r, lang, err)
			return
		}
	}
	var out *rendered
	err = s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, lang)
		if err != nil {
			return err
		}
		q.all = ext == ".csv"
		size, err := recordSize(tx)
		if err != nil {
			return err
		}
		v, err := h(q)
		if err != nil {
			return err
		}
		if ext != ".csv" && v.Status == 0 && !v.Private {
			if v.marks, err = q.marks(q.bare(ext)); err != nil {
				return err
			}
		}
		v.Subjects = q.subjectsOf(v)
		seen, err := seenIn(tx, v.Subjects)
		if err != nil {
			return err
		}
		out, err = s.render(q, v, ext, seen)
		if err != nil {
			return err
		}
		out.seen, out.size, out.today, out.subjects = seen, size, q.Today, v.Subjects
		if out.table == nil && !v.Private && !v.Live && out.status == http.StatusOK && q.cacheable() && s.c.Keeper.Seen(v.Subjects) <= seen {
			s.cache.put(cacheKey(r), out)
		}
		return nil
	})
	free() // what is made is sent without a slot, however slow the reader is
	if out != nil {
		defer out.table.close()
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	if out.table != nil {
		s.sendSpool(w, r, out.table)
		return
	}
	s.send(w, r, out)
}

// subjectsOf is all that a View rests on.
func (q *request) subjectsOf(v View) []string {
	return slices.Concat(v.Subjects, []string{"pack", keeper.WordsSubject}, q.shown, v.marks.subjects())
}

// inTx is a request without a reader: for work that is done after an answer.
func (s *Site) inTx(ctx context.Context, tx *db.Tx, lang locale.Lang) (*request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.c.Base, nil)
	if err != nil {
		return nil, err
	}
	return s.request(r, tx, lang)
}

// request reads what every handler needs.
func (s *Site) request(r *http.Request, tx *db.Tx, lang locale.Lang) (*request, error) {
	if err := s.still(tx); err != nil {
		return nil, err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	now := s.c.Keeper.Now()
	return &request{Request: r, Tx: tx, Site: s, Pack: pack, Areas: pack.AreaSet(), in: lang, Now: now, Today: keeper.Today(now), asked: url.Values{}}, nil
}

func recordSize(tx *db.Tx) (size int64, err error) {
	err = tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size)
	return size, err
}

// seenIn is Keeper.Seen within a snapshot.
func seenIn(tx *db.Tx, subjects []string) (int64, error) {
	seen := int64(-1)
	for _, subject := range subjects {
		var i int64
		err := tx.Row("SELECT idx FROM touched WHERE subject = ?", subject).Scan(&i)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return 0, err
		}
		if err == nil {
			seen = max(seen, i)
		}
	}
	return seen, nil
}

// render writes a View as what was asked for.
func (s *Site) render(q *request, v View, ext string, seen int64) (*rendered, error) {
	var body []byte
	var err error
	address := strings.TrimSuffix(q.URL.Path, ext)
	switch ext {
	case ".json":
		lang := q.query("lang").Get("lang")
		if lang != "" && !locale.Known(lang) {
			return nil, keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.unknown_language", "lang", lang))
		}
		body, err = jsonOf(twinOfView(q, v, address, seen), lang, v.Rows)
	case ".csv":
		if v.Table == nil {
			return nil, errNotFound(q.URL.Path)
		}
		table := &spool{}
		if err := writeCSV(table, v.Table, q.Pack.Sample); err != nil || table.file != nil {
			return &rendered{table: table, status: http.StatusOK}, err
		}
		body = table.head.Bytes()
	case ".md":
		body = v.Markdown(q.in)
	case ".html":
		body = v.File(q.in)
	default:
		body, err = s.html(nil, s.frame(q, v))
	}
	if err != nil {
		return nil, err
	}
	out := newRendered(body)
	out.kind, out.language = "text/html; charset=utf-8", string(q.in)
	switch ext {
	case "", ".html":
	case ".md":
		out.kind = "text/markdown; charset=utf-8"
	default:
		out.kind, out.language = twinTypes[ext], ""
	}
	if v.Status != 0 {
		out.status = v.Status
	}
	if q.URL.RawQuery == "" {
		out.level = thorough
	}
	return out, nil
}

// twinOfView is the envelope of a View.
func twinOfView(q *request, v View, address string, seen int64) twin {
	return twin{Page: address, Compact: q.Pack.ID, Sample: q.Pack.Sample, Title: v.Title, Date: q.Today, AsOf: q.Site.asOfMoment(), Seen: seen, Marks: v.marks, Data: v.Data}
}

// bare is the address of a page without its language, or of a twin without its extension.
func (q *request) bare(ext string) string {
	path := strings.TrimSuffix(q.URL.Path, ext)
	if q.in != "" {
		path = strings.TrimPrefix(path, "/"+string(q.in))
	}
	if path == "" || path == "/index" {
		path = "/"
	}
	return path
}

// frame puts what every page shows around a View.
func (s *Site) frame(q *request, v View) page {
	p := page{View: v, Lang: q.in, Compact: title(q.Pack, "compact", q.Pack.ID), Sample: q.Pack.Sample,
		PackDate: q.Pack.Version, Operator: s.c.Operator, Base: s.c.Base, Forms: s.formsOpen() || s.signInOpen(), Other: s.c.Other}
	if v.Script {
		p.Code = s.script
	}
	p.Path, p.Marks, p.Copy = q.bare(""), v.marks, s.c.Copy
	p.Feeds = inLanguage(v.Feeds, q.in)
	if asked := q.asked.Encode(); asked != "" {
		p.Query = "?" + asked
		if p.Marks != nil {
			p.Marks.With = asked
		}
	}
	if s.past != nil {
		p.AsOf, p.Now, p.Robots = &s.past.moment, p.Path+p.Query, "noindex"
		q.asked.Set(asOfName, p.AsOf.String())
		p.Query = "?" + q.asked.Encode()
	}
	return p
}

// fail turns an error into its answer: what the reader can mend is said in her
// language; a fault of ours gets a number that the log has too.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, lang locale.Lang, err error) {
	status := statusOf(err)
	data := failure{Status: status}
	if es, ok := locale.All(err); ok {
		data.Errors = es
	}
	if status == http.StatusInternalServerError {
		var b [6]byte
		_, _ = rand.Read(b[:])
		data.Number = hex.EncodeToString(b[:])
		s.c.Log.Error("request failed", "number", data.Number, "path", loggable(r.URL.Path), "error", err)
	}
	s.noteRefusal(r, status)
	s.sendFailure(w, r, lang, data)
}

// failure is the data of the error page.
type failure struct {
	Status int           `json:"status"`
	Number string        `json:"number,omitempty"`
	Errors locale.Errors `json:"-"`
	Detail []Text        `json:"errors,omitempty"`
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, db.ErrFull):
		return http.StatusInsufficientStorage
	case errors.Is(err, errReadOnly), errors.Is(err, keeper.ErrUnavailable):
		return http.StatusServiceUnavailable
	case errors.Is(err, account.ErrLink):
		return http.StatusGone
	case errors.Is(err, errNoToken):
		return http.StatusUnauthorized
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, keeper.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, keeper.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, keeper.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, keeper.ErrInvalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errMethod):
		return http.StatusMethodNotAllowed
	}
	if _, ok := locale.All(err); ok {
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

func (s *Site) sendFailure(w http.ResponseWriter, r *http.Request, lang locale.Lang, f failure) {
	if lang == "" {
		lang = locale.Match(r.Header.Get("Accept-Language"))
	}
	for _, e := range f.Errors {
		t := make(Text)
		for _, l := range locale.Langs {
			t[l] = e.In(l)
		}
		f.Detail = append(f.Detail, t)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if ext := path.Ext(r.URL.Path); twinTypes[ext] != "" || strings.HasPrefix(r.URL.Path, "/api/") {
		body, _ := jsonOf(twin{Page: r.URL.Path, Title: message("error." + itoa(f.Status)), Data: f}, "", nil)
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(f.Status)
		_, _ = w.Write(body)
		return
	}
	body, err := s.failurePage(r, lang, f)
	if err != nil {
		s.c.Log.Error("no error page", "error", err)
		http.Error(w, lang.T("error."+itoa(f.Status)), f.Status)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(f.Status)
	_, _ = w.Write(body)
}

// failurePage is the error in the site's frame; it needs the pack, so a lost
// database falls back to one plain line.
func (s *Site) failurePage(r *http.Request, lang locale.Lang, f failure) (body []byte, err error) {
	err = s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, lang)
		if err != nil {
			return err
		}
		v := View{Page: "error", Title: message("error." + itoa(f.Status)), Data: f, Robots: "noindex", Private: true}
		body, err = s.html(nil, s.frame(q, v))
		return err
	})
	return body, err
}
