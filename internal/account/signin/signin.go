// Package signin speaks the two strong ways to sign in: passkeys (W3C Web
// Authentication, Level 3) and OpenID Connect (Core 1.0, authorization code with
// PKCE, RFC 7636). It holds no state and knows no account: what has to be
// remembered between the two halves of a ceremony is handed out as bytes that the
// caller keeps in a private row, gives back once, and drops.
//
// Invariants: a passkey is asked to verify its holder (a finger, a face, a PIN),
// so that it alone is two factors; an identity of a provider counts only with an
// address that the provider has verified; nothing here is ever logged.
package signin

import (
	"errors"

	"kept/internal/locale"
)

// ErrRefused is a ceremony that does not hold: another key, another site, another
// person, too late, or used before. The reader is told no more than that.
var ErrRefused = errors.New("the sign-in does not hold")

func refused(err error) error {
	return errors.Join(ErrRefused, locale.E("err.signin.refused"), err)
}
