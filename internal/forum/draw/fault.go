package draw

import (
	"errors"
	"fmt"

	"kept/internal/forum/sortition"
	"kept/internal/locale"
)

// Faults says what is wrong with a question in words for readers, each fault under its
// place; an error that is none of sortition's it returns as it is.
func Faults(err error) error { return faultsAt(err, placeOf) }

// faultsAt is Faults with places of the caller's own.
func faultsAt(err error, place func(sortition.Fault) string) error {
	var faults sortition.Faults
	var none *sortition.Infeasible
	switch {
	case errors.As(err, &faults):
		var es locale.Errors
		for _, f := range faults {
			es.AddField(place(f), locale.E("err.draw.question."+string(f.Kind), "category", f.Category, "value", f.Value, "got", f.Got, "want", f.Want))
		}
		return es.Err()
	case errors.As(err, &none):
		return infeasible(none, place)
	}
	return err
}

// placeOf is where in the question a fault is: a person's place in the pool from 1, or a category.
func placeOf(f sortition.Fault) string {
	switch {
	case f.Person >= 0:
		return fmt.Sprintf("pool %d", f.Person+1)
	case f.Value != "":
		return f.Category + ": " + f.Value
	}
	return f.Category
}

// infeasible names the quotas that cannot hold together, then the least change.
func infeasible(e *sortition.Infeasible, place func(sortition.Fault) string) error {
	at := func(b sortition.Bound) string {
		if b.Category == "" {
			return "most_of_group"
		}
		return place(sortition.Fault{Person: -1, Category: b.Category, Value: b.Value})
	}
	var es locale.Errors
	es.Add(locale.E("err.draw.infeasible", "n", len(e.Conflict)))
	for _, b := range e.Conflict {
		es.AddField(at(b), locale.E("err.draw.conflict."+string(b.Side), "at", b.At))
	}
	for _, c := range e.Relaxed {
		es.AddField(at(c.Bound), locale.E("err.draw.relax."+string(c.Side), "at", c.At, "to", c.To))
	}
	return es.Err()
}
