package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// A draft is what somebody has typed into a form of several steps. It is a
// private row: nothing of it is in the record before it is sent, and it goes when
// it was sent or after a month untouched.
const draftSchema = `CREATE TABLE IF NOT EXISTS web_draft (id TEXT PRIMARY KEY, lang TEXT NOT NULL, lead BIGINT NOT NULL, claims BIGINT NOT NULL, fields TEXT NOT NULL, changed_at TEXT NOT NULL)`

// draftOwners says whose a draft is: the account that began it; "demo" for the
// holder of the secret link.
const draftOwners = `ALTER TABLE web_draft ADD COLUMN owner TEXT NOT NULL DEFAULT 'demo'; CREATE INDEX web_draft_lead ON web_draft (lead); CREATE INDEX web_draft_owner ON web_draft (owner)`

// draftVersions let two people edit one draft: who saves over something that she
// has not seen gets both to look at. marks says which fields a colleague answered.
const draftVersions = `ALTER TABLE web_draft ADD COLUMN version BIGINT NOT NULL DEFAULT 0; ALTER TABLE web_draft ADD COLUMN marks TEXT NOT NULL DEFAULT '{}'`

// draftLife is how long an untouched draft is kept.
const draftLife = 30 * 24 * time.Hour

type draft struct {
	ID      string
	Owner   string
	Changed string
	Version int64
	Marks   map[string]string // field → day on which a colleague answered it
	commitment.Draft
}

// tidyDrafts drops what nobody came back to.
func tidyDrafts(tx *db.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM web_draft WHERE changed_at < ?", now.Add(-draftLife).UTC().Format(time.RFC3339))
	return err
}

func readDraft(tx *db.Tx, id string) (d draft, err error) {
	var fields, marks string
	err = tx.Row("SELECT id, lang, lead, claims, fields, changed_at, owner, version, marks FROM web_draft WHERE id = ?", id).Scan(&d.ID, &d.Lang, &d.Lead, &d.Claims, &fields, &d.Changed, &d.Owner, &d.Version, &marks)
	if errors.Is(err, db.ErrNoRows) {
		return d, errNotFound(id)
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(fields), &d.Fields), json.Unmarshal([]byte(marks), &d.Marks))
	}
	return d, err
}

// listDrafts lists the drafts that somebody may go on with: those for the parties at
// which she holds a post, and of the secretariat what she began herself.
func listDrafts(tx *db.Tx, who *account.Who) ([]draft, error) {
	var args []any
	where := "1 = 0"
	if who.Is(account.RoleSecretariat) {
		where, args = "owner = ?", append(args, who.ID)
	}
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

// saveDraft saves a draft over the version that it was read as; ErrConflict when
// somebody else has saved since.
func (s *Site) saveDraft(ctx context.Context, d draft) error {
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error { return writeDraft(tx, d) })
}

func writeDraft(tx *db.Tx, d draft) error {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return err
	}
	if d.Marks == nil {
		d.Marks = map[string]string{}
	}
	marks, err := json.Marshal(d.Marks)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO web_draft (id, lang, lead, claims, fields, changed_at, owner, version, marks) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
		ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, changed_at = excluded.changed_at, marks = excluded.marks, version = web_draft.version + 1
		WHERE web_draft.version = ?`, d.ID, d.Lang, d.Lead, d.Claims, string(fields), time.Now().UTC().Format(time.RFC3339), d.Owner, string(marks), d.Version)
	if err == nil && n == 0 {
		err = errNewer
	}
	return err
}

// errNewer says that somebody else saved in between.
var errNewer = keeper.Refuse(keeper.ErrConflict, locale.E("err.draft.newer"))

func (s *Site) dropDraft(ctx context.Context, id string) error {
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM web_draft WHERE id = ?", id)
		return err
	})
}

// mayOpen refuses who may not see a draft: it is its party's, and its owner's as long
// as she may draft for the party.
func (q *request) mayOpen(d draft) error {
	if q.Who.DraftsFor(d.Lead) || d.Owner == q.Who.ID && q.mayDraftFor(d.Lead) == nil {
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

// eraseDrafts forgets who began the drafts of an erased account, and the sheets that
// she sent. A draft for a party that has other people stays with them.
func eraseDrafts(tx *db.Tx, id string) error {
	_, err := tx.Exec("DELETE FROM web_draft WHERE owner = ? AND lead NOT IN (SELECT party FROM account_post)", id)
	if err == nil {
		_, err = tx.Exec("UPDATE web_draft SET owner = '' WHERE owner = ?", id)
	}
	if err == nil {
		_, err = tx.Exec("DELETE FROM web_sheet WHERE owner = ?", id)
	}
	if err == nil { // chapters of a report are the secretariat's
		_, err = tx.Exec("UPDATE web_chapter SET owner = '' WHERE owner = ?", id)
	}
	return err
}

// exportDrafts are the drafts that a person began, for her export.
func exportDrafts(tx *db.Tx, id string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT id, lang, lead, fields, changed_at FROM web_draft WHERE owner = ? ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		var d draft
		var fields string
		if err := rows.Scan(&d.ID, &d.Lang, &d.Lead, &fields, &d.Changed); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"id": d.ID, "lang": d.Lang, "lead": d.Lead, "fields": fields, "changed_at": d.Changed})
	}
	return out, rows.Err()
}
