package forum

import (
	"cmp"
	"slices"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/wording"
)

// SessionScored are the facts of session.scored: the sheets of all scorers at once,
// each a score per criterion of the call, in an order that says nothing of who wrote
// which. What each gives as the reason is words, reason.N.LANG. Conflicts is how many
// people were asked to score and stood aside.
type SessionScored struct {
	Session   int64     `json:"session"`
	Sheets    [][]int64 `json:"sheets"`
	Conflicts int64     `json:"conflicts,omitempty"`
}

// SessionDecided are the facts of session.decided. Words: reason.LANG.
type SessionDecided struct {
	Session int64  `json:"session"`
	Outcome string `json:"outcome"`
	Into    int64  `json:"into,omitempty"` // the session that it is merged into
}

// Scorers of one session: two at least, so that no single reader decides.
const (
	LeastScorers = 2
	mostScorers  = 9
)

var scoredWords = wording.Fields{"reason": {Max: 2000, Needed: true, Many: true}}

// SortSheets puts sheets into the order in which they are published, by what they
// say and by nothing else, with the reasons beside them.
func SortSheets(sheets [][]int64, reasons []string) {
	order := make([]int, len(sheets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(slices.Compare(sheets[a], sheets[b]), cmp.Compare(reasons[a], reasons[b]))
	})
	oldSheets, oldReasons := slices.Clone(sheets), slices.Clone(reasons)
	for to, from := range order {
		sheets[to], reasons[to] = oldSheets[from], oldReasons[from]
	}
}

func validateSessionScored(a keeper.Act, f SessionScored) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	scoredWords.Check(a.Words, &es.Errors)
	if len(f.Sheets) < LeastScorers || len(f.Sheets) > mostScorers {
		es.AddField("sheets", locale.E("err.session.scorers", "min", LeastScorers, "max", mostScorers))
	}
	if !slices.IsSortedFunc(f.Sheets, slices.Compare[[]int64]) {
		es.AddField("sheets", locale.E("err.session.sheet_order"))
	}
	for n := range f.Sheets {
		if _, ok := wordOf(a.Words, "reason."+strconv.Itoa(n)); !ok {
			es.AddField("reason", locale.E("err.session.sheet_reason", "n", n+1))
		}
	}
	for part := range a.Words {
		if n, ok := numberOf(part, "reason"); !ok || n >= len(f.Sheets) {
			es.AddField("reason", locale.E("err.party.unknown_word", "part", part))
		}
	}
	if f.Conflicts < 0 || f.Conflicts > 1000 {
		es.AddField("conflicts", locale.E("err.commitment.unknown_code", "value", number(f.Conflicts)))
	}
	return es.Err()
}

func checkSessionScored(c checking, f SessionScored) error {
	s, err := c.openSession(f.Session)
	if err != nil {
		return err
	}
	call, err := CallByID(c.tx, s.Call)
	if err != nil {
		return err
	}
	cycle, err := c.openCycle(s.Cycle)
	switch {
	case err != nil:
		return err
	case c.today() <= cycle.CallUntil:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.call_runs", "on", cycle.CallUntil)))
	case s.ScoredBy != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.scored")))
	}
	for _, sheet := range f.Sheets {
		if err := call.CheckScores(sheet); err != nil {
			return err
		}
	}
	return nil
}

// CheckScores wants one score for each criterion of the call, on its scale.
func (c Call) CheckScores(scores []int64) error {
	var es sessionFaults
	if len(scores) != len(c.Weights) {
		es.AddField("scores", locale.E("err.session.sheet_length", "n", len(c.Weights)))
	}
	for n, score := range scores {
		if score < 0 || score > c.Scale {
			es.AddField("score."+strconv.Itoa(n), locale.E("err.session.score", "max", c.Scale))
		}
	}
	return es.Err()
}

func applySessionScored(tx *db.Tx, e keeper.Entry, f SessionScored) error {
	if err := tx.Queue("UPDATE forum_session SET scored_by = ?, conflicts = ? WHERE id = ?", e.Index, f.Conflicts, f.Session); err != nil {
		return err
	}
	for sheet, scores := range f.Sheets {
		for n, score := range scores {
			err := tx.Queue("INSERT INTO forum_session_score (session, sheet, criterion, score) VALUES (?, ?, ?, ?) ON CONFLICT (session, sheet, criterion) DO NOTHING", f.Session, sheet, n, score)
			if err != nil {
				return err
			}
		}
	}
	return touchOf(tx, e.Index, f.Session)
}

func validateSessionDecided(a keeper.Act, f SessionDecided) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	reasonWords.Check(a.Words, &es.Errors)
	es.code("outcome", f.Outcome, SessionOutcomes)
	if (f.Outcome == OutcomeMerged) != (f.Into != 0) || f.Into == f.Session && f.Into != 0 {
		es.AddField("into", locale.E("err.session.into"))
	}
	return es.Err()
}

func checkSessionDecided(c checking, f SessionDecided) error {
	s, err := c.openSession(f.Session)
	switch {
	case err != nil:
		return err
	case s.Outcome != "":
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.decided", "on", s.DecidedOn)))
	case s.ScoredBy == 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.unscored", "min", LeastScorers)))
	}
	if _, err := c.openCycle(s.Cycle); err != nil {
		return err
	}
	if f.Outcome == OutcomeAccepted {
		return c.stillHere(s)
	}
	if f.Into == 0 {
		return nil
	}
	into, err := SessionByID(c.tx, f.Into)
	if err != nil {
		return placed("into", err)
	}
	if into.Cycle != s.Cycle || into.WithdrawnOn != "" || into.Outcome == OutcomeMerged || into.Outcome == OutcomeRefused {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("into", locale.E("err.session.into")))
	}
	return nil
}

// stillHere refuses a session one of whose organisers left the compact since.
func (c checking) stillHere(s Session) error {
	for _, party := range s.Organisers {
		err := stakeholder.Opens(c.tx, party, stakeholder.RightPropose)
		if err == nil {
			continue
		}
		if _, ok := locale.All(err); !ok {
			return err
		}
		return keeper.Refuse(keeper.ErrConflict, locale.Field("session", locale.E("err.session.organiser_left", "session", number(s.ID), "party", number(party))))
	}
	return nil
}

func applySessionDecided(tx *db.Tx, e keeper.Entry, f SessionDecided) error {
	err := tx.Queue("UPDATE forum_session SET decided_on = ?, decided_by = ?, outcome = ?, merged_into = ? WHERE id = ?", e.On(), e.Index, f.Outcome, f.Into, f.Session)
	if err != nil {
		return err
	}
	if f.Into != 0 {
		if err := touchOf(tx, e.Index, f.Into); err != nil {
			return err
		}
	}
	return touchOf(tx, e.Index, f.Session)
}
