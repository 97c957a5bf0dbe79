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
	if err := c.weigh(tx, heads); err != nil {
		return c, err
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

// weigh takes the indicators in the target's unit of what serves it, or says why
// not: two statements, however many commitments there are.
func (c *Collective) weigh(tx *db.Tx, heads []server) error {
	fit, why, err := c.measured(tx)
	if err != nil {
		return err
	}
	for _, s := range heads {
		out := c.leftOut(s)
		if out == "" && len(fit[s.id]) == 0 {
			if out = why[s.id]; out == "" {
				out = "no_indicator"
			}
		}
		if out != "" {
			c.Excluded = append(c.Excluded, Excluded{s.id, out})
			continue
		}
		for _, one := range fit[s.id] {
			one.Party = s.party
			c.Contributions = append(c.Contributions, one)
		}
	}
	return c.place(tx)
}

// leftOut says why nothing of a commitment is added up, whatever it measures; "" when it may be.
func (c *Collective) leftOut(s server) string {
	switch {
	case s.stated:
		return "stated"
	case s.closed == Withdrawn:
		return "withdrawn"
	case s.serves != ServesInForce && c.Target.Status == "in-force":
		return "earlier"
	case !s.verifiable:
		return "intent"
	}
	return ""
}

// served is the condition that the commitment of a column serves an item of the target.
func (c *Collective) served(column string) (string, []any) {
	return column + " IN (SELECT x.commitment FROM commitment_item x WHERE x.item IN (" + marks(len(c.Target.Items)) + "))", anys(c.Target.Items)
}

// measured are the indicators that fit, by commitment, and of a commitment where
// none does why the last one does not.
func (c *Collective) measured(tx *db.Tx) (fit map[int64][]Contribution, why map[int64]string, err error) {
	fit, why = map[int64][]Contribution{}, map[int64]string{}
	if len(c.Target.Items) == 0 {
		return fit, why, nil
	}
	in, args := c.served("commitment")
	rows, err := tx.Query("SELECT commitment, n, unit, direction, measure, baseline, target, value, value_on, dedup, pledges FROM commitment_indicator WHERE ended_on = '' AND "+in+" ORDER BY commitment, n", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var i Indicator
		var value string
		var pledges int64
		var one Contribution
		if err := scan(&one.Commitment, &one.Indicator, &i.Unit, &i.Direction, &i.Measure, &i.Baseline, &i.Target, &value, &one.AsOf, &one.dedup, &pledges); err != nil {
			return err
		}
		i.Pledges = pledges == 1
		if why[one.Commitment] = unfit(i, c.Target.Unit); why[one.Commitment] != "" {
			return nil
		}
		one.size = new(big.Rat).Sub(sum(i.Target), sum(i.Baseline))
		one.Promised = exact(one.size)
		if value != "" {
			one.Delivered = exact(new(big.Rat).Sub(sum(value), sum(i.Baseline)))
		}
		fit[one.Commitment] = append(fit[one.Commitment], one)
		return nil
	})
	return fit, why, err
}

// place says where the contributions are made.
func (c *Collective) place(tx *db.Tx) error {
	if len(c.Contributions) == 0 {
		return nil
	}
	areas := map[int64][]string{}
	in, args := c.served("commitment")
	rows, err := tx.Query("SELECT commitment, area FROM commitment_area WHERE "+in+" ORDER BY commitment, area", args...)
	err = pairs(rows, err, func(id int64, area string) { areas[id] = append(areas[id], area) })
	for n := range c.Contributions {
		c.Contributions[n].Areas = areas[c.Contributions[n].Commitment]
	}
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
// the same people or places: those that share an area, or of which one has a region
// that holds an area of the other. Two with keys are told apart by these, but both
// may overlap with one that has none.
func overlapping(all []Contribution, set *area.Set) []*big.Rat {
	group := make([]int, len(all))
	at := map[string][]int{} // area or region → the contributions that name it
	for i, one := range all {
		group[i] = i
		for _, code := range one.Areas {
			at[code] = append(at[code], i)
		}
	}
	for code, here := range at {
		within := inside(code, at, set)
		keyless := slices.DeleteFunc(slices.Concat(here, within), func(i int) bool { return all[i].dedup != "" })
		if slices.ContainsFunc(here, func(i int) bool { return all[i].dedup == "" }) {
			unite(group, slices.Concat(here, within))
		} else if len(keyless) > 0 {
			unite(group, slices.Concat(here, keyless))
		}
	}
	largest := map[int]*big.Rat{}
	for i, one := range all {
		g := groupOf(group, i)
		if l, ok := largest[g]; !ok || one.size.Cmp(l) > 0 {
			largest[g] = one.size
		}
	}
	var out []*big.Rat
	for _, l := range largest {
		out = append(out, l)
	}
	return out
}

// inside are the contributions that name an area or region within a region.
func inside(region string, at map[string][]int, set *area.Set) (found []int) {
	if _, ok := set.RegionByID(region); !ok {
		return nil
	}
	members := map[string]bool{}
	for _, a := range set.In(region) {
		members[a.ID] = true
	}
	for code, those := range at {
		if members[code] || below(code, region, set) {
			found = append(found, those...)
		}
	}
	return found
}

// below tells whether a region lies in another one.
func below(code, region string, set *area.Set) bool {
	r, ok := set.RegionByID(code)
	for ok && r.Parent != "" {
		if r.Parent == region {
			return true
		}
		r, ok = set.RegionByID(r.Parent)
	}
	return false
}

// within tells whether an area or region lies in a region.
func within(id, region string, set *area.Set) bool {
	if _, ok := set.RegionByID(region); !ok {
		return false
	}
	return below(id, region, set) || slices.ContainsFunc(set.In(region), func(a *area.Area) bool { return a.ID == id })
}

// unite puts all of some into one group.
func unite(group, some []int) {
	for _, i := range some[1:] {
		group[groupOf(group, i)] = groupOf(group, some[0])
	}
}

// groupOf follows a member to the head of its group, and shortens the way.
func groupOf(group []int, i int) int {
	for group[i] != i {
		group[i] = group[group[i]]
		i = group[i]
	}
	return i
}
