package commitment

import (
	"math/big"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
)

// Why a collective target is not computed.
const (
	NoValue    = "no_value"    // the text names no number
	NoBaseline = "no_baseline" // and nobody agreed one
	Percent    = "percent"     // shares of different wholes cannot be added
	Procedural = "procedural"  // a step to be taken, not a quantity
)

// Contribution is what one commitment undertakes towards a collective target.
type Contribution struct {
	Commitment, Party int64
	Indicator         int
	Promised          string // target − baseline
	Delivered         string // value − baseline; "" when nobody knows
	AsOf              string
	Areas             []string
	dedup             string
	size              *big.Rat
}

// Excluded is a commitment that serves the target's items and is not added up, and why.
type Excluded struct {
	Commitment int64
	Why        string // unit, no_indicator, intent, no_baseline, direction, pledges, withdrawn, stated or earlier
}

// Collective is what commitments add up to beside a target. Low counts only what
// is certainly distinct, high all. Nothing is added across units.
type Collective struct {
	Target        *compact.Target
	Why           string // why there is no sum, or no share; empty when there is one
	Low, High     string // promised
	Delivered     string // of those that reported a value; "" when nobody knows
	Known         int    // of how many contributions something delivered is known
	LowShare      string // of the target's value, where it has one
	HighShare     string
	Contributions []Contribution
	Excluded      []Excluded
}

// Towards adds up what commitments undertake towards a collective target.
func Towards(tx *db.Tx, pack *compact.Pack, target *compact.Target) (Collective, error) {
	c := Collective{Target: target}
	switch {
	case target.Kind == "by" || target.Unit == "":
		c.Why = Procedural
		return c, nil
	case strings.HasPrefix(target.Unit, "percent"):
		c.Why = Percent
		if target.Unit == "percent-more" && target.Baseline == "" {
			c.Why = NoBaseline
		}
	}
	heads, err := serving(tx, target)
	if err != nil {
		return c, err
	}
	for _, h := range heads {
		if err := c.weigh(tx, h); err != nil {
			return c, err
		}
	}
	if c.Why == "" {
		c.addUp(pack.AreaSet())
	}
	return c, nil
}

// server is a commitment that serves an item of a target.
type server struct {
	id, party          int64
	stated, verifiable bool
	serves, closed     string
}

func serving(tx *db.Tx, target *compact.Target) ([]server, error) {
	if len(target.Items) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(`SELECT c.id, c.party, c.stated, c.verifiable, c.serves, c.closed FROM commitment c WHERE c.claimed_by = 0
		AND EXISTS (SELECT 1 FROM commitment_item x WHERE x.commitment = c.id AND x.item IN (`+marks(len(target.Items))+`)) ORDER BY c.id`, anys(target.Items)...)
	var all []server
	err = each(rows, err, func(scan func(...any) error) error {
		var s server
		var stated, verifiable int64
		err := scan(&s.id, &s.party, &stated, &verifiable, &s.serves, &s.closed)
		s.stated, s.verifiable = stated == 1, verifiable == 1
		all = append(all, s)
		return err
	})
	return all, err
}

// weigh takes a commitment's indicators in the target's unit, or says why not.
func (c *Collective) weigh(tx *db.Tx, s server) error {
	exclude := func(why string) { c.Excluded = append(c.Excluded, Excluded{s.id, why}) }
	switch {
	case s.stated:
		exclude("stated")
		return nil
	case s.closed == Withdrawn:
		exclude("withdrawn")
		return nil
	case s.serves != ServesInForce && c.Target.Status == "in-force":
		exclude("earlier")
		return nil
	case !s.verifiable:
		exclude("intent")
		return nil
	}
	rows, err := tx.Query("SELECT n, unit, direction, measure, baseline, target, value, value_on, dedup, pledges FROM commitment_indicator WHERE commitment = ? AND ended_on = '' ORDER BY n", s.id)
	var found []Contribution
	why := "no_indicator"
	err = each(rows, err, func(scan func(...any) error) error {
		var i Indicator
		var value string
		var pledges int64
		one := Contribution{Commitment: s.id, Party: s.party}
		if err := scan(&one.Indicator, &i.Unit, &i.Direction, &i.Measure, &i.Baseline, &i.Target, &value, &one.AsOf, &one.dedup, &pledges); err != nil {
			return err
		}
		if i.Pledges = pledges == 1; why != "" {
			why = unfit(i, c.Target.Unit)
		}
		if unfit(i, c.Target.Unit) != "" {
			return nil
		}
		one.size = new(big.Rat).Sub(sum(i.Target), sum(i.Baseline))
		one.Promised = exact(one.size)
		if value != "" {
			one.Delivered = exact(new(big.Rat).Sub(sum(value), sum(i.Baseline)))
		}
		found = append(found, one)
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		exclude(why)
		return nil
	}
	areas, err := tx.Query("SELECT commitment, area FROM commitment_area WHERE commitment = ? ORDER BY area", s.id)
	err = pairs(areas, err, func(_ int64, id string) {
		for n := range found {
			found[n].Areas = append(found[n].Areas, id)
		}
	})
	c.Contributions = append(c.Contributions, found...)
	return err
}

// unfit says why an indicator does not add to a target in a unit; "" when it does.
func unfit(i Indicator, unit string) string {
	switch {
	case i.Unit != unit:
		return "unit"
	case i.Pledges:
		return "pledges"
	case i.Baseline == "":
		return "no_baseline"
	case i.Direction != "up" || i.Measure == "binary":
		return "direction"
	}
	return ""
}

// addUp finds the range. Contributions under one dedup key are the same thing and
// count once, with the largest. Low takes, of all that may overlap (the same
// areas, no keys that tell them apart), the largest only.
func (c *Collective) addUp(set *area.Set) {
	once := dedup(c.Contributions)
	high, low := new(big.Rat), new(big.Rat)
	for _, one := range once {
		high.Add(high, one.size)
	}
	for _, group := range overlapping(once, set) {
		low.Add(low, group)
	}
	c.Low, c.High = exact(low), exact(high)
	delivered := new(big.Rat)
	for _, one := range once {
		if one.Delivered != "" {
			delivered.Add(delivered, sum(one.Delivered))
			c.Known++
		}
	}
	if c.Known > 0 {
		c.Delivered = exact(delivered)
	}
	goal, ok := rat(c.Target.Value)
	if !ok || goal.Sign() <= 0 {
		c.Why = NoValue
		return
	}
	c.LowShare, c.HighShare = plain(low.Quo(low, goal)), plain(high.Quo(high, goal))
}

func dedup(all []Contribution) []Contribution {
	var once []Contribution
	at := map[string]int{}
	for _, one := range all {
		n, twice := at[one.dedup]
		switch {
		case one.dedup == "" || !twice:
			at[one.dedup] = len(once)
			once = append(once, one)
		case one.size.Cmp(once[n].size) > 0:
			once[n] = one
		}
	}
	return once
}

// overlapping are the largest sizes of each group of contributions that may count
// the same people or places.
func overlapping(all []Contribution, set *area.Set) []*big.Rat {
	group := make([]int, len(all))
	for i := range all {
		group[i] = i
		for j := range i {
			if mayOverlap(all[i], all[j], set) && group[i] != group[j] {
				from, to := group[i], group[j]
				for k := range i + 1 {
					if group[k] == from {
						group[k] = to
					}
				}
			}
		}
	}
	largest := map[int]*big.Rat{}
	for i, one := range all {
		if l, ok := largest[group[i]]; !ok || one.size.Cmp(l) > 0 {
			largest[group[i]] = one.size
		}
	}
	var out []*big.Rat
	for _, l := range largest {
		out = append(out, l)
	}
	return out
}

func mayOverlap(a, b Contribution, set *area.Set) bool {
	if a.dedup != "" && b.dedup != "" {
		return false // told apart by their keys
	}
	for _, x := range a.Areas {
		for _, y := range b.Areas {
			if x == y || within(x, y, set) || within(y, x, set) {
				return true
			}
		}
	}
	return false
}

// within tells whether an area or region lies in a region.
func within(id, region string, set *area.Set) bool {
	if _, ok := set.RegionByID(region); !ok {
		return false
	}
	if r, ok := set.RegionByID(id); ok {
		for r.Parent != "" && r.Parent != region {
			if r, ok = set.RegionByID(r.Parent); !ok {
				return false
			}
		}
		return r.Parent == region
	}
	return slices.ContainsFunc(set.In(region), func(a *area.Area) bool { return a.ID == id })
}
