package commitment

import (
	"errors"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Ended are the facts of the end of a commitment: withdrawn, or concluded with an
// outcome, which is the maker's own account. The reason is words.
type Ended struct {
	Commitment int64  `json:"commitment"`
	Outcome    string `json:"outcome,omitempty"` // of commitment.concluded: a code of [Outcomes]
}

// Excused are the facts of an excuse: the secretariat says in public why a report
// may come later. Lateness counts from Until; nothing else changes.
type Excused struct {
	Commitment int64  `json:"commitment"`
	Until      string `json:"until"`
	Reason     string `json:"reason"` // a code of [Excuses]
}

// maxExcuse is how far ahead an excuse may reach, in months.
const maxExcuse = 24

var endFields = map[string]field{"reason": {4000, prose}}

func validateEnded(a keeper.Act, f Ended) error {
	var es locale.Errors
	es.Add(checkWords(a.Words, endFields, nil).Err())
	if !filled(a.Words)["reason"] {
		es.AddField("reason", locale.E("err.commitment.reason_end"))
	}
	if a.Kind == KindConcluded {
		checkCode("outcome", Outcomes, f.Outcome, &es)
	} else if f.Outcome != "" {
		es.AddField("outcome", locale.E("err.commitment.outcome_surplus"))
	}
	return es.Err()
}

func checkEnded(c checking, f Ended) error {
	h, err := c.open(f.Commitment)
	if err != nil {
		return err
	}
	return c.byLead(h)
}

func applyEnded(tx *db.Tx, e keeper.Entry, f Ended) error {
	closed := Concluded
	if e.Kind == KindWithdrawn {
		closed = Withdrawn
	}
	err := tx.Queue("UPDATE commitment SET closed = ?, closed_on = ?, closed_by = ?, outcome = ? WHERE id = ?", closed, e.On(), e.Index, f.Outcome, f.Commitment)
	if err != nil {
		return err
	}
	_, d, _, err := duesOf(tx, f.Commitment)
	if err != nil {
		return err
	}
	if err := saveDues(tx, f.Commitment, d.End()); err != nil {
		return err
	}
	if err := moveEndReview(tx, f.Commitment); err != nil {
		return err
	}
	return happened(tx, e, f.Commitment)
}

func validateExcused(a keeper.Act, f Excused) error {
	var es locale.Errors
	if a.By != secretariat {
		es.AddField("by", locale.E("err.commitment.excuse_by"))
	}
	es.Add(checkWords(a.Words, endFields, nil).Err())
	if !filled(a.Words)["reason"] {
		es.AddField("reason", locale.E("err.commitment.reason_excuse"))
	}
	checkCode("reason_code", Excuses, f.Reason, &es)
	checkDay("until", f.Until, &es)
	return es.Err()
}

func checkExcused(c checking, f Excused) error {
	h, err := c.open(f.Commitment)
	if err != nil {
		return err
	}
	today := keeper.Today(c.at)
	switch {
	case h.dues.On == never:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("commitment", locale.E("err.commitment.nothing_due")))
	case f.Until < today || f.Until > addMonths(today, maxExcuse):
		return locale.Field("until", locale.E("err.commitment.excuse_until", "from", today, "to", addMonths(today, maxExcuse)))
	}
	return nil
}

func applyExcused(tx *db.Tx, e keeper.Entry, f Excused) error {
	err := tx.Queue("UPDATE commitment SET excused_code = ?, excused_by = ? WHERE id = ?", f.Reason, e.Index, f.Commitment)
	if err != nil {
		return err
	}
	_, d, _, err := duesOf(tx, f.Commitment)
	if err != nil {
		return err
	}
	if err := saveDues(tx, f.Commitment, d.Excuse(f.Until)); err != nil {
		return err
	}
	return happened(tx, e, f.Commitment)
}

// standingHead is what a Check needs of a commitment that somebody acts on.
type standingHead struct {
	id, lead, version int64
	dues              Dues
}

// open is a commitment that was made here and is neither withdrawn nor concluded.
func (c checking) open(id int64) (standingHead, error) {
	h := standingHead{id: id}
	var stated int64
	var closed, closedOn string
	err := c.tx.Row("SELECT party, stated, version, closed, closed_on FROM commitment WHERE id = ?", id).Scan(&h.lead, &stated, &h.version, &closed, &closedOn)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return h, keeper.Refuse(keeper.ErrNotFound, locale.Field("commitment", locale.E("err.commitment.unknown", "id", strconv.FormatInt(id, 10))))
	case err != nil:
		return h, err
	case stated != 0:
		return h, keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.commitment.only_stated")))
	case closed != "":
		return h, keeper.Refuse(keeper.ErrConflict, locale.Field("commitment", locale.E("err.commitment.closed."+closed, "on", closedOn)))
	}
	_, h.dues, _, err = duesOf(c.tx, id)
	return h, err
}

// byLead lets the lead act for itself and the secretariat for it.
func (c checking) byLead(h standingHead) error {
	if c.act.By == secretariat || c.act.By == strconv.FormatInt(h.lead, 10) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.commitment.lead_only")))
}
