package stakeholder

import (
	"kept/internal/compact"
	"kept/internal/db"
)

// ActivityOf is one activity of an endorsement; what it is, the words of the
// endorsement say.
type ActivityOf struct {
	N     int
	State string // planned or under-way
	Since string // partial dates allowed; "" where none was given
}

// Activities lists what a party does or plans by an endorsement.
func Activities(tx *db.Tx, endorsement int64) ([]ActivityOf, error) {
	rows, err := tx.Query("SELECT n, state, since FROM endorsement_activity WHERE endorsement = ? ORDER BY n", endorsement)
	if err != nil {
		return nil, err
	}
	var list []ActivityOf
	err = each(rows, func() error {
		var a ActivityOf
		err := rows.Scan(&a.N, &a.State, &a.Since)
		list = append(list, a)
		return err
	})
	return list, err
}

// Verification is a step by which a party's level was set.
type Verification struct {
	ID           int64
	Level, Basis string
	On           string
}

// Verifications lists how surely a party was who it says, step by step.
func Verifications(tx *db.Tx, party int64) ([]Verification, error) {
	rows, err := tx.Query("SELECT id, level, basis, verified_on FROM verification WHERE party = ? ORDER BY id", party)
	if err != nil {
		return nil, err
	}
	var list []Verification
	err = each(rows, func() error {
		var v Verification
		err := rows.Scan(&v.ID, &v.Level, &v.Basis, &v.On)
		list = append(list, v)
		return err
	})
	return list, err
}

// Rights are those that a pack may tie to a basis, in the order in which pages name them.
var Rights = []string{RightCommit, RightPropose, RightNominate}

// RightOf is whether a party has a right under the pack in force, and why not.
type RightOf struct {
	Right string
	Gated bool  // the pack ties it to a basis
	Why   error // for readers; nil where the party has it
}

// RightsOf tells for each right whether a party of the registry has it.
func RightsOf(tx *db.Tx, pack *compact.Pack, party int64) []RightOf {
	var list []RightOf
	for _, right := range Rights {
		list = append(list, RightOf{right, pack.Gated(right), Opens(tx, party, right)})
	}
	return list
}
