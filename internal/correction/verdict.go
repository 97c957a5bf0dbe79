package correction

import (
	"slices"
	"time"
	"unicode/utf8"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// A verdict is noted before words come back, so that of two moderators who decide
// at once one is told that it is decided, and no act says what no verdict says. If
// we die between the two, the verdict stands and the words are still hidden: it is
// unfinished, and any moderator finishes it.

// verdictLanguage keeps in which language the reason of a verdict was written.
const verdictLanguage = "ALTER TABLE moderation_appeal ADD COLUMN lang TEXT NOT NULL DEFAULT ''"

// MayDecide refuses the moderator who hid what an appeal is about, and an appeal
// that is decided.
func MayDecide(tx *db.Tx, a Appeal, account string) error {
	if a.State != AppealOpen {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.appeal.decided", "on", a.Decided))
	}
	var first string
	err := tx.Row("SELECT account FROM moderation_hidden WHERE act = ?", a.Act).Scan(&first)
	if missing, err := none(err); missing || err != nil {
		return err
	}
	if first == account {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.appeal.own"))
	}
	return nil
}

// DecideAppeal notes how an appeal was decided, and drops what was written in it.
// The row is changed only while the appeal is open: whoever comes second changes
// nothing and is told so. Words that come back are the next step, [Restoration].
func DecideAppeal(tx *db.Tx, now time.Time, id, verdict, reason string, lang locale.Lang, account string) error {
	var es locale.Errors
	oneOf("verdict", verdict, Verdicts, &es)
	switch reason = keeper.Prose(reason); {
	case reason == "" || !utf8.ValidString(reason):
		es.AddField("reason", locale.E("err.appeal.reason"))
	case utf8.RuneCountInString(reason) > MaxText: // the act that brings the words back has to take it
		es.AddField("reason", locale.E("err.party.word_too_long", "n", utf8.RuneCountInString(reason), "max", MaxText))
	}
	if err := es.Err(); err != nil {
		return keeper.Refuse(keeper.ErrInvalid, err)
	}
	a, err := GetAppeal(tx, id)
	if err == nil {
		err = MayDecide(tx, a, account)
	}
	if err != nil {
		return err
	}
	on := now.UTC().Format(time.DateOnly)
	n, err := tx.Exec("UPDATE moderation_appeal SET state = ?, reason = ?, lang = ?, account = ?, decided_on = ?, body = '' WHERE id = ? AND state = ?",
		verdict, reason, string(lang), account, on, id, AppealOpen)
	if err == nil && n == 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.appeal.decided", "on", on))
	}
	return err
}

// Restoration is the act that brings back what a verdict restores, under a key of
// the appeal's own, so that it is made once whoever sends it; ok is false where
// nothing of it is hidden any more. It says what the verdict says and nothing of
// who sends it.
func Restoration(tx *db.Tx, a Appeal) (act keeper.Act, key string, ok bool, err error) {
	if a.State != AppealRestored {
		return act, "", false, nil
	}
	f, err := HiddenAct(tx, a.Act)
	if err != nil {
		return act, "", false, err
	}
	taken, err := keeper.Taken(tx, f.Target)
	if err != nil {
		return act, "", false, err
	}
	var parts []string
	for _, t := range taken {
		if t.State == keeper.Hidden && t.Act == a.Act && t.Holder == f.Target {
			parts = append(parts, t.Part)
		}
	}
	slices.Sort(parts)
	lang := a.Lang
	if lang == "" { // decided before the language was kept
		lang = string(locale.English)
	}
	act = keeper.Act{Kind: "words.restored", By: secretariat, Words: map[string]string{"reason." + lang: a.Reason}, Facts: keeper.WordsRestored{Target: f.Target, Parts: parts, Reason: "appeal"}}
	return act, "appeal/" + a.ID, len(parts) > 0, nil
}

// Unfinished are the appeals whose verdict brings words back that are hidden still.
func Unfinished(tx *db.Tx) ([]Appeal, error) {
	all, err := Appeals(tx)
	if err != nil {
		return nil, err
	}
	var list []Appeal
	for _, a := range all {
		_, _, hidden, err := Restoration(tx, a)
		if err != nil {
			return nil, err
		}
		if hidden {
			list = append(list, a)
		}
	}
	return list, nil
}
