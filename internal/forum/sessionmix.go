package forum

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
	"kept/internal/stakeholder"
)

// Parts of a mix.
const (
	MixGroup  = "group"
	MixRegion = "region"
	MixGender = "gender"
)

// Mix says who organises sessions and who takes part in them by name, by group,
// region and, of people, by the gender that they state: counts beside each other, and
// no judgement. An organiser counts once however many sessions it has; what somebody
// does not say is a row of its own.
type Mix struct {
	Organisers, People int
	Parts              []MixPart
}

// MixPart is one way to part them.
type MixPart struct {
	Name  string
	Cells []MixCell
}

// MixCell is one row.
type MixCell struct {
	Code               string
	Organisers, People int64
}

// MixOf is the mix of some sessions as they stand.
func MixOf(tx *db.Tx, pack *compact.Pack, sessions []Session) (Mix, error) {
	var organisers []int64
	var people []PersonOf
	for _, s := range sessions {
		organisers = append(organisers, s.Organisers...)
		some, err := PeopleOf(tx, s.Version)
		if err != nil {
			return Mix{}, err
		}
		people = append(people, some...)
	}
	return MixAmong(tx, pack, organisers, people)
}

// MixAmong is the mix of organisers and people, as a form names them. Parties are
// counted as everywhere (balance/1).
func MixAmong(tx *db.Tx, pack *compact.Pack, organisers []int64, people []PersonOf) (Mix, error) {
	slices.Sort(organisers)
	organisers = slices.Compact(organisers)
	b, err := stakeholder.BalanceAmong(tx, organisers)
	if err != nil {
		return Mix{}, err
	}
	set := pack.AreaSet()
	m := Mix{Organisers: len(organisers), People: len(people)}
	m.part(MixGroup, dimension(b, "kind"), people, pack.PartyKinds, func(p PersonOf) string { return p.Group })
	var regions []string
	for _, r := range set.Regions() {
		regions = append(regions, r.ID)
	}
	m.part(MixRegion, dimension(b, "region"), people, regions, func(p PersonOf) string { return regionOf(set, p.Area) })
	m.part(MixGender, nil, people, Genders, func(p PersonOf) string { return p.Gender })
	return m, nil
}

func regionOf(set *area.Set, id string) string {
	a, ok := set.ByID(id)
	if !ok {
		return ""
	}
	return a.Region
}

// dimension is how a balance counts parties by code.
func dimension(b stakeholder.Balance, name string) map[string]int64 {
	out := map[string]int64{}
	for _, d := range b.Dimensions {
		if d.Name == name {
			for _, c := range d.Cells {
				out[c.Code] = c.Parties
			}
		}
	}
	return out
}

// part adds the rows that hold anybody, in the order of the codes.
func (m *Mix) part(name string, parties map[string]int64, people []PersonOf, codes []string, of func(PersonOf) string) {
	count := map[string]int64{}
	for _, p := range people {
		code := of(p)
		if code == "" {
			code = stakeholder.NotGiven
		}
		count[code]++
	}
	part := MixPart{Name: name}
	for _, code := range append(slices.Clone(codes), stakeholder.NotGiven) {
		if parties[code]+count[code] > 0 {
			part.Cells = append(part.Cells, MixCell{code, parties[code], count[code]})
		}
	}
	m.Parts = append(m.Parts, part)
}
