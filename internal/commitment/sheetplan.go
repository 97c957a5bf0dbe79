package commitment

import (
	"strconv"
	"strings"
	"time"

	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// SheetFile is a sheet that came back: whose it is, and how it is to be read.
type SheetFile struct {
	Party   int64
	By      string // who the reports are by: the party or the secretariat
	Lang    locale.Lang
	Digest  record.Digest // of the file's bytes
	Filled  *reportsheet.Filled
	Style   reportsheet.Style
	Choices map[int64]string
	Default string // choice for conflicts that Choices does not name
}

// Key is the submission key of a sheet: one file makes its reports for a party once.
func (s SheetFile) Key() string {
	return "reports/" + strconv.FormatInt(s.Party, 10) + "/" + s.Digest.String()
}

// PlanReports says what would become of a sheet, by the state and all rules of
// progress reports, and gives the acts that the plan makes: none unless it is ready.
func PlanReports(tx *db.Tx, now time.Time, s SheetFile) (*reportsheet.Plan, []keeper.Act, error) {
	known, err := knownAmong(tx, s.Party, s.Filled.Commitments())
	if err != nil {
		return nil, nil, err
	}
	plan := s.Filled.Plan(known, reportsheet.Options{Codes: SheetCodes(), Lang: s.Lang, Today: now.UTC().Format(isoDate), Style: s.Style, Choices: s.Choices, Default: s.Default})
	if len(plan.Dates)+len(plan.Numbers) > 0 {
		return plan, nil, nil // what the cells say is not known yet
	}
	var acts []keeper.Act
	for i, l := range plan.Lines {
		if l.Outcome != reportsheet.New {
			continue
		}
		facts, err := standing(tx, l.Known.ID)
		if err != nil {
			return nil, nil, err
		}
		act, es := sheetReport(l, facts, s.Lang).Act(now, s.By)
		if len(es) > 0 {
			plan.Refuse(i, es)
		}
		acts = append(acts, act)
	}
	if !plan.Ready() {
		return plan, nil, nil
	}
	return plan, acts, nil
}

// sheetReport is the draft of a report that the rows of a commitment make: from here
// on it has the rules of the form. An address given as evidence is entered as a
// report of the party's own.
func sheetReport(l reportsheet.Line, facts Made, lang locale.Lang) ReportDraft {
	r := l.Report
	a := Answers{"from": r.From, "to": r.To, "self_status": r.Status, "narrative": r.Narrative, "barriers": strings.Join(r.Barriers, ", ")}
	for _, v := range r.Values {
		a[part("values", v.Indicator, "value")] = v.Value
		a[part("values", v.Indicator, "on")] = v.On
		a[part("values", v.Indicator, "reason_not_assessed")] = v.Reason
	}
	for _, m := range r.Milestones {
		a[part("milestones", m.Milestone, "state")] = m.State
	}
	for n, address := range r.Evidence {
		a[part("evidence", n, "title")] = cut(address, reportFields["evidence.#.title"].max)
		a[part("evidence", n, "url")] = address
		a[part("evidence", n, "kind")] = "report"
		a[part("evidence", n, "strength")] = "E2"
	}
	return ReportDraft{Lang: string(lang), Of: View{ID: l.Known.ID, Facts: facts}, Fields: a}
}

// cut is the beginning of a text, in characters.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}
