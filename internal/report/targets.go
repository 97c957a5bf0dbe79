package report

import (
	"maps"
	"slices"

	"kept/internal/commitment"
	"kept/internal/compact"
)

// targets is what commitments add up to beside each target of the text in force.
func (b *builder) targets() error {
	for _, t := range b.pack.Targets {
		if t.Text != b.pack.InForce {
			continue
		}
		c, err := commitment.Towards(b.tx, b.pack, t)
		if err != nil {
			return err
		}
		if err := b.target(t, c); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) target(t *compact.Target, c commitment.Collective) error {
	id, query := "target."+t.ID, "/targets/"+t.ID
	var behind []int64
	for _, one := range c.Contributions {
		behind = append(behind, one.Commitment)
	}
	add := func(name, value, unit, why, round string) {
		f := Figure{ID: id + "." + name, Value: value, Unit: ascii(unit), Method: methodRange, Round: round, Query: query}
		if value == "" {
			f.Why, f.Round = why, ""
		}
		b.counted(&f, behind)
		b.add(f)
	}
	if c.Why == commitment.Procedural {
		b.add(Figure{ID: id + ".goal", Why: Procedural, Method: methodValue, Query: query})
		return nil
	}
	b.pledged(id, query, t)
	why := c.Why
	if why == commitment.Percent {
		why = NotSummable
	}
	if len(behind) == 0 && why != NotSummable && why != NoBaseline {
		why, c.Low, c.High = NoneThere, "", ""
	}
	add("low", c.Low, t.Unit, why, "")
	add("high", c.High, t.Unit, why, "")
	delivered := why
	if c.High != "" {
		delivered = NoData
	}
	add("delivered", c.Delivered, t.Unit, delivered, "")
	add("low_share", share(c.LowShare, c.Low), "share", why, roundShort)
	add("high_share", share(c.HighShare, c.High), "share", why, roundShort)
	b.count(id+".contributions", "commitments", "", behind)
	left := map[string][]int64{}
	for _, x := range c.Excluded {
		left[x.Why] = append(left[x.Why], x.Commitment)
	}
	for _, code := range slices.Sorted(maps.Keys(left)) {
		b.count(id+".left_out."+code, "commitments", "", left[code])
	}
	return nil
}

// share is absent where what it is a share of is.
func share(of, sum string) string {
	if sum == "" {
		return ""
	}
	return of
}

// pledged adds what the text says: the goal and where it begins.
func (b *builder) pledged(id, query string, t *compact.Target) {
	add := func(name, value, year, why string) {
		f := Figure{ID: id + "." + name, Value: value, Unit: ascii(t.Unit), Year: year, Method: methodValue, Query: query}
		if value == "" {
			f.Why, f.Year = why, ""
		}
		b.add(f)
	}
	add("goal", t.Value, t.By, NoValue)
	add("baseline", t.Baseline, t.BaselineOn, NoBaseline)
}
