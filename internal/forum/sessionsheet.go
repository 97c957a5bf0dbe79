package forum

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// What scorers write is private until all who were asked have written: nobody reads
// another's sheet before, and none can be changed after. Then all sheets of a session
// are published in one act, in an order that says nothing of who wrote which, and
// their texts go from here. Who was asked stays, for her own export, until she is
// erased.
const scoringSchema = `CREATE TABLE IF NOT EXISTS forum_scorer (session BIGINT NOT NULL, account TEXT NOT NULL, since TEXT NOT NULL, conflict TEXT NOT NULL,
	scores TEXT NOT NULL, reason TEXT NOT NULL, lang TEXT NOT NULL, sent_at TEXT NOT NULL, PRIMARY KEY (session, account))`

// PrepareScoring makes the private table of scorers.
func PrepareScoring(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "forum_scoring", scoringSchema)
}

// Scorer is somebody who was asked to score a session. Conflict is why she stands
// aside, "" where she does not.
type Scorer struct {
	Session  int64
	Account  string
	Conflict string
	Scores   []int64
	Reason   string
	Lang     string
	SentAt   string // "" before she sent her sheet
}

// AskScorer asks somebody to score a session.
func AskScorer(tx *db.Tx, now time.Time, s Session, account string) error {
	if s.ScoredBy != 0 || s.WithdrawnOn != "" || s.Outcome != "" {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("account", locale.E("err.session.scored")))
	}
	list, err := ScorersOf(tx, s.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(o Scorer) bool { return o.Account == account }) {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("account", locale.E("err.session.asked_already")))
	}
	if len(list) >= mostScorers {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("account", locale.E("err.session.scorers", "min", LeastScorers, "max", mostScorers)))
	}
	_, err = tx.Exec("INSERT INTO forum_scorer (session, account, since, conflict, scores, reason, lang, sent_at) VALUES (?, ?, ?, '', '', '', '', '')",
		s.ID, account, now.UTC().Format(time.RFC3339))
	return err
}

// DropScorer no longer asks somebody who has sent nothing.
func DropScorer(tx *db.Tx, session int64, account string) error {
	n, err := tx.Exec("DELETE FROM forum_scorer WHERE session = ? AND account = ? AND sent_at = ''", session, account)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("account", locale.E("err.session.sheet_sent")))
	}
	return err
}

// ScorersOf are those who were asked to score a session.
func ScorersOf(tx *db.Tx, session int64) ([]Scorer, error) {
	return scorers(tx, "session = ? ORDER BY since, account", session)
}

// ScoringOf are the sheets that somebody was asked for and has not sent.
func ScoringOf(tx *db.Tx, account string) ([]Scorer, error) {
	return scorers(tx, "account = ? AND sent_at = '' ORDER BY session", account)
}

func scorers(tx *db.Tx, condition string, arg any) (list []Scorer, err error) {
	rows, err := tx.Query("SELECT session, account, conflict, scores, reason, lang, sent_at FROM forum_scorer WHERE "+condition, arg)
	err = readRows(rows, err, func() error {
		var s Scorer
		var scores string
		if err := rows.Scan(&s.Session, &s.Account, &s.Conflict, &scores, &s.Reason, &s.Lang, &s.SentAt); err != nil {
			return err
		}
		if scores != "" {
			if err := json.Unmarshal([]byte(scores), &s.Scores); err != nil {
				return err
			}
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// asked is the place of somebody among those asked, while she may still write.
func asked(tx *db.Tx, s Session, account string) error {
	list, err := ScorersOf(tx, s.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(o Scorer) bool { return o.Account == account })
	switch {
	case at < 0:
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.session.not_asked"))
	case list[at].Conflict != "":
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.session.conflict"))
	case list[at].SentAt != "" || s.ScoredBy != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.session.sheet_sent"))
	}
	return nil
}

// DeclareConflict lets somebody stand aside, with her reason, which stays private.
func DeclareConflict(tx *db.Tx, now time.Time, s Session, account, why string) error {
	if err := asked(tx, s, account); err != nil {
		return err
	}
	if why = keeper.Prose(why); why == "" || utf8.RuneCountInString(why) > 2000 {
		return locale.Field("reason", locale.E("err.session.conflict_reason", "max", 2000))
	}
	_, err := tx.Exec("UPDATE forum_scorer SET conflict = ?, sent_at = ? WHERE session = ? AND account = ? AND sent_at = ''", why, now.UTC().Format(time.RFC3339), s.ID, account)
	return err
}

// SendSheet keeps somebody's scores, once and for good.
func SendSheet(tx *db.Tx, now time.Time, s Session, account string, scores []int64, reason, lang string) error {
	if err := asked(tx, s, account); err != nil {
		return err
	}
	call, err := CallByID(tx, s.Call)
	if err != nil {
		return err
	}
	cycle, err := CycleByID(tx, s.Cycle)
	if err != nil {
		return err
	}
	if keeper.Today(now) <= cycle.CallUntil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.call_runs", "on", cycle.CallUntil)))
	}
	var es sessionFaults
	es.Add(call.CheckScores(scores))
	es.language(lang)
	if reason = keeper.Prose(reason); reason == "" {
		es.AddField("reason", locale.E("err.commitment.needed"))
	}
	scoredWords.Check(map[string]string{"reason.0.en": reason}, &es.Errors)
	if err := es.Err(); err != nil {
		return err
	}
	b, err := json.Marshal(scores)
	if err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE forum_scorer SET scores = ?, reason = ?, lang = ?, sent_at = ? WHERE session = ? AND account = ? AND sent_at = ''",
		string(b), reason, lang, now.UTC().Format(time.RFC3339), s.ID, account)
	if err == nil && n == 0 { // she sent it from two windows at once
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.session.sheet_sent"))
	}
	return err
}

// ScoresAct is the act that publishes all sheets of a session, under a key of the
// session's own, so that it is made once whoever sends it; ok is false while somebody
// who was asked has not sent hers, or there are too few.
func ScoresAct(tx *db.Tx, s Session) (act keeper.Act, key string, ok bool, err error) {
	list, err := ScorersOf(tx, s.ID)
	if err != nil || s.ScoredBy != 0 {
		return act, "", false, err
	}
	facts := SessionScored{Session: s.ID}
	var reasons []string
	for _, scorer := range list {
		switch {
		case scorer.Conflict != "":
			facts.Conflicts++
		case scorer.SentAt == "":
			return act, "", false, nil
		default:
			facts.Sheets = append(facts.Sheets, scorer.Scores)
			reasons = append(reasons, scorer.Lang+"."+scorer.Reason)
		}
	}
	if len(facts.Sheets) < LeastScorers {
		return act, "", false, nil
	}
	SortSheets(facts.Sheets, reasons)
	words := map[string]string{}
	for n, reason := range reasons {
		lang, text, _ := strings.Cut(reason, ".")
		words["reason."+strconv.Itoa(n)+"."+lang] = text
	}
	return keeper.Act{Kind: KindSessionScored, By: secretariat, Facts: facts, Words: words}, "scores/" + number(s.ID), true, nil
}

// ScoresPublished drops what scorers wrote, once it stands in the record. If we die
// before it, the texts stay private here until the session is decided.
func ScoresPublished(tx *db.Tx, session int64) error {
	_, err := tx.Exec("UPDATE forum_scorer SET scores = '', reason = '' WHERE session = ?", session)
	return err
}

// ForgetScoring drops every row about a person.
func ForgetScoring(tx *db.Tx, account string) error {
	_, err := tx.Exec("DELETE FROM forum_scorer WHERE account = ?", account)
	return err
}

// ExportScoring is every row about a person, for her export.
func ExportScoring(tx *db.Tx, account string) ([]map[string]any, error) {
	list, err := scorers(tx, "account = ? ORDER BY session", account)
	out := []map[string]any{}
	for _, s := range list {
		out = append(out, map[string]any{"session": s.Session, "conflict": s.Conflict, "scores": s.Scores, "reason": s.Reason, "lang": s.Lang, "sent_at": s.SentAt})
	}
	return out, err
}
