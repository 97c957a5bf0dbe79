package person

import (
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

// Recognise finds, after entries were restored into an older copy of the store,
// which input is in the record already, by the salted digests that it was given:
// it would be published twice otherwise. Input that has none is put back before a
// moderator. It returns how many were found and how many are to be looked at.
func Recognise(tx *db.Tx, from, to int64) (found, again int, err error) {
	at := make(map[record.Digest]int64)
	for i := from; i < to; i++ {
		e, err := keeper.ReadEntry(tx, i)
		if err != nil {
			return 0, 0, err
		}
		if e.By != By {
			continue
		}
		for _, d := range e.Words {
			at[d] = i
		}
	}
	for _, state := range []string{Waiting, Admitted, Batched} {
		rows, err := tx.Query(columns+"WHERE i.state = ? ORDER BY i.id", state)
		if err != nil {
			return 0, 0, err
		}
		list, err := scan(rows)
		if err != nil {
			return 0, 0, err
		}
		for _, r := range list {
			entry, known := r.in(at)
			switch {
			case known:
				found++
				err = settle(tx, []Row{r}, []keeper.Result{{Index: entry}})
			case (r.Summary || len(r.Parts) == 0) && state != Waiting:
				again++
				_, err = tx.Exec("UPDATE person_input SET state = ?, batch = '' WHERE id = ?", Waiting, r.ID)
			case state == Batched: // its batch was not kept
				_, err = tx.Exec("UPDATE person_input SET state = ?, batch = '' WHERE id = ?", Admitted, r.ID)
			}
			if err != nil {
				return 0, 0, err
			}
		}
	}
	return found, again, nil
}

func (r Row) in(at map[record.Digest]int64) (int64, bool) {
	if r.Summary {
		return 0, false
	}
	for _, p := range r.Parts {
		if entry, ok := at[p.Digest]; ok {
			return entry, true
		}
	}
	return 0, false
}
