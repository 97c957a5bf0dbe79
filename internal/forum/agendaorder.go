package forum

import (
	"cmp"
	"maps"
	"slices"
)

// How orders of many parties are shown. A candidate has a place in each order that
// names it; in one that does not, the place after the longest order there can be.
// Within a stakeholder group its place is the median over the group's orders, the
// mean of the middle two where their number is even. Across groups every group
// counts the same: the medians are added. Equal sums are ties and shown as ties. The
// regions' priorities stand beside this and are never mixed into it. It is an aid to
// those who decide, and no decision.

// RankingMethod names this rule and its version.
const RankingMethod = "agenda-order/1"

// unplaced is the place of a candidate in an order that does not name it.
const unplaced = MaxRanked + 1

// TopPlaces is how far down the order across groups a candidate has to be answered
// for when the agenda is decided; TopRegion likewise in the priorities of a region.
const (
	TopPlaces = 5
	TopRegion = 3
)

// Order is what one party gave.
type Order struct {
	Party int64
	Group string // its kind
	Order []string
}

// Ranking is all orders that count, as they were put before the advisory group:
// codes and whole numbers only, so that anybody computes the same bytes.
type Ranking struct {
	Method  string       `json:"method"`
	Cycle   int64        `json:"cycle"`
	Groups  []GroupPlace `json:"groups,omitempty"`
	Across  []Place      `json:"across,omitempty"`
	Regions []RegionList `json:"regions,omitempty"`
	Left    []int64      `json:"left,omitempty"` // parties whose order no longer counts
}

// GroupPlace is how one stakeholder group ordered the candidates.
type GroupPlace struct {
	Group  string  `json:"group"`
	Orders int64   `json:"orders"`
	Places []Place `json:"places"`
}

// Place is where a candidate stands. Half counts in halves, since the mean of two
// places may be one: twice the median within a group, the sum of these across groups.
type Place struct {
	Candidate string `json:"candidate"`
	Place     int64  `json:"place"`
	Half      int64  `json:"half"`
	Named     int64  `json:"named"` // orders that name it
}

// RegionList are the priorities that a room of a region gave.
type RegionList struct {
	Room   int64    `json:"room"`
	Region string   `json:"region"`
	Order  []string `json:"order"`
}

// rank puts the orders of parties together. Candidates that nobody named are left out.
func rank(orders []Order) (groups []GroupPlace, across []Place) {
	byGroup := map[string][]Order{}
	named := map[string]int64{}
	for _, o := range orders {
		byGroup[o.Group] = append(byGroup[o.Group], o)
		for _, candidate := range o.Order {
			named[candidate]++
		}
	}
	candidates := slices.Sorted(maps.Keys(named))
	sums := map[string]int64{}
	for _, group := range slices.Sorted(maps.Keys(byGroup)) {
		g := GroupPlace{Group: group, Orders: int64(len(byGroup[group]))}
		for _, candidate := range candidates {
			half, n := twiceMedian(byGroup[group], candidate)
			sums[candidate] += half
			if n > 0 {
				g.Places = append(g.Places, Place{Candidate: candidate, Half: half, Named: n})
			}
		}
		setPlaces(g.Places)
		groups = append(groups, g)
	}
	for _, candidate := range candidates {
		across = append(across, Place{Candidate: candidate, Half: sums[candidate], Named: named[candidate]})
	}
	setPlaces(across)
	return groups, across
}

// twiceMedian is twice the median place of a candidate in some orders, and how many name it.
func twiceMedian(orders []Order, candidate string) (twice, named int64) {
	places := make([]int64, len(orders))
	for i, o := range orders {
		places[i] = unplaced
		if at := slices.Index(o.Order, candidate); at >= 0 {
			places[i] = int64(at) + 1
			named++
		}
	}
	slices.Sort(places)
	n := len(places)
	return places[(n-1)/2] + places[n/2], named
}

// setPlaces sorts the best first and numbers them; equals share the better number.
func setPlaces(list []Place) {
	slices.SortFunc(list, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Half, b.Half), cmp.Compare(a.Candidate, b.Candidate))
	})
	for i := range list {
		list[i].Place = int64(i) + 1
		if i > 0 && list[i].Half == list[i-1].Half {
			list[i].Place = list[i-1].Place
		}
	}
}

// Top are the candidates that a decision has to answer for, taken or not: the first
// places across groups, ties included, and the first of each region.
func (r Ranking) Top() []string {
	var top []string
	for _, p := range r.Across {
		if p.Place <= TopPlaces {
			top = append(top, p.Candidate)
		}
	}
	for _, region := range r.Regions {
		for _, candidate := range region.Order[:min(len(region.Order), TopRegion)] {
			if !slices.Contains(top, candidate) {
				top = append(top, candidate)
			}
		}
	}
	return top
}
