package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type tableReport struct {
	Rows      int
	Made      map[string]int
	Existing  int
	Unchanged int
	Unread    []string `json:"columns_not_read"`
	Faults    []struct{ Column, Message, Remedy string }
	Lines     []struct {
		Row, Commitment int
		Outcome         string
		Fields          []string
	}
}

// TestCommitmentsOutAndIn: the table goes out, comes back untouched, then edited, then late.
func TestCommitmentsOutAndIn(t *testing.T) {
	dir := newRecord(t, "gdc")
	must(t, "import", "commitments", write(t, "c.csv", promiseCSV), "--data", dir, "--keep")
	party, name := leadOf(t, dir), filepath.Join(t.TempDir(), "out.csv")
	kept("export", "commitments", "--data", dir, "--party", party, "--csv", name).want(t, 0, "commitments 1")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	table := string(b)
	if out := kept("export", "commitments", "--data", dir, "--party", party); out.code != 0 || out.out != table {
		t.Errorf("to standard output: %d %s", out.code, out.err)
	}
	run := func(text string, more ...string) (tableReport, int) {
		t.Helper()
		r := kept(append([]string{"import", "commitments", write(t, "in.csv", text), "--data", dir, "--json"}, more...)...)
		return decode[tableReport](t, r.out), r.code
	}
	before := size(t, dir)
	if r, code := run(table, "--keep"); code != 0 || r.Unchanged != 1 || len(r.Made)+len(r.Unread)+r.Existing > 0 || r.Lines[0].Outcome != "unchanged" || size(t, dir) != before {
		t.Errorf("untouched: %d %+v", code, r)
	}
	edited := strings.Replace(strings.Replace(table, ",100,", ",80,", 1), ",,Schools,", ",Flood.,Schools,", 1)
	if r, code := run(edited); code != 0 || r.Made["amendments"] != 1 || r.Lines[0].Outcome != "amended" || strings.Join(r.Lines[0].Fields, " ") != "indicators.0.target" || size(t, dir) != before {
		t.Fatalf("dry run: %d %+v", code, r)
	}
	kept("import", "commitments", write(t, "in.csv", edited), "--data", dir).want(t, 0, "row 2: amended", "(indicators.0.target)", "amendments 1, commitments 0")
	if r, code := run(edited, "--keep"); code != 0 || r.Made["amendments"] != 1 || size(t, dir) != before+1 {
		t.Fatalf("kept: %d %+v", code, r)
	}
	if r, code := run(edited, "--keep"); code != 0 || r.Existing != 1 || len(r.Made) > 0 || size(t, dir) != before+1 {
		t.Errorf("the same file again: %d %+v", code, r)
	}
	late := strings.Replace(edited, ",80,", ",70,", 1)
	if r, code := run(late, "--keep", "--lang", "fr"); code != 3 || len(r.Faults) != 1 || r.Lines[0].Outcome != "conflict" || !strings.Contains(r.Faults[0].Message, "« 80 »") || !strings.Contains(r.Faults[0].Message, "« 70 »") || r.Faults[0].Remedy == "" || size(t, dir) != before+1 {
		t.Errorf("late: %d %+v", code, r)
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
	for _, args := range [][]string{{"export", "commitments", "--data", dir}, {"export", "commitments", "--data", dir, "--party", "x"}} {
		if r := kept(args...); r.code != 2 {
			t.Errorf("%v: code %d, want 2", args, r.code)
		}
	}
}
