package commitment

import (
	"time"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
)

var reportSpecs = []spec{
	{name: "from", kind: Date, required: true}, {name: "to", kind: Date, required: true},
	{name: "self_status", kind: Select, required: true, options: Statuses, words: "report.status."},
}

var valueSpecs = []spec{
	{name: "values.value", kind: Decimal}, {name: "values.on", kind: Date},
	{name: "values.reason_not_assessed", kind: Select, options: Reasons, words: "report.reason."}, {name: "values.note", kind: Text},
}

var stepSpecs = []spec{{name: "milestones.state", kind: Select, options: StepStates, words: "commitment.milestone."}}

var moreSpecs = []spec{
	{name: "narrative", kind: Text}, {name: "people_reached", kind: Decimal},
	{name: "money.stage", kind: Select, options: LaterStages, words: "commitment.money.stage."}, {name: "money.amount", kind: Decimal},
	{name: "money.currency", kind: Line}, {name: "money.value_on", kind: Date},
	{name: "barriers", kind: Several, options: Barriers, words: "report.barrier."}, {name: "enablers", kind: Several, options: Enablers, words: "report.enabler."},
	{name: "lessons", kind: Text}, {name: "next_steps", kind: Text},
	{name: "evidence.title", kind: Line}, {name: "evidence.kind", kind: Select, options: Kinds, words: "report.evidence.kind."},
	{name: "evidence.file", kind: Attached}, {name: "evidence.url", kind: Line}, {name: "evidence.issuer", kind: Line}, {name: "evidence.on", kind: Date},
	{name: "evidence.strength", kind: Select, options: Strengths, words: "report.evidence.strength."},
	{name: "evidence.seen_by", kind: Select, options: Audiences, words: "report.evidence.seen_by."}, {name: "evidence.sha256", kind: Line},
}

// ReportDraft is a progress report on its way through the form. The least that it
// needs is a period, one status, and for each indicator a value or a reason.
type ReportDraft struct {
	Lang   string
	Of     View // the commitment as it stands
	Fields Answers
}

// NewReportDraft proposes the period from the end of the last report to today.
func NewReportDraft(of View, lang, today string) ReportDraft {
	from := max(of.Facts.Start, of.MadeOn)
	for _, r := range of.Reports {
		from = max(from, addDays(r.To, 1))
	}
	a := Answers{}
	if from <= today {
		a["from"], a["to"] = from, today
	}
	return ReportDraft{Lang: lang, Of: of, Fields: a}
}

// Describe lists the fields of the report, with a row for each indicator and milestone.
func (d ReportDraft) Describe(pack *compact.Pack) []Field {
	out := describe(reportSpecs, d.Fields, pack, reportFields, nil)
	for n, i := range d.Of.Facts.Indicators {
		if i.Ended {
			continue
		}
		for _, s := range valueSpecs {
			out = append(out, s.field("values", n, pack, reportFields))
		}
	}
	for n, m := range d.Of.Facts.Milestones {
		if m.Dropped {
			continue
		}
		for _, s := range stepSpecs {
			out = append(out, s.field("milestones", n, pack, reportFields))
		}
	}
	return append(out, describe(moreSpecs, d.Fields, pack, reportFields, map[string]int{"money": maxMoney, "evidence": MostEvidence})...)
}

// Problems is what is to be mended, by field: the rules that the act must pass,
// save whether the period was reported on already.
func (d ReportDraft) Problems(now time.Time) locale.Errors {
	_, es := d.Act(now, secretariat)
	return es
}

// Act is the act that the draft makes; the errors name the fields of the form.
func (d ReportDraft) Act(now time.Time, by string) (keeper.Act, locale.Errors) {
	f, words, rows, unread := d.read()
	a := keeper.Act{Kind: KindReported, By: by, Facts: f, Words: words}
	var found locale.Errors
	found.Add(validateReported(a, f))
	found.Add(checking{at: now}.answers(f, d.Of.Facts).Err())
	return a, mendable(unread, found, d.Lang, rows)
}

func (d ReportDraft) read() (Reported, map[string]string, map[string][]int, locale.Errors) {
	r := &reader{Answers: d.Fields, lang: d.Lang}
	rows := map[string][]int{"money": r.rows("money", "amount"), "evidence": r.rows("evidence", rowFields["evidence"]...)}
	f := Reported{Commitment: d.Of.ID, Lang: d.Lang, From: r.date("from"), To: r.date("to"), Status: r.get("self_status"), Unchanged: r.get("unchanged"),
		Reached: r.number("people_reached"), Barriers: typedList(r.get("barriers")), Enablers: typedList(r.get("enablers"))}
	for n, i := range d.Of.Facts.Indicators {
		rows["values"] = append(rows["values"], n)
		if i.Ended {
			continue
		}
		at := func(name string) string { return part("values", n, name) }
		v := Value{Indicator: int64(n), Value: r.number(at("value")), Reason: r.get(at("reason_not_assessed")), MethodChanged: r.yes(at("method_changed"))}
		if v.Value != "" {
			if v.On = r.date(at("on")); v.On == "" {
				v.On = f.To // the value of the period's last day, unless another is given
			}
		}
		if v.Value == "" && v.Reason == "" && f.Unchanged != "" {
			continue // nothing changed, so nothing is answered
		}
		f.Values = append(f.Values, v)
	}
	for n := range d.Of.Facts.Milestones {
		if state := r.get(part("milestones", n, "state")); state != "" {
			f.Milestones = append(f.Milestones, MilestoneState{int64(n), state})
		}
	}
	for _, n := range rows["money"] {
		m := r.money(n)
		f.Money = append(f.Money, Spent{r.get(part("money", n, "stage")), m.Amount, m.Currency, m.ValueOn})
	}
	for _, n := range rows["evidence"] {
		f.Evidence = append(f.Evidence, r.evidence(n))
	}
	return f, r.words(reportFields, rows), rows, r.errs
}

// evidence reads one piece.
func (r *reader) evidence(n int) Evidence {
	at := func(name string) string { return part("evidence", n, name) }
	return Evidence{Kind: r.get(at("kind")), Digest: r.get(at("sha256")), On: r.date(at("on")), Strength: r.get(at("strength")), SeenBy: r.get(at("seen_by"))}
}
