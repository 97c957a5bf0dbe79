package commitment_test

import (
	"slices"
	"testing"

	"golang.org/x/text/currency"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
	"kept/record"
)

// Every code that a page shows has its word.
func TestCodesHaveWords(t *testing.T) {
	for prefix, codes := range map[string][]string{
		"commitment.type.": commitment.Types, "commitment.newness.": commitment.Newnesses, "commitment.condition.": commitment.Conditions,
		"commitment.direction.": commitment.Directions, "commitment.measure.": commitment.Measures, "commitment.bound.": commitment.Bounds,
		"commitment.frequency.": commitment.Frequencies, "commitment.beneficiary.": commitment.Beneficiaries, "commitment.money.kind.": commitment.MoneyKinds,
		"commitment.money.role.": commitment.MoneyRoles, "commitment.money.stage.": append([]string{"pledged"}, commitment.LaterStages...),
		"commitment.review.": commitment.Reviews, "commitment.milestone.": commitment.StepStates, "commitment.reporting.": commitment.ReportingStates,
		"commitment.reporting.why.": commitment.ReportingStates, "commitment.unit.": commitment.Units, "commitment.smart.": commitment.Smart,
		"commitment.smart.advice.": commitment.Smart, "report.status.": commitment.Statuses, "report.reason.": commitment.Reasons,
		"report.barrier.": commitment.Barriers, "report.enabler.": commitment.Enablers, "report.evidence.kind.": commitment.Kinds,
		"report.evidence.strength.": commitment.Strengths,
	} {
		for _, code := range codes {
			if !locale.English.Has(prefix + code) {
				t.Errorf("no message %s", prefix+code)
			}
		}
	}
}

// Every field of the forms has a label, and every option its word or itself.
func TestFieldsHaveLabels(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	var fields []commitment.Field
	for step := 1; step <= commitment.Steps; step++ {
		fields = append(fields, commitment.NewDraft(w.pack, "en", 1, "state").Describe(step, w.pack)...)
	}
	fields = append(fields, commitment.ReportDraft{Lang: "en"}.Describe(w.pack)...)
	for _, f := range fields {
		if !locale.English.Has(f.Label) || f.Help != "" && !locale.English.Has(f.Help) {
			t.Errorf("%s: no message %s or %s", f.Name, f.Label, f.Help)
		}
	}
}

func TestCurrency(t *testing.T) {
	for _, code := range []string{"USD", "XOF", "CNY", "KES"} {
		if _, err := currency.ParseISO(code); err != nil || !commitment.Currency(code) {
			t.Errorf("%s is a currency", code)
		}
	}
	for _, code := range []string{"", "usd", "DEM", "XAU", "XXX", "US", " AED", "USD "} {
		if commitment.Currency(code) {
			t.Errorf("%q is no currency in use", code)
		}
	}
}

func TestUnitsOfThePack(t *testing.T) {
	pack := &compact.Pack{Targets: []*compact.Target{{Unit: "lighthouses"}, {Unit: "people"}, {Unit: "USD"}}}
	units := commitment.UnitsOf(pack)
	if !slices.Contains(units, "lighthouses") || slices.Contains(units, "USD") || len(units) != len(commitment.Units)+1 {
		t.Errorf("got %v", units)
	}
}

// Whatever is typed as a number becomes a decimal of the record, or an error at its field.
func FuzzTypedNumber(f *testing.F) {
	for _, seed := range []string{"1,234.5", "1 000", "٣٤٫٥", "-0", "1e9", "=1+1", "1,5", ",,,", "−5", "0000"} {
		f.Add("en", seed)
		f.Add("fr", seed)
	}
	f.Fuzz(func(t *testing.T, lang, text string) {
		d := commitment.ReportDraft{Lang: lang, Of: commitment.View{Facts: commitment.Made{Indicators: []commitment.Indicator{{}}}},
			Fields: commitment.Answers{"values.0.value": text, "from": "2025-01-01", "to": "2025-12-31", "self_status": "in_progress"}}
		a, es := d.Act(day("2026-01-01"), "secretariat")
		v := a.Facts.(commitment.Reported).Values[0].Value
		if faults(es.Err())["values.0.value"] == "" && record.CheckDecimal(v) != nil {
			t.Errorf("%q became %q without an error", text, v)
		}
	})
}
