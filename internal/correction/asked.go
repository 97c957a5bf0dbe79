package correction

import (
	"errors"
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/wording"
)

// Categories are what can be wrong.
var Categories = []string{"figure", "date", "name", "text", "translation", "link", "other"}

// Outcomes are how a correction can be answered.
var Outcomes = []string{"corrected", "explained", "declined", "duplicate", "not_ours"}

// Asked are the facts of correction.asked. Its words are text (what is wrong),
// proposed (what it should say) and url (where that stands). A person's may be
// without words: that she asked is then published, and what she wrote is not.
type Asked struct {
	About    string `json:"about"`
	Thing    string `json:"thing"` // whose page shows it, see [ThingOf]
	Category string `json:"category"`
	Lang     string `json:"lang"` // that it was written in
	Party    int64  `json:"party,omitempty"`
	Received string `json:"received_on"` // the day that response times are counted from
}

// Answered are the facts of correction.answered. Its word is text.
type Answered struct {
	Correction int64  `json:"correction"`
	Outcome    string `json:"outcome"`
	Entry      int64  `json:"entry,omitempty"` // the act that corrects it
	Of         int64  `json:"duplicate_of,omitempty"`
	Role       string `json:"role"` // "secretariat" or "steward"
}

// Roles are who can answer in the secretariat's name.
var Roles = []string{"secretariat", "steward"}

func validateAsked(a keeper.Act, f Asked) error {
	var es locale.Errors
	if a.By != person {
		checkActor(a.By, f.Party, &es)
	} else if f.Party != 0 {
		es.AddField("party", locale.E("err.party.named_twice"))
	}
	if _, err := ParseAbout(f.About); err != nil {
		es.Add(err)
	}
	oneOf("category", f.Category, Categories, &es)
	if !locale.Known(f.Lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", f.Lang))
	}
	if !isDay(f.Received) {
		es.AddField("received_on", locale.E("err.correction.day", "value", f.Received))
	}
	askedWords.Check(a.Words, &es)
	if a.By != person && !wording.Filled(a.Words, "text") {
		es.AddField("text", locale.E("err.correction.text_missing"))
	}
	return es.Err()
}

func checkAsked(tx *db.Tx, a keeper.Act, f Asked, at time.Time) error {
	about, err := ParseAbout(f.About)
	if err != nil {
		return err
	}
	if err := There(tx, about); err != nil {
		return err
	}
	if err := checkThing(tx, about, f.Thing); err != nil {
		return err
	}
	if f.Received > at.UTC().Format(time.DateOnly) {
		return locale.Field("received_on", locale.E("err.correction.future", "value", f.Received))
	}
	if id := actor(a.By, f.Party); id != 0 {
		return registered(tx, id)
	}
	return nil
}

// registered wants a party that can act here, not one only stated elsewhere.
func registered(tx *db.Tx, id int64) error {
	p, err := stakeholder.ByID(tx, id)
	if err != nil {
		return placed("party", err)
	}
	if p.Stated() {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.party.stated_only", "id", number(id))))
	}
	return nil
}

func applyAsked(tx *db.Tx, e keeper.Entry, f Asked) error {
	party, by := actor(e.By, f.Party), e.By
	if party != 0 {
		by = "party"
	}
	err := tx.Queue(`INSERT INTO correction (id, about, thing, category, made_by, party, received_on, asked_on, answered_on, answer, outcome, fixed_by, duplicate_of)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, '', 0, 0)`, e.Index, f.About, f.Thing, f.Category, by, party, f.Received, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "corrections", "correction:"+number(e.Index), f.Thing)
}

func validateAnswered(a keeper.Act, f Answered) error {
	var es locale.Errors
	if a.By != secretariat {
		es.AddField("by", locale.E("err.party.secretariat_only"))
	}
	oneOf("outcome", f.Outcome, Outcomes, &es)
	oneOf("role", f.Role, Roles, &es)
	if (f.Of != 0) != (f.Outcome == "duplicate") || f.Of == f.Correction && f.Of != 0 {
		es.AddField("duplicate_of", locale.E("err.correction.duplicate"))
	}
	if f.Entry != 0 && f.Outcome != "corrected" {
		es.AddField("entry", locale.E("err.correction.entry_surplus"))
	}
	answerWords.Check(a.Words, &es)
	if !wording.Filled(a.Words, "text") {
		es.AddField("text", locale.E("err.correction.reason_missing"))
	}
	return es.Err()
}

func checkAnswered(tx *db.Tx, a keeper.Act, f Answered, _ time.Time) error {
	c, err := Get(tx, f.Correction)
	if err != nil {
		return placed("correction", err)
	}
	if c.AnsweredOn != "" {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.correction.answered", "on", c.AnsweredOn))
	}
	if f.Of != 0 {
		if _, err := Get(tx, f.Of); err != nil {
			return placed("duplicate_of", err)
		}
	}
	if f.Entry != 0 {
		_, err := keeper.ReadEntry(tx, f.Entry)
		if isNotFound(err) {
			return keeper.Refuse(keeper.ErrNotFound, locale.Field("entry", locale.E("err.correction.no_entry", "id", number(f.Entry))))
		}
		return err
	}
	return nil
}

func applyAnswered(tx *db.Tx, e keeper.Entry, f Answered) error {
	err := tx.Queue("UPDATE correction SET answered_on = ?, answer = ?, outcome = ?, fixed_by = ?, duplicate_of = ? WHERE id = ?",
		e.On(), e.Index, f.Outcome, f.Entry, f.Of, f.Correction)
	if err != nil {
		return err
	}
	c, err := Get(tx, f.Correction)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "corrections", "correction:"+number(c.ID), c.Thing)
}

func oneOf(name, value string, known []string, es *locale.Errors) {
	if !slices.Contains(known, value) {
		es.AddField(name, locale.E("err.party.not_one_of", "value", value, "known", strings.Join(known, ", ")))
	}
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isNotFound(err error) bool { return errors.Is(err, keeper.ErrNotFound) }

// placed names the field that an answer is about, and keeps what kind of answer it is.
func placed(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return err
}

// WeekOf is the Monday of the week of a time: as much as the record says of when a
// person asked.
func WeekOf(now time.Time) string {
	now = now.UTC()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7).Format(time.DateOnly)
}
