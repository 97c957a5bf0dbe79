package correction

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// What a moderator hides is an act (words.hidden). Who did it, and the appeals
// against it, are private rows; what they come to is counted in public.

//go:embed moderation.sql
var moderationSchema string

// Prepare makes the private tables.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "correction", moderationSchema, verdictLanguage)
}

// AppealDays is how long an appeal is taken, unless the moderator gives longer.
const AppealDays = 21

// maxAppeal is how many characters an appeal may have.
const maxAppeal = 4000

// States of an appeal. What stands stays hidden.
const (
	AppealOpen     = "open"
	AppealRestored = "restored"
	AppealStands   = "stands"
)

// Verdicts are how an appeal can be decided.
var Verdicts = []string{AppealRestored, AppealStands}

// NoteHidden keeps who made a words.hidden, so that somebody else decides an
// appeal. It follows the act: if we die between the two, the same form sent again
// notes it, and until then nobody is shut out.
func NoteHidden(tx *db.Tx, now time.Time, act int64, category, account string) error {
	_, err := tx.Exec("INSERT INTO moderation_hidden (act, category, account, hidden_on) VALUES (?, ?, ?, ?) ON CONFLICT (act) DO NOTHING",
		act, category, account, now.UTC().Format(time.DateOnly))
	return err
}

// HiddenAct reads a words.hidden; other entries are not found.
func HiddenAct(tx *db.Tx, act int64) (f keeper.WordsHidden, err error) {
	e, err := keeper.ReadEntry(tx, act)
	if err == nil && e.Kind != "words.hidden" {
		err = keeper.ErrNotFound
	}
	if isNotFound(err) {
		return f, keeper.Refuse(keeper.ErrNotFound, locale.E("err.appeal.nothing"))
	}
	if err != nil {
		return f, err
	}
	return f, e.Decode(&f)
}

// Appeal is what somebody said against a words.hidden.
type Appeal struct {
	ID      string
	Act     int64
	Party   int64 // 0: a person with the receipt
	Text    string
	MadeOn  string
	State   string
	By      string // account that decided
	Decided string // on
	Reason  string
	Lang    string // of the reason
}

// MakeAppeal keeps an appeal, within its time, while none is open and what it is
// about is still hidden.
func MakeAppeal(tx *db.Tx, now time.Time, act, party int64, text string) (id string, err error) {
	f, err := HiddenAct(tx, act)
	if err != nil {
		return "", err
	}
	text = keeper.Prose(text)
	switch n := utf8.RuneCountInString(text); {
	case f.AppealUntil < keeper.Today(now):
		return "", keeper.Refuse(keeper.ErrForbidden, locale.E("err.appeal.late", "on", f.AppealUntil))
	case text == "" || !utf8.ValidString(text):
		return "", keeper.Refuse(keeper.ErrInvalid, locale.Field("text", locale.E("err.appeal.text")))
	case n > maxAppeal:
		return "", keeper.Refuse(keeper.ErrInvalid, locale.Field("text", locale.E("err.party.word_too_long", "n", n, "max", maxAppeal)))
	}
	if err := stillHidden(tx, f); err != nil {
		return "", err
	}
	var before int64
	if err := tx.Row("SELECT COUNT(*) FROM moderation_appeal WHERE act = ?", act).Scan(&before); err != nil {
		return "", err
	}
	if before > 0 {
		return "", keeper.Refuse(keeper.ErrConflict, locale.E("err.appeal.made"))
	}
	id = strings.ToLower(rand.Text())
	_, err = tx.Exec("INSERT INTO moderation_appeal (id, act, party, body, made_on, state, account, decided_on, reason, lang) VALUES (?, ?, ?, ?, ?, ?, '', '', '', '')",
		id, act, party, text, now.UTC().Format(time.DateOnly), AppealOpen)
	return id, err
}

// stillHidden wants at least one of the parts to be hidden now.
func stillHidden(tx *db.Tx, f keeper.WordsHidden) error {
	hidden, err := keeper.HiddenWords(tx, f.Target)
	if err != nil {
		return err
	}
	for _, part := range f.Parts {
		if _, ok := hidden[part]; ok {
			return nil
		}
	}
	return keeper.Refuse(keeper.ErrConflict, locale.E("err.appeal.not_hidden"))
}

const appealColumns = "id, act, party, body, made_on, state, account, decided_on, reason, lang"

func scanAppeal(from func(...any) error) (a Appeal, err error) {
	err = from(&a.ID, &a.Act, &a.Party, &a.Text, &a.MadeOn, &a.State, &a.By, &a.Decided, &a.Reason, &a.Lang)
	return a, err
}

// GetAppeal is one appeal.
func GetAppeal(tx *db.Tx, id string) (Appeal, error) {
	a, err := scanAppeal(tx.Row("SELECT "+appealColumns+" FROM moderation_appeal WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return a, keeper.Refuse(keeper.ErrNotFound, locale.E("err.appeal.unknown"))
	}
	return a, err
}

// Appeals lists all appeals, the oldest first.
func Appeals(tx *db.Tx) ([]Appeal, error) {
	rows, err := tx.Query("SELECT " + appealColumns + " FROM moderation_appeal ORDER BY made_on, id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Appeal
	for rows.Next() {
		a, err := scanAppeal(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// Moderated is what moderation came to, for everybody to read.
type Moderated struct {
	Hidden     int
	Categories map[string]int
	Appeals    int
	Open       int
	Restored   int
	Median     string // days from an appeal to its decision; "" of none
}

// CountModerated counts what was hidden until the end of a day (UTC, as these rows
// are dated) and what had become of appeals by then.
func CountModerated(tx *db.Tx, day string) (Moderated, error) {
	m := Moderated{Categories: map[string]int{}}
	rows, err := tx.Query("SELECT category FROM moderation_hidden WHERE hidden_on <= ?", day)
	if err != nil {
		return m, err
	}
	defer rows.Close()
	for rows.Next() {
		var category string
		if err := rows.Scan(&category); err != nil {
			return m, err
		}
		m.Hidden++
		m.Categories[category]++
	}
	if err := rows.Err(); err != nil {
		return m, err
	}
	rows.Close()
	all, err := Appeals(tx)
	if err != nil {
		return m, err
	}
	var days []int
	for _, a := range all {
		if a.MadeOn > day {
			continue
		}
		m.Appeals++
		if a.State == AppealOpen || a.Decided > day {
			m.Open++
			continue
		}
		if a.State == AppealRestored {
			m.Restored++
		}
		days = append(days, max(0, daysBetween(a.MadeOn, a.Decided)))
	}
	m.Median = Median(days)
	return m, nil
}

// Forget takes an account out of what it moderated; the decisions stay.
func Forget(tx *db.Tx, account string) error {
	for _, table := range []string{"moderation_hidden", "moderation_appeal"} {
		if _, err := tx.Exec("UPDATE "+table+" SET account = '' WHERE account = ?", account); err != nil {
			return err
		}
	}
	return nil
}

// Export is what an account moderated, for the person herself.
func Export(tx *db.Tx, account string) (map[string][]map[string]any, error) {
	out := map[string][]map[string]any{}
	for table, columns := range map[string][2]string{"moderation_hidden": {"act", "hidden_on"}, "moderation_appeal": {"act", "decided_on"}} {
		out[table] = []map[string]any{}
		rows, err := tx.Query("SELECT "+columns[0]+", "+columns[1]+" FROM "+table+" WHERE account = ? ORDER BY act", account)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var act int64
			var on string
			if err := rows.Scan(&act, &on); err != nil {
				rows.Close()
				return nil, err
			}
			out[table] = append(out[table], map[string]any{columns[0]: act, columns[1]: on})
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
