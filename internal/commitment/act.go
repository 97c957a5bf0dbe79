package commitment

import (
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Limits on lists; the bytes of an entry are bounded too.
const (
	maxItems      = 30
	maxIndicators = 10
	maxMilestones = 30
	maxMoney      = 20
	maxPartners   = 30
	maxAreas      = 250
	maxDAC        = 10
	MostEvidence  = 10 // pieces that a report can name
	maxYears      = 30
)

// secretariat is the writer of acts that a party does not send itself.
const secretariat = "secretariat"

// validateMade is what holds for a commitment whatever the state; errors name the
// fields as the form does.
func validateMade(a keeper.Act, f Made) error {
	var es locale.Errors
	checkBy(a.By, f.Lead, &es)
	if (a.Kind == KindClaimed) != (f.Claims > 0) {
		es.AddField("claims", locale.E("err.commitment.claims_which"))
	}
	es.Add(checkWords(a.Words, madeFields, listsOf(f)).Err())
	checkFacts(f, filled(a.Words), &es)
	for n, i := range f.Indicators {
		if i.Ended {
			es.AddField(part("indicators", n, "ended"), locale.E("err.commitment.ended_at_start"))
		}
	}
	for n, m := range f.Milestones {
		if m.Dropped {
			es.AddField(part("milestones", n, "dropped"), locale.E("err.commitment.ended_at_start"))
		}
	}
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

// listsOf is how many rows each list of a commitment has, for the names of its parts.
func listsOf(f Made) map[string]int {
	return map[string]int{"indicators": len(f.Indicators), "milestones": len(f.Milestones), "money": len(f.Money), "partners": len(f.Partners)}
}

// checkFacts checks what a commitment says, given which of its texts are filled: as
// it is made, or as it stands with an amendment.
func checkFacts(f Made, have Parts, es *locale.Errors) {
	for _, name := range []string{"title", "promise", "problem", "will_do", "responsible_unit"} {
		if !have[name] {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
	}
	checkLang(f.Lang, es)
	checkMapping(f, have, es)
	checkDuty(f, es)
	checkPartners(f, es)
	checkIndicators(f, have, es)
	checkMilestones(f, have, es)
	checkMoney(f, es)
}

// checkBy lets a party act for itself and the secretariat for any.
func checkBy(by string, lead int64, es *locale.Errors) {
	if lead < 0 || by != secretariat && by != strconv.FormatInt(lead, 10) {
		es.AddField("lead", locale.E("err.commitment.not_yours"))
	}
}

func checkLang(lang string, es *locale.Errors) {
	if record.CheckPart("title."+lang) != nil {
		es.AddField("lang", locale.E("err.commitment.bad_language", "value", keeper.Line(lang)))
	}
}

// checkMapping checks what it serves, what it is, for whom and where.
func checkMapping(f Made, have Parts, es *locale.Errors) {
	checkList("items", f.Items, maxItems, es)
	checkList("areas", f.Areas, maxAreas, es)
	checkList("beneficiaries", f.Beneficiaries, len(Beneficiaries), es)
	if len(f.Items) == 0 {
		es.AddField("items", locale.E("err.commitment.needed"))
	}
	if len(f.Areas) == 0 {
		es.AddField("areas", locale.E("err.commitment.needed"))
	}
	for _, b := range f.Beneficiaries {
		checkCode("beneficiaries", Beneficiaries, b, es)
	}
	checkCount("beneficiaries_direct", f.Reach, es)
	checkCode("type", Types, f.Type, es)
	checkCode("newness", Newnesses, f.Newness, es)
	checkCode("condition_kind", Conditions, f.Condition, es)
	checkCode("review_basis", Reviews, f.Review, es)
	if f.Condition == "conditional" && !have["condition"] {
		es.AddField("condition", locale.E("err.commitment.condition_text"))
	}
	if f.Condition == "unconditional" && have["condition"] {
		es.AddField("condition", locale.E("err.commitment.condition_surplus"))
	}
	if f.Newness == "restated" && !have["restated_of"] {
		es.AddField("restated_of", locale.E("err.commitment.restated_of"))
	}
	if f.Newness == "continuing" && f.Since == "" {
		es.AddField("since", locale.E("err.commitment.since"))
	}
	if f.Since != "" && !anyDate(f.Since) {
		es.AddField("since", locale.E("err.commitment.bad_date", "value", f.Since))
	}
}

// checkDuty checks start, end and the rhythm of reports.
func checkDuty(f Made, es *locale.Errors) {
	if checkDay("start", f.Start, es) && checkDay("end", f.End, es) {
		if f.End < f.Start {
			es.AddField("end", locale.E("err.commitment.ends_before_start"))
		}
		if f.End > addMonths(f.Start, 12*maxYears) {
			es.AddField("end", locale.E("err.commitment.too_long", "max", maxYears))
		}
	}
	for _, r := range Rhythms {
		if r == f.ReportEvery {
			return
		}
	}
	es.AddField("report_every_months", locale.E("err.commitment.rhythm"))
}

func checkMilestones(f Made, have Parts, es *locale.Errors) {
	if len(f.Milestones) > maxMilestones {
		es.AddField("milestones", locale.E("err.commitment.too_many", "n", len(f.Milestones), "max", maxMilestones))
	}
	for n, m := range f.Milestones {
		if !have[part("milestones", n, "text")] {
			es.AddField(part("milestones", n, "text"), locale.E("err.commitment.needed"))
		}
		if checkDay(part("milestones", n, "due"), m.Due, es) && !m.Dropped && fullDate(f.Start) && fullDate(f.End) && (m.Due < f.Start || m.Due > f.End) {
			es.AddField(part("milestones", n, "due"), locale.E("err.commitment.outside", "start", f.Start, "end", f.End))
		}
	}
}

// checkSize sees to it that the entry can be written at all.
func checkSize(a keeper.Act) error {
	facts, err := record.Canonical(a.Facts)
	if err != nil {
		return locale.E("err.commitment.bad_facts", "detail", err.Error())
	}
	words := make(map[string]record.Digest, len(a.Words))
	for name := range a.Words {
		words[name] = record.Digest{}
	}
	e := record.Entry{Kind: a.Kind, At: "2000-01-01T00:00:00Z", By: a.By, Facts: facts, Words: words}
	if _, err := e.Bytes(); err != nil {
		return locale.E("err.commitment.too_large")
	}
	return nil
}

// checkList refuses lists that are too long and entries that stand twice.
func checkList(name string, list []string, limit int, es *locale.Errors) {
	if len(list) > limit {
		es.AddField(name, locale.E("err.commitment.too_many", "n", len(list), "max", limit))
	}
	seen := make(map[string]bool, len(list))
	for _, entry := range list {
		switch {
		case entry == "" || len(entry) > 40 || keeper.Line(entry) != entry:
			es.AddField(name, locale.E("err.commitment.unknown_code", "value", keeper.Line(entry)))
		case seen[entry]:
			es.AddField(name, locale.E("err.commitment.twice", "value", entry))
		}
		seen[entry] = true
	}
}

func checkCode(name string, list []string, code string, es *locale.Errors) {
	switch {
	case code == "":
		es.AddField(name, locale.E("err.commitment.needed"))
	case !known(list, code):
		es.AddField(name, locale.E("err.commitment.not_one_of", "value", keeper.Line(code), "known", strings.Join(list, ", ")))
	}
}

// checkDay wants a whole date.
func checkDay(name, date string, es *locale.Errors) bool {
	switch {
	case date == "":
		es.AddField(name, locale.E("err.commitment.needed"))
	case !fullDate(date):
		es.AddField(name, locale.E("err.commitment.bad_day", "value", keeper.Line(date)))
	default:
		return true
	}
	return false
}

// checkDate wants a date whose month and day may be left out.
func checkDate(name, date string, es *locale.Errors) bool {
	switch {
	case date == "":
		es.AddField(name, locale.E("err.commitment.needed"))
	case !anyDate(date):
		es.AddField(name, locale.E("err.commitment.bad_date", "value", keeper.Line(date)))
	default:
		return true
	}
	return false
}

// checkDecimal wants a number of the record's grammar.
func checkDecimal(name, decimal string, es *locale.Errors) bool {
	switch _, ok := rat(decimal); {
	case decimal == "":
		es.AddField(name, locale.E("err.commitment.needed"))
	case !ok:
		es.AddField(name, locale.E("err.commitment.bad_decimal", "value", keeper.Line(decimal)))
	default:
		return true
	}
	return false
}

// checkCount wants a whole number of people, or nothing.
func checkCount(name, count string, es *locale.Errors) {
	if count == "" {
		return
	}
	if r, ok := rat(count); !ok || !r.IsInt() || r.Sign() < 0 {
		es.AddField(name, locale.E("err.commitment.bad_count", "value", keeper.Line(count)))
	}
}
