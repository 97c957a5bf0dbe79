package commitment

import (
	"strings"

	"kept/internal/db"
)

// Registered is how much was registered on some items. Each of the three numbers is
// the length of a list: what is counted as [CountedDelivery] and as [CountedIntent],
// and what was stated elsewhere and is claimed by nobody.
type Registered struct{ Commitments, Intents, Elsewhere int64 }

// Of gives all three together.
func (r Registered) Of() int64 { return r.Commitments + r.Intents + r.Elsewhere }

// RegisteredOn counts, for each group of items, what serves any of them: by the
// kind of the lead party, and under "" of all kinds. One that serves two items of
// a group counts once in it. The filter narrows as on the list.
func RegisteredOn(tx *db.Tx, f Filter, groups [][]string) ([]map[string]Registered, error) {
	out := make([]map[string]Registered, len(groups))
	for i := range out {
		out[i] = map[string]Registered{}
	}
	count := func(s *shelf, found bitmap) {
		kinds := append(s.kinds(), "")
		var on, one bitmap
		for g, items := range groups {
			on = append(on[:0], found...)
			on.and(s.any("item:", items))
			for _, kind := range kinds {
				if one = append(one[:0], on...); kind != "" {
					one.and(s.sets["kind:"+kind])
				}
				r := out[g][kind]
				if f.Which == Elsewhere {
					r.Elsewhere = one.count()
				} else {
					all := one.count()
					one.and(s.sets["counted:"+CountedDelivery])
					r.Commitments = one.count()
					r.Intents = all - r.Commitments
				}
				if r.Of() > 0 {
					out[g][kind] = r
				}
			}
		}
	}
	f.Which, f.Counted = Own, CountedHere
	if err := search(tx, f, count); err != nil {
		return nil, err
	}
	f.Which, f.Counted = Elsewhere, ""
	return out, search(tx, f, count)
}

// kinds are the kinds of party that lead anything.
func (s *shelf) kinds() []string {
	var kinds []string
	for name := range s.sets {
		if kind, ok := strings.CutPrefix(name, "kind:"); ok {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Makers tells of some commitments made here who wrote each into the record: the
// party's id, or the secretariat.
func Makers(tx *db.Tx, ids ...int64) (map[int64]string, error) {
	by := make(map[int64]string, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 500)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		rows, err := tx.Query("SELECT id, made_by FROM commitment WHERE id IN ("+marks(n)+") ORDER BY id", args...)
		if err = pairs(rows, err, func(id int64, maker string) { by[id] = maker }); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return by, nil
}
