package draw

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"

	"kept/internal/locale"
	"kept/record"
)

// reserves are all who were not drawn, in the order of
// SHA-256(tag ‖ digest of the plan ‖ randomness ‖ pseudonym), lowest first.
func (p *Plan) reserves(plan record.Digest, seed [32]byte, drawn []bool) []string {
	type rank struct {
		key [32]byte
		id  string
	}
	var ranks []rank
	for i, one := range p.Instance.Pool {
		if !drawn[i] {
			ranks = append(ranks, rank{sha256.Sum256(slices.Concat([]byte(tagReserve), plan[:], seed[:], []byte(one.ID))), one.ID})
		}
	}
	slices.SortFunc(ranks, func(a, b rank) int {
		if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	ids := make([]string, len(ranks))
	for i, r := range ranks {
		ids[i] = r.id
	}
	return ids
}

// A Move is one reserve in the place of one who left.
type Move struct {
	Gone   string  `json:"gone"`
	In     string  `json:"in,omitempty"` // "" where the one who left held no seat
	Broken []Bound `json:"broken,omitempty"`
}

// A Bound is a quota that the panel no longer keeps, and what the panel has.
type Bound struct {
	Category string `json:"category,omitempty"` // "" for the rule about affiliations
	Value    string `json:"value"`
	Min      int    `json:"min"`
	Max      int    `json:"max"`
	Has      int    `json:"has"`
}

// Next says who moves up for the last of those who are gone, the earlier ones having
// been replaced in turn. It is "" when that one held no seat. Nothing is ever drawn
// anew: the next reserve is the first in their order with whom the panel keeps every
// quota, and where there is none, the first with whom the panel is off by fewest people.
func (o *Outcome) Next(p *Plan, gone ...string) (string, error) {
	moves, _, err := o.Moves(p, gone...)
	if err != nil || len(moves) == 0 {
		return "", err
	}
	return moves[len(moves)-1].In, nil
}

// Moves replaces those who are gone one after the other, in the order given, and
// returns each move and the panel that results.
func (o *Outcome) Moves(p *Plan, gone ...string) (moves []Move, panel []string, err error) {
	place := p.places()
	seated, waiting := slices.Clone(o.Panel), slices.Clone(o.Reserves)
	for n, id := range gone {
		if _, known := place[id]; !known || slices.Contains(gone[:n], id) {
			return nil, nil, locale.E("err.draw.gone", "id", id)
		}
		seat := slices.Index(seated, id)
		if seat < 0 {
			waiting = slices.DeleteFunc(waiting, func(w string) bool { return w == id })
			moves = append(moves, Move{Gone: id})
			continue
		}
		seated = slices.Delete(seated, seat, seat+1)
		best, broken := p.best(place, seated, waiting)
		if best == "" {
			return nil, nil, locale.E("err.draw.no_reserve", "id", id)
		}
		waiting = slices.DeleteFunc(waiting, func(w string) bool { return w == best })
		seated = append(seated, best)
		moves = append(moves, Move{Gone: id, In: best, Broken: broken})
	}
	slices.SortFunc(seated, func(a, b string) int { return place[a] - place[b] })
	return moves, seated, nil
}

// best is the reserve who fits, and what is broken with her. It looks at who waits now:
// that she, too, will leave later was not known when she moved up.
func (p *Plan) best(place map[string]int, seated, waiting []string) (best string, broken []Bound) {
	panel := make([]int32, 0, len(seated)+1)
	for _, id := range seated {
		panel = append(panel, int32(place[id]))
	}
	least := -1
	for _, id := range waiting {
		found := p.Instance.broken(append(panel, int32(place[id])))
		if off := offBy(found); least < 0 || off < least {
			best, broken, least = id, found, off
		}
		if least == 0 {
			break
		}
	}
	return best, broken
}

// offBy is by how many people quotas are missed altogether.
func offBy(bounds []Bound) (n int) {
	for _, b := range bounds {
		n += max(b.Min-b.Has, b.Has-b.Max)
	}
	return n
}

// places is where in the pool each pseudonym stands.
func (p *Plan) places() map[string]int {
	place := make(map[string]int, len(p.Instance.Pool))
	for i, one := range p.Instance.Pool {
		place[one.ID] = i
	}
	return place
}
