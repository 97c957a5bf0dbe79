package cli_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kept/internal/cli"
)

func itoa(n int) string { return strconv.Itoa(n) }

type importReport struct {
	DryRun   bool `json:"dry_run"`
	Rows     int
	Made     map[string]int
	Existing int
	Unread   []string `json:"columns_not_read"`
	Faults   []struct {
		Row                     int
		Column, Message, Remedy string
	}
}

const (
	partiesCSV = "Name,Kind,Country,Remark\nKite Telecom,civil-society,KEN,x\nHarbour School,academia,FRA,y\n"
	endorseCSV = "Organisation,Kind,Country\nKite Telecom,civil-society,KEN\nThird School,academia,FRA\n"
	pledgesCSV = "Organisation,Kind,Title,Pledge,Item\nKite Telecom,civil-society,Ten ships,Ten ships send data by 2027.,P11b\nFourth School,academia,Courses,\"Courses, free of charge.\",P13a\n"
	promiseCSV = "lead;title;promise;items;type;problem;will_do;newness;areas;indicator;unit;direction;measure;baseline;baseline date;target;target date;measured by;frequency;responsible_unit;start;end;condition_kind\n" +
		"Kenya;Schools;We connect 100 schools.;P11b;infrastructure;Offline.;Lay fibre.;new;KEN;Schools with fibre;schools;up;stock;0;2025;100;2040;Register;yearly;Networks;2025-04-01;2040-12-31;unconditional\n"
)

// source is who states a list.
var source = []string{"--source", "A register", "--source-url", "https://register.example/list", "--on", "2025-03-01"}

// Each list: the dry run writes nothing, --keep writes, and the same file again makes nothing.
func TestImport(t *testing.T) {
	dir := newRecord(t, "gdc")
	for _, c := range []struct {
		what, file string
		flags      []string
		made       map[string]int
		entries    int64
	}{
		{"parties", partiesCSV, nil, map[string]int{"party.registered": 2}, 2},
		{"endorsements", endorseCSV, source, map[string]int{"endorsement.stated": 2, "party.stated": 1}, 3},
		{"pledges", pledgesCSV, source, map[string]int{"commitments": 2, "parties": 1}, 3},
		{"commitments", promiseCSV, nil, map[string]int{"commitments": 1, "parties": 0}, 1},
	} {
		t.Run(c.what, func(t *testing.T) {
			file := write(t, c.what+".csv", c.file)
			run := func(more ...string) ran {
				return kept(append(append([]string{"import", c.what, file, "--data", dir, "--json"}, c.flags...), more...)...)
			}
			before := size(t, dir)
			dry := run()
			if r := decode[importReport](t, dry.out); dry.code != 0 || !r.DryRun || !sameCounts(r.Made, c.made) || len(r.Faults) > 0 {
				t.Fatalf("dry run: %d %s %s", dry.code, dry.out, dry.err)
			}
			if after := size(t, dir); after != before {
				t.Fatalf("the dry run wrote %d entries", after-before)
			}
			done := run("--keep")
			if r := decode[importReport](t, done.out); done.code != 0 || r.DryRun || !sameCounts(r.Made, c.made) {
				t.Fatalf("import: %d %s %s", done.code, done.out, done.err)
			}
			if after := size(t, dir); after != before+c.entries {
				t.Errorf("%d entries, want %d", after-before, c.entries)
			}
			again := run("--keep")
			r := decode[importReport](t, again.out)
			if again.code != 0 || r.Existing != r.Rows || len(r.Made) > 0 {
				t.Errorf("again: %d %s %s", again.code, again.out, again.err)
			}
			if after := size(t, dir); after != before+c.entries {
				t.Errorf("the same file again wrote %d entries", after-before-c.entries)
			}
		})
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
	kept("import", "parties", write(t, "a.csv", partiesCSV), "--data", dir).want(t, 0, "nothing is taken from: Remark", "2 are there already")
}

func sameCounts(got, want map[string]int) bool {
	for k, n := range want {
		if got[k] != n {
			return false
		}
	}
	return len(got) == len(want)
}

// A file that is not right is answered with row, column and remedy, and nothing of it is kept.
func TestImportOfBadFiles(t *testing.T) {
	dir := newRecord(t, "gdc")
	before := size(t, dir)
	head := "name,kind,area,web\n"
	good := "Kite,civil-society,KEN,\n"
	for _, c := range []struct {
		name, file string
		row        int
		column     string
	}{
		{"empty", "", 0, ""},
		{"a header alone", head, 0, ""},
		{"a wrong header", "colour,shape\nred,round\n", 0, ""},
		{"an unknown kind", head + good + "Gull,robot,KEN,\n", 3, "kind"},
		{"an unknown area", head + "Gull,civil-society,XYZ,\n", 2, "area"},
		{"no name", head + ",civil-society,KEN,\n", 2, "name"},
		{"a row twice", head + good + good, 3, "name"},
		{"a formula", head + "\"=HYPERLINK(\"\"x\"\")\",civil-society,KEN,\n", 2, "name"},
		{"script for an address", head + "Gull,civil-society,KEN,javascript:alert(1)\n", 2, "web"},
		{"a row too short", head + "Gull,civil-society\n", 2, ""},
		{"a row too long", head + "Gull,civil-society,KEN,,,,x\n", 2, ""},
		{"a quote that stays open", head + good + "\"Gull,civil-society,KEN,\n", 3, "A"},
		{"a quote inside", head + "\"Gu\"ll,civil-society,KEN,\n", 2, "A"},
		{"half a character", head + "Gu\xc3,civil-society,KEN,\n", 2, "A"},
		{"Latin-1", head + "Soci\xe9t\xe9,civil-society,FRA,\n", 2, "A"},
		{"a cell of 10 MB", head + strings.Repeat("a", 10<<20) + ",civil-society,KEN,\n", 2, "A"},
		{"a quoted cell of 10 MB", head + "\"" + strings.Repeat("a", 10<<20) + "\",civil-society,KEN,\n", 2, "A"},
		{"UTF-16", "\xff\xfen\x00a\x00m\x00e\x00", 0, ""},
		{"UTF-16 without a mark", strings.Join(strings.Split(head+good, ""), "\x00") + "\x00", 0, ""},
		{"a workbook", "PK\x03\x04\x14\x00", 0, ""},
		{"a program", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 64), 0, ""},
		{"a page", "<!DOCTYPE html><title>x</title>", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, "bad.csv", c.file)
			r := kept("import", "parties", file, "--data", dir, "--json", "--keep")
			report := decode[importReport](t, r.out)
			found := false
			for _, f := range report.Faults {
				found = found || f.Row == c.row && f.Column == c.column && f.Message != "" && !strings.ContainsAny(f.Message+f.Remedy, "⟦{")
			}
			if r.code != 3 || !found {
				t.Errorf("exit code %d, want row %d, column %q:\n%s%s", r.code, c.row, c.column, short(r.out), r.err)
			}
			if plain := kept("import", "parties", file, "--data", dir); plain.code != 3 || strings.Contains(plain.out, "row 0") || !strings.Contains(plain.out, "nothing was kept") {
				t.Errorf("as text: %d %s", plain.code, short(plain.out))
			}
		})
	}
	if after := size(t, dir); after != before {
		t.Errorf("bad files wrote %d entries", after-before)
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
}

// What a name may hold is cleaned: zero bytes and signs that turn the direction of
// writing are gone before anything is kept.
func TestImportCleansNames(t *testing.T) {
	dir := newRecord(t, "gdc")
	file := write(t, "hostile.csv", "name,kind,area\n\u202eevil\u2066 Kite\u0000\ufeff,civil-society,KEN\n<script>alert(1)</script>,civil-society,KEN\n")
	must(t, "import", "parties", file, "--data", dir, "--keep")
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, "verify", dir, "--save", copied)
	err := filepath.WalkDir(filepath.Join(copied, "words"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, sign := range []string{"\u202e", "\u2066", "\x00", "\\u0000"} {
			if bytes.Contains(b, []byte(sign)) {
				t.Errorf("%s holds %q: %s", path, sign, b)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A file of one endless line is refused without being read into memory. The file
// is sparse: it holds zeros after its header.
func TestImportOfAnEndlessLine(t *testing.T) {
	dir := newRecord(t, "harbour")
	path := write(t, "endless.csv", "name,kind,area\nKite")
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"parties", "pledges"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var out, errOut bytes.Buffer
		code := cli.Run(context.Background(), []string{"import", what, path, "--data", dir}, nil, &out, &errOut)
		runtime.ReadMemStats(&after)
		if code != 3 || !strings.Contains(out.String(), "nothing was kept") {
			t.Errorf("%s: %d %s %s", what, code, short(out.String()), errOut.String())
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d MB were taken for a line of 1 GB", what, used>>20)
		}
	}
	for _, args := range [][]string{
		{"text", "load", "--text", "harbour-2025", path},
		{"ingest", "csv", path, "--indicator", "waste-treated", "--licence", "x", "--area", "name", "--period", "kind", "--value", "area"},
	} {
		r := kept(append(args, "--data", dir)...)
		r.want(t, 1, "larger than")
	}
}

// TestImportWorkbook takes a workbook like a CSV file, and says that it took what formulas came to.
func TestImportWorkbook(t *testing.T) {
	dir := newRecord(t, "gdc")
	f := excelize.NewFile()
	defer f.Close()
	for cell, text := range map[string]string{"A1": "Name", "B1": "Kind", "C1": "Country", "A2": "Kite Telecom", "B2": "civil-society"} {
		if err := f.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "C2", `UPPER("ken")`); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(t.TempDir(), "parties.xlsx")
	if err := f.SaveAs(bare); err != nil {
		t.Fatal(err)
	}
	if r := kept("import", "parties", bare, "--data", dir); r.code == 0 || !strings.Contains(r.out, "a formula whose result is not in the file") {
		t.Errorf("a formula without its result: %d %s %s", r.code, r.out, r.err)
	}
	cached := filepath.Join(t.TempDir(), "parties.xlsx")
	reckoned(t, bare, cached, "KEN")
	kept("import", "parties", cached, "--data", dir).want(t, 0, "would make party.registered 1", "cells with formulas: 1")
}

// reckoned copies a workbook and puts the result beside its one formula, as a
// spreadsheet program does when it saves.
func reckoned(t *testing.T, from, to, value string) {
	t.Helper()
	in, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(b), "</f>", "</f><v>"+value+"</v>", 1)
		if f.Name == "xl/worksheets/sheet1.xml" {
			text = strings.Replace(text, `<c r="C2"`, `<c r="C2" t="str"`, 1)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
