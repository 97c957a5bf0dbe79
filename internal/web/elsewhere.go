package web

import (
	"errors"
	"net/http"
	"strconv"

	"kept/internal/compact"
	"kept/internal/keeper"
)

// elsewhereView is what a 404 says about an id that stands under another noun.
type elsewhereView struct {
	ID    string `json:"id"`
	There Link   `json:"there"`
}

// orOtherEntry wraps the handler of a thing that an entry of the record made: a
// number that names another kind of entry leads to what that entry made, else to
// the entry itself.
func (s *Site) orOtherEntry(h handler) handler {
	return func(q *request) (View, error) {
		v, err := h(q)
		if !errors.Is(err, keeper.ErrNotFound) {
			return v, err
		}
		index, notNumber := q.number("id")
		if notNumber != nil {
			return v, err
		}
		e, missing := keeper.ReadEntry(q.Tx, index)
		if missing != nil {
			return v, err
		}
		there := Link{phrase("elsewhere.entry", "index", strconv.FormatInt(index, 10), "what", kindName(e.Kind)), "/record/entries/" + strconv.FormatInt(index, 10)}
		if made := madeBy(e); made != "" {
			there.Href = made
		}
		return View{Page: "elsewhere", Title: message("error.404"), Status: http.StatusNotFound, Robots: "noindex", Data: elsewhereView{q.arg("id"), there}}, nil
	}
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
