package record

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint says how many entries the log of an origin has, and the root of
// the tree over them (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Body returns the three lines that are signed. Extension lines are not used.
func (c Checkpoint) Body() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// SignCheckpoint returns the checkpoint as a signed note (C2SP signed-note).
// The signer's name is the origin.
func SignCheckpoint(c Checkpoint, s note.Signer) ([]byte, error) {
	if c.Origin != s.Name() {
		return nil, fmt.Errorf("the key is for %q, the origin is %q", s.Name(), c.Origin)
	}
	if _, err := parseBody(c.Body()); err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: c.Body()}, s)
}

// ParseCheckpoint opens a signed checkpoint. Each signature line by a key that
// v knows must verify, in its one spelling and once, and one of them must carry
// the origin's name. Lines by keys that v does not know are left alone, unless
// they imitate one that it knows.
func ParseCheckpoint(signed []byte, v note.Verifiers) (Checkpoint, error) {
	c, _, err := openCheckpoint(signed, v)
	return c, err
}

// openCheckpoint is ParseCheckpoint, and says who signed.
func openCheckpoint(signed []byte, v note.Verifiers) (Checkpoint, []note.Signature, error) {
	if len(signed) > 1<<20 {
		return Checkpoint{}, nil, errors.New("a checkpoint of more than a megabyte")
	}
	n, err := note.Open(signed, v)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c, err := parseBody(n.Text)
	if err == nil {
		err = checkSignatures(c.Origin, n, string(signed))
	}
	if err != nil {
		return Checkpoint{}, nil, err
	}
	return c, n.Sigs, nil
}

// checkSignatures refuses what note.Open lets pass: base64 with stray bits in
// its last character, a line given twice, and a name under another's key hash.
func checkSignatures(origin string, n *note.Note, signed string) error {
	byOrigin := false
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return fmt.Errorf("signature of %s: %w", s.Name, err)
		}
		for _, u := range n.UnverifiedSigs {
			if u.Hash == s.Hash {
				return fmt.Errorf("a signature of %q under the key hash of %s", u.Name, s.Name)
			}
		}
		byOrigin = byOrigin || s.Name == origin
	}
	if !byOrigin {
		return fmt.Errorf("no signature of the origin %q", origin)
	}
	if got, want := strings.Count(signed[len(n.Text)+1:], "\n"), len(n.Sigs)+len(n.UnverifiedSigs); got != want {
		return errors.New("a signature line given twice")
	}
	return nil
}

// parseBody reads the three lines in their one spelling.
func parseBody(body string) (Checkpoint, error) {
	f := strings.Split(body, "\n")
	if len(f) != 4 || f[3] != "" {
		return Checkpoint{}, errors.New("a checkpoint has three lines: origin, size, root")
	}
	if f[0] == "" {
		return Checkpoint{}, errors.New("line 1: no origin")
	}
	size, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != f[1] {
		return Checkpoint{}, fmt.Errorf("line 2: %.30q is not a size", f[1])
	}
	root, err := tlog.ParseHash(f[2])
	if err != nil || root.String() != f[2] {
		return Checkpoint{}, fmt.Errorf("line 3: %.60q is not a root", f[2])
	}
	return Checkpoint{f[0], size, root}, nil
}

// ParseKey reads a verifier key (C2SP signed-note, "Verifier keys") in its one
// spelling: note.NewVerifier alone would take the hash in capitals too.
func ParseKey(key string) (note.Verifier, error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, err
	}
	encoded, ok := strings.CutPrefix(key, fmt.Sprintf("%s+%08x+", v.Name(), v.KeyHash()))
	if raw, err := base64.StdEncoding.DecodeString(encoded); !ok || err != nil || base64.StdEncoding.EncodeToString(raw) != encoded {
		return nil, errors.New("a verifier key in another spelling")
	}
	return v, nil
}
