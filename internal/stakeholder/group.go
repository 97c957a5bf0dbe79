package stakeholder

import (
	"errors"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Kinds of act about the members of a group of States.
const (
	KindJoined = "group.joined"
	KindLeft   = "group.left"
)

// Membership are the facts of group.joined and group.left. They have no words.
// The group itself or the secretariat says who belongs to it and since when.
type Membership struct {
	Group  int64  `json:"group"`
	Member int64  `json:"member"`
	On     string `json:"on"`
}

func groupJoined() keeper.Kind {
	return rules[Membership]{
		name:     KindJoined,
		validate: validateMembership,
		check: func(c checking, f Membership) error {
			if err := c.membership(f); err != nil {
				return err
			}
			from, err := currentMembership(c.tx, f)
			if err != nil || from == "" {
				return err
			}
			return keeper.Refuse(keeper.ErrConflict, locale.Field("member", locale.E("err.group.member_already", "on", from)))
		},
		apply: func(tx *db.Tx, e keeper.Entry, f Membership) error {
			err := tx.Queue("INSERT INTO membership (id, in_group, member, from_on, until_on, left_entry) VALUES (?, ?, ?, ?, '', 0)", e.Index, f.Group, f.Member, f.On)
			if err != nil {
				return err
			}
			return touchMembership(tx, e.Index, f)
		},
	}.kind()
}

func groupLeft() keeper.Kind {
	return rules[Membership]{
		name:     KindLeft,
		validate: validateMembership,
		check: func(c checking, f Membership) error {
			if err := c.membership(f); err != nil {
				return err
			}
			from, err := currentMembership(c.tx, f)
			switch {
			case err != nil:
				return err
			case from == "":
				return keeper.Refuse(keeper.ErrConflict, locale.Field("member", locale.E("err.group.no_member")))
			case f.On < from:
				return locale.Field("on", locale.E("err.group.left_before", "on", from))
			}
			return nil
		},
		apply: func(tx *db.Tx, e keeper.Entry, f Membership) error {
			err := tx.Queue("UPDATE membership SET until_on = ?, left_entry = ? WHERE in_group = ? AND member = ? AND left_entry = 0", f.On, e.Index, f.Group, f.Member)
			if err != nil {
				return err
			}
			return touchMembership(tx, e.Index, f)
		},
	}.kind()
}

func validateMembership(a keeper.Act, f Membership, errs *locale.Errors) {
	if a.By != Secretariat && actor(a.By, 0) != f.Group {
		errs.AddField("by", locale.E("err.group.not_yours"))
	}
	if f.Group == f.Member {
		errs.AddField("member", locale.E("err.group.itself"))
	}
	checkDate("on", f.On, errs)
}

// membership checks that a group is one, and that its member is a party that is none.
func (c checking) membership(f Membership) error {
	var errs locale.Errors
	group, err := registered(c.tx, f.Group)
	errs.AddField("group", err)
	if err == nil && group.Kind != KindGroup {
		errs.AddField("group", locale.E("err.group.no_group"))
	}
	member, err := registered(c.tx, f.Member)
	errs.AddField("member", err)
	if err == nil && member.Kind == KindGroup {
		errs.AddField("member", locale.E("err.group.group_in_group"))
	}
	errs.Add(c.notLater("on", f.On))
	return errs.Err()
}

// currentMembership is the day since which a party belongs to a group; empty when it does not.
func currentMembership(tx *db.Tx, f Membership) (from string, err error) {
	err = tx.Row("SELECT from_on FROM membership WHERE in_group = ? AND member = ? AND left_entry = 0", f.Group, f.Member).Scan(&from)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return from, err
}

func touchMembership(tx *db.Tx, index int64, f Membership) error {
	p, err := applied(tx, f.Member)
	if err != nil {
		return err
	}
	if err := touch(tx, index, f.Group, ""); err != nil {
		return err
	}
	return touch(tx, index, f.Member, p.Area)
}
