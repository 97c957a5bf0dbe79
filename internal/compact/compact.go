// Package compact holds what a compact says: its texts, what they ask of whom by
// when, and everything that belongs to them. A compact is data, a content pack;
// nothing here knows the name of one.
//
// A pack is a folder of YAML files. Structure stands apart from words: structure
// files hold ids, codes, dates and sources; lang/LANG.yaml holds what people
// read, by section and id. [Check] reads a folder and reports every fault with
// its place and remedy. [Canonical] turns it into one byte string, the same on
// every machine, whose digest the record names; [Parse] reads that back.
//
// Terms: a [Text] is a version of the compact (one is in force, others are
// earlier); an [Item] is a part of a text with an id of its own, and of kind
// "item" when it asks something of somebody.
//
// Invariants: a Pack is read-only once it is made and may be shared; ids of items
// are unique over all texts of a pack; every reference in it leads somewhere.
//
//	pack, faults := compact.Check(os.DirFS("compacts/gdc"))
//	item, _ := pack.Item("P11d")
//	title, lang := pack.Title(compact.Items, item.ID, locale.French)
package compact

import (
	"kept/internal/compact/area"
	"kept/internal/locale"
	"kept/record"
	"slices"
)

// Pack is a compact as somebody wrote it down.
type Pack struct {
	Settings
	Texts       []*Text          // the one in force first
	Changes     []*Change        `file:"crosswalk.yaml" pack:"changes,required"`
	Links       []*Link          `file:"crosswalk.yaml" pack:"links"`
	Mechanisms  []*Mechanism     `file:"mechanisms.yaml" pack:"mechanisms,required"`
	Targets     []*Target        `file:"targets.yaml" pack:"targets,required"`
	Figures     []*Figure        `file:"figures.yaml" pack:"figures,required"`
	Bodies      []*Body          `file:"bodies.yaml" pack:"bodies,required"`
	Documents   []*Document      `file:"documents.yaml" pack:"documents,required"`
	Timeline    []*Moment        `file:"timeline.yaml" pack:"timeline,required"`
	Initiatives []*Initiative    `file:"initiatives.yaml" pack:"initiatives,required"`
	Aims        []*Aim           `file:"aims.yaml" pack:"aims,required"`
	Facts       []*Fact          `file:"facts.yaml" pack:"facts,required"`
	Calendar    []*CalendarEntry `file:"calendar.yaml" pack:"calendar,required"`
	Sources     []*Source        `file:"sources.yaml" pack:"sources,required"`
	Indicators  []*Indicator     `file:"indicators.yaml" pack:"indicators,required"`
	Reports     []*ReportKind    `file:"reports.yaml" pack:"reports,required"`
	Topics      []*Topic         `file:"topics.yaml" pack:"topics,required"`

	Data   map[string][]byte // the tables under data/, by path
	Digest record.Digest     // of the canonical bytes

	words words
	index *index
}

// Settings are what pack.yaml says: the pack's name and the rules it sets.
type Settings struct {
	Format            int64         `pack:"format,required"`
	ID                string        `pack:"id,required,id=compact"`
	Version           string        `pack:"version,required"`
	Sample            bool          `pack:"sample"`
	Areas             string        `pack:"areas,required,area"`
	Languages         []locale.Lang `pack:"languages,required,lang"`
	NotesComplete     []locale.Lang `pack:"notes_complete,required,lang"`
	InForce           string        `pack:"in_force,required,ref=text"`
	Earlier           []string      `pack:"earlier,ref=text"`
	Adoption          Adoption      `pack:"adoption"`
	Rights            []Right       `pack:"rights,required"`
	Gate              []string      `pack:"gate,one=commit|propose|nominate"`
	ReviewDefault     ReviewDefault `pack:"review_default"`
	Map               string        `pack:"map,ref=item"` // the item that asks for an implementation map
	SilentAddressees  string        `pack:"silent_addressees,required,one=count|list"`
	ReportEveryMonths int64         `pack:"report_every_months,required"`
	MechanismsOn      []string      `pack:"mechanisms_on,ref=mechanism"`
	ReportsOn         []string      `pack:"reports_on,ref=report"` // those that were only proposed, and are made here all the same
	Addressees        []string      `pack:"addressees,required,code,id=addressee"`
	Verbs             []string      `pack:"verbs,required,code,id=verb"`
	PartyKinds        []string      `pack:"party_kinds,required,code,id=kind"`
}

// Adoption is the act by which States adopted a text.
type Adoption struct {
	Text   string `pack:"text,required,ref=text"`
	Symbol string `pack:"symbol,required"`
	On     string `pack:"on,required,date"`
}

// Right says which basis opens which rights to which kinds of party.
type Right struct {
	Basis string   `pack:"basis,required,one=adopted|endorsed|group|partner"`
	Kinds []string `pack:"kinds,required,ref=kind"`
	Opens []string `pack:"opens,required,one=commit|propose|nominate"`
}

// ReviewDefault is the basis of review when a commitment names none.
type ReviewDefault struct {
	State string `pack:"state,required,one=none|peer|independent"`
	Other string `pack:"other,required,one=none|peer|independent"`
}

// AreaSet is the pack's set of countries and areas.
func (p *Pack) AreaSet() *area.Set { return area.Pack(p.Areas) }

// Opens lists the rights that a basis opens to a kind of party.
func (p *Pack) Opens(basis, kind string) []string {
	for _, r := range p.Rights {
		if r.Basis == basis && slices.Contains(r.Kinds, kind) {
			return r.Opens
		}
	}
	return nil
}

// Gated tells whether a right needs a basis; a right that is not gated is open to all.
func (p *Pack) Gated(right string) bool { return slices.Contains(p.Gate, right) }

// MayUse tells whether a party of a kind has a right on a basis ("" for none).
func (p *Pack) MayUse(right, basis, kind string) bool {
	return !p.Gated(right) || slices.Contains(p.Opens(basis, kind), right)
}

// Bases lists the bases that a kind of party can have.
func (p *Pack) Bases(kind string) []string {
	var bases []string
	for _, r := range p.Rights {
		if slices.Contains(r.Kinds, kind) {
			bases = append(bases, r.Basis)
		}
	}
	return bases
}

// ReviewFor is the basis of review for a kind of party that names none.
func (p *Pack) ReviewFor(kind string) string {
	if kind == "state" {
		return p.ReviewDefault.State
	}
	return p.ReviewDefault.Other
}

// MechanismOn tells whether the pack switches a mechanism on.
func (p *Pack) MechanismOn(id string) bool { return slices.Contains(p.MechanismsOn, id) }

// Module is the mechanism that a part of this program runs, such as "forum" or
// "advisory-group", and whether the pack switches it on; nil where no mechanism of
// the pack is run by that part.
func (p *Pack) Module(name string) (m *Mechanism, on bool) {
	for _, m := range p.Mechanisms {
		if m.Module == name {
			return m, p.MechanismOn(m.ID)
		}
	}
	return nil, false
}

// ReportOn tells whether a kind of report is made here: it runs under a text, or
// the pack switches it on though it was only proposed.
func (p *Pack) ReportOn(r *ReportKind) bool {
	return !r.Proposed() || slices.Contains(p.ReportsOn, r.ID)
}
