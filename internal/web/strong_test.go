package web_test

import (
	"html"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/account/signin/signintest"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/web"
)

// strongSite is a site on this machine under a host name, with a provider, and an
// account for Ada.
type strongSite struct {
	t        *testing.T
	base     string
	site     *web.Site
	store    *db.DB
	provider *signintest.Provider
	letters  []web.Letter
	log      strings.Builder // of the site; read between requests
	later    func() error    // what becomes of work that is put off
}

func newStrongSite(t *testing.T) *strongSite {
	t.Helper()
	s := &strongSite{t: t, provider: signintest.NewProvider(t), later: func() error { return nil }}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.site.ServeHTTP(w, r) })
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s.base = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)

	dir := t.TempDir()
	store, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	key, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	k, err := keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock", "lock")},
		Subjects: subjects(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	begin(t, k, compacts.Harbour())
	provider, err := signin.NewProvider(t.Context(), signin.ProviderConfig{Issuer: s.provider.URL, ClientID: signintest.ClientID,
		ClientSecret: signintest.ClientSecret, Redirect: s.base + web.ProviderReturn})
	if err != nil {
		t.Fatal(err)
	}
	s.store = store
	s.site, err = web.New(web.Config{Keeper: k, Base: s.base, Build: "test", Provider: provider, ProviderName: "Ministry ID",
		Post:  func(_ *db.Tx, l ...web.Letter) error { s.letters = append(s.letters, l...); return nil },
		Log:   slog.New(slog.NewTextHandler(&s.log, nil)),
		Later: func(*db.Tx, string, string, []byte) error { return s.later() }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// person makes an account.
func (s *strongSite) person(mail string) (id string) {
	s.t.Helper()
	err := s.store.Write(s.t.Context(), func(tx *db.Tx) (err error) {
		id, err = account.Add(tx, time.Now(), mail, "", locale.English)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// browser is a browser with its own cookies.
func (s *strongSite) browser() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &visitor{s: s, Client: &http.Client{Jar: jar}}
}

// visitor reads pages and sends their forms.
type visitor struct {
	s *strongSite
	*http.Client
	at     *url.URL
	status int
	csp    string
	body   string
}

func (v *visitor) take(r *http.Response, err error) *visitor {
	v.s.t.Helper()
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer r.Body.Close()
	var b strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := r.Body.Read(buffer)
		b.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	v.at, v.status, v.csp, v.body = r.Request.URL, r.StatusCode, r.Header.Get("Content-Security-Policy"), b.String()
	return v
}

func (v *visitor) open(address string) *visitor {
	v.s.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = v.s.base + address
	}
	return v.take(v.Get(address))
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="(\w+)"(?: value="([^"]*)")?>`)
	formAction  = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	questions   = regexp.MustCompile(`data-options="([^"]*)"`)
)

// send sends the last form of the page with some fields filled in.
func (v *visitor) send(fields ...string) *visitor {
	v.s.t.Helper()
	forms := formAction.FindAllStringSubmatchIndex(v.body, -1)
	if len(forms) == 0 {
		v.s.t.Fatalf("%s has no form (%d): %s", v.at, v.status, firstLines(v.body))
	}
	form := v.body[forms[len(forms)-1][0]:]
	values := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(form, -1) {
		values.Set(m[1], html.UnescapeString(m[2]))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	to, err := v.at.Parse(html.UnescapeString(formAction.FindStringSubmatch(form)[1]))
	if err != nil {
		v.s.t.Fatal(err)
	}
	return v.take(v.PostForm(to.String(), values))
}

// question is what the page asks the passkey.
func (v *visitor) question() []byte {
	v.s.t.Helper()
	m := questions.FindStringSubmatch(v.body)
	if m == nil {
		v.s.t.Fatalf("%s asks no passkey (%d): %s", v.at, v.status, firstLines(v.body))
	}
	return []byte(html.UnescapeString(m[1]))
}

// byMail signs in by a mailed link.
func (v *visitor) byMail(mail string) *visitor {
	v.s.t.Helper()
	var token string
	err := v.s.store.Write(v.s.t.Context(), func(tx *db.Tx) error {
		who, err := account.Find(tx, mail)
		if err != nil {
			return err
		}
		token, err = account.SignInLink(tx, time.Now(), who.ID, "")
		return err
	})
	if err != nil {
		v.s.t.Fatal(err)
	}
	return v.open("/en/link/" + token).send()
}

func (v *visitor) want(status int, texts ...string) *visitor {
	v.s.t.Helper()
	if v.status != status {
		v.s.t.Fatalf("%s: got status %d, want %d\n%s", v.at, v.status, status, firstLines(v.body))
	}
	for _, text := range texts {
		if !strings.Contains(v.body, text) {
			v.s.t.Errorf("%s does not show %q\n%s", v.at, text, firstLines(v.body))
		}
	}
	return v
}

// sessions tells how the sessions of an account came about.
func (s *strongSite) sessions(id string) (strong, all int) {
	s.t.Helper()
	err := s.store.Read(s.t.Context(), func(tx *db.Tx) error {
		list, err := account.Sessions(tx, time.Now(), id)
		for _, one := range list {
			if all++; one.Strong {
				strong++
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return strong, all
}

// addKey adds a passkey the way a person does.
func (v *visitor) addKey(t *testing.T, name string) *signintest.Authenticator {
	t.Helper()
	a := signintest.NewAuthenticator(t, v.s.base)
	v.open("/en/desk/passkeys").want(200).send("name", name).want(200, "data-passkey=\"create\"")
	if !strings.Contains(v.csp, "script-src 'sha256-") {
		t.Errorf("the page with the script has the policy %q", v.csp)
	}
	v.send("answer", string(a.Create(t, v.question())))
	return a
}

func TestPasskeySignIn(t *testing.T) {
	s := newStrongSite(t)
	ada := s.person("ada@example.org")
	v := s.browser().byMail("ada@example.org").want(200)
	key := v.addKey(t, "phone")
	v.want(200, "phone", "Remove a passkey")
	if strong, all := s.sessions(ada); strong != 0 || all != 1 {
		t.Errorf("%d of %d sessions are strong after a mailed link", strong, all)
	}
	if len(s.letters) != 1 || s.letters[0].To != "ada@example.org" || !strings.Contains(s.letters[0].Body, "/desk/passkeys") {
		t.Errorf("letters: %+v", s.letters)
	}

	w := s.browser()
	w.open("/en/sign-in").want(200, "Sign in with a passkey", "Sign in with Ministry ID")
	w.open("/en/sign-in/passkey?to=/desk/account").want(200).send().want(200, "data-passkey=\"get\"")
	answer := string(key.Get(t, w.question()))
	touched := *w
	w.send("answer", answer).want(200, "ada@example.org")
	if w.at.Path != "/en/desk/account" {
		t.Errorf("signed in and sent to %s", w.at)
	}
	if strong, all := s.sessions(ada); strong != 1 || all != 2 {
		t.Errorf("%d of %d sessions are strong after a passkey", strong, all)
	}
	again := touched
	again.send("answer", answer).want(403) // the question was used up

	// Whoever has a key shows it before another is made or one goes.
	v.open("/en/desk/passkeys").send("name", "tablet").want(403, "Sign in with it first")
	w.addKey(t, "tablet")
	w.want(200, "phone", "tablet")
}

func TestPasskeySignInRefused(t *testing.T) {
	s := newStrongSite(t)
	s.person("ada@example.org")
	key := s.browser().byMail("ada@example.org").addKey(t, "phone")

	stranger := signintest.NewAuthenticator(t, s.base)
	stranger.Handle = key.Handle
	v := s.browser()
	v.open("/en/sign-in/passkey").send()
	v.send("answer", string(stranger.Get(t, v.question()))).want(403, "did not work")
	v.open("/en/desk").want(200, "Sign in") // still nobody

	v.open("/en/sign-in/passkey").send()
	v.send("answer", `{"id":"x"}`).want(403, "did not work")
	v.open("/en/sign-in/passkey/guessed").want(403, "did not work")

	// A question that somebody else began registers nothing for her.
	s.person("kofi@example.org")
	kofi := s.browser().byMail("kofi@example.org")
	kofi.open("/en/desk/passkeys").send("name", "phone")
	eve := s.browser().byMail("ada@example.org")
	eve.open(kofi.at.String())
	eve.send("answer", string(signintest.NewAuthenticator(t, s.base).Create(t, eve.question()))).want(403, "did not work")
}

func TestProviderSignIn(t *testing.T) {
	s := newStrongSite(t)
	awa := s.person("awa@ministry.example")
	v := s.browser().open("/fr/sign-in/provider?to=/desk/account").want(200, "awa@ministry.example")
	if v.at.Path != "/fr/desk/account" {
		t.Errorf("sent to %s", v.at)
	}
	if strong, all := s.sessions(awa); strong != 1 || all != 1 {
		t.Errorf("%d of %d sessions are strong", strong, all)
	}
	v.open(web.ProviderReturn + "?state=x&code=y").want(403) // the journey has ended

	// The way back belongs to the browser that went.
	v = s.browser()
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == web.ProviderReturn {
			return http.ErrUseLastResponse
		}
		return nil
	}
	r, err := v.Get(s.base + "/en/sign-in/provider")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	back, err := r.Location()
	if err != nil {
		t.Fatal(err)
	}
	s.browser().open(back.String()).want(403)

	s.provider.Change = func(c map[string]any) { c["sub"], c["email"] = "employee 18", "nobody@ministry.example" }
	s.browser().open("/en/sign-in/provider").want(403, "no account here for you")
}

// TestPasskeyHasALimit begins signing in more often than a network may in an hour:
// each time is a row.
func TestPasskeyHasALimit(t *testing.T) {
	s := newStrongSite(t)
	v := s.browser()
	for range 120 {
		v.open("/en/sign-in/passkey").send().want(http.StatusOK)
	}
	v.open("/en/sign-in/passkey").send().want(http.StatusTooManyRequests)
}
