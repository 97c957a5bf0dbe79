package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/locale"
	"kept/internal/stakeholder"
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
	Coded   bool `json:"-"`                 // readers know it by its code
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
var hitGroups = []string{"items", "parties", "commitments", "addressees", "targets", "indicators", "areas", "bodies", "documents", "mechanisms", "texts", "earlier"}

// search looks through the codes, titles and notes of everything that the pack
// names, and through the names of parties and commitments. Hits in the reader's language come first, then those in the others:
// whoever reads in one finds what she knows in another.
func (s *Site) search(q *request) (View, error) {
	asked := q.query("q", "in")
	v := searchView{Q: cut(strings.TrimSpace(asked.Get("q")), maxQuery), In: asked.Get("in")}
	found, err := findAll(q, v.Q)
	if err != nil {
		return View{}, err
	}
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
		if v.In == "" && !q.forProgram() && len(hits) > hitsShown {
			g.Hits, g.More = hits[:hitsShown], "?"+url.Values{"q": {v.Q}, "in": {id}}.Encode()
		}
		v.Groups, v.Total = append(v.Groups, g), v.Total+len(hits)
	}
	return View{Page: "search", Title: message("menu.search"), Section: "menu.search", Subjects: []string{"parties", "commitments", "bodies"},
		Data: v, Table: table, Robots: "noindex"}, nil
}

func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max])
	}
	return s
}

// findAll searches in the reader's language first, then in the others; a thing is found once.
func findAll(q *request, words string) (map[string][]hit, error) {
	found := make(map[string][]hit)
	if fold.Text(words) == "" { // nothing, or signs alone
		return found, nil
	}
	var err error
	if found["parties"], err = partiesCalled(q, words); err != nil {
		return nil, err
	}
	if found["commitments"], err = commitmentsCalled(q, words); err != nil {
		return nil, err
	}
	words = withoutArticle(words)
	seen := make(map[string]bool)
	first := q.lang()
	if first == "" {
		first = locale.English
	}
	for _, lang := range append([]locale.Lang{first}, locale.Langs...) {
		for _, h := range compact.Search(q.Pack, lang, words) {
			if id := h.Section + " " + h.ID; !seen[id] {
				seen[id] = true
				group := groupOf(h)
				found[group] = append(found[group], hit{partRow{h.ID, addressOf(h.Section, h.ID), title(q.Pack, h.Section, h.ID)}, !h.InForce, h.Section != compact.Addressees})
			}
		}
	}
	own, err := bodiesCalled(q, words)
	if err != nil {
		return nil, err
	}
	found["bodies"] = append(found["bodies"], own...)
	found["areas"] = areasCalled(q, words)
	found["texts"] = textsCalled(q, words)
	found["indicators"] = indicatorsCalled(q, words)
	return found, nil
}

func groupOf(h compact.Hit) string {
	if h.Section == compact.Items && !h.InForce {
		return "earlier"
	}
	return h.Section
}

// mostNamed bounds how many parties and commitments a search takes in; their own
// lists, which have pages, go on from there.
const mostNamed = 100

func partiesCalled(q *request, words string) ([]hit, error) {
	page, err := stakeholder.List(q.Tx, stakeholder.Filter{Query: words, Lang: q.lang(), Limit: mostNamed})
	var hits []hit
	for _, p := range page.Parties {
		hits = append(hits, hit{partRow: partRow{strconv.FormatInt(p.ID, 10), partyHref(p.ID), partyName(p.Names)}})
	}
	return hits, err
}

// bodiesCalled are the bodies that their own people brought, by name and short name.
func bodiesCalled(q *request, words string) ([]hit, error) {
	set, err := q.bodySet()
	if err != nil {
		return nil, err
	}
	var hits []hit
	for n := range set.all {
		b := &set.all[n]
		if name := bodyName(q.Pack, b); b.Entry != 0 && holds(fold.Text(words), name, same(b.Acronym)) {
			hits = append(hits, hit{partRow: partRow{b.ID, bodyHref(b.ID), name}})
		}
	}
	return hits, nil
}

func commitmentsCalled(q *request, words string) ([]hit, error) {
	page, err := commitment.List(q.Tx, commitment.Filter{Query: words, Today: q.Today, Limit: mostNamed})
	var hits []hit
	for _, c := range page.List {
		hits = append(hits, hit{partRow: partRow{strconv.FormatInt(c.ID, 10), commitmentHref(c.ID), summaryText(c.Text, "title")}})
	}
	return hits, err
}

// areasCalled finds countries and areas by their codes and by their names in any language.
func areasCalled(q *request, words string) []hit {
	var hits []hit
	for _, a := range q.Areas.All() {
		name := areaName(q.Areas, a.ID)
		if strings.EqualFold(a.ID, words) || strings.EqualFold(a.ISO2, words) || holds(fold.Text(words), name) {
			hits = append(hits, hit{partRow: partRow{a.ID, "/areas/" + a.ID, name}, Coded: true})
		}
	}
	return hits
}

func textsCalled(q *request, words string) []hit {
	var hits []hit
	for _, t := range q.Pack.Texts {
		if name := title(q.Pack, compact.Texts, t.ID); holds(fold.Text(words), name, same(t.ID), same(t.Symbol)) {
			hits = append(hits, hit{partRow: partRow{t.ID, "/texts/" + t.ID, name}, Earlier: t.ID != q.Pack.InForce})
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
