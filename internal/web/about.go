package web

import (
	"strings"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// aboutSections are the pages that the footer leads to and the sections of each.
// A section's words are messages: about.PAGE.SECTION.title, .text (one paragraph a
// line) and, where a method comes from somewhere, .source.
var aboutSections = []struct {
	page     string
	sections []string
}{
	{"privacy", []string{"reading", "people", "accounts", "persons", "organisations", "kept", "basis", "rights", "erasure", "logs", "questions"}},
	{"terms", []string{"what", "neutral", "reuse", "figures", "wrong"}},
	{"accessibility", []string{"standard", "how", "languages", "limits", "tell"}},
	{"moderation", []string{"before", "persons", "removed", "categories", "kept", "appeal", "reply"}},
	{"methods", []string{"facts", "lifecycle", "currency", "pace", "smart", "cagr", "review", "evidence", "gaps", "missing"}},
	{"loading", []string{"why", "how", "check", "kept"}},
}

// formulas stand in methods as they are computed; they are the same in every language.
var formulas = map[string][]string{
	"methods.pace": {"p = (v − b) / (g − b)", "e = (t − t0) / (T − t0)", "pace = p / e"},
	"methods.cagr": {"CAGR(i) = (y(i) / y(0)) ^ (1 / (t(i) − t(0))) − 1", "CAGR(T) = (y(T) / y(0)) ^ (1 / (t(T) − t(0))) − 1", "R = d × CAGR(i) / |CAGR(T)|"},
	"loading.how":  {"kept text load --text {text} --lang en FILE"},
}

type aboutSection struct {
	ID      string   `json:"id"`
	Title   Text     `json:"title"`
	Text    []Text   `json:"text"`
	Formula []string `json:"formula,omitempty"`
	Source  Text     `json:"source,omitempty"`
}

type aboutView struct {
	Page     string         `json:"page"`
	Own      string         `json:"operator_page,omitempty"` // the operator's own page, which goes before ours
	Sections []aboutSection `json:"sections,omitempty"`
	Counts   []factView     `json:"counts,omitempty"` // of moderation
	Pages    []Link         `json:"pages"`
}

// about is one of the pages about the site itself.
func (s *Site) about(q *request) (View, error) {
	page := q.arg("page")
	v := aboutView{Page: page}
	known := false
	for _, a := range aboutSections {
		v.Pages = append(v.Pages, Link{message("about." + a.page), "/about/" + a.page})
		if a.page != page {
			continue
		}
		known = true
		for _, id := range a.sections {
			v.Sections = append(v.Sections, newAboutSection(q, page, id))
		}
	}
	if !known {
		return View{}, errNotFound(page)
	}
	if page == "privacy" {
		v.Own = s.c.Operator.Privacy
	}
	if page != "moderation" {
		return View{Page: "about", Title: message("about." + page), Data: v}, nil
	}
	var err error
	v.Counts, err = moderationCounts(q)
	return View{Page: "about", Title: message("about." + page), Data: v, Live: true}, err
}

// moderationCounts are what moderation and corrections came to. Appeals are
// private rows, so no entry of the record tells when they change: the page is made
// at each request.
func moderationCounts(q *request) ([]factView, error) {
	var m correction.Moderated
	err := q.privately(func(tx *db.Tx) (err error) {
		m, err = correction.CountModerated(tx, q.Now.UTC().Format("2006-01-02"))
		return err
	})
	if err != nil {
		return nil, err
	}
	all, err := correction.List(q.Tx, correction.Filter{})
	if err != nil {
		return nil, err
	}
	times, _ := correction.Tally(all)
	number := func(n int) Text { return message("plain.number", "n", n) }
	counts := []factView{{message("moderation.count.hidden"), number(m.Hidden), nil}}
	for _, category := range keeper.HideCategories {
		if n := m.Categories[category]; n > 0 {
			counts = append(counts, factView{message("words.category." + category), number(n), nil})
		}
	}
	counts = append(counts, factView{message("moderation.count.appeals"), number(m.Appeals), message("moderation.count.open", "n", m.Open)},
		factView{message("moderation.count.restored"), number(m.Restored), nil})
	if m.Median != "" {
		counts = append(counts, factView{message("moderation.count.median"), everyLang(func(l locale.Lang) string { return l.Number(m.Median) }), nil})
	}
	return append(counts, factView{message("corrections.asked"), number(times.Asked), message("moderation.count.open", "n", times.Asked-times.Answered)}), nil
}

func newAboutSection(q *request, page, id string) aboutSection {
	key := "about." + page + "." + id
	a := aboutSection{ID: id, Title: message(key + ".title"), Text: paragraphs(key + ".text")}
	for _, f := range formulas[page+"."+id] {
		a.Formula = append(a.Formula, strings.ReplaceAll(f, "{text}", q.Pack.InForce))
	}
	if locale.English.Has(key + ".source") {
		a.Source = message(key + ".source")
	}
	return a
}

// paragraphs cuts a message at its line ends. A language with fewer lines shows what it has.
func paragraphs(key string) []Text {
	var out []Text
	for _, l := range locale.Langs {
		for i, line := range strings.Split(l.T(key), "\n") {
			if i == len(out) {
				out = append(out, make(Text))
			}
			out[i][l] = line
		}
	}
	return out
}
