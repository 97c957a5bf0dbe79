package web

import (
	"html/template"
	"net/http"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/brief"
)

// briefView is the page of a brief: its twin holds all languages, the page one.
type briefView struct {
	*brief.Brief
	base string
}

// brief is what the record holds on an item, to be taken along. It says how large the
// record was, so it changes with every entry and is never kept in the cache.
func (s *Site) brief(q *request) (View, error) {
	b, err := brief.Read(q.Tx, q.Pack, q.arg("id"), q.Today)
	if err != nil {
		return View{}, err
	}
	v := &briefView{b, s.c.Base}
	return View{Page: "brief", Title: everyLang(b.Heads), Section: "menu.items", Crumbs: []Link{{message("menu.items"), "/items"}, itemLink(q.Pack, b.Item)},
		Data: v, Live: true, Markdown: v.markdown}, nil
}

// Body is the text in the page's language; the template calls it.
func (v *briefView) Body(lang locale.Lang) template.HTML { return v.Doc(lang, v.base, true).HTML() }

func (v *briefView) markdown(lang locale.Lang) []byte { return v.Doc(lang, v.base, false).Markdown() }

// textTwin registers the Markdown of a page, in the language that the address asks for, else in English.
func (s *Site) textTwin(address string, h handler) { s.fileTwin(address, ".md", h) }

// fileTwin registers a page as a file to take along, likewise.
func (s *Site) fileTwin(address, ext string, h handler) {
	s.along["GET "+address+ext] = true
	s.public("GET "+address+ext, func(w http.ResponseWriter, r *http.Request) {
		lang, err := askedLanguage(r)
		if err != nil {
			s.fail(w, r, "", err)
			return
		}
		s.answer(w, r, lang, ext, h)
	})
}

// askedLanguage is the language that an address for programs names with lang, else English.
func askedLanguage(r *http.Request) (locale.Lang, error) {
	wanted := r.URL.Query().Get("lang")
	if wanted == "" {
		return locale.English, nil
	}
	if !locale.Known(wanted) {
		return "", keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.unknown_language", "lang", keeper.Line(wanted)))
	}
	return locale.Lang(wanted), nil
}
