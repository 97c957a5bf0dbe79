package stakeholder

import (
	"errors"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// endorsementWithdrawn ends an endorsement: its party withdraws it, or the
// secretariat revokes it. What was given stays readable.
func endorsementWithdrawn() keeper.Kind {
	return rules[Withdrawn]{
		name:   KindWithdrawn,
		fields: wordsOf[KindWithdrawn],
		validate: func(a keeper.Act, f Withdrawn, errs *locale.Errors) {
			checkActor(a.By, f.Party, errs)
			if f.Revoked && a.By != Secretariat {
				errs.AddField("revoked", locale.E("err.party.secretariat_only"))
			}
			if !filled(a.Words, "reason") {
				errs.AddField("reason", locale.E("err.endorsement.reason_missing"))
			}
		},
		check: func(c checking, f Withdrawn) error {
			e, err := endorsementRow(c.tx, f.Endorsement)
			switch {
			case err != nil:
				return placed("endorsement", err)
			case e.Party != actor(c.act.By, f.Party):
				return keeper.Refuse(keeper.ErrForbidden, locale.Field("endorsement", locale.E("err.party.not_yours")))
			case e.EndedOn != "":
				return keeper.Refuse(keeper.ErrConflict, locale.Field("endorsement", locale.E("err.endorsement.ended", "on", e.EndedOn)))
			}
			return nil
		},
		apply: applyWithdrawn,
	}.kind()
}

func applyWithdrawn(tx *db.Tx, entry keeper.Entry, f Withdrawn) error {
	err := tx.Queue("UPDATE endorsement SET ended_on = ?, ended_by = ?, revoked = ? WHERE id = ? AND ended_on = ''",
		entry.On(), entry.Index, number(f.Revoked), f.Endorsement)
	if err != nil {
		return err
	}
	if err := tx.Queue("DELETE FROM standing WHERE entry = ?", f.Endorsement); err != nil {
		return err
	}
	e, err := endorsementRow(tx, f.Endorsement)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	p, err := applied(tx, e.Party)
	if err != nil {
		return err
	}
	subjects := []string{"text:" + e.Text}
	for _, item := range e.Supports {
		subjects = append(subjects, "item:"+item)
	}
	return touch(tx, entry.Index, e.Party, p.Area, subjects...)
}

// applied is a party as Apply finds it. One that is not there would mean that a
// rule let an act pass that it should not; Apply stays total and goes on without.
func applied(tx *db.Tx, id int64) (Party, error) {
	p, err := partyRow(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return Party{ID: id}, nil
	}
	return p, err
}
