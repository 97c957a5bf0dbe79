package account

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Question is one field of a draft that a colleague was asked to fill in, by a
// link and without an account.
type Question struct {
	ID       string
	Draft    string
	Field    string
	By       string // account that asked
	At       string
	Answered string // "" while nobody did
}

// QuestionLife is how long the link to a question works.
const QuestionLife = 14 * 24 * time.Hour

// Ask makes a question and the link to it.
func Ask(tx *db.Tx, now time.Time, by *Who, draft, field string) (token string, err error) {
	id := strings.ToLower(rand.Text()[:16])
	_, err = tx.Exec("INSERT INTO account_question (id, draft, field, asked_by, asked_at, answered_at) VALUES (?, ?, ?, ?, ?, '')", id, draft, field, by.ID, stamp(now))
	if err != nil {
		return "", err
	}
	return NewLink(tx, now, Link{Purpose: "question", Object: id, Life: QuestionLife})
}

// GetQuestion reads a question.
func GetQuestion(tx *db.Tx, id string) (q Question, err error) {
	err = tx.Row("SELECT id, draft, field, asked_by, asked_at, answered_at FROM account_question WHERE id = ?", id).Scan(&q.ID, &q.Draft, &q.Field, &q.By, &q.At, &q.Answered)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.link.unknown"))
	}
	return q, err
}

// Answered notes that a question was answered.
func Answered(tx *db.Tx, now time.Time, id string) error {
	_, err := tx.Exec("UPDATE account_question SET answered_at = ? WHERE id = ?", stamp(now), id)
	return err
}
