package reportsheet_test

import (
	"testing"

	"kept/internal/commitment/reportsheet"
)

func TestNumbers(t *testing.T) {
	point, comma := reportsheet.Style{Decimal: reportsheet.Point}, reportsheet.Style{Decimal: reportsheet.Comma}
	for _, tt := range []struct {
		text    string
		style   reportsheet.Style
		want    string
		percent bool
		unsure  bool
	}{
		{"1234.5", reportsheet.Style{}, "1234.5", false, false},
		{"1,234.5", reportsheet.Style{}, "1234.5", false, false},
		{"1.234,5", reportsheet.Style{}, "1234.5", false, false},
		{"1 234,5", reportsheet.Style{}, "1234.5", false, false},
		{"1\u202f234\u00a0567,25", reportsheet.Style{}, "1234567.25", false, false},
		{"1’234’567.25", reportsheet.Style{}, "1234567.25", false, false},
		{"١٬٢٣٤٫٥", reportsheet.Style{}, "1234.5", false, false},
		{"۱۲۳", reportsheet.Style{}, "123", false, false},
		{"１，２３４．５", reportsheet.Style{}, "1234.5", false, false},
		{"1,234,567", reportsheet.Style{}, "1234567", false, false},
		{"12,5", reportsheet.Style{}, "12.5", false, false},
		{"0,125", reportsheet.Style{}, "0.125", false, false},
		{"1234,567", reportsheet.Style{}, "1234.567", false, false},
		{"1,234", reportsheet.Style{}, "1.234", false, true},
		{"1,234", point, "1234", false, false},
		{"1,234", comma, "1.234", false, false},
		{"1.234", comma, "1234", false, false},
		{"1.234", point, "1.234", false, false},
		{"\u200e-\u20661\u2069", reportsheet.Style{}, "-1", false, false},
		{"−5", reportsheet.Style{}, "-5", false, false},
		{"-0", reportsheet.Style{}, "0", false, false},
		{"007", reportsheet.Style{}, "7", false, false},
		{".5", reportsheet.Style{}, "0.5", false, false},
		{"25%", reportsheet.Style{}, "25", true, false},
		{"25,5 %", reportsheet.Style{}, "25.5", true, false},
		{"٢٥٪", reportsheet.Style{}, "25", true, false},
		{"12.50", reportsheet.Style{}, "12.50", false, false},
	} {
		decimal, percent, unsure, ok := reportsheet.Number(tt.text, tt.style)
		if !ok || decimal != tt.want || percent != tt.percent || unsure != tt.unsure {
			t.Errorf("%q: got %q, per cent %t, unsure %t, %t; want %q, %t, %t", tt.text, decimal, percent, unsure, ok, tt.want, tt.percent, tt.unsure)
		}
	}
	for _, text := range []string{"", "-", "about 5", "1,23,4", "1.2.3", "1,2,3", "12 34", "(5)", "5 schools", "1e6", "½", "%", "1..2", "0x1F", "5-6"} {
		if decimal, _, _, ok := reportsheet.Number(text, reportsheet.Style{}); ok {
			t.Errorf("%q: got %q, want a refusal", text, decimal)
		}
	}
}

func TestDates(t *testing.T) {
	for _, tt := range []struct {
		text   string
		style  reportsheet.Style
		want   string
		unsure bool
	}{
		{"2026-03-31", reportsheet.Style{}, "2026-03-31", false},
		{"2026/3/31", reportsheet.Style{}, "2026-03-31", false},
		{"2026-03-31 00:00:00", reportsheet.Style{}, "2026-03-31", false},
		{"2026-03", reportsheet.Style{}, "2026-03", false},
		{"2026", reportsheet.Style{}, "2026", false},
		{"31/03/2026", reportsheet.Style{}, "2026-03-31", false},
		{"03/31/2026", reportsheet.Style{}, "2026-03-31", false},
		{"04/03/2026", reportsheet.Style{}, "2026-03-04", true},
		{"04/03/2026", reportsheet.Style{Dates: reportsheet.DayFirst}, "2026-03-04", false},
		{"04/03/2026", reportsheet.Style{Dates: reportsheet.MonthFirst}, "2026-04-03", false},
		{"31/03/2026", reportsheet.Style{Dates: reportsheet.MonthFirst}, "2026-03-31", false},
		{"05/05/2026", reportsheet.Style{}, "2026-05-05", false},
		{"31.03.2026", reportsheet.Style{}, "2026-03-31", false},
		{"04.03.2026", reportsheet.Style{}, "2026-03-04", false},
		{"31-3-2026", reportsheet.Style{}, "2026-03-31", false},
		{"03/2026", reportsheet.Style{}, "2026-03", false},
		{"46112", reportsheet.Style{}, "2026-03-31", false},
		{"31 mars 2026", reportsheet.Style{}, "2026-03-31", false},
		{"1er août 2026", reportsheet.Style{}, "2026-08-01", false},
		{"mars 2026", reportsheet.Style{}, "2026-03", false},
		{"31 March 2026", reportsheet.Style{}, "2026-03-31", false},
		{"March 31st, 2026", reportsheet.Style{}, "2026-03-31", false},
		{"31 Mar 2026", reportsheet.Style{}, "2026-03-31", false},
		{"31 de marzo de 2026", reportsheet.Style{}, "2026-03-31", false},
		{"31 марта 2026 г.", reportsheet.Style{}, "2026-03-31", false},
		{"март 2026", reportsheet.Style{}, "2026-03", false},
		{"2026年3月31日", reportsheet.Style{}, "2026-03-31", false},
		{"2026年3月", reportsheet.Style{}, "2026-03", false},
		{"٣١ آذار/مارس ٢٠٢٦", reportsheet.Style{}, "2026-03-31", false},
		{"١٥ كانون الثاني/يناير ٢٠٢٦", reportsheet.Style{}, "2026-01-15", false},
		{"٣١ يوليو ٢٠٢٦", reportsheet.Style{}, "2026-07-31", false},
		{"２０２６－０３－３１", reportsheet.Style{}, "2026-03-31", false},
		{"\u200f31/03/2026\u200f", reportsheet.Style{}, "2026-03-31", false},
	} {
		iso, unsure, ok := reportsheet.Date(tt.text, tt.style)
		if !ok || iso != tt.want || unsure != tt.unsure {
			t.Errorf("%q: got %q, unsure %t, %t; want %q, %t", tt.text, iso, unsure, ok, tt.want, tt.unsure)
		}
	}
	for _, text := range []string{"", "soon", "31/13/2026", "2026-02-30", "31.02.2026", "31/03/26", "jui 2026", "march", "ma 2026", "31 2026", "Q1 2026", "2026-W10", "99999999", "31 mars avril 2026"} {
		if iso, _, ok := reportsheet.Date(text, reportsheet.Style{}); ok {
			t.Errorf("%q: got %q, want a refusal", text, iso)
		}
	}
}
