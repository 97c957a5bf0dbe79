package web

import (
	"encoding/json"
	"errors"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
)

// What somebody has typed into the proposal of a session, or into the amendment of
// one, is kept in private until she sends it, as drafts of commitments are.
const sessionDraftSchema = `CREATE TABLE IF NOT EXISTS web_session_draft (id TEXT PRIMARY KEY, owner TEXT NOT NULL, party BIGINT NOT NULL, call_id BIGINT NOT NULL, session BIGINT NOT NULL,
	lang TEXT NOT NULL, fields TEXT NOT NULL, changed_at TEXT NOT NULL, version BIGINT NOT NULL); CREATE INDEX web_session_draft_party ON web_session_draft (party)`

// sessionDraft is one of them; Session is 0 for a new proposal.
type sessionDraft struct {
	ID, Owner            string
	Party, Call, Session int64
	Lang, Changed        string
	Version              int64
	Fields               commitment.Answers
}

const sessionDraftColumns = "id, owner, party, call_id, session, lang, fields, changed_at, version"

func scanSessionDraft(scan func(...any) error) (d sessionDraft, err error) {
	var fields string
	if err = scan(&d.ID, &d.Owner, &d.Party, &d.Call, &d.Session, &d.Lang, &fields, &d.Changed, &d.Version); err == nil {
		err = json.Unmarshal([]byte(fields), &d.Fields)
	}
	return d, err
}

// sessionDraftOf is the draft that the address names, for who may see it.
func (q *request) sessionDraftOf(tx *db.Tx) (sessionDraft, error) {
	d, err := scanSessionDraft(tx.Row("SELECT "+sessionDraftColumns+" FROM web_session_draft WHERE id = ?", q.arg("id")).Scan)
	if errors.Is(err, db.ErrNoRows) || err == nil && q.mayDraftFor(d.Party) != nil {
		return d, errNotFound(q.arg("id"))
	}
	return d, err
}

// sessionDraft reads one in a transaction of its own, for a submission.
func (s *Site) sessionDraft(q *request) (d sessionDraft, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) { d, err = q.sessionDraftOf(tx); return err })
	return d, err
}

// sessionDrafts are those that somebody may go on with: of the parties at which she
// holds a post, and of the secretariat what she began herself.
func sessionDrafts(tx *db.Tx, who *account.Who) (list []sessionDraft, err error) {
	args := []any{who.ID}
	where := "owner = ?"
	for _, p := range who.Parties() {
		where += " OR party = ?"
		args = append(args, p)
	}
	rows, err := tx.Query("SELECT "+sessionDraftColumns+" FROM web_session_draft WHERE "+where+" ORDER BY changed_at DESC LIMIT 100", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanSessionDraft(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// writeSessionDraft saves over the version that it was read as; errNewer when somebody
// else has saved since.
func writeSessionDraft(tx *db.Tx, now time.Time, d sessionDraft) error {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO web_session_draft (id, owner, party, call_id, session, lang, fields, changed_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, changed_at = excluded.changed_at, version = web_session_draft.version + 1 WHERE web_session_draft.version = ?`,
		d.ID, d.Owner, d.Party, d.Call, d.Session, d.Lang, string(fields), stampOf(now), d.Version)
	if err == nil && n == 0 {
		err = errNewer
	}
	return err
}

func (s *Site) saveSessionDraft(q *request, d sessionDraft) error {
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return writeSessionDraft(tx, q.Now, d) })
}

func (s *Site) dropSessionDraft(q *request, id string) error {
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM web_session_draft WHERE id = ?", id)
		return err
	})
}

// tidySessionDrafts drops what nobody came back to.
func tidySessionDrafts(tx *db.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM web_session_draft WHERE changed_at < ?", stampOf(now.Add(-draftLife)))
	return err
}

// eraseSessionDrafts forgets who began the drafts of an erased account; one for a
// party that has other people stays with them.
func eraseSessionDrafts(tx *db.Tx, id string) error {
	_, err := tx.Exec("DELETE FROM web_session_draft WHERE owner = ? AND party NOT IN (SELECT party FROM account_post)", id)
	if err == nil {
		_, err = tx.Exec("UPDATE web_session_draft SET owner = '' WHERE owner = ?", id)
	}
	return err
}

// exportSessionDrafts are the drafts that a person began, for her export.
func exportSessionDrafts(tx *db.Tx, id string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT "+sessionDraftColumns+" FROM web_session_draft WHERE owner = ? ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		d, err := scanSessionDraft(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"id": d.ID, "party": d.Party, "session": d.Session, "lang": d.Lang, "fields": d.Fields, "changed_at": d.Changed})
	}
	return out, rows.Err()
}
