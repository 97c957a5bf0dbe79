package observatory_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kept/internal/locale"
	"kept/internal/observatory"
)

var long = observatory.Mapping{Area: "area", AreaCode: "iso3", Period: "period", Value: "value"}

// with changes a copy of the plain mapping.
func with(change func(m *observatory.Mapping)) observatory.Mapping {
	m := long
	change(&m)
	return m
}

// told lists observations as "KEN 2020 5.5 @2", problems as "!3 column key".
func told(p observatory.Parsed) string {
	var b strings.Builder
	for _, o := range p.Observations {
		value := "–"
		if o.HasValue {
			value = o.Value.String()
		}
		fmt.Fprintf(&b, "%s %s %s @%d", o.Key(), o.Period, value, o.Line)
		if o.Slice != "" {
			fmt.Fprintf(&b, " [%s]", o.Slice)
		}
		if o.Attributes != (observatory.Attributes{}) {
			fmt.Fprintf(&b, " (%s|%s|%s|%s|%s)", o.Nature, o.Status, o.Unit, o.Base, o.Note)
		}
		b.WriteString("; ")
	}
	for _, f := range p.Problems {
		fmt.Fprintf(&b, "!%d %s %s; ", f.Line, f.Column, f.Key)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestParseCSV(t *testing.T) {
	tests := []struct {
		name    string
		mapping observatory.Mapping
		text    string
		want    string
	}{
		{"plain", long, "area,period,value\nKEN,2020,5.50\n", "KEN 2020 5.5 @2"},
		{"no line end, other order, other columns", long, "x,value,area,y,period\n1,7,FRA,2,2020-06", "FRA 2020-06 7 @2"},
		{"byte order mark, CRLF, quotes", long, "\uFEFF\"area\",\"period\",\"value\"\r\n\"KEN\",\"2020\",\"5\"\r\n", "KEN 2020 5 @2"},
		{"blank lines", long, "area,period,value\n\nKEN,2020,5\n\n\nFRA,2020,6\n", "KEN 2020 5 @3; FRA 2020 6 @6"},
		{"line break in quotes", with(func(m *observatory.Mapping) { m.Note = "note" }),
			"area,period,value,note\nKEN,2020,5,\"two\nlines, \"\"quoted\"\"\"\nFRA,2020,6,\n",
			"KEN 2020 5 @2 (||||two lines, \"quoted\"); FRA 2020 6 @4"},
		{"Namibia is NA", with(func(m *observatory.Mapping) { m.AreaCode, m.NA = "iso2", []string{"NA"} }),
			"area,period,value\nNA,2020,5\nNA,2021,NA\n", "NAM 2020 5 @2; NAM 2021 – @3"},
		{"NA is no marker unless the mapping says so", long, "area,period,value\nKEN,2020,NA\n", "!2 value problem.number"},
		{"M49 with and without zeros, and a region", with(func(m *observatory.Mapping) { m.AreaCode = "m49" }),
			"area,period,value\n4,2020,1\n004,2021,2\n2,2020,3\n1,2020,4\n", "AFG 2020 1 @2; AFG 2021 2 @3; 002 2020 3 @4; 001 2020 4 @5"},
		{"names, own codes kept apart", with(func(m *observatory.Mapping) { m.AreaCode = "name" }),
			"area,period,value\nCôte d'Ivoire,2020,1\nAtlantis,2020,2\n", "CIV 2020 1 @2; ~Atlantis 2020 2 @3"},
		{"own codes are never looked up", with(func(m *observatory.Mapping) { m.AreaCode = "own" }),
			"area,period,value\nKEN,2020,1\n", "~KEN 2020 1 @2"},
		{"small letters", long, "area,period,value\nken,2020,1\n", "KEN 2020 1 @2"},
		{"the world by the source's code", with(func(m *observatory.Mapping) { m.World = "WLD" }),
			"area,period,value\nWLD,2020,1\nSSF,2020,2\n", "001 2020 1 @2; ~SSF 2020 2 @3"},
		{"no code, a label", with(func(m *observatory.Mapping) { m.AreaLabel = "label" }),
			"area,label,period,value\n,Africa,2020,1\n,,2020,2\n", "~Africa 2020 1 @2; !3 area problem.area_empty"},
		{"numbers as text", long,
			"area,period,value\nKEN,2020,0.31414000000000003\nKEN,2021,\" 7 \"\nKEN,2022,1.5e-3\nKEN,2023,1e3\nKEN,2024,-0\n",
			"KEN 2020 0.31414 @2; KEN 2021 7 @3; KEN 2022 0.0015 @4; KEN 2023 1000 @5; KEN 2024 0 @6"},
		{"what is no number", long,
			"area,period,value\nKEN,2020,\"1,000\"\nKEN,2021,12%\nKEN,2022,<0.1\nKEN,2023,1234567890123456789\nKEN,2024,=1+1\n",
			"!2 value problem.number; !3 value problem.number; !4 value problem.number; !5 value problem.number_long; !6 value problem.number"},
		{"decimal comma", with(func(m *observatory.Mapping) { m.Delimiter, m.DecimalComma = ";", true }),
			"area;period;value\nKEN;2020;3,14\n", "KEN 2020 3.14 @2"},
		{"tabs", with(func(m *observatory.Mapping) { m.Delimiter = "\t" }), "area\tperiod\tvalue\nKEN\t2020\t3\n", "KEN 2020 3 @2"},
		{"no value", long, "area,period,value\nKEN,2020,\n", "KEN 2020 – @2"},
		{"the same row twice", long, "area,period,value\nKEN,2020,5\nKEN,2020,5.0\n", "KEN 2020 5 @2; !3  problem.repeated"},
		{"two values for one key", long, "area,period,value\nKEN,2020,5\nFRA,2020,1\nKEN,2020,6\nKEN,2020,5\n",
			"FRA 2020 1 @3; !4  problem.conflict; !5  problem.repeated"},
		{"short and long rows", long, "area,period,value\nKEN,2020\nKEN,2020,5,6\nKEN,2021,7\n", "KEN 2021 7 @4; !2  problem.fields; !3  problem.fields"},
		{"periods", long, "area,period,value\nKEN,2020M06,1\nKEN,2020-Q3,2\nKEN,2020-02-30,3\nKEN,20,4\nKEN,2020-13,5\nKEN,2019-12-31,6\n",
			"KEN 2020-06 1 @2; KEN 2020-Q3 2 @3; KEN 2019-12-31 6 @7; !4 period problem.period; !5 period problem.period; !6 period problem.period"},
		{"future", with(func(m *observatory.Mapping) { m.Until = "2026-03-01" }), "area,period,value\nKEN,2026,1\nKEN,2026-04,2\nKEN,2030,3\n",
			"KEN 2026 1 @2; !3 period problem.future; !4 period problem.future"},
		{"projections are no fault", with(func(m *observatory.Mapping) { m.Until, m.Future = "2026-03-01", true }),
			"area,period,value\nKEN,2030,3\n", "KEN 2030 3 @2"},
		{"another series is left out", with(func(m *observatory.Mapping) { m.Where = []observatory.Condition{{Column: "series", Value: "b"}} }),
			"series,area,period,value\na,KEN,2020,1\nb,KEN,2020,2\n", "KEN 2020 2 @3"},
		{"slices", with(func(m *observatory.Mapping) {
			m.Dimensions = []observatory.Dimension{{ID: "sex", Column: "sex", Codes: map[string]string{"FEMALE": "F"}}}
		}), "sex,area,period,value\nFEMALE,KEN,2020,1\nM,KEN,2020,2\nx y,KEN,2020,3\n", "KEN 2020 1 @2 [sex=F]; KEN 2020 2 @3 [sex=M]; KEN 2020 3 @4 [sex=x+y]"},
		{"attributes", with(func(m *observatory.Mapping) {
			m.Nature, m.Status, m.Unit, m.Base, m.Note = "n", "s", "u", "b", "t"
			m.Natures = map[string]string{"est": "E"}
		}), "area,period,value,n,s,u,b,t\nKEN,2020,1,C: Country data,P,PT,2015,hm\nKEN,2021,2,est,,,,\nKEN,2022,3,odd,,,,\nKEN,2023,4,_X: not available,,,,\n",
			"KEN 2020 1 @2 (C|P|PT|2015|hm); KEN 2021 2 @3 (E||||); KEN 2022 3 @4; KEN 2023 4 @5; !4 n problem.nature"},
		{"fixed nature", with(func(m *observatory.Mapping) { m.FixedNature = "C" }), "area,period,value\nKEN,2020,1\n", "KEN 2020 1 @2 (C||||)"},
		{"wide", observatory.Mapping{Area: "area", AreaCode: "iso3", Wide: "value_", NA: []string{"NA"}},
			"area,value_2020,value_2021,value_latest_year,value_2022\nKEN,1,,9,2\nFRA,NA,x,9,4\n", "KEN 2020 1 @2; KEN 2022 2 @2; FRA 2022 4 @3; !3 value_2021 problem.number"},
		{"wide, bare years", observatory.Mapping{Area: "area", AreaCode: "iso3", Wide: "#"}, "area,2020,2021,note\nKEN,1,2,x\n", "KEN 2020 1 @2; KEN 2021 2 @2"},
		{"control characters in names and notes", with(func(m *observatory.Mapping) { m.AreaLabel, m.Note = "label", "note" }),
			"area,label,period,value,note\nZ\u202eZ,  a\tb ,2020,1,\u202etxt.exe\n", "~ZZ 2020 1 @2 (||||txt.exe)"},
		{"names that are none", long, "area,period,value\n" + strings.Repeat("x", 201) + ",2020,1\n", "!2 area problem.long"},
		{"text after a quote", long, "area,period,value\n\"KEN\"x,2020,5\nFRA,2020,6\n", "FRA 2020 6 @3; !2  problem.quote"},
		{"a quote in the middle of a bare field", with(func(m *observatory.Mapping) { m.Note = "note" }),
			"area,period,value,note\nKEN,2020,5,6\" pipe\nFRA,2020,6,\n", "KEN 2020 5 @2 (||||6\" pipe); FRA 2020 6 @3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := observatory.ParseCSV(strings.NewReader(tt.text), tt.mapping, areas)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(p); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			c := p.Counts
			if c.Cells != c.Observations+c.Blank+c.LeftOut+c.Repeated+c.Conflicting+c.Bad {
				t.Errorf("the account does not close: %+v", c)
			}
		})
	}
}

func TestParseCSVRefuses(t *testing.T) {
	tests := []struct {
		name    string
		mapping observatory.Mapping
		text    string
		want    string // key, and parameters that must be there
	}{
		{"empty", long, "", "err.data.empty"},
		{"only blank lines", long, "\n\n", "err.data.empty"},
		{"wrong header", long, "country,year,value\nKEN,2020,1\n", "err.data.columns missing area, period found country, year, value"},
		{"wrong delimiter", long, "area;period;value\nKEN;2020;1\n", "err.data.columns found area;period;value"},
		{"column twice", long, "area,period,value,value\nKEN,2020,1,2\n", "err.data.columns_twice columns value"},
		{"UTF-16", long, "\xFF\xFEa\x00r\x00e\x00a\x00", "err.data.utf16 offset 0"},
		{"UTF-16 without mark", long, "a\x00r\x00e\x00a\x00,\x00", "err.data.binary offset 1"},
		{"Latin-1", long, "area,period,value\nKEN,2020,1\nC\xF4te,2020,1\n", "err.data.encoding offset 30 line 3"},
		{"spreadsheet", long, "PK\x03\x04xxxx", "err.data.zip"},
		{"compressed", long, "\x1F\x8B\x08xxxx", "err.data.gzip"},
		{"web page", long, "\n<!DOCTYPE html><html>", "err.data.markup"},
		{"binary further on", long, "area,period,value\nKEN,2020,\x00\n", "err.data.binary offset 27"},
		{"cut off inside quotes", long, "area,period,value\nKEN,2020,\"1\nFRA,2020,2\n", "err.data.truncated line 2"},
		{"no area code", with(func(m *observatory.Mapping) { m.AreaCode = "fips" }), "area,period,value\n", "err.data.mapping_choice"},
		{"no columns", observatory.Mapping{AreaCode: "iso3"}, "area,period,value\n", "err.data.mapping_missing"},
		{"wide and long", with(func(m *observatory.Mapping) { m.Wide = "v" }), "area,period,value\n", "err.data.mapping_wide"},
		{"no years", observatory.Mapping{Area: "area", AreaCode: "iso3", Wide: "v_"}, "area,v_latest\nKEN,1\n", "err.data.columns missing v_2000 …"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := observatory.ParseCSV(strings.NewReader(tt.text), tt.mapping, areas)
			checkError(t, err, tt.want)
		})
	}
}

// checkError compares an error's key and parameters with words that must be in them.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	all, ok := locale.All(err)
	if !ok || len(all) == 0 {
		t.Fatalf("got %v, want an error for readers", err)
	}
	key, rest, _ := strings.Cut(want, " ")
	said := strings.Trim(fmt.Sprint(all[0].Args...), "[]")
	if all[0].Key != key {
		t.Fatalf("got %s (%v), want %s", all[0].Key, all[0].Args, key)
	}
	said = strings.TrimSuffix(fmt.Sprintln(all[0].Args...), "\n")
	if !strings.Contains(said, rest) {
		t.Errorf("got %q, want %q in it", said, rest)
	}
	if strings.Contains(err.Error(), "⟦") {
		t.Errorf("the key %s has no message", key)
	}
}

func TestMixedUpColumns(t *testing.T) {
	text := "area,period,value\n"
	for n := range observatory.MaxAreas + 1 {
		text += fmt.Sprintf("%d,2020,1\n", n)
	}
	_, err := observatory.ParseCSV(strings.NewReader(text), long, areas)
	checkError(t, err, "err.data.too_many_areas limit 10000")
	m := with(func(m *observatory.Mapping) { m.Dimensions = []observatory.Dimension{{ID: "d", Column: "area"}} })
	_, err = observatory.ParseCSV(strings.NewReader(text), m, areas)
	checkError(t, err, "err.data.too_many_slices limit 1000")
}

// endless gives one byte for ever, as a file of one line without end.
type endless struct{ left int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), e.left))
	for i := range b[:n] {
		b[i] = 'x'
	}
	e.left -= int64(n)
	return n, nil
}

func TestALineOfOneGigabyte(t *testing.T) {
	source := &endless{1 << 30}
	_, err := observatory.ParseCSV(io.MultiReader(strings.NewReader("area,period,value\nKEN,2020,"), source), long, areas)
	checkError(t, err, "err.data.row_long line 2")
	if read := 1<<30 - source.left; read > 2<<20 {
		t.Errorf("%d bytes were read before the line was refused", read)
	}
	open := io.MultiReader(strings.NewReader("area,period,value\nKEN,2020,\""), strings.NewReader(strings.Repeat("x\n", 1<<20)))
	_, err = observatory.ParseCSV(open, long, areas)
	checkError(t, err, "err.data.row_long line 2")
}

// broken fails after its text, as a lost connection does.
type broken struct{ r io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = errors.New("lost")
	}
	return n, err
}

func TestAReaderThatFails(t *testing.T) {
	if _, err := observatory.ParseCSV(broken{strings.NewReader("area,period,value\nKEN,2020,1\n")}, long, areas); err == nil {
		t.Error("half a file was taken for a whole one")
	}
}

func TestProblemsAreCountedBeyondTheFirst(t *testing.T) {
	text := "area,period,value\n" + strings.Repeat("KEN,2020,x\n", 1500)
	p, err := observatory.ParseCSV(strings.NewReader(text), long, areas)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Problems) != observatory.MaxProblems || p.ProblemCount["problem.number"] != 1500 || p.Counts.Bad != 1500 {
		t.Errorf("got %d kept, %v counted, %d bad", len(p.Problems), p.ProblemCount, p.Counts.Bad)
	}
	if got := p.Problems[0].In(locale.English); got != "“x” is not a number." {
		t.Errorf("got %q", got)
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add("area,period,value\nKEN,2020,5\n", "", false)
	f.Add("\uFEFFarea;period;value\r\nKEN;2020;\"5\n6\"\r\n", ";", true)
	f.Add("area,period,value,2020\n\"K\"\"N\",2020,1e5,7\n", ",", false)
	f.Fuzz(func(t *testing.T, text, delimiter string, comma bool) {
		for _, m := range []observatory.Mapping{
			{Area: "area", AreaCode: "iso3", Period: "period", Value: "value", Delimiter: delimiter, DecimalComma: comma, NA: []string{"NA"}},
			{Area: "area", AreaCode: "m49", Wide: "#", Delimiter: delimiter},
		} {
			p, err := observatory.ParseCSV(strings.NewReader(text), m, areas)
			if err != nil {
				continue
			}
			c := p.Counts
			if c.Cells != c.Observations+c.Blank+c.LeftOut+c.Repeated+c.Conflicting+c.Bad {
				t.Fatalf("the account does not close: %+v", c)
			}
			_, all, lines := observatory.Slices(p.Observations)
			for name, s := range all {
				if !same(s, decode(t, s.Encode())) {
					t.Fatal("a slice is not what was encoded")
				}
				lines[name].Encode()
			}
			for _, o := range p.Observations {
				row, err := observatory.FindRow(observatory.CSV, []byte(text), m, o.Line)
				if err != nil || len(row) == 0 {
					t.Fatalf("line %d of an observation is not found: %v", o.Line, err)
				}
			}
		}
	})
}
