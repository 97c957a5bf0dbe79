package compact

import "kept/internal/locale"

// Sections of the words of a pack.
const (
	Compacts    = "compact"
	Texts       = "texts"
	Items       = "items"
	Mechanisms  = "mechanisms"
	Targets     = "targets"
	Figures     = "figures"
	Bodies      = "bodies"
	Documents   = "documents"
	Timeline    = "timeline"
	Initiatives = "initiatives"
	Aims        = "aims"
	Facts       = "facts"
	Events      = "events"
	Sources     = "sources"
	Addressees  = "addressees"
	Verbs       = "verbs"
	SDGs        = "goals"
	ActionLines = "action_lines"
	Indicators  = "indicators"
	ReportKinds = "reports"
	Topics      = "topics"
)

// section is what the words of one section must cover.
type section struct {
	name        string
	kind        string   // of the parts that it names; "" where the English words themselves say which ids there are
	notes       bool     // each part needs a note in the languages of notes_complete
	englishOnly bool     // the other languages may leave it out
	about       []string // what the words of a part may say under names of their own
}

var sections = []section{
	{name: Compacts, kind: "compact", notes: true},
	{name: Texts, kind: "text", notes: true},
	{name: Items, kind: "item", notes: true},
	{name: Mechanisms, kind: "mechanism", notes: true},
	{name: Targets, kind: "target", notes: true},
	{name: Figures, kind: "figure", notes: true},
	{name: Bodies, kind: "body", about: bodyWords},
	{name: Documents, kind: "document"},
	{name: Timeline, kind: "timeline"},
	{name: Initiatives, kind: "initiative"},
	{name: Aims, kind: "aim"},
	{name: Facts, kind: "fact"},
	{name: Events},
	{name: Sources, kind: "source", englishOnly: true},
	{name: Addressees, kind: "addressee"},
	{name: Verbs, kind: "verb"},
	{name: SDGs},
	{name: ActionLines},
	{name: Indicators, kind: "indicator", notes: true},
	{name: ReportKinds, kind: "report", notes: true},
	{name: Topics, kind: "topic", notes: true},
}

func sectionNamed(name string) (section, bool) {
	for _, s := range sections {
		if s.name == name {
			return s, true
		}
	}
	return section{}, false
}

// word is what people read about one part: a short title and a note in plain language.
type word struct {
	Title string            `pack:"title,required"`
	Note  string            `pack:"note"`
	About map[string]string `pack:"about"`
}

// words hold the title and note of each part: language → section → id.
type words map[locale.Lang]map[string]map[string]word

// Title is the title of a part in a language, and the language it is in: where the
// language has none the English one stands in. A part without any is its own id.
func (p *Pack) Title(section, id string, lang locale.Lang) (text string, in locale.Lang) {
	for _, l := range [...]locale.Lang{lang, locale.English} {
		if w := p.words[l][section][id]; w.Title != "" {
			return w.Title, l
		}
	}
	return id, locale.English
}

// Note is the note of a part in a language, likewise; "" when there is none.
func (p *Pack) Note(section, id string, lang locale.Lang) (text string, in locale.Lang) {
	for _, l := range [...]locale.Lang{lang, locale.English} {
		if w := p.words[l][section][id]; w.Note != "" {
			return w.Note, l
		}
	}
	return "", locale.English
}

// HasNotes tells whether a language carries the notes of the pack, not titles alone.
func (p *Pack) HasNotes(lang locale.Lang) bool {
	for _, l := range p.NotesComplete {
		if l == lang {
			return true
		}
	}
	return false
}
