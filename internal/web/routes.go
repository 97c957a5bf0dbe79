package web

import "net/http"

// routes is the table of all addresses.
func (s *Site) routes() {
	s.page("/", s.home)
	s.page("/texts", s.texts)
	s.page("/texts/{id}", s.text)
	s.page("/items", s.items)
	s.page("/items/{id}", s.item)

	s.page("/stakeholders", s.parties)
	s.page("/stakeholders/{id}", s.party)
	s.form("/stakeholders/new", s.registerForm())
	s.form("/stakeholders/{id}/endorse", s.endorseForm())
	s.mux.HandleFunc("GET /enter", s.enter)
	s.mux.HandleFunc("POST /enter", s.enter)

	s.mux.HandleFunc("/", s.nowhere)
}

// nowhere answers addresses that no page has.
func (s *Site) nowhere(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, languageOf(r), errNotFound(r.URL.Path))
}
