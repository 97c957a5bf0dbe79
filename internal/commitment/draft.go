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
	specs := steps[step-1]
	if d.Amends() != 0 {
		specs = append(slices.Clone(specs), amendSteps[step-1]...)
	}
	return describe(specs, d.Fields, pack, amendFields, map[string]int{"indicators": maxIndicators, "money": maxMoney, "milestones": maxMilestones})
}

// Says tells whether a field belongs to what the draft says: a field of a row that
// nobody filled in does not, whatever its lists of choices stand at.
func (d Draft) Says(name string) bool {
	s := strings.Split(name, ".")
	if len(s) != 3 {
		return true
	}
	n, err := strconv.Atoi(s[1])
	return err == nil && slices.Contains(d.Fields.rows(s[0], rowFields[s[0]]...), n)
}

// Problems is what is to be mended in a step, by field; 0 asks for all steps. It
// is the same rules that the act must pass, save those that need the registry.
func (d Draft) Problems(step int, pack *compact.Pack, now time.Time) locale.Errors {
	_, all := d.Act(pack, now, secretariat)
	return InStep(all, step)
}

// InStep are those of some problems that can be mended in a step; 0 asks for all.
func InStep(all locale.Errors, step int) locale.Errors {
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

// ToCheck lists the fields of the form that would have to be filled in so that
// somebody else could check the commitment: of its fullest indicator, or of its
// fullest milestone in place of that. Both are empty when it can be checked.
func (d Draft) ToCheck() (byIndicator, byMilestone []string) {
	made, words, rows, _ := d.read()
	have := filled(words)
	if verifiable(made, have) {
		return nil, nil
	}
	var both []string
	if made.End == "" {
		both = append(both, "end")
	}
	if !have["will_do"] {
		both = append(both, "will_do")
	}
	fullest := func(list string, names []string, missing func(n int, name string) bool) []string {
		best := []string{}
		for _, name := range names {
			best = append(best, part(list, nextRow(rows[list]), name))
		}
		for n, row := range rows[list] {
			var lacks []string
			for _, name := range names {
				if missing(n, name) {
					lacks = append(lacks, part(list, row, name))
				}
			}
			if len(lacks) < len(best) {
				best = lacks
			}
		}
		return append(slices.Clone(both), best...)
	}
	byIndicator = fullest("indicators", []string{"name", "unit", "target", "target_on", "source"}, func(n int, name string) bool {
		i := made.Indicators[n]
		stated := map[string]string{"unit": i.Unit, "target": i.Target, "target_on": i.TargetOn}
		text, isFact := stated[name]
		return isFact && text == "" || !isFact && !have[part("indicators", n, name)]
	})
	byMilestone = fullest("milestones", []string{"text", "due"}, func(n int, name string) bool {
		return name == "due" && made.Milestones[n].Due == "" || name == "text" && !have[part("milestones", n, "text")]
	})
	return byIndicator, byMilestone
}

// nextRow is the first row behind those that are filled.
func nextRow(rows []int) int {
	if len(rows) == 0 {
		return 0
	}
	return rows[len(rows)-1] + 1
}

// StepOf is the step in which a field of the form stands.
func StepOf(field string) int { return stepOf(field) }

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
		if e.Key == "err.commitment.bad_facts" && len(unread)+len(found) > 1 { // an empty fact, told at its field
			continue
		}
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
	return d.readAs(madeFields, nil)
}

// readAs reads with a table of fields of words; keep holds how many rows of a list
// there are whether or not anything is filled in.
func (d Draft) readAs(fields map[string]field, keep map[string]int) (Made, map[string]string, map[string][]int, locale.Errors) {
	r := &reader{Answers: d.Fields, lang: d.Lang}
	rows := map[string][]int{}
	for _, list := range []string{"indicators", "money", "milestones"} {
		rows[list] = r.rows(list, rowFields[list]...)
		for n := range keep[list] {
			if !slices.Contains(rows[list], n) {
				rows[list] = append(rows[list], n)
			}
		}
		slices.Sort(rows[list])
	}
	f := Made{Lead: d.Lead, Claims: d.Claims, Lang: d.Lang, Items: typedList(r.get("items")), Type: r.get("type"), Newness: r.get("newness"),
		Since: r.date("since"), Condition: r.get("condition_kind"), Areas: typedList(strings.ToUpper(r.get("areas"))),
		Beneficiaries: typedList(r.get("beneficiaries")), Reach: r.number("beneficiaries_direct"), ReportEvery: r.months("report_every_months"),
		Start: r.date("start"), End: r.date("end"), Review: r.get("review_basis"), LeadShare: r.number("lead_share")}
	for _, p := range TypedPartners(r.get("partners")) {
		if p.Party == 0 {
			r.errs.AddField("partners", locale.E("err.commitment.partner_form", "value", p.Name))
			continue
		}
		f.Partners = append(f.Partners, Partner{Party: p.Party, Share: p.Share})
	}
	for _, n := range rows["indicators"] {
		f.Indicators = append(f.Indicators, r.indicator(n))
	}
	for _, n := range rows["money"] {
		f.Money = append(f.Money, r.money(n))
	}
	for _, n := range rows["milestones"] {
		f.Milestones = append(f.Milestones, Milestone{Due: r.date(part("milestones", n, "due")), Dropped: r.yes(part("milestones", n, "dropped"))})
	}
	return f, r.words(fields, rows), rows, r.errs
}

func (r *reader) indicator(n int) Indicator {
	at := func(name string) string { return part("indicators", n, name) }
	return Indicator{Unit: r.get(at("unit")), Direction: r.get(at("direction")), Measure: r.get(at("measure_kind")), Bound: r.get(at("bound")),
		Baseline: r.number(at("baseline")), BaselineOn: r.date(at("baseline_on")), Target: r.number(at("target")), TargetOn: r.date(at("target_on")),
		Frequency: r.get(at("frequency")), NaturalMin: r.number(at("natural_min")), NaturalMax: r.number(at("natural_max")),
		Series: r.get(at("linked_series")), Dedup: r.get(at("dedup")), Pledges: r.yes(at("pledges")), Primary: r.yes(at("primary")), Ended: r.yes(at("ended"))}
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
