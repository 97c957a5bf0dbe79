package stakeholder

import (
	"errors"
	"slices"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Kinds of act about whom an association speaks for.
const (
	KindDeclared = "representation.declared"
	KindEnded    = "representation.ended"
)

// Declared are the facts of representation.declared: an association says that it
// speaks for its members. Those that are parties are named; of the others it says
// how many there are, with a source (words source.LANG, url.und). A named one is a
// party and counts once, as itself.
type Declared struct {
	Association int64   `json:"association"`
	Members     []int64 `json:"members,omitempty"`
	Number      int64   `json:"number,omitempty"` // of all its members, the named ones too
	On          string  `json:"on"`               // the day for which it says so
}

// Ended are the facts of representation.ended.
type Ended struct {
	Representation int64  `json:"representation"`
	On             string `json:"on"`
}

const (
	maxMembers = 2000
	mostSpoken = 1_000_000_000
)

func representationDeclared() keeper.Kind {
	return rules[Declared]{
		name:   KindDeclared,
		fields: wordsOf[KindDeclared],
		validate: func(a keeper.Act, f Declared, errs *locale.Errors) {
			if a.By != Secretariat && actor(a.By, 0) != f.Association {
				errs.AddField("by", locale.E("err.party.not_yours"))
			}
			checkDate("on", f.On, errs)
			if len(f.Members) == 0 && f.Number == 0 {
				errs.AddField("number", locale.E("err.representation.whom"))
			}
			if f.Number < 0 || f.Number > mostSpoken || f.Number > 0 && f.Number < int64(len(f.Members)) {
				errs.AddField("number", locale.E("err.representation.number", "n", len(f.Members)))
			}
			if f.Number > 0 && (!filled(a.Words, "source") || a.Words["url.und"] == "") {
				errs.AddField("source", locale.E("err.representation.source"))
			}
			if len(f.Members) > maxMembers {
				errs.AddField("members", locale.E("err.party.list_too_long", "n", len(f.Members), "max", maxMembers))
			}
			sorted := slices.Sorted(slices.Values(f.Members))
			if len(slices.Compact(sorted)) < len(f.Members) {
				errs.AddField("members", locale.E("err.representation.twice"))
			}
			if slices.Contains(f.Members, f.Association) {
				errs.AddField("members", locale.E("err.representation.itself"))
			}
		},
		check: checkDeclared,
		apply: func(tx *db.Tx, e keeper.Entry, f Declared) error {
			err := tx.Queue("INSERT INTO representation (id, association, number, declared_on, ended_on, ended_by) VALUES (?, ?, ?, ?, '', 0)", e.Index, f.Association, f.Number, f.On)
			for _, m := range f.Members {
				if err == nil {
					err = tx.Queue("INSERT INTO represented (representation, member) VALUES (?, ?) ON CONFLICT (representation, member) DO NOTHING", e.Index, m)
				}
				if err == nil {
					err = touch(tx, e.Index, m, "")
				}
			}
			if err != nil {
				return err
			}
			return touch(tx, e.Index, f.Association, "")
		},
	}.kind()
}

func checkDeclared(c checking, f Declared) error {
	a, err := registered(c.tx, f.Association)
	if err != nil {
		return placed("association", err)
	}
	var errs locale.Errors
	if a.Kind == KindState || a.Kind == KindGroup || a.Kind == KindUN {
		errs.AddField("association", locale.E("err.representation.no_association"))
	}
	errs.Add(c.notLater("on", f.On))
	for _, m := range f.Members {
		p, err := registered(c.tx, m)
		if errs.AddField("members", err); err == nil && p.Kind == KindState {
			errs.AddField("members", locale.E("err.representation.state"))
		}
	}
	if err := errs.Err(); err != nil {
		return err
	}
	open, err := first(c.tx, "SELECT id FROM representation WHERE association = ? AND ended_by = 0", f.Association)
	if err == nil && open != 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.representation.open", "id", strconv.FormatInt(open, 10)))
	}
	return err
}

func representationEnded() keeper.Kind {
	return rules[Ended]{
		name:     KindEnded,
		fields:   wordsOf[KindEnded],
		validate: func(a keeper.Act, f Ended, errs *locale.Errors) { checkDate("on", f.On, errs) },
		check: func(c checking, f Ended) error {
			var association, ended int64
			var since string
			err := c.tx.Row("SELECT association, ended_by, declared_on FROM representation WHERE id = ?", f.Representation).Scan(&association, &ended, &since)
			switch {
			case errors.Is(err, db.ErrNoRows):
				return keeper.Refuse(keeper.ErrNotFound, locale.Field("representation", locale.E("err.representation.unknown", "id", strconv.FormatInt(f.Representation, 10))))
			case err != nil:
				return err
			case ended != 0:
				return keeper.Refuse(keeper.ErrConflict, locale.Field("representation", locale.E("err.representation.ended")))
			case c.act.By != Secretariat && actor(c.act.By, 0) != association:
				return keeper.Refuse(keeper.ErrForbidden, locale.Field("by", locale.E("err.party.not_yours")))
			case f.On < since:
				return locale.Field("on", locale.E("err.group.left_before", "on", since))
			}
			return c.notLater("on", f.On)
		},
		apply: func(tx *db.Tx, e keeper.Entry, f Ended) error {
			parties, err := partiesOf(tx, f.Representation)
			if err != nil {
				return err
			}
			if err := tx.Queue("UPDATE representation SET ended_on = ?, ended_by = ? WHERE id = ?", f.On, e.Index, f.Representation); err != nil {
				return err
			}
			for _, p := range parties {
				if err := touch(tx, e.Index, p, ""); err != nil {
					return err
				}
			}
			return nil
		},
	}.kind()
}

// partiesOf are the association and the members of a representation.
func partiesOf(tx *db.Tx, representation int64) ([]int64, error) {
	rows, err := tx.Query("SELECT association FROM representation WHERE id = ? UNION SELECT member FROM represented WHERE representation = ? ORDER BY 1", representation, representation)
	if err != nil {
		return nil, err
	}
	return integers(rows)
}

// Representation is whom an association says it speaks for.
type Representation struct {
	ID, Association int64
	Members         []int64
	Number          int64
	On, EndedOn     string
}

// Representations are those that a party declared or is named in, the latest first.
func Representations(tx *db.Tx, party int64) ([]Representation, error) {
	rows, err := tx.Query(`SELECT id, association, number, declared_on, ended_on FROM representation WHERE association = ?
		OR id IN (SELECT representation FROM represented WHERE member = ?) ORDER BY id DESC`, party, party)
	if err != nil {
		return nil, err
	}
	var list []Representation
	err = each(rows, func() error {
		var r Representation
		err := rows.Scan(&r.ID, &r.Association, &r.Number, &r.On, &r.EndedOn)
		list = append(list, r)
		return err
	})
	for i := range list {
		if err != nil {
			return nil, err
		}
		if rows, err = tx.Query("SELECT member FROM represented WHERE representation = ? ORDER BY member", list[i].ID); err == nil {
			list[i].Members, err = integers(rows)
		}
	}
	return list, err
}

// representedBeyond is how many organisations the associations among some parties
// say they speak for, without those that are parties themselves.
func representedBeyond(tx *db.Tx, all []counted) (int64, error) {
	among := make(map[int64]bool, len(all))
	for _, c := range all {
		among[c.id] = true
	}
	rows, err := tx.Query(`SELECT r.association, r.number, (SELECT COUNT(*) FROM represented m WHERE m.representation = r.id) FROM representation r WHERE r.ended_by = 0`)
	if err != nil {
		return 0, err
	}
	total := int64(0)
	err = each(rows, func() error {
		var association, number, named int64
		err := rows.Scan(&association, &number, &named)
		if among[association] {
			total += max(number-named, 0)
		}
		return err
	})
	return total, err
}
