package signin_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/internal/account/signin"
)

// provider is a small OpenID provider on this machine, with knobs for what a
// dishonest or broken one might do.
type provider struct {
	*httptest.Server
	key       *rsa.PrivateKey
	codes     map[string]url.Values // what each code was asked with
	change    func(claims map[string]any)
	signWith  *rsa.PrivateKey
	exchanged int
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, signWith: key, codes: map[string]url.Values{}, change: func(map[string]any) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one",
			"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		code := rand.Text()
		p.codes[code] = q
		http.Redirect(w, r, q.Get("redirect_uri")+"?state="+url.QueryEscape(q.Get("state"))+"&code="+code, http.StatusFound)
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// token exchanges a code, once, for whoever knows the verifier of its challenge.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	asked, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !ok || asked.Get("code_challenge") != b64(sum[:]) || asked.Get("code_challenge_method") != "S256" || id != "kept" || secret != "between-us" {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	p.exchanged++
	claims := map[string]any{"iss": p.URL, "aud": "kept", "sub": "employee 17", "email": "awa@ministry.example", "email_verified": true,
		"nonce": asked.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	p.change(claims)
	answer(w, map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": p.sign(claims)})
}

func (p *provider) sign(claims map[string]any) string {
	header, _ := json.Marshal(map[string]string{"alg": "RS256", "kid": "one"})
	body, _ := json.Marshal(claims)
	text := b64(header) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, p.signWith, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// round goes to the provider and comes back, as a browser does.
func round(t *testing.T, p *provider, tamper func(back url.Values)) (signin.Identity, error) {
	t.Helper()
	ctx := context.Background()
	with, err := signin.NewProvider(ctx, signin.ProviderConfig{Issuer: p.URL, ClientID: "kept", ClientSecret: "between-us", Redirect: base + "/sign-in/back"})
	if err != nil {
		t.Fatal(err)
	}
	address, ceremony, err := with.Begin()
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	to, err := r.Location()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(to.String(), base+"/sign-in/back?") {
		t.Fatalf("sent back to %s", to)
	}
	back := to.Query()
	tamper(back)
	return with.Finish(ctx, ceremony, back.Get("state"), back.Get("code"))
}

func TestProvider(t *testing.T) {
	p := newProvider(t)
	got, err := round(t, p, func(url.Values) {})
	want := signin.Identity{Issuer: p.URL, Subject: "employee 17", Mail: "awa@ministry.example"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// An address that the provider has not verified is nobody's.
func TestProviderUnverifiedAddress(t *testing.T) {
	p := newProvider(t)
	p.change = func(c map[string]any) { c["email_verified"] = false }
	got, err := round(t, p, func(url.Values) {})
	if err != nil || got.Mail != "" || got.Subject != "employee 17" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestProviderRefused(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		broken func(p *provider)
		tamper func(back url.Values)
	}{
		{"another state", nil, func(b url.Values) { b.Set("state", "guessed") }},
		{"no code", nil, func(b url.Values) { b.Del("code") }},
		{"a guessed code", nil, func(b url.Values) { b.Set("code", "guessed") }},
		{"a token for another site", func(p *provider) { p.change = func(c map[string]any) { c["aud"] = "another" } }, nil},
		{"a token of another provider", func(p *provider) { p.change = func(c map[string]any) { c["iss"] = "https://evil.example" } }, nil},
		{"an old token", func(p *provider) { p.change = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() } }, nil},
		{"a replayed token", func(p *provider) { p.change = func(c map[string]any) { c["nonce"] = "earlier" } }, nil},
		{"signed by another key", func(p *provider) { p.signWith = other }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newProvider(t)
			if test.broken != nil {
				test.broken(p)
			}
			if test.tamper == nil {
				test.tamper = func(url.Values) {}
			}
			if who, err := round(t, p, test.tamper); !errors.Is(err, signin.ErrRefused) {
				t.Errorf("got %+v, %v; want a refusal", who, err)
			}
		})
	}
}

// A code is exchanged by nobody who did not begin: PKCE.
func TestProviderStolenCode(t *testing.T) {
	p := newProvider(t)
	ctx := context.Background()
	with, err := signin.NewProvider(ctx, signin.ProviderConfig{Issuer: p.URL, ClientID: "kept", ClientSecret: "between-us", Redirect: base + "/sign-in/back"})
	if err != nil {
		t.Fatal(err)
	}
	_, mine, _ := with.Begin()
	var w struct{ State string }
	_ = json.Unmarshal(mine, &w)
	theirs, _, _ := with.Begin()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := browser.Get(theirs)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	to, _ := r.Location()
	if _, err := with.Finish(ctx, mine, w.State, to.Query().Get("code")); !errors.Is(err, signin.ErrRefused) || p.exchanged != 0 {
		t.Errorf("a stolen code: %v, %d exchanges", err, p.exchanged)
	}
}
