package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// changedShown bounds the rows of the page; the CSV has them all.
const changedShown = 200

// changedRow is a value that stands on a page today and on its past otherwise.
type changedRow struct {
	At   string `json:"at"`             // where in the page's JSON
	Then string `json:"then,omitempty"` // absent: it was not there
	Now  string `json:"now,omitempty"`  // absent: it is there no more
}

type changedView struct {
	Page  string       `json:"page"`
	Since moment       `json:"since"`
	Then  string       `json:"-"` // address of the page as it was
	Total int          `json:"total"`
	Rows  []changedRow `json:"values"`
}

// changed compares a page with what it was: value by value of its JSON, so that
// whatever the page shows is compared, and nothing else.
func (s *Site) changed(q *request) (View, error) {
	if s.past != nil { // a comparison is with today
		return View{}, errNotFound(q.URL.Path)
	}
	asked := q.query("page", "since")
	address, err := url.Parse(asked.Get("page"))
	if err != nil || !strings.HasPrefix(address.Path, "/") || address.Host != "" {
		return View{}, keeper.Refuse(keeper.ErrInvalid, locale.E("err.changed.page", "page", asked.Get("page")))
	}
	// This request holds one connection of the store and takes a second one: one
	// comparison at a time, or several would wait for each other for ever.
	select {
	case s.comparing <- struct{}{}:
		defer func() { <-s.comparing }()
	case <-q.Context().Done():
		return View{}, q.Context().Err()
	}
	then, release, err := s.then(q.Context(), asked.Get("since"))
	if err != nil {
		return View{}, err
	}
	defer release()
	before, err := then.valuesOf(q, address)
	if err != nil {
		return View{}, err
	}
	now, err := s.valuesOf(q, address)
	if err != nil {
		return View{}, err
	}
	if before == nil && now == nil {
		return View{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.changed.page", "page", asked.Get("page")))
	}
	rows := differences(before, now)
	v := changedView{Page: address.String(), Since: then.past.moment, Total: len(rows), Rows: rows[:min(len(rows), changedShown)]}
	v.Then = withQuery(address.Path, strings.TrimPrefix(address.RawQuery+"&"+asOfName+"="+v.Since.String(), "&"))
	table := &Table{Columns: []string{"at", "then", "now"}}
	for _, r := range rows {
		table.Rows = append(table.Rows, []string{r.At, r.Then, r.Now})
	}
	return View{Page: "changed", Title: message("changed.title"), Data: v, Table: table, Live: true, Robots: "noindex"}, nil
}

// answerOf catches what a site answers, for a page that is made of another.
type answerOf struct {
	header http.Header
	status int
	bytes.Buffer
}

func (a *answerOf) Header() http.Header { return a.header }
func (a *answerOf) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// valuesOf are the values of a page's data by their place, nil where there is no such page.
func (s *Site) valuesOf(q *request, page *url.URL) (map[string]string, error) {
	twin := *page
	if twin.Path += ".json"; page.Path == "/" {
		twin.Path = "/index.json"
	}
	r, err := http.NewRequestWithContext(q.Context(), http.MethodGet, twin.String(), nil)
	if err != nil {
		return nil, err
	}
	if _, pattern := s.mux.Handler(r); !s.dated[pattern] {
		return nil, nil
	}
	a := &answerOf{header: http.Header{}}
	s.mux.ServeHTTP(a, r)
	if a.status >= http.StatusInternalServerError {
		return nil, keeper.Refuse(keeper.ErrUnavailable, locale.E("err.changed.failed"))
	}
	if a.status >= http.StatusBadRequest {
		return nil, nil
	}
	var envelope struct {
		Title any `json:"title"`
		Data  any `json:"data"`
	}
	d := json.NewDecoder(&a.Buffer)
	d.UseNumber()
	if err := d.Decode(&envelope); err != nil {
		return nil, err
	}
	values := make(map[string]string)
	noteValues(values, "title", envelope.Title, q.lang())
	noteValues(values, "", envelope.Data, q.lang())
	return values, nil
}

// noteValues notes each value under its place; wordings in the page's language only.
// Rows of a list stand under what names them, where something does, so that a row
// that came in between does not move the others.
func noteValues(to map[string]string, at string, v any, lang locale.Lang) {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := wording(v, lang); ok {
			to[at] = text
			return
		}
		for k, x := range v {
			noteValues(to, strings.TrimPrefix(at+"."+k, "."), x, lang)
		}
	case []any:
		seen := make(map[string]bool, len(v))
		for i, x := range v {
			name := rowName(x, lang)
			if name == "" || seen[name] {
				name = strconv.Itoa(i + 1)
			}
			seen[name] = true
			noteValues(to, at+"["+name+"]", x, lang)
		}
	case nil:
	case string:
		to[at] = v
	case json.Number:
		to[at] = v.String()
	case bool:
		to[at] = yesNo(v)
	}
}

// rowName names a row: its id, code, or the address that it leads to, else the
// label that stands before its value.
func rowName(row any, lang locale.Lang) string {
	m, ok := row.(map[string]any)
	if !ok {
		return ""
	}
	for _, key := range []string{"id", "code", "key", "href", "label"} {
		switch name := m[key].(type) {
		case string:
			return name
		case json.Number:
			return name.String()
		case map[string]any:
			if text, ok := wording(name, lang); ok {
				return text
			}
		}
	}
	return ""
}

// wording picks one language of a {language: text} object.
func wording(m map[string]any, lang locale.Lang) (string, bool) {
	t := make(Text, len(m))
	for k, v := range m {
		text, ok := v.(string)
		if !ok || !locale.Known(k) {
			return "", false
		}
		t[locale.Lang(k)] = text
	}
	if lang == "" {
		lang = locale.English
	}
	text, _ := t.In(lang)
	return text, len(m) > 0
}

// differences lists the places where two pages differ, in their order.
func differences(then, now map[string]string) (rows []changedRow) {
	places := maps.Clone(then)
	if places == nil {
		places = make(map[string]string)
	}
	maps.Copy(places, now)
	for _, at := range slices.Sorted(maps.Keys(places)) {
		if then[at] != now[at] {
			rows = append(rows, changedRow{at, then[at], now[at]})
		}
	}
	return rows
}
