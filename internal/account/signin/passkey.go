package signin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkeys are the passkeys of one site.
type Passkeys struct{ site *webauthn.WebAuthn }

// Holder is who a passkey belongs to: an opaque handle, what the browser shows
// beside the key, and the keys that are known.
type Holder struct {
	Handle []byte // at most 64 bytes, says nothing about the person
	Name   string
	Keys   [][]byte // as FinishRegistration and FinishSignIn gave them
}

// NewPasskeys makes passkeys for the site under a base address. Browsers bind them
// to a host name, so an address of numbers has none; on one's own machine it is
// http://localhost.
func NewPasskeys(base, name string) (*Passkeys, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(u.Hostname()) != nil {
		return nil, fmt.Errorf("passkeys need a host name, not the address %s", u.Hostname())
	}
	site, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host}})
	if err != nil {
		return nil, err
	}
	return &Passkeys{site}, nil
}

// BeginRegistration asks for a new passkey: options for the browser, and the
// ceremony to keep.
func (p *Passkeys) BeginRegistration(h Holder) (options, ceremony []byte, err error) {
	who, err := h.read()
	if err != nil {
		return nil, nil, err
	}
	creation, session, err := p.site.BeginRegistration(who,
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired}),
		webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()))
	if err != nil {
		return nil, nil, err
	}
	return both(creation, session)
}

// FinishRegistration takes the browser's answer and gives the key to keep.
func (p *Passkeys) FinishRegistration(h Holder, ceremony, answer []byte) (key []byte, err error) {
	who, err := h.read()
	if err != nil {
		return nil, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(ceremony, &session); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, refused(err)
	}
	credential, err := p.site.CreateCredential(who, session, parsed)
	if err != nil {
		return nil, refused(err)
	}
	return json.Marshal(credential)
}

// BeginSignIn asks for any passkey of this site: the browser offers those it has.
func (p *Passkeys) BeginSignIn() (options, ceremony []byte, err error) {
	assertion, session, err := p.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, err
	}
	return both(assertion, session)
}

// FinishSignIn takes the browser's answer. find gives the holder of a handle. It
// returns the handle, and the key as it is to be kept from now on (its counter
// moves). A key that looks cloned is refused.
func (p *Passkeys) FinishSignIn(ceremony, answer []byte, find func(handle []byte) (Holder, error)) (handle, key []byte, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(ceremony, &session); err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, nil, refused(err)
	}
	who, credential, err := p.site.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		h, err := find(handle)
		if err != nil {
			return nil, err
		}
		return h.read()
	}, session, parsed)
	if err != nil {
		return nil, nil, refused(err)
	}
	if credential.Authenticator.CloneWarning {
		return nil, nil, refused(fmt.Errorf("the counter of the key went back: it may be a copy"))
	}
	key, err = json.Marshal(credential)
	return who.WebAuthnID(), key, err
}

// SameKey tells whether two kept keys are one, whatever their counters.
func SameKey(a, b []byte) bool {
	var x, y webauthn.Credential
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && len(x.ID) > 0 && bytes.Equal(x.ID, y.ID)
}

func both(options, session any) ([]byte, []byte, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return nil, nil, err
	}
	s, err := json.Marshal(session)
	return o, s, err
}

// holder is a Holder as the library wants it.
type holder struct {
	Holder
	keys []webauthn.Credential
}

func (h Holder) read() (*holder, error) {
	who := &holder{Holder: h}
	for _, k := range h.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k, &c); err != nil {
			return nil, fmt.Errorf("a kept passkey: %w", err)
		}
		who.keys = append(who.keys, c)
	}
	return who, nil
}

func (h *holder) WebAuthnID() []byte                         { return h.Handle }
func (h *holder) WebAuthnName() string                       { return h.Name }
func (h *holder) WebAuthnDisplayName() string                { return h.Name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }
