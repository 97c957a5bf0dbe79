package stakeholder

import (
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// KindClaim is the act by which a party says of a stated entry: this is ours.
const KindClaim = "claim.made"

// Claim are the facts of claim.made. Of names a stated party, or a stated
// endorsement of the party; for the latter the claim is an endorsement of its own
// and carries all that one has, words too.
type Claim struct {
	Party int64  `json:"party,omitempty"` // only where the secretariat writes for it
	Of    int64  `json:"of"`
	Given *Given `json:"given,omitempty"`
}

func claimMade() keeper.Kind {
	return rules[Claim]{
		name:   KindClaim,
		fields: wordsOf[KindClaim],
		validate: func(a keeper.Act, f Claim, errs *locale.Errors) {
			checkActor(a.By, f.Party, errs)
			if f.Of <= 0 {
				errs.AddField("of", locale.E("err.claim.what"))
			}
			switch {
			case f.Given == nil && len(a.Words) > 0:
				errs.AddField("given", locale.E("err.claim.words"))
			case f.Given != nil && f.Given.Party != 0:
				errs.AddField("party", locale.E("err.party.named_twice"))
			case f.Given != nil:
				validateGiven(*f.Given, a.Words, errs)
			}
		},
		check: checkClaim,
		apply: applyClaim,
	}.kind()
}

func checkClaim(c checking, f Claim) error {
	party := actor(c.act.By, f.Party)
	if _, err := registered(c.tx, party); err != nil {
		return placed("party", err)
	}
	if f.Given == nil {
		p, err := partyRow(c.tx, f.Of)
		switch {
		case err != nil:
			return placed("of", err)
		case !p.Stated():
			return locale.Field("of", locale.E("err.claim.not_stated"))
		case p.ClaimedBy != 0:
			return keeper.Refuse(keeper.ErrConflict, locale.Field("of", locale.E("err.claim.already", "id", strconv.FormatInt(p.ClaimedBy, 10))))
		}
		return nil
	}
	e, err := endorsementRow(c.tx, f.Of)
	switch {
	case err != nil:
		return placed("of", err)
	case !e.Stated():
		return locale.Field("of", locale.E("err.claim.not_stated"))
	case e.ClaimedAs != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("of", locale.E("err.claim.already", "id", strconv.FormatInt(e.ClaimedAs, 10))))
	case e.Text != f.Given.Text:
		return locale.Field("text", locale.E("err.claim.other_text", "text", e.Text))
	}
	owner, err := partyRow(c.tx, e.Party)
	if err != nil {
		return err
	}
	if owner.ID != party && owner.ClaimedBy != party {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("of", locale.E("err.claim.other_party")))
	}
	return c.mayEndorse(party, *f.Given)
}

func applyClaim(tx *db.Tx, e keeper.Entry, f Claim) error {
	party := actor(e.By, f.Party)
	if err := tx.Queue("INSERT INTO claim (id, party, claimed) VALUES (?, ?, ?)", e.Index, party, f.Of); err != nil {
		return err
	}
	if f.Given != nil {
		if err := tx.Queue("UPDATE endorsement SET claimed_as = ? WHERE id = ?", e.Index, f.Of); err != nil {
			return err
		}
		given := *f.Given
		given.Party = f.Party
		return insertEndorsement(tx, e, given, f.Of)
	}
	if err := tx.Queue("UPDATE party SET claimed_by = ? WHERE id = ?", party, f.Of); err != nil {
		return err
	}
	// Where the party has endorsed here already, that takes the place of what was stated.
	const own = "SELECT s.entry FROM standing s WHERE s.party = ? AND s.text_id = endorsement.text_id AND s.basis = ?"
	err := tx.Queue("UPDATE endorsement SET claimed_as = ("+own+") WHERE party = ? AND stated_on <> '' AND claimed_as = 0 AND EXISTS ("+own+")",
		party, BasisEndorsed, f.Of, party, BasisEndorsed)
	if err != nil {
		return err
	}
	p, err := applied(tx, party)
	if err != nil {
		return err
	}
	return touch(tx, e.Index, party, p.Area, "party:"+strconv.FormatInt(f.Of, 10))
}
