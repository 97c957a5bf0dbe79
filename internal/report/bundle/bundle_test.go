package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/report/bundle"
	"kept/internal/stakeholder"
	"kept/record"
)

// parties are more than a figure names one by one.
const parties = 60

// released is a record with a release of the report of 2025.
func released(t *testing.T, store *db.DB) (*compacttest.Site, report.Report) {
	t.Helper()
	s := compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject())
	if err := observatory.LoadPack(t.Context(), s.Keeper, s.Pack); err != nil {
		t.Fatal(err)
	}
	for n := range parties {
		s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "=Watch " + strconv.Itoa(n)}})
	}
	opened := s.Submit(opening(t, s))
	s.Now, _ = time.Parse(time.RFC3339, "2026-04-02T13:00:00Z")
	f, b := figures(t, s)
	release := s.Submit(keeper.Act{Kind: report.KindReleased, By: report.Secretariat, Blobs: [][]byte{b}, Facts: report.Released{Of: opened, Report: f.Report, From: f.From, To: f.To, Date: f.Date,
		Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Snapshots: f.Snapshots}})
	var r report.Report
	s.Read(func(tx *db.Tx) (err error) { r, err = report.OfRelease(tx, release); return err })
	return s, r
}

func opening(t *testing.T, s *compacttest.Site) keeper.Act {
	f, b := figures(t, s)
	return keeper.Act{Kind: report.KindOpened, By: report.Secretariat, Blobs: [][]byte{b}, Facts: report.Opened{Report: f.Report, From: f.From, To: f.To, Date: f.Date,
		Figures: record.DigestOf(b).String(), Size: f.Size, Root: f.Root, Pack: f.Pack, Until: "2026-04-01"}}
}

func figures(t *testing.T, s *compacttest.Site) (f *report.Figures, b []byte) {
	t.Helper()
	kind, _ := s.Pack.Report("yearly")
	s.Read(func(tx *db.Tx) (err error) {
		f, err = report.Compute(tx, s.Pack, report.Outline{Kind: kind, From: "2025-01-01", To: "2025-12-31"}, s.Keeper.Size(), "2025-12-31")
		return err
	})
	b, err := f.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return f, b
}

func archive(t *testing.T, s *compacttest.Site, r report.Report) []byte {
	t.Helper()
	b, err := bundle.Of(t.Context(), s.Keeper, r)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// files unpacks an archive.
func files(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		if !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s bears the date %s", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(content)
	}
	return out
}

func TestBundle(t *testing.T) {
	var first []byte
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s, r := released(t, open())
		b := archive(t, s, r)
		if !bytes.Equal(b, archive(t, s, r)) {
			t.Error("made twice, the archive differs")
		}
		if first == nil {
			first = b
		}
		in, before := files(t, b), files(t, first)
		if in["figures.csv"] != before["figures.csv"] || in["records.csv"] != before["records.csv"] {
			t.Error("the tables of the other database differ")
		}
		if got := record.DigestOf([]byte(in["figures.json"])); got.String() != r.ReleaseFigures {
			t.Errorf("figures.json has the digest %s, the release names %s", got, r.ReleaseFigures)
		}
		frozen, err := report.Parse([]byte(in["figures.json"]))
		if err != nil {
			t.Fatal(err)
		}
		checkTables(t, in, frozen)
		checkRecords(t, in, frozen)
		for _, name := range []string{"README.ar.md", "README.zh.md", "README.ru.md"} {
			if !strings.Contains(in[name], "kept report check DIR "+strconv.FormatInt(r.Release, 10)) || !strings.Contains(in[name], r.ReleaseFigures) {
				t.Errorf("%s does not say how to check:\n%s", name, in[name])
			}
		}
	})
}

// checkTables: each figure is one row, each table one file, with the values of its figures.
func checkTables(t *testing.T, in map[string]string, frozen *report.Figures) {
	t.Helper()
	n := 1
	for _, c := range frozen.Chapters {
		n += len(c.Figures)
		for _, table := range c.Tables {
			rows := rowsOf(t, in["tables/"+table.ID+".csv"])
			if len(rows) != len(table.Rows)+1 {
				t.Errorf("%s has %d rows, want %d and a head", table.ID, len(rows), len(table.Rows))
				continue
			}
			for at, row := range table.Rows {
				for column, id := range row.Figures {
					if f, _ := frozen.Figure(id); rows[at+1][column+2] != f.Value { // after sample and key
						t.Errorf("%s, row %d: got %q for %s, want %q", table.ID, at, rows[at+1][column+2], id, f.Value)
					}
				}
			}
		}
	}
	if rows := rowsOf(t, in["figures.csv"]); len(rows) != n || rows[0][0] != "sample" || rows[1][0] != "true" {
		t.Errorf("figures.csv has %d rows beginning %v, want %d", len(rows), rows[0], n)
	}
	if rows := rowsOf(t, in["items.csv"]); len(rows) != len(frozen.Items)+1 {
		t.Errorf("items.csv has %d rows, want %d", len(rows), len(frozen.Items)+1)
	}
}

// checkRecords: the list of every figure is whole, and has the digest that the figure names.
func checkRecords(t *testing.T, in map[string]string, frozen *report.Figures) {
	t.Helper()
	lists := map[string][]int64{}
	for _, row := range rowsOf(t, in["records.csv"])[1:] {
		n, _ := strconv.ParseInt(row[2], 10, 64)
		lists[row[1]] = append(lists[row[1]], n)
	}
	long := 0
	for _, c := range frozen.Chapters {
		for _, f := range c.Figures {
			if f.RecordsCount == 0 {
				if len(lists[f.ID]) != len(f.Records) {
					t.Errorf("%s has %d entries in the archive, want %d", f.ID, len(lists[f.ID]), len(f.Records))
				}
				continue
			}
			long++
			digest, err := report.RecordsDigest(lists[f.ID])
			if err != nil || digest.String() != f.RecordsDigest {
				t.Errorf("%s: %d entries have the digest %s, want %s (%v)", f.ID, len(lists[f.ID]), digest, f.RecordsDigest, err)
			}
		}
	}
	if long == 0 {
		t.Error("no figure has a long list: the test tests nothing")
	}
}

func rowsOf(t *testing.T, file string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v in %.100q", err, file)
	}
	return rows
}

// TestHarmless: a cell that would run as a formula does not.
func TestHarmless(t *testing.T) {
	pack, faults := compact.Check(compacts.Harbour())
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	f := &report.Figures{Report: "yearly", Chapters: []report.Chapter{{ID: "parties", Figures: []report.Figure{{ID: "a", Value: "-5", Unit: "=cmd|x", Method: "count/1"}},
		Tables: []report.Table{{ID: "parties.x", Columns: []string{"n"}, Rows: []report.Row{{Key: "@SUM(1)", Figures: []string{"a"}}}}}}}}
	var out bytes.Buffer
	if err := (&bundle.Bundle{Figures: f, Pack: pack, Digest: hex.EncodeToString(make([]byte, 32))}).Write(&out); err != nil {
		t.Fatal(err)
	}
	in := files(t, out.Bytes())
	if table := rowsOf(t, in["tables/parties.x.csv"]); table[1][1] != "'@SUM(1)" || table[1][2] != "-5" {
		t.Errorf("got %v", table[1])
	}
	if !strings.Contains(in["figures.csv"], "'=cmd|x") {
		t.Errorf("got %s", in["figures.csv"])
	}
}

// TestOtherFigures: where the record does not give the frozen figures, nothing is made.
func TestOtherFigures(t *testing.T) {
	s, r := released(t, dbtest.SQLite(t))
	r.Date = "2025-06-30"
	if _, err := bundle.Of(context.Background(), s.Keeper, r); !errors.Is(err, keeper.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}
