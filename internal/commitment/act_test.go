package commitment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// Each bad commitment is refused at its place, and nothing of it is kept.
func TestBadCommitment(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	type made = commitment.Made
	first := func(edit func(i *commitment.Indicator)) func(*made, map[string]string) {
		return func(f *made, _ map[string]string) {
			f.Indicators = []commitment.Indicator{f.Indicators[0]}
			edit(&f.Indicators[0])
		}
	}
	for _, c := range []struct {
		name  string
		edit  func(f *made, words map[string]string)
		place string
		key   string
	}{
		{"no title", func(_ *made, words map[string]string) { delete(words, "title.en") }, "title", "needed"},
		{"a title of ten megabytes", func(_ *made, words map[string]string) { words["title.en"] = strings.Repeat("x", 10<<20) }, "title.en", "err.words.too_long"},
		{"a title too long", func(_ *made, words map[string]string) { words["title.en"] = strings.Repeat("x", 121) }, "title.en", "text_long"},
		{"two lines in a title", func(_ *made, words map[string]string) { words["title.en"] = "a\nb" }, "title.en", "text_unclean"},
		{"a bidi override", func(_ *made, words map[string]string) { words["title.en"] = "abc\u202exyz" }, "title.en", "text_unclean"},
		{"a NUL", func(_ *made, words map[string]string) { words["promise.en"] = "a\x00b" }, "promise.en", "err.words.nul"},
		{"not UTF-8", func(_ *made, words map[string]string) { words["promise.en"] = "a\xff" }, "promise.en", "err.words.not_utf8"},
		{"an unknown text", func(_ *made, words map[string]string) { words["password.en"] = "x" }, "password.en", "unknown_part"},
		{"a text of an indicator that is not there", func(_ *made, words map[string]string) { words["indicators.7.name.en"] = "x" }, "indicators.7.name.en", "unknown_part"},
		{"a text numbered otherwise", func(_ *made, words map[string]string) { words["indicators.00.name.en"] = "x" }, "indicators.00.name.en", "unknown_part"},
		{"no language", func(f *made, _ map[string]string) { f.Lang = "EN US" }, "lang", "bad_language"},
		{"no item", func(f *made, _ map[string]string) { f.Items = nil }, "items", "needed"},
		{"an unknown item", func(f *made, _ map[string]string) { f.Items = []string{"X.9"} }, "items", "unknown_item"},
		{"a principle", func(f *made, _ map[string]string) { f.Items = []string{"HR.a"} }, "items", "item_asks_nothing"},
		{"an item twice", func(f *made, _ map[string]string) { f.Items = []string{"H.1", "H.1"} }, "items", "twice"},
		{"an item with a script", func(f *made, _ map[string]string) { f.Items = []string{"<script>"} }, "items", "unknown_item"},
		{"no area", func(f *made, _ map[string]string) { f.Areas = nil }, "areas", "needed"},
		{"an area of another compact", func(f *made, _ map[string]string) { f.Areas = []string{"KEN"} }, "areas", "unknown_area"},
		{"an unknown type", func(f *made, _ map[string]string) { f.Type = "nice" }, "type", "not_one_of"},
		{"no newness", func(f *made, _ map[string]string) { f.Newness = "" }, "newness", "needed"},
		{"continuing since when", func(f *made, _ map[string]string) { f.Newness = "continuing" }, "since", "since"},
		{"restated from where", func(f *made, _ map[string]string) { f.Newness = "restated" }, "restated_of", "restated_of"},
		{"conditional on what", func(f *made, _ map[string]string) { f.Condition = "conditional" }, "condition", "condition_text"},
		{"unconditional with a condition", func(_ *made, words map[string]string) { words["condition.en"] = "If funded" }, "condition", "condition_surplus"},
		{"unknown beneficiaries", func(f *made, _ map[string]string) { f.Beneficiaries = []string{"aliens"} }, "beneficiaries", "not_one_of"},
		{"half a person", func(f *made, _ map[string]string) { f.Reach = "1.5" }, "beneficiaries_direct", "bad_count"},
		{"ends before it starts", func(f *made, _ map[string]string) { f.End = "2024-12-31" }, "end", "ends_before_start"},
		{"a day that does not exist", func(f *made, _ map[string]string) { f.End = "2030-02-30" }, "end", "bad_day"},
		{"an end of a year only", func(f *made, _ map[string]string) { f.End = "2030" }, "end", "bad_day"},
		{"a hundred years", func(f *made, _ map[string]string) { f.End = "2099-01-01" }, "end", "too_long"},
		{"already over", func(f *made, words map[string]string) {
			delete(words, "milestones.0.text.en")
			f.Start, f.End, f.Milestones, f.Indicators[0].TargetOn = "2022-01-01", "2024-12-31", nil, "2026"
		}, "end", "ended"},
		{"every seven months", func(f *made, _ map[string]string) { f.ReportEvery = 7 }, "report_every_months", "rhythm"},
		{"an unknown basis of review", func(f *made, _ map[string]string) { f.Review = "us" }, "review_basis", "not_one_of"},
		{"target equal to baseline", first(func(i *commitment.Indicator) { i.Baseline, i.Target = "1000", "1000.0" }), "indicators.0.target", "target_is_baseline"},
		{"target below", first(func(i *commitment.Indicator) { i.Baseline = "2000" }), "indicators.0.target", "target_below"},
		{"target above", first(func(i *commitment.Indicator) { i.Direction = "down" }), "indicators.0.target", "target_above"},
		{"target not after baseline", first(func(i *commitment.Indicator) { i.TargetOn, i.BaselineOn = "2025-03", "2025" }), "indicators.0.target_on", "target_before_baseline"},
		{"target before the start", first(func(i *commitment.Indicator) { i.TargetOn, i.BaselineOn = "2024", "2023" }), "indicators.0.target_on", "target_before_start"},
		{"a baseline of tomorrow", first(func(i *commitment.Indicator) { i.BaselineOn = "2025-03-22" }), "indicators.0.baseline_on", "future"},
		{"a baseline without its date", first(func(i *commitment.Indicator) { i.BaselineOn = "" }), "indicators.0.baseline_on", "needed"},
		{"a leading zero", first(func(i *commitment.Indicator) { i.Target = "0100" }), "indicators.0.target", "bad_decimal"},
		{"an exponent", first(func(i *commitment.Indicator) { i.Target = "1e9" }), "indicators.0.target", "bad_decimal"},
		{"minus zero", first(func(i *commitment.Indicator) { i.Baseline = "-0" }), "indicators.0.baseline", "bad_decimal"},
		{"beyond what can be", first(func(i *commitment.Indicator) { i.NaturalMin, i.NaturalMax = "0", "100" }), "indicators.0.target", "not_natural"},
		{"an unknown unit", first(func(i *commitment.Indicator) { i.Unit = "smiles" }), "indicators.0.unit", "unknown_unit"},
		{"another unit without a name", first(func(i *commitment.Indicator) { i.Unit = "other" }), "indicators.0.unit_name", "needed"},
		{"an unknown series", first(func(i *commitment.Indicator) { i.Series = "nothing" }), "indicators.0.linked_series", "unknown_series"},
		{"a cumulative count that begins at five", first(func(i *commitment.Indicator) { i.Measure, i.Baseline = "cumulative", "5" }), "indicators.0.baseline", "cumulative"},
		{"binary to five", first(func(i *commitment.Indicator) { i.Measure, i.Target = "binary", "5" }), "indicators.0.target", "binary"},
		{"held without a bound", first(func(i *commitment.Indicator) { i.Direction, i.Measure = "hold", "maintain" }), "indicators.0.bound", "bound"},
		{"held as a stock", first(func(i *commitment.Indicator) { i.Direction, i.Bound = "hold", "at_least" }), "indicators.0.measure_kind", "maintain"},
		{"eleven indicators", func(f *made, _ map[string]string) {
			for range 10 {
				f.Indicators = append(f.Indicators, f.Indicators[0])
			}
		}, "indicators", "too_many"},
		{"thirty-one milestones", func(f *made, _ map[string]string) {
			for range 30 {
				f.Milestones = append(f.Milestones, f.Milestones[0])
			}
		}, "milestones", "too_many"},
		{"a milestone after the end", func(f *made, _ map[string]string) { f.Milestones = []commitment.Milestone{{Due: "2031-01-01"}} }, "milestones.0.due", "outside"},
		{"a milestone that says nothing", func(_ *made, words map[string]string) { delete(words, "milestones.0.text.en") }, "milestones.0.text", "needed"},
		{"no amount", func(f *made, _ map[string]string) {
			f.Money = []commitment.Money{{Currency: "USD", ValueOn: "2025", Kind: "cash", Role: "own"}}
		}, "money.0.amount", "needed"},
		{"a debt", func(f *made, _ map[string]string) {
			f.Money = []commitment.Money{{Amount: "-5", Currency: "USD", ValueOn: "2025", Kind: "cash", Role: "own"}}
		}, "money.0.amount", "amount"},
		{"money of no country", func(f *made, _ map[string]string) {
			f.Money = []commitment.Money{{Amount: "5", Currency: "DEM", ValueOn: "2025", Kind: "cash", Role: "own"}}
		}, "money.0.currency", "currency"},
		{"shares of 90 per cent", func(f *made, _ map[string]string) {
			f.Money = []commitment.Money{{Amount: "5", Currency: "USD", ValueOn: "2025", Kind: "cash", Role: "own", DAC: []commitment.DAC{{Code: "22040", Percent: "90"}}}}
		}, "money.0.dac", "dac_sum"},
		{"a purpose of four digits", func(f *made, _ map[string]string) {
			f.Money = []commitment.Money{{Amount: "5", Currency: "USD", ValueOn: "2025", Kind: "cash", Role: "own", DAC: []commitment.DAC{{Code: "2204", Percent: "100"}}}}
		}, "money.0.dac", "dac"},
		{"shares of 101 per cent", func(f *made, _ map[string]string) { f.LeadShare = "61" }, "partners", "shares_sum"},
		{"shares of 99 per cent", func(f *made, _ map[string]string) { f.LeadShare = "59" }, "partners", "shares_sum"},
		{"shares of 99.999999999 per cent", func(f *made, _ map[string]string) { f.LeadShare = "59.999999999" }, "partners", "shares_sum"},
		{"a lead without a share", func(f *made, _ map[string]string) { f.LeadShare = "" }, "lead_share", "shares_lead"},
		{"a partner without a share", func(f *made, _ map[string]string) {
			f.Partners = append(f.Partners, commitment.Partner{Party: w.loose})
		}, "partners", "shares_some"},
		{"a share alone", func(f *made, _ map[string]string) { f.Partners = nil }, "lead_share", "share_alone"},
		{"a share of nothing", func(f *made, _ map[string]string) { f.LeadShare, f.Partners[0].Share = "100", "0" }, "partners.0.share", "percent"},
		{"an indicator that ends as it begins", func(f *made, _ map[string]string) { f.Indicators[0].Ended = true }, "indicators.0.ended", "ended_at_start"},
		{"a milestone dropped as it begins", func(f *made, _ map[string]string) { f.Milestones[0].Dropped = true }, "milestones.0.dropped", "ended_at_start"},
		{"its own partner", func(f *made, _ map[string]string) {
			f.LeadShare, f.Partners = "", []commitment.Partner{{Party: w.ministry}}
		}, "partners.0.party", "twice"},
		{"a partner that is no party", func(f *made, _ map[string]string) { f.LeadShare, f.Partners = "", []commitment.Partner{{Party: 99999}} }, "partners.0.party", "err.party.unknown"},
		{"another party's name", func(f *made, _ map[string]string) { f.Lead = w.kite }, "lead", "not_yours"},
		{"a claim that is none", func(f *made, _ map[string]string) { f.Claims = 3 }, "claims", "claims_which"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.keeper.Size()
			_, err := w.submit(change(w.schools(), c.edit))
			key := c.key
			if !strings.HasPrefix(key, "err.") {
				key = "err.commitment." + key
			}
			if got := faults(err); got[c.place] != key {
				t.Errorf("got %v, want %s at %s (%v)", got, key, c.place, err)
			}
			if w.keeper.Size() != before {
				t.Error("something was kept")
			}
		})
	}
	t.Run("surplus facts", func(t *testing.T) {
		a := w.schools()
		a.Facts = map[string]any{"lead": 1, "admin": true}
		if _, err := w.submit(a); faults(err)[""] != "err.record.wrong_facts" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("too many texts", func(t *testing.T) {
		a := w.schools()
		for n := range 500 {
			a.Words[fmt.Sprintf("problem.x%c%c", 'a'+n/26, 'a'+n%26)] = "x"
		}
		if _, err := w.submit(a); faults(err)[""] != "err.commitment.too_large" {
			t.Errorf("got %v", err)
		}
	})
}

// Who may make a commitment, the pack says.
func TestWhoMayCommit(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	by := func(lead int64, by string) keeper.Act {
		a := change(w.schools(), func(f *commitment.Made, _ map[string]string) { f.Lead, f.Partners, f.LeadShare = lead, nil, "" })
		a.By = by
		return a
	}
	for _, c := range []struct {
		name string
		act  keeper.Act
		want error
	}{
		{"a State that adopted", by(w.ministry, id(w.ministry)), nil},
		{"an endorsing company", by(w.kite, id(w.kite)), nil},
		{"the secretariat for it", by(w.kite, "secretariat"), nil},
		{"a party without any basis", by(w.loose, id(w.loose)), keeper.ErrForbidden},
		{"the secretariat for that", by(w.loose, "secretariat"), keeper.ErrForbidden},
		{"a party stated elsewhere", by(w.stated, "secretariat"), keeper.ErrForbidden},
		{"nobody", by(99999, "secretariat"), keeper.ErrNotFound},
	} {
		if _, err := w.submit(c.act); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestBadReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		w.now = day("2026-03-31")
		w.must(w.progress(c, "2025-03-20", "2025-12-31", "100"))
		type reported = commitment.Reported
		for _, x := range []struct {
			name  string
			edit  func(f *reported, words map[string]string)
			place string
			key   string
		}{
			{"the same period", func(f *reported, _ map[string]string) { f.From, f.To = "2025-03-20", "2025-12-31" }, "to", "err.report.period_twice"},
			{"a period that overlaps", func(f *reported, _ map[string]string) { f.From = "2025-12-31" }, "to", "err.report.period_twice"},
			{"a period to come", func(f *reported, _ map[string]string) { f.To = "2026-04-30" }, "to", "err.report.not_over"},
			{"backwards", func(f *reported, _ map[string]string) { f.From = "2026-06-30" }, "to", "err.commitment.ends_before_start"},
			{"no status", func(f *reported, _ map[string]string) { f.Status = "" }, "self_status", "err.commitment.needed"},
			{"an unknown status", func(f *reported, _ map[string]string) { f.Status = "great" }, "self_status", "err.commitment.not_one_of"},
			{"neither value nor reason", func(f *reported, _ map[string]string) { f.Values = nil }, "values.0.value", "err.report.value_or_reason"},
			{"value and reason", func(f *reported, _ map[string]string) {
				f.Values = []commitment.Value{{Value: "5", On: "2026-03-30", Reason: "withheld"}}
			}, "values.0.reason_not_assessed", "err.report.value_and_reason"},
			{"a value of a year that goes on", func(f *reported, _ map[string]string) { f.Values = []commitment.Value{{Value: "5", On: "2026"}} }, "values.0.on", "err.report.not_over"},
			{"an indicator that is not there", func(f *reported, _ map[string]string) {
				f.Values = append([]commitment.Value{{Indicator: 3, Value: "5", On: "2026-03-30"}}, f.Values...)
			}, "values", "err.report.indicator"},
			{"a milestone that is not there", func(f *reported, _ map[string]string) {
				f.Milestones = []commitment.MilestoneState{{Milestone: 3, State: "done"}}
			}, "milestones", "err.report.milestone"},
			{"too many words", func(_ *reported, words map[string]string) {
				words["narrative.en"] = strings.TrimSpace(strings.Repeat("word ", 301))
			}, "narrative.en", "err.report.narrative"},
			{"too many characters", func(_ *reported, words map[string]string) { words["narrative.zh"] = strings.Repeat("字", 602) }, "narrative.zh", "err.report.narrative"},
			{"evidence without document", func(_ *reported, words map[string]string) { delete(words, "evidence.0.url.und") }, "evidence.0.url", "err.report.no_document"},
			{"evidence at no address", func(_ *reported, words map[string]string) { words["evidence.0.url.und"] = "javascript:alert(1)" }, "evidence.0.url.und", "err.commitment.link"},
			{"evidence of no strength", func(f *reported, _ map[string]string) {
				f.Evidence = []commitment.Evidence{{Kind: "dataset", Strength: "E9"}}
			}, "evidence.0.strength", "err.commitment.not_one_of"},
			{"a digest that is none", func(f *reported, _ map[string]string) {
				f.Evidence = []commitment.Evidence{{Kind: "dataset", Strength: "E2", Digest: "abc"}}
			}, "evidence.0.sha256", "err.report.digest"},
			{"money of an earlier stage", func(f *reported, _ map[string]string) {
				f.Money = []commitment.Spent{{Stage: "pledged", Amount: "5", Currency: "USD", ValueOn: "2026-01"}}
			}, "money.0.stage", "err.commitment.not_one_of"},
			{"on nothing", func(f *reported, _ map[string]string) { f.Commitment = 99999 }, "commitment", "err.report.no_commitment"},
		} {
			before := w.keeper.Size()
			_, err := w.submit(change(w.progress(c, "2026-01-01", "2026-03-30", "150"), x.edit))
			if got := faults(err); got[x.place] != x.key {
				t.Errorf("%s: got %v, want %s at %s (%v)", x.name, got, x.key, x.place, err)
			}
			if w.keeper.Size() != before {
				t.Errorf("%s: something was kept", x.name)
			}
		}
		other := w.progress(c, "2026-01-01", "2026-03-30", "150")
		other.By = id(w.kite)
		if _, err := w.submit(other); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("a partner's report: %v", err)
		}
		attached := w.progress(c, "2026-01-01", "2026-03-30", "150")
		attached.Blobs = [][]byte{[]byte("register")}
		if _, err := w.submit(attached); faults(err)["evidence"] != "err.report.blobs" {
			t.Errorf("a document as a blob, which nobody could erase: %v", err)
		}
	})
}
