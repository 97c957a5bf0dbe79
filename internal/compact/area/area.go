// Package area names the countries and areas that data and parties belong to.
//
// A name pack is a set of areas with their codes, regions, groups and names in
// six languages, at a stated date. Two are embedded: "un", as the United Nations
// writes them (M49 and UNTERM), and "sample", invented ones for packs marked as
// samples. In the record, in addresses and in data an area is its ISO alpha-3
// code (KEN), a region its M49 digits (002), a sample area two letters (QM).
//
// Invariant: nothing here says anything about anybody's legal status. An area
// that a pack does not know stays in the data under its source's own label; it
// is never guessed and never merged with another.
package area

import (
	"sort"

	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// Status is an area's standing towards the United Nations.
type Status string

// The standings. NonMember is a State that UNTERM lists although it is no member.
const (
	Member    Status = "member"
	Observer  Status = "observer"
	NonMember Status = "non-member"
	Sample    Status = "sample"
)

// Area is one country or area of a name pack.
type Area struct {
	ID     string // ISO alpha-3, or two letters for a sample area
	ISO2   string
	M49    string // three digits; empty for sample areas
	Region string // M49 digits of its region
	Sub    string // of its subregion
	Inter  string // of its intermediate region; mostly empty
	Status Status
	LDC    bool   // least developed country
	LLDC   bool   // landlocked developing country
	SIDS   bool   // small island developing State
	Income string // income group of its economy: low, lower_middle, upper_middle, high; empty where nobody classifies it
	Col    int    // its tile on the map grid
	Row    int
	OnGrid bool
	names  map[locale.Lang]string
	pinyin string
}

// Name is the area's name in a language.
func (a *Area) Name(lang locale.Lang) string { return a.names[lang] }

// Region is a region, subregion or intermediate region.
type Region struct {
	ID     string // M49 digits, or Q1, Q2 … of the sample pack
	Parent string // empty for the whole
	names  map[locale.Lang]string
}

// Name is the region's name in a language.
func (r *Region) Name(lang locale.Lang) string { return r.names[lang] }

// Set is a name pack. It is read-only and may be shared.
type Set struct {
	ID         string // "un" or "sample"
	Date       string // the day for which names, codes and groups hold
	IncomeDate string // the day for which income groups hold; empty for a set without them
	areas      []*Area
	regions    []*Region
	byID       map[string]*Area
	byISO2     map[string]*Area
	byM49      map[string]*Area
	byName     map[string]*Area
	region     map[string]*Region
	sorted     map[locale.Lang][]*Area
}

// All lists the areas by id.
func (s *Set) All() []*Area { return s.areas }

// ByID finds an area by its id, which is ByISO3 under the name that pages use.
func (s *Set) ByID(id string) (*Area, bool) { a, ok := s.byID[id]; return a, ok }

// ByISO3 finds an area by its ISO alpha-3 code (by its two letters in the sample pack).
func (s *Set) ByISO3(code string) (*Area, bool) { return s.ByID(code) }

// ByISO2 finds an area by its ISO alpha-2 code; "NA" is Namibia.
func (s *Set) ByISO2(code string) (*Area, bool) { a, ok := s.byISO2[code]; return a, ok }

// ByM49 finds an area by its M49 digits. Sources that read the code as a number
// lose its leading zeros, so "4" finds what "004" finds.
func (s *Set) ByM49(code string) (*Area, bool) {
	for len(code) < 3 && code != "" {
		code = "0" + code
	}
	a, ok := s.byM49[code]
	return a, ok
}

// ByName finds an area by its name in any of the six languages, whatever its case, accents and apostrophes.
func (s *Set) ByName(name string) (*Area, bool) { a, ok := s.byName[fold.Text(name)]; return a, ok }

// Name is the name of an area or region in a language; an unknown id is its own name.
func (s *Set) Name(id string, lang locale.Lang) string {
	if a, ok := s.byID[id]; ok {
		return a.Name(lang)
	}
	if r, ok := s.region[id]; ok {
		return r.Name(lang)
	}
	return id
}

// World is the whole that all regions belong to.
func (s *Set) World() *Region { return s.regions[0] }

// RegionByID finds a region of any level.
func (s *Set) RegionByID(id string) (*Region, bool) { r, ok := s.region[id]; return r, ok }

// Regions lists the regions directly under the whole, in M49's own order.
func (s *Set) Regions() []*Region { return s.Within(s.World().ID) }

// Within lists the regions directly under another one, in order.
func (s *Set) Within(parent string) []*Region {
	var under []*Region
	for _, r := range s.regions {
		if r.Parent == parent {
			under = append(under, r)
		}
	}
	return under
}

// In lists the areas of a region of any level, by id. The whole holds all.
func (s *Set) In(region string) []*Area {
	var in []*Area
	for _, a := range s.areas {
		if region == s.World().ID || a.Region == region || a.Sub == region || a.Inter == region {
			in = append(in, a)
		}
	}
	return in
}

// Incomes are the income groups of the World Bank, from the lowest.
var Incomes = []string{"low", "lower_middle", "upper_middle", "high"}

// The groups of countries that the United Nations keeps lists of.
const (
	GroupLDC  = "ldc"
	GroupLLDC = "lldc"
	GroupSIDS = "sids"
)

// Groups lists the groups in the order in which pages show them.
func Groups() []string { return []string{GroupLDC, GroupLLDC, GroupSIDS} }

// Group lists the areas of a group, by id.
func (s *Set) Group(group string) []*Area {
	var in []*Area
	for _, a := range s.areas {
		if a.InGroup(group) {
			in = append(in, a)
		}
	}
	return in
}

// Codes are the ids that something in a region, or in a group of countries, can
// be at: its areas, and for a region itself and the regions under it.
func (s *Set) Codes(id string) []string {
	var codes []string
	for _, a := range s.Group(id) {
		codes = append(codes, a.ID)
	}
	if _, ok := s.region[id]; !ok {
		return codes
	}
	for _, a := range s.In(id) {
		codes = append(codes, a.ID)
	}
	return append(codes, s.under(id)...)
}

// under are a region and all regions below it.
func (s *Set) under(id string) []string {
	all := []string{id}
	for _, r := range s.Within(id) {
		all = append(all, s.under(r.ID)...)
	}
	return all
}

// InGroup tells whether the area belongs to a group.
func (a *Area) InGroup(group string) bool {
	switch group {
	case GroupLDC:
		return a.LDC
	case GroupLLDC:
		return a.LLDC
	case GroupSIDS:
		return a.SIDS
	}
	return false
}

// Sorted lists the areas by name as a reader of the language expects it: Arabic
// lists leave the article out of account, Chinese ones follow pinyin.
func (s *Set) Sorted(lang locale.Lang) []*Area { return s.sorted[lang] }

func sortAreas(areas []*Area, lang locale.Lang) []*Area {
	keys := make(map[*Area]string, len(areas))
	for _, a := range areas {
		keys[a] = a.sortKey(lang)
	}
	sorted := append([]*Area(nil), areas...)
	sort.SliceStable(sorted, func(i, j int) bool { return keys[sorted[i]] < keys[sorted[j]] })
	return sorted
}

func (a *Area) sortKey(lang locale.Lang) string {
	key := fold.Text(a.names[lang])
	switch lang {
	case locale.Chinese:
		return a.pinyin + " " + key
	case locale.Arabic:
		if len(key) > len("ال") && key[:len("ال")] == "ال" {
			return key[len("ال"):]
		}
	}
	return key
}
