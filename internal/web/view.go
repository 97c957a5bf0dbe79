package web

import (
	"net/http"
	"net/url"
	"time"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// request is what a handler gets: one snapshot of the store and the pack in force.
type request struct {
	*http.Request
	Tx    *db.Tx
	Site  *Site
	Pack  *compact.Pack
	Areas *area.Set
	Lang  locale.Lang // the page's language; "" on addresses for programs
	Now   time.Time
	Today string // the date that deadlines go by (keeper.Today)
}

// arg is a path value ("id" of /items/{id}).
func (r *request) arg(name string) string { return r.PathValue(name) }

// View is a page before it is written in a language.
type View struct {
	Page     string            // template in pages/
	Title    Text              // of the page
	Section  string            // key of the main menu's entry that is current
	Crumbs   []Link            // from the top, without the page itself
	Subjects []string          // what the page shows: it is made anew when one of these is touched
	Data     any               // what the template and the JSON twin show
	Table    *Table            // the CSV twin; nil: none
	Robots   string            // "noindex" for searches and forms
	Private  bool              // never cached, for forms
	Status   int               // 200 when zero
	Feeds    map[string]string // media type → address of further twins (iCal, Atom)
}

// Text is a wording in several languages; a page shows its own language's, else
// English, marked. JSON shows them all.
type Text map[locale.Lang]string

// In picks the wording for a page and tells in which language it is.
func (t Text) In(l locale.Lang) (string, locale.Lang) {
	for _, lang := range []locale.Lang{l, locale.English, locale.French, locale.Spanish, locale.Chinese, locale.Arabic, locale.Russian} {
		if s, ok := t[lang]; ok && s != "" {
			return s, lang
		}
	}
	return "", l
}

// message makes a Text of a catalogue key in all six languages.
func message(key string, args ...any) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = l.T(key, args...)
	}
	return t
}

// same makes a Text of a name that is alike in every language (a symbol, a code).
func same(s string) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = s
	}
	return t
}

// Link is a Text that leads somewhere. Href is without language: the page adds it.
type Link struct {
	Text Text   `json:"text"`
	Href string `json:"href"`
}

// Table is the CSV twin of a page: machine headers, one row a line.
type Table struct {
	Columns []string
	Rows    [][]string
}

// handler makes the View of one address.
type handler func(*request) (View, error)

// query keeps only the known parameters of an address, in fixed order, so that a
// cache key cannot be made up by appending nonsense.
func query(r *http.Request, known ...string) url.Values {
	in, out := r.URL.Query(), url.Values{}
	for _, k := range known {
		if v := in.Get(k); v != "" {
			out.Set(k, v)
		}
	}
	return out
}

// errNotFound is the plain 404.
func errNotFound(what string) error {
	return keeper.Refuse(keeper.ErrNotFound, locale.E("err.web.not_found", "what", what))
}
