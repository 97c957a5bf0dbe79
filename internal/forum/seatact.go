package forum

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Taken are the facts of seat.taken: of a drawn seat by draw and pseudonym, of an
// appointed one by segment and the party that appoints. Its words, where the person
// agreed, are name and role; both can be erased, and the seat stays.
type Taken struct {
	Draw    int64  `json:"draw,omitempty"`
	Person  string `json:"person,omitempty"`
	Segment string `json:"segment"`
	Party   int64  `json:"party,omitempty"`
	From    string `json:"from"`
	Until   string `json:"until"`
	After   int64  `json:"after,omitempty"` // the seat that she takes over
}

// Declined are the facts of seat.declined: somebody of the pool will not sit.
type Declined struct {
	Draw   int64  `json:"draw"`
	Person string `json:"person"`
}

// Vacated are the facts of seat.vacated. Its word is note.
type Vacated struct {
	Seat   int64  `json:"seat"`
	On     string `json:"on"` // the first day on which she no longer sits
	Reason string `json:"reason"`
}

// ConflictDeclared are the facts of conflict.declared. Its word is text.
type ConflictDeclared struct {
	Seat int64  `json:"seat"`
	Item string `json:"item,omitempty"` // of the compact, that it is about
}

// VacatedReasons are why a seat falls free before its term ends.
var VacatedReasons = []string{"withdrawn", "moved", "conflict", "absent", "other"}

var (
	takenWords    = wording.Fields{"name": {Max: 300, Line: true}, "role": {Max: 300, Line: true}}
	vacatedWords  = wording.Fields{"note": {Max: 2000}}
	conflictWords = wording.Fields{"text": {Max: 2000, Needed: true}}
)

func seatKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[Taken]{validate: validateTaken, check: checkTaken, apply: applyTaken}.kind(KindTaken),
		rules[Declined]{validate: validateSeatDeclined, check: checkSeatDeclined, apply: applySeatDeclined}.kind(KindSeatDeclined),
		rules[Vacated]{validate: validateVacated, check: checkVacated, apply: applyVacated}.kind(KindVacated),
		rules[ConflictDeclared]{validate: validateConflict, check: checkConflict, apply: applyConflict}.kind(KindConflict),
	}
}

func validateTaken(a keeper.Act, f Taken) error {
	var es locale.Errors
	bySecretariat(a, &es)
	knownCode("segment", f.Segment, Segments, &es)
	wantDay("from", f.From, &es)
	wantDay("until", f.Until, &es)
	if f.Until < f.From {
		es.AddField("until", locale.E("err.group.until_before", "from", f.From))
	}
	if (f.Draw != 0) != (f.Person != "") || (f.Draw != 0) == (f.Party != 0) || f.Draw == 0 && f.After != 0 {
		es.AddField("person", locale.E("err.group.drawn_or_appointed"))
	}
	takenWords.Check(a.Words, &es)
	return es.Err()
}

func checkTaken(c checking, f Taken) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	if f.Draw == 0 {
		return checkAppointed(c, f)
	}
	_, place, err := seatOf(c.tx, f.Draw, f.Person)
	if err != nil {
		return err
	}
	if place.Seat != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("person", locale.E("err.group.seated", "id", number(place.Seat))))
	}
	if want := place.Taken(f.Draw); f != want {
		return locale.Field("person", locale.E("err.group.other_term", "from", want.From, "until", want.Until))
	}
	return nil
}

// Taken are the facts by which the place of a draw is taken.
func (p SeatPlace) Taken(drawID int64) Taken {
	return Taken{Draw: drawID, Person: p.Person, Segment: p.Segment, From: p.From, Until: p.Until, After: p.After}
}

// seatOf is the place that is a person's by a draw.
func seatOf(tx *db.Tx, drawID int64, person string) (*SeatOrder, SeatPlace, error) {
	d, err := DrawByID(tx, drawID)
	if err != nil {
		return nil, SeatPlace{}, placed("draw", err)
	}
	o, err := OrderOf(tx, d)
	if err != nil {
		return nil, SeatPlace{}, err
	}
	p, ok := o.PlaceOf(person)
	if !ok {
		return o, p, keeper.Refuse(keeper.ErrForbidden, locale.Field("person", locale.E("err.group.not_hers", "person", shown(person))))
	}
	return o, p, nil
}

// checkAppointed wants a free seat of a segment that is filled so, for a term at most.
func checkAppointed(c checking, f Taken) error {
	terms, err := TermsInForce(c.tx)
	if err != nil {
		return err
	}
	if _, err := registered(c.tx, f.Party); err != nil {
		return err
	}
	var es locale.Errors
	if terms.Filled(f.Segment) != Appointed {
		es.AddField("segment", locale.E("err.group.not_appointed"))
	}
	if last := lastDay(f.From, terms.Term); f.Until > last {
		es.AddField("until", locale.E("err.group.term_long", "until", last))
	}
	if f.From < terms.From {
		es.AddField("from", locale.E("err.group.before_terms", "from", terms.From))
	}
	sitting, err := SittingOn(c.tx, f.From)
	if err != nil {
		return err
	}
	if sitting.of(f.Segment) >= terms.Seats(f.Segment) {
		es.AddField("segment", locale.E("err.group.full"))
	}
	return es.Err()
}

func applyTaken(tx *db.Tx, e keeper.Entry, f Taken) error {
	err := tx.Queue("INSERT INTO group_seat (id, draw, person, segment, party, from_on, until_on, after, left_on, left_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, '')",
		e.Index, f.Draw, f.Person, f.Segment, f.Party, f.From, f.Until, f.After)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateSeatDeclined(a keeper.Act, _ Declined) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wording.Fields{}.Check(a.Words, &es)
	return es.Err()
}

// checkSeatDeclined lets anybody of the pool decline who has no seat: one who was drawn,
// or a reserve who will not move up.
func checkSeatDeclined(c checking, f Declined) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	d, err := DrawByID(c.tx, f.Draw)
	if err != nil {
		return placed("draw", err)
	}
	o, err := OrderOf(c.tx, d)
	if err != nil {
		return err
	}
	p, drawn := o.PlaceOf(f.Person)
	switch {
	case drawn && p.Seat != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("person", locale.E("err.group.seated", "id", number(p.Seat))))
	case slices.Contains(o.Gone, f.Person):
		return keeper.Refuse(keeper.ErrConflict, locale.Field("person", locale.E("err.group.gone", "person", f.Person)))
	case !drawn && !slices.Contains(o.Reserves, f.Person):
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("person", locale.E("err.group.stranger", "person", shown(f.Person))))
	}
	return nil
}

func applySeatDeclined(tx *db.Tx, e keeper.Entry, f Declined) error {
	err := tx.Queue("INSERT INTO seat_declined (draw, person, entry, on_day) VALUES (?, ?, ?, ?) ON CONFLICT (draw, person) DO NOTHING", f.Draw, f.Person, e.Index, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateVacated(a keeper.Act, f Vacated) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wantDay("on", f.On, &es)
	knownCode("reason", f.Reason, VacatedReasons, &es)
	vacatedWords.Check(a.Words, &es)
	return es.Err()
}

func checkVacated(c checking, f Vacated) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	s, err := SeatByID(c.tx, f.Seat)
	if err != nil {
		return placed("seat", err)
	}
	if s.LeftOn != "" {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("seat", locale.E("err.group.left", "on", s.LeftOn)))
	}
	if f.On < s.From || f.On > s.Until {
		return locale.Field("on", locale.E("err.group.outside_term", "from", s.From, "until", s.Until))
	}
	return nil
}

func applyVacated(tx *db.Tx, e keeper.Entry, f Vacated) error {
	if err := tx.Queue("UPDATE group_seat SET left_on = ?, left_by = ?, reason = ? WHERE id = ?", f.On, e.Index, f.Reason, f.Seat); err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateConflict(a keeper.Act, _ ConflictDeclared) error {
	var es locale.Errors
	bySecretariat(a, &es)
	conflictWords.Check(a.Words, &es)
	return es.Err()
}

func checkConflict(c checking, f ConflictDeclared) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	s, err := SeatByID(c.tx, f.Seat)
	if err != nil {
		return placed("seat", err)
	}
	if !s.Sits(keeper.Today(c.at)) {
		return locale.Field("seat", locale.E("err.group.not_sitting", "id", number(s.ID)))
	}
	var es locale.Errors
	if f.Item != "" {
		c.checkItems("item", []string{f.Item}, &es)
	}
	return es.Err()
}

func applyConflict(tx *db.Tx, e keeper.Entry, f ConflictDeclared) error {
	err := tx.Queue("INSERT INTO seat_conflict (id, seat, item, on_day) VALUES (?, ?, ?, ?)", e.Index, f.Seat, f.Item, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

// DeclaredConflict is a conflict that a member declared; its word is keeper.WordsOf the ID.
type DeclaredConflict struct {
	ID   int64
	Seat int64
	Item string
	On   string
}

// ConflictsDeclared lists the declared conflicts, the latest first.
func ConflictsDeclared(tx *db.Tx) ([]DeclaredConflict, error) {
	rows, err := tx.Query("SELECT id, seat, item, on_day FROM seat_conflict ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []DeclaredConflict
	for rows.Next() {
		var c DeclaredConflict
		if err := rows.Scan(&c.ID, &c.Seat, &c.Item, &c.On); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
