package forum

import (
	"slices"
	"unicode/utf8"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Profile is what is written of a nominee. All of it is private; of the attributes
// the pool shows those that a quota names, unless she withholds them.
type Profile struct {
	Segment      string   `json:"segment"`
	Area         string   `json:"area,omitempty"`
	Gender       string   `json:"gender,omitempty"`
	Age          string   `json:"age,omitempty"`
	Kind         string   `json:"party_kind,omitempty"`   // of the organisation that she comes from
	Size         string   `json:"company_size,omitempty"` // of a company
	Affiliation  string   `json:"affiliation,omitempty"`  // the organisation, for the rule of how many may come from one
	Affiliations string   `json:"affiliations,omitempty"` // of the last three years
	Languages    []string `json:"languages,omitempty"`
	Expertise    []string `json:"expertise,omitempty"`
	Bio          string   `json:"bio,omitempty"`
	Statement    string   `json:"statement,omitempty"`
	Conflicts    string   `json:"conflicts,omitempty"`
	Availability string   `json:"availability,omitempty"`
	Terms        int64    `json:"terms_served,omitempty"`
	Reserve      bool     `json:"reserve,omitempty"`  // would move up later
	Withheld     []string `json:"withheld,omitempty"` // attributes that the pool is not to show of her
}

// Limits of a nomination.
const (
	MaxBio       = 150 // words
	MaxStatement = 200
	MaxExpertise = 5
)

// Limits in characters of what has no limit in words.
const (
	longName      = 300
	longLine      = 300
	longText      = 3000
	mostLanguages = 20
)

// Clean readies a profile that came from a form.
func (p *Profile) Clean() {
	for _, line := range []*string{&p.Segment, &p.Area, &p.Gender, &p.Age, &p.Kind, &p.Size, &p.Affiliation} {
		*line = keeper.Line(*line)
	}
	for _, text := range []*string{&p.Affiliations, &p.Bio, &p.Statement, &p.Conflicts, &p.Availability} {
		*text = keeper.Prose(*text)
	}
	for _, list := range []*[]string{&p.Languages, &p.Expertise} {
		var clean []string
		for _, one := range *list {
			if one = keeper.Line(one); one != "" && !slices.Contains(clean, one) {
				clean = append(clean, one)
			}
		}
		*list = clean
	}
}

// Check reports what is missing in a nomination and what is too long, by field.
// whole wants what only the nominee herself can say.
func (n *Nominee) Check(pack *compact.Pack, opened Nominations, terms Terms, whole bool) error {
	var es locale.Errors
	p := &n.Profile
	if n.Name == "" || utf8.RuneCountInString(n.Name) > longName {
		es.AddField("name", locale.E("err.nominee.name", "max", longName))
	}
	if !slices.ContainsFunc(opened.Seats, func(o Open) bool { return o.Segment == p.Segment }) {
		es.AddField("segment", locale.E("err.nominee.segment"))
	}
	if p.Area != "" || whole {
		if _, ok := pack.AreaSet().ByID(p.Area); !ok {
			es.AddField("area", locale.E("err.nominee.area"))
		}
	}
	for _, of := range []struct {
		field, value string
		known        []string
	}{{"gender", p.Gender, append([]string{Unstated}, QuotaGenders...)}, {"age", p.Age, append([]string{Unstated}, Ages...)}, {"party_kind", p.Kind, pack.PartyKinds}, {"company_size", p.Size, stakeholder.Sizes}} {
		if of.value != "" {
			knownCode(of.field, of.value, of.known, &es)
		}
	}
	for _, of := range []struct {
		field, text string
		max         int
	}{{"bio", p.Bio, MaxBio}, {"statement", p.Statement, MaxStatement}} {
		if count := commitment.WordCount(of.text); count > of.max || len(of.text) > 64*of.max {
			es.AddField(of.field, locale.E("err.nominee.words", "n", count, "max", of.max))
		}
		if whole && of.text == "" {
			es.AddField(of.field, locale.E("err.commitment.needed"))
		}
	}
	p.checkLists(&es)
	p.checkTexts(&es, whole)
	between("terms_served", p.Terms, 0, 20, &es)
	if p.Terms >= terms.MostTerms {
		es.AddField("terms_served", locale.E("err.nominee.terms_served", "n", p.Terms, "max", terms.MostTerms))
	}
	return es.Err()
}

func (p *Profile) checkLists(es *locale.Errors) {
	if len(p.Expertise) > MaxExpertise {
		es.AddField("expertise", locale.E("err.nominee.expertise", "n", len(p.Expertise), "max", MaxExpertise))
	}
	if len(p.Languages) > mostLanguages {
		es.AddField("languages", locale.E("err.group.between", "n", len(p.Languages), "from", 0, "to", mostLanguages))
	}
	for field, list := range map[string][]string{"expertise": p.Expertise, "languages": p.Languages} {
		for _, one := range list {
			if n := utf8.RuneCountInString(one); n > longLine {
				es.AddField(field, locale.E("err.party.word_too_long", "n", n, "max", longLine))
			}
		}
	}
}

func (p *Profile) checkTexts(es *locale.Errors, whole bool) {
	for _, of := range []struct {
		field, text string
		max         int
		needed      bool
	}{{"affiliation", p.Affiliation, longLine, false}, {"affiliations", p.Affiliations, longText, true}, {"conflicts", p.Conflicts, longText, true}, {"availability", p.Availability, longText, true}} {
		if n := utf8.RuneCountInString(of.text); n > of.max {
			es.AddField(of.field, locale.E("err.party.word_too_long", "n", n, "max", of.max))
		}
		if whole && of.needed && of.text == "" {
			es.AddField(of.field, locale.E("err.commitment.needed"))
		}
	}
}

// value is what a nominee has of an attribute that a quota names, as it is published.
func (p *Profile) value(pack *compact.Pack, attribute string) string {
	if slices.Contains(p.Withheld, attribute) {
		return Unstated
	}
	value := map[string]string{SegmentAttribute: p.Segment, "gender": p.Gender, "age": p.Age, "party_kind": p.Kind, "company_size": p.Size, "region": RegionOf(pack, p.Area)}[attribute]
	if value == "" {
		return Unstated
	}
	return value
}
