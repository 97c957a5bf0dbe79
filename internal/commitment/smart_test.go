package commitment_test

import (
	"slices"
	"testing"

	"kept/internal/commitment"
)

func TestBand(t *testing.T) {
	for _, c := range []struct {
		score     int64
		trackable bool
		want      string
	}{{20, true, "high"}, {16, true, "high"}, {16, false, "lower"}, {15, true, "upper"}, {12, true, "upper"}, {12, false, "lower"},
		{11, true, "lower"}, {11, false, "low"}, {0, false, "low"}} {
		if got := commitment.Band(c.score, c.trackable); got != c.want {
			t.Errorf("%d, trackable %t: got %s, want %s", c.score, c.trackable, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	whole := commitment.Made{Items: []string{"P1"}, Areas: []string{"QM"}, Beneficiaries: []string{"learners"}, Start: "2026-01-01", End: "2030-12-31",
		ReportEvery: 12, Money: []commitment.Money{{Role: "own"}},
		Indicators: []commitment.Indicator{{Unit: "schools", Baseline: "0", BaselineOn: "2025", Target: "9", TargetOn: "2030"}}}
	words := func(without ...string) commitment.Parts {
		parts := commitment.Parts{}
		for _, p := range []string{"promise", "problem", "will_do", "risks", "responsible_unit", "indicators.0.name", "indicators.0.source"} {
			parts[p] = !slices.Contains(without, p)
		}
		return parts
	}
	for _, c := range []struct {
		name       string
		change     func(m *commitment.Made)
		words      commitment.Parts
		missing    []string
		band       string
		trackable  bool
		verifiable bool
	}{
		{"all twenty", func(*commitment.Made) {}, words(), nil, "high", true, true},
		{"no source", func(*commitment.Made) {}, words("indicators.0.source"), []string{"M6"}, "lower", false, false},
		{"no source, a milestone", func(m *commitment.Made) { m.Milestones = []commitment.Milestone{{Due: "2027-01-01"}} },
			commitment.Parts{"will_do": true, "milestones.0.text": true}, []string{"S3", "M1", "M6", "A3", "A4", "R2"}, "lower", false, true},
		{"cost and risks", func(m *commitment.Made) { m.Money = nil }, words("risks"), []string{"A1", "A2", "A4"}, "high", true, true},
		{"no baseline", func(m *commitment.Made) { m.Indicators[0].Baseline, m.Indicators[0].BaselineOn = "", "" }, words(), []string{"M3", "M4"}, "lower", false, true},
		{"money that is sought has no source", func(m *commitment.Made) { m.Money[0].Role = "sought" }, words(), []string{"A2"}, "high", true, true},
		{"no indicator", func(m *commitment.Made) { m.Indicators = nil }, words(), []string{"M1", "M2", "M3", "M4", "M5", "M6"}, "lower", false, false},
		{"the better of two counts", func(m *commitment.Made) {
			m.Indicators = append([]commitment.Indicator{{Unit: "people"}}, commitment.Indicator{Unit: "schools", Baseline: "0", BaselineOn: "2025", Target: "9", TargetOn: "2030"})
		}, commitment.Parts{"promise": true, "problem": true, "will_do": true, "risks": true, "responsible_unit": true, "indicators.1.name": true, "indicators.1.source": true},
			nil, "high", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := whole
			m.Indicators, m.Money = slices.Clone(whole.Indicators), slices.Clone(whole.Money)
			c.change(&m)
			got := commitment.Judge(m, c.words)
			if !slices.Equal(got.Missing, c.missing) || got.Band != c.band || got.Trackable != c.trackable || got.Verifiable != c.verifiable {
				t.Errorf("got %+v, want missing %v, %s, trackable %t, verifiable %t", got, c.missing, c.band, c.trackable, c.verifiable)
			}
			if got.Score != int64(20-len(c.missing)) {
				t.Errorf("score %d with %d missing", got.Score, len(c.missing))
			}
		})
	}
}
