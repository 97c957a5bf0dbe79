package commitment

import (
	"cmp"
	"slices"

	"kept/internal/db"
)

// Change is one act about a commitment.
type Change struct {
	Entry, Commitment int64
}

// Leads are the parties that lead the commitments that a filter lets through, each once.
func Leads(tx *db.Tx, f Filter) ([]int64, error) {
	var leads []int64
	seen := map[int64]bool{}
	err := search(tx, f, func(s *shelf, in bitmap) {
		in.each(func(at int) {
			if party := s.cards[at].party; !seen[party] {
				seen[party] = true
				leads = append(leads, party)
			}
		})
	})
	return leads, err
}

// changesRead is how many acts are read at a time.
const changesRead = 2000

// Changes lists the acts about the commitments that a filter lets through, made
// ones and what came after, the newest first and before an entry.
func Changes(tx *db.Tx, f Filter, before int64, limit int) ([]Change, error) {
	var found []Change
	err := search(tx, f, func(s *shelf, in bitmap) {
		in.down(s.placeBelow(before), func(at int) bool {
			found = append(found, Change{s.cards[at].id, s.cards[at].id})
			return len(found) < limit
		})
	})
	if err != nil {
		return nil, err
	}
	later, err := laterChanges(tx, f, before, limit)
	found = append(found, later...)
	slices.SortFunc(found, newestFirst)
	return found[:min(len(found), limit)], err
}

// laterChanges are the acts after a commitment was made.
func laterChanges(tx *db.Tx, f Filter, before int64, limit int) ([]Change, error) {
	var found []Change
	for {
		steps, err := stepsBefore(tx, before)
		if err != nil || len(steps) == 0 {
			return found, err
		}
		err = search(tx, f, func(s *shelf, in bitmap) {
			for _, step := range steps {
				if at, known := s.at[step.Commitment]; known && in.has(at) && len(found) < limit {
					found = append(found, step)
				}
			}
		})
		if before = steps[len(steps)-1].Entry; err != nil || len(found) == limit || len(steps) < changesRead {
			return found, err
		}
	}
}

// stepsBefore reads reports and other acts before an entry, the newest first.
func stepsBefore(tx *db.Tx, before int64) (steps []Change, err error) {
	for _, from := range []string{"entry, commitment FROM commitment_step WHERE entry", "id, commitment FROM report WHERE id"} {
		rows, err := tx.Query("SELECT "+from+" < ? ORDER BY 1 DESC LIMIT ?", before, changesRead)
		err = each(rows, err, func(scan func(...any) error) error {
			var c Change
			err := scan(&c.Entry, &c.Commitment)
			steps = append(steps, c)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(steps, newestFirst)
	return steps[:min(len(steps), changesRead)], nil
}

func newestFirst(a, b Change) int { return cmp.Compare(b.Entry, a.Entry) }

// Titles are the texts of the commitments that changed.
func Titles(tx *db.Tx, changes []Change) (map[int64]Summary, error) {
	titles := map[int64]Summary{}
	var list []Summary
	for _, c := range changes {
		if _, known := titles[c.Commitment]; !known {
			titles[c.Commitment] = Summary{}
			list = append(list, Summary{ID: c.Commitment})
		}
	}
	err := Fill(tx, list)
	for _, s := range list {
		titles[s.ID] = s
	}
	return titles, err
}
