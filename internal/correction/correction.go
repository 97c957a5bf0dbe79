// Package correction keeps what is said against the record, and what became of
// it: that something on a page is wrong, and that a party disputes what another
// one entered.
//
// Terms: a correction is asked for by anybody (correction.asked) about one thing,
// named by an [About]; the secretariat answers it (correction.answered), and the
// days from the one to the other are public. A dispute is a registered party's
// own words against an entry (dispute.raised); the maker of the entry answers in
// its own (dispute.answered), and whoever raised it, or both, close it
// (dispute.closed). While it stands, whatever shows the entry shows both texts
// side by side.
//
// Invariants: nobody here decides who is right, and no state of what is disputed
// changes; the thing itself changes by acts of its own, which an answer may name;
// a correction that a person asks for says nothing of that person.
//
//	about, err := correction.ParseAbout("figure:internet-users/KEN/2024")
//	list, err := correction.List(tx, correction.Filter{Thing: "commitment:12"})
package correction

import (
	_ "embed"
	"errors"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Kinds of act that this package keeps.
const (
	KindAsked    = "correction.asked"
	KindAnswered = "correction.answered"
	KindRaised   = "dispute.raised"
	KindReplied  = "dispute.answered"
	KindClosed   = "dispute.closed"
)

// Who an act can be by, besides a party.
const (
	secretariat = "secretariat"
	person      = "person"
)

//go:embed schema.sql
var schema string

// Subject is what the keeper needs to keep corrections and disputes.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "correction", Schema: schema, Version: "1", Kinds: []keeper.Kind{
		keeper.Rules[Asked]{Name: KindAsked, Validate: validateAsked, Check: checkAsked, Apply: applyAsked}.Kind(),
		keeper.Rules[Answered]{Name: KindAnswered, Validate: validateAnswered, Check: checkAnswered, Apply: applyAnswered}.Kind(),
		keeper.Rules[Raised]{Name: KindRaised, Validate: validateRaised, Check: checkRaised, Apply: applyRaised}.Kind(),
		keeper.Rules[Replied]{Name: KindReplied, Validate: validateReplied, Check: checkReplied, Apply: applyReplied}.Kind(),
		keeper.Rules[Closed]{Name: KindClosed, Validate: validateClosed, Check: checkClosed, Apply: applyClosed}.Kind(),
	}}
}

// actor is the party that an act is of: its maker, or, where the secretariat
// writes for it, the one that the facts name; 0 is the secretariat itself.
func actor(by string, party int64) int64 {
	if id, err := strconv.ParseInt(by, 10, 64); err == nil {
		return id
	}
	return party
}

// checkActor refuses an act that says twice whose it is, or that is nobody's.
func checkActor(by string, party int64, es *locale.Errors) {
	_, err := strconv.ParseInt(by, 10, 64)
	switch {
	case err == nil && party != 0:
		es.AddField("party", locale.E("err.party.named_twice"))
	case err != nil && by != secretariat:
		es.AddField("by", locale.E("err.party.not_yours"))
	case party < 0:
		es.AddField("party", locale.E("err.party.which"))
	}
}

// none turns "no such row" into false.
func none(err error) (missing bool, rest error) {
	if errors.Is(err, db.ErrNoRows) {
		return true, nil
	}
	return false, err
}

func number(id int64) string { return strconv.FormatInt(id, 10) }
