package web

import (
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Forms live on addresses of their own, are never cached, and work without
// script: POST, then 303 to the thing just made; a rejected form comes back filled
// in with its errors. They are for who has signed in, or who came by the secret
// link of this machine: its holder acts as any party in a sample compact,
// elsewhere as the secretariat.

// maxForm is the largest body of a form; files have limits of their own.
const maxForm = 2 << 20

// formsOpen tells whether the secret link of this machine opens the forms.
func (s *Site) formsOpen() bool { return s.loopback && s.c.Secret != "" }

// FormsLink is the secret link, for the console of whoever started the program.
func (s *Site) FormsLink() string {
	if !s.formsOpen() {
		return ""
	}
	return s.c.Base + "/enter?key=" + s.c.Secret
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// entered tells whether the request comes from this machine and carries the
// cookie of the secret link.
func (s *Site) entered(r *http.Request) bool {
	return s.formsOpen() && fromHere(r) && equal(s.cookie(r, cookieEntered), keyed(s.c.Secret, "cookie"))
}

func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// formPage is what the template form.html shows.
type formPage struct {
	Action  string        `json:"action"`
	Token   string        `json:"-"` // against forged requests
	Key     string        `json:"-"` // submission key: the same form sent twice is one act
	Lead    Text          `json:"lead,omitempty"`
	Errors  []formError   `json:"errors,omitempty"`
	Fields  []formField   `json:"fields"`
	Hidden  []hiddenField `json:"-"`
	Button  Text          `json:"button"`
	Back    string        `json:"back,omitempty"`
	Advice  []Text        `json:"advice,omitempty"`
	Upload  bool          `json:"upload,omitempty"`
	Summary []factView    `json:"summary,omitempty"`
	Links   []Link        `json:"links,omitempty"`
	Drafts  []draftRow    `json:"drafts,omitempty"`
	Tasks   []task        `json:"-"`
	Panels  []panel       `json:"-"`
	Touch   *touch        `json:"-"`
	Sheet   *sheetView    `json:"-"` // on the pages of a sheet of reports
	Preview *preview      `json:"-"` // of a chapter of a report
}

// panel is a list on a page of forms: what there is, and a button for what can be
// done with each row.
type panel struct {
	Title Text
	Lead  Text
	Rows  []panelRow
	Empty Text // said where there are no rows
	Links []Link
}

type panelRow struct {
	Title   Text
	Href    string
	Notes   []Text
	Actions []panelAction
}

// panelAction is a button that sends its hidden fields to an address.
type panelAction struct {
	Label  Text
	Post   string
	Hidden []hiddenField
}

type formError struct {
	Field string
	Error *locale.Error
}

type hiddenField struct{ Name, Value string }

// formField is one labelled control.
type formField struct {
	Name     string          `json:"name"`
	Label    Text            `json:"label"`
	Help     Text            `json:"help,omitempty"`
	Kind     string          `json:"kind"` // line, text, select, many, date, decimal, file, check
	Value    string          `json:"value,omitempty"`
	Options  []choice        `json:"options,omitempty"`
	Required bool            `json:"required,omitempty"`
	Errors   []*locale.Error `json:"-"`
	Max      int             `json:"max,omitempty"`
	Group    Text            `json:"group,omitempty"` // a heading before this field
	Beside   Text            `json:"-"`               // what stands in the draft now, where somebody else was quicker
	Note     Link            `json:"-"`               // leads to what else can be done with the field
}

// formHandler makes the form (GET) or takes it (POST). To take it, it returns the
// address to go to; an error for readers brings the form back with the error at its field.
// Both ask first whether who signed in may; without may, anybody who signed in may.
// An open form asks for no sign-in. A form that shows something once has done:
// where submit returns no address, done's page is the answer.
type formHandler struct {
	page   string
	open   bool
	scope  string // of the tokens that may send it (account.Scopes); "" for what its address says
	most   int64  // bytes of the body; 0: maxForm
	may    func(q *request) error
	done   func(q *request) (View, *formPage, error)
	make   func(q *request) (View, *formPage, error)
	submit func(q *request) (to string, err error)
}

// form registers a form under its address in the six languages. Cross-origin
// posts are refused twice: by the browser's own headers
// (http.CrossOriginProtection) and by a hidden token, for browsers that send none.
func (s *Site) form(address string, h formHandler) {
	guard := http.NewCrossOriginProtection()
	for _, lang := range locale.Langs {
		s.mux.HandleFunc("GET /"+string(lang)+address, func(w http.ResponseWriter, r *http.Request) { s.showForm(w, r, lang, h, nil) })
		s.mux.Handle("POST /"+string(lang)+address, guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.takeForm(w, r, lang, h) })))
	}
	s.mux.HandleFunc("GET "+address, s.redirectToLanguage)
	s.twinOf(address, h)
}

// showForm writes the form; with an error, filled in with what was sent.
func (s *Site) showForm(w http.ResponseWriter, r *http.Request, lang locale.Lang, h formHandler, problem error) {
	var body []byte
	var q *request
	status := 0
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		if q, err = s.enterForm(r, tx, lang, h); err != nil {
			return err
		}
		q.asked = r.URL.Query() // a form's parameters are its own affair
		v, f, err := h.make(q)
		if err != nil {
			return err
		}
		f.Token = q.formToken()
		if f.Key = r.PostFormValue("key"); f.Key == "" {
			f.Key = keeper.NewKey()
		}
		f.setErrors(problem)
		v.Data, v.Private, v.Robots = f, true, "noindex"
		if v.Page = h.page; v.Page == "" {
			v.Page = "form"
		}
		if status = v.Status; v.Script {
			w.Header()["Content-Security-Policy"] = s.scriptCSP
		}
		body, err = s.html(nil, s.frame(q, v))
		return err
	})
	if err == nil {
		err = s.noteVisit(q)
	}
	if errors.Is(err, errSignIn) && problem == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/"+string(lang)+"/sign-in?to="+url.QueryEscape(strings.TrimPrefix(r.URL.RequestURI(), "/"+string(lang))), http.StatusSeeOther)
		return
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	if q.visit != "" {
		s.setCookie(w.Header(), cookieVisit, q.visit, 0)
	}
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Type", "text/html; charset=utf-8")
	if problem != nil {
		if status = statusOf(problem); status == http.StatusNotFound { // the page is there; something that was written on it is not
			status = http.StatusUnprocessableEntity
		}
	}
	s.noteRefusal(r, status)
	if status != 0 {
		w.WriteHeader(status)
	}
	_, _ = w.Write(body)
}

// setErrors hangs each error at its field, and the rest at the top.
func (f *formPage) setErrors(err error) {
	es, _ := locale.All(err)
	for _, e := range es {
		place := ""
		for i := range f.Fields {
			if f.Fields[i].Name == e.Place {
				f.Fields[i].Errors = append(f.Fields[i].Errors, e)
				place = e.Place
			}
		}
		f.Errors = append(f.Errors, formError{place, e})
	}
}

// takeForm checks the token and hands the form over.
func (s *Site) takeForm(w http.ResponseWriter, r *http.Request, lang locale.Lang, h formHandler) {
	var q *request
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		q, err = s.enterForm(r, tx, lang, h)
		return err
	})
	if err == nil {
		r.Body = http.MaxBytesReader(w, r.Body, max(h.most, maxForm))
		err = parseForm(r)
	}
	if err == nil && !equal(r.PostFormValue("token"), q.formToken()) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.token"))
	}
	if err == nil {
		err = s.noteVisit(q)
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	if r.PostForm.Get("key") == "" { // a sender without one must not share the empty key with all others
		r.PostForm.Set("key", keeper.NewKey())
		r.Form.Set("key", r.PostForm.Get("key"))
	}
	q.Tx = nil // the snapshot has ended: a submission reads and writes in transactions of its own
	q.header = w.Header()
	to, err := h.submit(q)
	if err == nil && to == "" {
		once := func(now *request) (View, *formPage, error) { q.Tx = now.Tx; return h.done(q) }
		s.showForm(w, r, lang, formHandler{page: h.page, open: h.open, make: once}, nil)
		return
	}
	if err == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/"+string(lang)+to, http.StatusSeeOther)
		return
	}
	if reason := s.c.Keeper.ReadOnly(); reason != nil && errors.Is(err, reason) {
		err = keeper.Refuse(errReadOnly, err)
	}
	if _, ok := locale.All(err); ok { // where the address leads to nothing, the form says so itself
		s.showForm(w, r, lang, h, err)
		return
	}
	s.fail(w, r, lang, err)
}

func parseForm(r *http.Request) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		err = r.ParseMultipartForm(maxForm)
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return keeper.Refuse(errTooLarge, locale.E("err.form.too_large", "max", large.Limit))
	}
	if err != nil {
		return keeper.Refuse(keeper.ErrInvalid, locale.E("err.form.broken"))
	}
	return nil
}

// errTooLarge is answered 413, errReadOnly 503: the form comes back filled in with the reason.
var (
	errTooLarge = errors.New("too large")
	errReadOnly = errors.New("read-only")
)

// enter is the secret link: a page with one button, because scanners of mail and
// chat open links.
func (s *Site) enter(w http.ResponseWriter, r *http.Request) {
	lang := locale.Match(r.Header.Get("Accept-Language"))
	key := r.FormValue("key")
	if !s.formsOpen() || !fromHere(r) || !equal(key, s.c.Secret) {
		s.fail(w, r, lang, keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.wrong_link")))
		return
	}
	if r.Method == http.MethodPost {
		s.setCookie(w.Header(), cookieEntered, keyed(s.c.Secret, "cookie"), 0)
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/"+string(lang)+"/desk", http.StatusSeeOther)
		return
	}
	var body []byte
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, lang)
		if err != nil {
			return err
		}
		f := &formPage{Action: "/enter", Key: key, Lead: message("form.enter.lead"), Button: message("form.enter.button")}
		body, err = s.html(nil, s.frame(q, View{Page: "form", Title: message("form.enter.title"), Data: f, Private: true, Robots: "noindex"}))
		return err
	})
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body)
}
