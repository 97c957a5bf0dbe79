package report

import (
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
)

type surveyed = commitment.Surveyed

// promises is what was undertaken, by what it serves, what it is and who leads it.
// Statements of intent, what serves earlier texts only, what was withdrawn and what
// was stated elsewhere are each counted apart.
func (b *builder) promises() error {
	b.commitments("promises.total", list("counted", "here"), (*surveyed).Here)
	b.commitments("promises.verifiable", list("counted", "delivery"), verifiable)
	b.commitments("promises.intent", list("counted", "intent"), func(c *surveyed) bool { return c.Counted == commitment.CountedIntent })
	b.commitments("promises.earlier", list("counted", "earlier"), func(c *surveyed) bool { return c.Counted == commitment.CountedEarlier })
	b.commitments("promises.withdrawn", list("counted", "withdrawn"), func(c *surveyed) bool { return c.Counted == commitment.CountedWithdrawn })
	b.commitments("promises.elsewhere", list("which", commitment.Elsewhere), func(c *surveyed) bool { return c.Stated })
	b.commitments("promises.made_in_period", list("counted", "here", "made_from", b.outline.From, "made_to", b.outline.To),
		func(c *surveyed) bool { return c.Here() && b.within(c.MadeOn) })
	b.commitments("promises.joint", "", func(c *surveyed) bool { return c.Here() && len(c.Confirmed) > 0 })
	var leads []int64
	for _, c := range b.all {
		if c.Here() {
			leads = append(leads, c.Party)
		}
	}
	b.count("promises.leads", "parties", "", leads)
	b.byObjective()
	b.byCode("type", commitment.Types, func(c *surveyed) string { return c.Type })
	b.byCode("newness", commitment.Newnesses, func(c *surveyed) string { return c.Newness })
	b.byCode("kind", b.pack.PartyKinds, func(c *surveyed) string { return c.Kind })
	for _, band := range commitment.Bands {
		b.commitments("promises.band."+band, "", func(c *surveyed) bool { return c.Here() && c.Band == band })
	}
	return b.people()
}

func verifiable(c *surveyed) bool { return c.Counted == commitment.CountedDelivery }

func (b *builder) within(day string) bool { return day >= b.outline.From && day <= b.outline.To }

// byCode counts by a code that lists can be asked for.
func (b *builder) byCode(name string, codes []string, of func(*surveyed) string) {
	var rows []Row
	for _, code := range codes {
		fits := func(c *surveyed) bool { return c.Here() && of(c) == code }
		id := "promises." + name + "." + code
		rows = append(rows, Row{code, []string{b.commitments(id, list("counted", "here", name, code), fits),
			b.commitments(id+".verifiable", list("counted", "delivery", name, code), func(c *surveyed) bool { return verifiable(c) && of(c) == code })}})
	}
	b.table("promises.by_"+name, []string{"commitments", "verifiable"}, rows)
}

// objectives of the text in force, and its section on follow-up where it has one.
func (b *builder) objectives() (ids []string) {
	for _, i := range b.pack.ItemsOf(b.pack.InForce) {
		if i.Kind == compact.KindObjective || i.Kind == compact.KindTheme {
			ids = append(ids, i.ID)
		}
	}
	if len(commitment.UnderObjective(b.pack, compact.FollowUp)) > 0 {
		ids = append(ids, compact.FollowUp)
	}
	return ids
}

// named is a set of codes.
type named map[string]bool

func namedOf(codes []string) named {
	n := make(named, len(codes))
	for _, c := range codes {
		n[c] = true
	}
	return n
}

// any tells whether one of some codes is in the set.
func (n named) any(codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return n[c] })
}

// byObjective counts by objective; what serves two of them counts for each.
func (b *builder) byObjective() {
	var rows []Row
	for _, o := range b.objectives() {
		under := namedOf(commitment.UnderObjective(b.pack, o))
		id := "promises.objective." + o
		rows = append(rows, Row{o, []string{
			b.commitments(id, list("counted", "here", "under", o), func(c *surveyed) bool { return c.Here() && under.any(c.Items) }),
			b.commitments(id+".verifiable", list("counted", "delivery", "under", o), func(c *surveyed) bool { return verifiable(c) && under.any(c.Items) })}})
	}
	b.table("promises.by_objective", []string{"commitments", "verifiable"}, rows)
}

// people adds up whom commitments are to reach directly, as promised.
func (b *builder) people() error {
	people, known, err := commitment.ToReach(b.tx)
	if err != nil {
		return err
	}
	f := Figure{ID: "promises.people_to_reach", Value: people, Unit: "people", Method: methodSum}
	if known == 0 {
		f.Value, f.Why = "", NoData
	}
	b.add(f)
	b.add(Figure{ID: "promises.people_to_reach_known", Value: strconv.Itoa(known), Unit: "commitments", Method: methodCount})
	return nil
}
