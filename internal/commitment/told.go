package commitment

import (
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// validateStated is what holds for a commitment that was stated elsewhere.
func validateStated(a keeper.Act, f Stated) error {
	var es locale.Errors
	if a.By != secretariat {
		es.AddField("by", locale.E("err.commitment.secretariat_only"))
	}
	es.Add(checkWords(a.Words, statedFields, nil).Err())
	have := filled(a.Words)
	if !have["title"] && !have["promise"] {
		es.AddField("promise", locale.E("err.commitment.needed"))
	}
	if !have["source"] {
		es.AddField("source", locale.E("err.commitment.source"))
	}
	checkLang(f.Lang, &es)
	checkDate("on", f.On, &es)
	checkList("items", f.Items, maxItems, &es)
	checkList("areas", f.Areas, maxAreas, &es)
	if f.Type != "" {
		checkCode("type", Types, f.Type, &es)
	}
	if f.Amount != "" || f.Currency != "" {
		checkAmount(func(field string) string { return field }, f.Amount, f.Currency, &es)
	}
	if f.Party < 0 {
		es.AddField("party", locale.E("err.commitment.needed"))
	}
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

// validateReported is what holds for a progress report whatever it is about.
func validateReported(a keeper.Act, f Reported) error {
	var es locale.Errors
	es.Add(checkWords(a.Words, reportFields, map[string]int{"values": answeredRows(f.Values), "evidence": len(f.Evidence)}).Err())
	checkLang(f.Lang, &es)
	if checkDay("from", f.From, &es) && checkDay("to", f.To, &es) && f.To < f.From {
		es.AddField("to", locale.E("err.commitment.ends_before_start"))
	}
	checkCode("self_status", Statuses, f.Status, &es)
	checkUnchanged(f, &es)
	for name, text := range a.Words {
		if base, _ := splitPart(name); base == "narrative" {
			if n := WordCount(text); n > narrativeWords {
				es.AddField(name, locale.E("err.report.narrative", "n", n, "max", narrativeWords))
			}
		}
	}
	checkValues(f, &es)
	checkCount("people_reached", f.Reached, &es)
	checkCodes("barriers", Barriers, f.Barriers, &es)
	checkCodes("enablers", Enablers, f.Enablers, &es)
	for n, m := range f.Money {
		name := func(field string) string { return part("money", n, field) }
		checkCode(name("stage"), LaterStages, m.Stage, &es)
		checkAmount(name, m.Amount, m.Currency, &es)
		checkDate(name("value_on"), m.ValueOn, &es)
	}
	if len(f.Money) > maxMoney {
		es.AddField("money", locale.E("err.commitment.too_many", "n", len(f.Money), "max", maxMoney))
	}
	checkEvidence(a, f, &es)
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

// answeredRows is how many indicators the values of a report reach to: a note on a
// value stands under the number of its indicator, and those that were ended have none.
func answeredRows(values []Value) (rows int) {
	for _, v := range values {
		if v.Indicator < maxIndicators {
			rows = max(rows, int(v.Indicator)+1)
		}
	}
	return rows
}

// checkUnchanged wants a report that says nothing changed to hold nothing new.
func checkUnchanged(f Reported, es *locale.Errors) {
	if f.Unchanged == "" {
		return
	}
	checkCode("unchanged", Unchangeds, f.Unchanged, es)
	if len(f.Values)+len(f.Milestones)+len(f.Money) > 0 || f.Reached != "" {
		es.AddField("unchanged", locale.E("err.report.unchanged"))
	}
}

func checkCodes(name string, list, codes []string, es *locale.Errors) {
	checkList(name, codes, len(list), es)
	for _, c := range codes {
		checkCode(name, list, c, es)
	}
}

// checkValues wants, for each indicator named, a value with its date or a reason.
func checkValues(f Reported, es *locale.Errors) {
	seen := map[int64]bool{}
	for _, v := range f.Values {
		name := func(field string) string { return part("values", int(v.Indicator), field) }
		if v.Indicator < 0 || v.Indicator >= maxIndicators || seen[v.Indicator] {
			es.AddField("values", locale.E("err.report.indicator", "n", v.Indicator+1))
			continue
		}
		seen[v.Indicator] = true
		switch {
		case v.Value == "" && v.Reason == "":
			es.AddField(name("value"), locale.E("err.report.value_or_reason"))
		case v.Value != "" && v.Reason != "":
			es.AddField(name("reason_not_assessed"), locale.E("err.report.value_and_reason"))
		case v.Reason != "":
			checkCode(name("reason_not_assessed"), Reasons, v.Reason, es)
		default:
			checkDecimal(name("value"), v.Value, es)
			checkDate(name("on"), v.On, es)
		}
	}
	steps := map[int64]bool{}
	for _, m := range f.Milestones {
		if m.Milestone < 0 || m.Milestone >= maxMilestones || steps[m.Milestone] {
			es.AddField("milestones", locale.E("err.report.milestone", "n", m.Milestone+1))
			continue
		}
		steps[m.Milestone] = true
		checkCode(part("milestones", int(m.Milestone), "state"), StepStates, m.State, es)
	}
}

// checkEvidence wants a title for each piece, and a document: its digest or its address.
func checkEvidence(a keeper.Act, f Reported, es *locale.Errors) {
	if len(f.Evidence) > MostEvidence {
		es.AddField("evidence", locale.E("err.commitment.too_many", "n", len(f.Evidence), "max", MostEvidence))
	}
	have := filled(a.Words)
	for n, e := range f.Evidence {
		name := func(field string) string { return part("evidence", n, field) }
		if !have[name("title")] {
			es.AddField(name("title"), locale.E("err.commitment.needed"))
		}
		checkCode(name("kind"), Kinds, e.Kind, es)
		checkCode(name("strength"), Strengths, e.Strength, es)
		if e.SeenBy != "" {
			checkCode(name("seen_by"), Audiences, e.SeenBy, es)
		}
		if _, err := record.ParseDigest(e.Digest); e.Digest != "" && err != nil {
			es.AddField(name("sha256"), locale.E("err.report.digest"))
		}
		if e.Digest == "" && !have[name("url")] {
			es.AddField(name("url"), locale.E("err.report.no_document"))
		}
		if e.On != "" {
			checkDate(name("on"), e.On, es)
		}
	}
	if len(a.Blobs) > 0 { // a blob of the record could never be erased
		es.AddField("evidence", locale.E("err.report.blobs"))
	}
}
