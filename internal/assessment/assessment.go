// Package assessment keeps the work on a review until it is published: who is in
// a pool, who declared what, what each reviewer coded, the draft, and the party's
// reply. All of it is private; only what [Case.Acts] makes goes into the record.
//
// The order of things: a review is opened (a public act). Every member of its pool
// is asked whether she has a conflict. The secretariat gives seats to members who
// declared none. Each of them codes on her own; nobody sees another's codes before
// all have coded, and then none can be changed. One draft is written and sent to
// the party, which has its window to reply or to waive it. Then the review is
// published, with the reply.
//
// Who has a conflict never judges: not with a declared one, not without a
// declaration, not with a post at the party or a partner, not who runs the site.
// This is asked at every step, not only when the seat is given ([Case.Seat]).
package assessment

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

//go:embed schema.sql
var schema string

// Prepare makes the private tables.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "assessment", schema)
}

// What a member declared.
const (
	NoConflict = "none"
	Conflict   = "conflict"
)

// Member is a person in a pool.
type Member struct {
	Account string
	Name    string
	Role    string // as it is published
}

// Part is what one member has to do with one review.
type Part struct {
	Member
	Declared string // "", [NoConflict] or [Conflict]
	Reason   string
	Seat     int64 // counted from 1; 0: none was given
	Codes    map[string]string
}

// Coded tells whether she has coded everything.
func (p Part) Coded() bool { return len(p.Codes) > 0 }

// Draft is the common draft of the reviewers, and what the party answered.
type Draft struct {
	Fields             map[string]string
	ChangedAt          string
	SentOn, ReplyUntil string // "" before it was sent
	Answer             string // "", replied or waived
	Reply              map[string]string
}

// Case is a review with the work on it.
type Case struct {
	commitment.Review
	Lead     int64
	Partners []int64
	Title    commitment.View // the commitment as it stands
	Parts    []Part          // every member of the pool
	Draft    Draft
}

func refuse(kind error, place, key string, args ...any) error {
	return keeper.Refuse(kind, locale.Field(place, locale.E(key, args...)))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// fit refuses people who run the site, and who is no reviewer.
func fit(w *account.Who) error {
	switch {
	case w.Is(account.RoleSecretariat):
		return refuse(keeper.ErrForbidden, "account", "err.assessment.runs_site")
	case !w.Is(account.RoleReviewer):
		return refuse(keeper.ErrForbidden, "account", "err.assessment.no_reviewer")
	}
	return nil
}

// AddMember takes a person into a pool, under the role that is published.
func AddMember(tx *db.Tx, now time.Time, who *account.Who, pool int64, mail, role string) error {
	if role = keeper.Line(role); role == "" {
		return refuse(keeper.ErrInvalid, "role", "err.commitment.needed")
	}
	if _, err := commitment.PoolByID(tx, pool); err != nil {
		return err
	}
	w, err := account.Find(tx, mail)
	if errors.Is(err, keeper.ErrNotFound) || err == nil && w == nil {
		return refuse(keeper.ErrNotFound, "mail", "err.assessment.nobody")
	}
	if err != nil {
		return locale.Field("mail", err)
	}
	if err := fit(w); err != nil {
		return locale.Field("mail", err)
	}
	_, err = tx.Exec("INSERT INTO assessment_member (pool, account, role, since) VALUES (?, ?, ?, ?) ON CONFLICT (pool, account) DO UPDATE SET role = excluded.role",
		pool, w.ID, role, stamp(now))
	if err != nil {
		return err
	}
	return account.Note(tx, now, who, "reviewer.added", "pool "+strconv.FormatInt(pool, 10))
}

// DropMember takes a person out of a pool. What she did in reviews stays done.
func DropMember(tx *db.Tx, now time.Time, who *account.Who, pool int64, id string) error {
	if _, err := tx.Exec("DELETE FROM assessment_member WHERE pool = ? AND account = ?", pool, id); err != nil {
		return err
	}
	return account.Note(tx, now, who, "reviewer.dropped", "pool "+strconv.FormatInt(pool, 10))
}

// Members lists a pool, by role.
func Members(tx *db.Tx, pool int64) ([]Member, error) {
	rows, err := tx.Query("SELECT account, role FROM assessment_member WHERE pool = ? ORDER BY role, account", pool)
	if err != nil {
		return nil, err
	}
	var out []Member
	for rows.Next() {
		var m Member
		if err := rows.Scan(&m.Account, &m.Role); err != nil {
			rows.Close()
			return nil, err
		}
		out = append(out, m)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		w, err := account.Get(tx, out[i].Account)
		if err == nil {
			out[i].Name = w.Name
		} else if !errors.Is(err, keeper.ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

// Open reads a case.
func Open(tx *db.Tx, review int64, today string) (c Case, err error) {
	if c.Review, err = commitment.GetReview(tx, review); err != nil {
		return c, err
	}
	if c.Title, err = commitment.Get(tx, c.Commitment, today); err != nil {
		return c, err
	}
	c.Lead = c.Title.Party
	for _, p := range c.Title.Facts.Partners {
		c.Partners = append(c.Partners, p.Party)
	}
	members, err := Members(tx, c.Pool)
	if err != nil {
		return c, err
	}
	parts, err := partsOf(tx, review)
	if err != nil {
		return c, err
	}
	for _, m := range members {
		p := parts[m.Account]
		p.Member = m
		c.Parts = append(c.Parts, p)
	}
	c.Draft, err = draftOf(tx, review)
	return c, err
}

func partsOf(tx *db.Tx, review int64) (map[string]Part, error) {
	rows, err := tx.Query("SELECT account, declared, reason, seat, codes FROM assessment_part WHERE review = ?", review)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]Part{}
	for rows.Next() {
		var p Part
		var id, codes string
		if err := rows.Scan(&id, &p.Declared, &p.Reason, &p.Seat, &codes); err != nil {
			return nil, err
		}
		if codes != "" {
			if err := json.Unmarshal([]byte(codes), &p.Codes); err != nil {
				return nil, err
			}
		}
		out[id] = p
	}
	return out, rows.Err()
}

func draftOf(tx *db.Tx, review int64) (d Draft, err error) {
	var fields, reply string
	err = tx.Row("SELECT fields, changed_at, sent_on, reply_until, answer, reply FROM assessment_draft WHERE review = ?", review).
		Scan(&fields, &d.ChangedAt, &d.SentOn, &d.ReplyUntil, &d.Answer, &reply)
	if errors.Is(err, db.ErrNoRows) {
		return Draft{Fields: map[string]string{}, Reply: map[string]string{}}, nil
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(fields), &d.Fields), json.Unmarshal([]byte(reply), &d.Reply))
	}
	return d, err
}

// part is what a person has to do with the case; ok is false where she is not of the pool.
func (c *Case) part(id string) (Part, bool) {
	for _, p := range c.Parts {
		if p.Account == id {
			return p, true
		}
	}
	return Part{}, false
}

// tied tells whether a person holds a post at the party or a partner.
func (c *Case) tied(w *account.Who) bool {
	for _, p := range w.Posts {
		if p.Party == c.Lead {
			return true
		}
		for _, partner := range c.Partners {
			if p.Party == partner {
				return true
			}
		}
	}
	return false
}

// eligible refuses who may not judge, and says why.
func (c *Case) eligible(w *account.Who) error {
	if err := fit(w); err != nil {
		return err
	}
	p, of := c.part(w.ID)
	switch {
	case !of:
		return refuse(keeper.ErrForbidden, "account", "err.assessment.not_of_pool")
	case c.tied(w):
		return refuse(keeper.ErrForbidden, "account", "err.assessment.post")
	case p.Declared == Conflict:
		return refuse(keeper.ErrForbidden, "account", "err.assessment.conflict")
	case p.Declared != NoConflict:
		return refuse(keeper.ErrForbidden, "account", "err.assessment.undeclared")
	}
	return nil
}

// Seat is the seat of who asks; an error says why she may not open the case.
func (c *Case) Seat(w *account.Who) (Part, error) {
	if err := c.eligible(w); err != nil {
		return Part{}, err
	}
	p, _ := c.part(w.ID)
	if p.Seat == 0 {
		return p, refuse(keeper.ErrForbidden, "account", "err.assessment.no_seat")
	}
	return p, nil
}

// Seated are the parts with a seat.
func (c *Case) Seated() (out []Part) {
	for _, p := range c.Parts {
		if p.Seat > 0 {
			out = append(out, p)
		}
	}
	return out
}

// Conflicts is how many members declared one.
func (c *Case) Conflicts() (n int64) {
	for _, p := range c.Parts {
		if p.Declared == Conflict {
			n++
		}
	}
	return n
}

// AllCoded tells whether every seat is taken and everybody on one has coded.
func (c *Case) AllCoded() bool {
	seated := c.Seated()
	for _, p := range seated {
		if !p.Coded() {
			return false
		}
	}
	return int64(len(seated)) == c.Wanted
}

// Judges tells whether a person has a seat in a review of a commitment and may
// keep it.
func Judges(tx *db.Tx, id string, of int64) (bool, error) {
	w, err := account.Get(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	reviews, err := SeatsOf(tx, id)
	if err != nil {
		return false, err
	}
	for _, review := range reviews {
		c, err := Open(tx, review, "")
		if err != nil {
			return false, err
		}
		if _, err := c.Seat(w); err == nil && c.Commitment == of {
			return true, nil
		}
	}
	return false, nil
}

// SeatsOf lists the reviews in which a person has a seat.
func SeatsOf(tx *db.Tx, id string) ([]int64, error) {
	return ids(tx, "SELECT review FROM assessment_part WHERE account = ? AND seat > 0 ORDER BY review", id)
}

func ids(tx *db.Tx, query string, args ...any) (out []int64, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
