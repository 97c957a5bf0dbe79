// Package forms fills the forms of other bodies with what a party has entered here,
// so that nobody enters a thing twice.
//
// A form is content: forms.json says what each asks, in its own words, which of our
// fields answer it, which of its own terms stand for our codes, from which public
// source that is known and when it was read. What a source shows is certain; what
// we know only by general knowledge says so. None of it is official: a form is "in
// the style of" its body's.
//
// [Read] fills a form from one transaction: for each commitment that the party leads,
// or for each tie of its items to a goal. What is missing is listed as advice: either
// a field of ours that is empty, or something that only the other body asks.
// [Filled.Doc] writes it as a text to take along.
package forms

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"kept/internal/locale"
)

// What one filled sheet stands for.
const (
	ByCommitment = "commitment" // each commitment of the party
	ByGoal       = "goal"       // each goal or target that an item of a commitment is tied to
)

// Form is one form of another body.
type Form struct {
	ID      string   `json:"id"`
	Title   Text     `json:"title"` // "in the style of …"
	Sheets  string   `json:"sheets"`
	Kinds   []string `json:"kinds,omitempty"` // of party that it is for; none: any
	Note    Text     `json:"note"`
	Sources []Source `json:"sources"`
	Fields  []Field  `json:"fields"`
}

// Source is where it was read what the form asks.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Date  string `json:"date"` // of the page or document, as far as it gives one
	Read  string `json:"read"` // when we read it
}

// Field is one thing that the form asks.
type Field struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`                // as published
	Names    Text              `json:"translation"`         // our own
	From     []string          `json:"from,omitempty"`      // our fields that answer it; none: only the other body asks it
	Terms    map[string]string `json:"terms,omitempty"`     // our code → its term
	Choices  []string          `json:"choices,omitempty"`   // its own list, where we have nothing to choose by
	MinWords int               `json:"min_words,omitempty"` // its limits
	MaxWords int               `json:"max_words,omitempty"`
	Certain  bool              `json:"certain"` // a source shows it
}

// Text is a wording in the languages that have it.
type Text map[locale.Lang]string

// In is the wording in a language, else in English, else in any; and which it is in.
func (t Text) In(l locale.Lang) (string, locale.Lang) {
	if s, lang := l.Of(t); s != "" {
		return s, lang
	}
	for _, lang := range slices.Sorted(maps.Keys(t)) { // one that no page is in
		return t[lang], lang
	}
	return "", l
}

//go:embed forms.json
var file []byte

// All are the forms that come with the program.
var All = sync.OnceValue(func() []Form {
	forms, err := parse(file)
	if err != nil {
		panic(err) // a test reads the same bytes
	}
	return forms
})

// ByID finds a form.
func ByID(id string) (*Form, bool) {
	all := All()
	n := slices.IndexFunc(all, func(f Form) bool { return f.ID == id })
	if n < 0 {
		return nil, false
	}
	return &all[n], true
}

// For are the forms for a kind of party.
func For(kind string) []Form {
	return slices.DeleteFunc(slices.Clone(All()), func(f Form) bool { return len(f.Kinds) > 0 && !slices.Contains(f.Kinds, kind) })
}

// parse reads forms and refuses what the program could not fill.
func parse(b []byte) ([]Form, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var forms []Form
	if err := d.Decode(&forms); err != nil {
		return nil, fmt.Errorf("forms.json: %w", err)
	}
	seen := map[string]bool{}
	for _, f := range forms {
		if f.ID == "" || seen[f.ID] || f.Sheets != ByCommitment && f.Sheets != ByGoal || len(f.Sources) == 0 || len(f.Fields) == 0 {
			return nil, fmt.Errorf("forms.json: form %q is not whole", f.ID)
		}
		seen[f.ID] = true
		for _, field := range f.Fields {
			if field.ID == "" || seen[f.ID+"."+field.ID] || field.Name == "" {
				return nil, fmt.Errorf("forms.json: field %q of %s is not whole", field.ID, f.ID)
			}
			seen[f.ID+"."+field.ID] = true
			for _, from := range field.From {
				if Labels[from] == "" {
					return nil, fmt.Errorf("forms.json: field %q of %s asks for %q, which we do not have", field.ID, f.ID, from)
				}
			}
		}
	}
	return forms, nil
}
