package keeper

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// Going is one part that an erasure is about.
type Going struct {
	Part   string
	Holder int64 // the entry whose words file has it
	Bytes  int
	Gone   bool // it was erased before: only what was left of it is cleared away
	text   string
}

// Erasing is an erasure that was planned and not yet done.
type Erasing struct {
	Entry  int64
	Reason string
	Parts  []Going
	Cut    []Place // private rows that hold the texts, which will be cut out
	Left   []Place // private rows that hold them and stay: people's own
	Others []Going // parts of other entries that hold the same text; each is an erasure of its own
}

// PlanErasure looks what the erasure of parts of an entry would take: its own and
// those that were added to it; all of them where none is named.
func (k *Keeper) PlanErasure(ctx context.Context, index int64, parts []string, reason string) (*Erasing, error) {
	if err := k.ReadOnly(); err != nil {
		return nil, err
	}
	plan := &Erasing{Entry: index, Reason: reason}
	err := k.o.DB.Read(ctx, func(tx *db.Tx) error {
		e, err := readTarget(tx, index)
		if err != nil {
			return err
		}
		fates, err := Fates(tx, e)
		if err != nil {
			return err
		}
		if err := plan.choose(tx, fates, parts); err != nil {
			return err
		}
		return plan.elsewhere(tx)
	})
	if err != nil {
		return nil, err
	}
	if acts := plan.acts(); len(acts) > 0 {
		if err := k.Check(ctx, acts...); err != nil {
			return nil, err
		}
	}
	// What would be cut is found by cutting it, and undoing that.
	err = k.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if plan.Cut, plan.Left, err = Forget(tx, plan.Texts(), k.o.Spared); err == nil {
			err = errRollback
		}
		return err
	})
	if !errors.Is(err, errRollback) {
		return nil, err
	}
	return plan, nil
}

func (p *Erasing) choose(tx *db.Tx, fates []Fate, parts []string) error {
	for _, part := range parts {
		if !slices.ContainsFunc(fates, func(f Fate) bool { return f.Part == part }) {
			return Refuse(ErrNotFound, locale.E("err.words.unknown", "part", part, "id", fmt.Sprint(p.Entry)))
		}
	}
	for _, f := range fates {
		if len(parts) > 0 && !slices.Contains(parts, f.Part) {
			continue
		}
		g := Going{Part: f.Part, Holder: f.Holder, Gone: f.State == Erased}
		if !g.Gone {
			err := tx.Row("SELECT body FROM record_word WHERE idx = ? AND part = ?", g.Holder, g.Part).Scan(&g.text)
			if errors.Is(err, db.ErrNoRows) { // sealed, or lost: the act is due all the same
				err = nil
			}
			if err != nil {
				return err
			}
			g.Bytes = len(g.text)
		}
		p.Parts = append(p.Parts, g)
	}
	if len(p.Parts) == 0 {
		return Refuse(ErrNotFound, locale.E("err.words.nothing_to_erase", "id", fmt.Sprint(p.Entry)))
	}
	return nil
}

// elsewhere looks for the same texts in parts of other entries.
func (p *Erasing) elsewhere(tx *db.Tx) error {
	for _, text := range p.Texts() {
		rows, err := tx.Query("SELECT idx, part, body FROM record_word WHERE body = ? ORDER BY idx, part", text)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			g := Going{text: text}
			if err := rows.Scan(&g.Holder, &g.Part, &g.text); err != nil {
				return err
			}
			g.Bytes = len(g.text)
			if !slices.ContainsFunc(p.Parts, func(o Going) bool { return o.Holder == g.Holder && o.Part == g.Part }) {
				p.Others = append(p.Others, g)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Texts are what goes, each text once: for who has copies outside the store.
func (p *Erasing) Texts() (texts []string) {
	for _, g := range p.Parts {
		if g.text != "" && !slices.Contains(texts, g.text) {
			texts = append(texts, g.text)
		}
	}
	return texts
}

// acts are one words.erased for each entry that holds parts.
func (p *Erasing) acts() (acts []Act) {
	byHolder := make(map[int64][]string)
	var order []int64
	for _, g := range p.Parts {
		if g.Gone {
			continue
		}
		if byHolder[g.Holder] == nil {
			order = append(order, g.Holder)
		}
		byHolder[g.Holder] = append(byHolder[g.Holder], g.Part)
	}
	for _, holder := range order {
		slices.Sort(byHolder[holder])
		for parts := range slices.Chunk(byHolder[holder], maxTouched) {
			acts = append(acts, Act{Kind: record.KindWordsErased, By: "secretariat", Facts: WordsErased{holder, parts, p.Reason}})
		}
	}
	return acts
}

// Erase does what was planned, and ends when the texts are in no file of the
// store any more. To stop it at any step and to plan it again is safe:
//
//	after private rows were cut      the texts still stand in the record; the plan finds them again
//	after the acts were kept         the texts are in no row; the next start, or the plan, scrubs the files
//	before the ledger has them       likewise: the ledger is written last
func (k *Keeper) Erase(ctx context.Context, p *Erasing) ([]Result, []db.Remains, error) {
	err := k.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		p.Cut, p.Left, err = Forget(tx, p.Texts(), k.o.Spared)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var results []Result
	if acts := p.acts(); len(acts) > 0 {
		if results, err = k.Submit(ctx, "", acts...); err != nil {
			return nil, nil, err
		}
	}
	if err := k.o.Step("after-erase"); err != nil {
		return nil, nil, err
	}
	remains, err := k.FinishErasures(ctx)
	return results, remains, err
}

// FinishErasures scrubs the store's files of what was deleted and writes every
// erasure of the record into the ledger. It returns what remains outside.
func (k *Keeper) FinishErasures(ctx context.Context) ([]db.Remains, error) {
	var tables []string
	var erased []Erasure
	err := k.o.DB.Read(ctx, func(tx *db.Tx) error {
		columns, err := privateColumns(tx)
		if err != nil {
			return err
		}
		tables = append([]string{"record_word", "record_submission"}, k.derived...)
		for _, c := range columns {
			if !slices.Contains(tables, c.Table) {
				tables = append(tables, c.Table)
			}
		}
		erased, err = erasures(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if k.o.Pasts != "" {
		if err := ClearPasts(k.o.Pasts, true); err != nil {
			return nil, err
		}
	}
	remains, err := k.o.DB.Scrub(ctx, tables...)
	if err == nil && k.o.Ledger != nil && len(erased) > 0 {
		err = k.o.Ledger.Add(ctx, erased...)
	}
	return remains, err
}

// erasures are those of the record.
func erasures(tx *db.Tx) ([]Erasure, error) {
	rows, err := tx.Query("SELECT target, part FROM word_erased ORDER BY target, part")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Erasure
	for rows.Next() {
		var e Erasure
		if err := rows.Scan(&e.Entry, &e.Part); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// obeyLedger makes a store that was set back to an older copy forget what was
// erased since, before anything of it is served; and brings an erasure to its end
// that stopped before the ledger had it.
func (k *Keeper) obeyLedger(ctx context.Context) error {
	if k.o.Ledger == nil {
		return nil
	}
	listed, err := k.o.Ledger.Load(ctx)
	if err != nil {
		return fmt.Errorf("read the ledger of erasures: %w", err)
	}
	unfinished := false
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		erased, err := erasures(tx)
		for _, e := range erased {
			unfinished = unfinished || !slices.Contains(listed, e)
		}
		return err
	})
	if err != nil {
		return err
	}
	obeyed := 0
	err = k.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if lock := tx.Dialect().Lock(); lock != "" {
			if err := tx.Queue("SELECT id FROM record_head WHERE id = 1" + lock); err != nil {
				return err
			}
		}
		obeyed, err = k.obey(tx, listed)
		return err
	})
	if err != nil || obeyed == 0 && !unfinished {
		return err
	}
	if obeyed > 0 {
		k.o.Log.Warn("texts that were erased before this copy of the store was put back are erased again", "parts", obeyed)
	}
	_, err = k.FinishErasures(ctx)
	return err
}

// obey deletes the parts of a ledger that the store still holds.
func (k *Keeper) obey(tx *db.Tx, listed []Erasure) (int, error) {
	var texts []string
	var entries []int64
	parts := 0
	for _, e := range listed {
		var text string
		err := tx.Row("SELECT body FROM record_word WHERE idx = ? AND part = ?", e.Entry, e.Part).Scan(&text)
		if errors.Is(err, db.ErrNoRows) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if err := erasePart(tx, e.Entry, e.Part); err != nil {
			return 0, err
		}
		texts, parts = append(texts, text), parts+1
		if !slices.Contains(entries, e.Entry) {
			entries = append(entries, e.Entry)
		}
	}
	if parts == 0 {
		return 0, nil
	}
	var size int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return 0, err
	}
	for _, index := range entries {
		if err := k.rederiveEntry(tx, reader{tx}, index, size); err != nil {
			return 0, err
		}
	}
	if _, _, err := Forget(tx, texts, k.o.Spared); err != nil {
		return 0, err
	}
	if k.o.Outside != nil {
		return parts, k.o.Outside(texts)
	}
	return parts, nil
}
