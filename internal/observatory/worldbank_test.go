package observatory_test

import (
	"fmt"
	"strings"
	"testing"

	"kept/internal/observatory"
)

// answer writes a page of the World Bank's API.
func answer(page, pages, total int, rows ...string) []byte {
	list := "null"
	if len(rows) > 0 {
		list = "[" + strings.Join(rows, ",") + "]"
	}
	return fmt.Appendf(nil, `[{"page":%d,"pages":%d,"per_page":"50","total":%d,"sourceid":"2","lastupdated":"2025-07-01"},%s]`, page, pages, total, list)
}

func bankRow(iso3, id, date, value string) string {
	return fmt.Sprintf(`{"indicator":{"id":"X","value":"x"},"country":{"id":"%s","value":"name of %s"},"countryiso3code":"%s","date":"%s","value":%s,"unit":"","obs_status":"","decimal":0,"footnote":""}`, id, id, iso3, date, value)
}

func TestParseWorldBank(t *testing.T) {
	tests := []struct {
		name  string
		pages [][]byte
		want  string
	}{
		{"one page", [][]byte{answer(1, 1, 3, bankRow("KEN", "KE", "2020", "1.5"), bankRow("KEN", "KE", "2021", "null"), bankRow("AFE", "ZH", "2020", "12345678901.25"))},
			"KEN 2020 1.5 @1; KEN 2021 – @2; ~AFE 2020 12345678901.25 @3"},
		{"two pages", [][]byte{answer(1, 2, 2, bankRow("KEN", "KE", "2020", "1")), answer(2, 2, 2, bankRow("KEN", "KE", "2021", "2"))},
			"KEN 2020 1 @1; KEN 2021 2 @2"},
		{"two pages in one text", [][]byte{append(append(answer(1, 2, 2, bankRow("KEN", "KE", "2020", "1")), '\n'), answer(2, 2, 2, bankRow("KEN", "KE", "2021", "2"))...)},
			"KEN 2020 1 @1; KEN 2021 2 @2"},
		{"the world, and an area by two letters", [][]byte{answer(1, 1, 2, bankRow("WLD", "1W", "2020", "1"), bankRow("", "NA", "2020", "2"))},
			"001 2020 1 @1; NAM 2020 2 @2"},
		{"no rows", [][]byte{answer(1, 1, 0)}, ""},
		{"a number in quotes, an exponent, digits beyond a float", [][]byte{answer(1, 1, 3, bankRow("KEN", "KE", "2020", `"7"`), bankRow("KEN", "KE", "2021", "1.25E-5"), bankRow("KEN", "KE", "2022", "9007199254740993"))},
			"KEN 2020 7 @1; KEN 2021 0.0000125 @2; KEN 2022 9007199254740993 @3"},
		{"a name that is none", [][]byte{answer(1, 1, 1, bankRow(`\u0000`, "KE", "2020", "1"))}, "~name of KE 2020 1 @1"},
		{"bad rows", [][]byte{answer(1, 1, 4, bankRow("KEN", "KE", "soon", "1"), bankRow("", "", "2020", "1"), bankRow("KEN", "KE", "2020", `"n/a"`), bankRow("KEN", "KE", "2030M02", "3"))},
			"KEN 2030-02 3 @4; !1 date problem.period; !2 countryiso3code problem.area_empty; !3 value problem.number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := observatory.ParseWorldBank(observatory.Mapping{Series: "X"}, areas, tt.pages...)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(p); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParseWorldBankRefuses(t *testing.T) {
	whole := string(answer(1, 1, 2, bankRow("KEN", "KE", "2020", "1"), bankRow("KEN", "KE", "2021", "2")))
	tests := []struct{ name, text, want string }{
		{"an error with status 200", `[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]`, "err.data.worldbank_message id 120"},
		{"an error in XML", `<?xml version="1.0"?><wb:error/>`, "err.data.markup"},
		{"a page missing", string(answer(1, 2, 2, bankRow("KEN", "KE", "2020", "1"))), "err.data.paging pages 1 want_pages 2 rows 1 want_rows 2"},
		{"rows missing", string(answer(1, 1, 2, bankRow("KEN", "KE", "2020", "1"))), "err.data.paging"},
		{"pages out of order", string(answer(2, 2, 2, bankRow("KEN", "KE", "2020", "1"))), "err.data.paging_mixed page 2 place 1"},
		{"pages of two answers", string(answer(1, 2, 2, bankRow("KEN", "KE", "2020", "1"))) + string(answer(2, 2, 3, bankRow("KEN", "KE", "2021", "1"))), "err.data.paging_mixed"},
		{"cut off", whole[:len(whole)-40], "err.data.json_truncated"},
		{"an object", `{"a":1}`, "err.data.worldbank_shape"},
		{"other rows", `[{"page":1,"pages":1,"total":1},[5]]`, "err.data.worldbank_shape"},
		{"no rows at all", `[{"page":1,"pages":1,"total":1}]`, "err.data.worldbank_shape"},
		{"nothing", ``, "err.data.empty"},
		{"bytes", "\x00\x01", "err.data.worldbank_shape"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := observatory.ParseWorldBank(observatory.Mapping{}, areas, []byte(tt.text))
			checkError(t, err, tt.want)
		})
	}
}

func TestParseWorldBankOtherSeries(t *testing.T) {
	p, err := observatory.ParseWorldBank(observatory.Mapping{Series: "Y"}, areas, answer(1, 1, 1, bankRow("KEN", "KE", "2020", "1")))
	if err != nil || told(p) != "!1 indicator problem.series" {
		t.Errorf("got %q %v", told(p), err)
	}
}

func FuzzParseWorldBank(f *testing.F) {
	f.Add(answer(1, 1, 1, bankRow("KEN", "KE", "2020", "1")))
	f.Add([]byte(`[{"message":[{"id":"120"}]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := observatory.ParseWorldBank(observatory.Mapping{}, areas, text)
		if err != nil {
			return
		}
		for _, o := range p.Observations {
			if _, err := observatory.FindRow(observatory.WorldBank, text, observatory.Mapping{}, o.Line); err != nil {
				t.Fatalf("row %d of an observation is not found: %v", o.Line, err)
			}
		}
	})
}
