package report_test

import (
	"context"
	"testing"

	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/report"
)

// firstIndex is the index that the first line of the history had.
const firstIndex = 4

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newLife(t, store())
		history := compacttest.History(t, firstIndex)
		if lacking := compacttest.Lacking(report.Subject(), history); len(lacking) > 0 {
			t.Errorf("no entry in testdata/history of %v", lacking)
		}
		err := w.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, report.Subject(), history) })
		if err != nil {
			t.Fatal(err)
		}
		w.Read(func(tx *db.Tx) error {
			list, err := report.List(tx, "yearly")
			if len(list) != 1 || list[0].ID != firstIndex || list[0].Release != firstIndex+4 || list[0].ReleasedOn != "2026-04-02" || list[0].Until != "2026-04-01" || list[0].Date != "2025-12-31" {
				t.Errorf("reports: got %+v", list)
			}
			if err != nil {
				return err
			}
			given, err := report.Contributions(tx, firstIndex)
			if len(given) != 2 || given[0].WithdrawnOn != "2026-03-04" || given[0].Withdrawn != firstIndex+2 || given[1].Chapter != "parties" || given[1].Withdrawn != 0 {
				t.Errorf("contributions: got %+v", given)
			}
			if err != nil {
				return err
			}
			errata, err := report.Errata(tx, 0)
			if len(errata) != 2 || errata[0].Figure != "parties.total" || errata[0].New != "3" || errata[1].Chapter != "scope" {
				t.Errorf("errata: got %+v", errata)
			}
			if err != nil {
				return err
			}
			notes, err := report.Notes(tx, firstIndex)
			if len(notes) != 2 || notes[0].ID != firstIndex+7 || notes[0].ReplacedBy != firstIndex+8 || len(notes[0].Figures) != 2 || notes[1].Replaces != firstIndex+7 || notes[1].ReplacedBy != 0 {
				t.Errorf("notes: got %+v", notes)
			}
			return err
		})
	})
}

// Each entry alone, on a state that knows nothing of what it refers to: Apply is
// total, so that no entry can stop a replay.
func TestApplyIsTotal(t *testing.T) {
	for _, e := range compacttest.History(t, firstIndex) {
		store := dbtest.SQLite(t)
		w := newLife(t, store)
		if err := store.Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, report.Subject(), []keeper.Entry{e}) }); err != nil {
			t.Error(err)
		}
		w.Keeper.Close()
	}
}
