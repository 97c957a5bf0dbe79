// Package reminder tells the people of a party by mail that a report is coming due:
// 60 and 30 days before its date, on the date, and 30 days after it.
//
// A reminder is about one report (a commitment and its due date) and goes to one
// account. All reminders of an account on a day are one letter, in her language. Each letter
// has a link that answers in one step (nothing has changed) and one that ends
// reminders to her.
//
// Invariants:
//   - a reminder is a row with a unique key, written in the transaction that queues
//     its letter: it is sent once, however many processes try, and wherever one dies;
//   - which reminder applies is a function of turning dates and the day ([Applies]):
//     days on which nothing ran are caught up with the one that applies now, never
//     with several;
//   - nothing that is not due yet, excused, withdrawn, concluded or only stated
//     elsewhere is reminded of.
package reminder

import (
	"context"
	_ "embed"
	"strings"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
)

//go:embed schema.sql
var schema string

// Offsets are the days, counted from a due date, on which reminders go out.
var Offsets = []int{-60, -30, 0, 30}

// spacing is for how long a reminder may still go out when its day was missed: as
// long as the next one would not yet. After the last one we write no more.
const spacing = 30

// Applies is the reminder that applies to a report on a day: the latest whose day
// has come. Of an excused report only the one after counts, from the end of the excuse.
func Applies(a commitment.Awaited, today string) (offset int, ok bool) {
	if a.Excused() {
		day := plus(a.Until, Offsets[len(Offsets)-1])
		return Offsets[len(Offsets)-1], today >= day && today < plus(day, spacing)
	}
	for i := len(Offsets) - 1; i >= 0; i-- {
		if day := plus(a.On, Offsets[i]); day <= today {
			return Offsets[i], day >= a.From && today < plus(day, spacing)
		}
	}
	return 0, false
}

// plus is a day so many days later.
func plus(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// daysBetween counts the days from one to the other.
func daysBetween(from, to string) int {
	a, _ := time.Parse(time.DateOnly, from)
	b, _ := time.Parse(time.DateOnly, to)
	return int(b.Sub(a) / (24 * time.Hour))
}

// Prepare makes the private tables.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "reminder", schema, windowSchema)
}

// Sent is a line of the log.
type Sent struct {
	Account    string
	Party      int64
	Commitment int64
	Due        string
	Offset     int64
	On         string
}

// mostSent bounds what a page shows of the log.
const mostSent = 200

// Log lists what was sent, the newest first: about some parties, or about all when
// none is named.
func Log(tx *db.Tx, parties ...int64) ([]Sent, error) {
	text, args := "SELECT account, party, commitment, due_on, offset_days, sent_on FROM reminder_log", []any{}
	if len(parties) > 0 {
		text += " WHERE party IN (?" + strings.Repeat(", ?", len(parties)-1) + ")"
		for _, p := range parties {
			args = append(args, p)
		}
	}
	rows, err := tx.Query(text+" ORDER BY sent_on DESC, party, commitment, account LIMIT ?", append(args, mostSent)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Sent
	for rows.Next() {
		var s Sent
		if err := rows.Scan(&s.Account, &s.Party, &s.Commitment, &s.Due, &s.Offset, &s.On); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Forget drops what the log says of an account.
func Forget(tx *db.Tx, account string) error {
	if err := tx.Queue("DELETE FROM reminder_window WHERE account = ?", account); err != nil {
		return err
	}
	return tx.Queue("DELETE FROM reminder_log WHERE account = ?", account)
}

// Export is what the log says of an account.
func Export(tx *db.Tx, account string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT party, commitment, due_on, offset_days, sent_on FROM reminder_log WHERE account = ? ORDER BY sent_on, commitment", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		var s Sent
		if err := rows.Scan(&s.Party, &s.Commitment, &s.Due, &s.Offset, &s.On); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"party": s.Party, "commitment": s.Commitment, "due_on": s.Due, "offset_days": s.Offset, "sent_on": s.On})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	return exportWindows(tx, account, out)
}

// exportWindows adds the letters about reports that were open to correction.
func exportWindows(tx *db.Tx, account string, out []map[string]any) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT report, step, sent_on FROM reminder_window WHERE account = ? ORDER BY sent_on, report", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var report int64
		var step, on string
		if err := rows.Scan(&report, &step, &on); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"report": report, "step": step, "sent_on": on})
	}
	return out, rows.Err()
}
