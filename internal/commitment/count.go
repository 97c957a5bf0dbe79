package commitment

import (
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/stakeholder"
)

// Counts are how many commitments there are. Statements of intent are in no
// figure of delivery; what was stated elsewhere or serves an earlier text only is
// counted apart.
type Counts struct {
	Commitments int64            // made here, serving the text in force
	Parties     int64            // that lead them
	Intents     int64            // of them, those that cannot be checked
	Reporting   map[string]int64 // of the others, by reporting currency
	Elsewhere   int64            // stated elsewhere, not claimed
	EarlierOnly int64            // made here, serving earlier texts only
	parties     map[int64]bool
}

// Reported is how many have their last due report.
func (c Counts) Reported() int64 { return c.Reporting[Current] }

// NotDue is how many have no report due yet.
func (c Counts) NotDue() int64 { return c.Reporting[NotDue] }

// Tally are the counts of everything at once, for lists and maps.
type Tally struct {
	All         Counts
	ByItem      map[string]Counts
	ByObjective map[string]Counts // a commitment that serves two items of one counts once
	ByKind      map[string]Counts // kind of lead party
}

// counted is what one commitment adds.
type counted struct {
	id, party          int64
	stated, verifiable bool
	serves, state      string
	items              []string
}

// Count tallies all commitments as of today.
func Count(tx *db.Tx, pack *compact.Pack, today string) (Tally, error) {
	t := Tally{ByItem: map[string]Counts{}, ByObjective: map[string]Counts{}, ByKind: map[string]Counts{}}
	all, err := toCount(tx, "c.claimed_by = 0", nil, today)
	if err != nil {
		return t, err
	}
	kinds := map[int64]string{}
	for _, c := range all {
		if _, known := kinds[c.party]; !known {
			p, err := stakeholder.ByID(tx, c.party)
			if err != nil {
				return t, err
			}
			kinds[c.party] = p.Kind
		}
		t.All = t.All.with(c)
		t.ByKind[kinds[c.party]] = t.ByKind[kinds[c.party]].with(c)
		above := map[string]bool{}
		for _, id := range c.items {
			t.ByItem[id] = t.ByItem[id].with(c)
			if i, ok := pack.Item(id); ok {
				above[objectiveOf(i)] = true
			}
		}
		for id := range above {
			t.ByObjective[id] = t.ByObjective[id].with(c)
		}
	}
	return t, nil
}

func objectiveOf(i *compact.Item) string {
	if i.Kind == compact.KindObjective || i.Kind == compact.KindTheme {
		return i.ID
	}
	return i.Under
}

// CountItem counts what serves one of some items.
func CountItem(tx *db.Tx, today string, items ...string) (Counts, error) {
	if len(items) == 0 {
		return Counts{}, nil
	}
	return countWhere(tx, "c.claimed_by = 0 AND EXISTS (SELECT 1 FROM commitment_item x WHERE x.commitment = c.id AND x.item IN ("+marks(len(items))+"))", anys(items), today)
}

func countWhere(tx *db.Tx, condition string, args []any, today string) (Counts, error) {
	all, err := toCount(tx, condition, args, today)
	var c Counts
	for _, one := range all {
		c = c.with(one)
	}
	return c, err
}

// with adds one commitment.
func (c Counts) with(one counted) Counts {
	if c.Reporting == nil {
		c.Reporting, c.parties = map[string]int64{}, map[int64]bool{}
	}
	switch {
	case one.stated:
		c.Elsewhere++
	case one.serves != ServesInForce:
		c.EarlierOnly++
	default:
		c.Commitments++
		if !c.parties[one.party] {
			c.parties[one.party] = true
			c.Parties++
		}
		if one.verifiable {
			c.Reporting[one.state]++
		} else {
			c.Intents++
		}
	}
	return c
}

func toCount(tx *db.Tx, condition string, args []any, today string) ([]counted, error) {
	items := map[int64][]string{}
	rows, err := tx.Query("SELECT y.commitment, y.item FROM commitment_item y JOIN commitment c ON c.id = y.commitment WHERE "+condition, args...)
	if err := pairs(rows, err, func(id int64, item string) { items[id] = append(items[id], item) }); err != nil {
		return nil, err
	}
	rows, err = tx.Query("SELECT c.id, c.party, c.stated, c.verifiable, c.serves, "+stateSQL+" FROM commitment c WHERE "+condition,
		append([]any{today, today, today, today}, args...)...)
	var all []counted
	err = each(rows, err, func(scan func(...any) error) error {
		var c counted
		var stated, verifiable int64
		err := scan(&c.id, &c.party, &stated, &verifiable, &c.serves, &c.state)
		c.stated, c.verifiable, c.items = stated == 1, verifiable == 1, items[c.id]
		all = append(all, c)
		return err
	})
	return all, err
}
