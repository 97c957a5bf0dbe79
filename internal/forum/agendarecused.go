package forum

import (
	"slices"
	"strings"

	"kept/internal/db"
	"kept/internal/locale"
)

// checkRecused wants seats, each named once for a candidate.
func checkRecused(list []Recusal, es *locale.Errors) {
	if len(list) > mostRecused {
		es.AddField("recused", locale.E("err.agenda.too_many", "n", len(list), "max", mostRecused))
	}
	for n, r := range list {
		switch {
		case r.Seat <= 0:
			es.AddField("recused", locale.E("err.agenda.seat", "id", number(r.Seat)))
		case slices.Contains(list[:n], r):
			es.AddField("recused", locale.E("err.forum.twice", "value", number(r.Seat)))
		}
	}
}

// mostRecused is more than any group decides on with.
const mostRecused = 100

// recused wants seats that are held on the day of the decision, and that every seat
// which declared a conflict about an item takes no part in deciding on a candidate
// about that item.
func (c checking) recused(cycle int64, on string, list []Recusal, decided []string) error {
	if _, run := c.pack.Module(ModuleAdvisory); !run {
		if len(list) > 0 {
			return locale.Field("recused", locale.E("err.agenda.no_group"))
		}
		return nil
	}
	sitting, err := SittingOn(c.tx, on)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, r := range list {
		if !slices.ContainsFunc(sitting, func(s Seat) bool { return s.ID == r.Seat }) {
			es.AddField("recused", locale.E("err.agenda.seat", "id", number(r.Seat)))
		}
		if r.Candidate == "" {
			continue
		}
		if err := ofCycle(c.tx, cycle, "recused", []string{r.Candidate}); err != nil {
			return err
		}
	}
	if err := es.Err(); err != nil {
		return err
	}
	return c.conflictsKept(on, sitting, list, decided)
}

// conflictsKept refuses a decision in which a seat took part that had declared a
// conflict about what was decided.
func (c checking) conflictsKept(on string, sitting Seats, list []Recusal, decided []string) error {
	declared, err := ConflictsDeclared(c.tx)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, candidate := range decided {
		items, err := itemsOf(c.tx, candidate)
		if err != nil {
			return err
		}
		for _, d := range declared {
			sits := slices.ContainsFunc(sitting, func(s Seat) bool { return s.ID == d.Seat })
			recused := slices.Contains(list, Recusal{Seat: d.Seat}) || slices.Contains(list, Recusal{Seat: d.Seat, Candidate: candidate})
			if sits && d.On <= on && slices.Contains(items, d.Item) && !recused {
				es.AddField("recused", locale.E("err.agenda.conflict", "id", number(d.Seat), "item", d.Item, "value", candidate))
			}
		}
	}
	return es.Err()
}

// itemsOf are the items of the compact that a candidate is about.
func itemsOf(tx *db.Tx, candidate string) ([]string, error) {
	if item := CandidateItem(candidate); item != "" {
		return []string{item}, nil
	}
	var items string
	err := tx.Row("SELECT items FROM agenda_topic WHERE id = ?", CandidateTopicID(candidate)).Scan(&items)
	_, err = none(err)
	return strings.Fields(items), err
}
