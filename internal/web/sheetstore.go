package web

import (
	"encoding/json"
	"errors"
	"time"

	"kept/internal/db"
	"kept/record"
)

// A sheet that was sent is a private row: its bytes until it was kept or another one
// for the same party replaced it, with what was answered about it. It goes after a month.
const sheetSchema = `CREATE TABLE web_sheet (id TEXT PRIMARY KEY, owner TEXT NOT NULL, party BIGINT NOT NULL, lang TEXT NOT NULL, name TEXT NOT NULL,
	digest TEXT NOT NULL, body BLOB NOT NULL, answers TEXT NOT NULL, at TEXT NOT NULL);
	CREATE INDEX web_sheet_owner ON web_sheet (owner, party)`

type sentSheet struct {
	ID, Owner  string
	Party      int64
	Lang, Name string
	Digest     record.Digest
	Answers    sheetAnswers
	body       []byte
}

// sheetAnswers is what was answered about a sheet.
type sheetAnswers struct {
	Dates   string           `json:"dates,omitempty"`
	Decimal string           `json:"decimal,omitempty"`
	Choices map[int64]string `json:"choices,omitempty"`
	Default string           `json:"default,omitempty"`
}

// keepSheet stores a sheet in place of an earlier one of the same person for the same party.
func keepSheet(tx *db.Tx, now time.Time, s sentSheet) error {
	if _, err := tx.Exec("DELETE FROM web_sheet WHERE owner = ? AND party = ?", s.Owner, s.Party); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO web_sheet (id, owner, party, lang, name, digest, body, answers, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.ID, s.Owner, s.Party, s.Lang, s.Name, s.Digest.String(), s.body, "{}", now.UTC().Format(time.RFC3339))
	return err
}

// readSheet is a sheet that its sender or whoever drafts for its party may open.
func (q *request) readSheet(tx *db.Tx) (s sentSheet, err error) {
	var answers, digest string
	err = tx.Row("SELECT id, owner, party, lang, name, digest, body, answers FROM web_sheet WHERE id = ?", q.arg("id")).
		Scan(&s.ID, &s.Owner, &s.Party, &s.Lang, &s.Name, &digest, &s.body, &answers)
	if errors.Is(err, db.ErrNoRows) {
		return s, errNotFound(q.URL.Path)
	}
	if err == nil {
		err = q.mayDraftFor(s.Party)
	}
	if err == nil {
		s.Digest, err = record.ParseDigest(digest)
	}
	if err == nil {
		err = json.Unmarshal([]byte(answers), &s.Answers)
	}
	return s, err
}

func saveAnswers(tx *db.Tx, s sentSheet) error {
	answers, err := json.Marshal(s.Answers)
	if err == nil {
		_, err = tx.Exec("UPDATE web_sheet SET answers = ? WHERE id = ?", string(answers), s.ID)
	}
	return err
}

// emptySheet drops the bytes of a sheet that was kept: the record has what it said.
func emptySheet(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE web_sheet SET body = ? WHERE id = ?", []byte{}, id)
	return err
}

// tidySheets drops what nobody came back to.
func tidySheets(tx *db.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM web_sheet WHERE at < ?", now.Add(-draftLife).UTC().Format(time.RFC3339))
	return err
}

// exportSheets are the sheets that a person sent and that are still here, for her export.
func exportSheets(tx *db.Tx, owner string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT party, lang, name, digest, answers, at FROM web_sheet WHERE owner = ? ORDER BY at, id", owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		var party int64
		var lang, name, digest, answers, at string
		if err := rows.Scan(&party, &lang, &name, &digest, &answers, &at); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"party": party, "lang": lang, "name": name, "digest": digest, "answers": answers, "at": at})
	}
	return out, rows.Err()
}
