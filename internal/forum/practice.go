package forum

import (
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act of the offices' exchange of practice.
const (
	KindPracticeShared   = "practice.shared"
	KindPracticeAsked    = "practice.asked"
	KindPracticeAnswered = "practice.answered"
)

// Sides of an exchange: what an office tells the others, and what it asks them.
const (
	Shared = "shared"
	Asked  = "asked"
)

// PracticeForms are what can be shared. Their words are messages: practice.form.guidance.
var PracticeForms = []string{"case", "decision", "guidance", "tool", "cooperation", "measurement", "other"}

// Practice are the facts of something shared or asked. Its words are title, text, for
// what was shared result too, and url.
type Practice struct {
	Regulator int64    `json:"regulator"`
	Form      string   `json:"form,omitempty"` // of what is shared
	Items     []string `json:"items,omitempty"`
	Lang      string   `json:"lang"`
}

// PracticeAnswered are the facts of an office's answer. Its words are text and url.
type PracticeAnswered struct {
	Practice  int64  `json:"practice"`
	Regulator int64  `json:"regulator"`
	Lang      string `json:"lang"`
}

var (
	practiceWords = wording.Fields{"title": {Max: 120, Line: true, Needed: true}, "text": {Max: 3000, Needed: true}, "result": {Max: 1500}, "url": {Max: 500, Line: true, Link: true}}
	answeredWords = wording.Fields{"text": {Max: 2000, Needed: true}, "url": {Max: 500, Line: true, Link: true}}
)

func validatePractice(a keeper.Act, f Practice) error {
	var es locale.Errors
	practiceWords.Check(a.Words, &es)
	if !locale.Known(f.Lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", keeper.Line(f.Lang)))
	}
	switch shared := a.Kind == KindPracticeShared; {
	case shared && !slices.Contains(PracticeForms, f.Form):
		es.AddField("form", locale.E("err.practice.form", "value", keeper.Line(f.Form)))
	case !shared && (f.Form != "" || wording.Filled(a.Words, "result")):
		es.AddField("form", locale.E("err.practice.question"))
	}
	return es.Err()
}

func checkPractice(c checking, f Practice) error {
	if err := c.running("regulators"); err != nil {
		return err
	}
	if err := c.speaksFor(f.Regulator); err != nil {
		return err
	}
	var es locale.Errors
	c.checkItems("items", f.Items, &es)
	return es.Err()
}

// speaksFor wants an office that a party speaks for: of an office that was only entered
// from a source nobody knows what it would share.
func (c checking) speaksFor(regulator int64) error {
	r, err := c.openRegulator(regulator)
	if err == nil && r.Party == 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("regulator", locale.E("err.practice.nobody")))
	}
	return err
}

func sideOfPractice(kind string) string {
	if kind == KindPracticeAsked {
		return Asked
	}
	return Shared
}

func applyPractice(tx *db.Tx, e keeper.Entry, f Practice) error {
	err := tx.Queue("INSERT INTO practice (id, regulator, side, form, lang, made_on) VALUES (?, ?, ?, ?, ?, ?)", e.Index, f.Regulator, sideOfPractice(e.Kind), f.Form, f.Lang, e.On())
	if err != nil {
		return err
	}
	subjects := []string{"practices", subject("regulator", f.Regulator), subject("practice", e.Index)}
	for _, item := range f.Items {
		if err := tx.Queue("INSERT INTO practice_item (practice, item) VALUES (?, ?) ON CONFLICT (practice, item) DO NOTHING", e.Index, item); err != nil {
			return err
		}
		subjects = append(subjects, "item:"+item)
	}
	return keeper.Touch(tx, e.Index, subjects...)
}

func validatePracticeAnswered(a keeper.Act, f PracticeAnswered) error {
	var es locale.Errors
	answeredWords.Check(a.Words, &es)
	if !locale.Known(f.Lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", keeper.Line(f.Lang)))
	}
	return es.Err()
}

func checkPracticeAnswered(c checking, f PracticeAnswered) error {
	if err := c.speaksFor(f.Regulator); err != nil {
		return err
	}
	p, err := PracticeByID(c.tx, f.Practice)
	switch {
	case err != nil:
		return placed("practice", err)
	case p.Side != Asked:
		return locale.Field("practice", locale.E("err.practice.not_asked"))
	case p.Regulator == f.Regulator:
		return locale.Field("regulator", locale.E("err.practice.own_question"))
	}
	return nil
}

func applyPracticeAnswered(tx *db.Tx, e keeper.Entry, f PracticeAnswered) error {
	err := tx.Queue("INSERT INTO practice_answer (id, practice, regulator, lang, made_on) VALUES (?, ?, ?, ?, ?)", e.Index, f.Practice, f.Regulator, f.Lang, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "practices", subject("practice", f.Practice), subject("regulator", f.Regulator))
}

// PracticeByID is one thing shared or asked.
func PracticeByID(tx *db.Tx, id int64) (PracticeRow, error) {
	list, err := practices(tx, "WHERE p.id = ?", id)
	if err != nil {
		return PracticeRow{}, err
	}
	if len(list) == 0 {
		return PracticeRow{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.practice.unknown", "id", number(id)))
	}
	return list[0], nil
}
