package forum

import (
	"errors"
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Open is how many seats of a segment a call is for.
type Open struct {
	Segment string `json:"segment"`
	Seats   int64  `json:"seats"`
}

// Nominations are the facts of nominations.opened. Its words are criteria (of
// eligibility) and how (to nominate, what it costs, what is paid).
type Nominations struct {
	Terms    int64  `json:"terms"` // the entry of the terms of reference
	Until    string `json:"until"`
	TermFrom string `json:"term_from"`
	Seats    []Open `json:"seats"`
}

// Extended are the facts of nominations.extended. Its word is reason.
type Extended struct {
	Call  int64  `json:"call"`
	Until string `json:"until"`
}

var (
	nominationWords = wording.Fields{"criteria": {Max: 8000, Needed: true}, "how": {Max: 4000}}
	extendWords     = wording.Fields{"reason": {Max: 2000, Needed: true}}
)

func nominationKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[Nominations]{validate: validateNominations, check: checkNominations, apply: applyNominations}.kind(KindNominations),
		rules[Extended]{validate: validateExtended, check: checkExtended, apply: applyExtended}.kind(KindExtended),
		rules[PoolPublished]{validate: validatePool, check: checkPool, apply: applyPool}.kind(KindPool),
	}
}

// Total is how many seats the call is for.
func (f Nominations) Total() (n int64) {
	for _, s := range f.Seats {
		n += s.Seats
	}
	return n
}

func validateNominations(a keeper.Act, f Nominations) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wantDay("until", f.Until, &es)
	wantDay("term_from", f.TermFrom, &es)
	if f.TermFrom <= f.Until {
		es.AddField("term_from", locale.E("err.group.term_before", "until", f.Until))
	}
	if len(f.Seats) == 0 {
		es.AddField("seats", locale.E("err.group.nothing_open"))
	}
	for n, s := range f.Seats {
		between("seats."+shown(s.Segment), s.Seats, 1, mostSeats, &es)
		if slices.ContainsFunc(f.Seats[:n], func(b Open) bool { return b.Segment == s.Segment }) {
			es.AddField("seats."+shown(s.Segment), locale.E("err.forum.twice", "value", shown(s.Segment)))
		}
	}
	nominationWords.Check(a.Words, &es)
	return es.Err()
}

func checkNominations(c checking, f Nominations) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	terms, err := TermsInForce(c.tx)
	if err != nil {
		return err
	}
	today := keeper.Today(c.at)
	switch latest, err := LatestNominations(c.tx); {
	case err == nil && latest.Until >= today && latest.Pool == 0:
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.group.call_open", "until", latest.Until))
	case err != nil && !isNotFound(err):
		return err
	}
	var es locale.Errors
	if f.Terms != terms.ID {
		es.AddField("terms", locale.E("err.group.other_terms", "id", number(terms.ID)))
	}
	if f.Until < today {
		es.AddField("until", locale.E("err.group.until_past", "value", shown(f.Until)))
	}
	sitting, err := SittingOn(c.tx, f.TermFrom)
	if err != nil {
		return err
	}
	for _, s := range f.Seats {
		if terms.Filled(s.Segment) != Drawn {
			es.AddField("seats."+shown(s.Segment), locale.E("err.group.not_drawn"))
		} else if free := terms.Seats(s.Segment) - sitting.of(s.Segment); s.Seats > free {
			es.AddField("seats."+shown(s.Segment), locale.E("err.group.not_free", "n", s.Seats, "free", max(0, free)))
		}
	}
	return es.Err()
}

func applyNominations(tx *db.Tx, e keeper.Entry, f Nominations) error {
	err := tx.Queue("INSERT INTO nomination_call (id, terms, opened_on, until_on, term_from, pool) VALUES (?, ?, ?, ?, ?, 0)", e.Index, f.Terms, e.On(), f.Until, f.TermFrom)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateExtended(a keeper.Act, f Extended) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wantDay("until", f.Until, &es)
	extendWords.Check(a.Words, &es)
	return es.Err()
}

func checkExtended(c checking, f Extended) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	call, err := openableCall(c.tx, f.Call)
	if err != nil {
		return err
	}
	var es locale.Errors
	if f.Until <= call.Until || f.Until < keeper.Today(c.at) {
		es.AddField("until", locale.E("err.group.not_later", "until", call.Until))
	}
	if f.Until >= call.TermFrom {
		es.AddField("until", locale.E("err.group.after_term", "from", call.TermFrom))
	}
	return es.Err()
}

// openableCall is the latest call while its pool is not published.
func openableCall(tx *db.Tx, id int64) (NominationCall, error) {
	call, err := NominationsByID(tx, id)
	if err != nil {
		return call, placed("call", err)
	}
	latest, err := LatestNominations(tx)
	if err != nil {
		return call, err
	}
	switch {
	case latest.ID != id:
		return call, keeper.Refuse(keeper.ErrConflict, locale.Field("call", locale.E("err.group.older_call", "id", number(latest.ID))))
	case call.Pool != 0:
		return call, keeper.Refuse(keeper.ErrConflict, locale.Field("call", locale.E("err.group.pool_there", "id", number(call.Pool))))
	}
	return call, nil
}

func applyExtended(tx *db.Tx, e keeper.Entry, f Extended) error {
	if err := tx.Queue("UPDATE nomination_call SET until_on = ? WHERE id = ?", f.Until, f.Call); err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func isNotFound(err error) bool { return errors.Is(err, keeper.ErrNotFound) }
