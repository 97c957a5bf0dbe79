package sheet_test

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

var columns = []sheet.Column{
	{Name: "name", Aliases: []string{"organisation", "legal name"}, Words: true, Required: true},
	{Name: "area", Aliases: []string{"country"}},
	{Name: "languages"},
}

// read gives every row as "number: name/area", and every fault.
func read(t *testing.T, text string, l sheet.Limits) (rows []string, faults []*sheet.Fault) {
	t.Helper()
	s, err := sheet.Open(strings.NewReader(text), l)
	if err == nil {
		err = s.Bind(columns, nil)
	}
	var f *sheet.Fault
	if errors.As(err, &f) {
		return nil, []*sheet.Fault{f}
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := s.Next()
		switch {
		case err == io.EOF:
			return rows, faults
		case errors.As(err, &f):
			faults = append(faults, f)
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, locale.English.Int(int64(row.Number))+": "+row.Get("name")+"/"+row.Get("area"))
		}
	}
}

func TestReading(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"comma", "name,area\nLighthouse Trust,KEN\n", []string{"2: Lighthouse Trust/KEN"}},
		{"byte order mark and CRLF", "\xef\xbb\xbfname,area\r\nA,KEN\r\nB,UGA\r\n", []string{"2: A/KEN", "3: B/UGA"}},
		{"semicolon", "name;area\nA, Ltd;KEN", []string{"2: A, Ltd/KEN"}},
		{"UTF-16 with its mark", "\xff\xfen\x00a\x00m\x00e\x00\t\x00a\x00r\x00e\x00a\x00\n\x00\x2d\x4e\t\x00K\x00E\x00N\x00", []string{"2: 中/KEN"}},
		{"UTF-16, the other end first", "\xfe\xff\x00n\x00a\x00m\x00e\x00;\x00a\x00r\x00e\x00a\x00\n\x00A\x00;\x00K\x00E\x00N", []string{"2: A/KEN"}},
		{"tab", "name\tarea\nA\tKEN", []string{"2: A/KEN"}},
		{"lone CR", "name,area\rA,KEN\r", []string{"2: A/KEN"}},
		{"sep line", "sep=;\nname;area\nA;KEN\n", []string{"3: A/KEN"}},
		{"quotes and a line end inside", "name,area\n\"A \"\"B\"\"\nC\",KEN\nD,UGA\n", []string{"2: A \"B\"\nC/KEN", "3: D/UGA"}},
		{"empty rows count", "name,area\n\n,\nA,KEN\n", []string{"4: A/KEN"}},
		{"aliases whatever their case", "Country,Légal-Name\nKEN,A\n", []string{"2: A/KEN"}},
		{"a quote inside an unquoted field", "name,area\n5\" pipes,KEN\n", []string{"2: 5\" pipes/KEN"}},
		{"text made safe by a spreadsheet", "name,area\n\"=\"\"007\"\"\",KEN\n'-x,UGA\n", []string{"2: 007/KEN", "3: -x/UGA"}},
		{"extra empty cells", "name,area\nA,KEN,,\n", []string{"2: A/KEN"}},
		{"Namibia is no missing value", "name,area\nA,NA\n", []string{"2: A/NA"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := read(t, tt.text, sheet.Limits{})
			if len(faults) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("got %q, faults %v, want %q", got, faults, tt.want)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	small := sheet.Limits{Rows: 2, Columns: 3, Field: 20, Line: 40}
	tests := []struct {
		name, text string
		row        int
		column     string
		key        string
	}{
		{"empty", "", 0, "", "err.sheet.empty"},
		{"only blanks", "\n", 1, "", "err.sheet.no_header"},
		{"ZIP cut short", "PK\x03\x04rest", 0, "", "err.sheet.workbook_broken"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\x00o\x00r\x00k\x00", 0, "", "err.sheet.workbook"},
		{"encrypted workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 5000) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", 0, "", "err.sheet.encrypted"},
		{"gzip", "\x1f\x8b\x08rest", 0, "", "err.sheet.compressed"},
		{"web page", "<!doctype html><html>", 0, "", "err.sheet.html"},
		{"UTF-16 without", "n\x00a\x00m\x00e\x00\n\x00", 0, "", "err.sheet.utf16"},
		{"binary", "\x01\x02\x03\x04\x05name", 0, "", "err.sheet.binary"},
		{"Latin-1", "name,area\nCaf\xe9 SA,FRA\n", 2, "A", "err.sheet.not_utf8"},
		{"cut in a character", "name,area\nA,\xe4\xb8", 2, "B", "err.sheet.cut_short"},
		{"open quote", "name,area\nA,\"KEN\n", 2, "B", "err.sheet.quote_open"},
		{"open quote that swallows the rest", "name,area\n\"A,KEN\nB,UGA\nC,TZA\nD,RWA\n", 2, "A", "err.sheet.quote_far"},
		{"after a quote", "name,area\n\"A\"x,KEN\n", 2, "A", "err.sheet.after_quote"},
		{"long field", "name,area\n" + strings.Repeat("x", 21), 2, "A", "err.sheet.field_too_long"},
		{"long line", "name,area\n" + strings.Repeat("123456789012345,", 3), 2, "", "err.sheet.line_too_long"},
		{"columns", "name,area,c,d\n", 1, "", "err.sheet.too_many_columns"},
		{"rows", "name,area\nA,B\nA,B\nA,B\n", 4, "", "err.sheet.too_many_rows"},
		{"missing cell", "name,area\nA\n", 2, "", "err.sheet.fields"},
		{"surplus cell", "name,area\nA,B,C\n", 2, "", "err.sheet.fields"},
		{"formula", "name,area\n=HYPER(1),KEN\n", 2, "name", "err.sheet.formula"},
		{"formula in a later column", "name,area\nA,=1+1\n", 2, "area", "err.sheet.formula"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := read(t, tt.text, small)
			if len(faults) != 1 {
				t.Fatalf("got %v, want one fault", faults)
			}
			f := faults[0]
			if f.Row != tt.row || f.Column != tt.column || f.Err.Key != tt.key {
				t.Errorf("got row %d, column %q, %s; want row %d, column %q, %s", f.Row, f.Column, f.Err.Key, tt.row, tt.column, tt.key)
			}
			if text := f.Error() + f.Remedy(locale.English); strings.Contains(text, "⟦") || f.Remedy(locale.English) == "" {
				t.Errorf("no message or remedy: %q", text)
			}
		})
	}
}

// After a fault of one row the others are still read.
func TestFaultsOfRowsDoNotEndTheFile(t *testing.T) {
	rows, faults := read(t, "name,area\nA\nB,UGA\n=C,KEN\nD,TZA\n", sheet.Limits{})
	if want := []string{"3: B/UGA", "5: D/TZA"}; !slices.Equal(rows, want) || len(faults) != 2 {
		t.Errorf("got %q and %v, want %q and two faults", rows, faults, want)
	}
}

// endless is a file without end, all one line.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

func TestEndlessLineIsRefusedEarly(t *testing.T) {
	for _, head := range []string{"", "name,area\n", "name,area\n\""} {
		line := &endless{}
		s, err := sheet.Open(io.MultiReader(strings.NewReader(head), line), sheet.Limits{})
		if err == nil {
			_ = s.Bind(columns, nil)
			_, err = s.Next()
		}
		var f *sheet.Fault
		if !errors.As(err, &f) || f.Err.Key != "err.sheet.field_too_long" {
			t.Errorf("after %q: got %v, want field too long", head, err)
		}
		if line.read > 4<<20 {
			t.Errorf("after %q: %d bytes were read before the refusal", head, line.read)
		}
	}
}

func TestBinding(t *testing.T) {
	tests := []struct {
		name, header string
		mapping      map[string]string
		want         string // key of the first error
	}{
		{"by mapping", "Who,Where", map[string]string{"name": "Who", "area": "Where"}, ""},
		{"a language by mapping", "Nom", map[string]string{"name.fr": "Nom"}, ""},
		{"languages by heading", "name.fr,name_zh,Name (ar)", nil, ""},
		{"missing", "area", nil, "err.sheet.no_column"},
		{"both", "name,Organisation", nil, "err.sheet.column_twice"},
		{"mapping from a heading that is not there", "name", map[string]string{"area": "Land"}, "err.sheet.no_heading"},
		{"mapping of an unknown column", "name", map[string]string{"colour": "name"}, "err.sheet.unknown_column"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sheet.Open(strings.NewReader(tt.header+"\n"), sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if es, ok := locale.All(s.Bind(columns, tt.mapping)); ok {
				got = es[0].Key
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWordsAndLists(t *testing.T) {
	s, err := sheet.Open(strings.NewReader("name,name.fr,Name (zh),languages,colour\nThe Bank,La Banque,银行,en; fr |zh,red\n"), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Bind(columns, nil); err != nil {
		t.Fatal(err)
	}
	row, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := row.Words("name"), map[string]string{"und": "The Bank", "fr": "La Banque", "zh": "银行"}; !maps.Equal(got, want) {
		t.Errorf("words: got %q, want %q", got, want)
	}
	if got, want := row.List("languages"), []string{"en", "fr", "zh"}; !slices.Equal(got, want) {
		t.Errorf("list: got %q, want %q", got, want)
	}
	if got, want := s.Unread(), []string{"colour"}; !slices.Equal(got, want) {
		t.Errorf("unread: got %q, want %q", got, want)
	}
	if got, want := row.Fault("name.fr", locale.E("err.sheet.formula")).Error(), "Row 2, column name.fr: This cell holds a formula."; got != want {
		t.Errorf("fault: got %q, want %q", got, want)
	}
}

func FuzzSheet(f *testing.F) {
	for _, seed := range []string{"name,area\nA,KEN\n", "\xef\xbb\xbfname;area\r\n\"A\"\"\";\"x\ny\"\r\n", "sep=\t\nname\tarea\n", "name\n\"", "n\x00a\x00", "name,area\n=1,2\n\xff,1"} {
		f.Add(seed)
	}
	limits := sheet.Limits{Rows: 50, Columns: 20, Field: 100, Line: 300}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sheet.Open(strings.NewReader(text), limits)
		if err != nil {
			return
		}
		if s.Bind(columns, nil) != nil {
			return
		}
		last := 1
		for calls := 0; ; calls++ {
			row, err := s.Next()
			if err == io.EOF {
				return
			}
			if calls > limits.Rows+strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
				t.Fatal("the sheet does not end")
			}
			var fault *sheet.Fault
			if err != nil && !errors.As(err, &fault) {
				t.Fatalf("an error that names no place: %v", err)
			}
			if err != nil {
				continue
			}
			if row.Number <= last {
				t.Fatalf("row %d after row %d", row.Number, last)
			}
			last = row.Number
			if len(row.Get("name")) > limits.Field {
				t.Fatalf("a cell of %d bytes", len(row.Get("name")))
			}
		}
	})
}
