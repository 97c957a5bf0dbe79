package compact_test

import (
	"maps"
	"strings"
	"testing"

	"kept/internal/compact"
)

// oneReport is a kind of report without fault, for the tiny pack.
const oneReport = `{id: "R1", mandate: "P2b", cadence: "every", every_months: 12, from: "2026-01-01", due_months: 3, chapters: ["scope", "items"], window_days: 14, sources: ["S1"]}`

func withReport(report, settings string) map[string]string {
	files := maps.Clone(tiny)
	files["reports.yaml"] = "reports:\n  - " + report + "\n"
	for _, lang := range []string{"en", "fr"} {
		files["lang/"+lang+".yaml"] += "reports:\n  R1: {title: \"Yearly report\", note: \"Note.\"}\n"
	}
	files["pack.yaml"] += settings
	return files
}

func TestReportKind(t *testing.T) {
	p, faults := compact.Check(folder(withReport(oneReport, "")))
	compareFaults(t, faults, nil)
	r, ok := p.Report("R1")
	if !ok || r.Window() != 14 || r.Proposed() || !p.ReportOn(r) || !r.Certain {
		t.Errorf("got %+v", r)
	}
	proposed := strings.Replace(oneReport, `"P2b"`, `"proposal", mechanism: "M1"`, 1)
	for settings, want := range map[string]bool{"": false, "reports_on: [\"R1\"]\n": true} {
		p, faults := compact.Check(folder(withReport(proposed, settings)))
		compareFaults(t, faults, nil)
		if r, _ := p.Report("R1"); !r.Proposed() || p.ReportOn(r) != want {
			t.Errorf("%q: proposed %v, on %v", settings, r.Proposed(), p.ReportOn(r))
		}
	}
}

func TestFaultsOfReports(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"a rhythm without months", `every_months: 12, `, ``, "report_rhythm"},
		{"months without a rhythm", `"every"`, `"once"`, "report_rhythm"},
		{"a year that is no day", `"2026-01-01"`, `"2026"`, "report_whole_day"},
		{"due twice", `due_months: 3`, `due_months: 3, due: "2027-03-31"`, "report_due_twice"},
		{"proposed nowhere", `"P2b"`, `"proposal"`, "report_proposed_where"},
		{"a chapter that is none", `"scope"`, `"prologue"`, "not_one_of"},
		{"a window of years", `window_days: 14`, `window_days: 900`, "too_great"},
		{"periods of a century", `every_months: 12`, `every_months: 1200`, "too_great"},
		{"a mandate that is not there", `"P2b"`, `"P9"`, "unknown_reference"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, faults := compact.Check(folder(withReport(strings.Replace(oneReport, test.old, test.new, 1), "")))
			compareFaults(t, faults, []string{"reports.yaml:2 " + test.want})
		})
	}
}

// A kind of report needs its words as every part does.
func TestReportKindWithoutWords(t *testing.T) {
	files := withReport(oneReport, "")
	files["lang/fr.yaml"] = tiny["lang/fr.yaml"]
	_, faults := compact.Check(folder(files))
	compareFaults(t, faults, []string{"lang/fr.yaml:1 missing_title"})
}
