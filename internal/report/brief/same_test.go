package brief_test

import (
	"strconv"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/report"
)

// TestSameAsReport: a brief and the report of a period say the same of an item on one day.
func TestSameAsReport(t *testing.T) {
	s, _ := harbour(t, dbtest.SQLite(t))
	b, err := read(s, "H.1", "2026-03-04")
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := s.Pack.Report("yearly")
	var f *report.Figures
	s.Read(func(tx *db.Tx) (err error) {
		f, err = report.Compute(tx, s.Pack, report.Outline{Kind: kind, From: "2026-01-01", To: "2026-03-04"}, s.Keeper.Size(), "2026-03-04")
		return err
	})
	row, ok := f.Item("H.1")
	if !ok || int64(len(row.Commitments)+len(row.Intents)) != b.Counts.Registered || int64(len(row.Intents)) != b.Counts.Intents || int64(len(row.Withdrawn)) != b.Counts.Withdrawn || len(row.Endorsers) != b.Supporting {
		t.Errorf("the annex has %+v, the brief %+v and %d supporters", row, b.Counts, b.Supporting)
	}
	for id, want := range map[string]int64{"item.H.1.commitments": b.Counts.Registered - b.Counts.Intents, "item.H.1.parties": b.Counts.Parties} {
		if figure, there := f.Figure(id); !there || figure.Value != strconv.FormatInt(want, 10) {
			t.Errorf("%s is %s in the report, and %d in the brief", id, figure.Value, want)
		}
	}
}
