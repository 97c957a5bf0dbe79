package keeper

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key is the record's signing key (Ed25519, C2SP signed-note) and its origin.
type Key struct {
	Origin   string
	Signer   note.Signer
	Verifier note.Verifier
	Public   string // the verifier key as text, served at /record/key
}

// CreateKey makes the key of a new record. It is made once and stays: a record
// that changes its key is another record. An existing file is never replaced.
func CreateKey(path, origin string) (Key, error) {
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return Key{}, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Key{}, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Key{}, err
	}
	if _, err := f.WriteString(private + "\n" + public + "\n"); err != nil {
		f.Close()
		return Key{}, err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return Key{}, err
	}
	if err := f.Close(); err != nil {
		return Key{}, err
	}
	return ReadKey(path)
}

// ReadKey reads the two lines of a key file. Its errors never show the key.
func ReadKey(path string) (Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 2 {
		return Key{}, fmt.Errorf("%s: a key file has two lines, the private and the public key", path)
	}
	signer, err := note.NewSigner(lines[0])
	if err != nil {
		return Key{}, fmt.Errorf("%s: the first line is not a signing key", path)
	}
	verifier, err := note.NewVerifier(lines[1])
	if err != nil {
		return Key{}, fmt.Errorf("%s: the second line is not a verifier key", path)
	}
	if signer.Name() != verifier.Name() || signer.KeyHash() != verifier.KeyHash() {
		return Key{}, fmt.Errorf("%s: the two keys do not belong together", path)
	}
	return Key{signer.Name(), signer, verifier, lines[1]}, nil
}
