package web_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

const houseBase = "https://desk.example"

// house is a site at which people sign in: its letters lie in a slice, and what is
// done after an answer waits until a test lets it be done.
type house struct {
	t       *testing.T
	site    *web.Site
	k       *keeper.Keeper
	d       *db.DB
	now     time.Time
	files   string
	letters []web.Letter
	work    [][]byte
	state   int64 // a State
	org     int64 // an organisation that endorsed
	promise int64 // the State's commitment
}

func newHouse(t *testing.T, store *db.DB, pack fs.FS) *house {
	t.Helper()
	h := &house{t: t, d: store, now: testDay}
	dir := t.TempDir()
	h.files = filepath.Join(dir, "files")
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	h.k, err = keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")},
		Subjects: subjects(), Clock: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.k.Close)
	begin(t, h.k, pack)
	h.site, err = web.New(web.Config{Keeper: h.k, Base: houseBase, Build: "test", Files: h.files, Log: slog.New(slog.DiscardHandler),
		Operator: web.Operator{Name: "Example Institute", Contact: "mailto:kept@desk.example", Privacy: "https://desk.example/privacy"},
		Post:     func(_ *db.Tx, letters ...web.Letter) error { h.letters = append(h.letters, letters...); return nil },
		Later:    func(_ *db.Tx, _, _ string, payload []byte) error { h.work = append(h.work, payload); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// harbourHouse has a State with a commitment and an organisation that endorsed.
func harbourHouse(t *testing.T, store *db.DB) *house {
	h := newHouse(t, store, compacts.Harbour())
	h.write(func(tx *db.Tx) error {
		return tx.Row("SELECT id FROM party WHERE kind = 'state' ORDER BY id LIMIT 1").Scan(&h.state)
	})
	submit := func(a keeper.Act) int64 {
		t.Helper()
		out, err := h.k.Submit(t.Context(), "", a)
		if err != nil {
			t.Fatalf("%s: %v", a.Kind, err)
		}
		return out[0].Index
	}
	h.org = submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"},
		Words: map[string]string{"name.und": "Northquay Port Authority"}})
	h.promise = submit(keeper.Act{Kind: commitment.KindMade, By: itoa(h.state),
		Facts: commitment.Made{Lead: h.state, Lang: "en", Items: []string{"H.5"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QM"}, Beneficiaries: []string{"everyone"},
			Indicators:  []commitment.Indicator{{Unit: "percent", Direction: "up", Measure: "stock", Baseline: "44", BaselineOn: "2025-03-01", Target: "80", TargetOn: "2030-12-31", Frequency: "half_yearly", Primary: true}},
			ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "none"},
		Words: map[string]string{"title.en": "Waste is treated", "promise.en": "80 per cent of the waste is treated by the end of 2030.", "problem.en": "An open tip.", "will_do.en": "A plant opens.",
			"responsible_unit.en": "Programme office", "indicators.0.name.en": "Share treated", "indicators.0.source.en": "Weighbridge records"}})
	return h
}

func (h *house) write(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.d.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// person makes an account with a role ("" for none) and posts.
func (h *house) person(mail string, role account.Role, posts ...account.Post) (id string) {
	h.t.Helper()
	h.write(func(tx *db.Tx) (err error) {
		if id, err = account.Add(tx, h.now, mail, "", locale.English); err != nil {
			return err
		}
		if role != "" {
			if err := account.Grant(tx, h.now, id, role); err != nil {
				return err
			}
		}
		for _, p := range posts {
			if err := account.Appoint(tx, h.now, id, p); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// do does what was put off.
func (h *house) do() {
	h.t.Helper()
	for _, payload := range h.work {
		if err := h.site.Work(h.t.Context(), "sign-in", payload); err != nil {
			h.t.Fatal(err)
		}
	}
	h.work = nil
}

var letterLink = regexp.MustCompile(`https://desk\.example(/en/link/\S+)`)

// linkFor is the newest link in a letter to an address.
func (h *house) linkFor(mail string) string {
	h.t.Helper()
	for _, l := range slices.Backward(h.letters) {
		if m := letterLink.FindStringSubmatch(l.Body); l.To == mail && m != nil {
			return m[1]
		}
	}
	h.t.Fatalf("no letter to %s holds a link", mail)
	return ""
}

// toldAbout counts the letters to an address whose subject or text says something.
func (h *house) toldAbout(mail, what string) (n int) {
	for _, l := range h.letters {
		if l.To == mail && strings.Contains(l.Subject+l.Body, what) {
			n++
		}
	}
	return n
}

// browser keeps the cookies of one person.
type browser struct {
	h       *house
	cookies map[string]*http.Cookie
	remote  string
}

func (h *house) browser() *browser {
	return &browser{h: h, cookies: map[string]*http.Cookie{}, remote: "198.51.100.7:4711"}
}

func (b *browser) send(method, address, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, houseBase+address, strings.NewReader(body))
	r.RemoteAddr = b.remote
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	if change != nil {
		change(r)
	}
	w := request(b.h.site, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return w
}

func (b *browser) get(address string) *httptest.ResponseRecorder {
	return b.send(http.MethodGet, address, "", nil)
}

// want asks for a page and wants its status.
func (b *browser) want(address string, status int) string {
	b.h.t.Helper()
	w := b.get(address)
	if w.Code != status {
		b.h.t.Fatalf("GET %s: got status %d, want %d\n%s", address, w.Code, status, firstLines(w.Body.String()))
	}
	return w.Body.String()
}

var hiddenKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// post fills in the form that stands on a page and sends it to an address.
func (b *browser) post(page, address string, fields url.Values) *httptest.ResponseRecorder {
	b.h.t.Helper()
	body := b.want(page, http.StatusOK)
	m := formToken.FindStringSubmatch(body)
	if m == nil {
		b.h.t.Fatalf("%s holds no form\n%s", page, firstLines(body))
	}
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("token", m[1])
	if k := hiddenKey.FindStringSubmatch(body); k != nil && fields.Get("key") == "" {
		fields.Set("key", k[1])
	}
	return b.send(http.MethodPost, address, fields.Encode(), nil)
}

// fill sends a form and wants to be led somewhere.
func (b *browser) fill(address string, fields url.Values) (to string) {
	b.h.t.Helper()
	bare, _, _ := strings.Cut(address, "?")
	w := b.post(address, bare, fields)
	if w.Code != http.StatusSeeOther {
		b.h.t.Fatalf("POST %s: got status %d, want 303\n%s", address, w.Code, firstLines(w.Body.String()))
	}
	return w.Header().Get("Location")
}

// signIn goes the whole way: the address, the letter, the page, the button.
func (h *house) signIn(mail string) *browser {
	h.t.Helper()
	b := h.browser()
	b.fill("/en/sign-in", url.Values{"mail": {mail}})
	h.do()
	link := h.linkFor(mail)
	if to := b.fill(link, nil); to != "/en/desk" {
		h.t.Fatalf("signed in, and led to %s", to)
	}
	return b
}
