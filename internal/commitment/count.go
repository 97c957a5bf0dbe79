package commitment

import (
	"kept/internal/compact"
	"kept/internal/db"
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
	Withdrawn   int64            // made here and withdrawn: they stay visible, and are in no other count
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

// Count tallies all commitments as of today.
func Count(tx *db.Tx, pack *compact.Pack, today string) (Tally, error) {
	t := Tally{ByItem: map[string]Counts{}, ByObjective: map[string]Counts{}, ByKind: map[string]Counts{}}
	err := eachCard(tx, Filter{Today: today}, func(c *card) {
		state := c.dues.State(today)
		t.All = t.All.with(c, state)
		t.ByKind[c.kind] = t.ByKind[c.kind].with(c, state)
		above := map[string]bool{}
		for _, id := range c.items {
			t.ByItem[id] = t.ByItem[id].with(c, state)
			if i, ok := pack.Item(id); ok {
				above[objectiveOf(i)] = true
			}
		}
		for id := range above {
			t.ByObjective[id] = t.ByObjective[id].with(c, state)
		}
	})
	return t, err
}

// eachCard visits what a filter lets through, made here or stated elsewhere.
func eachCard(tx *db.Tx, f Filter, visit func(*card)) error {
	for _, which := range []string{Own, Elsewhere} {
		f.Which = which
		err := search(tx, f, func(s *shelf, found bitmap) { found.each(func(at int) { visit(s.cards[at]) }) })
		if err != nil {
			return err
		}
	}
	return nil
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
	var c Counts
	err := eachCard(tx, Filter{Items: items, Today: today}, func(one *card) { c = c.with(one, one.dues.State(today)) })
	return c, err
}

// CountAll counts everything, for a page that shows no parts. The counts are kept
// until something changes; nobody changes them.
func CountAll(tx *db.Tx, today string) (Counts, error) {
	var c Counts
	err := search(tx, Filter{Today: today}, func(s *shelf, _ bitmap) {
		if known := s.counts.Load(); known != nil {
			c = *known
			return
		}
		for _, which := range []string{Own, Elsewhere} {
			s.sets["which:"+which].each(func(at int) { c = c.with(s.cards[at], s.cards[at].dues.State(today)) })
		}
		s.counts.Store(&c)
	})
	return c, err
}

// with adds one commitment in its state of reporting.
func (c Counts) with(one *card, state string) Counts {
	if c.Reporting == nil {
		c.Reporting, c.parties = map[string]int64{}, map[int64]bool{}
	}
	class := one.class()
	switch class {
	case "":
		c.Elsewhere++
		return c
	case CountedWithdrawn:
		c.Withdrawn++
		return c
	case CountedEarlier:
		c.EarlierOnly++
		return c
	case CountedDelivery:
		c.Reporting[state]++
	default:
		c.Intents++
	}
	c.Commitments++
	if !c.parties[one.party] {
		c.parties[one.party] = true
		c.Parties++
	}
	return c
}

// What a commitment made here is counted as. Those of [CountedDelivery] and of
// [CountedIntent] together are [CountedHere].
const (
	CountedHere      = "here"      // made here, serving the text in force, not withdrawn
	CountedDelivery  = "delivery"  // of these, those that can be checked: figures of delivery speak of them
	CountedIntent    = "intent"    // of these, statements of intent
	CountedEarlier   = "earlier"   // serving earlier texts only
	CountedWithdrawn = "withdrawn" // they stay visible, and are in no other count
)

// Counted are the classes, in the order in which lists offer them.
var Counted = []string{CountedHere, CountedDelivery, CountedIntent, CountedEarlier, CountedWithdrawn}

// class is what a card is counted as; "" for what was stated elsewhere.
func (c *card) class() string {
	switch {
	case c.stated:
		return ""
	case c.closed == Withdrawn:
		return CountedWithdrawn
	case c.serves != ServesInForce:
		return CountedEarlier
	case c.verifiable:
		return CountedDelivery
	}
	return CountedIntent
}
