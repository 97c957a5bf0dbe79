package web

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/compact/fold"
)

// documentRow is a document that a text lists or rests on.
type documentRow struct {
	partRow
	Symbol  string       `json:"symbol,omitempty"`
	Date    string       `json:"date,omitempty"`
	URL     string       `json:"url,omitempty"`
	Later   bool         `json:"later_ones_exist,omitempty"`
	Certain bool         `json:"certain"`
	Sources []sourceView `json:"sources,omitempty"`
}

// documentGroup is a body with the documents that it issued, by date.
type documentGroup struct {
	Body partRow       `json:"body"`
	Rows []documentRow `json:"documents"`
}

type documentsView struct {
	filters
	Around []Link          `json:"-"`
	Total  int             `json:"total"`
	Bodies []choice        `json:"bodies"`
	Groups []documentGroup `json:"groups"`
}

// documents lists the documents by the body that issued them. The list stands on
// one page, so that an address of before, /documents#D.01, still finds its row.
func (s *Site) documents(q *request) (View, error) {
	p := q.Pack
	asked := q.query("q", "body", "item", "under", "for")
	c := coder{q, asking(asked, "body", "")} // the body that issued it is no item to narrow to
	scope, err := c.scope()
	if err != nil {
		return View{}, err
	}
	set, err := q.bodySet()
	if err != nil {
		return View{}, err
	}
	v := documentsView{Around: around(p)}
	v.Q = asked.Get("q")
	words := fold.Text(v.Q)
	table := &Table{Columns: []string{"id", "title_en", "body", "symbol", "date", "later_ones_exist", "certain", "url"}}
	at := make(map[string]int)
	for _, d := range p.DocumentsByDate() {
		issuer := issuerOf(p, d)
		if !slices.ContainsFunc(v.Bodies, func(c choice) bool { return c.ID == issuer.ID }) {
			v.Bodies = append(v.Bodies, choice{issuer.ID, issuer.Title, issuer.ID == asked.Get("body")})
		}
		row := newDocumentRow(p, d)
		if asked.Get("body") != "" && d.Body != asked.Get("body") || !holds(words, row.Title, same(d.Symbol)) || scope != nil && !set.documentOn(d, scope) {
			continue
		}
		n, known := at[issuer.ID]
		if !known {
			n = len(v.Groups)
			at[issuer.ID] = n
			v.Groups = append(v.Groups, documentGroup{Body: issuer})
		}
		v.Groups[n].Rows = append(v.Groups[n].Rows, row)
		v.Total++
		table.Rows = append(table.Rows, []string{d.ID, english(row.Title), d.Body, d.Symbol, d.Date, yesNo(d.Later), yesNo(d.Certain), d.URL})
	}
	issuer := coder{q, asked}.options("body", v.Bodies)
	issuer.Label = message("documents.body")
	v.filters = newFilters(asked, "documents.words", append([]filter{issuer}, c.scopeFields("item", "under", "for")...))
	return View{Page: "documents", Title: message("menu.documents"), Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}},
		Data: v, Table: table, Robots: filtered(asked)}, nil
}

// documentOn tells whether a document was issued by a body that works on any of some items.
func (s *bodySet) documentOn(d *compact.Document, items []string) bool {
	b := s.find(d.Body)
	return b != nil && b.WorksOn(items...)
}

// issuerOf is the body that issued a document; some name none.
func issuerOf(p *compact.Pack, d *compact.Document) partRow {
	if rows := partRows(p, []string{d.Body}); len(rows) == 1 {
		return rows[0]
	}
	return partRow{ID: "none", Title: message("documents.no_body")}
}

func newDocumentRow(p *compact.Pack, d *compact.Document) documentRow {
	row := documentRow{partRow: partRow{d.ID, addressOf(compact.Documents, d.ID), title(p, compact.Documents, d.ID)}, Symbol: d.Symbol, Date: d.Date,
		URL: d.URL, Later: d.Later, Certain: d.Certain}
	if d.Source != "" {
		row.Sources = sourcesOf(p, []string{d.Source})
	}
	return row
}

// documentPage is what is known of one document. The text itself is with whoever issued it.
type documentPage struct {
	documentRow
	Body  partRow   `json:"body"`
	Items []partRow `json:"items,omitempty"` // that the body which issued it works on
}

func (s *Site) packDocument(q *request) (View, error) {
	p := q.Pack
	d, ok := p.Document(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := documentPage{documentRow: newDocumentRow(p, d), Body: issuerOf(p, d)}
	if b, ok := p.Body(d.Body); ok {
		v.Items, _ = inForceFirst(p, b.Items)
	}
	return View{Page: "document", Title: v.Title, Section: "menu.texts", Crumbs: []Link{{message("menu.texts"), "/texts"}, {message("menu.documents"), "/documents"}},
		Subjects: []string{"document:" + d.ID}, Data: v}, nil
}
