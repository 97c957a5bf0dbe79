package stakeholder

import (
	"errors"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// The rights that a pack may tie to a basis.
const (
	RightCommit   = "commit"
	RightPropose  = "propose"
	RightNominate = "nominate"
)

// Opens tells whether a party has a right under the pack in force: nil, or an
// ErrForbidden that says why not and what to do.
func Opens(tx *db.Tx, party int64, right string) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	p, err := registered(tx, party)
	if err != nil {
		return err
	}
	basis, err := basisOf(tx, pack, p)
	if err != nil {
		return err
	}
	if pack.MayUse(right, basis, p.Kind) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E(refusal(pack, p, basis, right), "kind", kindWord(p.Kind),
		"right", locale.E("right."+right), "basis", locale.E("basis."+orNone(basis))))
}

// refusal picks the message that tells the party what would open the right.
func refusal(pack *compact.Pack, p Party, basis, right string) string {
	if basis != "" {
		return "err.right.not_on_basis"
	}
	for _, possible := range pack.Bases(p.Kind) {
		if pack.MayUse(right, possible, p.Kind) {
			return "err.right.needs_" + possible
		}
	}
	return "err.right.not_for_kind"
}

// basisOf is how a party stands to the text in force; "" when in no way. Groups
// and entities of the United Nations stand by what they are: only the secretariat
// registers those.
func basisOf(tx *db.Tx, pack *compact.Pack, p Party) (string, error) {
	rows, err := tx.Query("SELECT basis FROM standing WHERE party = ? AND text_id = ?", p.ID, pack.InForce)
	if err != nil {
		return "", err
	}
	found, err := texts(rows)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return byKind(pack, p), nil
}

// byKind is the basis that a party has by what it is; "" for most.
func byKind(pack *compact.Pack, p Party) string {
	for _, basis := range pack.Bases(p.Kind) {
		if !p.Stated() && (basis == BasisGroup && p.Kind == KindGroup || basis == BasisPartner && p.Kind == KindUN) {
			return basis
		}
	}
	return ""
}

func orNone(basis string) string {
	if basis == "" {
		return BasisNone
	}
	return basis
}

// registered is a party that can act here: one that the registry has, and not
// only as stated elsewhere.
func registered(tx *db.Tx, id int64) (Party, error) {
	p, err := partyRow(tx, id)
	if err == nil && p.Stated() {
		return p, keeper.Refuse(keeper.ErrForbidden, locale.E("err.party.stated_only", "id", strconv.FormatInt(id, 10)))
	}
	return p, err
}

// placed names the field that an answer of the registry is about, and keeps what kind of answer it is.
func placed(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return err
}

// kindWord is a kind of party as a parameter of a message.
func kindWord(kind string) any {
	if key := "party.kind." + kind; locale.English.Has(key) {
		return locale.E(key)
	}
	return kind
}

// KindName is a kind of party for readers; a pack's own kind is its own name.
func KindName(lang locale.Lang, kind string) string {
	if key := "party.kind." + kind; locale.English.Has(key) {
		return lang.T(key)
	}
	return kind
}
