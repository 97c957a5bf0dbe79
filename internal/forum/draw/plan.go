package draw

import (
	"bytes"
	"encoding/json"
	"time"

	"kept/internal/forum/sortition"
	"kept/internal/locale"
	"kept/record"
)

// Format names the bytes of a plan and all that is computed from them. Another meaning is another name.
const Format = "kept-draw/1"

// The rules of this format, by name; docs/fair-selection.md says what each means.
const (
	RulePick     = "cumulative/1" // panels in the order of their members, tickets one after the other
	RuleReserves = "hash-order/1" // the first reserve with whom the quotas are kept, else the first that misses fewest
	RuleTie      = "pseudonym/1"  // of two equal hashes the smaller pseudonym first
)

// MinLead is the shortest time in seconds between the announcement and the first source: what
// people need to take the receipt of the announcement before anybody knows the randomness.
const MinLead = 600

// MaxPlan bounds a plan in bytes.
const MaxPlan = 64 << 20

// A Plan is all that decides a draw but the randomness.
type Plan struct {
	Format    string    `json:"format"`
	Drawn     Drawn     `json:"drawn"`
	Instance  Instance  `json:"instance"`
	Portfolio Portfolio `json:"portfolio"`
	Chances   []string  `json:"chances"` // tickets of each person, in the order of the pool; of Portfolio.Total
	Rules     Rules     `json:"rules"`
	Lead      int64     `json:"lead"` // seconds from the announcement to the first source, at least
	Sources   []Source  `json:"sources"`
	Witnesses []string  `json:"witnesses,omitempty"` // entry ids of the parties of whom two state what they saw
}

// Drawn says what is drawn.
type Drawn struct {
	Group    string    `json:"group"`              // a name or an entry's id, which keeps two draws apart
	Segments []Segment `json:"segments,omitempty"` // parts of the group; none where it has no parts
	By       string    `json:"by,omitempty"`       // the category whose values the segments are
}

// A Segment is a part of the group with its number of seats.
type Segment struct {
	Name  string `json:"name"`
	Seats int    `json:"seats"`
}

// Rules are the names of the rules that hold.
type Rules struct {
	Pick     string `json:"pick"`
	Reserves string `json:"reserves"`
	Tie      string `json:"tie"`
}

// A Source is where randomness comes from: a round of a beacon, or a die.
type Source struct {
	Chain  *Chain `json:"chain,omitempty"`
	Round  uint64 `json:"round,omitempty"`
	At     string `json:"at"`               // of a beacon the round's time; of a die, the earliest time of the first throw
	Throws int    `json:"throws,omitempty"` // of a die: how many count
	Fails  string `json:"fails,omitempty"`  // when nobody has the round by then, the next source takes its place
}

// Beacon is a source: the first round of a chain at or after a time, failed when it is
// not published by another time.
func Beacon(c Chain, at, fails time.Time) Source {
	round := c.Round(at)
	return Source{Chain: &c, Round: round, At: stamp(c.Time(round)), Fails: stamp(fails)}
}

// Dice is a source: so many throws of a die in public, at that time or later.
func Dice(throws int, at time.Time) Source { return Source{Throws: throws, At: stamp(at)} }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// New freezes a plan out of a question and its portfolio. Panels are put into their
// order, and each person's chance is counted.
func New(drawn Drawn, in *sortition.Instance, pf *sortition.Portfolio, lead int64, sources []Source, witnesses []string) (*Plan, error) {
	p := &Plan{Format: Format, Drawn: drawn, Instance: instanceOf(in), Portfolio: portfolioOf(pf), Lead: lead, Sources: sources, Witnesses: witnesses,
		Rules: Rules{Pick: RulePick, Reserves: RuleReserves, Tie: RuleTie}}
	if p.Portfolio.check(len(in.Pool)) == nil {
		p.Chances = p.Portfolio.chances(len(in.Pool))
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	return p, nil
}

// Canonical is the plan in its one spelling (RFC 8785): what its digest is taken of.
func (p *Plan) Canonical() ([]byte, error) { return record.CanonicalText(p) }

// Digest is the digest of the canonical bytes.
func (p *Plan) Digest() (record.Digest, error) {
	b, err := p.Canonical()
	return record.DigestOf(b), err
}

// ParsePlan reads a plan in its one spelling and checks that it agrees with itself.
func ParsePlan(b []byte) (*Plan, error) {
	if len(b) > MaxPlan {
		return nil, locale.E("err.draw.large", "n", len(b), "max", MaxPlan)
	}
	var p Plan
	if err := strict(b, &p); err != nil {
		return nil, err
	}
	return &p, p.Check()
}

// strict reads one canonical JSON object that says nothing beyond the fields of v.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return locale.E("err.draw.form", "detail", err.Error())
	}
	again, err := record.CanonicalText(v)
	if err != nil {
		return locale.E("err.draw.form", "detail", err.Error())
	}
	if !bytes.Equal(again, b) {
		return locale.E("err.draw.spelling", "byte", plain(firstDifference(again, b)))
	}
	return nil
}

// firstDifference is the offset of the first byte in which a and b differ.
func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
