package signin_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/internal/account/signin"
	"kept/internal/account/signin/signintest"
)

// round goes to the provider and comes back, as a browser does.
func round(t *testing.T, p *signintest.Provider, tamper func(back url.Values)) (signin.Identity, error) {
	t.Helper()
	ctx := context.Background()
	with, err := signin.NewProvider(ctx, signin.ProviderConfig{Issuer: p.URL, ClientID: signintest.ClientID, ClientSecret: signintest.ClientSecret, Redirect: base + "/sign-in/back"})
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
	p := signintest.NewProvider(t)
	got, err := round(t, p, func(url.Values) {})
	want := signin.Identity{Issuer: p.URL, Subject: "employee 17", Mail: "awa@ministry.example"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// An address that the provider has not verified is nobody's.
func TestProviderUnverifiedAddress(t *testing.T) {
	p := signintest.NewProvider(t)
	p.Change = func(c map[string]any) { c["email_verified"] = false }
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
		broken func(p *signintest.Provider)
		tamper func(back url.Values)
	}{
		{"another state", nil, func(b url.Values) { b.Set("state", "guessed") }},
		{"no code", nil, func(b url.Values) { b.Del("code") }},
		{"a guessed code", nil, func(b url.Values) { b.Set("code", "guessed") }},
		{"a token for another site", func(p *signintest.Provider) { p.Change = func(c map[string]any) { c["aud"] = "another" } }, nil},
		{"a token of another provider", func(p *signintest.Provider) { p.Change = func(c map[string]any) { c["iss"] = "https://evil.example" } }, nil},
		{"an old token", func(p *signintest.Provider) {
			p.Change = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }
		}, nil},
		{"a replayed token", func(p *signintest.Provider) { p.Change = func(c map[string]any) { c["nonce"] = "earlier" } }, nil},
		{"signed by another key", func(p *signintest.Provider) { p.SignWith = other }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := signintest.NewProvider(t)
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
	p := signintest.NewProvider(t)
	ctx := context.Background()
	with, err := signin.NewProvider(ctx, signin.ProviderConfig{Issuer: p.URL, ClientID: signintest.ClientID, ClientSecret: signintest.ClientSecret, Redirect: base + "/sign-in/back"})
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
	if _, err := with.Finish(ctx, mine, w.State, to.Query().Get("code")); !errors.Is(err, signin.ErrRefused) || p.Exchanged != 0 {
		t.Errorf("a stolen code: %v, %d exchanges", err, p.Exchanged)
	}
}
