package commitment_test

import (
	"context"
	"errors"
	"testing"

	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// Entries that were accepted once are applied for ever, to the same state.
func TestHistory(t *testing.T) {
	history := compacttest.History(t, 1)
	if lacking := compacttest.Lacking(commitment.Subject(), history); len(lacking) > 0 {
		t.Errorf("no entry in testdata/history of %v", lacking)
	}
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		err := w.keeper.DB().Write(context.Background(), func(tx *db.Tx) error { return compacttest.Apply(tx, commitment.Subject(), history) })
		if err != nil {
			t.Fatal(err)
		}
		p := w.list(commitment.Filter{Today: "2026-04-01", Sort: commitment.Ending})
		if p.Total != 4 {
			t.Fatalf("%d commitments, want 4", p.Total)
		}
		made, claimed := p.List[0], p.List[1]
		if made.Reporting != "current" || made.Due != "2027-03-20" || made.SelfStatus != "in_progress" || made.Pace != "too_slow" || !made.Verifiable || made.Review != "limited" {
			t.Errorf("made: %+v", made)
		}
		if claimed.Party != w.kite || claimed.Reporting != "overdue" || claimed.Pace != "no_data" || claimed.Review != "none_yet" {
			t.Errorf("claimed: %+v", claimed)
		}
		concluded, withdrawn := p.List[2], p.List[3]
		if concluded.Lifecycle != "concluded" || concluded.Reports != 1 || concluded.Excused != "2026-12-31" || concluded.End != "2032-06-30" || concluded.Due != "" || concluded.Pace != "no_data" || concluded.Reporting != "current" {
			t.Errorf("amended, excused, concluded: %+v", concluded)
		}
		if withdrawn.Lifecycle != "withdrawn" || withdrawn.Reporting != "not_due" {
			t.Errorf("withdrawn: %+v", withdrawn)
		}
		w.read(func(tx *db.Tx) error {
			page, err := commitment.ListHelp(tx, commitment.HelpFilter{Today: "2026-04-01"})
			if len(page.List) != 2 || page.List[0].State("2026-04-01") != "open" || page.List[1].State("2026-04-01") != "closed" || page.List[0].Answers != page.List[1].ID {
				t.Errorf("support: %+v", page.List)
			}
			own, err2 := commitment.TotalsOf(tx, commitment.Scope{Party: w.kite})
			// Its own twelve million; not confirmed 40 per cent of another twelve and, asked again since, 30 per cent of a third.
			if len(own.Money) != 1 || own.Money[0].Amount != "12000000" || own.Named[0].Amount != "8400000" {
				t.Errorf("money of a partner: %+v", own)
			}
			return errors.Join(err, err2)
		})
		if n := w.list(commitment.Filter{Today: "2026-04-01", Which: commitment.Elsewhere}).Total; n != 0 {
			t.Errorf("%d stated elsewhere, want 0: it was claimed", n)
		}
	})
}
