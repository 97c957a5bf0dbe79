package web_test

import (
	"bytes"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

const (
	formBase   = "http://127.0.0.1:8080"
	formSecret = "a secret for the tests of the forms"
	here       = "127.0.0.1:50000"
)

var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// desk is a site whose forms are open, with the cookie of whoever opened them.
type desk struct {
	t      testing.TB
	site   *web.Site
	k      *keeper.Keeper
	cookie *http.Cookie
}

func newDesk(t *testing.T, base string) *desk {
	t.Helper()
	_, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	site, err := web.New(web.Config{Keeper: k, Base: base, Secret: formSecret, Build: "test",
		Operator: web.Operator{Name: "Example Institute", Contact: "mailto:kept@gdc.example", Privacy: "https://gdc.example/privacy"}})
	if err != nil {
		t.Fatal(err)
	}
	d := enterDesk(t, base, site)
	d.k = k
	return d
}

// enterDesk signs in by the secret link.
func enterDesk(t testing.TB, base string, site *web.Site) *desk {
	d := &desk{t: t, site: site}
	r := httptest.NewRequest(http.MethodPost, base+"/enter", strings.NewReader(url.Values{"key": {formSecret}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = here
	for _, c := range request(site, r).Result().Cookies() {
		d.cookie = c
	}
	return d
}

// ask sends a request from this machine with the cookie.
func (d *desk) ask(method, address, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, formBase+address, strings.NewReader(body))
	r.RemoteAddr = here
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if d.cookie != nil {
		r.AddCookie(d.cookie)
	}
	if change != nil {
		change(r)
	}
	return request(d.site, r)
}

func (d *desk) token() string {
	d.t.Helper()
	w := d.ask(http.MethodGet, "/en/stakeholders/new", "", nil)
	m := formToken.FindStringSubmatch(w.Body.String())
	if m == nil {
		d.t.Fatalf("the form does not open: status %d", w.Code)
	}
	return m[1]
}

// send fills in a form and returns where it leads, or its status.
func (d *desk) send(address string, fields url.Values) *httptest.ResponseRecorder {
	fields.Set("token", d.token())
	return d.ask(http.MethodPost, address, fields.Encode(), nil)
}

func registration(token string) string {
	return url.Values{"token": {token}, "name": {"Harbour Watch"}, "kind": {"local-authority"}, "area": {"QM"}}.Encode()
}

func TestFormsRefuse(t *testing.T) {
	d := newDesk(t, formBase)
	token := d.token()
	big := registration(token) + "&purpose=" + strings.Repeat("a", 3<<20)
	tests := []struct {
		name   string
		body   string
		change func(*http.Request)
		want   int
	}{
		{"without the cookie", registration(token), func(r *http.Request) { r.Header.Del("Cookie") }, http.StatusForbidden},
		{"with a wrong cookie", registration(token), func(r *http.Request) { r.Header.Set("Cookie", d.cookie.Name+"=0000") }, http.StatusForbidden},
		{"without the token", registration(""), nil, http.StatusForbidden},
		{"with a wrong token", registration("0000"), nil, http.StatusForbidden},
		{"from another site, by the browser", registration(token), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		{"from another origin", registration(token), func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		{"from another machine", registration(token), func(r *http.Request) { r.RemoteAddr = "192.0.2.7:50000" }, http.StatusForbidden},
		{"from a broken address", registration(token), func(r *http.Request) { r.RemoteAddr = "nowhere" }, http.StatusForbidden},
		{"larger than a form may be", big, nil, http.StatusRequestEntityTooLarge},
		{"multipart without a boundary", "x", func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data") }, http.StatusUnprocessableEntity},
		{"multipart that breaks off", "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + token, func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=b") }, http.StatusUnprocessableEntity},
		{"broken escapes", "name=%zz", nil, http.StatusUnprocessableEntity},
		{"nothing filled in", "token=" + token, nil, http.StatusUnprocessableEntity},
	}
	before := d.k.Size()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := d.ask(http.MethodPost, "/en/stakeholders/new", test.body, test.change)
			if w.Code != test.want {
				t.Errorf("got status %d, want %d\n%s", w.Code, test.want, firstLines(w.Body.String()))
			}
			if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options is %q", got)
			}
		})
	}
	if d.k.Size() != before {
		t.Errorf("%d entries were written by requests that were refused", d.k.Size()-before)
	}
	if w := d.ask(http.MethodPost, "/en/stakeholders/new", registration(token), nil); w.Code != http.StatusSeeOther {
		t.Errorf("the honest form: got status %d, want 303\n%s", w.Code, firstLines(w.Body.String()))
	}
}

// TestTooLargeUpload sends a file beyond the limit inside a well-formed body.
func TestTooLargeUpload(t *testing.T) {
	d := newDesk(t, formBase)
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("token", d.token())
	part, _ := m.CreateFormFile("file", "a.bin")
	_, _ = part.Write(make([]byte, 3<<20))
	_ = m.Close()
	w := d.ask(http.MethodPost, "/en/stakeholders/new", b.String(), func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got status %d, want 413", w.Code)
	}
}

func TestFormsStayClosed(t *testing.T) {
	d := newDesk(t, testBase) // a public base, though a secret is set
	if d.cookie != nil {
		t.Error("the secret link opens forms on a public address")
	}
	if d.site.FormsLink() != "" {
		t.Error("a public address has a link that opens forms")
	}
	for _, address := range []string{"/en/stakeholders/new", "/en/commitments/new", "/en/desk", "/en/stakeholders/1/withdraw"} {
		if w := d.ask(http.MethodGet, address, "", nil); w.Code != http.StatusForbidden {
			t.Errorf("%s: got status %d, want 403", address, w.Code)
		}
	}
	if strings.Contains(page(t, d.site, "/en/", http.StatusOK), "/commitments/new") {
		t.Error("the front page leads to a form that is closed")
	}
}

// TestFormsAreNotKept wants forms out of every cache, and nothing of a form on public pages.
func TestFormsAreNotKept(t *testing.T) {
	d := newDesk(t, formBase)
	w := d.ask(http.MethodGet, "/en/stakeholders/new", "", nil)
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a form is %q, want no-store", got)
	}
	if !d.cookie.HttpOnly || d.cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v", d.cookie)
	}
	with := d.ask(http.MethodGet, "/en/stakeholders", "", nil)
	if without := get(d.site, "/en/stakeholders"); with.Body.String() != without.Body.String() || with.Header().Get("Set-Cookie") != "" {
		t.Error("a public page differs for whoever opened the forms")
	}
}

// TestReadOnlyRecord sets a store under the lock of a record that got further:
// forms come back with the reason and 503, and reading goes on.
func TestReadOnlyRecord(t *testing.T) {
	dir := t.TempDir()
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "gdc.example")
	if err != nil {
		t.Fatal(err)
	}
	lock := keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")}
	open := func(name string) *keeper.Keeper {
		store, err := db.Open(t.Context(), db.Config{Dir: filepath.Join(dir, name)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		k, err := keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: lock, Subjects: subjects(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(k.Close)
		return k
	}
	behind := open("behind")
	begin(t, behind, compacts.Harbour())
	ahead := open("ahead")
	begin(t, ahead, compacts.Harbour())
	if _, err := ahead.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"}, Words: map[string]string{"name.und": "One more"}}); err != nil {
		t.Fatal(err)
	}
	if err := ahead.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = behind.Sign(t.Context())
	if behind.ReadOnly() == nil {
		t.Fatal("the record that fell behind its lock still takes acts")
	}
	site, err := web.New(web.Config{Keeper: behind, Base: formBase, Secret: formSecret, Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, site: site, k: behind}
	r := httptest.NewRequest(http.MethodPost, formBase+"/enter", strings.NewReader("key="+url.QueryEscape(formSecret)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = here
	d.cookie = request(site, r).Result().Cookies()[0]
	w := d.ask(http.MethodPost, "/en/stakeholders/new", registration(d.token()), nil)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Reading goes on") || !strings.Contains(w.Body.String(), "Harbour Watch") {
		t.Errorf("a form: got status %d, want 503 with the reason and what was typed\n%s", w.Code, firstLines(w.Body.String()))
	}
	if w := get(site, "/healthz"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "degraded") {
		t.Errorf("/healthz: got status %d, %q", w.Code, w.Body.String())
	}
	page(t, site, "/en/", http.StatusOK)
}
