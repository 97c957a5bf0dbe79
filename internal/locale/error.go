package locale

import (
	"errors"
	"strings"
)

// Error is an error for readers: a message key with its parameters, and the
// field or place it is about. Its Error text is English, for logs.
type Error struct {
	Key   string
	Args  []any
	Place string // a form field, "row 12", …; empty when the whole input is meant
}

// E makes an error from a message key and its parameters (name, value, …).
func E(key string, args ...any) error { return &Error{Key: key, Args: args} }

// In is the sentence in a language.
func (e *Error) In(l Lang) string { return l.T(e.Key, e.Args...) }

// Error is the English sentence, after its place.
func (e *Error) Error() string {
	if e.Place != "" {
		return e.Place + ": " + e.In(English)
	}
	return e.In(English)
}

// placed is an error for readers with its field, before the error that it was
// made of: what kind of refusal that was stays to be asked for.
type placed struct {
	named *Error
	of    error
}

func (p placed) Error() string   { return p.named.Error() }
func (p placed) Unwrap() []error { return []error{p.named, p.of} }

// Field names the field that an error is about. nil stays nil.
func Field(place string, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Place = place
	return placed{&named, err}
}

// Errors joins all that is wrong with one input, so that a reader mends it in one go.
type Errors []*Error

// Add appends an error; nil is left out and joined errors are taken apart.
func (es *Errors) Add(err error) {
	var many Errors
	var one *Error
	switch {
	case err == nil:
	case errors.As(err, &many):
		*es = append(*es, many...)
	case errors.As(err, &one):
		*es = append(*es, one)
	default:
		*es = append(*es, &Error{Key: "err.internal", Args: []any{"detail", err.Error()}})
	}
}

// AddField appends an error under its field.
func (es *Errors) AddField(place string, err error) { es.Add(Field(place, err)) }

// Err is nil when nothing was added.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// Error lists the English sentences.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "; ")
}

// All takes an error apart into what a reader can mend; ok is false when it holds nothing for readers.
func All(err error) (es Errors, ok bool) {
	if err == nil {
		return nil, false
	}
	var many Errors
	var one *Error
	if errors.As(err, &many) {
		return many, true
	}
	if errors.As(err, &one) {
		return Errors{one}, true
	}
	return nil, false
}
