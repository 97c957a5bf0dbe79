package commitment

import (
	"cmp"
	"math/big"
	"slices"

	"kept/internal/db"
)

// MoneyTotal is what the money lines of one stage, currency and kind add up to.
// Stages are never added to one another, currencies are never converted here, what
// is in kind stands apart, and so does what was stated elsewhere.
type MoneyTotal struct {
	Stated   bool // stated elsewhere, not claimed
	Stage    string
	Currency string
	InKind   bool
	Amount   string // the exact sum
	Known    string // of it, announced elsewhere before: not additional
	Lines    int    // a joint commitment is entered once, by its lead
}

// Scope says of which commitments something is added up: of all where it is empty.
type Scope struct {
	Items []string // serving any of these
	Area  string
	Party int64 // as lead or partner; then money counts by its share
}

// Totals are money and people of some commitments, each commitment once. Of a party,
// money is its share: the whole of what it undertakes alone, the stated share of
// what is joint, once it leads or has confirmed. People are not divided: they count
// for the lead. What was pledged and withdrawn is in no total; what was paid stays.
type Totals struct {
	Money    []MoneyTotal
	Named    []MoneyTotal // of a party: shares that a lead names and that it has not confirmed
	Unstated int          // of a party: joint commitments with money whose shares nobody stated
	People   string       // to be reached directly, as promised; commitments may reach the same people
	Reaching int          // of how many commitments that is known
}

// moneyLine is a money line with how its commitment is shared.
type moneyLine struct {
	commitment      int64
	key             MoneyTotal
	amount          string
	elsewhere, lead bool
	joint           bool
	share, state    string // of the party of the scope
}

// TotalsOf adds up what a scope holds.
func TotalsOf(tx *db.Tx, s Scope) (Totals, error) {
	lines, err := moneyLines(tx, s)
	if err != nil {
		return Totals{}, err
	}
	var t Totals
	own, named, unstated := sums{}, sums{}, map[int64]bool{}
	for _, l := range lines {
		part, whole := hundred, s.Party == 0 || l.lead && !l.joint
		if r, ok := rat(l.share); ok && !whole {
			part, whole = r, true
		}
		switch {
		case !whole:
			unstated[l.commitment] = true
		case s.Party == 0 || l.lead || l.state == PartnerConfirmed:
			own.add(l, part)
		case l.state == PartnerNamed:
			named.add(l, part)
		}
	}
	t.Money, t.Named, t.Unstated = own.totals(), named.totals(), len(unstated)
	err = t.people(tx, s)
	return t, err
}

// MoneySource is a total of money with the commitments whose lines it adds up, ascending.
type MoneySource struct {
	MoneyTotal
	Commitments []int64
}

// MoneyBehind adds up the money of all commitments, as [TotalsOf] does, and names
// the commitments behind each total.
func MoneyBehind(tx *db.Tx) ([]MoneySource, error) {
	lines, err := moneyLines(tx, Scope{})
	if err != nil {
		return nil, err
	}
	all, behind := sums{}, map[MoneyTotal][]int64{}
	for _, l := range lines {
		all.add(l, hundred)
		behind[l.key] = append(behind[l.key], l.commitment)
	}
	var out []MoneySource
	for _, total := range all.totals() {
		key := MoneyTotal{Stated: total.Stated, Stage: total.Stage, Currency: total.Currency, InKind: total.InKind}
		slices.Sort(behind[key])
		out = append(out, MoneySource{total, slices.Compact(behind[key])})
	}
	return out, nil
}

// ToReach are whom all commitments are to reach, and how many say so: the People and
// Reaching of [TotalsOf], without its money.
func ToReach(tx *db.Tx) (people string, reaching int, err error) {
	var t Totals
	err = t.people(tx, Scope{})
	return t.People, t.Reaching, err
}

// where is the condition of a scope over commitment c.
func (s Scope) where() *where {
	w := &where{}
	w.add("c.claimed_by = 0")
	if len(s.Items) > 0 {
		w.add("EXISTS (SELECT 1 FROM commitment_item x WHERE x.commitment = c.id AND x.item IN ("+marks(len(s.Items))+"))", anys(s.Items)...)
	}
	if s.Area != "" {
		w.add("EXISTS (SELECT 1 FROM commitment_area a WHERE a.commitment = c.id AND a.area = ?)", s.Area)
	}
	return w
}

func moneyLines(tx *db.Tx, s Scope) (lines []moneyLine, err error) {
	w := s.where()
	w.add("m.role <> 'sought' AND (c.closed <> 'withdrawn' OR m.stage <> 'pledged')")
	if s.Party != 0 {
		w.add("(c.party = ? OR q.party IS NOT NULL)", s.Party)
	}
	rows, err := tx.Query(`SELECT m.commitment, c.stated, m.stage, m.currency, CASE WHEN m.kind = 'in_kind' THEN 1 ELSE 0 END, m.amount, m.elsewhere,
		CASE WHEN c.party = ? THEN 1 ELSE 0 END, c.lead_share, COALESCE(q.share, ''), COALESCE(q.state, ''),
		CASE WHEN EXISTS (SELECT 1 FROM commitment_partner p WHERE p.commitment = c.id) THEN 1 ELSE 0 END
		FROM commitment_money m JOIN commitment c ON c.id = m.commitment
		LEFT JOIN commitment_partner q ON q.commitment = c.id AND q.party = ? WHERE `+w.sql(), append([]any{s.Party, s.Party}, w.args...)...)
	err = each(rows, err, func(scan func(...any) error) error {
		var l moneyLine
		var stated, inKind, elsewhere, lead, joint int64
		var leadShare string
		err := scan(&l.commitment, &stated, &l.key.Stage, &l.key.Currency, &inKind, &l.amount, &elsewhere, &lead, &leadShare, &l.share, &l.state, &joint)
		l.key.Stated, l.key.InKind, l.elsewhere, l.lead, l.joint = stated == 1, inKind == 1, elsewhere == 1, lead == 1, joint == 1
		if l.lead {
			l.share = leadShare
		}
		lines = append(lines, l)
		return err
	})
	return lines, err
}

// people adds up whom the commitments of a scope are to reach.
func (t *Totals) people(tx *db.Tx, s Scope) error {
	w := s.where()
	w.add("c.reach <> '' AND c.closed <> 'withdrawn'")
	if s.Party != 0 {
		w.add("c.party = ?", s.Party)
	}
	rows, err := tx.Query("SELECT c.id, c.reach FROM commitment c WHERE "+w.sql(), w.args...)
	total := new(big.Rat)
	err = pairs(rows, err, func(_ int64, reach string) {
		total.Add(total, sum(reach))
		t.Reaching++
	})
	t.People = exact(total)
	return err
}

// sums gathers lines by what may be added.
type sums map[MoneyTotal]*gathered

type gathered struct {
	all, known *big.Rat
	lines      int
}

// add adds a share, in per cent, of a line.
func (s sums) add(l moneyLine, share *big.Rat) {
	g, ok := s[l.key]
	if !ok {
		g = &gathered{all: new(big.Rat), known: new(big.Rat)}
		s[l.key] = g
	}
	part := new(big.Rat).Mul(sum(l.amount), share)
	part.Quo(part, hundred)
	g.lines++
	g.all.Add(g.all, part)
	if l.elsewhere {
		g.known.Add(g.known, part)
	}
}

func (s sums) totals() (out []MoneyTotal) {
	for key, g := range s {
		t := key
		t.Amount, t.Known, t.Lines = exact(g.all), exact(g.known), g.lines
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b MoneyTotal) int {
		return cmp.Or(cmp.Compare(bit(a.Stated), bit(b.Stated)), cmp.Compare(stageOrder(a.Stage), stageOrder(b.Stage)),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(bit(a.InKind), bit(b.InKind)))
	})
	return out
}

// stageOrder is the place of a stage on the way from promise to spending.
func stageOrder(stage string) int { return slices.Index(LaterStages, stage) }
