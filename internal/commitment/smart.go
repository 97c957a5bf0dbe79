package commitment

import "slices"

// Quality is how well a commitment can be followed up: twenty yes-or-no items,
// whether it can be tracked, and whether it can be checked at all. What is
// missing is advice to its maker, never blame.
type Quality struct {
	Score      int64    // of 20
	Trackable  bool     // M1 to M6 and T2
	Band       string   // high, upper, lower or low
	Missing    []string // codes of the items that are not there, in their order
	Verifiable bool
}

// Smart lists the twenty items (after the index of the Nutrition Accountability Framework); their words are
// messages: commitment.smart.S1.
var Smart = []string{"S1", "S2", "S3", "S4", "S5", "M1", "M2", "M3", "M4", "M5", "M6", "A1", "A2", "A3", "A4", "R1", "R2", "T1", "T2", "T3"}

// Parts are the names of the parts of words that were filled, without their language.
type Parts map[string]bool

// Judge judges a commitment by its facts and by which texts were filled.
func Judge(m Made, filled Parts) Quality {
	have := map[string]bool{
		"S1": true, // an act has a lead party
		"S2": filled["will_do"],
		"S3": filled["promise"],
		"S4": len(m.Areas) > 0,
		"S5": len(m.Beneficiaries) > 0 || m.Reach != "",
		"A1": len(m.Money) > 0,
		"A2": slices.ContainsFunc(m.Money, func(l Money) bool { return l.Role == "own" || l.Role == "mobilised" }),
		"A3": filled["responsible_unit"],
		"A4": filled["risks"] || filled["condition"],
		"R1": len(m.Items) > 0,
		"R2": filled["problem"],
		"T1": m.Start != "",
		"T2": m.End != "",
		"T3": len(m.Milestones) > 0 || m.ReportEvery > 0,
	}
	measurable(m, filled, have)
	return grade(have, verifiable(m, filled))
}

// measurable judges M1 to M6 by the indicator that has most of them.
func measurable(m Made, filled Parts, have map[string]bool) {
	most := -1
	for n, i := range m.Indicators {
		these := map[string]bool{
			"M1": filled[part("indicators", n, "name")], "M2": i.Unit != "",
			"M3": i.Baseline != "", "M4": i.BaselineOn != "", "M5": i.Target != "" && i.TargetOn != "",
			"M6": filled[part("indicators", n, "source")],
		}
		count := 0
		for _, yes := range these {
			if yes {
				count++
			}
		}
		if count > most {
			most = count
			for code, yes := range these {
				have[code] = yes
			}
		}
	}
}

// verifiable asks whether somebody else could check it: an indicator with unit,
// target, date and source, or a dated milestone; and an end.
func verifiable(m Made, filled Parts) bool {
	if m.End == "" || !filled["will_do"] {
		return false
	}
	for n, i := range m.Indicators {
		if filled[part("indicators", n, "name")] && i.Unit != "" && i.Target != "" && i.TargetOn != "" && filled[part("indicators", n, "source")] {
			return true
		}
	}
	for n, s := range m.Milestones {
		if s.Due != "" && filled[part("milestones", n, "text")] {
			return true
		}
	}
	return false
}

// grade counts the items and finds the band.
func grade(have map[string]bool, verifiable bool) Quality {
	q := Quality{Verifiable: verifiable, Trackable: true}
	for _, code := range Smart {
		if have[code] {
			q.Score++
			continue
		}
		q.Missing = append(q.Missing, code)
		if code[0] == 'M' || code == "T2" {
			q.Trackable = false
		}
	}
	q.Band = Band(q.Score, q.Trackable)
	return q
}

// Bands are the bands of quality, from the highest.
var Bands = []string{"high", "upper", "lower", "low"}

// Band is the band of a score: high from 16 and trackable, upper from 12 and
// trackable, lower for either of the two, else low.
func Band(score int64, trackable bool) string {
	switch {
	case score >= 16 && trackable:
		return "high"
	case score >= 12 && trackable:
		return "upper"
	case score >= 12 || trackable:
		return "lower"
	}
	return "low"
}
