package commitment

import (
	"kept/internal/compact"
	"kept/internal/db"
)

// Surveyed is one commitment as a report looks at it, on a day: the five facts,
// each on its own, and what it is counted as.
type Surveyed struct {
	ID, Party             int64
	Kind                  string // of the lead party
	Stated                bool   // stated elsewhere, not claimed
	Counted               string // one of [Counted], never [CountedHere]; "" for what was stated elsewhere
	MadeOn, Type, Newness string
	Items, Areas          []string
	Confirmed             []int64 // partners that confirmed
	Lifecycle, Outcome    string
	Reporting             string
	Reports, Missed       int64
	Excused               bool // by the secretariat, on that day
	SelfStatus            string
	Pace                  string // against the targets as they stand
	PaceSigned            string // against the targets as signed; "" where the two agree
	Review                string
	Band                  string // of its quality
	Verifiable            bool
	Funds                 bool   // money is behind it
	ReportedOn            string // day of the newest report; "" before the first
}

// Here tells whether it is counted among the commitments to the text in force.
func (s *Surveyed) Here() bool { return s.Counted == CountedDelivery || s.Counted == CountedIntent }

// Survey visits all commitments in the order of their ids, but for those that were
// claimed: what they say is said by their claim. It reads the state of the
// transaction alone, never what the process keeps in memory, since that may be
// newer; a few statements, however many commitments there are.
func Survey(tx *db.Tx, today string, visit func(*Surveyed)) error {
	cards, at, err := readSome(tx, "> 0", nil)
	if err != nil {
		return err
	}
	if err := nameKinds(tx, cards); err != nil {
		return err
	}
	more := make(map[int64]*Surveyed, len(cards))
	rows, err := tx.Query("SELECT id, outcome, missed, band FROM commitment ORDER BY id")
	err = each(rows, err, func(scan func(...any) error) error {
		s := &Surveyed{}
		err := scan(&s.ID, &s.Outcome, &s.Missed, &s.Band)
		more[s.ID] = s
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, party FROM commitment_partner WHERE state = ? ORDER BY commitment, party", PartnerConfirmed)
	err = each(rows, err, func(scan func(...any) error) error {
		var id, party int64
		err := scan(&id, &party)
		more[id].Confirmed = append(more[id].Confirmed, party)
		return err
	})
	for _, c := range cards {
		if c.claimedBy == 0 && err == nil {
			visit(at[c.id].surveyed(more[c.id], today))
		}
	}
	return err
}

// surveyed fills what the card knows.
func (c *card) surveyed(s *Surveyed, today string) *Surveyed {
	s.Party, s.Kind, s.Stated, s.Counted = c.party, c.kind, c.stated, c.class()
	s.MadeOn, s.Type, s.Newness, s.Items, s.Areas = c.madeOn, c.typ, c.newness, c.items, c.areas
	s.Lifecycle, s.Reports = c.lifecycle(), c.reports
	s.Verifiable, s.Funds, s.ReportedOn = c.verifiable, len(c.money) > 0, c.reportedOn
	if !c.stated {
		s.Reporting, s.SelfStatus, s.Pace, s.PaceSigned, s.Review = c.dues.State(today), c.selfStatus, c.pace(today), c.paceSigned(today), c.reviewState()
		s.Excused = c.dues.Excused >= today
	}
	return s
}

// UnderObjective lists the parts of the text in force that a commitment to an
// objective can name: the objective and what stands under it.
func UnderObjective(pack *compact.Pack, objective string) (ids []string) {
	for _, i := range pack.ItemsOf(pack.InForce) {
		if objectiveOf(i) == objective {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// ChangedTargets lists the commitments of which an indicator goes elsewhere than
// was signed: another baseline, target or date, one that is no longer measured, or
// one more. Ascending.
func ChangedTargets(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT i.commitment FROM commitment_indicator i
		LEFT JOIN commitment_signed s ON s.commitment = i.commitment AND s.n = i.n
		WHERE i.commitment IN (SELECT commitment FROM commitment_signed) AND (s.n IS NULL OR i.ended_on <> ''
			OR i.baseline <> s.baseline OR i.baseline_on <> s.baseline_on OR i.target <> s.target OR i.target_on <> s.target_on OR i.bound <> s.bound)
		ORDER BY i.commitment`)
	return numbers(rows, err)
}

// ReportsWithin lists the progress reports that came within a span of days, both
// ends included, by commitment, each list ascending.
func ReportsWithin(tx *db.Tx, from, to string) (map[int64][]int64, error) {
	rows, err := tx.Query("SELECT id, commitment FROM report WHERE made_on >= ? AND made_on <= ? ORDER BY id", from, to)
	of := map[int64][]int64{}
	err = each(rows, err, func(scan func(...any) error) error {
		var id, commitment int64
		err := scan(&id, &commitment)
		of[commitment] = append(of[commitment], id)
		return err
	})
	return of, err
}
