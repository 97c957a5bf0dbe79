package compact

// most that a report's period and window may last.
const (
	maxReportMonths = 120
	maxWindowDays   = 366
)

// checkReport looks at one kind of report: its rhythm, its dates, its mandate.
func checkReport(d *decoder, r *ReportKind) {
	if r.Cadence != "" && (r.Cadence == "every") != (r.EveryMonths > 0) {
		d.faultAt(r, "cadence", "report_rhythm", "id", r.ID)
	}
	if r.EveryMonths > maxReportMonths {
		d.faultAt(r, "every_months", "too_great", "max", maxReportMonths)
	}
	if r.DueMonths > maxReportMonths {
		d.faultAt(r, "due_months", "too_great", "max", maxReportMonths)
	}
	if r.WindowDays > maxWindowDays {
		d.faultAt(r, "window_days", "too_great", "max", maxWindowDays)
	}
	if r.From != "" && len(r.From) != len("2006-01-02") {
		d.faultAt(r, "from", "report_whole_day", "value", r.From)
	}
	due := 0
	for _, given := range []bool{r.Due != "", r.DueEvent != "", r.DueMonths > 0} {
		if given {
			due++
		}
	}
	if due > 1 {
		d.faultAt(r, "id", "report_due_twice", "id", r.ID)
	}
	if r.Proposed() && r.Mechanism == "" && len(r.Items) == 0 {
		d.faultAt(r, "mandate", "report_proposed_where", "id", r.ID)
	}
}
