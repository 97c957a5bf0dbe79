package observatory_test

import (
	"math/big"
	"testing"

	"kept/internal/observatory"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		in, want string
		rounded  bool
	}{
		{"0", "0", false}, {"-0.00", "0", false}, {"5", "5", false}, {"+5.10", "5.1", false}, {".5", "0.5", false}, {"1.", "1", false},
		{"007", "7", false}, {"-12.345", "-12.345", false},
		{"0.123456789", "0.123456789", false}, {"0.1234567890", "0.123456789", false},
		{"0.31414000000000003", "0.31414", true}, {"0.6955600000000001", "0.69556", true},
		{"0.1234567885", "0.123456788", true}, {"0.1234567895", "0.12345679", true}, {"-0.9999999999", "-1", true},
		{"0.0000000004", "0", true},
		{"1287676979450.75", "1287676979450.75", false}, {"123456789012345678", "123456789012345678", false},
		{"1234567890123456.789", "1234567890123456.79", true}, {"99999999999999999.96", "100000000000000000", true},
		{"1e3", "1000", false}, {"1.5E-3", "0.0015", false}, {"12e-1", "1.2", false}, {"1e17", "100000000000000000", false}, {"0e99", "0", false}, {"1e-99", "0", true},
	}
	for _, tt := range tests {
		got, rounded, ok := observatory.ParseDecimal(tt.in)
		if !ok || got.String() != tt.want || rounded != tt.rounded {
			t.Errorf("%s: got %s rounded %v ok %v, want %s %v", tt.in, got, rounded, ok, tt.want, tt.rounded)
		}
	}
	for _, bad := range []string{"", ".", "-", "+", "-+5", "+-5", "1,5", "1 000", "1_000", "5%", "<1", "e5", "1e", "1e+", "1e5.5", "0x1f", "NaN", "Inf", "1e18", "1234567890123456789", "999999999999999999.99", "１"} {
		if got, _, ok := observatory.ParseDecimal(bad); ok {
			t.Errorf("%q was read as %s", bad, got)
		}
	}
}

func TestFixed(t *testing.T) {
	tests := []struct {
		in       string
		decimals int
		want     string
	}{
		{"5", 1, "5.0"}, {"5.25", 1, "5.2"}, {"5.35", 1, "5.4"}, {"-5.25", 0, "-5"}, {"0.004", 2, "0.00"}, {"-0.004", 2, "0.00"},
		{"99.96", 1, "100.0"}, {"0.000000001", 0, "0"}, {"123456789012345678", 2, "123456789012345678"},
	}
	for _, tt := range tests {
		if got := decimal(t, tt.in).Fixed(tt.decimals); got != tt.want {
			t.Errorf("%s to %d: got %s, want %s", tt.in, tt.decimals, got, tt.want)
		}
	}
}

func TestApart(t *testing.T) {
	if observatory.Apart(decimal(t, "1.005"), decimal(t, "1"), decimal(t, "0.005")) {
		t.Error("0.005 is more than 0.005")
	}
	if !observatory.Apart(decimal(t, "-1"), decimal(t, "0.006"), decimal(t, "1.005")) {
		t.Error("1.006 is not more than 1.005")
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0.31414000000000003", "-1e-5", "123456789012345678.5", "1e17", "00.10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, rounded, ok := observatory.ParseDecimal(s)
		if !ok {
			return
		}
		again, _, ok := observatory.ParseDecimal(d.String())
		if !ok || again != d {
			t.Fatalf("%q is %s, which reads as %s", s, d, again)
		}
		exact, valid := new(big.Rat).SetString(s)
		if !valid {
			t.Fatalf("%q is no number", s)
		}
		if !rounded && exact.Cmp(d.Rat()) != 0 {
			t.Fatalf("%q became %s without a word", s, d)
		}
		off := new(big.Rat).Sub(exact, d.Rat())
		if rounded && new(big.Rat).Quo(off.Abs(off), new(big.Rat).Add(exact.Abs(exact), big.NewRat(1, 1))).Cmp(big.NewRat(1, 1_000_000_000)) > 0 {
			t.Fatalf("%q became %s", s, d)
		}
	})
}
