package web

import (
	"strings"

	"kept/internal/locale"
)

// aboutSections are the pages that the footer leads to and the sections of each.
// A section's words are messages: about.PAGE.SECTION.title, .text (one paragraph a
// line) and, where a method comes from somewhere, .source.
var aboutSections = []struct {
	page     string
	sections []string
}{
	{"privacy", []string{"reading", "people", "organisations", "erasure", "logs", "questions"}},
	{"terms", []string{"what", "neutral", "reuse", "figures", "wrong"}},
	{"accessibility", []string{"standard", "how", "languages", "limits", "tell"}},
	{"moderation", []string{"before", "removed", "kept", "reply"}},
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
	return View{Page: "about", Title: message("about." + page), Data: v}, nil
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
