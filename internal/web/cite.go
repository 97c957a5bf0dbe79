package web

import (
	"encoding/base64"
	"html/template"
	"net/url"
	"strings"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// A citation names a page of the site, or one figure on it, so that a reader of
// long after finds what was read: its permanent address with the day and the size
// of the record that it rests on, and the root of that record, which nobody can
// change afterwards. What is cited is read from the page itself.

// citeView is what a citation needs.
type citeView struct {
	About    Link           `json:"about"` // the page
	Of       string         `json:"of"`    // what names the thing or the figure
	With     string         `json:"with,omitempty"`
	Figure   *figure        `json:"figure,omitempty"` // the one that is cited
	List     []figure       `json:"figures,omitempty"`
	Address  string         `json:"address"`
	Entry    int64          `json:"entry,omitempty"`
	Compact  Text           `json:"compact"`
	Operator string         `json:"operator,omitempty"`
	AsOf     string         `json:"as_of"`
	Record   checkpointView `json:"record"` // as the page was made from it; a checkpoint of another size proves it
	Receipt  string         `json:"receipt,omitempty"`
	Card     string         `json:"card,omitempty"`
	Query    string         `json:"-"` // of the files that belong to it, without language
	Sample   bool           `json:"sample,omitempty"`
	listPage

	base string
}

// citeParameters are what a citation is asked by: the thing or figure, and the
// filters of its page.
var citeParameters = []string{"of", "with"}

// cite is the page that says how to cite another one. It changes with every entry
// of the record, so it is never kept in the cache.
func (s *Site) cite(q *request) (View, error) {
	v, err := s.citation(q)
	if err != nil {
		return View{}, err
	}
	table := v.table()
	asked := q.query("of", "with", "page")
	v.List, v.listPage = paged(q, v.List, asked)
	return View{Page: "cite", Title: message("cite.title"), Crumbs: []Link{v.About}, Data: v, Table: table, Live: true, Robots: "noindex"}, nil
}

// citation reads what is to be cited. The root is of exactly the entries that the
// page was made from, whether a checkpoint of that size was ever signed or not.
func (s *Site) citation(q *request) (*citeView, error) {
	asked := q.query(citeParameters...)
	about, err := correction.ParseAbout(asked.Get("of"))
	if err != nil {
		return nil, keeper.Refuse(keeper.ErrInvalid, err)
	}
	if err := s.there(q, about.Whole()); err != nil {
		return nil, err
	}
	v := &citeView{Of: about.String(), With: asked.Get("with"), Compact: title(q.Pack, "compact", q.Pack.ID), Operator: s.c.Operator.Name, Sample: q.Pack.Sample, base: s.c.Base}
	if v.About, err = q.aboutLink(about.Whole()); err != nil {
		return nil, err
	}
	if err := v.read(s, q, about); err != nil {
		return nil, err
	}
	if v.Record.Size, err = recordSize(q.Tx); err != nil {
		return nil, err
	}
	if err := s.root(q, &v.Record); err != nil {
		return nil, err
	}
	v.AsOf = moment{q.Today, v.Record.Size}.String()
	v.Address = s.c.Base + permanent(v.About.Href, v.With, v.AsOf)
	if v.Query = "?of=" + url.QueryEscape(v.Of); v.With != "" {
		v.Query += "&with=" + url.QueryEscape(v.With)
	}
	if s.past != nil {
		v.Query += "&" + asOfName + "=" + v.AsOf
	}
	if v.Figure != nil {
		v.Card = s.c.Base + "/cite/card.svg" + "?" + lacking(v.Query[1:], asOfName) + "&" + asOfName + "=" + v.AsOf
	}
	return v, nil
}

// read makes the page and finds on it what is cited.
func (v *citeView) read(s *Site, q *request, about correction.About) error {
	switch about.Kind {
	case "commitment", "report", "party", "entry":
		v.Entry = about.Number()
		v.Receipt = "/record/receipts/" + about.ID
	}
	page, err := s.viewOf(q, v.About.Href, v.With)
	if err != nil {
		return err
	}
	if about.Kind == "report" { // the page is its commitment's
		return nil
	}
	if about.Kind == "page" && len(page.Title) > 0 {
		v.About.Text = page.Title
	}
	v.List = figuresOf(page, about.Whole(), v.About.Href)
	for _, f := range v.List {
		if f.Name == about.Figure && (f.Name != "" || len(v.List) == 1) {
			v.Figure, v.List = &f, nil
			v.Entry = max(v.Entry, f.Entry)
			return nil
		}
	}
	if about.Figure != "" {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("of", locale.E("err.cite.figure", "name", about.Figure)))
	}
	return nil
}

// root fills in the root of the record at its size; the tree is the same for every
// past, so today's is asked.
func (s *Site) root(q *request, c *checkpointView) error {
	signed, _, err := s.checkpoint(q.Context())
	if err != nil {
		return err
	}
	if signed != nil {
		c.Origin = signed.Origin
	}
	return q.privately(func(tx *db.Tx) error {
		root, err := keeper.RootOf(tx, c.Size)
		c.Root = base64.StdEncoding.EncodeToString(root[:])
		return err
	})
}

// permanent is the address of a page as it was, with the filters that it was asked for.
func permanent(path, with, asOf string) string {
	if with != "" {
		return path + "?" + with + "&" + asOfName + "=" + asOf
	}
	return path + "?" + asOfName + "=" + asOf
}

// Sentence is the citation on a page: what is written from left to right in every
// language, the address and the root, keeps its order within Arabic. It is called by
// the template, like Cell for a row of the table.
func (v *citeView) Sentence(lang locale.Lang) template.HTML { return v.Cell(v.Text(lang)) }

// Cell sets apart what is written from left to right.
func (v *citeView) Cell(text string) template.HTML {
	out := template.HTMLEscapeString(text)
	for _, ltr := range []string{v.Address, v.Record.Root} {
		ltr = template.HTMLEscapeString(ltr)
		out = strings.Replace(out, ltr, `<bdi dir="ltr">`+ltr+`</bdi>`, 1)
	}
	return template.HTML(out)
}

// Text is the citation as a sentence or two.
func (v *citeView) Text(lang locale.Lang) string {
	page := lang.T("cite.page", "page", textOf(v.About.Text, lang), "compact", textOf(v.Compact, lang))
	parts := []string{page, v.Operator, v.Address}
	if v.Figure != nil {
		parts = append([]string{v.Figure.Says(lang), v.Figure.from(lang)}, parts...)
	}
	if v.Sample {
		parts = append(parts, lang.T("cite.sample"))
	}
	if v.Entry != 0 {
		parts = append(parts, lang.T("party.entry", "id", v.Entry))
	}
	date, _, _ := strings.Cut(v.AsOf, ".")
	parts = append(parts, lang.T("cite.as_of", "date", lang.Date(date)), lang.T("cite.under", "size", v.Record.Size, "root", v.Record.Root))
	stop := lang.T("cite.stop")
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, strings.TrimSuffix(p, strings.TrimSpace(stop)))
		}
	}
	return strings.TrimSpace(strings.Join(said, stop) + stop)
}

// Says is the figure in a few words: what it is, its value and unit, of which year
// and of which nature. The template calls it too.
func (f *figure) Says(l locale.Lang) string {
	what, value := textOf(f.What, l), f.Shown(l)
	if value == "" {
		value = l.T("cite.no_value")
	}
	if with := f.with(l); with != "" {
		return l.T("cite.says_with", "what", what, "value", value, "with", with)
	}
	return l.T("cite.says", "what", what, "value", value)
}

// with is the year and the nature of a figure.
func (f *figure) with(l locale.Lang) string {
	var with []string
	if f.Period != "" {
		with = append(with, l.Date(f.Period))
	}
	if f.Nature != "" {
		with = append(with, l.T("nature."+f.Nature))
	}
	return l.List(with)
}

// from is where the figure comes from.
func (f *figure) from(l locale.Lang) string {
	switch {
	case f.Source == "":
		return l.T("cite.counted")
	case f.Issued != "":
		return l.T("cite.source_released", "source", f.Source, "date", l.Date(f.Issued))
	case f.Got != "":
		return l.T("cite.source_retrieved", "source", f.Source, "date", l.Date(f.Got))
	}
	return l.T("cite.source", "source", f.Source)
}
