package web

import (
	"net/url"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// maxQuery bounds the words of a search, hitsShown what a group shows before the reader asks for all.
const (
	maxQuery  = 80
	hitsShown = 8
)

// hit is something whose code, title or note holds the words.
type hit struct {
	partRow
	Earlier bool `json:"earlier,omitempty"` // of a text that was not agreed
}

// hitGroup is what was found of one kind, the best first.
type hitGroup struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	Total int    `json:"total"`
	More  string `json:"-"` // address of all of them; empty when all are shown
	Hits  []hit  `json:"hits"`
}

type searchView struct {
	Q      string     `json:"q"`
	In     string     `json:"in,omitempty"`
	Total  int        `json:"total"`
	Groups []hitGroup `json:"groups"`
}

// groups of hits, in the order of the page: what is asked first, what was not agreed last.
var hitGroups = []string{"items", "addressees", "targets", "indicators", "areas", "bodies", "documents", "mechanisms", "texts", "earlier"}

// search looks through the codes, titles and notes of everything that the pack
// names. Hits in the reader's language come first, then those in the others:
// whoever reads in one finds what she knows in another.
func (s *Site) search(q *request) (View, error) {
	asked := query(q.Request, "q", "in")
	v := searchView{Q: cut(strings.TrimSpace(asked.Get("q")), maxQuery), In: asked.Get("in")}
	found := findAll(q, v.Q)
	table := &Table{Columns: []string{"group", "id", "title_en", "address", "earlier"}}
	for _, id := range hitGroups {
		hits := found[id]
		if len(hits) == 0 || v.In != "" && v.In != id {
			continue
		}
		for _, h := range hits {
			table.Rows = append(table.Rows, []string{id, h.ID, english(h.Title), h.Href, yesNo(h.Earlier)})
		}
		g := hitGroup{ID: id, Title: message("search.in." + id), Total: len(hits), Hits: hits}
		if v.In == "" && q.Lang != "" && len(hits) > hitsShown {
			g.Hits, g.More = hits[:hitsShown], "?"+url.Values{"q": {v.Q}, "in": {id}}.Encode()
		}
		v.Groups, v.Total = append(v.Groups, g), v.Total+len(hits)
	}
	return View{Page: "search", Title: message("menu.search"), Section: "menu.search", Data: v, Table: table, Robots: "noindex"}, nil
}

func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max])
	}
	return s
}

// findAll searches in the reader's language first, then in the others; a thing is found once.
func findAll(q *request, words string) map[string][]hit {
	found := make(map[string][]hit)
	if fold.Text(words) == "" { // nothing, or signs alone
		return found
	}
	words = withoutArticle(words)
	seen := make(map[string]bool)
	first := q.Lang
	if first == "" {
		first = locale.English
	}
	for _, lang := range append([]locale.Lang{first}, locale.Langs...) {
		for _, h := range compact.Search(q.Pack, lang, words) {
			if id := h.Section + " " + h.ID; !seen[id] {
				seen[id] = true
				group := groupOf(h)
				found[group] = append(found[group], hit{partRow{h.ID, addressOf(h.Section, h.ID), title(q.Pack, h.Section, h.ID)}, !h.InForce})
			}
		}
	}
	found["areas"] = areasCalled(q, words)
	found["texts"] = textsCalled(q, words)
	found["indicators"] = indicatorsCalled(q, words)
	return found
}

func groupOf(h compact.Hit) string {
	if h.Section == compact.Items && !h.InForce {
		return "earlier"
	}
	return h.Section
}

// areasCalled finds countries and areas by their codes and by their names in any language.
func areasCalled(q *request, words string) []hit {
	var hits []hit
	for _, a := range q.Areas.All() {
		name := areaName(q.Areas, a.ID)
		if strings.EqualFold(a.ID, words) || strings.EqualFold(a.ISO2, words) || holds(fold.Text(words), name) {
			hits = append(hits, hit{partRow: partRow{a.ID, "/areas/" + a.ID, name}})
		}
	}
	return hits
}

func textsCalled(q *request, words string) []hit {
	var hits []hit
	for _, t := range q.Pack.Texts {
		if name := title(q.Pack, compact.Texts, t.ID); holds(fold.Text(words), name, same(t.ID), same(t.Symbol)) {
			hits = append(hits, hit{partRow{t.ID, "/texts/" + t.ID, name}, t.ID != q.Pack.InForce})
		}
	}
	return hits
}

func indicatorsCalled(q *request, words string) []hit {
	var hits []hit
	for _, i := range q.Pack.Indicators {
		if name := title(q.Pack, compact.Indicators, i.ID); holds(fold.Text(words), name, note(q.Pack, compact.Indicators, i.ID)) {
			hits = append(hits, hit{partRow: partRow{i.ID, "/indicators/" + i.ID, name}})
		}
	}
	return hits
}

// articles are the Arabic article and the particles that melt with it. A title may
// have the noun without them, so a search goes without them too.
var articles = []string{"وال", "بال", "لل", "ال"}

func withoutArticle(words string) string {
	list := strings.Fields(words)
	for i, word := range list {
		n := slices.IndexFunc(articles, func(a string) bool {
			return strings.HasPrefix(word, a) && len([]rune(word)) >= len([]rune(a))+3
		})
		if n >= 0 {
			list[i] = strings.TrimPrefix(word, articles[n])
		}
	}
	return strings.Join(list, " ")
}
