// Package forum keeps the wheel that turns a text into work: the bodies that exist
// and what they say of one another, the gaps between them, the agenda that comes of
// the gaps, the sessions and their messages, and the advisory group with its draw.
//
// Terms: a body is an existing organisation or forum on the map; a forum is the
// gathering whose cycle is run here, and nothing that comes out of it is negotiated.
// A cycle is one year of it. A session is a sitting in its programme, a message what
// a session hands on, to addressees and items. The advisory group has seats for a
// term, filled by lot under quotas.
//
// Invariants: every link between two bodies says who asserted it and when; a claim
// that another disputes stays, beside the other's words. Overlaps and gaps are
// counts and lists, never a judgement. What is drawn is fixed by digest before the
// randomness that draws it exists. State holds turning dates, never states.
//
//	list, err := forum.Bodies(tx, pack, today)
package forum

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
)

// Who an act can be by, besides a party.
const secretariat = "secretariat"

//go:embed *.sql
var schemas embed.FS

// Subject is what the keeper needs to keep bodies, cycles, sessions and groups.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "forum", Schema: schema(), Version: "1", Kinds: slices.Concat(
		bodyKinds(),
	)}
}

// schema is what all files of this package say about tables, in the order of their names.
func schema() string {
	names, _ := fs.Glob(schemas, "*.sql")
	var all strings.Builder
	for _, name := range names {
		text, _ := schemas.ReadFile(name)
		all.Write(text)
	}
	return all.String()
}

// checking is what a rule may look at besides the facts.
type checking struct {
	tx   *db.Tx
	act  keeper.Act
	at   time.Time
	pack *compact.Pack
}

// rules are those of one kind of act, on the type of its facts; Check gets the pack in force.
type rules[F any] struct {
	validate func(a keeper.Act, f F) error
	check    func(c checking, f F) error
	apply    func(tx *db.Tx, e keeper.Entry, f F) error
	derive   func(tx *db.Tx, e keeper.Entry, f F, words map[string]string) error
}

func (r rules[F]) kind(name string) keeper.Kind {
	return keeper.Rules[F]{
		Name: name, Validate: r.validate, Apply: r.apply, Derive: r.derive,
		Check: func(tx *db.Tx, a keeper.Act, f F, at time.Time) error {
			pack, err := compact.InForce(tx)
			if err != nil {
				return err
			}
			return r.check(checking{tx, a, at, pack}, f)
		},
	}.Kind()
}

// none turns "no such row" into true.
func none(err error) (missing bool, rest error) {
	if errors.Is(err, db.ErrNoRows) {
		return true, nil
	}
	return false, err
}
