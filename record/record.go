// Package record is the format of a public record: what an act looks like as
// bytes, how the acts form a log that anybody can check, and how to check one.
//
// An act becomes an [Entry], one line of canonical JSON. Entries are the leaves
// of a Merkle tree (RFC 6962 §2.1), served as static files in the layout of
// C2SP tlog-tiles: hash tiles, entry bundles and a checkpoint, which is the
// tree's size and root signed with Ed25519 (C2SP tlog-checkpoint, signed-note).
// Texts are not in the tree. An entry holds, for each part, a salted digest;
// salt and text are served beside the log, so that a part can be erased and
// the log still verifies.
//
// The invariant: an entry, once under a published checkpoint, is never changed,
// moved or dropped. [Verify] checks a whole record against its checkpoint, and
// against earlier checkpoints that somebody kept. A [Receipt] proves one entry
// without a network.
//
//	report, err := record.Verify(ctx, record.DirSource("downloaded"), record.Options{})
//	if err == nil && report.OK() {
//		fmt.Println(report.Size, "entries under", report.Root)
//	}
//
// The package knows no subject: what a kind means, and who may add one, is
// decided by the program that keeps the record. docs/record.md specifies the
// same format for other languages, with test vectors.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Limits of the format.
const (
	MaxEntry = 32768     // bytes of one entry; C2SP bundles could hold 65,535
	MaxPart  = 64 << 10  // bytes of the text of one part
	MaxWords = 1 << 20   // bytes of all texts of one act
	MaxInt   = 1<<53 - 1 // greatest integer that every JSON reader keeps exact
	maxDepth = 16        // containers inside one another in facts
)

// A Digest is a SHA-256 digest. Its text is 64 lower-case hexadecimal digits.
type Digest [sha256.Size]byte

// DigestOf returns the digest of some bytes: the name of a blob.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// ParseDigest reads 64 lower-case hexadecimal digits and nothing else.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	return d, parseHex(d[:], s)
}

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText makes a digest its hexadecimal text in JSON.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText is the reverse of MarshalText.
func (d *Digest) UnmarshalText(text []byte) error { return parseHex(d[:], string(text)) }

// parseHex fills dst from lower-case hexadecimal digits. Upper case is refused,
// because one value has one spelling in the record.
func parseHex(dst []byte, s string) error {
	if len(s) != 2*len(dst) {
		return fmt.Errorf("want %d hexadecimal digits, got %d characters", 2*len(dst), len(s))
	}
	for i := range len(s) {
		if !isLowerHex(s[i]) {
			return fmt.Errorf("%q is not a lower-case hexadecimal digit", s[i])
		}
	}
	_, err := hex.Decode(dst, []byte(s))
	return err
}

func isLowerHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

// A SyntaxError is a place in some bytes that breaks the grammar.
type SyntaxError struct {
	Offset int    // bytes before the fault
	Rule   string // the rule that is broken, in English
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Rule) }
