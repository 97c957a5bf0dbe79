package keeper

import (
	"bytes"
	"encoding/json"
	"time"

	"kept/internal/db"
	"kept/internal/locale"
)

// Rules are what a subject says of one kind of act, on the kind's own type of
// facts. Check and Derive may be nil.
type Rules[F any] struct {
	Name     string
	Validate func(a Act, f F) error
	Check    func(tx *db.Tx, a Act, f F, at time.Time) error
	Apply    func(tx *db.Tx, e Entry, f F) error
	Derive   func(tx *db.Tx, e Entry, f F, words map[string]string) error
}

// Kind makes the rules a Kind: facts are taken out of the act, or out of the
// entry, before a rule sees them.
func (r Rules[F]) Kind() Kind {
	k := Kind{
		Name: r.Name,
		Validate: func(a Act) error {
			f, err := factsOf[F](a)
			if err != nil {
				return err
			}
			return r.Validate(a, f)
		},
		Apply: func(tx *db.Tx, e Entry) error {
			var f F
			if err := e.Decode(&f); err != nil {
				return err
			}
			return r.Apply(tx, e, f)
		},
	}
	if r.Check != nil {
		k.Check = func(tx *db.Tx, a Act, at time.Time) error {
			f, err := factsOf[F](a)
			if err != nil {
				return err
			}
			return r.Check(tx, a, f, at)
		}
	}
	if r.Derive != nil {
		k.Derive = func(tx *db.Tx, e Entry, words map[string]string) error {
			var f F
			if err := e.Decode(&f); err != nil {
				return err
			}
			return r.Derive(tx, e, f, words)
		}
	}
	return k
}

// factsOf takes the facts of an act as the type of its kind: as that type, or as
// the JSON of an act that was held ([Held]). Another type is a fault of the program
// that sends it.
func factsOf[F any](a Act) (F, error) {
	if f, ok := a.Facts.(F); ok {
		return f, nil
	}
	if f, ok := a.Facts.(*F); ok && f != nil {
		return *f, nil
	}
	var none F
	if b, ok := a.Facts.(json.RawMessage); ok {
		var f F
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if d.Decode(&f) == nil {
			return f, nil
		}
	}
	return none, locale.E("err.record.wrong_facts", "kind", a.Kind)
}
