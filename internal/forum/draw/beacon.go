package draw

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/cloudflare/circl/ecc/bls12381"

	"kept/internal/locale"
)

// The schemes of drand that are read: how a round is signed on the curve BLS12-381.
const (
	schemeG1        = "bls-unchained-g1-rfc9380" // signature on G1, key on G2
	schemeChained   = "pedersen-bls-chained"     // signature on G2, key on G1; each round signs the one before
	schemeUnchained = "pedersen-bls-unchained"   // the same without the one before
)

// The domains of hashing to the curve (RFC 9380 §8.8), as drand sets them.
const (
	domainG1 = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
	domainG2 = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"
)

// Verify checks the signature of a round: e(signature, generator) = e(hash of the round, public key).
// A threshold of the network's members is needed to make one, and there is only one
// for each round, so that whoever has it could not have chosen it.
func (c Chain) Verify(round uint64, signature, previous string) error {
	sig, err := unhex(signature)
	before, err2 := unhex(previous)
	if err != nil || err2 != nil {
		return locale.E("err.draw.signature_form")
	}
	if c.Chained() != (previous != "") {
		return locale.E("err.draw.previous", "scheme", c.Scheme)
	}
	key, err := hex.DecodeString(c.PublicKey)
	if err != nil {
		return locale.E("err.draw.chain_key")
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(before, round))
	ok := false
	switch c.Scheme {
	case schemeG1:
		ok = verifyOnG1(key, sum[:], sig)
	case schemeChained, schemeUnchained:
		ok = verifyOnG2(key, sum[:], sig)
	default:
		return locale.E("err.draw.scheme", "scheme", c.Scheme)
	}
	if !ok {
		return locale.E("err.draw.forged", "round", plain(round), "beacon", c.Beacon)
	}
	return nil
}

// unhex reads hexadecimal digits in their one spelling, lower case.
func unhex(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err == nil && hex.EncodeToString(b) != s {
		err = hex.ErrLength
	}
	return b, err
}

func verifyOnG1(key, message, signature []byte) bool {
	k, okKey := pointG2(key)
	s, okSig := pointG1(signature)
	if !okKey || !okSig {
		return false
	}
	var h bls12381.G1
	h.Hash(message, []byte(domainG1))
	return bls12381.ProdPairFrac([]*bls12381.G1{s, &h}, []*bls12381.G2{bls12381.G2Generator(), k}, []int{1, -1}).IsIdentity()
}

func verifyOnG2(key, message, signature []byte) bool {
	k, okKey := pointG1(key)
	s, okSig := pointG2(signature)
	if !okKey || !okSig {
		return false
	}
	var h bls12381.G2
	h.Hash(message, []byte(domainG2))
	return bls12381.ProdPairFrac([]*bls12381.G1{bls12381.G1Generator(), k}, []*bls12381.G2{s, &h}, []int{1, -1}).IsIdentity()
}

// pointG1 reads a compressed point in its one spelling. Neutral elements are refused:
// with one as the key any signature would verify.
func pointG1(b []byte) (*bls12381.G1, bool) {
	p := new(bls12381.G1)
	if len(b) != bls12381.G1SizeCompressed || p.SetBytes(b) != nil || p.IsIdentity() || !p.IsOnG1() {
		return nil, false
	}
	return p, bytes.Equal(p.BytesCompressed(), b)
}

func pointG2(b []byte) (*bls12381.G2, bool) {
	p := new(bls12381.G2)
	if len(b) != bls12381.G2SizeCompressed || p.SetBytes(b) != nil || p.IsIdentity() || !p.IsOnG2() {
		return nil, false
	}
	return p, bytes.Equal(p.BytesCompressed(), b)
}

// checkKey checks that a public key is a point of the group that the scheme says.
func checkKey(scheme, key string) error {
	b, err := unhex(key)
	ok := false
	switch scheme {
	case schemeG1:
		_, ok = pointG2(b)
	case schemeChained, schemeUnchained:
		_, ok = pointG1(b)
	default:
		return locale.E("err.draw.scheme", "scheme", scheme)
	}
	if err != nil || !ok {
		return locale.E("err.draw.chain_key")
	}
	return nil
}

// Chained tells whether each round of the chain signs the one before.
func (c Chain) Chained() bool { return c.Scheme == schemeChained }
