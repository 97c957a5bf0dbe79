package commitment_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db/dbtest"
	"kept/record"
)

// typed is a form as a person fills it in: numbers with groups, a row left empty.
func typed() commitment.Answers {
	return commitment.Answers{
		"title": "1,000 rural schools on open fibre ", "promise": "The Ministry will connect 1,000 rural schools by the end of 2030.\r\n", "items": "H.1, H.2",
		"type": "infrastructure", "problem": "Rural schools are offline.", "will_do": "Lay fibre.", "newness": "new", "areas": "qm", "beneficiaries": "learners, rural",
		"indicators.0.name": "Schools with fibre", "indicators.0.unit": "schools", "indicators.0.direction": "up", "indicators.0.measure_kind": "stock",
		"indicators.0.baseline": "0", "indicators.0.baseline_on": "2025-03-01", "indicators.0.target": "1,000", "indicators.0.target_on": "2030",
		"indicators.0.source": "Regulator’s register", "indicators.0.frequency": "yearly",
		"indicators.1.direction": "up", "indicators.1.frequency": "yearly", // a form fills in choices by itself
		"indicators.2.name": "Pupils", "indicators.2.unit": "people", "indicators.2.direction": "up", "indicators.2.measure_kind": "cumulative",
		"indicators.2.target": "٢٥٠٠٠", "indicators.2.target_on": "2030-12", "indicators.2.source": "School census", "indicators.2.frequency": "yearly",
		"money.0.amount": "12 000 000", "money.0.currency": "usd", "money.0.value_on": "2025-03", "money.0.kind": "cash", "money.0.role": "own",
		"money.0.dac": "22040:80, 22010:20%", "milestones.0.text": "First hundred schools", "milestones.0.due": "2026-12-31",
		"responsible_unit": "Division of Networks", "report_every_months": "12", "start": "2025-04-01", "end": "2030-12-31",
		"condition_kind": "unconditional", "review_basis": "peer",
	}
}

func TestDraftMakesAnAct(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	d := commitment.Draft{Lang: "en", Lead: w.ministry, Fields: typed()}
	if es := d.Problems(0, w.pack, w.now); len(es) > 0 {
		t.Fatal(es)
	}
	a, es := d.Act(w.pack, w.now, id(w.ministry))
	if len(es) > 0 {
		t.Fatal(es)
	}
	v := w.get(w.must(a), "2025-03-20")
	if got := v.Facts.Indicators; len(got) != 2 || got[0].Target != "1000" || got[1].Target != "25000" {
		t.Errorf("indicators: %+v", got)
	}
	if got := v.Words["indicators.1.name.en"]; got != "Pupils" {
		t.Errorf("the name of the second indicator: %q", got)
	}
	if m := v.Facts.Money[0]; m.Amount != "12000000" || m.Currency != "USD" || m.DAC[1].Percent != "20" {
		t.Errorf("money: %+v", m)
	}
	if v.Words["title.en"] != "1,000 rural schools on open fibre" || strings.HasSuffix(v.Words["promise.en"], "\n") {
		t.Errorf("texts were not cleaned: %q", v.Words)
	}
	if got := d.Advice(0); !slices.Equal(got, []string{"A4"}) {
		t.Errorf("advice: %v", got)
	}
	if got := d.Advice(1); len(got) != 0 {
		t.Errorf("advice of step 1: %v", got)
	}
}

// Each problem is said of its step and of the field as the form has it.
func TestDraftProblems(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct {
		name  string
		edit  commitment.Answers
		step  int
		place string
		key   string
	}{
		{"no title", commitment.Answers{"title": " "}, 1, "title", "needed"},
		{"a title too long", commitment.Answers{"title": strings.Repeat("x", 200)}, 1, "title", "text_long"},
		{"unknown item", commitment.Answers{"items": "P11d"}, 1, "items", "unknown_item"},
		{"partners", commitment.Answers{"partners": "Kite:40"}, 1, "partners", "partner_form"},
		{"shares of partners", commitment.Answers{"partners": "2:90 3:20", "lead_share": "1"}, 1, "partners", "shares_sum"},
		{"the lead's own share", commitment.Answers{"partners": "2:60 3:20"}, 1, "lead_share", "shares_lead"},
		{"target equal to baseline", commitment.Answers{"indicators.0.baseline": "1 000"}, 2, "indicators.0.target", "target_is_baseline"},
		{"the row that the form has", commitment.Answers{"indicators.2.source": ""}, 2, "indicators.2.source", "needed"},
		{"no number", commitment.Answers{"indicators.2.target": "many"}, 2, "indicators.2.target", "bad_decimal"},
		{"read in two ways", commitment.Answers{"indicators.0.target": "1,5"}, 2, "indicators.0.target", "ambiguous"},
		{"no date", commitment.Answers{"indicators.0.target_on": "end of 2030"}, 2, "indicators.0.target_on", "bad_date"},
		{"currency", commitment.Answers{"money.0.currency": "dollars"}, 3, "money.0.currency", "currency"},
		{"purposes", commitment.Answers{"money.0.dac": "22040:80"}, 3, "money.0.dac", "dac_sum"},
		{"milestone", commitment.Answers{"milestones.0.due": "2035-01-01"}, 3, "milestones.0.due", "outside"},
		{"rhythm", commitment.Answers{"report_every_months": "often"}, 4, "report_every_months", "rhythm"},
		{"end", commitment.Answers{"end": ""}, 4, "end", "needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := commitment.Draft{Lang: "en", Lead: w.ministry, Fields: typed()}
			maps.Copy(d.Fields, c.edit)
			for step := 1; step <= commitment.Steps; step++ {
				got := faults(d.Problems(step, w.pack, w.now).Err())
				if step == c.step && got[c.place] != "err.commitment."+c.key || step != c.step && len(got) > 0 {
					t.Errorf("step %d: got %v, want %s at %s in step %d", step, got, c.key, c.place, c.step)
				}
			}
		})
	}
}

// Numbers as people type them.
func TestTypedNumbers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct{ lang, typed, want string }{
		{"en", "1,234,567.80", "1234567.80"}, {"en", "1 234", "1234"}, {"en", "1,5", ""}, {"en", "12,34", ""}, {"en", "1,2345", ""},
		{"fr", "1\u202f234,5", "1234.5"}, {"fr", "2,5", "2.5"}, {"fr", "1,234", ""}, {"ru", "0,75", "0.75"}, {"es", "1.234,5", ""},
		{"ar", "٣٤٫٥", "34.5"}, {"ar", "١٬٠٠٠", "1000"}, {"zh", "１２，０００", "12000"}, {"en", "−", ""}, {"en", "1e3", ""}, {"en", "=1+1", ""},
	} {
		d := commitment.Draft{Lang: c.lang, Lead: w.ministry, Fields: typed()}
		d.Fields["indicators.0.target"] = "1000"
		d.Fields["money.0.amount"] = c.typed
		a, es := d.Act(w.pack, w.now, id(w.ministry))
		got := ""
		if len(es) == 0 {
			got = a.Facts.(commitment.Made).Money[0].Amount
		} else if faults(es.Err())["money.0.amount"] == "" {
			t.Fatal(es)
		}
		if got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.lang, c.typed, got, c.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	d := commitment.NewDraft(w.pack, "en", w.ministry, "state")
	if d.Fields["report_every_months"] != "6" || d.Fields["review_basis"] != "peer" {
		t.Errorf("the pack's proposals: %v", d.Fields)
	}
	names := func(step int) (list []string) {
		for _, f := range d.Describe(step, w.pack) {
			list = append(list, f.Name)
			if f.Kind == commitment.Select && len(f.Options) == 0 {
				t.Errorf("%s has no options", f.Name)
			}
		}
		return list
	}
	if got := names(2); !slices.Contains(got, "indicators.0.target") || slices.Contains(got, "indicators.1.target") {
		t.Errorf("an empty form has one row: %v", got)
	}
	d.Fields["indicators.0.name"] = "Schools"
	if got := names(2); !slices.Contains(got, "indicators.1.target") {
		t.Errorf("a filled row makes room for another: %v", got)
	}
	for step := range 6 {
		names(step)
	}
}

// The least that a report needs: a status, and a value or a reason.
func TestReportDraft(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	c := w.must(w.schools())
	w.now = day("2026-03-31")
	d := commitment.NewReportDraft(w.get(c, "2026-03-31"), "en", "2026-03-31")
	if d.Fields["from"] != "2025-03-20" || d.Fields["to"] != "2026-03-31" {
		t.Errorf("proposed period: %v", d.Fields)
	}
	if got := faults(d.Problems(w.now).Err()); len(got) != 2 || got["values.0.value"] != "err.report.value_or_reason" || got["self_status"] != "err.commitment.needed" {
		t.Errorf("an empty report: %v", got)
	}
	d.Fields["self_status"], d.Fields["values.0.value"] = "in_progress", "1 50"
	d.Fields["evidence.3.title"], d.Fields["evidence.3.kind"], d.Fields["evidence.3.strength"] = "Register", "dataset", "E3"
	if got := faults(d.Problems(w.now).Err()); got["evidence.3.url"] != "err.report.no_document" {
		t.Errorf("evidence without a document: %v", got)
	}
	d.Fields["evidence.3.sha256"], d.Fields["evidence.3.seen_by"] = record.DigestOf([]byte("school,fibre\n1,yes\n")).String(), "party"
	a, es := d.Act(w.now, id(w.ministry))
	if len(es) > 0 {
		t.Fatal(es)
	}
	w.must(a)
	v := w.get(c, "2026-03-31")
	if v.Indicators[0].Value != "150" || v.Indicators[0].ValueOn != "2026-03-31" || v.Reports[0].Pieces != 1 {
		t.Errorf("after the report: %+v", v.Indicators[0])
	}
	names := map[string]bool{}
	for _, f := range d.Describe(w.pack) {
		names[f.Name] = true
	}
	for _, n := range []string{"values.0.value", "values.0.reason_not_assessed", "milestones.0.state", "evidence.4.title", "narrative"} {
		if !names[n] {
			t.Errorf("the form lacks %s", n)
		}
	}
}

// A row that nobody filled in says nothing, though its lists of choices stand at something.
func TestSays(t *testing.T) {
	d := commitment.Draft{Lang: "en", Fields: commitment.Answers{"title": "t", "indicators.0.name": "Schools", "indicators.0.direction": "up",
		"indicators.1.direction": "up", "indicators.1.frequency": "monthly", "money.0.kind": "cash"}}
	for name, want := range map[string]bool{"title": true, "indicators.0.direction": true, "indicators.1.direction": false, "indicators.1.frequency": false, "money.0.kind": false} {
		if got := d.Says(name); got != want {
			t.Errorf("Says(%q): got %v, want %v", name, got, want)
		}
	}
}

// The form says which answers would let others check a commitment.
func TestToCheck(t *testing.T) {
	draft := func(edit commitment.Answers) commitment.Draft {
		fields := typed()
		for name := range fields {
			if strings.HasPrefix(name, "indicators.") || strings.HasPrefix(name, "milestones.") {
				delete(fields, name)
			}
		}
		maps.Copy(fields, edit)
		return commitment.Draft{Lang: "en", Lead: 1, Fields: fields}
	}
	none := []string{"indicators.0.name", "indicators.0.unit", "indicators.0.target", "indicators.0.target_on", "indicators.0.source"}
	for _, c := range []struct {
		name                   string
		edit                   commitment.Answers
		indicator, byMilestone []string
	}{
		{"nothing to measure", nil, none, []string{"milestones.0.text", "milestones.0.due"}},
		{"an indicator almost there", commitment.Answers{"indicators.0.name": "Ships", "indicators.1.name": "Schools", "indicators.1.unit": "schools", "indicators.1.target": "9", "indicators.1.target_on": "2030"},
			[]string{"indicators.1.source"}, []string{"milestones.0.text", "milestones.0.due"}},
		{"a milestone without its day", commitment.Answers{"milestones.0.text": "First school"}, none, []string{"milestones.0.due"}},
		{"no end", commitment.Answers{"end": "", "milestones.0.text": "First school", "milestones.0.due": "2027-01-01"}, append([]string{"end"}, none...), []string{"end"}},
		{"it can be checked", commitment.Answers{"milestones.0.text": "First school", "milestones.0.due": "2027-01-01"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			indicator, milestone := draft(c.edit).ToCheck()
			if !slices.Equal(indicator, c.indicator) || !slices.Equal(milestone, c.byMilestone) {
				t.Errorf("got %v or %v, want %v or %v", indicator, milestone, c.indicator, c.byMilestone)
			}
			if can := draft(c.edit).Quality().Verifiable; can != (indicator == nil) {
				t.Errorf("can be checked: %v", can)
			}
		})
	}
}
