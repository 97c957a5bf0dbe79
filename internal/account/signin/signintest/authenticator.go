// Package signintest gives tests what strong sign-in needs around it: a passkey in
// software and a provider on this machine. Both can also be dishonest.
package signintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/url"
	"testing"
)

// Authenticator is a passkey in software: what a phone or a key does, with knobs
// for what a dishonest one might do.
type Authenticator struct {
	id  []byte
	key *ecdsa.PrivateKey

	Handle   []byte // of the person whose key it is
	Count    uint32
	Origin   string // of the page that asks
	Site     string // that the key is for
	Verified bool   // the holder showed a finger or a PIN
}

// NewAuthenticator makes one for the site under a base address.
func NewAuthenticator(t testing.TB, base string) *Authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return &Authenticator{id: id, key: key, Origin: base, Site: u.Hostname(), Verified: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *Authenticator) client(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	return b
}

// data is the authenticator data (Web Authentication §6.1).
func (a *Authenticator) data(attested []byte) []byte {
	sum := sha256.Sum256([]byte(a.Site))
	flags := byte(0x01) // somebody is there
	if a.Verified {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	out := append(sum[:], flags)
	out = binary.BigEndian.AppendUint32(out, a.Count)
	return append(out, attested...)
}

// Create answers navigator.credentials.create.
func (a *Authenticator) Create(t testing.TB, options []byte) []byte {
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
	a.Handle, _ = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
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

// Get answers navigator.credentials.get.
func (a *Authenticator) Get(t testing.TB, options []byte) []byte {
	t.Helper()
	var o struct{ PublicKey struct{ Challenge string } }
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	a.Count++
	client, data := a.client("webauthn.get", o.PublicKey.Challenge), a.data(nil)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.Handle)}})
	return answer
}
