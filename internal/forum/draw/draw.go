// Package draw draws a panel by lot so that anybody can repeat it to the byte.
//
// A fair selection (package sortition) ends with a portfolio: a list of
// panels, each with a whole number of tickets. This package freezes that portfolio as a
// [Plan], together with the pool, the quotas, each person's chance, the rules by which
// a number becomes a panel and reserves move up, and the randomness that will decide,
// named before it exists: a round of a public beacon (drand), then what takes its
// place when that round is not published by a named time, a later round or dice thrown
// before two witnesses. The digest of the plan is announced in the record before the
// round's time. Afterwards [Draw] turns plan and randomness into the [Outcome], and a
// [File] carries all of it: [Check] repeats the whole on another machine, offline.
//
// Terms: a source is where randomness comes from; the sources of a plan have an order,
// and a later one counts only when the earlier has failed, which witnesses have stated
// in the record before the later one's time. A reserve is who was not drawn; reserves
// have an order that the same randomness fixes.
//
// Invariants: one plan has one outcome, there is no second attempt; nothing here reads a clock, a
// network, a database or a generator of random numbers; every decision is made in
// whole numbers; a plan, an outcome and a file have one spelling, so that no byte of
// them can change unseen.
//
//	plan, err := draw.New(drawn, instance, portfolio, sources, witnesses)
//	outcome, err := draw.Draw(plan, draw.Randomness{Source: 1, Round: 1000, Signature: "b44679b9…"})
//	next, err := outcome.Next(plan, outcome.Panel[0]) // who moves up when the first drawn declines
//
// docs/fair-selection.md says how to do each step by hand.
package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"kept/internal/locale"
	"kept/record"
)

// Randomness is what a source gave: a round of a beacon, or the throws of a die.
type Randomness struct {
	Source    int    `json:"source"`              // which of the plan's sources, from 1
	Round     uint64 `json:"round,omitempty"`     // of a beacon
	Signature string `json:"signature,omitempty"` // of a beacon, lower-case hexadecimal
	Previous  string `json:"previous,omitempty"`  // the signature of the round before, where the scheme chains them
	Throws    string `json:"throws,omitempty"`    // of a die: digits 1 to 6
}

// An Outcome is who was drawn, and who moves up in which order.
type Outcome struct {
	Plan       record.Digest `json:"plan"`       // digest of the plan
	Randomness record.Digest `json:"randomness"` // the 32 bytes that decided
	Number     string        `json:"number"`     // the ticket that was drawn, from 0
	Panel      []string      `json:"panel"`      // in the order of the pool
	Reserves   []string      `json:"reserves,omitempty"`
}

// Draw repeats or makes the draw of a plan. It fails when the plan contradicts itself or the
// randomness is not that of the source which the plan names.
func Draw(p *Plan, r Randomness) (*Outcome, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	seed, err := p.seed(r)
	if err != nil {
		return nil, err
	}
	return p.outcome(seed)
}

// seed is the 32 bytes of a source, once they are shown to be its own.
func (p *Plan) seed(r Randomness) ([32]byte, error) {
	if r.Source < 1 || r.Source > len(p.Sources) {
		return [32]byte{}, locale.E("err.draw.source", "got", r.Source, "n", len(p.Sources))
	}
	s := p.Sources[r.Source-1]
	if s.Chain != nil {
		return s.beacon(r)
	}
	return s.dice(r)
}

// beacon is SHA-256 of the round's signature, which is how drand defines a round's randomness.
func (s Source) beacon(r Randomness) (seed [32]byte, err error) {
	switch {
	case r.Throws != "":
		return seed, locale.E("err.draw.sort", "source", r.Source)
	case r.Round != s.Round:
		return seed, locale.E("err.draw.round", "want", plain(s.Round), "got", plain(r.Round))
	}
	if err := s.Chain.Verify(r.Round, r.Signature, r.Previous); err != nil {
		return seed, err
	}
	signature, err := hex.DecodeString(r.Signature)
	return sha256.Sum256(signature), err
}

// outcome applies the plan's rules to the randomness.
func (p *Plan) outcome(seed [32]byte) (*Outcome, error) {
	digest, err := p.Digest()
	if err != nil {
		return nil, err
	}
	ticket := number(digest, seed, p.Portfolio.total())
	panel := p.Portfolio.panelOf(ticket)
	o := &Outcome{Plan: digest, Randomness: seed, Number: ticket.String()}
	drawn := make([]bool, len(p.Instance.Pool))
	for _, i := range panel {
		drawn[i] = true
		o.Panel = append(o.Panel, p.Instance.Pool[i].ID)
	}
	o.Reserves = p.reserves(digest, seed, drawn)
	return o, nil
}

// plain is a number that is a name, without marks between its digits.
func plain[N int | int64 | uint64](n N) string { return fmt.Sprint(n) }
