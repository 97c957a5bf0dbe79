package assessment

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
)

// Hold keeps everybody else out of a case until the transaction ends, so that two
// people who take a step at once do it one after the other.
func Hold(tx *db.Tx, review int64) error {
	_, err := tx.Exec(`INSERT INTO assessment_draft (review, fields, changed_at, sent_on, reply_until, answer, reply, answered_by, answered_at)
		VALUES (?, '{}', '', '', '', '', '{}', '', '') ON CONFLICT (review) DO NOTHING`, review)
	if err != nil {
		return err
	}
	return tx.Row("SELECT review FROM assessment_draft WHERE review = ?"+tx.Dialect().Lock(), review).Scan(&review)
}

// Declare notes whether a member has a conflict. It can be declared at any time;
// with it her seat and her codes go.
func Declare(tx *db.Tx, now time.Time, who *account.Who, c Case, declared, reason string) error {
	if err := c.unpublished(); err != nil {
		return err
	}
	if _, of := c.part(who.ID); !of {
		return refuse(keeper.ErrForbidden, "declared", "err.assessment.not_of_pool")
	}
	switch {
	case declared != NoConflict && declared != Conflict:
		return refuse(keeper.ErrInvalid, "declared", "err.assessment.declare")
	case declared == NoConflict && c.tied(who):
		return refuse(keeper.ErrForbidden, "declared", "err.assessment.post")
	}
	keep := "seat = assessment_part.seat, codes = assessment_part.codes"
	if declared == Conflict {
		keep = "seat = 0, codes = ''"
	}
	_, err := tx.Exec(`INSERT INTO assessment_part (review, account, declared, reason, declared_at, seat, codes, coded_at) VALUES (?, ?, ?, ?, ?, 0, '', '')
		ON CONFLICT (review, account) DO UPDATE SET declared = excluded.declared, reason = excluded.reason, declared_at = excluded.declared_at, `+keep,
		c.ID, who.ID, declared, keeper.Prose(reason), stamp(now))
	if err != nil {
		return err
	}
	return account.Note(tx, now, who, "review.declared", name(c.ID))
}

func name(review int64) string { return "review " + strconv.FormatInt(review, 10) }

func (c *Case) unpublished() error {
	if c.Entry != 0 {
		return refuse(keeper.ErrConflict, "", "err.review.published", "id", strconv.FormatInt(c.Entry, 10))
	}
	return nil
}

// unsent refuses changes of what the party has already read.
func (c *Case) unsent() error {
	if c.Draft.SentOn != "" {
		return refuse(keeper.ErrConflict, "", "err.assessment.sent", "date", c.Draft.SentOn)
	}
	return c.unpublished()
}

// Assign gives a seat to a member who may judge.
func Assign(tx *db.Tx, now time.Time, who *account.Who, c Case, id string) error {
	if err := c.unsent(); err != nil {
		return err
	}
	w, err := account.Get(tx, id)
	if err != nil {
		return err
	}
	if err := c.eligible(w); err != nil {
		return err
	}
	p, _ := c.part(id)
	if p.Seat > 0 {
		return nil
	}
	seat := int64(1)
	for _, taken := range c.Seated() {
		if taken.Seat >= seat {
			seat = taken.Seat + 1
		}
	}
	if int64(len(c.Seated())) >= c.Wanted {
		return refuse(keeper.ErrConflict, "account", "err.assessment.full", "n", c.Wanted)
	}
	if _, err := tx.Exec("UPDATE assessment_part SET seat = ? WHERE review = ? AND account = ?", seat, c.ID, id); err != nil {
		return err
	}
	return account.Note(tx, now, who, "review.assigned", name(c.ID))
}

// Units are the things that each reviewer codes: the commitment as a whole, its
// milestones, its indicators, and the evidence of its reports.
func (c *Case) Units(tx *db.Tx) ([]commitment.Coding, error) {
	units := []commitment.Coding{{Of: commitment.OfOverall}}
	for n := range c.Title.Milestones {
		units = append(units, commitment.Coding{Of: commitment.OfMilestone, N: int64(n)})
	}
	for n := range c.Title.Indicators {
		units = append(units, commitment.Coding{Of: commitment.OfIndicator, N: int64(n)})
	}
	pieces, err := commitment.Pieces(tx, c.Commitment)
	for _, p := range slices.Backward(pieces) { // the newest are the ones that count
		if len(units) < mostUnits {
			units = append(units, commitment.Coding{Of: commitment.OfEvidence, N: p.Piece, Report: p.Report})
		}
	}
	return units, err
}

// mostUnits keeps the sheet, and the entry that publishes it, at a size people fill in.
const mostUnits = 40

// Unit is the name of a thing in forms.
func Unit(c commitment.Coding) string {
	if c.Of == commitment.OfEvidence {
		return fmt.Sprintf("%s.%d.%d", c.Of, c.Report, c.N)
	}
	return fmt.Sprintf("%s.%d", c.Of, c.N)
}

// Code notes what one reviewer says of every unit. Once all have coded, nobody can
// change it: what is compared are first judgements.
func Code(tx *db.Tx, now time.Time, who *account.Who, c Case, codes map[string]string) error {
	if _, err := c.Seat(who); err != nil {
		return err
	}
	if err := c.unsent(); err != nil {
		return err
	}
	if c.AllCoded() {
		return refuse(keeper.ErrConflict, "", "err.assessment.all_coded")
	}
	units, err := c.Units(tx)
	if err != nil {
		return err
	}
	kept := map[string]string{}
	for _, u := range units {
		code := codes[Unit(u)]
		if !slices.Contains(commitment.ScaleOf(u.Of), code) {
			return refuse(keeper.ErrInvalid, Unit(u), "err.commitment.needed")
		}
		kept[Unit(u)] = code
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE assessment_part SET codes = ?, coded_at = ? WHERE review = ? AND account = ?", string(b), stamp(now), c.ID, who.ID); err != nil {
		return err
	}
	return account.Note(tx, now, who, "review.coded", name(c.ID))
}

// SaveDraft keeps the draft; any reviewer on a seat may write it once all have coded.
func SaveDraft(tx *db.Tx, now time.Time, who *account.Who, c Case, fields map[string]string) error {
	if _, err := c.Seat(who); err != nil {
		return err
	}
	if err := c.unsent(); err != nil {
		return err
	}
	if !c.AllCoded() {
		return refuse(keeper.ErrForbidden, "", "err.assessment.code_first")
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO assessment_draft (review, fields, changed_at, sent_on, reply_until, answer, reply, answered_by, answered_at)
		VALUES (?, ?, ?, '', '', '', '{}', '', '') ON CONFLICT (review) DO UPDATE SET fields = excluded.fields, changed_at = excluded.changed_at`, c.ID, string(b), stamp(now))
	return err
}

// Send sends the draft to the party: from this day its window runs. tell writes to
// one of its contacts, in the same transaction, so that either both happen or none.
func Send(tx *db.Tx, now time.Time, who *account.Who, c Case, tell func(to account.Contact, until string) error) error {
	if _, err := c.Seat(who); err != nil {
		return err
	}
	if err := c.unsent(); err != nil {
		return err
	}
	on := now.UTC().Format(time.DateOnly)
	until := commitment.AddWorkdays(on, commitment.ReplyWindow)
	n, err := tx.Exec("UPDATE assessment_draft SET sent_on = ?, reply_until = ? WHERE review = ? AND sent_on = '' AND fields <> '{}'", on, until, c.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return refuse(keeper.ErrConflict, "", "err.assessment.no_draft")
	}
	contacts, err := account.Contacts(tx, c.Lead)
	if err != nil {
		return err
	}
	for _, to := range contacts {
		if err := tell(to, until); err != nil {
			return err
		}
	}
	return account.Note(tx, now, who, "review.sent", name(c.ID))
}

// open wants the party's window to be open: a draft was sent and nothing published.
func (c *Case) open() error {
	if c.Draft.SentOn == "" {
		return refuse(keeper.ErrForbidden, "", "err.assessment.not_sent")
	}
	return c.unpublished()
}

// Reply keeps the party's reply until it is published with the review. It can be
// written anew until then.
func Reply(tx *db.Tx, now time.Time, who *account.Who, c Case, fields map[string]string) error {
	return c.answer(tx, now, who, "replied", fields)
}

// Waive notes that the party needs no window. A reply that was written stays one.
func Waive(tx *db.Tx, now time.Time, who *account.Who, c Case) error {
	if c.Draft.Answer == "replied" {
		return refuse(keeper.ErrConflict, "", "err.assessment.replied")
	}
	return c.answer(tx, now, who, "waived", map[string]string{})
}

func (c *Case) answer(tx *db.Tx, now time.Time, who *account.Who, answer string, fields map[string]string) error {
	if err := c.open(); err != nil {
		return err
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE assessment_draft SET answer = ?, reply = ?, answered_by = ?, answered_at = ? WHERE review = ?", answer, string(b), who.ID, stamp(now), c.ID)
	if err != nil {
		return err
	}
	return account.Note(tx, now, who, "review."+answer, name(c.ID))
}

// Forget takes a person out of all private work on reviews. Codes that were
// published stay: nothing there tells whose they are.
func Forget(tx *db.Tx, id string) error {
	for _, statement := range []string{"DELETE FROM assessment_member WHERE account = ?", "DELETE FROM assessment_part WHERE account = ?",
		"UPDATE assessment_draft SET answered_by = '' WHERE answered_by = ?"} {
		if _, err := tx.Exec(statement, id); err != nil {
			return err
		}
	}
	return nil
}

// Fields of the draft and the reply that are words, with their part names.
func words(fields map[string]string, lang string, names ...string) map[string]string {
	out := map[string]string{}
	for _, n := range names {
		if text := keeper.Prose(fields[n]); text != "" {
			out[n+"."+lang] = text
		}
	}
	return out
}
