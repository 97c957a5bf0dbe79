package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"time"

	"kept/internal/locale"
	"kept/record"
)

// A Chain is a network of drand, a beacon that many organisations run together: each round is
// signed by a threshold of them, so that nobody of them knows it early or can change it.
// The names are those of drand's own description of a chain.
type Chain struct {
	Hash      record.Digest `json:"hash"` // of the members below
	Beacon    string        `json:"beacon"`
	PublicKey string        `json:"public_key"`
	Scheme    string        `json:"scheme"`
	Period    int64         `json:"period"`  // seconds between rounds
	Genesis   int64         `json:"genesis"` // time of round 1, seconds since 1970
	GroupHash record.Digest `json:"group_hash"`
}

// Known are the chains that are taken without asking: the two of the League of Entropy, as
// drand's own clients pin them (drand/tlock-js src/drand/defaults.ts for quicknet,
// https://api.drand.sh/8990e7a9…/info for default). Whoever trusts another one says so.
func Known() []Chain {
	return []Chain{
		{
			Hash:   digest("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
			Beacon: "quicknet", Scheme: schemeG1, Period: 3, Genesis: 1692803367,
			PublicKey: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
			GroupHash: digest("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
		},
		{
			Hash:   digest("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"),
			Beacon: "default", Scheme: schemeChained, Period: 30, Genesis: 1595431050,
			PublicKey: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
			GroupHash: digest("176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"),
		},
	}
}

// Quicknet is the chain that a plan names unless somebody asks for another.
func Quicknet() Chain { return Known()[0] }

// digest reads a digest that stands in this file; a wrong one is found by the test of the chains' hashes.
func digest(s string) record.Digest {
	d, _ := record.ParseDigest(s)
	return d
}

// ParseChain reads a chain as drand describes it (the answer of HASH/info).
func ParseChain(b []byte) (Chain, error) {
	var info struct {
		PublicKey string        `json:"public_key"`
		Period    int64         `json:"period"`
		Genesis   int64         `json:"genesis_time"`
		Hash      record.Digest `json:"hash"`
		GroupHash record.Digest `json:"groupHash"`
		Scheme    string        `json:"schemeID"`
		Metadata  struct {
			Beacon string `json:"beaconID"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(b, &info); err != nil {
		return Chain{}, locale.E("err.draw.form", "detail", err.Error())
	}
	c := Chain{Hash: info.Hash, Beacon: info.Metadata.Beacon, PublicKey: info.PublicKey, Scheme: info.Scheme,
		Period: info.Period, Genesis: info.Genesis, GroupHash: info.GroupHash}
	return c, c.Check()
}

// computed is the hash by which drand names a chain: SHA-256 of period (4 bytes), genesis (8
// bytes), public key, hash of the group, and the beacon's name unless it is "default".
func (c Chain) computed() (record.Digest, error) {
	key, err := hex.DecodeString(c.PublicKey)
	if err != nil {
		return record.Digest{}, locale.E("err.draw.chain_key")
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(c.Period))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Genesis))
	b = append(append(b, key...), c.GroupHash[:]...)
	if c.Beacon != "default" {
		b = append(b, c.Beacon...)
	}
	return sha256.Sum256(b), nil
}

// Check finds what contradicts itself in the description of a chain.
func (c Chain) Check() error {
	var es locale.Errors
	if c.Period < 1 || c.Period > math.MaxInt32 || c.Genesis < 1 || c.Genesis > 1<<40 {
		es.Add(locale.E("err.draw.chain_times"))
	}
	if err := checkKey(c.Scheme, c.PublicKey); err != nil {
		es.Add(err)
	}
	if h, err := c.computed(); err == nil && h != c.Hash {
		es.Add(locale.E("err.draw.chain_hash", "hash", c.Hash.String(), "got", h.String()))
	}
	return es.Err()
}

// Time is when a round is due.
func (c Chain) Time(round uint64) time.Time {
	return time.Unix(c.Genesis+int64(round-1)*c.Period, 0).UTC()
}

// Round is the first round at or after a time, at least 1.
func (c Chain) Round(at time.Time) uint64 {
	since := at.Unix() - c.Genesis
	if at.Nanosecond() > 0 {
		since++
	}
	if since <= 0 {
		return 1
	}
	return uint64((since+c.Period-1)/c.Period) + 1
}

// trusted tells whether a chain is among those, member for member.
func (c Chain) trusted(chains []Chain) bool { return slices.Contains(chains, c) }
