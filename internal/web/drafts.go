package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
)

// A draft is what somebody has typed into a form of several steps. It is a
// private row: nothing of it is in the record before it is sent, and it goes when
// it was sent or after a month untouched.
const draftSchema = `CREATE TABLE IF NOT EXISTS web_draft (id TEXT PRIMARY KEY, lang TEXT NOT NULL, lead BIGINT NOT NULL, claims BIGINT NOT NULL, fields TEXT NOT NULL, changed_at TEXT NOT NULL)`

// draftOwners says whose a draft is: the account that began it; "demo" for the
// holder of the secret link.
const draftOwners = `ALTER TABLE web_draft ADD COLUMN owner TEXT NOT NULL DEFAULT 'demo'; CREATE INDEX web_draft_lead ON web_draft (lead); CREATE INDEX web_draft_owner ON web_draft (owner)`

// draftLife is how long an untouched draft is kept.
const draftLife = 30 * 24 * time.Hour

type draft struct {
	ID      string
	Owner   string
	Changed string
	commitment.Draft
}

// tidyDrafts drops what nobody came back to.
func tidyDrafts(tx *db.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM web_draft WHERE changed_at < ?", now.Add(-draftLife).UTC().Format(time.RFC3339))
	return err
}

func readDraft(tx *db.Tx, id string) (d draft, err error) {
	var fields string
	err = tx.Row("SELECT id, lang, lead, claims, fields, changed_at, owner FROM web_draft WHERE id = ?", id).Scan(&d.ID, &d.Lang, &d.Lead, &d.Claims, &fields, &d.Changed, &d.Owner)
	if errors.Is(err, db.ErrNoRows) {
		return d, errNotFound(id)
	}
	if err == nil {
		err = json.Unmarshal([]byte(fields), &d.Fields)
	}
	return d, err
}

// listDrafts lists the drafts that somebody may go on with: her own, and those for
// the parties at which she holds a post.
func listDrafts(tx *db.Tx, who *account.Who) ([]draft, error) {
	args := []any{who.ID}
	where := "owner = ?"
	for _, p := range who.Parties() {
		where += " OR lead = ?"
		args = append(args, p)
	}
	rows, err := tx.Query("SELECT id, lang, lead, claims, fields, changed_at FROM web_draft WHERE "+where+" ORDER BY changed_at DESC LIMIT 100", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []draft
	for rows.Next() {
		var d draft
		var fields string
		if err := rows.Scan(&d.ID, &d.Lang, &d.Lead, &d.Claims, &fields, &d.Changed); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(fields), &d.Fields); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

func (s *Site) saveDraft(ctx context.Context, d draft) error {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return err
	}
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO web_draft (id, lang, lead, claims, fields, changed_at, owner) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, changed_at = excluded.changed_at`,
			d.ID, d.Lang, d.Lead, d.Claims, string(fields), time.Now().UTC().Format(time.RFC3339), d.Owner)
		return err
	})
}

func (s *Site) dropDraft(ctx context.Context, id string) error {
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM web_draft WHERE id = ?", id)
		return err
	})
}

// mayOpen refuses who may not see a draft: it is its owner's and her party's.
func (q *request) mayOpen(d draft) error {
	if d.Owner == q.Who.ID || q.Who.DraftsFor(d.Lead) {
		return nil
	}
	return errNotFound(d.ID)
}

// draftOf reads the draft that the address names, for who may see it.
func (q *request) draftOf(tx *db.Tx) (d draft, err error) {
	if d, err = readDraft(tx, q.arg("id")); err == nil {
		err = q.mayOpen(d)
	}
	return d, err
}

// draft reads one in a transaction of its own, for a submission.
func (s *Site) draft(q *request) (d draft, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		d, err = q.draftOf(tx)
		return err
	})
	return d, err
}
