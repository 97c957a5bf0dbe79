package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// FactsOf turns stored facts into those of an act, with what may be told of the
// person.
type FactsOf func(stored []byte, c Cell) (any, error)

// Facts makes a FactsOf of a kind's own type of facts. put writes group and region
// into them; nil where the kind has no place for either.
func Facts[F any](put func(f *F, c Cell)) FactsOf {
	return func(stored []byte, c Cell) (any, error) {
		var f F
		if err := json.Unmarshal(stored, &f); err != nil {
			return nil, err
		}
		if put != nil {
			put(&f, c)
		}
		return f, nil
	}
}

// Publisher brings admitted input into the record.
type Publisher struct {
	Keeper *keeper.Keeper
	Kinds  map[string]FactsOf // by kind of act
}

// BatchDay is the day whose batches are due at a time: from half past midnight
// UTC on it is that day, before that the day before.
func BatchDay(now time.Time) string {
	return now.UTC().Add(-30 * time.Minute).Format(time.DateOnly)
}

// Publish makes the batches of a day: of each call of which at least [Enough] wait
// that were sent before it, or that has closed. To run it again is safe, at any
// step where it stopped:
//
//	before a set of rows was frozen  nothing happened
//	after it                         the same rows are sent again under the same key
//	after the batch was kept         the key answers with the same entries
func (p *Publisher) Publish(ctx context.Context, day string) error {
	store := p.Keeper.DB()
	var due []string
	err := store.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = dueCalls(tx, day)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, call := range due {
		if err := p.publishCall(ctx, call, day); err != nil {
			failed = append(failed, fmt.Errorf("call %s: %w", call, err))
		}
	}
	if err := store.Write(ctx, func(tx *db.Tx) error { return tidy(tx, day) }); err != nil {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// dueCalls lists calls with enough admitted input of earlier days, those that have
// closed and have any, and those of which a batch was begun.
func dueCalls(tx *db.Tx, day string) ([]string, error) {
	rows, err := tx.Query(`SELECT c.id FROM person_call c WHERE
		EXISTS (SELECT 1 FROM person_input i WHERE i.call = c.id AND i.state = 'batched')
		OR (SELECT count(*) FROM person_input i WHERE i.call = c.id AND i.state = 'admitted' AND i.day < ?)
			>= CASE WHEN c.closes_on <> '' AND c.closes_on < ? THEN 1 ELSE ? END ORDER BY c.id`, day, day, Enough)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// publishCall makes one batch. An act that the rules refuse by now is set aside,
// and the rest is sent without it, if it is still enough.
func (p *Publisher) publishCall(ctx context.Context, call, day string) error {
	store := p.Keeper.DB()
	for {
		var key string
		var rows []Row
		err := store.Write(ctx, func(tx *db.Tx) (err error) {
			key, rows, err = freeze(tx, call, day)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		acts, err := p.acts(rows)
		if err != nil {
			return err
		}
		results, err := p.Keeper.Batch(ctx, key, key[len(key)-len(time.DateOnly):], acts...)
		if bad, ok := refusedAct(err, len(acts)); ok && p.Keeper.ReadOnly() == nil {
			err = store.Write(ctx, func(tx *db.Tx) error {
				if _, err := refuse(tx, rows[bad].ID, Batched, "rules"); err != nil {
					return err
				}
				return thaw(tx, call)
			})
			if err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		return store.Write(ctx, func(tx *db.Tx) error { return settle(tx, rows, results) })
	}
}

// freeze fixes which rows a batch holds, before it is sent; a batch that was begun
// and did not come to its end is taken up again, under the day that it has.
func freeze(tx *db.Tx, call, day string) (key string, rows []Row, err error) {
	if rows, err = batched(tx, call); err != nil {
		return "", nil, err
	}
	if len(rows) > 0 {
		err = tx.Row("SELECT batch FROM person_input WHERE id = ?", rows[0].ID).Scan(&key)
		return key, rows, err
	}
	key = "person/" + call + "/" + day
	due, err := dueCalls(tx, day)
	if err != nil || !slices.Contains(due, call) {
		return "", nil, err
	}
	var made int64
	if err := tx.Row("SELECT count(*) FROM person_input WHERE batch = ?", key).Scan(&made); err != nil || made > 0 {
		return "", nil, err // the batch of this day is in the record; what was admitted since waits for the next
	}
	if _, err := tx.Exec("UPDATE person_input SET state = ?, batch = ? WHERE call = ? AND state = ? AND day < ?", Batched, key, call, Admitted, day); err != nil {
		return "", nil, err
	}
	rows, err = batched(tx, call)
	return key, rows, err
}

func batched(tx *db.Tx, call string) ([]Row, error) {
	rows, err := tx.Query(columns+"WHERE i.call = ? AND i.state = ? ORDER BY i.id", call, Batched)
	if err != nil {
		return nil, err
	}
	return scan(rows)
}

// thaw lets rows wait again: without the one that was refused they may be too few.
func thaw(tx *db.Tx, call string) error {
	_, err := tx.Exec("UPDATE person_input SET state = ?, batch = '' WHERE call = ? AND state = ?", Admitted, call, Batched)
	return err
}

// settle notes where rows were published and forgets what the record has now. What
// was written for the desk alone stays until [SummaryKept] is over.
func settle(tx *db.Tx, rows []Row, results []keeper.Result) error {
	for i, r := range rows {
		err := tx.Queue(`UPDATE person_input SET state = ?, entry = ?, facts = ?, words = CASE WHEN summary = 1 THEN words ELSE ? END,
			stakeholders = '', region = '' WHERE id = ?`, Published, results[i].Index, []byte("{}"), []byte("{}"), r.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// acts makes an act of each row. Group and region are told only where at least
// [Enough] of the batch have the same two.
func (p *Publisher) acts(rows []Row) ([]keeper.Act, error) {
	cells := make(map[Cell]int)
	for _, r := range rows {
		cells[r.Cell]++
	}
	acts := make([]keeper.Act, len(rows))
	for i, r := range rows {
		of, ok := p.Kinds[r.Kind]
		if !ok {
			return nil, fmt.Errorf("%w: %s", errNoKind, r.Kind)
		}
		cell := r.Cell
		if cells[cell] < Enough {
			cell = Cell{}
		}
		facts, err := of(r.Facts, cell)
		if err != nil {
			return nil, err
		}
		acts[i] = keeper.Act{Kind: r.Kind, By: By, Facts: facts}
		if r.Summary {
			continue
		}
		acts[i].Words, acts[i].Salts = r.Words, make(map[string]record.Salt, len(r.Parts))
		for part, w := range r.Parts {
			acts[i].Salts[part] = w.Salt
		}
	}
	return acts, nil
}

// refusedAct tells which act the rules refused, if that is what the error says.
func refusedAct(err error, acts int) (int, bool) {
	var at *keeper.At
	if errors.As(err, &at) {
		return at.Act, true
	}
	_, worded := locale.All(err)
	rule := errors.Is(err, keeper.ErrInvalid) || errors.Is(err, keeper.ErrNotFound) || errors.Is(err, keeper.ErrForbidden)
	return 0, acts == 1 && rule && worded
}
