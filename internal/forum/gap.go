package forum

import (
	"slices"
	"time"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/observatory"
)

// The six gaps that an item can have. Each says what this record does not hold; none
// says that nobody does anything.
const (
	GapBody       = "body"       // no body works on it
	GapCommitment = "commitment" // no commitment was registered on it
	GapVerifiable = "verifiable" // none that can be checked
	GapMoney      = "money"      // none that names money behind it
	GapSeries     = "series"     // no series with values stands beside it
	GapReport     = "report"     // none reported within the last 24 months
)

// GapKinds are the six, in the order of pages and tables.
var GapKinds = []string{GapBody, GapCommitment, GapVerifiable, GapMoney, GapSeries, GapReport}

// ReportMonths is how far back a report is looked for.
const ReportMonths = 24

// What was looked for. Those of commitments are lists of commitments.
const (
	SoughtBodies          = "bodies"           // that work on the item
	SoughtBodiesAbove     = "bodies_above"     // that work on its paragraph, objective or theme
	SoughtDelivery        = "delivery"         // commitments that can be checked
	SoughtIntents         = "intents"          // statements of intent
	SoughtElsewhere       = "elsewhere"        // stated elsewhere, claimed by nobody
	SoughtWithdrawn       = "withdrawn"        // made here and withdrawn
	SoughtEarlierChecked  = "earlier_checked"  // serving earlier texts only, can be checked
	SoughtEarlierIntents  = "earlier_intents"  // serving earlier texts only, statements of intent
	SoughtMoney           = "money"            // commitments that name money behind them
	SoughtEarlierMoney    = "earlier_money"    // likewise, serving earlier texts only
	SoughtIndicators      = "indicators"       // that the pack sets beside the item
	SoughtSeries          = "series"           // of these, those of which values are held
	SoughtReported        = "reported"         // commitments whose newest report is recent
	SoughtEarlierReported = "earlier_reported" // likewise, serving earlier texts only
)

// Sought is one line of the trail behind a gap: what was looked for, and how many
// were found.
type Sought struct {
	What   string   `json:"looked_for"`
	Found  int64    `json:"found"`
	Counts bool     `json:"counts"`          // it decides; the others stand beside it
	IDs    []string `json:"ids,omitempty"`   // of bodies and indicators
	Since  string   `json:"since,omitempty"` // the first day that was looked at
}

// Gap is one of the six questions about an item, with what was looked for to answer it.
type Gap struct {
	Item     string   `json:"item"`
	Kind     string   `json:"kind"`
	Open     bool     `json:"open"` // nothing was found: it is a gap
	Evidence []Sought `json:"evidence"`
}

// ItemGaps are the six of one item, open or not, in the order of [GapKinds].
type ItemGaps struct {
	Item    string
	Earlier bool // of an earlier text: never counted with those of the text in force
	Gaps    []Gap
}

// Open are the kinds of those that are gaps.
func (g ItemGaps) Open() []string {
	var kinds []string
	for _, gap := range g.Gaps {
		if gap.Open {
			kinds = append(kinds, gap.Kind)
		}
	}
	return kinds
}

// Gaps looks at every part of the text in force that asks something, in its order.
// The same record, pack and day give the same answer everywhere.
func Gaps(tx *db.Tx, p *compact.Pack, today string) ([]ItemGaps, error) {
	return GapsOfText(tx, p, p.InForce, today)
}

// GapsOfText is the same for one of the texts.
func GapsOfText(tx *db.Tx, p *compact.Pack, text, today string) ([]ItemGaps, error) {
	on, err := commitment.OnItems(tx, today, GapsSince(today))
	if err != nil {
		return nil, err
	}
	return GapsGiven(tx, p, text, today, on)
}

// GapsGiven is the same, given what is on each item since [GapsSince].
func GapsGiven(tx *db.Tx, p *compact.Pack, text, today string, on map[string]commitment.OnItem) ([]ItemGaps, error) {
	look, err := newLook(tx, p, today)
	if err != nil {
		return nil, err
	}
	var all []ItemGaps
	for _, i := range p.Asking(text) {
		all = append(all, look.at(i, on[i.ID]))
	}
	return all, nil
}

// GapsOf is the same for one item, of whichever text.
func GapsOf(tx *db.Tx, p *compact.Pack, i *compact.Item, today string) (ItemGaps, error) {
	look, err := newLook(tx, p, today)
	if err != nil {
		return ItemGaps{}, err
	}
	on, err := commitment.OnOne(tx, i.ID, today, look.since)
	return look.at(i, on), err
}

// GapsSince is the first day on which a report is looked for.
func GapsSince(today string) string {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return today
	}
	then := day.AddDate(0, -ReportMonths, 0)
	if then.Day() != day.Day() { // 29 February
		then = then.AddDate(0, 0, -then.Day())
	}
	return then.Format(time.DateOnly)
}

// look is what is looked at for every item, besides the commitments on it.
type look struct {
	pack       *compact.Pack
	since      string
	bodies     map[string][]string // item → bodies that work on it
	indicators map[string][]string // item → indicators beside it
	held       map[string]bool     // indicators with values
}

// lookOf names the look of a day in a snapshot (see [db.Once]).
type lookOf struct {
	pack  *compact.Pack
	today string
}

func newLook(tx *db.Tx, p *compact.Pack, today string) (*look, error) {
	return db.Once(tx, lookOf{p, today}, func() (*look, error) { return readLook(tx, p, today) })
}

func readLook(tx *db.Tx, p *compact.Pack, today string) (*look, error) {
	l := &look{pack: p, since: GapsSince(today), bodies: map[string][]string{}, indicators: indicatorsBeside(p), held: map[string]bool{}}
	bodies, err := Bodies(tx, p)
	if err != nil {
		return nil, err
	}
	for _, b := range bodies {
		for _, item := range b.Items {
			l.bodies[item] = append(l.bodies[item], b.ID)
		}
	}
	listed, err := observatory.List(tx)
	for _, i := range listed {
		l.held[i.Indicator] = i.Filled > 0
	}
	return l, err
}

// indicatorsBeside are the indicators of each item, its own and those of its targets,
// in the pack's order.
func indicatorsBeside(p *compact.Pack) map[string][]string {
	beside := map[string][]string{}
	of := map[string][]string{} // target → items, named on either side
	for _, t := range p.Targets {
		of[t.ID] = slices.Clone(t.Items)
	}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			for _, target := range i.Targets {
				of[target] = together(of[target], []string{i.ID})
			}
		}
	}
	for _, i := range p.Indicators {
		items := slices.Clone(i.Items)
		for _, target := range i.Targets {
			items = together(items, of[target])
		}
		for _, item := range items {
			beside[item] = append(beside[item], i.ID)
		}
	}
	return beside
}

// at answers the six questions about one item, given the commitments on it.
func (l *look) at(i *compact.Item, on commitment.OnItem) ItemGaps {
	g := ItemGaps{Item: i.ID, Earlier: i.TextID != l.pack.InForce}
	count := func(what string, n int64) Sought { return Sought{What: what, Found: n, Counts: true} }
	beside := func(what string, n int64) Sought { return Sought{What: what, Found: n} }
	since := func(s Sought) Sought { s.Since = l.since; return s }
	g.add(GapBody, l.bodiesOn(i.ID)...)
	here := []Sought{count(SoughtDelivery, on.Delivery), count(SoughtIntents, on.Intents)}
	checked := []Sought{count(SoughtDelivery, on.Delivery), beside(SoughtIntents, on.Intents)}
	money := []Sought{count(SoughtMoney, on.Money)}
	reports := []Sought{since(count(SoughtReported, on.Reported))}
	if g.Earlier {
		here = append(here, count(SoughtEarlierChecked, on.Checked), count(SoughtEarlierIntents, on.Unchecked))
		checked = append(checked, count(SoughtEarlierChecked, on.Checked), beside(SoughtEarlierIntents, on.Unchecked))
		money = append(money, count(SoughtEarlierMoney, on.EarlierMoney))
		reports = append(reports, since(count(SoughtEarlierReported, on.EarlierRecent)))
	}
	g.add(GapCommitment, append(here, beside(SoughtElsewhere, on.Elsewhere), beside(SoughtWithdrawn, on.Withdrawn))...)
	g.add(GapVerifiable, checked...)
	g.add(GapMoney, money...)
	g.add(GapSeries, l.seriesOn(i.ID)...)
	g.add(GapReport, reports...)
	return g
}

// add answers one question: it is a gap where nothing that counts was found.
func (g *ItemGaps) add(kind string, trail ...Sought) {
	found := slices.ContainsFunc(trail, func(s Sought) bool { return s.Counts && s.Found > 0 })
	g.Gaps = append(g.Gaps, Gap{Item: g.Item, Kind: kind, Open: !found, Evidence: trail})
}

// bodiesOn are the bodies of an item, and beside them those of what it stands under:
// one that works on a whole objective does not close the gap of each of its items.
func (l *look) bodiesOn(item string) []Sought {
	on := l.bodies[item]
	var higher []string
	for _, part := range above(l.pack, item) {
		higher = together(higher, l.bodies[part])
	}
	higher = slices.DeleteFunc(higher, func(id string) bool { return slices.Contains(on, id) })
	return []Sought{{What: SoughtBodies, Found: int64(len(on)), Counts: true, IDs: on}, {What: SoughtBodiesAbove, Found: int64(len(higher)), IDs: higher}}
}

// seriesOn are the indicators beside an item, and those of them that have values.
func (l *look) seriesOn(item string) []Sought {
	named := l.indicators[item]
	var held []string
	for _, id := range named {
		if l.held[id] {
			held = append(held, id)
		}
	}
	return []Sought{{What: SoughtSeries, Found: int64(len(held)), Counts: true, IDs: held}, {What: SoughtIndicators, Found: int64(len(named)), IDs: named}}
}

// together joins two lists, each value once, in order.
func together(a, b []string) []string {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}
