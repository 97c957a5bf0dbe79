package stakeholder

import (
	"slices"
	"sync"

	"kept/internal/db"
)

// Naming is an endorsement that holds and names items of its own choice.
type Naming struct {
	Endorsement, Party int64
	Kind, Area         string // of the party; the area of its seat
	Stated             bool   // known only as stated elsewhere
	On                 string // the day of the entry, or the day that its source gives
	Items              []string
}

// SupportFilter says which endorsements count; zero fields do not narrow it.
type SupportFilter struct {
	Kind  string
	Areas []string // of the seat; nil: any
	Party int64
}

func (f SupportFilter) fits(n Naming) bool {
	return (f.Kind == "" || n.Kind == f.Kind) && (f.Party == 0 || n.Party == f.Party) && (f.Areas == nil || slices.Contains(f.Areas, n.Area))
}

// Namings are all endorsements that hold and name items, the latest first. They are
// kept in memory until an act about any party comes; nobody changes them.
type Namings struct {
	all    []Naming
	byItem map[string][]int // places in all
}

type namingsKey struct{}

type namingsHeld struct {
	mu   sync.Mutex
	seen int64
	n    *Namings
}

// Supporting reads which endorsements name which items.
func Supporting(tx *db.Tx) (*Namings, error) {
	held := tx.Held(namingsKey{}, func() any { return &namingsHeld{} }).(*namingsHeld)
	seen, err := partiesTouched(tx)
	if err != nil {
		return nil, err
	}
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.n == nil || held.seen != seen {
		n, err := readNamings(tx)
		if err != nil {
			return nil, err
		}
		held.seen, held.n = seen, n
	}
	return held.n, nil
}

func readNamings(tx *db.Tx) (*Namings, error) {
	rows, err := tx.Query(`SELECT e.id, e.party, p.kind, p.area, e.given_on, e.stated_on, i.item
		FROM endorsement_item i JOIN endorsement e ON e.id = i.endorsement JOIN party p ON p.id = e.party
		WHERE e.ended_on = '' AND e.claimed_as = 0 ORDER BY e.id DESC, i.item`)
	if err != nil {
		return nil, err
	}
	n := &Namings{byItem: map[string][]int{}}
	err = each(rows, func() error {
		var one Naming
		var statedOn, item string
		if err := rows.Scan(&one.Endorsement, &one.Party, &one.Kind, &one.Area, &one.On, &statedOn, &item); err != nil {
			return err
		}
		if statedOn != "" {
			one.Stated, one.On = true, statedOn
		}
		if last := len(n.all) - 1; last < 0 || n.all[last].Endorsement != one.Endorsement {
			n.all = append(n.all, one)
		}
		at := len(n.all) - 1
		n.all[at].Items = append(n.all[at].Items, item)
		n.byItem[item] = append(n.byItem[item], at)
		return nil
	})
	return n, err
}

// On counts the parties whose endorsements name any of the items, by kind of party
// and under "" of all kinds. Those that gave one here and those of which only
// others say so stand apart.
func (n *Namings) On(f SupportFilter, items []string) map[string]Support {
	out := map[string]Support{}
	type who struct {
		party  int64
		stated bool
	}
	counted := map[who]bool{}
	for _, item := range items {
		for _, at := range n.byItem[item] {
			one := &n.all[at]
			w := who{one.Party, one.Stated}
			if counted[w] || !f.fits(*one) {
				continue
			}
			counted[w] = true
			for _, kind := range []string{one.Kind, ""} {
				s := out[kind]
				if one.Stated {
					s.Elsewhere++
				} else {
					s.Given++
				}
				out[kind] = s
			}
		}
	}
	return out
}

// Of lists the endorsements that name an item, the latest first and before an
// entry (0: all); total is how many there are without that bound.
func (n *Namings) Of(f SupportFilter, item string, before int64, limit int) (list []Naming, total int64) {
	for _, at := range n.byItem[item] {
		one := n.all[at]
		if !f.fits(one) {
			continue
		}
		total++
		if (before == 0 || one.Endorsement < before) && len(list) < limit {
			list = append(list, one)
		}
	}
	return list, total
}
