package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"kept/internal/account"
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
	Now   time.Time
	Today string       // the date that deadlines go by (keeper.Today)
	Who   *account.Who // who signed in; in forms only, nil on public pages

	in     locale.Lang     // see lang
	all    bool            // see whole
	minds  minds           // what the handler has looked at
	asked  url.Values      // the known parameters that the address gives
	secret string          // of the cookie that the form's token is made of
	late   bool            // the use of the session is to be noted
	visit  string          // a new cookie for an open form, "" when the browser has one
	header http.Header     // of the answer, while a form is being taken
	said   string          // what submit hands to done
	made   []keeper.Result // what the submission put into the record
	shown  []string        // subjects that readers shared by several pages showed
}

// minds tells what a handler wanted to know of its reader. What it never asked for
// makes no difference to its View: so an export reads a page once, where it is the
// same in every language, and makes the twins of the same View.
type minds struct {
	language bool // which language the page is in
	program  bool // whether it is for a program, and whether all of a list is wanted
}

// lang is the page's language; "" on addresses for programs.
func (r *request) lang() locale.Lang {
	r.minds.language = true
	return r.in
}

// forProgram tells whether the address is one for programs, which carries no language.
func (r *request) forProgram() bool {
	r.minds.program = true
	return r.in == ""
}

// whole tells whether every row of a list is wanted, not one page of it: the CSV twin.
func (r *request) whole() bool {
	r.minds.program = true
	return r.all
}

// arg is a path value ("id" of /items/{id}).
func (r *request) arg(name string) string { return r.PathValue(name) }

// View is a page before it is written in a language.
type View struct {
	Page     string                   // template in pages/
	Title    Text                     // of the page
	Section  string                   // key of the main menu's entry that is current
	Crumbs   []Link                   // from the top, without the page itself
	Subjects []string                 // what the page shows: it is made anew when one of these is touched
	Data     any                      // what the template and the JSON twin show
	Rows     [][]byte                 // rows that are JSON already; they stand under "rows" at the end of Data
	Table    *Table                   // the CSV twin; nil: none
	Tables   func(locale.Lang) *Table // the CSV twin in the language that its address asks for; nil: it has none
	Along    string                   // what the address of Markdown and File has more than the page's
	Markdown func(locale.Lang) []byte // the page as a text to take along; nil: none
	File     func(locale.Lang) []byte // the same as a web page that stands alone; nil: none
	Robots   string                   // "noindex" for searches and forms
	Script   bool                     // the page may run the site's one script
	Ordered  bool                     // it is part of a list in the order of words of the page's language: its cursor is that language's
	Private  bool                     // never cached and without twins, for forms
	Live     bool                     // never cached: it changes with every entry of the record
	Status   int                      // 200 when zero
	Feeds    map[string]string        // media type → address of further twins (iCal, Atom); the page adds its language

	marks *marksView // what was said against what the page shows
}

// Text is a wording in several languages; a page shows its own language's, else
// English, marked. JSON shows them all.
type Text map[locale.Lang]string

// In picks the wording for a page and tells in which language it is.
func (t Text) In(l locale.Lang) (string, locale.Lang) {
	return l.Of(t)
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

// Table is the CSV twin of a page: machine headers, one row a line. Of a long list
// More gives further rows, some at a time, and io.EOF after the last.
type Table struct {
	Columns []string
	Rows    [][]string
	More    func() ([][]string, error)
}

// handler makes the View of one address.
type handler func(*request) (View, error)

// query gives the known parameters of the address, without control characters. It
// notes them: a page is kept in the cache only under the one spelling of its own
// parameters, so that nobody fills the cache by appending nonsense.
func (r *request) query(known ...string) url.Values {
	in, out := r.URL.Query(), url.Values{}
	for _, k := range known {
		if v := keeper.Line(strings.ToValidUTF8(in.Get(k), "")); v != "" {
			out.Set(k, v)
			r.asked.Set(k, v)
		}
	}
	return out
}

// cacheable tells whether the address is spelt the one way that the cache knows it by.
func (r *request) cacheable() bool { return r.URL.RawQuery == r.asked.Encode() }

// errNotFound is the plain 404.
func errNotFound(what string) error {
	return keeper.Refuse(keeper.ErrNotFound, locale.E("err.web.not_found", "what", what))
}
