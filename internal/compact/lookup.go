package compact

import (
	"maps"
	"slices"
	"sort"

	"kept/internal/locale"
)

// index finds the parts of a pack by id, and what refers to what.
type index struct {
	texts      map[string]*Text
	items      map[string]*Item
	mechanisms map[string]*Mechanism
	targets    map[string]*Target
	bodies     map[string]*Body
	documents  map[string]*Document
	figures    map[string]*Figure
	indicators map[string]*Indicator
	sources    map[string]*Source
	reports    map[string]*ReportKind
	children   map[string][]*Item
	from, to   map[string][]*Change
	section    map[string]string // id → the section of words that names it
	ties       []Tie
}

func newIndex(p *Pack) *index {
	x := &index{
		texts: byID(p.Texts, func(t *Text) string { return t.ID }), items: map[string]*Item{},
		mechanisms: byID(p.Mechanisms, func(m *Mechanism) string { return m.ID }),
		targets:    byID(p.Targets, func(t *Target) string { return t.ID }),
		bodies:     byID(p.Bodies, func(b *Body) string { return b.ID }),
		documents:  byID(p.Documents, func(d *Document) string { return d.ID }),
		figures:    byID(p.Figures, func(f *Figure) string { return f.ID }),
		indicators: byID(p.Indicators, func(i *Indicator) string { return i.ID }),
		reports:    byID(p.Reports, func(r *ReportKind) string { return r.ID }),
		sources:    byID(p.Sources, func(s *Source) string { return s.ID }),
		children:   map[string][]*Item{}, from: map[string][]*Change{}, to: map[string][]*Change{},
	}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			x.items[i.ID] = i
			if parent := i.parent(); parent != "" {
				x.children[parent] = append(x.children[parent], i)
			}
		}
	}
	for _, c := range p.Changes {
		x.from[c.From] = append(x.from[c.From], c)
		for _, to := range c.To {
			x.to[to] = append(x.to[to], c)
		}
	}
	x.section = sectionsOf(x, p)
	return x
}

func byID[T any](parts []*T, id func(*T) string) map[string]*T {
	found := make(map[string]*T, len(parts))
	for _, part := range parts {
		found[id(part)] = part
	}
	return found
}

// sectionsOf tells of each id of a part with a page which section it belongs to.
func sectionsOf(x *index, p *Pack) map[string]string {
	of := make(map[string]string)
	add := func(section, id string) {
		if _, taken := of[id]; !taken {
			of[id] = section
		}
	}
	for id := range x.items {
		add(Items, id)
	}
	for _, t := range p.Texts {
		add(Texts, t.ID)
	}
	for _, m := range p.Mechanisms {
		add(Mechanisms, m.ID)
	}
	for _, t := range p.Targets {
		add(Targets, t.ID)
	}
	for _, b := range p.Bodies {
		add(Bodies, b.ID)
	}
	for _, d := range p.Documents {
		add(Documents, d.ID)
	}
	for _, i := range p.Indicators {
		add(Indicators, i.ID)
	}
	for _, f := range p.Figures {
		add(Figures, f.ID)
	}
	for _, a := range p.Addressees {
		add(Addressees, a)
	}
	for _, m := range p.Timeline {
		add(Timeline, m.ID)
	}
	for event := range p.words[locale.English][Events] {
		add(Events, event)
	}
	return of
}

// parent is the part that an item stands under: the opener of its list, else its objective or theme.
func (i *Item) parent() string {
	if i.Block != "" {
		return i.Block
	}
	return i.Under
}

// Section tells which section of words names an id, so that an id under the wrong
// noun can be sent to the right page, and an event has its name.
func (p *Pack) Section(id string) (section string, ok bool) {
	section, ok = p.index.section[id]
	return section, ok
}

// IDs lists the ids of all parts that have a page, sorted.
func (p *Pack) IDs() []string { return slices.Sorted(maps.Keys(p.index.section)) }

// Text finds a text.
func (p *Pack) Text(id string) (*Text, bool) { t, ok := p.index.texts[id]; return t, ok }

// TextInForce is the text in force.
func (p *Pack) TextInForce() *Text { return p.Texts[0] }

// Item finds a part of any text.
func (p *Pack) Item(id string) (*Item, bool) { i, ok := p.index.items[id]; return i, ok }

// ItemInForce tells whether an item belongs to the text in force.
func (p *Pack) ItemInForce(id string) bool {
	i, ok := p.index.items[id]
	return ok && i.TextID == p.InForce
}

// Mechanism finds a mechanism.
func (p *Pack) Mechanism(id string) (*Mechanism, bool) { m, ok := p.index.mechanisms[id]; return m, ok }

// Target finds a target.
func (p *Pack) Target(id string) (*Target, bool) { t, ok := p.index.targets[id]; return t, ok }

// Body finds a body.
func (p *Pack) Body(id string) (*Body, bool) { b, ok := p.index.bodies[id]; return b, ok }

// Document finds a document.
func (p *Pack) Document(id string) (*Document, bool) { d, ok := p.index.documents[id]; return d, ok }

// Figure finds a context figure.
func (p *Pack) Figure(id string) (*Figure, bool) { f, ok := p.index.figures[id]; return f, ok }

// Indicator finds an indicator.
func (p *Pack) Indicator(id string) (*Indicator, bool) { i, ok := p.index.indicators[id]; return i, ok }

// Report finds a kind of report.
func (p *Pack) Report(id string) (*ReportKind, bool) { r, ok := p.index.reports[id]; return r, ok }

// Source finds a source of facts.
func (p *Pack) Source(id string) (*Source, bool) { s, ok := p.index.sources[id]; return s, ok }

// ItemsOf lists the parts of a text, in its order.
func (p *Pack) ItemsOf(text string) []*Item {
	if t, ok := p.index.texts[text]; ok {
		return t.Items
	}
	return nil
}

// Asking lists the parts of a text that ask something of somebody, in its order.
func (p *Pack) Asking(text string) []*Item {
	var asking []*Item
	for _, i := range p.ItemsOf(text) {
		if i.Asks() {
			asking = append(asking, i)
		}
	}
	return asking
}

// Children lists the parts directly under a part: the letters of a paragraph, the
// paragraphs of an objective.
func (p *Pack) Children(id string) []*Item { return p.index.children[id] }

// AskedOf lists what a text asks of an addressee, in its order.
func (p *Pack) AskedOf(text, addressee string) []*Item {
	var asked []*Item
	for _, i := range p.Asking(text) {
		if i.Asked(addressee) {
			asked = append(asked, i)
		}
	}
	return asked
}

// NamedIn lists the parts of a text that name a party beside those they ask.
func (p *Pack) NamedIn(text, addressee string) []*Item {
	var named []*Item
	for _, i := range p.ItemsOf(text) {
		if slices.Contains(i.Named, addressee) {
			named = append(named, i)
		}
	}
	return named
}

// IsAddressee tells whether the pack knows an addressee.
func (p *Pack) IsAddressee(id string) bool { return slices.Contains(p.Addressees, id) }

// ChangesFrom lists what became of a part of an earlier text.
func (p *Pack) ChangesFrom(id string) []*Change { return p.index.from[id] }

// ChangesTo lists the earlier parts that came down to a part of the text in force.
func (p *Pack) ChangesTo(id string) []*Change { return p.index.to[id] }

// TargetsOf lists the targets of an item, named on either side.
func (p *Pack) TargetsOf(item string) []*Target {
	i := p.index.items[item]
	return where(p.Targets, func(t *Target) bool {
		return slices.Contains(t.Items, item) || i != nil && slices.Contains(i.Targets, t.ID)
	})
}

// MechanismsOf lists the mechanisms that an item calls for or that came down to it.
func (p *Pack) MechanismsOf(item string) []*Mechanism {
	i := p.index.items[item]
	return where(p.Mechanisms, func(m *Mechanism) bool {
		return slices.Contains(m.Items, item) || slices.Contains(m.Successor, item) || i != nil && slices.Contains(i.Mechanisms, m.ID)
	})
}

// IndicatorsOf lists the indicators that stand beside an item, also by way of its targets.
func (p *Pack) IndicatorsOf(item string) []*Indicator {
	targets := p.TargetsOf(item)
	return where(p.Indicators, func(i *Indicator) bool {
		for _, t := range targets {
			if slices.Contains(i.Targets, t.ID) {
				return true
			}
		}
		return slices.Contains(i.Items, item)
	})
}

// IndicatorsOfTarget lists the indicators of a target.
func (p *Pack) IndicatorsOfTarget(target string) []*Indicator {
	return where(p.Indicators, func(i *Indicator) bool { return slices.Contains(i.Targets, target) })
}

// CalendarOf lists the dates that concern an item.
func (p *Pack) CalendarOf(item string) []*CalendarEntry {
	return where(p.Calendar, func(c *CalendarEntry) bool { return slices.Contains(c.Items, item) })
}

func where[T any](parts []*T, want func(*T) bool) []*T {
	var found []*T
	for _, part := range parts {
		if want(part) {
			found = append(found, part)
		}
	}
	return found
}

// DocumentsByDate lists the documents from the earliest to the latest; those without a date come last.
func (p *Pack) DocumentsByDate() []*Document {
	sorted := append([]*Document(nil), p.Documents...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i].Date, sorted[j].Date
		return a != "" && (b == "" || a < b)
	})
	return sorted
}

// EventDate is the calendar entry of a session or event that items name in place of a date.
func (p *Pack) EventDate(event string) (*CalendarEntry, bool) {
	for _, c := range p.Calendar {
		if event != "" && c.Event == event {
			return c, true
		}
	}
	return nil, false
}
