// Package stakeholder keeps who takes part in a compact: the registry of parties,
// how surely each is who it says, which States adopted a text and which
// organisations endorsed it, and what rights that opens.
//
// Terms: a party is an organisation with an entry in the registry, a State or a
// group of States too; its id is the index of that entry. Its basis is how it
// stands to the text in force: adopted (a State, by resolution), endorsed (by its
// own act), group (of States, one voice), partner (an entity of the United
// Nations, within its mandate). The pack says which kind of party can have which
// basis and which rights a basis opens ([Opens]).
//
// What somebody else's list says ("as stated elsewhere") is kept apart: a stated
// party or endorsement has a source and a date, opens no right, and is never
// shown as given here. A party makes it its own by a claim.
//
// Invariants: a State's name is not in the record, it comes from the area pack;
// every other name is a word that can be erased; nothing here is about a natural
// person but the name of a signatory who chose to be named, which is a word too.
//
//	page, err := stakeholder.List(tx, stakeholder.Filter{Kind: "academia", Region: "002", Lang: locale.French})
package stakeholder

import (
	_ "embed"
	"strconv"
	"time"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Kinds of party that rules speak of; the pack may list any others beside them.
const (
	KindState   = "state"
	KindGroup   = "group"
	KindUN      = "un"
	KindPrivate = "private"
)

// The bases on which a party stands to a text.
const (
	BasisAdopted  = "adopted"
	BasisEndorsed = "endorsed"
	BasisGroup    = "group"
	BasisPartner  = "partner"
	BasisNone     = "none"
)

// Secretariat is the writer of acts that no party makes.
const Secretariat = "secretariat"

//go:embed schema.sql
var schema string

// Subject is what the keeper needs to keep parties.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "stakeholder", Schema: schema, Version: "1", Kinds: []keeper.Kind{
		partyRegistered(), partyStated(), partyAmended(), partyVerified(),
		adoptionRecorded(),
		endorsementGiven(), endorsementStated(), endorsementWithdrawn(),
		claimMade(),
		groupJoined(), groupLeft(),
		representationDeclared(), representationEnded(),
		participationReviewed(),
	}}
}

// checking is what a Check works with.
type checking struct {
	tx   *db.Tx
	act  keeper.Act
	at   time.Time
	pack *compact.Pack
}

// rules are what this package says of one kind of act, on its own type of facts.
type rules[F any] struct {
	name     string
	fields   fields
	validate func(a keeper.Act, f F, errs *locale.Errors)
	check    func(c checking, f F) error
	apply    func(tx *db.Tx, e keeper.Entry, f F) error
	derive   func(tx *db.Tx, e keeper.Entry, f F, words map[string]string) error
}

// kind makes the keeper's rules of ours.
func (r rules[F]) kind() keeper.Kind {
	return keeper.Rules[F]{
		Name: r.name, Apply: r.apply, Derive: r.derive,
		Validate: func(a keeper.Act, f F) error {
			var errs locale.Errors
			r.fields.check(a.Words, &errs)
			r.validate(a, f, &errs)
			return errs.Err()
		},
		Check: func(tx *db.Tx, a keeper.Act, f F, at time.Time) error {
			pack, err := compact.InForce(tx)
			if err != nil {
				return err
			}
			return r.check(checking{tx, a, at, pack}, f)
		},
	}.Kind()
}

// actor is the party that an act is of: its maker, or, where the secretariat
// writes for it, the one that the facts name.
func actor(by string, party int64) int64 {
	if id, err := strconv.ParseInt(by, 10, 64); err == nil {
		return id
	}
	return party
}

// checkActor refuses an act that says nowhere, or twice, whose it is.
func checkActor(by string, party int64, errs *locale.Errors) {
	_, err := strconv.ParseInt(by, 10, 64)
	switch {
	case err == nil && party != 0:
		errs.AddField("party", locale.E("err.party.named_twice"))
	case err != nil && by != Secretariat:
		errs.AddField("by", locale.E("err.party.not_yours"))
	case err != nil && party <= 0:
		errs.AddField("party", locale.E("err.party.which"))
	}
}

// bySecretariat refuses an act that only the secretariat may write.
func bySecretariat(a keeper.Act, errs *locale.Errors) {
	if a.By != Secretariat {
		errs.AddField("by", locale.E("err.party.secretariat_only"))
	}
}

// findArea finds an area by id in the name packs; their ids do not overlap.
func findArea(id string) (*area.Area, bool) {
	for _, set := range []string{"un", "sample"} {
		if a, ok := area.Pack(set).ByID(id); ok {
			return a, true
		}
	}
	return nil, false
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// touch notes an act about a party, and which pages it concerns: always those of
// the party and the lists.
func touch(tx *db.Tx, index, party int64, areaID string, more ...string) error {
	subjects := append([]string{"home", "parties", "party:" + strconv.FormatInt(party, 10)}, more...)
	if areaID != "" {
		subjects = append(subjects, "area:"+areaID)
	}
	if err := tx.Queue("INSERT INTO party_step (party, entry) VALUES (?, ?) ON CONFLICT (party, entry) DO NOTHING", party, index); err != nil {
		return err
	}
	return keeper.Touch(tx, index, subjects...)
}
