package commitment

import (
	"math/big"
	"slices"
	"strings"
	"sync"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Which commitments a list holds: those made here, or those stated elsewhere and
// not yet claimed. The two are never mixed.
const (
	Own       = ""
	Elsewhere = "stated"
)

// Orders of a list.
const (
	Newest = "new"
	Ending = "ends"
	DueIn  = "due"
)

// Lifecycles and Stages are what lists can be filtered by.
var (
	Lifecycles = []string{Published, AmendedOn, Concluded, Withdrawn}
	Stages     = append([]string{pledged}, LaterStages...)
)

// Filter says which commitments a list holds; an empty field leaves it open. Days
// are whole dates, and both ends of a span belong to it.
type Filter struct {
	Which     string   // [Own] or [Elsewhere]
	Lifecycle string   // the five facts: lifecycle,
	Reporting string   // a state of [ReportingStates],
	Status    string   // self-assessed,
	Pace      string   // computed,
	Review    string   // assessment
	Items     []string // serving any of these
	Party     int64    // as lead or partner
	Kind      string   // of the lead party
	Group     int64    // the lead party belongs to this group of parties
	GroupOn   string   // on this day; empty: as of now
	Area      string
	Region    string // of any level, or a group of countries ("ldc")
	Type      string
	Serves    string // in_force, earlier or none
	Check     string // "yes": can be checked; "no": statements of intent
	Counted   string // what it is counted as: one of [Counted]
	Newness   string
	Money     string // "yes": names any that is behind it, of whatever stage; "no": none
	Stage     string // of its money
	Currency  string
	AtLeast   string // of money of that stage and currency, all lines together; needs both
	MadeFrom  string
	MadeTo    string
	EndsFrom  string
	EndsTo    string
	DueFrom   string
	DueTo     string
	Reported  string  // its newest report came on this day or later
	Among     []int64 // these alone; nil: all
	Query     string  // in title and promise
	Sort      string  // [Newest], [Ending] or [DueIn]
	After     string  // the cursor of the page before
	Limit     int     // 50 when zero, at most 1,000
	Today     string
}

// Validate refuses a filter that cannot mean anything; errors name its fields as the address does.
func (f Filter) Validate() error {
	var es locale.Errors
	for _, d := range []struct{ field, date string }{{"made_from", f.MadeFrom}, {"made_to", f.MadeTo}, {"ends_from", f.EndsFrom}, {"ends_to", f.EndsTo},
		{"due_from", f.DueFrom}, {"due_to", f.DueTo}, {"reported_from", f.Reported}} {
		if d.date != "" && !fullDate(d.date) {
			es.AddField(d.field, locale.E("err.list.bad_day", "value", d.date))
		}
	}
	if f.AtLeast != "" {
		if least, ok := rat(f.AtLeast); !ok || least.Sign() < 0 {
			es.AddField("at_least", locale.E("err.list.bad_amount", "value", f.AtLeast))
		}
		if f.Stage == "" || f.Currency == "" {
			es.AddField("at_least", locale.E("err.list.amount_of_what"))
		}
	}
	return es.Err()
}

// selection is a filter made ready: sets to be in, and what is left to look at card by card.
type selection struct {
	always []bitmap // the place is in each of these
	rest   []func(*card) bool
}

// selection looks the filter up. The caller holds the shelf; members are the
// parties of the group that the filter names.
func (s *shelf) selection(f Filter, areas []string, members []int64) selection {
	sel := selection{always: []bitmap{s.sets["which:"+f.Which]}}
	for _, fact := range []struct{ name, value string }{{"kind:", f.Kind}, {"type:", f.Type}, {"status:", f.Status}, {"serves:", f.Serves},
		{"check:", f.Check}, {"counted:", f.Counted}, {"newness:", f.Newness}, {"funds:", f.Money}, {"area:", f.Area}} {
		if fact.value != "" {
			sel.always = append(sel.always, s.sets[fact.name+fact.value])
		}
	}
	for _, fact := range []struct{ name, value string }{{"lifecycle:", f.Lifecycle}, {"reporting:", f.Reporting}, {"pace:", f.Pace}, {"review:", f.Review}} {
		if fact.value != "" {
			sel.always = append(sel.always, s.days.sets[fact.name+fact.value])
		}
	}
	if len(f.Items) > 0 {
		sel.always = append(sel.always, s.any("item:", f.Items))
	}
	if f.Region != "" {
		sel.always = append(sel.always, s.any("area:", areas))
	}
	switch {
	case f.Stage != "" && f.Currency != "":
		sel.always = append(sel.always, s.sets["money:"+f.Stage+" "+f.Currency])
	case f.Stage != "":
		sel.always = append(sel.always, s.sets["stage:"+f.Stage])
	case f.Currency != "":
		sel.always = append(sel.always, s.sets["currency:"+f.Currency])
	}
	if f.Party != 0 {
		sel.always = append(sel.always, s.of(f.Party, func(*card) bool { return true }))
	}
	if f.Group != 0 {
		var sets []bitmap
		for _, m := range members {
			sets = append(sets, s.of(m, func(c *card) bool { return c.party == m }))
		}
		sel.always = append(sel.always, union(sets))
	}
	if f.Among != nil {
		sel.always = append(sel.always, s.placed(f.Among))
	}
	sel.spans(f)
	return sel
}

// spans adds what is no code: dates, amounts and words.
func (sel *selection) spans(f Filter) {
	add := func(from, to string, date func(*card) string) {
		if from != "" {
			sel.rest = append(sel.rest, func(c *card) bool { return date(c) >= from })
		}
		if to != "" {
			sel.rest = append(sel.rest, func(c *card) bool { return date(c) <= to && date(c) != "" })
		}
	}
	add(f.MadeFrom, f.MadeTo, func(c *card) string { return c.madeOn })
	add(f.EndsFrom, f.EndsTo, func(c *card) string { return c.end })
	if f.DueFrom != "" || f.DueTo != "" {
		add(f.DueFrom, f.DueTo, func(c *card) string { return c.dues.On })
		sel.rest = append(sel.rest, func(c *card) bool { return c.dues.On != never })
	}
	add(f.Reported, "", func(c *card) string { return c.reportedOn })
	if least, ok := rat(f.AtLeast); ok {
		sel.rest = append(sel.rest, func(c *card) bool { return c.has(f.Stage, f.Currency, least) })
	}
	if q := fold.Text(f.Query); q != "" {
		sel.rest = append(sel.rest, func(c *card) bool { return strings.Contains(c.folded, q) })
	}
}

func (c *card) has(stage, currency string, least *big.Rat) bool {
	for _, m := range c.money {
		if m.stage == stage && m.currency == currency && m.amount.Cmp(least) >= 0 {
			return true
		}
	}
	return false
}

// any is the union of the sets of one fact's values.
func (s *shelf) any(fact string, values []string) bitmap {
	sets := make([]bitmap, 0, len(values))
	for _, v := range values {
		sets = append(sets, s.sets[fact+v])
	}
	return union(sets)
}

// of is the set of a party's cards.
func (s *shelf) of(party int64, wanted func(*card) bool) bitmap {
	var b bitmap
	for _, at := range s.byParty[party] {
		if wanted(s.cards[at]) {
			b = b.with(at)
		}
	}
	return b
}

// placed is the set of some commitments.
func (s *shelf) placed(ids []int64) bitmap {
	var b bitmap
	for _, id := range ids {
		if at, ok := s.at[id]; ok {
			b = b.with(at)
		}
	}
	return b
}

// scratch are sets that were made for one search and are free again.
var scratch = sync.Pool{New: func() any { return new(bitmap) }}

// found is the set of places that a filter lets through, written over into.
func (s *shelf) found(sel selection, into bitmap) bitmap {
	out := append(into[:0], sel.always[0]...)
	for _, set := range sel.always[1:] {
		out.and(set)
	}
	if len(sel.rest) > 0 {
		out.each(func(at int) {
			for _, fits := range sel.rest {
				if !fits(s.cards[at]) {
					out.without(at)
					return
				}
			}
		})
	}
	return out
}

// prepare reads what a filter names beside commitments: the areas of its region
// and the members of its group.
func (f Filter) prepare(tx *db.Tx) (areas []string, members []int64, err error) {
	if f.Region != "" {
		pack, err := compact.InForce(tx)
		if err != nil {
			return nil, nil, err
		}
		areas = pack.AreaSet().Codes(f.Region)
	}
	if f.Group != 0 {
		list, err := stakeholder.Members(tx, f.Group, f.GroupOn)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range list {
			members = append(members, m.Party)
		}
	}
	return areas, members, nil
}

// Currencies lists the currencies in which commitments have money, by code.
func Currencies(tx *db.Tx, today string) ([]string, error) {
	var codes []string
	err := search(tx, Filter{Today: today}, func(s *shelf, _ bitmap) {
		for name, places := range s.sets {
			if code, ok := strings.CutPrefix(name, "currency:"); ok && places.count() > 0 {
				codes = append(codes, code)
			}
		}
	})
	slices.Sort(codes)
	return codes, err
}
