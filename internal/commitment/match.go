package commitment

import (
	"cmp"
	"math/big"
	"slices"

	"kept/internal/compact"
	"kept/internal/db"
)

// Reasons why a request and an offer fit, and what they would have to give up so
// that more would fit. Their words are messages: support.reason.same_item.
const (
	FitsItem      = "same_item"
	FitsUnder     = "under_item" // one names an item, the other what it stands under
	FitsKind      = "same_kind"
	FitsPlace     = "same_place"
	FitsRegion    = "region"   // one names an area, the other a region that holds it
	FitsAnywhere  = "anywhere" // one of the two names no place
	FitsSize      = "size"
	FitsPart      = "part_of_size"
	FitsSizeOpen  = "size_open" // one of the two names no size, or they count in different units
	FitsStillOpen = "open"
)

// Tree is how items and areas of a compact hold one another, for [Match].
type Tree struct {
	Above  func(item string) []string     // what an item stands under, nearest first
	Within func(area, region string) bool // whether an area or region lies in a region
}

// TreeOf is the tree of a pack.
func TreeOf(pack *compact.Pack) Tree {
	set := pack.AreaSet()
	return Tree{
		Above: func(item string) (above []string) {
			for i, ok := pack.Item(item); ok && i.Under != "" && len(above) < maxDepth; i, ok = pack.Item(i.Under) {
				above = append(above, i.Under)
			}
			return above
		},
		Within: func(area, region string) bool { return within(area, region, set) },
	}
}

// maxDepth bounds how far up a tree of items is walked.
const maxDepth = 8

// maxOthers bounds how many counterparts are weighed: the newest.
const maxOthers = 1000

// MatchesOf are the counterparts of a request or an offer among all that are open.
func MatchesOf(tx *db.Tx, pack *compact.Pack, of Help, today string) ([]Matched, []Widening, error) {
	others, err := Others(tx, of.Side, today)
	if err != nil {
		return nil, nil, err
	}
	found, wider := Match(of, others, TreeOf(pack), today)
	return found, wider, nil
}

// Others are the open counterparts of a side, for who matches several.
func Others(tx *db.Tx, side, today string) ([]Help, error) {
	other := Requested
	if side == Requested {
		other = Offered
	}
	page, err := ListHelp(tx, HelpFilter{Side: other, State: "open", Today: today, Limit: maxOthers})
	return page.List, err
}

// Matched is a counterpart, with the reasons why it fits.
type Matched struct {
	Help    Help
	Score   int
	Reasons []string
}

// Widening is what could be given up, and how many counterparts would fit then.
type Widening struct {
	What  string // kind, items or areas
	Count int
}

// Match finds the counterparts of a request or an offer among others: of another
// party, on the other side, open today, of the same kind, for the same item or one
// above or under it, in a place that both can mean. The best come first, of equal
// ones the one that ends sooner, then the older one; the order rests on nothing
// else. Where none fits, it says what could be widened.
func Match(of Help, others []Help, t Tree, today string) (found []Matched, wider []Widening) {
	counts := map[string]int{}
	for _, h := range others {
		if h.Side == of.Side || h.Party == of.Party || !h.Open(today) {
			continue
		}
		item, place, kind := itemFit(of, h, t), placeFit(of, h, t), ""
		if h.Kind == of.Kind {
			kind = FitsKind
		}
		switch {
		case item != "" && place != "" && kind != "":
			found = append(found, weighed(h, item, kind, place, sizeFit(of, h)))
		case place != "" && kind != "":
			counts["items"]++
		case item != "" && kind != "":
			counts["areas"]++
		case item != "" && place != "":
			counts["kind"]++
		}
	}
	slices.SortFunc(found, func(a, b Matched) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Help.Until, b.Help.Until), cmp.Compare(a.Help.ID, b.Help.ID))
	})
	if len(found) > 0 {
		return found, nil
	}
	for _, what := range []string{"kind", "items", "areas"} {
		if counts[what] > 0 {
			wider = append(wider, Widening{what, counts[what]})
		}
	}
	return nil, wider
}

// weights of the reasons: what is meant counts most, then where, then how much.
var weights = map[string]int{FitsItem: 8, FitsUnder: 4, FitsKind: 4, FitsPlace: 4, FitsRegion: 2, FitsAnywhere: 1, FitsSize: 2, FitsPart: 1}

func weighed(h Help, reasons ...string) Matched {
	m := Matched{Help: h, Reasons: append(reasons, FitsStillOpen)}
	for _, r := range reasons {
		m.Score += weights[r]
	}
	return m
}

func itemFit(a, b Help, t Tree) string {
	fit := ""
	for _, x := range a.Items {
		for _, y := range b.Items {
			switch {
			case x == y:
				return FitsItem
			case slices.Contains(t.Above(x), y) || slices.Contains(t.Above(y), x):
				fit = FitsUnder
			}
		}
	}
	return fit
}

func placeFit(a, b Help, t Tree) string {
	if len(a.Areas) == 0 || len(b.Areas) == 0 {
		return FitsAnywhere
	}
	fit := ""
	for _, x := range a.Areas {
		for _, y := range b.Areas {
			switch {
			case x == y:
				return FitsPlace
			case t.Within(x, y) || t.Within(y, x):
				fit = FitsRegion
			}
		}
	}
	return fit
}

// sizeFit tells whether what is offered covers what is asked for.
func sizeFit(a, b Help) string {
	asked, given := a, b
	if a.Side == Offered {
		asked, given = b, a
	}
	x, okX := rat(asked.Size)
	y, okY := rat(given.Size)
	switch {
	case !okX || !okY || asked.Unit != given.Unit:
		return FitsSizeOpen
	case y.Cmp(x) >= 0:
		return FitsSize
	case y.Cmp(new(big.Rat)) > 0:
		return FitsPart
	}
	return FitsSizeOpen
}
