package compact

import (
	"maps"
	"slices"
	"strings"

	"kept/internal/locale"
)

// Body is an organisation, forum or meeting on the map: a spoke of the wheel. What
// no source gives stays empty.
type Body struct {
	ID            string          `pack:"id,required,id=body"`
	Kind          string          `pack:"kind,required,one=intergovernmental|multistakeholder-ga|forum-un|conference-un|platform|un-entity|nri|regulators-network|standards-body|fund"`
	Acronym       string          `pack:"acronym"`
	Since         string          `pack:"since,date"`
	Until         string          `pack:"until,date"`
	Host          string          `pack:"host"`
	Level         string          `pack:"level,one=global|regional|national"`
	Cycle         string          `pack:"cycle,code"`
	URL           string          `pack:"url,url"`
	Contact       string          `pack:"contact,url"`
	Text          string          `pack:"text,required,ref=text,also=after"` // that names it
	Mandate       Mandate         `pack:"mandate"`
	Items         []string        `pack:"items,ref=item"`
	Functions     []string        `pack:"functions,one=dialogue|norms|standards|data|review|capacity|funding|coordination"`
	Groups        []string        `pack:"groups,ref=kind"` // kinds of party that take part
	Languages     []string        `pack:"languages,code"`  // it works in
	Relations     []*BodyRelation `pack:"relations"`
	Reading       []string        `pack:"reading,one=items|functions|level|groups|relations"` // facts that are, in part at least, our own reading
	LastConfirmed string          `pack:"last_confirmed,date"`                                // when its source said so
	Source        string          `pack:"source,ref=source"`
	Also          []string        `pack:"also,ref=source"`
	Certain       bool            `pack:"certain,default=true"`
}

// Mandate is what a body rests on: the instrument as it is cited, or a part of a
// text of this compact, with its date and the day on which it ends.
type Mandate struct {
	Instrument string `pack:"instrument"`
	Item       string `pack:"item,ref=item"`
	On         string `pack:"on,date"`
	Until      string `pack:"until,date"`
	Source     string `pack:"source,ref=source"`
}

// Given tells whether a source gives a mandate at all.
func (m Mandate) Given() bool { return m.Instrument != "" || m.Item != "" }

// BodyRelation is a tie from one body to another, and the source that says so.
type BodyRelation struct {
	Kind   string `pack:"kind,required,one=feeds|fed_by|overlaps|co_hosts|hosted_by|reports_to|part_of"`
	To     string `pack:"to,required,ref=body"`
	Source string `pack:"source,required,ref=source"`
	On     string `pack:"on,date"`
}

// Functions are what a body can be there for; RelationKinds how one body can be
// tied to another; Levels where it works; BodyKinds what it is. They are in the
// order in which forms and lists show them.
var (
	Functions     = []string{"dialogue", "norms", "standards", "data", "review", "capacity", "funding", "coordination"}
	RelationKinds = []string{"feeds", "fed_by", "overlaps", "co_hosts", "hosted_by", "reports_to", "part_of"}
	Levels        = []string{"global", "regional", "national"}
	BodyKinds     = []string{"intergovernmental", "multistakeholder-ga", "forum-un", "conference-un", "platform", "un-entity", "nri", "regulators-network", "standards-body", "fund"}
)

// bodyWords are what the words of a body may say besides its title.
var bodyWords = []string{"members", "outputs", "inputs", "participation"}

// checkBody looks at what the facts of a body say of one another.
func checkBody(d *decoder, b *Body) {
	later := func(part any, key, from, until string) {
		if from != "" && until != "" && LastDay(until) < (from + "-01-01")[:10] {
			d.faultAt(part, key, "ends_before", "from", from, "until", until)
		}
	}
	later(b, "until", b.Since, b.Until)
	later(b, "mandate", b.Mandate.On, b.Mandate.Until)
	for n, r := range b.Relations {
		if r.To == b.ID {
			d.faultAt(r, "to", "relation_to_itself", "id", b.ID)
		}
		if slices.ContainsFunc(b.Relations[:n], func(o *BodyRelation) bool { return o.Kind == r.Kind && o.To == r.To && o.Source == r.Source }) {
			d.faultAt(r, "to", "relation_twice", "kind", r.Kind, "to", r.To)
		}
	}
}

// checkAbout looks whether words say of a part what parts of that section have, in
// every language what the English ones say.
func (p *Pack) checkAbout(d *decoder, s section, lang locale.Lang, n *node, have map[string]word) {
	for _, id := range slices.Sorted(maps.Keys(have)) {
		for _, name := range slices.Sorted(maps.Keys(have[id].About)) {
			if !slices.Contains(s.about, name) {
				d.fault(n.get(id), "unknown_key", "key", name, "known", strings.Join(s.about, ", "))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.words[locale.English][s.name][id].About)) {
			if have[id].About[name] == "" {
				d.fault(n.get(id), "missing_about", "id", id, "key", name, "lang", string(lang))
			}
		}
	}
}

// About is what the words of a part say under a name ("members") in a language, and
// the language it is in; "" where nothing is said.
func (p *Pack) About(section, id, name string, lang locale.Lang) (text string, in locale.Lang) {
	for _, l := range [...]locale.Lang{lang, locale.English} {
		if said := p.words[l][section][id].About[name]; said != "" {
			return said, l
		}
	}
	return "", locale.English
}
