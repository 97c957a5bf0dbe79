package commitment_test

import (
	"math/big"
	"testing"

	"kept/internal/commitment"
)

func TestPace(t *testing.T) {
	schools := commitment.Measured{Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2025", Target: "1000", TargetOn: "2030",
		Value: "350", ValueOn: "2027", EveryMonths: 12}
	with := func(change func(m *commitment.Measured)) commitment.Measured {
		m := schools
		change(&m)
		return m
	}
	for _, c := range []struct {
		name             string
		in               commitment.Measured
		path, time, word string
	}{
		{"up", schools, "0.35", "0.399781", "too_slow"},
		{"down", with(func(m *commitment.Measured) {
			m.Direction, m.Baseline, m.Target, m.Value, m.BaselineOn = "down", "40", "10", "34", "2024"
		}), "0.2", "0.499772", "much_too_slow"},
		{"going back", with(func(m *commitment.Measured) {
			m.Baseline, m.Target, m.Value, m.BaselineOn, m.ValueOn = "40", "90", "38", "2020", "2025"
		}), "-0.04", "0.5", "going_back"},
		{"met before its date", with(func(m *commitment.Measured) { m.Value = "1000.0" }), "1", "0.399781", "met"},
		{"met early", with(func(m *commitment.Measured) { m.Value, m.ValueOn = "1200", "2025-03-31" }), "1.2", "0", "met"},
		{"too early", with(func(m *commitment.Measured) { m.Value, m.ValueOn = "1", "2026-06-30" }), "0.001", "0.099124", "too_early"},
		{"on track", with(func(m *commitment.Measured) { m.Value = "380" }), "0.38", "0.399781", "on_track"},
		{"no path yet", with(func(m *commitment.Measured) { m.Value = "0" }), "0", "0.399781", "much_too_slow"},
		{"no value", with(func(m *commitment.Measured) { m.Value, m.ValueOn = "", "" }), "", "", "no_data"},
		{"no baseline, no pace", with(func(m *commitment.Measured) { m.Baseline = "" }), "", "", "no_baseline"},
		{"a baseline without its date is none", with(func(m *commitment.Measured) { m.BaselineOn = "" }), "", "", "no_baseline"},
		{"a stock of pledges", with(func(m *commitment.Measured) { m.Pledges = true }), "0.35", "", "not_judged"},
		{"hold, within", with(func(m *commitment.Measured) { m.Direction, m.Bound, m.Target, m.Value = "hold", "at_most", "2", "2.0" }), "", "", "ok"},
		{"hold, breached", with(func(m *commitment.Measured) { m.Direction, m.Bound, m.Target, m.Value = "hold", "at_most", "2", "2.01" }), "", "", "breached"},
		{"hold from below", with(func(m *commitment.Measured) {
			m.Direction, m.Bound, m.Target, m.Value = "hold", "at_least", "95", "94.9"
		}), "", "", "breached"},
		{"binary, done", with(func(m *commitment.Measured) { m.Measure, m.Target, m.Value = "binary", "1", "1" }), "", "", "met"},
		{"binary, not yet", with(func(m *commitment.Measured) { m.Measure, m.Target, m.Value = "binary", "1", "0" }), "", "", "not_yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := commitment.Pace(c.in)
			if got.Path != c.path || got.Time != c.time || got.Word != c.word {
				t.Errorf("got p %q, e %q, %s; want p %q, e %q, %s", got.Path, got.Time, got.Word, c.path, c.time, c.word)
			}
		})
	}
}

// The vectors of the method, dates as years.
func TestRatio(t *testing.T) {
	for _, c := range []struct {
		name                string
		b, v, g, t0, t, end string
		p, e, pace, word    string
	}{
		{"up", "0", "350", "1000", "2025", "2027", "2030", "0.350", "0.400", "0.875", "too_slow"},
		{"down", "40", "34", "10", "2024", "2027", "2030", "0.200", "0.500", "0.400", "much_too_slow"},
		{"back", "40", "38", "90", "2020", "2025", "2030", "-0.040", "0.500", "-0.080", "going_back"},
		{"pledges to 2030, arithmetic only", "18.55", "82", "100", "2022.45", "2026.17", "2031.0", "0.779", "0.435", "1.790", "on_track"},
		{"pledges to 2026, arithmetic only", "18.55", "82", "100", "2022.45", "2026.17", "2027.0", "0.779", "0.818", "0.953", "on_track"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := new(big.Rat).Quo(minus(c.t, c.t0), minus(c.end, c.t0))
			p, pace, word := commitment.Ratio(rat(c.b), rat(c.v), rat(c.g), e)
			got := []string{p.FloatString(3), e.FloatString(3), pace.FloatString(3), word}
			for i, want := range []string{c.p, c.e, c.pace, c.word} {
				if got[i] != want {
					t.Errorf("got %v, want p %s, e %s, pace %s, %s", got, c.p, c.e, c.pace, c.word)
					break
				}
			}
		})
	}
}

func rat(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }

func minus(a, b string) *big.Rat { return new(big.Rat).Sub(rat(a), rat(b)) }

// A pace is fixed at its value; the day only turns its word.
func TestPaceOn(t *testing.T) {
	value := func(v, on string, every int64) commitment.Paced {
		return commitment.Pace(commitment.Measured{Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2024-12-31", Target: "100",
			TargetOn: "2029-12-31", Value: v, ValueOn: on, EveryMonths: every})
	}
	hold := commitment.Pace(commitment.Measured{Direction: "hold", Bound: "at_least", Target: "5", TargetOn: "2027", Value: "6", ValueOn: "2026-01-31", EveryMonths: 12})
	for _, c := range []struct {
		name, today, want string
		pace              commitment.Paced
	}{
		{"on the day of its value", "2027-06-30", "on_track", value("50", "2027-06-30", 12)},
		{"one and a half rhythms later", "2028-12-30", "on_track", value("50", "2027-06-30", 12)},
		{"a day more", "2028-12-31", "value_old", value("50", "2027-06-30", 12)},
		{"monthly", "2027-08-14", "on_track", value("50", "2027-06-30", 1)},
		{"monthly, old", "2027-08-15", "value_old", value("50", "2027-06-30", 1)},
		{"on the last day", "2029-12-31", "value_old", value("50", "2027-06-30", 12)},
		{"after the end", "2030-01-01", "missed", value("50", "2027-06-30", 12)},
		{"met stays met", "2039-01-01", "met", value("100", "2029-06-30", 12)},
		{"nothing known stays unknown", "2039-01-01", "no_data", value("", "", 12)},
		{"a bound is not missed", "2027-07-31", "ok", hold},
		{"a bound grows old", "2028-01-01", "value_old", hold},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.pace.On(c.today); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		name string
		of   []string
		want string
	}{
		{"one", []string{"on_track"}, "on_track"},
		{"the worst", []string{"on_track", "too_slow", "met"}, "too_slow"},
		{"unknown is not hidden by good", []string{"met", "no_data"}, "no_data"},
		{"bad is not hidden by unknown", []string{"no_data", "going_back"}, "going_back"},
		{"pledges do not judge others", []string{"not_judged", "met"}, "met"},
		{"none", nil, "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := commitment.Worst(c.of); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLatest(t *testing.T) {
	values := func(pairs ...string) (list []commitment.Value) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, commitment.Value{On: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for _, c := range []struct {
		name       string
		values     []commitment.Value
		cumulative bool
		want, on   string
	}{
		{"none", nil, false, "", ""},
		{"none to add", nil, true, "", ""},
		{"the latest date, whenever reported", values("2026-12", "20", "2025", "10"), false, "20", "2026-12"},
		{"reported again", values("2026-12", "20", "2026-12-31", "25"), false, "25", "2026-12-31"},
		{"periods added up", values("2025", "10", "2026", "20.50", "2027", "0.25"), true, "30.75", "2027"},
		{"a period reported twice counts once", values("2025", "10", "2026", "20", "2025-12-31", "12"), true, "32", "2026"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, on := commitment.Latest(c.values, c.cumulative); got != c.want || on != c.on {
				t.Errorf("got %s on %s, want %s on %s", got, on, c.want, c.on)
			}
		})
	}
}
