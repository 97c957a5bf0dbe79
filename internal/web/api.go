package web

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Each form that publishes has a twin for programs: POST /api and the form's own
// address, with a token in place of a sign-in and a JSON object in place of the
// fields. It ends in the same function as the form. GET at the same address tells
// the fields. A cookie opens nothing here, so no other site can send one's browser.

// twinRoute is a form that programs may send.
type twinRoute struct {
	Address string
	Scope   string
}

// scopeOf is the scope that a form belongs to; "" for a form that is for people only.
func scopeOf(address string, h formHandler) string {
	switch {
	case h.scope != "" || h.open:
		return h.scope
	case strings.HasSuffix(address, "/report"):
		return account.ScopeReport
	case strings.HasSuffix(address, "/import"):
		return account.ScopeImport
	case strings.HasPrefix(address, "/commitments/"), strings.HasPrefix(address, "/support/"), address == "/desk/drafts/{id}/{step}", address == "/desk/drafts/{id}/check":
		return account.ScopeCommit
	case strings.HasPrefix(address, "/stakeholders/"), strings.HasPrefix(address, "/bodies/") && address != "/bodies/{id}/answer":
		return account.ScopeParty
	}
	return ""
}

// twinOf registers the twin of a form.
func (s *Site) twinOf(address string, h formHandler) {
	scope := scopeOf(address, h)
	if scope == "" {
		return
	}
	s.twins = append(s.twins, twinRoute{address, scope})
	s.mux.HandleFunc("POST /api"+address, func(w http.ResponseWriter, r *http.Request) { s.takeTwin(w, r, scope, h) })
	s.mux.HandleFunc("GET /api"+address, func(w http.ResponseWriter, r *http.Request) { s.showTwin(w, r, scope, h) })
}

// errNoToken is answered 401.
var errNoToken = errors.New("no token")

// bearer finds out who sends a program, and whether its token reaches this far.
func (s *Site) bearer(r *http.Request, tx *db.Tx, scope string, h formHandler) (*request, error) {
	q, err := s.request(r, tx, locale.Match(r.Header.Get("Accept-Language")))
	if err != nil {
		return nil, err
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return q, keeper.Refuse(errNoToken, locale.E("err.api.token"))
	}
	var scopes []string
	q.Who, scopes, q.late, err = account.ByToken(tx, q.Now, strings.TrimSpace(token))
	if s.c.StrongStaff { // nobody vouches for a token
		q.Who.Withhold()
	}
	switch {
	case err != nil:
		return q, err
	case q.Who == nil:
		return q, keeper.Refuse(errNoToken, locale.E("err.api.token"))
	case !slices.Contains(scopes, scope):
		return q, keeper.Refuse(keeper.ErrForbidden, locale.E("err.api.scope", "scope", scope))
	}
	q.secret = strings.TrimSpace(token)
	if h.may != nil {
		err = q.told(h.may(q))
	}
	return q, err
}

// noteToken notes that a token was used, at most once an hour.
func (s *Site) noteToken(q *request) error {
	if !q.late {
		return nil
	}
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return account.TokenUsed(tx, q.Now, q.secret) })
}

// made is the answer to a form that a program sent.
type madeView struct {
	Href    string  `json:"href"`
	Entries []int64 `json:"entries"`
	Waits   bool    `json:"waits,omitempty"` // somebody else has to approve it first
}

func (s *Site) takeTwin(w http.ResponseWriter, r *http.Request, scope string, h formHandler) {
	var q *request
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		q, err = s.bearer(r, tx, scope, h)
		return err
	})
	if err == nil {
		err = s.noteToken(q)
	}
	if err == nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err = parseTwin(r, q.Who.ID)
	}
	if err != nil {
		s.problem(w, r, err)
		return
	}
	q.Tx, q.header = nil, http.Header{}
	to, err := h.submit(q)
	if err != nil {
		if reason := s.c.Keeper.ReadOnly(); reason != nil && errors.Is(err, reason) {
			err = keeper.Refuse(errReadOnly, err)
		}
		s.problem(w, r, err)
		return
	}
	answer := madeView{Href: to, Entries: []int64{}, Waits: strings.HasPrefix(to, "/desk/pending/")}
	for _, m := range q.made {
		answer.Entries = append(answer.Entries, m.Index)
	}
	status := http.StatusCreated
	if answer.Waits {
		status = http.StatusAccepted
	}
	w.Header().Set("Location", s.c.Base+to)
	s.sendJSON(w, status, "application/json", answer)
}

// showTwin tells the fields of a form, with what can be chosen.
func (s *Site) showTwin(w http.ResponseWriter, r *http.Request, scope string, h formHandler) {
	var f *formPage
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.bearer(r, tx, scope, h)
		if err != nil {
			return err
		}
		_, f, err = h.make(q)
		return err
	})
	if err != nil {
		s.problem(w, r, err)
		return
	}
	f.Action = r.URL.Path
	f.blank()
	s.sendJSON(w, http.StatusOK, "application/json", f)
}

// blank takes out what somebody typed: a token tells which fields there are, and
// reads nothing that is private.
func (f *formPage) blank() {
	f.Summary, f.Drafts, f.Advice, f.Links, f.Errors = nil, nil, nil, nil, nil
	for i := range f.Fields {
		f.Fields[i].Value = ""
		options := slices.Clone(f.Fields[i].Options)
		for j := range options {
			options[j].Chosen = false
		}
		f.Fields[i].Options = options
	}
}

func (s *Site) sendJSON(w http.ResponseWriter, status int, kind string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"status":500}`)
		s.c.Log.Error("no answer to a program", "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// mostFields is more than any form has.
const mostFields = 2000

// parseTwin reads the JSON object into the form's fields: a text, a number, true, or
// a list of them, each under its field. Deeper values are refused.
func parseTwin(r *http.Request, account string) error {
	b, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return keeper.Refuse(errTooLarge, locale.E("err.form.too_large", "max", large.Limit))
	}
	var fields map[string]json.RawMessage
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || json.Unmarshal(b, &fields) != nil || len(fields) > mostFields {
		return keeper.Refuse(keeper.ErrInvalid, locale.E("err.api.body"))
	}
	form := url.Values{}
	var errs locale.Errors
	for name, raw := range fields {
		values, ok := plainValues(raw, true)
		if !ok {
			errs.AddField(name, locale.E("err.api.value"))
		}
		form[name] = values
	}
	if err := errs.Err(); err != nil {
		return keeper.Refuse(keeper.ErrInvalid, err)
	}
	key := firstOf(r.Header.Get("Idempotency-Key"), form.Get("key"), keeper.NewKey())
	form.Set("key", "api "+account+" "+keeper.Line(key))
	r.PostForm, r.Form = form, form
	return nil
}

// plainValues reads one text, number or truth, or with many a list of them.
func plainValues(raw json.RawMessage, many bool) (out []string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var list []json.RawMessage
	if many && json.Unmarshal(raw, &list) == nil {
		for _, one := range list {
			v, ok := plainValues(one, false)
			if !ok {
				return nil, false
			}
			out = append(out, v...)
		}
		return out, true
	}
	var v any
	if d.Decode(&v) != nil {
		return nil, false
	}
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case json.Number:
		return []string{v.String()}, true
	case bool:
		if v {
			return []string{"yes"}, true
		}
		return nil, true
	}
	return nil, false
}

// problemView is an error for programs (RFC 9457), with what is wrong at each field.
type problemView struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Errors []problemField `json:"errors,omitempty"`
	Number string         `json:"number,omitempty"` // that the log has too
}

type problemField struct {
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// problem answers a program with an error, in the language that it asks for.
func (s *Site) problem(w http.ResponseWriter, r *http.Request, err error) {
	lang := locale.Match(r.Header.Get("Accept-Language"))
	status := statusOf(err)
	p := problemView{Type: "about:blank", Title: lang.T("error." + itoa(status)), Status: status}
	es, _ := locale.All(err)
	for _, e := range es {
		p.Errors = append(p.Errors, problemField{e.Place, e.In(lang)})
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="kept"`)
	case http.StatusInternalServerError:
		var b [6]byte
		_, _ = rand.Read(b[:])
		p.Number, p.Errors = hex.EncodeToString(b[:]), nil
		s.c.Log.Error("request failed", "number", p.Number, "path", r.URL.Path, "error", err)
	}
	s.sendJSON(w, status, "application/problem+json", p)
}
