package report_test

import (
	"testing"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/report"
)

func TestOutlineOf(t *testing.T) {
	harbour, gdc := packOf(t, "harbour"), packOf(t, "gdc")
	for _, test := range []struct {
		name            string
		pack            *compact.Pack
		kind, to, today string
		from, until     string
		whole           bool
		due             string
	}{
		{"the last year that is over", harbour, "yearly", "", "2027-03-01", "2026-01-01", "2026-12-31", true, "2027-05-01"},
		{"on the first day of another year", harbour, "yearly", "", "2027-01-01", "2026-01-01", "2026-12-31", true, "2027-05-01"},
		{"in the first year", harbour, "yearly", "", "2025-06-30", "2025-01-01", "2025-06-30", false, "2025-11-01"},
		{"up to a day of this year", harbour, "yearly", "2026-06-30", "2027-03-01", "2026-01-01", "2026-06-30", false, "2026-11-01"},
		{"up to the last day of a year", harbour, "yearly", "2025-12-31", "2027-03-01", "2025-01-01", "2025-12-31", true, "2026-05-01"},
		{"once, up to now", gdc, "progress-82", "", "2027-03-01", "2024-09-22", "2027-03-01", true, "2028-09-30"},
		{"every two years", gdc, "wsis", "", "2029-02-01", "2026-01-01", "2027-12-31", true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, err := report.OutlineOf(test.pack, test.kind, test.to, test.today)
			if err != nil {
				t.Fatal(err)
			}
			if o.From != test.from || o.To != test.until || o.Whole() != test.whole || o.Due(test.pack) != test.due {
				t.Errorf("got %s to %s, whole %v, due %q", o.From, o.To, o.Whole(), o.Due(test.pack))
			}
		})
	}
	for _, test := range []struct {
		kind, to, place, key string
	}{
		{"monthly", "", "", "err.report.no_kind"},
		{"yearly", "2026-02-30", "to", "err.report.bad_day"},
		{"yearly", "2024-12-31", "to", "err.report.too_early"},
	} {
		_, err := report.OutlineOf(harbour, test.kind, test.to, "2027-01-01")
		if got := faults(err); len(got) != 1 || got[test.place] != test.key {
			t.Errorf("%s to %q: %v", test.kind, test.to, err)
		}
	}
	if _, err := report.OutlineOf(gdc, "yearly-2023", "", "2027-01-01"); faults(err)[""] != "err.report.off" {
		t.Errorf("what was only proposed is not made: %v", err)
	}
}

func packOf(t testing.TB, name string) *compact.Pack {
	t.Helper()
	files := compacts.Harbour()
	if name == "gdc" {
		files = compacts.GDC()
	}
	p, found := compact.Check(files)
	if len(found) > 0 {
		t.Fatal(found[0])
	}
	return p
}
