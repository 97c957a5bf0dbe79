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
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Who an act can be by, besides a party.
const secretariat = "secretariat"

//go:embed *.sql
var schemas embed.FS

// Subject is what the keeper needs to keep bodies, cycles, sessions and groups.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "forum", Schema: schema(), Version: "1", Kinds: slices.Concat(
		bodyKinds(),
		sessionKinds(),
		groupKinds(),
		cycleKinds(),
		agendaKinds(),
		regionKinds(),
		regulatorKinds(),
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

// number writes an id as facts and addresses have it.
func number(id int64) string { return strconv.FormatInt(id, 10) }

// subject names a thing whose pages an act changes: "body:12".
func subject(noun string, id int64) string { return noun + ":" + number(id) }

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

// checkItems wants known items of the pack, each once.
func (c checking) checkItems(place string, items []string, es *locale.Errors) {
	for n, id := range items {
		if _, ok := c.pack.Item(id); !ok {
			es.AddField(place, locale.E("err.forum.item", "value", id))
		} else if slices.Contains(items[:n], id) {
			es.AddField(place, locale.E("err.forum.twice", "value", id))
		}
	}
}

// running refuses an act of a part of the program that the pack does not switch on.
func (c checking) running(module string) error {
	if _, on := c.pack.Module(module); !on {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.forum.off"))
	}
	return nil
}

// registered wants a party that is in the register itself, not one that a list elsewhere states.
func registered(tx *db.Tx, id int64) (stakeholder.Party, error) {
	p, err := stakeholder.ByID(tx, id)
	if err != nil {
		return p, placed("party", err)
	}
	if p.Stated() {
		return p, keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.party.stated_only", "id", number(id))))
	}
	return p, nil
}

// placed puts a refusal at a field, and keeps its kind.
func placed(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return err
}

// collect reads all rows and closes them, so that the next statement can run.
func collect[T any](rows *db.Rows, read func(scan func(...any) error) (T, error)) (list []T, err error) {
	defer rows.Close()
	for rows.Next() {
		one, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}
