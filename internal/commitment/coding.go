package commitment

import (
	"slices"

	"kept/internal/commitment/agreement"
)

// What is coded.
const (
	OfOverall   = "overall"
	OfMilestone = "milestone"
	OfIndicator = "indicator"
	OfEvidence  = "evidence"
)

// scales are the two scales on which reviewers code, and what is coded on each.
var scales = []struct {
	name  string
	codes []string
	of    []string
}{
	{"completion", Completions, []string{OfOverall, OfMilestone, OfIndicator}},
	{"strength", Strengths, []string{OfEvidence}},
}

// ScaleOf lists the codes that a thing can get; nil for what is not coded.
func ScaleOf(of string) []string {
	for _, s := range scales {
		if slices.Contains(s.of, of) {
			return s.codes
		}
	}
	return nil
}

// Agree computes how far reviewers agreed, one figure for each scale that at least
// two of them used. κ takes codes as they are; for α, which takes an order,
// "no evidence" is no step on the way and counts as a coding that is missing.
func Agree(codings []Coding) []Agreement {
	var out []Agreement
	for _, s := range scales {
		var units [][]agreement.Coding
		var first, second []int
		coders := 0
		for _, c := range codings {
			if !slices.Contains(s.of, c.Of) {
				continue
			}
			coders = max(coders, len(c.Codes))
			unit := make([]agreement.Coding, len(c.Codes))
			for i, code := range c.Codes {
				if code != "no_evidence" {
					unit[i] = agreement.Code(int64(slices.Index(s.codes, code)))
				}
			}
			units = append(units, unit)
			if len(c.Codes) == 2 {
				first, second = append(first, slices.Index(s.codes, c.Codes[0])), append(second, slices.Index(s.codes, c.Codes[1]))
			}
		}
		if coders < 2 {
			continue
		}
		a := Agreement{Of: s.name, Units: int64(len(units))}
		if coders == 2 {
			if k, err := agreement.Kappa(first, second, len(s.codes), agreement.Unweighted); err == nil {
				a.Kappa = agreement.Text(k)
			}
			if k, err := agreement.Kappa(first, second, len(s.codes), agreement.Linear); err == nil {
				a.Linear = agreement.Text(k)
			}
		}
		if alpha, err := agreement.Alpha(units, agreement.Ordinal); err == nil {
			a.Alpha = agreement.Text(alpha)
		}
		out = append(out, a)
	}
	return out
}
