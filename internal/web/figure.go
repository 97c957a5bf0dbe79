package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Every figure that a page prints has a name on that page, which stays: so it can
// be cited, and asked about, one by one. A page's data tells its figures; they are
// what the page shows, read once, so that a citation and its page cannot differ.

// figure is a number that a page prints, or a word that was computed.
type figure struct {
	Name   string `json:"-"`                   // on its page; "" where the page is about this one figure
	Of     string `json:"of"`                  // what names it everywhere: item:P11d:commitments
	Page   string `json:"page,omitempty"`      // address of the page that prints it
	What   Text   `json:"figure"`              // what it is
	Value  string `json:"value,omitempty"`     // integer or decimal; "" where it is a word
	Code   string `json:"code,omitempty"`      // of the word; "" where it is a number
	Word   Text   `json:"in_words,omitempty"`  // how it is printed, where that is not the number and its unit
	Unit   Text   `json:"unit,omitempty"`      // nil where it counts things that What names
	Period string `json:"period,omitempty"`    // that the value is of, where that is not the day of the page
	Nature string `json:"nature,omitempty"`    // of a value of a series
	Source string `json:"source,omitempty"`    // who published it; "" where it was counted from the record
	Issued string `json:"released,omitempty"`  // when the source published it
	Got    string `json:"retrieved,omitempty"` // when it was fetched, where the source gives no release
	Entry  int64  `json:"entry,omitempty"`     // that the value came with; 0 where it was counted from many
	Link   string `json:"-"`                   // page that the figure leads to, where it is cited by that page
	About  string `json:"-"`                   // what names it, where that is not its page and its name
}

// citable is data of a page that prints figures.
type citable interface{ figures() []figure }

// counted is a figure that was counted.
func counted[N int | int64](name string, what Text, n N) figure {
	return figure{Name: name, What: what, Value: itoa(int(n))}
}

// named begins the names of figures of one part of a page.
func named(prefix string, list []figure) []figure {
	for i := range list {
		list[i].Name = prefix + list[i].Name
	}
	return list
}

// notName is what a name of a figure cannot hold.
var notName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// nameOf makes a part of a name out of a code or a number.
func nameOf(code string) string { return notName.ReplaceAllString(code, "-") }

// Shown is the figure as a reader sees it: the number with its unit, or the word.
func (f figure) Shown(l locale.Lang) string {
	if f.Word != nil {
		return textOf(f.Word, l)
	}
	return strings.TrimSpace(l.Number(f.Value) + " " + textOf(f.Unit, l))
}

// viewOf makes the View of another page of the site within the same snapshot:
// what a reader of that page would see.
func (s *Site) viewOf(q *request, path, query string) (View, error) {
	in := *q
	in.asked, in.shown, in.all = url.Values{}, nil, false
	if in.in == "" {
		in.in = locale.English
	}
	in.Request = (&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}}).WithContext(q.Context())
	w := viewing{q: &in, err: errNotFound(path)}
	s.readers.ServeHTTP(&w, in.Request)
	q.minds.language, q.minds.program = q.minds.language || in.minds.language, q.minds.program || in.minds.program
	if w.err == nil && query != in.asked.Encode() {
		w.err = keeper.Refuse(keeper.ErrInvalid, locale.Field("with", locale.E("err.cite.with", "value", keeper.Line(query))))
	}
	return w.view, w.err
}

// viewing takes a View where a page would be written. Whatever else is written to
// it, such as a redirect to a cleaner path, is no View.
type viewing struct {
	http.ResponseWriter
	q    *request
	view View
	err  error
}

// Header, Write and WriteHeader let what is not a View go.
func (w *viewing) Header() http.Header         { return http.Header{} }
func (w *viewing) Write(b []byte) (int, error) { return len(b), nil }
func (w *viewing) WriteHeader(int)             {}

// reader registers a page for viewOf.
func (s *Site) reader(address string, h handler) {
	if address == "/" {
		address = "/{$}"
	}
	s.readers.HandleFunc("GET "+address, func(w http.ResponseWriter, r *http.Request) {
		to := w.(*viewing)
		to.q.Request = r
		to.view, to.err = h(to.q)
	})
}

// figuresOf are the figures of a page, each under what names it; path and query are
// the page's address.
func figuresOf(v View, about correction.About, path string) []figure {
	data, ok := v.Data.(citable)
	if !ok {
		return nil
	}
	list := data.figures()
	for i, f := range list {
		about.Figure = f.Name
		list[i].Of, list[i].Page = about.String(), path
		if f.About != "" {
			list[i].Of, list[i].Page = f.About, f.Link
		}
	}
	return list
}

// figureThere refuses a name that no figure of the page has.
func (s *Site) figureThere(q *request, a correction.About) error {
	to, err := q.aboutLink(a.Whole())
	if err != nil {
		return err
	}
	v, err := s.viewOf(q, to.Href, "")
	if err != nil {
		return err
	}
	for _, f := range figuresOf(v, a.Whole(), to.Href) {
		if f.Name == a.Figure {
			return nil
		}
	}
	return keeper.Refuse(keeper.ErrNotFound, locale.Field("about", locale.E("err.cite.figure", "name", a.Figure)))
}
