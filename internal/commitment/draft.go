package commitment

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Draft is a commitment on its way through the form: everything as it was typed.
// It is private until it is sent as an act.
type Draft struct {
	Lang   string // the language that it is written in
	Lead   int64  // the party that undertakes it
	Claims int64  // the entry stated elsewhere that it takes over; 0 for none
	Fields Answers
}

// NewDraft is an empty form with what the pack proposes for a kind of party.
func NewDraft(pack *compact.Pack, lang string, lead int64, partyKind string) Draft {
	return Draft{Lang: lang, Lead: lead, Fields: Answers{
		"report_every_months": strconv.FormatInt(pack.ReportEveryMonths, 10),
		"review_basis":        pack.ReviewFor(partyKind), "condition_kind": "unconditional", "newness": "new",
	}}
}

// Describe lists the fields of a step, 1 to 4.
func (d Draft) Describe(step int, pack *compact.Pack) []Field {
	if step < 1 || step > Steps {
		return nil
	}
	return describe(steps[step-1], d.Fields, pack, madeFields, map[string]int{"indicators": maxIndicators, "money": maxMoney, "milestones": maxMilestones})
}

// Problems is what is to be mended in a step, by field; 0 asks for all steps. It
// is the same rules that the act must pass, save those that need the registry.
func (d Draft) Problems(step int, pack *compact.Pack, now time.Time) locale.Errors {
	_, all := d.Act(pack, now, secretariat)
	if step == 0 {
		return all
	}
	var out locale.Errors
	for _, e := range all {
		if stepOf(e.Place) == step {
			out = append(out, e)
		}
	}
	return out
}

// stepOf is the step in which a field stands; what is about the whole stands in the last.
func stepOf(place string) int {
	s := strings.Split(place, ".")
	for n, specs := range steps {
		for _, spec := range specs {
			if spec.name == place || len(s) == 3 && spec.name == s[0]+"."+s[2] || len(s) < 3 && strings.HasPrefix(spec.name, place+".") {
				return n + 1
			}
		}
	}
	return Steps
}

// Quality is how well the draft could be followed up as it stands.
func (d Draft) Quality() Quality {
	made, words, _, _ := d.read()
	return Judge(made, filled(words))
}

// Advice lists what is missing for quality and can be mended in a step; 0 asks for
// all. Codes: commitment.smart.advice.M3.
func (d Draft) Advice(step int) []string {
	var out []string
	for _, code := range d.Quality().Missing {
		if step == 0 || smartStep[code] == step {
			out = append(out, code)
		}
	}
	return out
}

// Act is the act that the draft makes, sent by a party or by "secretariat"; the
// errors name the fields of the form.
func (d Draft) Act(pack *compact.Pack, now time.Time, by string) (keeper.Act, locale.Errors) {
	made, words, rows, unread := d.read()
	a := keeper.Act{Kind: KindMade, By: by, Facts: made, Words: words}
	if d.Claims > 0 {
		a.Kind = KindClaimed
	}
	var found locale.Errors
	found.Add(validateMade(a, made))
	checking{pack: pack, at: now}.made(made, &found)
	return a, mendable(unread, found, d.Lang, rows)
}

// mendable names the fields of the form; where a field could not be read, that alone is said of it.
func mendable(unread, found locale.Errors, lang string, rows map[string][]int) locale.Errors {
	out := slices.Clone(unread)
	said := map[string]bool{}
	for _, e := range unread {
		said[e.Place] = true
	}
	for _, e := range found {
		place := formPlace(e.Place, lang, rows)
		if strings.HasPrefix(place, "partners.") {
			place = "partners"
		}
		if !said[place] {
			named := *e
			named.Place = place
			out = append(out, &named)
		}
		said[place] = said[place] || place != ""
	}
	return out
}

// read turns what was typed into facts and words.
func (d Draft) read() (Made, map[string]string, map[string][]int, locale.Errors) {
	r := &reader{Answers: d.Fields, lang: d.Lang}
	rows := map[string][]int{}
	for _, list := range []string{"indicators", "money", "milestones"} {
		rows[list] = r.rows(list, rowFields[list]...)
	}
	f := Made{Lead: d.Lead, Claims: d.Claims, Lang: d.Lang, Items: typedList(r.get("items")), Type: r.get("type"), Newness: r.get("newness"),
		Since: r.date("since"), Condition: r.get("condition_kind"), Areas: typedList(strings.ToUpper(r.get("areas"))),
		Beneficiaries: typedList(r.get("beneficiaries")), Reach: r.number("beneficiaries_direct"), ReportEvery: r.months("report_every_months"),
		Start: r.date("start"), End: r.date("end"), Review: r.get("review_basis"), LeadShare: r.number("lead_share")}
	for _, p := range typedPairs(r.get("partners")) {
		id, err := strconv.ParseInt(p.code, 10, 64)
		if err != nil || id < 0 {
			r.errs.AddField("partners", locale.E("err.commitment.partner_form", "value", p.code))
			continue
		}
		f.Partners = append(f.Partners, Partner{Party: id, Share: p.share})
	}
	for _, n := range rows["indicators"] {
		f.Indicators = append(f.Indicators, r.indicator(n))
	}
	for _, n := range rows["money"] {
		f.Money = append(f.Money, r.money(n))
	}
	for _, n := range rows["milestones"] {
		f.Milestones = append(f.Milestones, Milestone{Due: r.date(part("milestones", n, "due"))})
	}
	return f, r.words(madeFields, rows), rows, r.errs
}

func (r *reader) indicator(n int) Indicator {
	at := func(name string) string { return part("indicators", n, name) }
	return Indicator{Unit: r.get(at("unit")), Direction: r.get(at("direction")), Measure: r.get(at("measure_kind")), Bound: r.get(at("bound")),
		Baseline: r.number(at("baseline")), BaselineOn: r.date(at("baseline_on")), Target: r.number(at("target")), TargetOn: r.date(at("target_on")),
		Frequency: r.get(at("frequency")), NaturalMin: r.number(at("natural_min")), NaturalMax: r.number(at("natural_max")),
		Series: r.get(at("linked_series")), Dedup: r.get(at("dedup")), Pledges: r.yes(at("pledges")), Primary: r.yes(at("primary"))}
}

func (r *reader) money(n int) Money {
	at := func(name string) string { return part("money", n, name) }
	m := Money{Amount: r.number(at("amount")), Currency: strings.ToUpper(r.get(at("currency"))), ValueOn: r.date(at("value_on")),
		Kind: r.get(at("kind")), Role: r.get(at("role")), From: r.date(at("from")), To: r.date(at("to"))}
	for _, p := range typedPairs(r.get(at("dac"))) {
		m.DAC = append(m.DAC, DAC{Code: p.code, Percent: p.share})
	}
	return m
}

func helpful(key string) bool { return locale.English.Has(key) }
