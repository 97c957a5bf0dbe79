package stakeholder

import (
	"sync"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/record"
)

// Counts say how many parties there are; those stated elsewhere stand apart and
// are in no other figure.
type Counts struct {
	Total     int64
	ByKind    map[string]int64 // kind → parties
	ByBasis   map[string]int64 // basis towards the text in force → parties
	ByRegion  map[string]int64 // region directly under the whole → parties with their seat there
	NoSeat    int64            // parties that name no area of seat
	Elsewhere int64            // stated elsewhere and claimed by nobody
	Verified  int64            // level V2 and above
}

// countedOnce are the counts as they were when an act last touched any party, under
// the pack of that time.
type countedOnce struct {
	mu   sync.Mutex
	seen int64
	pack record.Digest
	c    Counts
}

type countsKey struct{}

// Count counts the parties. The counts are kept until an act about any party comes;
// nobody changes them.
func Count(tx *db.Tx) (Counts, error) {
	held := tx.Held(countsKey{}, func() any { return &countedOnce{seen: -1} }).(*countedOnce)
	pack, err := compact.InForce(tx)
	if err != nil {
		return Counts{}, err
	}
	seen, err := partiesTouched(tx)
	if err != nil {
		return Counts{}, err
	}
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.c.ByKind == nil || held.seen != seen || held.pack != pack.Digest {
		c, err := countAnew(tx)
		if err != nil {
			return c, err
		}
		held.seen, held.pack, held.c = seen, pack.Digest, c
	}
	return held.c, nil
}

func countAnew(tx *db.Tx) (Counts, error) {
	c := Counts{ByKind: map[string]int64{}, ByBasis: map[string]int64{}, ByRegion: map[string]int64{}}
	pack, err := compact.InForce(tx)
	if err != nil {
		return c, err
	}
	rows, err := tx.Query(`SELECT p.kind, p.area, COALESCE(s.basis, ''), CASE WHEN p.level >= 'V2' THEN 1 ELSE 0 END, COUNT(*)
		FROM party p LEFT JOIN standing s ON s.party = p.id AND s.text_id = ?
		WHERE p.stated_on = '' GROUP BY p.kind, p.area, COALESCE(s.basis, ''), CASE WHEN p.level >= 'V2' THEN 1 ELSE 0 END`, pack.InForce)
	if err != nil {
		return c, err
	}
	err = each(rows, func() error {
		var p Party
		var verified, n int64
		if err := rows.Scan(&p.Kind, &p.Area, &p.Basis, &verified, &n); err != nil {
			return err
		}
		c.add(pack, p, verified*n, n)
		return nil
	})
	if err != nil {
		return c, err
	}
	err = tx.Row("SELECT COUNT(*) FROM party WHERE stated_on <> '' AND claimed_by = 0").Scan(&c.Elsewhere)
	return c, err
}

func (c *Counts) add(pack *compact.Pack, p Party, verified, n int64) {
	p.Basis = p.basisToward(pack)
	c.Total += n
	c.Verified += verified
	c.ByKind[p.Kind] += n
	c.ByBasis[p.Basis] += n
	if a, ok := pack.AreaSet().ByID(p.Area); ok {
		c.ByRegion[a.Region] += n
	} else {
		c.NoSeat += n
	}
}

// Surveyed is a party as a report looks at it.
type Surveyed struct {
	ID          int64
	Kind, Basis string
	Region      string // of its seat, directly under the whole; "" for none
	Verified    bool   // level V2 and above
	Stated      bool   // stated elsewhere and claimed by nobody
}

// Survey visits the parties in the order of their ids, but for stated ones that
// were claimed.
func Survey(tx *db.Tx, pack *compact.Pack, visit func(Surveyed)) error {
	rows, err := tx.Query(`SELECT p.id, p.kind, p.area, COALESCE(s.basis, ''), p.level, p.stated_on
		FROM party p LEFT JOIN standing s ON s.party = p.id AND s.text_id = ? WHERE p.claimed_by = 0 ORDER BY p.id`, pack.InForce)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var p Party
		if err := rows.Scan(&p.ID, &p.Kind, &p.Area, &p.Basis, &p.Level, &p.StatedOn); err != nil {
			return err
		}
		one := Surveyed{ID: p.ID, Kind: p.Kind, Basis: p.basisToward(pack), Verified: p.Level >= "V2", Stated: p.Stated()}
		if a, ok := pack.AreaSet().ByID(p.Area); ok {
			one.Region = a.Region
		}
		visit(one)
		return nil
	})
}

// basisToward is the party's basis: its standing, else what it is.
func (p Party) basisToward(pack *compact.Pack) string {
	if p.Basis != "" {
		return p.Basis
	}
	return orNone(byKind(pack, p))
}

// Support is how many parties endorse something; those of which only others say so
// stand apart.
type Support struct{ Given, Elsewhere int64 }

// EndorsersByItem lists, for each item that an endorsement which holds supports,
// the parties that gave one here, ascending.
func EndorsersByItem(tx *db.Tx) (map[string][]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT i.item, e.party FROM endorsement_item i JOIN endorsement e ON e.id = i.endorsement
		WHERE e.ended_on = '' AND e.claimed_as = 0 AND e.stated_on = '' ORDER BY i.item, e.party`)
	if err != nil {
		return nil, err
	}
	all := map[string][]int64{}
	err = each(rows, func() error {
		var item string
		var party int64
		err := rows.Scan(&item, &party)
		all[item] = append(all[item], party)
		return err
	})
	return all, err
}

// Endorsements counts the parties with an endorsement of a text that holds.
func Endorsements(tx *db.Tx, text string) (Support, error) {
	var s Support
	err := tx.Row(`SELECT COUNT(DISTINCT CASE WHEN stated_on = '' THEN party END), COUNT(DISTINCT CASE WHEN stated_on <> '' THEN party END)
		FROM endorsement WHERE text_id = ? AND ended_on = '' AND claimed_as = 0`, text).Scan(&s.Given, &s.Elsewhere)
	return s, err
}
