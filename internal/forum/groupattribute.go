package forum

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/stakeholder"
)

// Attribute is something that a quota can be set on.
type Attribute struct {
	Code   string
	Values []string
}

// Unstated is the value of who does not say, and of every value that no quota
// names: the draw needs no more, so no more is published.
const Unstated = "unstated"

// SegmentAttribute is the first category of each draw: so many of each segment.
const SegmentAttribute = "segment"

// Ages are the bands of age; the first is what a youth quota names.
var Ages = []string{"under_30", "30_to_49", "50_to_64", "65_and_over"}

// QuotaGenders are those that a quota can name; whoever is neither, or does not say, counts to no quota.
var QuotaGenders = []string{"women", "men"}

// Attributes are what quotas can be set on, with the values that a pack knows.
func Attributes(p *compact.Pack) []Attribute {
	var regions []string
	for _, r := range p.AreaSet().Regions() {
		regions = append(regions, r.ID)
	}
	return []Attribute{{"region", regions}, {"gender", QuotaGenders}, {"age", Ages}, {"party_kind", p.PartyKinds}, {"company_size", stakeholder.Sizes}}
}

func attribute(known []Attribute, code string) (Attribute, bool) {
	at := slices.IndexFunc(known, func(a Attribute) bool { return a.Code == code })
	if at < 0 {
		return Attribute{}, false
	}
	return known[at], true
}

func codesOf(known []Attribute) (codes []string) {
	for _, a := range known {
		codes = append(codes, a.Code)
	}
	return codes
}

// RegionOf is the region right under the whole that an area lies in, "" where the
// pack does not know the area.
func RegionOf(p *compact.Pack, area string) string {
	a, ok := p.AreaSet().ByID(area)
	if !ok {
		return ""
	}
	return a.Region
}
