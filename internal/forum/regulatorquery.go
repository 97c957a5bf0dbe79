package forum

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
)

// RegulatorRow is an office in the directory as it stands.
type RegulatorRow struct {
	ID, Version, Party int64
	Kind, Area         string
	Items              []string
	SourceOn, ListedOn string
	ConfirmedOn        string // "" where the office itself never confirmed
	StaleFrom          string // the day from which its contact counts as not confirmed
	EndedOn            string
	EndedBy, Successor int64
	Words              map[string]string
}

// States of an office's contact, on a day.
const (
	ContactConfirmed   = "confirmed"
	ContactStale       = "stale"
	ContactUnconfirmed = "unconfirmed"
	ContactEnded       = "ended"
)

// RegulatorStates are all of them, in the order of filters.
var RegulatorStates = []string{ContactConfirmed, ContactStale, ContactUnconfirmed, ContactEnded}

// State is how well its contact is known on a day.
func (r RegulatorRow) State(today string) string {
	switch {
	case r.EndedOn != "" && r.EndedOn <= today:
		return ContactEnded
	case r.ConfirmedOn == "":
		return ContactUnconfirmed
	case r.StaleFrom <= today:
		return ContactStale
	}
	return ContactConfirmed
}

// Regulators are all offices, in the order of their entries.
func Regulators(tx *db.Tx) ([]RegulatorRow, error) { return regulators(tx, "") }

// RegulatorsOf are the offices that a party speaks for.
func RegulatorsOf(tx *db.Tx, party int64) ([]RegulatorRow, error) {
	return regulators(tx, "WHERE r.party = ?", party)
}

func regulators(tx *db.Tx, where string, args ...any) ([]RegulatorRow, error) {
	rows, err := tx.Query(`SELECT r.id, r.version, r.party, r.kind, r.area, r.source_on, r.listed_on, r.confirmed_on, r.stale_from, r.ended_on, r.ended_by, r.successor
		FROM regulator r `+where+" ORDER BY r.id", args...)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func(scan func(...any) error) (r RegulatorRow, err error) {
		return r, scan(&r.ID, &r.Version, &r.Party, &r.Kind, &r.Area, &r.SourceOn, &r.ListedOn, &r.ConfirmedOn, &r.StaleFrom, &r.EndedOn, &r.EndedBy, &r.Successor)
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	items, err := pairs(tx, "SELECT regulator, item FROM regulator_item ORDER BY regulator, item")
	if err != nil {
		return nil, err
	}
	var versions []int64
	for _, r := range list {
		versions = append(versions, r.Version)
	}
	words, err := keeper.WordsOfAll(tx, versions)
	for n := range list {
		list[n].Items, list[n].Words = items[list[n].ID], words[list[n].Version]
	}
	return list, err
}

// pairs reads rows of an id and a code.
func pairs(tx *db.Tx, query string, args ...any) (map[int64][]string, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[int64][]string)
	for rows.Next() {
		var id int64
		var code string
		if err := rows.Scan(&id, &code); err != nil {
			return nil, err
		}
		out[id] = append(out[id], code)
	}
	return out, rows.Err()
}

// PracticeRow is something that an office shared, or asks the others.
type PracticeRow struct {
	ID, Regulator    int64
	Side, Form, Lang string
	Items            []string
	MadeOn           string
	Answers          int
	Words            map[string]string
}

// Practices are all of them, the newest first.
func Practices(tx *db.Tx) ([]PracticeRow, error) { return practices(tx, "") }

// PracticesOf are those of one office, the newest first.
func PracticesOf(tx *db.Tx, regulator int64) ([]PracticeRow, error) {
	return practices(tx, "WHERE p.regulator = ?", regulator)
}

func practices(tx *db.Tx, where string, args ...any) ([]PracticeRow, error) {
	rows, err := tx.Query(`SELECT p.id, p.regulator, p.side, p.form, p.lang, p.made_on, (SELECT COUNT(*) FROM practice_answer a WHERE a.practice = p.id)
		FROM practice p `+where+" ORDER BY p.id DESC", args...)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func(scan func(...any) error) (p PracticeRow, err error) {
		return p, scan(&p.ID, &p.Regulator, &p.Side, &p.Form, &p.Lang, &p.MadeOn, &p.Answers)
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	items, err := pairs(tx, "SELECT practice, item FROM practice_item ORDER BY practice, item")
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	words, err := keeper.WordsOfAll(tx, ids)
	for n := range list {
		list[n].Items, list[n].Words = items[list[n].ID], words[list[n].ID]
	}
	return list, err
}

// AnswerRow is one office's answer to what another asked.
type AnswerRow struct {
	ID, Practice, Regulator int64
	Lang, MadeOn            string
	Words                   map[string]string
}

// AnswersTo are the answers to a question, the oldest first.
func AnswersTo(tx *db.Tx, practice int64) ([]AnswerRow, error) {
	rows, err := tx.Query("SELECT id, practice, regulator, lang, made_on FROM practice_answer WHERE practice = ? ORDER BY id", practice)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func(scan func(...any) error) (a AnswerRow, err error) {
		return a, scan(&a.ID, &a.Practice, &a.Regulator, &a.Lang, &a.MadeOn)
	})
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	words, err := keeper.WordsOfAll(tx, ids)
	for n := range list {
		list[n].Words = words[list[n].ID]
	}
	return slices.Clip(list), err
}
