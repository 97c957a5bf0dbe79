// Package beacon brings rounds of a public beacon from the addresses that serve them. It is
// the only part of a draw that touches the network; what it brings is believed only after its
// signature was checked, so that no relay has to be trusted.
//
//	r, err := beacon.Fetch(ctx, beacon.Relays, draw.Quicknet(), 1000)
package beacon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"kept/internal/fetch"
	"kept/internal/forum/draw"
	"kept/internal/locale"
)

// Relays serve the chains of the League of Entropy, as its documentation lists them.
var Relays = []string{"https://api.drand.sh", "https://api2.drand.sh", "https://api3.drand.sh", "https://drand.cloudflare.com"}

// maxAnswer bounds what a relay may say; a round takes half a kilobyte.
const maxAnswer = 16 << 10

// ErrNotThere is the answer of every relay that was reached: the round is not published.
var ErrNotThere = errors.New("no relay has this round")

// A Getter reads an address; [fetch.Get] is one.
type Getter func(ctx context.Context, address string) ([]byte, error)

// Public reads addresses of the world only.
func Public(ctx context.Context, address string) ([]byte, error) {
	return fetch.Get(ctx, address, fetch.Options{MaxBytes: maxAnswer})
}

// Own reads addresses that the operator named herself, on her own networks too.
func Own(ctx context.Context, address string) ([]byte, error) {
	return fetch.Get(ctx, address, fetch.Options{MaxBytes: maxAnswer, Private: true})
}

// answer is a round as drand's HTTP interface gives it. Its randomness is left aside: it follows from the signature.
type answer struct {
	Round     uint64 `json:"round"`
	Signature string `json:"signature"`
	Previous  string `json:"previous_signature"`
}

// Fetch asks one relay after the other for a round until one gives it with a genuine
// signature. Where at least one was reached and none has it, the error is [ErrNotThere].
func Fetch(ctx context.Context, get Getter, relays []string, c draw.Chain, round uint64) (draw.Randomness, error) {
	var failed []error
	absent := false
	for _, relay := range relays {
		address, err := url.JoinPath(relay, c.Hash.String(), "public", fmt.Sprint(round))
		if err != nil {
			return draw.Randomness{}, err
		}
		b, err := get(ctx, address)
		var r draw.Randomness
		if err == nil {
			if r, err = Parse(b, c, round); err == nil {
				return r, nil
			}
		}
		var status *fetch.Status
		absent = absent || errors.As(err, &status) && (status.Code == 404 || status.Code == 425)
		failed = append(failed, fmt.Errorf("%s: %w", relay, err))
	}
	if absent {
		failed = append(failed, ErrNotThere)
	}
	return draw.Randomness{}, errors.Join(failed...)
}

// Parse reads a round as relays give it and checks its signature.
func Parse(b []byte, c draw.Chain, round uint64) (draw.Randomness, error) {
	var a answer
	if len(b) > maxAnswer {
		return draw.Randomness{}, locale.E("err.draw.large", "n", len(b), "max", maxAnswer)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return draw.Randomness{}, locale.E("err.draw.form", "detail", err.Error())
	}
	if a.Round != round {
		return draw.Randomness{}, locale.E("err.draw.round", "want", fmt.Sprint(round), "got", fmt.Sprint(a.Round))
	}
	r := draw.Randomness{Round: a.Round, Signature: strings.ToLower(a.Signature)}
	if c.Chained() { // others may repeat the field without meaning
		r.Previous = strings.ToLower(a.Previous)
	}
	return r, c.Verify(r.Round, r.Signature, r.Previous)
}
