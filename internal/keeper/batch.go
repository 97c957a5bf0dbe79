package keeper

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"kept/record"
)

// errNoPerson is a batch with an act of somebody who has a name.
var errNoPerson = errors.New("keeper: a batch holds acts of persons only")

// Batch takes acts of natural persons together, all or none, in one transaction. So
// that nobody can tell when each of them was sent or in which order, all entries
// get the midnight (UTC) with which the day began, and stand in the order of their
// leaf hashes, which their salts make random. They are the only entries whose time
// may lie before that of the entry in front of them. Results are in the order of
// the acts as they were given.
//
// The key makes it happen once, as in [Keeper.Submit]: the same batch again answers
// with the same entries.
func (k *Keeper) Batch(ctx context.Context, key, day string, acts ...Act) ([]Result, error) {
	if err := k.ReadOnly(); err != nil {
		return nil, err
	}
	midnight := day + "T00:00:00Z"
	if err := record.CheckTime(midnight); err != nil {
		return nil, err
	}
	for _, a := range acts {
		if a.By != "person" {
			return nil, errNoPerson
		}
	}
	r, err := k.request(key, acts)
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	r.midnight = midnight
	order := r.shuffle(midnight)
	results, err := k.wait(ctx, r)
	var at *At
	if errors.As(err, &at) {
		return nil, &At{order[at.Act], at.Err}
	}
	if err != nil {
		return nil, err
	}
	given := make([]Result, len(results))
	for i, result := range results {
		given[order[i]] = result
	}
	return given, nil
}

// shuffle orders the acts by their leaf hashes and returns where each stood before.
func (r *request) shuffle(midnight string) []int {
	type placed struct {
		act  prepared
		hash []byte
		was  int
	}
	list := make([]placed, len(r.acts))
	for i, p := range r.acts {
		p.at(midnight)
		h := record.LeafHash(p.bytes)
		list[i] = placed{p, h[:], i}
	}
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(bytes.Compare(a.hash, b.hash), cmp.Compare(a.was, b.was)) })
	order := make([]int, len(list))
	for i, p := range list {
		r.acts[i], order[i] = p.act, p.was
	}
	return order
}
