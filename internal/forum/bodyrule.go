package forum

import (
	"slices"

	"kept/internal/compact/fold"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// bodyKinds are the acts about bodies and their relations.
func bodyKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[Described]{validate: validateDescribed, check: checkDescribed, apply: applyDescribed, derive: deriveDescribed}.kind(KindDescribed),
		rules[OfBody]{validate: validateOfBody, check: checkConfirmed, apply: applyConfirmed}.kind(KindConfirmed),
		rules[OfBody]{validate: validateOfBody, check: checkClaimed, apply: applyClaimed}.kind(KindClaimed),
		rules[Answer]{validate: validateAnswer, check: checkAnswer, apply: applyEntrusted}.kind(KindEntrusted),
		rules[Answer]{validate: validateAnswer, check: checkAnswer, apply: applyDeclined}.kind(KindDeclined),
		rules[OfBody]{validate: validateOfBody, check: checkConfirmed, apply: applyReleased}.kind(KindReleased),
		rules[BodyDisputed]{validate: validateBodyDisputed, check: checkBodyDisputed, apply: applyBodyDisputed}.kind(KindBodyDisputed),
		rules[Related]{validate: validateRelated, check: checkRelated, apply: applyRelated}.kind(KindRelated),
		rules[RelationEnded]{validate: validateRelationEnded, check: checkRelationEnded, apply: applyRelationEnded}.kind(KindRelationEnded),
		rules[Disputed]{validate: validateDisputed, check: checkDisputed, apply: applyDisputed}.kind(KindDisputed),
		rules[Settled]{validate: validateSettled, check: checkSettled, apply: applySettled}.kind(KindSettled),
	}
}

// there refuses a body that neither the pack nor the record has.
func (c checking) there(place, id string) error {
	if _, ok := c.pack.Body(id); ok {
		return nil
	}
	var n int64
	if err := c.tx.Row("SELECT COUNT(*) FROM body_description WHERE body = ?", id).Scan(&n); err != nil || n > 0 {
		return err
	}
	return keeper.Refuse(keeper.ErrNotFound, locale.Field(place, locale.E("err.body.unknown", "id", id)))
}

// runs refuses a party that does not run a body.
func (c checking) runs(place, body string, party int64) error {
	if _, err := registered(c.tx, party); err != nil {
		return err
	}
	if err := c.there(place, body); err != nil {
		return err
	}
	is, err := runs(c.tx, body, party)
	if err == nil && !is {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field(place, locale.E("err.body.not_yours", "id", body)))
	}
	return err
}

// self is the party that an act is of; 0 is the secretariat itself.
func (c checking) self(party int64) int64 { return actor(c.act.By, party) }

func checkDescribed(c checking, f Described) error {
	var err error
	if f.Body != "" {
		err = c.runs("body", f.Body, c.self(f.Party))
	} else {
		_, err = registered(c.tx, c.self(f.Party))
	}
	if err != nil {
		return err
	}
	if err := c.replaces(f); err != nil {
		return err
	}
	var es locale.Errors
	c.checkItems("items", f.Items, &es)
	if f.MandateItem != "" {
		c.checkItems("mandate_item", []string{f.MandateItem}, &es)
	}
	among("groups", f.Groups, c.pack.PartyKinds, &es)
	if err := es.Err(); err != nil || f.Body != "" {
		return err
	}
	return c.newName()
}

// replaces wants a description to take the place of the one that its writer saw.
func (c checking) replaces(f Described) error {
	var stands int64
	missing, err := none(c.tx.Row("SELECT entry FROM body_description WHERE body = ? AND stands = 1", f.Body).Scan(&stands))
	if err != nil || missing && f.Replaces == 0 || stands == f.Replaces && !missing {
		return err
	}
	return keeper.Refuse(keeper.ErrConflict, locale.Field("replaces", locale.E("err.body.changed_since")))
}

// newName refuses a new body under a name that another has: it is that one, or has
// to say what sets it apart. A name that only looks alike is for people to judge.
func (c checking) newName() error {
	taken := func(id string) error {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("name", locale.E("err.body.already", "id", id)))
	}
	for part, text := range c.act.Words {
		if name, _ := wording.Split(part); name != "name" {
			continue
		}
		folded := fold.Text(text)
		for _, b := range c.pack.Bodies {
			body := Body{ID: b.ID}
			if slices.ContainsFunc(body.names(c.pack), func(n string) bool { return fold.Text(n) == folded }) {
				return taken(b.ID)
			}
		}
		var id string
		missing, err := none(c.tx.Row(`SELECT d.body FROM derived_body_text t JOIN body_description d ON d.entry = t.entry
			WHERE t.folded = ? AND t.part LIKE 'name.%' AND d.stands = 1 ORDER BY d.entry LIMIT 1`, folded).Scan(&id))
		if err != nil || !missing {
			return or(err, taken(id))
		}
	}
	return nil
}

func checkConfirmed(c checking, f OfBody) error { return c.runs("body", f.Body, c.self(f.Party)) }

func checkClaimed(c checking, f OfBody) error {
	party := c.self(f.Party)
	if _, err := registered(c.tx, party); err != nil {
		return err
	}
	if err := c.there("body", f.Body); err != nil {
		return err
	}
	if is, err := runs(c.tx, f.Body, party); err != nil || is {
		return or(err, keeper.Refuse(keeper.ErrConflict, locale.Field("body", locale.E("err.body.yours"))))
	}
	var open int64
	if err := c.tx.Row("SELECT COUNT(*) FROM body_claim WHERE body = ? AND party = ? AND answer = ''", f.Body, party).Scan(&open); err != nil || open == 0 {
		return err
	}
	return keeper.Refuse(keeper.ErrConflict, locale.Field("body", locale.E("err.body.claimed_already")))
}

// or is the first error if there is one, else the second.
func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func checkAnswer(c checking, f Answer) error {
	var answer string
	missing, err := none(c.tx.Row("SELECT answer FROM body_claim WHERE id = ?", f.Claim).Scan(&answer))
	switch {
	case err != nil:
		return err
	case missing:
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("claim", locale.E("err.body.no_claim", "id", number(f.Claim))))
	case answer != "":
		return keeper.Refuse(keeper.ErrConflict, locale.Field("claim", locale.E("err.body.answered")))
	}
	return nil
}

func checkRelated(c checking, f Related) error {
	if err := c.there("from", f.From); err != nil {
		return err
	}
	if err := c.there("to", f.To); err != nil {
		return err
	}
	party := c.self(f.Party)
	if party != 0 {
		if err := c.runsEnd("from", party, f.From, f.To); err != nil {
			return err
		}
	}
	var n int64
	err := c.tx.Row("SELECT COUNT(*) FROM relation WHERE from_body = ? AND kind = ? AND to_body = ? AND party = ? AND ended_on = ''", f.From, f.Kind, f.To, party).Scan(&n)
	if err == nil && n > 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("to", locale.E("err.body.related_already")))
	}
	return err
}

// runsEnd wants a party to run one of the two ends of a relation.
func (c checking) runsEnd(place string, party int64, ends ...string) error {
	if _, err := registered(c.tx, party); err != nil {
		return err
	}
	for _, end := range ends {
		if is, err := runs(c.tx, end, party); err != nil || is {
			return err
		}
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.Field(place, locale.E("err.body.no_end")))
}

// standing reads a relation of the record that has not ended.
func (c checking) standing(id int64) (r Relation, party int64, err error) {
	var ended string
	missing, err := none(c.tx.Row("SELECT from_body, kind, to_body, party, ended_on FROM relation WHERE id = ?", id).Scan(&r.From, &r.Kind, &r.To, &party, &ended))
	switch {
	case err != nil:
		return r, 0, err
	case missing:
		return r, 0, keeper.Refuse(keeper.ErrNotFound, locale.Field("relation", locale.E("err.body.no_relation")))
	case ended != "":
		return r, 0, keeper.Refuse(keeper.ErrConflict, locale.Field("relation", locale.E("err.body.relation_ended", "on", ended)))
	}
	return r, party, nil
}

func checkRelationEnded(c checking, f RelationEnded) error {
	_, party, err := c.standing(f.Relation)
	if err == nil && party != c.self(f.Party) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("relation", locale.E("err.body.not_asserted_by_you")))
	}
	return err
}

func checkDisputed(c checking, f Disputed) error {
	r, asserted := Relation{From: f.From, Kind: f.Kind, To: f.To}, int64(0)
	var err error
	if f.Relation != 0 {
		r, asserted, err = c.standing(f.Relation)
	} else {
		err = c.ofPack(r)
	}
	if err != nil {
		return err
	}
	party := c.self(f.Party)
	if err := c.runs("body", f.Body, party); err != nil {
		return err
	}
	switch {
	case f.Body != r.From && f.Body != r.To:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("body", locale.E("err.body.no_end")))
	case f.Relation != 0 && asserted == party:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("relation", locale.E("err.body.own_relation")))
	}
	return c.once("relation = ? AND from_body = ? AND kind = ? AND to_body = ? AND body = ?", f.Relation, f.From, f.Kind, f.To, f.Body)
}

// ofPack wants a relation to be one that the pack has.
func (c checking) ofPack(r Relation) error {
	if b, ok := c.pack.Body(r.From); ok {
		for _, has := range b.Relations {
			if has.Kind == r.Kind && has.To == r.To {
				return nil
			}
		}
	}
	return keeper.Refuse(keeper.ErrNotFound, locale.Field("relation", locale.E("err.body.no_relation")))
}

// once refuses a disagreement that is here already.
func (c checking) once(where string, args ...any) error {
	var n int64
	err := c.tx.Row("SELECT COUNT(*) FROM disagreement WHERE ended_on = '' AND "+where, args...).Scan(&n)
	if err == nil && n > 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.body.disputed_already"))
	}
	return err
}

func checkBodyDisputed(c checking, f BodyDisputed) error {
	if err := c.there("about", f.About); err != nil {
		return err
	}
	if err := c.runs("body", f.Body, c.self(f.Party)); err != nil {
		return err
	}
	return c.once("about = ? AND fact = ? AND body = ?", f.About, f.Fact, f.Body)
}

func checkSettled(c checking, f Settled) error {
	var party int64
	var ended string
	missing, err := none(c.tx.Row("SELECT party, ended_on FROM disagreement WHERE id = ?", f.Disagreement).Scan(&party, &ended))
	switch {
	case err != nil:
		return err
	case missing:
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("disagreement", locale.E("err.body.no_disagreement")))
	case ended != "":
		return keeper.Refuse(keeper.ErrConflict, locale.Field("disagreement", locale.E("err.body.settled", "on", ended)))
	case party != c.self(f.Party):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("disagreement", locale.E("err.body.not_your_dispute")))
	}
	return nil
}
