package commitment

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// amendSteps are what the form asks beside the fields of a commitment when it is amended.
var amendSteps = [Steps][]spec{
	1: {{name: "indicators.ended", kind: Check}},
	2: {{name: "milestones.dropped", kind: Check}},
	3: {{name: "reason", kind: Text, required: true}},
}

// A draft of an amendment is a draft that knows what it amends; the two numbers
// stand among its answers, where no field of the form has their names.
const (
	answerAmends  = "amends"
	answerVersion = "version"
)

// Amends is the commitment that the draft amends; 0 for a new one.
func (d Draft) Amends() int64 { return d.number(answerAmends) }

// AmendsVersion is the version that an amendment was written against.
func (d Draft) AmendsVersion() int64 { return d.number(answerVersion) }

func (d Draft) number(name string) int64 {
	n, err := strconv.ParseInt(d.Fields[name], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Rebase lets the amendment stand on another version than the one that it was
// written against: what its writer did not touch is taken from there, what she
// changed stays hers.
func (d Draft) Rebase(base, now Version) {
	before, after := answersOf(base.view()), answersOf(now.view())
	for _, name := range union2(before, after) {
		if strings.TrimSpace(d.Fields[name]) == before[name] {
			d.Fields[name] = after[name]
		}
	}
	d.Fields[answerVersion] = strconv.FormatInt(now.Entry, 10)
}

func (v Version) view() View { return View{Facts: v.Facts, Words: v.Words} }

// NewAmendment is a draft filled in with a commitment as it stands, in the language
// in which it was written.
func NewAmendment(of View) Draft {
	d := Draft{Lang: of.Facts.Lang, Lead: of.Party, Fields: answersOf(of)}
	d.Fields[answerAmends] = strconv.FormatInt(of.ID, 10)
	d.Fields[answerVersion] = strconv.FormatInt(of.Version, 10)
	return d
}

// Amendment is the act that the draft makes of a commitment as it stands; the errors
// name the fields of the form.
func (d Draft) Amendment(of View, pack *compact.Pack, now time.Time, by string) (keeper.Act, locale.Errors) {
	made, typed, rows, unread := d.readAs(amendFields, map[string]int{"indicators": len(of.Facts.Indicators), "milestones": len(of.Facts.Milestones)})
	words, dropped := changedWords(answersOf(of), typed)
	dropped = keepRoles(of.Facts.Partners, made.Partners, dropped)
	f := Amended{Commitment: of.ID, Version: d.AmendsVersion(), Dropped: dropped, Made: made}
	a := keeper.Act{Kind: KindAmended, By: by, Facts: f, Words: words}
	var found locale.Errors
	found.Add(validateAmended(a, f))
	checkFacts(made, have(afterAmendment(partNames(of.Words), partNames(words), dropped)), &found)
	keepsRows(of.Facts, made, &found)
	checking{pack: pack, at: now}.made(made, &found)
	return a, mendable(unread, found, d.Lang, rows)
}

// changedWords parts what was typed from what stood: texts that differ are brought,
// texts that are gone are dropped.
func changedWords(before Answers, typed map[string]string) (brought map[string]string, dropped []string) {
	brought = map[string]string{}
	still := map[string]bool{}
	for name, text := range typed {
		base, _ := splitPart(name)
		if still[base] = true; before[base] != text {
			brought[name] = text
		}
	}
	for name, text := range before {
		if _, isText := madeFields[pattern(name, droppable)]; isText && text != "" && !still[name] {
			dropped = append(dropped, name)
		}
	}
	slices.Sort(dropped)
	return brought, dropped
}

// keepRoles takes the roles of partners that are still named where they were off the
// list of what was dropped: the form does not ask for them.
func keepRoles(before, after []Partner, dropped []string) []string {
	return slices.DeleteFunc(dropped, func(name string) bool {
		s := strings.Split(name, ".")
		if s[0] != "partners" || len(s) != 3 {
			return false
		}
		n, err := strconv.Atoi(s[1])
		return err == nil && n < min(len(before), len(after)) && before[n].Party == after[n].Party
	})
}

// answersOf writes a commitment as it stands into the fields of the form.
func answersOf(of View) Answers {
	f := of.Facts
	a := Answers{"items": strings.Join(f.Items, ", "), "type": f.Type, "newness": f.Newness, "since": f.Since, "areas": strings.Join(f.Areas, ", "),
		"beneficiaries": strings.Join(f.Beneficiaries, ", "), "beneficiaries_direct": f.Reach, "lead_share": f.LeadShare, "condition_kind": f.Condition,
		"report_every_months": strconv.FormatInt(f.ReportEvery, 10), "start": f.Start, "end": f.End, "review_basis": f.Review}
	for name := range of.Words {
		base, _ := splitPart(name)
		a[base], _ = pick(of.Words, base, locale.Lang(f.Lang), f.Lang)
	}
	var partners []string
	for _, p := range f.Partners {
		one := strconv.FormatInt(p.Party, 10)
		if p.Share != "" {
			one += ":" + p.Share
		}
		partners = append(partners, one)
	}
	a["partners"] = strings.Join(partners, ", ")
	for n, i := range f.Indicators {
		a.put("indicators", n, map[string]string{"unit": i.Unit, "direction": i.Direction, "measure_kind": i.Measure, "bound": i.Bound, "baseline": i.Baseline,
			"baseline_on": i.BaselineOn, "target": i.Target, "target_on": i.TargetOn, "frequency": i.Frequency, "natural_min": i.NaturalMin, "natural_max": i.NaturalMax,
			"linked_series": i.Series, "dedup": i.Dedup, "pledges": ticked(i.Pledges), "primary": ticked(i.Primary), "ended": ticked(i.Ended)})
	}
	for n, m := range f.Milestones {
		a.put("milestones", n, map[string]string{"due": m.Due, "dropped": ticked(m.Dropped)})
	}
	for n, m := range f.Money {
		var dac []string
		for _, d := range m.DAC {
			dac = append(dac, d.Code+":"+d.Percent)
		}
		a.put("money", n, map[string]string{"amount": m.Amount, "currency": m.Currency, "value_on": m.ValueOn, "kind": m.Kind, "role": m.Role,
			"from": m.From, "to": m.To, "dac": strings.Join(dac, ", ")})
	}
	maps.DeleteFunc(a, func(_, text string) bool { return text == "" })
	return a
}

func (a Answers) put(list string, n int, row map[string]string) {
	for name, text := range row {
		a[part(list, n, name)] = text
	}
}

func ticked(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}
