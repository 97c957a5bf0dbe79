package commitment_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// sheetOf is a party's sheet as CSV, as a table that a test fills in.
func (w *world) sheetOf(party int64) [][]string {
	w.Helper()
	var b bytes.Buffer
	w.read(func(tx *db.Tx) error {
		return reportsheet.WriteCSV(&b, locale.English, w.now.Format("2006-01-02"), func(give func(reportsheet.Known) error) error {
			return commitment.EachKnown(tx, party, give)
		})
	})
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil {
		w.Fatal(err)
	}
	return table
}

// fillIn puts texts into the row of a commitment: its nth, counted from 0.
func fillIn(table [][]string, of int64, n int, cells map[string]string) {
	for _, row := range table[2:] {
		if row[0] != id(of) {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		for column, text := range cells {
			row[slices.Index(table[1], column)] = text
		}
		return
	}
	panic("no such row")
}

// plan plans a table as the file of a party.
func (w *world) plan(party int64, table [][]string, edit ...func(*commitment.SheetFile)) (s commitment.SheetFile, plan *reportsheet.Plan, acts []keeper.Act) {
	w.Helper()
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(table)
	filled, err := reportsheet.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		w.Fatal(err)
	}
	s = commitment.SheetFile{Party: party, By: id(party), Lang: locale.English, Digest: record.DigestOf(b.Bytes()), Filled: filled}
	for _, e := range edit {
		e(&s)
	}
	w.read(func(tx *db.Tx) error {
		plan, acts, err = commitment.PlanReports(tx, w.now, s)
		return err
	})
	return s, plan, acts
}

func TestReportSheet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.now = day("2025-03-21")
		schools := w.must(w.schools())
		bare := w.must(change(w.schools(), func(f *commitment.Made, words map[string]string) {
			f.Indicators, f.Milestones = nil, nil
			for name := range words {
				if strings.HasPrefix(name, "indicators.") || strings.HasPrefix(name, "milestones.") {
					delete(words, name)
				}
			}
			words["title.en"] = "A statement of intent"
		}))
		w.now = day("2026-03-31")
		table := w.sheetOf(w.ministry)
		if len(table) != 5 || table[2][0] != id(schools) || table[4][0] != id(bare) {
			t.Fatalf("the sheet: %q", table)
		}
		fillIn(table, schools, 0, map[string]string{"value": "150", "value_on": "31/03/2026", "status": "in progress", "narrative": "Cables reached the coast.\u202e",
			"evidence": "https://regulator.harbour.example/register", "barriers": "funding"})
		fillIn(table, schools, 1, map[string]string{"milestone_state": "done"})
		fillIn(table, bare, 0, map[string]string{"status": "not started"})
		s, plan, acts := w.plan(w.ministry, table)
		if !plan.Ready() || len(acts) != 2 || plan.Rows != 3 {
			t.Fatalf("plan: %+v", plan)
		}
		before := w.keeper.Size()
		for range 2 { // sent twice, it is one set of reports
			r, err := w.keeper.Submit(context.Background(), s.Key(), acts...)
			if err != nil || len(r) != 2 || w.keeper.Size() != before+2 {
				t.Fatalf("kept: %v, %d entries", err, w.keeper.Size()-before)
			}
		}
		w.read(func(tx *db.Tx) error {
			first, n, ok, err := keeper.Sent(tx, s.Key())
			if !ok || first != before || n != 2 {
				t.Errorf("what the file made: %d, %d, %t", first, n, ok)
			}
			return err
		})
		v := w.get(schools, "2026-04-02")
		if v.Indicators[0].Value != "150" || v.Indicators[0].ValueOn != "2026-03-31" || v.Self.Status != "in_progress" || v.Milestones[0].State != "done" || v.Reports[0].Strength != "E2" {
			t.Errorf("what was kept: %+v, %+v", v.Indicators[0], v.Milestones)
		}
		w.read(func(tx *db.Tx) error {
			f, words, err := commitment.GetReport(tx, v.Reports[0].ID)
			if words["narrative.en"] != "Cables reached the coast." || f.From != "2025-03-21" || f.To != "2026-03-31" || !slices.Equal(f.Barriers, []string{"funding"}) {
				t.Errorf("the report: %+v, %q", f, words)
			}
			return err
		})
		w.replays()
	})
}

// A report that came since the sheet was made is a conflict; either side can be chosen.
func TestReportSheetConflict(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.now = day("2025-03-21")
	of := w.must(w.schools())
	w.now = day("2025-12-31")
	table := w.sheetOf(w.ministry)
	fillIn(table, of, 0, map[string]string{"value": "150", "status": "in progress"})
	w.must(w.progress(of, "2025-03-21", "2025-12-30", "120"))
	if _, plan, acts := w.plan(w.ministry, table); plan.Count(reportsheet.Conflict) != 1 || len(acts) > 0 || plan.Lines[0].Known.Indicators[0].Value != "120" {
		t.Fatalf("undecided: %+v", plan)
	}
	if _, plan, acts := w.plan(w.ministry, table, func(s *commitment.SheetFile) { s.Choices = map[int64]string{of: reportsheet.Theirs} }); plan.Count(reportsheet.Left) != 1 || len(acts) > 0 {
		t.Errorf("theirs: %+v", plan)
	}
	s, plan, acts := w.plan(w.ministry, table, func(s *commitment.SheetFile) { s.Default = reportsheet.Mine })
	if !plan.Ready() || len(acts) != 1 {
		t.Fatalf("mine: %+v", plan)
	}
	if _, err := w.keeper.Submit(context.Background(), s.Key(), acts...); err != nil {
		t.Fatal(err)
	}
	if v := w.get(of, "2026-01-02"); v.Indicators[0].Value != "150" || len(v.Reports) != 2 || v.Reports[1].From != "2025-12-31" {
		t.Errorf("after: %+v", v.Reports)
	}
	if _, plan, acts := w.plan(w.ministry, table); plan.Count(reportsheet.Same) != 1 || len(acts) > 0 {
		t.Errorf("the same sheet again: %+v", plan)
	}
}

// What the rules of a report refuse is said at its cell; another party's commitment,
// a closed one and an amended one are refused.
func TestReportSheetRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.now = day("2025-03-21")
	of := w.must(w.schools())
	w.now = day("2026-03-31")
	for name, c := range map[string]struct {
		cells map[string]string
		key   string
		ref   string
	}{
		"a value of the future": {map[string]string{"value": "1", "value_on": "2027-01-01", "status": "in progress"}, "err.report.not_over", "R3"},
		"no address":            {map[string]string{"value": "1", "status": "in progress", "evidence": "see_attached"}, "err.commitment.link", "X3"},
		"a long story":          {map[string]string{"value": "1", "status": "in progress", "narrative": strings.Repeat("and then ", 400)}, "err.report.narrative", "V3"},
	} {
		table := w.sheetOf(w.ministry)
		fillIn(table, of, 0, c.cells)
		_, plan, acts := w.plan(w.ministry, table)
		i := slices.IndexFunc(plan.Faults, func(f reportsheet.Fault) bool { return f.Err.Key == c.key && f.Ref == c.ref })
		if i < 0 || len(acts) > 0 {
			t.Errorf("%s: got %+v, want %s at %s", name, plan.Faults, c.key, c.ref)
		}
	}
	table := w.sheetOf(w.ministry)
	fillIn(table, of, 0, map[string]string{"value": "1", "status": "in progress"})
	if _, plan, _ := w.plan(w.kite, table); len(plan.Faults) != 1 || plan.Faults[0].Err.Key != "err.reportsheet.foreign" {
		t.Errorf("another party's: %+v", plan.Faults)
	}
	made := w.schools()
	w.must(keeper.Act{Kind: commitment.KindAmended, By: id(w.ministry), Facts: commitment.Amended{Commitment: of, Version: of, Made: made.Facts.(commitment.Made)},
		Words: map[string]string{"reason.en": "The survey was wider.", "title.en": "1,200 rural schools on open fibre"}})
	if _, plan, _ := w.plan(w.ministry, table); !slices.ContainsFunc(plan.Faults, func(f reportsheet.Fault) bool { return f.Err.Key == "err.reportsheet.version" }) {
		t.Errorf("amended: %+v", plan.Faults)
	}
	if fresh := w.sheetOf(w.ministry); fresh[2][5] != "1,200 rural schools on open fibre" {
		t.Errorf("a new sheet: %q", fresh[2])
	}
	w.must(keeper.Act{Kind: commitment.KindWithdrawn, By: id(w.ministry), Facts: commitment.Ended{Commitment: of}, Words: map[string]string{"reason.en": "No funds."}})
	if _, plan, _ := w.plan(w.ministry, table); len(plan.Faults) == 0 || plan.Faults[0].Err.Key != "err.reportsheet.foreign" {
		t.Errorf("withdrawn: %+v", plan.Faults)
	}
}

// BenchmarkReportSheet writes the sheet of a party with 2,000 commitments out of the
// record, and plans it filled in: what a dry run does.
func BenchmarkReportSheet(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	w.now = day("2025-03-21")
	for n := range 20 {
		var acts []keeper.Act
		for i := range 100 {
			acts = append(acts, change(w.schools(), func(_ *commitment.Made, words map[string]string) {
				words["title.en"] = fmt.Sprintf("Promise %d", 100*n+i)
			}))
		}
		if _, err := w.keeper.Submit(context.Background(), "", acts...); err != nil {
			b.Fatal(err)
		}
	}
	w.now = day("2026-03-31")
	rows := 4000
	b.Run("out", func(b *testing.B) {
		for b.Loop() {
			w.read(func(tx *db.Tx) error {
				return reportsheet.WriteCSV(io.Discard, locale.English, "2026-03-31", func(give func(reportsheet.Known) error) error {
					return commitment.EachKnown(tx, w.ministry, give)
				})
			})
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	table := w.sheetOf(w.ministry)
	for i, row := range table[2:] {
		if i%2 == 0 {
			row[slices.Index(table[1], "value")], row[slices.Index(table[1], "status")] = "150", "in progress"
		} else {
			row[slices.Index(table[1], "milestone_state")] = "done"
		}
	}
	b.Run("dry run", func(b *testing.B) {
		for b.Loop() {
			if _, plan, acts := w.plan(w.ministry, table); len(acts) != 2000 {
				b.Fatal(plan.Faults)
			}
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
