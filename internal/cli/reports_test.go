package cli_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kept/internal/db"
)

type reportsReport struct {
	DryRun    bool `json:"dry_run"`
	Sheet     string
	Rows      int
	Reports   int
	Unchanged int
	Again     int `json:"kept_before"`
	Conflicts []string
	Unsure    []string
	Entries   []int64
	Faults    []struct {
		Row                     int
		Column, Message, Remedy string
	}
}

// TestReportsBySheet: the sheet goes out as a workbook, comes back filled in, is
// looked at, kept once, and is known again.
func TestReportsBySheet(t *testing.T) {
	dir := newRecord(t, "gdc")
	must(t, "import", "commitments", write(t, "c.csv", promiseCSV), "--data", dir, "--keep")
	party := leadOf(t, dir)
	sheet, comma := filepath.Join(t.TempDir(), "kenya.xlsx"), filepath.Join(t.TempDir(), "kenya.csv")
	kept("export", "reports", "--data", dir, "--party", party, "--xlsx", sheet, "--csv", comma, "--lang", "fr").want(t, 0, "commitments 1")
	fill(t, sheet, map[string]any{"Q3": 12, "T3": "en cours d’exécution", "V3": "Douze écoles raccordées."})

	run := func(more ...string) ran {
		return kept(append([]string{"import", "reports", sheet, "--data", dir, "--party", party, "--lang", "fr", "--json"}, more...)...)
	}
	before := size(t, dir)
	if r := run(); r.code != 0 || decode[reportsReport](t, r.out).Reports != 1 || size(t, dir) != before {
		t.Fatalf("dry run: %d %s %s", r.code, r.out, r.err)
	}
	done := run("--keep")
	if r := decode[reportsReport](t, done.out); done.code != 0 || len(r.Entries) != 1 || r.Sheet != "Rapports" || size(t, dir) != before+1 {
		t.Fatalf("kept: %d %s %s", done.code, done.out, done.err)
	}
	if again := run("--keep"); again.code != 0 || decode[reportsReport](t, again.out).Again != 1 || size(t, dir) != before+1 {
		t.Errorf("again: %d %s %s", again.code, again.out, again.err)
	}
	fill(t, sheet, map[string]any{"Q3": 14, "R3": "04/03/2026"})
	if r := run(); r.code == 0 || len(decode[reportsReport](t, r.out).Unsure) != 1 {
		t.Errorf("a date of two readings: %d %s", r.code, r.out)
	}
	if r := run("--dates", "dmy"); r.code == 0 || len(decode[reportsReport](t, r.out).Conflicts) != 1 {
		t.Errorf("a report that came since: %d %s", r.code, r.out)
	}
	fill(t, sheet, map[string]any{"Q3": "many", "R3": ""})
	r := kept("import", "reports", sheet, "--data", dir, "--party", party)
	if r.code == 0 || !strings.Contains(r.out, `row 3, Q3 ("many"): “many” is not a number.`) || !strings.Contains(r.out, "nothing was kept") {
		t.Errorf("a fault: %d %s", r.code, r.out)
	}
	for _, args := range [][]string{{"import", "reports", sheet, "--data", dir}, {"import", "reports", sheet, "--data", dir, "--party", party, "--dates", "ymd"}, {"export", "reports", "--data", dir, "--party", party}} {
		if r := kept(args...); r.code != 2 {
			t.Errorf("%v: code %d, want 2", args, r.code)
		}
	}
}

// leadOf is the number of the party that leads the first commitment of a record.
func leadOf(t *testing.T, dir string) (party string) {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var lead int64
	err = store.Read(t.Context(), func(tx *db.Tx) error { return tx.Row("SELECT party FROM commitment ORDER BY id LIMIT 1").Scan(&lead) })
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(lead, 10)
}

// fill types values into cells of the first sheet of a workbook.
func fill(t *testing.T, name string, cells map[string]any) {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, v := range cells {
		if err := f.SetCellValue(f.GetSheetName(0), cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
}
