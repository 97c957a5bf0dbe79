package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
)

// A draft is what somebody has typed into a form of several steps. It is a
// private row: nothing of it is in the record before it is sent, and it goes when
// it was sent or after a month untouched.
const draftSchema = `CREATE TABLE IF NOT EXISTS web_draft (id TEXT PRIMARY KEY, lang TEXT NOT NULL, lead BIGINT NOT NULL, claims BIGINT NOT NULL, fields TEXT NOT NULL, changed_at TEXT NOT NULL)`

// draftLife is how long an untouched draft is kept.
const draftLife = 30 * 24 * time.Hour

type draft struct {
	ID      string
	Changed string
	commitment.Draft
}

// prepareDrafts makes the table and drops what nobody came back to.
func prepareDrafts(ctx context.Context, store *db.DB, now time.Time) error {
	return store.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(draftSchema); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM web_draft WHERE changed_at < ?", now.Add(-draftLife).UTC().Format(time.RFC3339))
		return err
	})
}

func readDraft(tx *db.Tx, id string) (d draft, err error) {
	var fields string
	err = tx.Row("SELECT id, lang, lead, claims, fields, changed_at FROM web_draft WHERE id = ?", id).Scan(&d.ID, &d.Lang, &d.Lead, &d.Claims, &fields, &d.Changed)
	if errors.Is(err, db.ErrNoRows) {
		return d, errNotFound(id)
	}
	if err == nil {
		err = json.Unmarshal([]byte(fields), &d.Fields)
	}
	return d, err
}

func listDrafts(tx *db.Tx) ([]draft, error) {
	rows, err := tx.Query("SELECT id, lang, lead, claims, fields, changed_at FROM web_draft ORDER BY changed_at DESC LIMIT 100")
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
		_, err := tx.Exec(`INSERT INTO web_draft (id, lang, lead, claims, fields, changed_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, changed_at = excluded.changed_at`,
			d.ID, d.Lang, d.Lead, d.Claims, string(fields), time.Now().UTC().Format(time.RFC3339))
		return err
	})
}

func (s *Site) dropDraft(ctx context.Context, id string) error {
	return s.c.Keeper.DB().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM web_draft WHERE id = ?", id)
		return err
	})
}

// draft reads one in a transaction of its own, for a submission.
func (s *Site) draft(ctx context.Context, id string) (d draft, err error) {
	err = s.c.Keeper.DB().Read(ctx, func(tx *db.Tx) error {
		d, err = readDraft(tx, id)
		return err
	})
	return d, err
}
