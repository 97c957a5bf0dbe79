package forum

import (
	"errors"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Terms are the terms of reference of the group; their words are keeper.WordsOf the ID.
type Terms struct {
	ID int64
	On string // the day of the act
	Constituted
}

// TermsInForce are the latest terms of reference; ErrNotFound before the first.
func TermsInForce(tx *db.Tx) (Terms, error) {
	var id int64
	err := tx.Row("SELECT id FROM advisory_group ORDER BY id DESC LIMIT 1").Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return Terms{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.not_constituted"))
	}
	if err != nil {
		return Terms{}, err
	}
	return TermsByID(tx, id)
}

// TermsByID are the terms of reference of one act.
func TermsByID(tx *db.Tx, id int64) (Terms, error) {
	t := Terms{ID: id}
	err := tx.Row("SELECT constituted_on FROM advisory_group WHERE id = ?", id).Scan(&t.On)
	if errors.Is(err, db.ErrNoRows) {
		return t, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_terms", "id", number(id)))
	}
	if err != nil {
		return t, err
	}
	return t, factsOf(tx, id, &t.Constituted)
}

// factsOf reads what an entry states.
func factsOf(tx *db.Tx, id int64, facts any) error {
	e, err := keeper.ReadEntry(tx, id)
	if err != nil {
		return err
	}
	return e.Decode(facts)
}

// NominationCall is a call for nominations; its words are keeper.WordsOf the ID.
type NominationCall struct {
	ID       int64
	Terms    int64
	OpenedOn string
	Until    string // with extensions
	TermFrom string
	Pool     int64 // 0 until it is published
}

// Takes tells whether nominations are taken on a day.
func (c NominationCall) Takes(today string) bool { return c.Pool == 0 && today <= c.Until }

const nominationColumns = "SELECT id, terms, opened_on, until_on, term_from, pool FROM nomination_call "

func scanNominations(from func(...any) error) (c NominationCall, err error) {
	err = from(&c.ID, &c.Terms, &c.OpenedOn, &c.Until, &c.TermFrom, &c.Pool)
	return c, err
}

// NominationsByID is one call.
func NominationsByID(tx *db.Tx, id int64) (NominationCall, error) {
	c, err := scanNominations(tx.Row(nominationColumns+"WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return c, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_call", "id", number(id)))
	}
	return c, err
}

// LatestNominations is the newest call; ErrNotFound before the first.
func LatestNominations(tx *db.Tx) (NominationCall, error) {
	c, err := scanNominations(tx.Row(nominationColumns + "ORDER BY id DESC LIMIT 1").Scan)
	if errors.Is(err, db.ErrNoRows) {
		return c, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.never_called"))
	}
	return c, err
}

// AllNominations lists the calls, the newest first.
func AllNominations(tx *db.Tx) ([]NominationCall, error) {
	rows, err := tx.Query(nominationColumns + "ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []NominationCall
	for rows.Next() {
		c, err := scanNominations(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Opened are the facts of a call: how many seats of which segment.
func (c NominationCall) Opened(tx *db.Tx) (Nominations, error) {
	var f Nominations
	return f, factsOf(tx, c.ID, &f)
}
