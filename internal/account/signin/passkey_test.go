package signin_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"kept/internal/account/signin"
)

const base = "https://compact.example.org"

// authenticator is a passkey in software: what a phone or a key does, with knobs
// for what a dishonest one might do.
type authenticator struct {
	id       []byte
	key      *ecdsa.PrivateKey
	handle   []byte
	count    uint32
	origin   string
	rp       string
	verified bool // the holder showed a finger or a PIN
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &authenticator{id: id, key: key, origin: base, rp: "compact.example.org", verified: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *authenticator) client(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	return b
}

// data is the authenticator data (Web Authentication §6.1).
func (a *authenticator) data(attested []byte) []byte {
	sum := sha256.Sum256([]byte(a.rp))
	flags := byte(0x01) // somebody is there
	if a.verified {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	out := append(sum[:], flags)
	out = binary.BigEndian.AppendUint32(out, a.count)
	return append(out, attested...)
}

// create answers navigator.credentials.create.
func (a *authenticator) create(t *testing.T, options []byte) []byte {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			User      struct{ ID string }
		}
	}
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	a.handle, _ = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	point, err := a.key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		t.Fatal(err)
	}
	x, y := point[1:33], point[33:]
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, x...) // {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}
	cose = append(append(cose, 0x22, 0x58, 0x20), y...)
	attested := append(make([]byte, 16), 0, byte(len(a.id)))
	attested = append(append(attested, a.id...), cose...)
	data := a.data(attested)
	object := []byte{0xa3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n', 'e', 0x67, 'a', 't', 't', 'S', 't', 'm', 't', 0xa0, 0x68, 'a', 'u', 't', 'h', 'D', 'a', 't', 'a', 0x58, byte(len(data))}
	object = append(object, data...)
	answer, _ := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(a.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(object)}})
	return answer
}

// get answers navigator.credentials.get.
func (a *authenticator) get(t *testing.T, options []byte) []byte {
	t.Helper()
	var o struct{ PublicKey struct{ Challenge string } }
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	a.count++
	client, data := a.client("webauthn.get", o.PublicKey.Challenge), a.data(nil)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.handle)}})
	return answer
}

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

func (s *site) register(t *testing.T, a *authenticator) error {
	t.Helper()
	options, ceremony, err := s.BeginRegistration(s.holder)
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.FinishRegistration(s.holder, ceremony, a.create(t, options))
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

func (s *site) signIn(t *testing.T, a *authenticator) error {
	t.Helper()
	options, ceremony, err := s.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	handle, key, err := s.FinishSignIn(ceremony, a.get(t, options), s.find)
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
	s, a := newSite(t), newAuthenticator(t)
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
		do   func(s *site, a *authenticator) error
	}{
		{"a key of another person", func(s *site, a *authenticator) error {
			other := newAuthenticator(t)
			other.handle = s.holder.Handle
			return s.signIn(t, other)
		}},
		{"another site asked", func(s *site, a *authenticator) error { a.origin = "https://c0mpact.example.org"; return s.signIn(t, a) }},
		{"for another site", func(s *site, a *authenticator) error { a.rp = "example.org"; return s.signIn(t, a) }},
		{"nobody showed a finger", func(s *site, a *authenticator) error { a.verified = false; return s.signIn(t, a) }},
		{"a copied key", func(s *site, a *authenticator) error {
			copied := *a
			for range 3 {
				if err := s.signIn(t, a); err != nil {
					t.Fatal(err)
				}
			}
			return s.signIn(t, &copied)
		}},
		{"an answer to an earlier question", func(s *site, a *authenticator) error {
			options, _, _ := s.BeginSignIn()
			_, later, _ := s.BeginSignIn()
			_, _, err := s.FinishSignIn(later, a.get(t, options), s.find)
			return err
		}},
		{"registered without a finger", func(s *site, a *authenticator) error {
			other := newAuthenticator(t)
			other.verified = false
			return s.register(t, other)
		}},
		{"no answer at all", func(s *site, a *authenticator) error {
			_, ceremony, _ := s.BeginSignIn()
			_, _, err := s.FinishSignIn(ceremony, []byte(`{"id":`), s.find)
			return err
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, a := newSite(t), newAuthenticator(t)
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
