package signin_test

import (
	"errors"
	"testing"

	"kept/internal/account/signin"
	"kept/internal/account/signin/signintest"
)

const base = "https://compact.example.org"

// site is one holder and her keys, as the accounts of a site keep them.
type site struct {
	*signin.Passkeys
	holder signin.Holder
}

func newSite(t *testing.T) *site {
	t.Helper()
	p, err := signin.NewPasskeys(base, "A compact")
	if err != nil {
		t.Fatal(err)
	}
	return &site{p, signin.Holder{Handle: []byte("an opaque handle"), Name: "kofi@port.example"}}
}

func (s *site) register(t *testing.T, a *signintest.Authenticator) error {
	t.Helper()
	options, ceremony, err := s.BeginRegistration(s.holder)
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.FinishRegistration(s.holder, ceremony, a.Create(t, options))
	if err == nil {
		s.holder.Keys = append(s.holder.Keys, key)
	}
	return err
}

func (s *site) find(handle []byte) (signin.Holder, error) {
	if string(handle) != string(s.holder.Handle) {
		return signin.Holder{}, errors.New("nobody")
	}
	return s.holder, nil
}

func (s *site) signIn(t *testing.T, a *signintest.Authenticator) error {
	t.Helper()
	options, ceremony, err := s.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	handle, key, err := s.FinishSignIn(ceremony, a.Get(t, options), s.find)
	if err != nil {
		return err
	}
	if string(handle) != string(s.holder.Handle) {
		t.Errorf("signed in as %q", handle)
	}
	for i, k := range s.holder.Keys {
		if signin.SameKey(k, key) {
			s.holder.Keys[i] = key
		}
	}
	return nil
}

func TestPasskey(t *testing.T) {
	s, a := newSite(t), signintest.NewAuthenticator(t, base)
	if err := s.register(t, a); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.signIn(t, a); err != nil {
			t.Fatal(err)
		}
	}
}

// What does not hold is refused, each for itself.
func TestPasskeyRefused(t *testing.T) {
	tests := []struct {
		name string
		do   func(s *site, a *signintest.Authenticator) error
	}{
		{"a key of another person", func(s *site, a *signintest.Authenticator) error {
			other := signintest.NewAuthenticator(t, base)
			other.Handle = s.holder.Handle
			return s.signIn(t, other)
		}},
		{"another site asked", func(s *site, a *signintest.Authenticator) error {
			a.Origin = "https://c0mpact.example.org"
			return s.signIn(t, a)
		}},
		{"for another site", func(s *site, a *signintest.Authenticator) error { a.Site = "example.org"; return s.signIn(t, a) }},
		{"nobody showed a finger", func(s *site, a *signintest.Authenticator) error { a.Verified = false; return s.signIn(t, a) }},
		{"a copied key", func(s *site, a *signintest.Authenticator) error {
			copied := *a
			for range 3 {
				if err := s.signIn(t, a); err != nil {
					t.Fatal(err)
				}
			}
			return s.signIn(t, &copied)
		}},
		{"an answer to an earlier question", func(s *site, a *signintest.Authenticator) error {
			options, _, _ := s.BeginSignIn()
			_, later, _ := s.BeginSignIn()
			_, _, err := s.FinishSignIn(later, a.Get(t, options), s.find)
			return err
		}},
		{"registered without a finger", func(s *site, a *signintest.Authenticator) error {
			other := signintest.NewAuthenticator(t, base)
			other.Verified = false
			return s.register(t, other)
		}},
		{"no answer at all", func(s *site, a *signintest.Authenticator) error {
			_, ceremony, _ := s.BeginSignIn()
			_, _, err := s.FinishSignIn(ceremony, []byte(`{"id":`), s.find)
			return err
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, a := newSite(t), signintest.NewAuthenticator(t, base)
			if err := s.register(t, a); err != nil {
				t.Fatal(err)
			}
			if err := test.do(s, a); !errors.Is(err, signin.ErrRefused) {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

// Browsers bind passkeys to names; a site without one says so at its start.
func TestPasskeysNeedAName(t *testing.T) {
	if _, err := signin.NewPasskeys("http://127.0.0.1:8080", "A compact"); err == nil {
		t.Error("passkeys for an address of numbers")
	}
	if _, err := signin.NewPasskeys("http://localhost:8080", "A compact"); err != nil {
		t.Error(err)
	}
}
