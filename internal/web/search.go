package web

import (
	"cmp"
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

// hit is something whose title or note holds the words.
type hit struct {
	partRow
	Earlier bool `json:"earlier,omitempty"` // of a text that was not agreed
	rank    int
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

// search looks through the titles and notes of everything that the pack names, in
// every language at once: whoever reads in one finds what she knows in another.
func (s *Site) search(q *request) (View, error) {
	asked := query(q.Request, "q", "in")
	v := searchView{Q: cut(strings.TrimSpace(asked.Get("q")), maxQuery), In: asked.Get("in")}
	table := &Table{Columns: []string{"group", "id", "title_en", "address", "earlier"}}
	for _, group := range searchGroups {
		if v.In != "" && v.In != group.id || v.Q == "" {
			continue
		}
		hits := group.find(q, v.Q)
		if len(hits) == 0 {
			continue
		}
		g := hitGroup{ID: group.id, Title: message("search.in." + group.id), Total: len(hits), Hits: hits}
		if v.In == "" && q.Lang != "" && len(hits) > hitsShown {
			g.Hits, g.More = hits[:hitsShown], "?"+url.Values{"q": {v.Q}, "in": {group.id}}.Encode()
		}
		v.Groups, v.Total = append(v.Groups, g), v.Total+len(hits)
		for _, h := range hits {
			table.Rows = append(table.Rows, []string{group.id, h.ID, english(h.Title), h.Href, yesNo(h.Earlier)})
		}
	}
	return View{Page: "search", Title: message("menu.search"), Section: "menu.search", Data: v, Table: table, Robots: "noindex"}, nil
}

func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max])
	}
	return s
}

// searchGroup is one kind of thing that can be found.
type searchGroup struct {
	id    string
	parts func(q *request) []hit
	notes string // section whose notes are searched too
}

// searchGroups are in the order of the page: what is asked first.
var searchGroups = []searchGroup{
	{"items", itemsIn(true), compact.Items},
	{"addressees", func(q *request) []hit { return named(q, compact.Addressees, q.Pack.Addressees) }, ""},
	{"targets", func(q *request) []hit {
		return named(q, compact.Targets, idsOf(q.Pack.Targets, func(t *compact.Target) string { return t.ID }))
	}, compact.Targets},
	{"indicators", func(q *request) []hit {
		return named(q, compact.Indicators, idsOf(q.Pack.Indicators, func(i *compact.Indicator) string { return i.ID }))
	}, compact.Indicators},
	{"areas", areasIn, ""},
	{"bodies", func(q *request) []hit {
		return named(q, compact.Bodies, idsOf(q.Pack.Bodies, func(b *compact.Body) string { return b.ID }))
	}, ""},
	{"documents", func(q *request) []hit {
		return named(q, compact.Documents, idsOf(q.Pack.Documents, func(d *compact.Document) string { return d.ID }))
	}, ""},
	{"mechanisms", func(q *request) []hit {
		return named(q, compact.Mechanisms, idsOf(q.Pack.Mechanisms, func(m *compact.Mechanism) string { return m.ID }))
	}, compact.Mechanisms},
	{"texts", func(q *request) []hit {
		return named(q, compact.Texts, idsOf(q.Pack.Texts, func(t *compact.Text) string { return t.ID }))
	}, compact.Texts},
	{"earlier", itemsIn(false), compact.Items},
}

func idsOf[T any](parts []*T, id func(*T) string) []string {
	ids := make([]string, len(parts))
	for i, part := range parts {
		ids[i] = id(part)
	}
	return ids
}

// named are parts of one section by id.
func named(q *request, section string, ids []string) []hit {
	hits := make([]hit, len(ids))
	for i, id := range ids {
		hits[i].partRow = partRow{id, addressOf(section, id), title(q.Pack, section, id)}
	}
	return hits
}

// itemsIn are the items of the text in force, or those of earlier texts.
func itemsIn(inForce bool) func(*request) []hit {
	return func(q *request) []hit {
		var hits []hit
		for _, t := range q.Pack.Texts {
			if (t.ID == q.Pack.InForce) != inForce {
				continue
			}
			hits = append(hits, named(q, compact.Items, idsOf(t.Items, func(i *compact.Item) string { return i.ID }))...)
		}
		for i := range hits {
			hits[i].Earlier = !inForce
		}
		return hits
	}
}

func areasIn(q *request) []hit {
	var hits []hit
	for _, a := range q.Areas.All() {
		hits = append(hits, hit{partRow: partRow{a.ID, "/areas/" + a.ID, areaName(q.Areas, a.ID)}})
	}
	return hits
}

// find ranks the parts of a group that hold all the words.
func (g searchGroup) find(q *request, words string) []hit {
	tokens := tokensOf(words)
	var found []hit
	for _, h := range g.parts(q) {
		if h.rank = rank(h, tokens, q.Lang); h.rank < 0 && g.notes != "" {
			if holdsAll(note(q.Pack, g.notes, h.ID), tokens) {
				h.rank = rankNote
			}
		}
		if h.rank >= 0 {
			found = append(found, h)
		}
	}
	slices.SortStableFunc(found, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	return found
}

// Ranks of a hit, the best first.
const (
	rankID    = iota // the code itself
	rankStart        // a title begins with the words
	rankTitle        // the title in the reader's language holds them
	rankOther        // the title in another language does
	rankNote         // a note does
)

func rank(h hit, tokens []string, lang locale.Lang) int {
	if len(tokens) == 0 {
		return -1
	}
	all := strings.Join(tokens, " ")
	best := -1
	if strings.HasPrefix(fold.Text(h.ID), all) {
		return rankID
	}
	for l, text := range h.Title {
		folded := fold.Text(text)
		if !containsAll(folded, tokens) {
			continue
		}
		r := rankOther
		switch {
		case l == lang && strings.HasPrefix(folded, all):
			r = rankStart
		case l == lang:
			r = rankTitle
		}
		if best < 0 || r < best {
			best = r
		}
	}
	return best
}

func holdsAll(t Text, tokens []string) bool {
	for _, text := range t {
		if containsAll(fold.Text(text), tokens) {
			return true
		}
	}
	return false
}

func containsAll(folded string, tokens []string) bool {
	for _, token := range tokens {
		if !strings.Contains(folded, token) {
			return false
		}
	}
	return len(tokens) > 0
}

// tokensOf folds the words and takes the Arabic article off, which a title may
// lack or write together with a particle.
func tokensOf(words string) []string {
	tokens := strings.Fields(fold.Text(words))
	for i, token := range tokens {
		for _, article := range []string{"وال", "بال", "لل", "ال"} {
			if rest, ok := strings.CutPrefix(token, article); ok && len([]rune(rest)) >= 3 {
				tokens[i] = rest
				break
			}
		}
	}
	return tokens
}
