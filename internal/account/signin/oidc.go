package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider is where people sign in with an account of their own organisation.
type Provider struct {
	client   *http.Client
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// ProviderConfig is what the operator sets. The secret comes from a file or the
// environment and is never printed.
type ProviderConfig struct {
	Issuer       string // https://id.example.org; http only on a loopback address
	ClientID     string
	ClientSecret string
	Redirect     string // our address that the provider sends people back to
}

// Identity is who the provider says it is.
type Identity struct {
	Issuer, Subject string // together the person's name for ever, whatever her address
	Mail            string // verified by the provider; "" when it is not
}

// providerWait bounds each call to a provider.
const providerWait = 10 * time.Second

// NewProvider reads the provider's own description (OpenID Connect Discovery 1.0).
func NewProvider(ctx context.Context, c ProviderConfig) (*Provider, error) {
	client := &http.Client{Timeout: providerWait, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the provider answered with a redirect")
	}}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, client), c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the sign-in provider %s: %w", c.Issuer, err)
	}
	return &Provider{client: client, verifier: found.Verifier(&oidc.Config{ClientID: c.ClientID}),
		config: oauth2.Config{ClientID: c.ClientID, ClientSecret: c.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: c.Redirect,
			Scopes: []string{oidc.ScopeOpenID, "email"}}}, nil
}

// waiting is what has to be remembered while the person is away.
type waiting struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
}

// Begin makes the address to send the person to, and the ceremony to keep.
func (p *Provider) Begin() (address string, ceremony []byte, err error) {
	w := waiting{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	ceremony, err = json.Marshal(w)
	return p.config.AuthCodeURL(w.State, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier)), ceremony, err
}

// Finish takes what the provider sent the person back with.
func (p *Provider) Finish(ctx context.Context, ceremony []byte, state, code string) (Identity, error) {
	var w waiting
	if err := json.Unmarshal(ceremony, &w); err != nil {
		return Identity{}, err
	}
	if code == "" || subtle.ConstantTimeCompare([]byte(state), []byte(w.State)) != 1 {
		return Identity{}, refused(errors.New("another state, or no code"))
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.config.Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		return Identity{}, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1 {
		return Identity{}, refused(errors.New("another nonce"))
	}
	var claims struct {
		Mail     string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, refused(err)
	}
	who := Identity{Issuer: id.Issuer, Subject: id.Subject}
	if claims.Verified {
		who.Mail = claims.Mail
	}
	return who, nil
}
