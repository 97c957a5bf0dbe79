package forum

import (
	"slices"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// StaleMonths is for how many months what was said of a body counts as fresh.
const StaleMonths = 18

// Body is a body as the pack and its own people say it is. What its own people say
// stands before what the pack says, and what nobody says is empty.
type Body struct {
	ID          string // the pack's, or the number of the entry that brought it
	Entry       int64  // that brought it; 0: the pack did
	Kind        string
	Acronym     string
	Host        string
	Level       string
	Cycle       string
	Since       string
	Until       string
	URL         string
	Contact     string
	Text        string // of the compact that names it, or "after"; "" of one that the pack does not have
	Mandate     Mandate
	Functions   []string
	Items       []string
	Groups      []string
	Languages   []string
	Relations   []Relation // in both directions
	ConfirmedOn string     // when its source, or its own people, last said so; "" where nobody knows
	StaleFrom   string     // the first day on which that is too long ago
	Source      string     // of the pack; "" of a body that the pack does not have
	Also        []string
	Certain     bool
	Reading     []string          // facts of the pack that are our own reading, in part at least
	Own         Own               // what its own people say
	Words       map[string]string // the short texts of their description: "name.fr", "mandate.und"
	Principles  []string          // of a national or regional IGF
	Runners     []Runner          // who ran it and who runs it
	Disputed    []Disagreement    // other bodies' words against facts of this one
}

// Own is the description by a body's own people that stands.
type Own struct {
	Entry int64 // 0: there is none
	Party int64
	On    string
	Facts []string // that it says: "kind", "functions" …
}

// Says tells whether a fact of a body is its own people's word.
func (o Own) Says(fact string) bool { return slices.Contains(o.Facts, fact) }

// Runner is a party that runs a body, or did.
type Runner struct {
	Entry   int64
	Party   int64
	Since   string
	Checked bool   // the secretariat has looked
	Ended   string // "" while it runs it
}

// Disagreement is another body's words against a fact of this one.
type Disagreement struct {
	Fact string
	Dispute
}

// RunBy are the parties that run a body now.
func (b *Body) RunBy() []int64 {
	var parties []int64
	for _, r := range b.Runners {
		if r.Ended == "" {
			parties = append(parties, r.Party)
		}
	}
	return parties
}

// Mandate is what a body rests on.
type Mandate struct {
	Instrument string // as it is cited
	Item       string // of this compact, where that is what it rests on
	On, Until  string
	Source     string // that gives it, where it is not the body's own
}

// Given tells whether anybody gives a mandate.
func (m Mandate) Given() bool { return m.Instrument != "" || m.Item != "" }

// Relation is a tie from one body to another, as somebody asserts it.
type Relation struct {
	ID       int64 // the entry that asserted it; 0: the pack did
	From, To string
	Kind     string // one of compact.RelationKinds
	By       string // a source of the pack, the number of a party, or "secretariat"
	On       string // "" where its source gives no date
	Disputed []Dispute
}

// Dispute is one side's own words against what another says: keeper.WordsOf its entry.
type Dispute struct {
	Entry int64
	Body  string // that speaks
	Party int64  // that runs it
	On    string
}

// Stale tells whether what is said of a body was last confirmed too long ago.
func (b *Body) Stale(today string) bool { return b.StaleFrom != "" && today >= b.StaleFrom }

// Read tells whether a fact that the pack has of a body is our own reading.
func (b *Body) Read(fact string) bool { return slices.Contains(b.Reading, fact) }

// WorksOn tells whether a body works on any of some items.
func (b *Body) WorksOn(items ...string) bool {
	return slices.ContainsFunc(items, func(id string) bool { return slices.Contains(b.Items, id) })
}

// Bodies are all bodies: those of the pack in its order, then those that their own
// people brought, in the order of the record. Nobody changes the list.
func Bodies(tx *db.Tx, p *compact.Pack) ([]Body, error) {
	return db.Once(tx, bodiesOf{p}, func() ([]Body, error) { return merged(tx, p) })
}

// BodiesOfPack are the bodies of a pack in its order, as it alone has them.
func BodiesOfPack(p *compact.Pack) []Body { return newMerge(p).bodies }

// bodiesOf names the bodies of a snapshot, which are put together once (see [db.Once]).
type bodiesOf struct{ pack *compact.Pack }

func merged(tx *db.Tx, p *compact.Pack) ([]Body, error) {
	m := newMerge(p)
	for _, add := range []func(*db.Tx) error{m.descriptions, m.texts, m.confirmations, m.runners, m.relations, m.disagreements} {
		if err := add(tx); err != nil {
			return nil, err
		}
	}
	return m.bodies, nil
}

// BodyByID is one of them.
func BodyByID(tx *db.Tx, p *compact.Pack, id string) (Body, error) {
	all, err := Bodies(tx, p)
	if err != nil {
		return Body{}, err
	}
	if n := slices.IndexFunc(all, func(b Body) bool { return b.ID == id }); n >= 0 {
		return all[n], nil
	}
	return Body{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.body.unknown", "id", keeper.Line(shortened(id))))
}

// shortened bounds what an error repeats of what was sent.
func shortened(s string) string { return strings.ToValidUTF8(s[:min(len(s), 40)], "") }

// staleFrom is the first day on which something said on a day, in a month or in a
// year is stale; "" of no date.
func staleFrom(date string) string {
	day, err := time.Parse(time.DateOnly, compact.LastDay(date))
	if err != nil {
		return ""
	}
	first := day.AddDate(0, 0, 1-day.Day()).AddDate(0, StaleMonths, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)).Format(time.DateOnly)
}
