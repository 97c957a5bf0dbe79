package web

import (
	"errors"
	"net/http"

	"kept/internal/compact"
	"kept/internal/keeper"
)

// elsewhereView is what a 404 says about an id that stands under another noun.
type elsewhereView struct {
	ID    string `json:"id"`
	There Link   `json:"there"`
}

// orElsewhere wraps the handler of one thing: where the handler finds nothing
// under the id, but the pack names it under another noun (/items/M01), the 404
// leads to the right page.
func (s *Site) orElsewhere(h handler) handler {
	return func(q *request) (View, error) {
		v, err := h(q)
		id := q.arg("id")
		section, named := q.Pack.Section(id)
		if !errors.Is(err, keeper.ErrNotFound) || !named {
			return v, err
		}
		there := partLink(q.Pack, id)
		if section == compact.Figures { // a figure is a row of the list
			there.Href = "/figures#" + id
		}
		return View{Page: "elsewhere", Title: message("error.404"), Status: http.StatusNotFound, Robots: "noindex",
			Data: elsewhereView{id, there}}, nil
	}
}
