package observatory_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/realdata"
)

// TestRealFiguresAreTraced follows three figures back to their line: of a plain
// table, of one with line breaks inside quotes, and of a JSON answer.
func TestRealFiguresAreTraced(t *testing.T) {
	files := []struct {
		indicator, file, format string
		mapping                 observatory.Mapping
	}{
		{"users", "gapminder-wdi/internet_users.csv", observatory.CSV, gapminder("internet_users")},
		{"users.other", "itu-datahub-csv/individuals-using-the-internet.csv", observatory.CSV, ituPeople},
		{"lines", "worldbank-api/NY.GDP.MKTP.CD__all.json", observatory.WorldBank, observatory.Mapping{Series: "NY.GDP.MKTP.CD"}},
	}
	realdata.Dir(t)
	s := newSite(t, dbtest.SQLite(t))
	for _, f := range files {
		facts := taken(f.indicator)
		facts.Format = f.format
		s.Submit(s.act(facts, f.mapping, string(open(t, f.file))))
	}
	tests := []struct {
		indicator, key, period, value string
		row                           []string // what stands in the very line
	}{
		{"users", "KEN", "2015", "16.5879", []string{"ken,2015,16.5879"}},
		{"users.other", "ZWE", "2014", "16.3647", []string{`"ZWE"`, `"16.3647"`, "2014"}},
		{"lines", "BRA", "2024", "2179412080828.59", []string{`"countryiso3code":"BRA"`, `"date":"2024"`, `"value":2179412080828.59`}},
		{"lines", "~AFE", "2024", "1287676979450.75", []string{`"countryiso3code":"AFE"`, `"value":1287676979450.75`}},
	}
	s.Read(func(tx *db.Tx) error {
		for _, tt := range tests {
			got, err := observatory.ReadTrace(tx, tt.indicator, "", tt.key, period(t, tt.period), observatory.Newest)
			if err != nil {
				t.Errorf("%s %s: %v", tt.indicator, tt.key, err)
				continue
			}
			if got.Figure.Value.String() != tt.value {
				t.Errorf("%s %s: got %s, want %s", tt.indicator, tt.key, got.Figure.Value, tt.value)
			}
			for _, part := range tt.row {
				if !strings.Contains(string(got.Row), part) {
					t.Errorf("%s %s: line %d is %s, want %s in it", tt.indicator, tt.key, got.Line, got.Row, part)
				}
			}
		}
		return nil
	})
	if v := s.view("lines", "", observatory.Newest); v.Data.Len() != 17290 || v.Data.Values() != 14541 {
		t.Errorf("got %d observations, %d with a value", v.Data.Len(), v.Data.Values())
	}
	s.Replay()
}

// TestRealEveryFigureHasItsLine reads the line of each figure of a source again.
func TestRealEveryFigureHasItsLine(t *testing.T) {
	text := open(t, "itu-datahub-csv/individuals-using-the-internet.csv")
	p := parse(t, "itu-datahub-csv/individuals-using-the-internet.csv", ituPeople)
	for n := 0; n < len(p.Observations); n += 97 {
		o := p.Observations[n]
		row, err := observatory.FindRow(observatory.CSV, text, ituPeople, o.Line)
		if err != nil {
			t.Fatal(err)
		}
		fields, err := csv.NewReader(bytes.NewReader(row)).Read()
		if err != nil || len(fields) != 13 || fields[6] != o.SourceArea || fields[9] != o.Period.String() {
			t.Errorf("line %d is %q, of %s in %s", o.Line, row, o.SourceArea, o.Period)
		}
	}
}

// TestPackTablesAgreeWithTheirSource compares the tables of the Global Digital
// Compact's pack with the series that they were taken from: for each area the
// value of 2015 and the latest to 2024.
func TestPackTablesAgreeWithTheirSource(t *testing.T) {
	for table, column := range map[string]string{"internet": "internet_users", "mobile": "cell_phones_per_100_people"} {
		t.Run(table, func(t *testing.T) {
			source := joined(t, only(t, parse(t, "gapminder-wdi/"+column+".csv", gapminder(column))), "gapminder_geo")
			file, err := os.ReadFile(filepath.Join("..", "..", "compacts", "gdc", "data", table+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := observatory.Parse(observatory.CSV, file, long, areas)
			if err != nil || len(p.Problems) > 0 || p.Counts.Outside > 0 {
				t.Fatalf("%v %v %+v", err, p.ProblemCount, p.Counts)
			}
			ours := only(t, p)
			for _, a := range areas.All() {
				from, _ := source.Find(a.ID)
				got, _ := ours.Find(a.ID)
				if want := endsOf(from); spelled(observatory.Slice{Series: []observatory.Series{got}}) != spelled(observatory.Slice{Series: []observatory.Series{want}}) {
					t.Errorf("%s: got %v, want %v", a.ID, got.Points, want.Points)
				}
			}
		})
	}
}

// endsOf keeps the point of 2015 and the last to 2024.
func endsOf(s observatory.Series) observatory.Series {
	kept := observatory.Series{Key: s.Key}
	for n, p := range s.Points {
		last := n == len(s.Points)-1 || s.Points[n+1].Period > observatory.Year(2024)
		if p.Period == observatory.Year(2015) || last && p.Period <= observatory.Year(2024) {
			kept.Points = append(kept.Points, p)
		}
	}
	return kept
}

func TestReadingWhatIsNotThere(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	s.Read(func(tx *db.Tx) error {
		if _, err := observatory.ReadView(tx, "users", "", observatory.Newest); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("got %v, want not found", err)
		}
		if _, err := observatory.ReadSnapshot(tx, 5); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("got %v, want not found", err)
		}
		sheet, err := observatory.AreaSheet(tx, "KEN")
		if len(sheet) > 0 {
			t.Errorf("got %v", sheet)
		}
		return err
	})
}
