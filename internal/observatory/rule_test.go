package observatory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/observatory/trend"
)

const first = "area,period,value\nKEN,2015,16.5\nKEN,2020,22.7\nFRA,2015,78\nFRA,2020,84.8\nXKX,2015,40\nWLD,2020,59.6\n"

// TestALineOfData takes a file through the whole flow on both engines: snapshot,
// vintage, view, area, trace, revision, and the same again by replay.
func TestALineOfData(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s := newSite(t, open())
		m := with(func(m *observatory.Mapping) { m.World = "WLD" })
		one := s.Submit(s.act(taken("users"), m, first))
		same := s.Submit(s.act(taken("users"), m, "period,area,value\n2015,KEN,16.50\n2020,KEN,22.7\n2015,FRA,78\n2020,FRA,84.8\n2015,XKX,40\n2020,WLD,59.6\n"))
		two := s.Submit(s.act(taken("users"), m, "area,period,value\nKEN,2015,16.5\nKEN,2020,28\nKEN,2021,x\nFRA,2015,78\nFRA,2021,86\nXKX,2015,40\nWLD,2020,59.6\n"))

		v := s.view("users", "", observatory.Newest)
		if v.Vintage.Snapshot != two || v.Vintage.N != 2 || v.Vintage.Added != 1 || v.Vintage.Removed != 1 || v.Vintage.Changed != 1 {
			t.Errorf("got vintage %+v", v.Vintage)
		}
		if got, want := spelled(v.Data), "001 2020 59.6; FRA 2015 78; FRA 2021 86; KEN 2015 16.5; KEN 2020 28; ~XKX 2015 40"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		before := s.view("users", "", same)
		if before.Vintage.Snapshot != one {
			t.Errorf("a file that says the same made a vintage: %+v", before.Vintage)
		}
		if got, want := spelled(before.Data), "001 2020 59.6; FRA 2015 78; FRA 2020 84.8; KEN 2015 16.5; KEN 2020 22.7; ~XKX 2015 40"; got != want {
			t.Errorf("as of entry %d: got %s\nwant %s", same, got, want)
		}
		s.Read(func(tx *db.Tx) error {
			if _, err := observatory.ReadView(tx, "users", "", one-1); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("before the first snapshot: got %v", err)
			}
			r, err := observatory.RevisionBetween(tx, "users", "", one, two)
			if err != nil {
				return err
			}
			if got := fmt.Sprint(r.Areas, len(r.Changes), r.Count(observatory.Added), r.Count(observatory.Removed)); got != "[FRA KEN] 3 1 1" {
				t.Errorf("got revision %s", got)
			}
			return traces(t, tx, one, two)
		})
		s.seen(t, two, "indicators", "indicator:users", "area:KEN", "area:FRA", "item:P2a", "item:P2b", "target:T1")
		s.seen(t, one, "area:001")
		s.Replay()
	})
}

// spelled writes a slice as "KEN 2020 5; …".
func spelled(s observatory.Slice) string {
	var parts []string
	for _, series := range s.Series {
		for _, p := range series.Points {
			value := "–"
			if p.Presence == observatory.HasValue {
				value = p.Value().String()
			}
			parts = append(parts, series.Key+" "+p.Period.String()+" "+value)
		}
	}
	return strings.Join(parts, "; ")
}

func (s *site) seen(t *testing.T, want int64, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		if got := s.Keeper.Seen([]string{subject}); got != want {
			t.Errorf("%s was touched by entry %d, want %d", subject, got, want)
		}
	}
}

func traces(t *testing.T, tx *db.Tx, one, two int64) error {
	t.Helper()
	tests := []struct {
		key    string
		period string
		asOf   int64
		want   string
	}{
		{"KEN", "2020", observatory.Newest, "28 line 3 KEN,2020,28"},
		{"KEN", "2020", one, "22.7 line 3 KEN,2020,22.7"},
		{"~XKX", "2015", observatory.Newest, "40 line 7 XKX,2015,40"},
		{"001", "2020", observatory.Newest, "59.6 line 8 WLD,2020,59.6"},
	}
	for _, tt := range tests {
		got, err := observatory.ReadTrace(tx, "users", "", tt.key, period(t, tt.period), tt.asOf)
		if err != nil {
			return err
		}
		if told := fmt.Sprintf("%s line %d %s", got.Figure.Value, got.Line, got.Row); told != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.key, tt.period, told, tt.want)
		}
		if !slices.Equal(got.Header, []string{"area", "period", "value"}) || got.Mapping.Value != "value" || got.Snapshot.ID != got.Vintage.Snapshot {
			t.Errorf("%s: got header %q, snapshot %d", tt.key, got.Header, got.Snapshot.ID)
		}
	}
	for _, missing := range []string{"KEN 2021", "TUV 2020"} {
		key, year, _ := strings.Cut(missing, " ")
		if _, err := observatory.ReadTrace(tx, "users", "", key, period(t, year), observatory.Newest); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", missing, err)
		}
	}
	problems, err := observatory.Problems(tx, two, 0, 10)
	if err != nil || len(problems) != 1 || problems[0].Line != 4 || problems[0].Key != "problem.number" {
		t.Errorf("got problems %v %v", problems, err)
	}
	list, err := observatory.List(tx)
	if err != nil || len(list) != 1 || list[0].Areas != 4 || list[0].Filled != 6 || list[0].Vintage != two {
		t.Errorf("got list %+v %v", list, err)
	}
	snapshots, err := observatory.Snapshots(tx, "users")
	if err != nil || len(snapshots) != 3 || snapshots[0].Counts.Bad != 1 || snapshots[0].Problems["problem.number"] != 1 || snapshots[1].Vintages != 0 {
		t.Errorf("got snapshots %+v %v", snapshots, err)
	}
	sheet, err := observatory.AreaSheet(tx, "KEN")
	if err != nil || len(sheet) != 1 {
		t.Fatalf("got sheet %+v %v", sheet, err)
	}
	if f, ok := sheet[0].Figure(); !ok || f.Value.String() != "28" || f.Period != observatory.Year(2020) {
		t.Errorf("got figure %+v", f)
	}
	if got := sheet[0].Series.Growth(nil, false).Word; got != trend.OnTrack {
		t.Errorf("from 16.5 to 28 in five years: got %s", got)
	}
	return nil
}

// TestVintagesLeadBack takes twenty releases and reads each of them again.
func TestVintagesLeadBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		s := newSite(t, open())
		var at []int64
		var want []string
		for release := range 20 {
			text := "sex,area,period,value\n"
			for area, code := range []string{"KEN", "FRA", "TUV", "XKX"} {
				for year := 2000; year < 2010+release; year++ {
					if (area+year+release)%7 != 0 {
						text += fmt.Sprintf("F,%s,%d,%d.%d\n", code, year, year-1990+(area*year*release)%3, release/5)
					}
				}
			}
			text += fmt.Sprintf("M,KEN,2000,%d\n", release/3)
			m := with(func(m *observatory.Mapping) { m.Dimensions = []observatory.Dimension{{ID: "sex", Column: "sex"}} })
			at = append(at, s.Submit(s.act(taken("lines"), m, text)))
			want = append(want, spelled(s.view("lines", "sex=F", observatory.Newest).Data))
		}
		for i, index := range at {
			if got := spelled(s.view("lines", "sex=F", index).Data); got != want[i] {
				t.Errorf("release %d: got %s\nwant %s", i, got, want[i])
			}
		}
		s.Read(func(tx *db.Tx) error {
			women, err := observatory.Vintages(tx, "lines", "sex=F")
			if err != nil {
				return err
			}
			men, err := observatory.Vintages(tx, "lines", "sex=M")
			if len(women) != 20 || len(men) != 7 {
				t.Errorf("got %d and %d vintages, want 20 and 7", len(women), len(men))
			}
			return err
		})
		gone := s.take("lines", "area,period,value\nKEN,2000,1\n")
		if v := s.view("lines", "sex=M", observatory.Newest); v.Vintage.Snapshot != gone || v.Data.Len() != 0 {
			t.Errorf("a slice that was withdrawn still stands: %+v", v)
		}
		if v := s.view("lines", "sex=M", gone-1); v.Data.Len() != 1 {
			t.Errorf("before it was withdrawn: %+v", v)
		}
		s.Replay()
	})
}

func TestSnapshotsThatAreRefused(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	s.take("users", first)
	tests := []struct {
		name   string
		change func(f *observatory.SnapshotTaken, m *observatory.Mapping, text *string)
		kind   error
		want   string
	}{
		{"unknown indicator", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Indicator = "height" }, keeper.ErrNotFound, "err.snapshot.indicator"},
		{"no indicator", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Indicator = "<script>" }, keeper.ErrInvalid, "err.snapshot.indicator"},
		{"unknown format", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Format = "xlsx/1" }, keeper.ErrInvalid, "err.data.format"},
		{"no date", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Retrieved = "yesterday" }, keeper.ErrInvalid, "err.snapshot.date"},
		{"the future", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Retrieved = "2026-03-05" }, nil, "err.snapshot.future"},
		{"an older file", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Retrieved = "2025-03-05" }, keeper.ErrConflict, "err.snapshot.older"},
		{"no licence", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Licence = "" }, keeper.ErrInvalid, "err.snapshot.missing"},
		{"other areas", func(f *observatory.SnapshotTaken, _ *observatory.Mapping, _ *string) { f.Areas = "moon" }, keeper.ErrInvalid, "err.snapshot.missing"},
		{"the same again", func(_ *observatory.SnapshotTaken, _ *observatory.Mapping, text *string) { *text = first }, keeper.ErrConflict, "err.snapshot.same"},
		{"wrong mapping", func(_ *observatory.SnapshotTaken, m *observatory.Mapping, _ *string) { m.Value = "number" }, keeper.ErrInvalid, "err.data.columns"},
		{"nothing in it", func(_ *observatory.SnapshotTaken, _ *observatory.Mapping, text *string) {
			*text = "area,period,value\nKEN,2020,many\n"
		}, keeper.ErrInvalid, "err.snapshot.no_values"},
		{"binary", func(_ *observatory.SnapshotTaken, _ *observatory.Mapping, text *string) { *text = "PK\x03\x04" }, keeper.ErrInvalid, "err.data.zip"},
	}
	size := s.Keeper.Size()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, m, text := taken("users"), long, "area,period,value\nKEN,2020,30\n"
			tt.change(&f, &m, &text)
			_, err := s.Keeper.Submit(context.Background(), "", s.act(f, m, text))
			checkError(t, err, tt.want)
			if tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
		})
	}
	t.Run("other bytes than the digest's", func(t *testing.T) {
		a := s.act(taken("users"), long, first+"KEN,2021,30\n")
		a.Blobs[0] = []byte(first)
		_, err := s.Keeper.Submit(context.Background(), "", a)
		checkError(t, err, "err.snapshot.bytes")
	})
	t.Run("by a party", func(t *testing.T) {
		a := s.act(taken("users"), long, first+"KEN,2021,30\n")
		a.By = "12"
		_, err := s.Keeper.Submit(context.Background(), "", a)
		checkError(t, err, "err.snapshot.by")
	})
	t.Run("a text that is none of a snapshot's", func(t *testing.T) {
		a := s.act(taken("users"), long, first+"KEN,2021,30\n")
		a.Words["author.und"] = "somebody"
		_, err := s.Keeper.Submit(context.Background(), "", a)
		checkError(t, err, "err.snapshot.word")
	})
	if s.Keeper.Size() != size {
		t.Error("something was written for a refused snapshot")
	}
}

func TestLoadPack(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	for range 2 {
		if err := observatory.LoadPack(context.Background(), s.Keeper, s.Pack); err != nil {
			t.Fatal(err)
		}
	}
	v := s.view("pledges", "", observatory.Newest)
	if got, want := spelled(v.Data), "001 2022-06 18.55; 001 2022-12 30; 001 2023-12-06 36.78; 001 2024 –"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if v.Vintage.Retrieved != "2026-01-01" || v.Vintage.Released != "2025-12" {
		t.Errorf("got %+v", v.Vintage)
	}
	s.Read(func(tx *db.Tx) error {
		url, _, err := keeper.Word(tx, v.Vintage.Snapshot, "url.und")
		if url != "https://office.example/pledges" {
			t.Errorf("got address %q", url)
		}
		return err
	})
	if i, _ := s.Pack.Indicator("pledges"); observatory.Judged(i) {
		t.Error("a stock of pledges is judged")
	}
	if rivals := observatory.Rivals(s.Pack, "users"); len(rivals) != 1 || rivals[0].ID != "users.other" {
		t.Errorf("got rivals %v", rivals)
	}
	s.Replay()
}
