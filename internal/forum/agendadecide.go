package forum

import (
	"bytes"
	"slices"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
	"kept/record"
)

func validateDecided(a keeper.Act, f AgendaDecided) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if !day(f.On) {
		es.AddField("on", locale.E("err.cycle.day", "value", keeper.Line(strings.ToValidUTF8(f.On, ""))))
	}
	if len(f.Taken) == 0 {
		es.AddField("taken", locale.E("err.agenda.nothing_taken"))
	}
	eachOnce("taken", f.Taken, MaxAgenda, &es)
	eachOnce("passed", f.Passed, 2*MaxAgenda, &es)
	for _, candidate := range f.Passed {
		if slices.Contains(f.Taken, candidate) {
			es.AddField("passed", locale.E("err.agenda.taken_and_passed", "value", candidate))
		}
	}
	checkRecused(f.Recused, &es)
	oneBlob("ranking", a, f.Ranking, &es)
	decidedWords.Check(a.Words, &es)
	reasoned(a.Words, "reason", f.Taken, &es)
	reasoned(a.Words, "passed", f.Passed, &es)
	return es.Err()
}

// reasoned wants a reason in one language at least for each candidate of a list.
func reasoned(words map[string]string, part string, list []string, es *locale.Errors) {
	for n, candidate := range list {
		if !filledAt(words, part, n) {
			es.AddField(part, locale.E("err.agenda.reason", "value", candidate))
		}
	}
	for name := range words {
		if place, rest, _ := strings.Cut(name, "."); place == part || place == "title" && part == "reason" {
			if at, _, ok := strings.Cut(rest, "."); !ok || !numbered(at, len(list)) {
				es.AddField(place, locale.E("err.party.unknown_word", "part", keeper.Line(name)))
			}
		}
	}
}

// numbered tells whether a text is the number of one of n things.
func numbered(text string, n int) bool {
	for i := range n {
		if number(int64(i)) == text {
			return true
		}
	}
	return false
}

func filledAt(words map[string]string, part string, n int) bool {
	for name, text := range words {
		if strings.HasPrefix(name, part+"."+number(int64(n))+".") && text != "" {
			return true
		}
	}
	return false
}

func checkDecided(c checking, f AgendaDecided) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	d, err := DecisionOf(c.tx, f.Cycle)
	switch {
	case err != nil:
		return err
	case d.Entry != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("cycle", locale.E("err.agenda.decided", "on", d.On)))
	case c.today() <= cycle.RankUntil:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.decide_early", "date", cycle.RankUntil)))
	case c.today() > cycle.AgendaUntil:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.decide_late", "date", cycle.AgendaUntil)))
	case f.On <= cycle.RankUntil || f.On > c.newest():
		return locale.Field("on", locale.E("err.agenda.decided_on", "date", cycle.RankUntil))
	}
	if err := ofCycle(c.tx, f.Cycle, "taken", f.Taken); err != nil {
		return err
	}
	if err := ofCycle(c.tx, f.Cycle, "passed", f.Passed); err != nil {
		return err
	}
	if err := c.recused(f.Cycle, f.On, f.Recused, slices.Concat(f.Taken, f.Passed)); err != nil {
		return err
	}
	return c.answersFor(f)
}

// answersFor wants the ranking as it stands, and a word on each of its first candidates.
func (c checking) answersFor(f AgendaDecided) error {
	want, ranking, err := RankingNow(c.tx, f.Cycle)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, c.act.Blobs[0]) {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("ranking", locale.E("err.agenda.ranking_moved")))
	}
	var es locale.Errors
	for _, candidate := range ranking.Top() {
		if !slices.Contains(f.Taken, candidate) && !slices.Contains(f.Passed, candidate) {
			es.AddField("passed", locale.E("err.agenda.unanswered", "value", candidate))
		}
	}
	return es.Err()
}

func applyDecided(tx *db.Tx, e keeper.Entry, f AgendaDecided) error {
	err := tx.Queue("INSERT INTO agenda_decision (cycle, entry, decided_on, entered_on, ranking) VALUES (?, ?, ?, ?, ?) ON CONFLICT (cycle) DO NOTHING",
		f.Cycle, e.Index, f.On, e.On(), f.Ranking)
	if err != nil {
		return err
	}
	for n, candidate := range f.Taken {
		if err := addItem(tx, e, f.Cycle, int64(n)+1, candidate, int64(n)); err != nil {
			return err
		}
	}
	for n, candidate := range f.Passed {
		err := tx.Queue("INSERT INTO agenda_passed (cycle, candidate, entry, part) VALUES (?, ?, ?, ?) ON CONFLICT (cycle, candidate) DO NOTHING", f.Cycle, candidate, e.Index, int64(n))
		if err != nil {
			return err
		}
	}
	if err := addRecused(tx, e, f.Cycle, f.Recused); err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle)
}

// addItem puts a candidate onto the agenda under a number that stays.
func addItem(tx *db.Tx, e keeper.Entry, cycle, no int64, candidate string, part int64) error {
	items, err := itemsOf(tx, candidate)
	if err != nil {
		return err
	}
	return tx.Queue(`INSERT INTO agenda_item (cycle, no, candidate, items, entry, part, taken_on, renamed, withdrawn_on, withdrawn) VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', 0)
		ON CONFLICT (cycle, no) DO NOTHING`, cycle, no, candidate, strings.Join(items, " "), e.Index, part, e.On())
}

func addRecused(tx *db.Tx, e keeper.Entry, cycle int64, list []Recusal) error {
	for _, r := range list {
		err := tx.Queue("INSERT INTO agenda_recused (cycle, entry, seat, candidate) VALUES (?, ?, ?, ?) ON CONFLICT (entry, seat, candidate) DO NOTHING", cycle, e.Index, r.Seat, r.Candidate)
		if err != nil {
			return err
		}
	}
	return nil
}

func validateAgendaAmended(a keeper.Act, f AgendaAmended) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if !slices.Contains(AgendaChanges, f.Change) {
		es.AddField("change", locale.E("err.party.not_one_of", "value", keeper.Line(f.Change), "known", strings.Join(AgendaChanges, ", ")))
	}
	if f.No < 1 {
		es.AddField("no", locale.E("err.agenda.no_item", "no", number(f.No)))
	}
	switch given := f.Candidate != ""; {
	case given != (f.Change == ChangeAdded):
		es.AddField("candidate", locale.E("err.agenda.candidate_added"))
	case given:
		eachOnce("candidate", []string{f.Candidate}, 1, &es)
	}
	if f.Change == ChangeRenamed && !wording.Filled(a.Words, "title") {
		es.AddField("title", locale.E("err.commitment.needed"))
	}
	checkRecused(f.Recused, &es)
	agendaAmendedWords.Check(a.Words, &es)
	return es.Err()
}

func checkAgendaAmended(c checking, f AgendaAmended) error {
	if _, err := c.openCycle(f.Cycle); err != nil {
		return err
	}
	agenda, err := Agenda(c.tx, f.Cycle)
	switch {
	case err != nil:
		return err
	case len(agenda) == 0:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.undecided")))
	}
	var added []string
	if f.Change == ChangeAdded {
		added = []string{f.Candidate}
	}
	if err := c.recused(f.Cycle, c.today(), f.Recused, added); err != nil {
		return err
	}
	if f.Change == ChangeAdded {
		return c.addable(f, agenda)
	}
	if f.No > int64(len(agenda)) {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("no", locale.E("err.agenda.no_item", "no", number(f.No))))
	}
	if on := agenda[f.No-1].WithdrawnOn; on != "" {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("no", locale.E("err.agenda.withdrawn", "on", on)))
	}
	return nil
}

// addable wants the next number, and a candidate that is not on the agenda.
func (c checking) addable(f AgendaAmended, agenda []AgendaItem) error {
	if f.No != int64(len(agenda))+1 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("no", locale.E("err.agenda.next", "no", number(int64(len(agenda))+1))))
	}
	for _, i := range agenda {
		if i.Candidate == f.Candidate && i.WithdrawnOn == "" {
			return keeper.Refuse(keeper.ErrConflict, locale.Field("candidate", locale.E("err.forum.twice", "value", f.Candidate)))
		}
	}
	return ofCycle(c.tx, f.Cycle, "candidate", []string{f.Candidate})
}

func applyAgendaAmended(tx *db.Tx, e keeper.Entry, f AgendaAmended) error {
	var err error
	switch f.Change {
	case ChangeAdded:
		err = addItem(tx, e, f.Cycle, f.No, f.Candidate, -1)
	case ChangeWithdrawn:
		err = tx.Queue("UPDATE agenda_item SET withdrawn_on = ?, withdrawn = ? WHERE cycle = ? AND no = ?", e.On(), e.Index, f.Cycle, f.No)
	case ChangeRenamed:
		err = tx.Queue("UPDATE agenda_item SET renamed = ? WHERE cycle = ? AND no = ?", e.Index, f.Cycle, f.No)
	}
	if err != nil {
		return err
	}
	err = tx.Queue("INSERT INTO agenda_amendment (entry, cycle, amended_on, change, no, candidate) VALUES (?, ?, ?, ?, ?, ?)",
		e.Index, f.Cycle, e.On(), f.Change, f.No, f.Candidate)
	if err != nil {
		return err
	}
	if err := addRecused(tx, e, f.Cycle, f.Recused); err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle)
}

// Deciding is the act of a decision with the ranking as it stands now.
func Deciding(tx *db.Tx, f AgendaDecided, words map[string]string) (keeper.Act, error) {
	b, _, err := RankingNow(tx, f.Cycle)
	f.Ranking = record.DigestOf(b).String()
	return keeper.Act{Kind: KindAgendaDecided, By: secretariat, Facts: f, Words: words, Blobs: [][]byte{b}}, err
}
