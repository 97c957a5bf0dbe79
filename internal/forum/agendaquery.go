package forum

import (
	"strings"

	"kept/internal/db"
)

// AgendaItem is an item of the agenda of a cycle: "cycle 812, item 3". Its number
// stays when others are withdrawn.
type AgendaItem struct {
	Cycle       int64
	No          int
	Candidate   string
	Gap         string   // the item whose gaps it came from; "" for a topic
	Items       []string // of the compact, that it is about
	Entry       int64    // whose words give the reason, and a title by choice
	Part        int      // the number of these words there: "reason.2.en"; -1: they have none
	TakenOn     string
	Renamed     int64 // entry whose words give the title that stands; 0: none
	WithdrawnOn string
	Withdrawn   int64 // entry that took it off
}

// Word is the name of one of its words in its entry, without language.
func (i AgendaItem) Word(name string) string {
	if i.Part < 0 {
		return name
	}
	return name + "." + number(int64(i.Part))
}

// Agenda lists the items of a cycle's agenda by number, withdrawn ones too.
func Agenda(tx *db.Tx, cycle int64) ([]AgendaItem, error) {
	rows, err := tx.Query("SELECT cycle, no, candidate, items, entry, part, taken_on, renamed, withdrawn_on, withdrawn FROM agenda_item WHERE cycle = ? ORDER BY no", cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []AgendaItem
	for rows.Next() {
		var i AgendaItem
		var no, part int64
		var items string
		if err := rows.Scan(&i.Cycle, &no, &i.Candidate, &items, &i.Entry, &part, &i.TakenOn, &i.Renamed, &i.WithdrawnOn, &i.Withdrawn); err != nil {
			return nil, err
		}
		i.No, i.Part, i.Gap, i.Items = int(no), int(part), CandidateItem(i.Candidate), strings.Fields(items)
		list = append(list, i)
	}
	return list, rows.Err()
}

// Decision is how the agenda of a cycle was decided; the zero one is of a cycle that
// has none yet. Its words are keeper.WordsOf its Entry.
type Decision struct {
	Entry         int64
	On, EnteredOn string
	Digest        string // of the ranking that was before those who decided
	Ranking       Ranking
	Passed        []Passing
	Recused       []Recusal // of the amendments too
}

// Passing is a candidate that was passed over; its reason is the word "passed.N".
type Passing struct {
	Candidate string
	Part      int
}

// DecisionOf is the decision of a cycle.
func DecisionOf(tx *db.Tx, cycle int64) (Decision, error) {
	var d Decision
	err := tx.Row("SELECT entry, decided_on, entered_on, ranking FROM agenda_decision WHERE cycle = ?", cycle).Scan(&d.Entry, &d.On, &d.EnteredOn, &d.Digest)
	if missing, err := none(err); missing || err != nil {
		return d, err
	}
	if err := readBlob(tx, d.Digest, &d.Ranking); err != nil {
		return d, err
	}
	if d.Passed, err = passedOver(tx, cycle); err != nil {
		return d, err
	}
	d.Recused, err = recusals(tx, cycle)
	return d, err
}

func passedOver(tx *db.Tx, cycle int64) (list []Passing, err error) {
	rows, err := tx.Query("SELECT candidate, part FROM agenda_passed WHERE cycle = ? ORDER BY part", cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Passing
		var part int64
		if err := rows.Scan(&p.Candidate, &part); err != nil {
			return nil, err
		}
		p.Part = int(part)
		list = append(list, p)
	}
	return list, rows.Err()
}

func recusals(tx *db.Tx, cycle int64) (list []Recusal, err error) {
	rows, err := tx.Query("SELECT seat, candidate FROM agenda_recused WHERE cycle = ? ORDER BY entry, seat, candidate", cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Recusal
		if err := rows.Scan(&r.Seat, &r.Candidate); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// AgendaAmendment is a change of an agenda; its words are keeper.WordsOf its Entry.
type AgendaAmendment struct {
	Entry     int64
	On        string
	Change    string
	No        int
	Candidate string // that was added
}

// AmendmentsOf lists the changes of an agenda, the first first.
func AmendmentsOf(tx *db.Tx, cycle int64) (list []AgendaAmendment, err error) {
	rows, err := tx.Query("SELECT entry, amended_on, change, no, candidate FROM agenda_amendment WHERE cycle = ? ORDER BY entry", cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a AgendaAmendment
		var no int64
		if err := rows.Scan(&a.Entry, &a.On, &a.Change, &no, &a.Candidate); err != nil {
			return nil, err
		}
		a.No = int(no)
		list = append(list, a)
	}
	return list, rows.Err()
}
