package forms

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// Labels are our fields that can answer a field of a form, each with the message
// that names it.
var Labels = map[string]string{
	"party": "forms.our.party", "party_kind": "field.kind", "party_area": "field.area", "party_web": "field.web",
	"title": "commitment.field.title", "promise": "commitment.field.promise", "problem": "commitment.field.problem", "will_do": "commitment.said.will_do",
	"how_helps": "commitment.field.how_helps", "type": "commitment.field.type", "items": "commitment.field.items", "areas": "commitment.field.areas",
	"beneficiaries": "commitment.field.beneficiaries", "reach": "commitment.field.beneficiaries_direct", "start": "commitment.field.start", "end": "commitment.field.end",
	"partners": "commitment.field.partners", "indicators": "commitment.field.indicators", "milestones": "commitment.field.milestones.text", "risks": "commitment.field.risks",
	"responsible_unit": "commitment.field.responsible_unit", "money": "forms.our.money", "later_money": "forms.our.later_money", "status": "fact.own",
	"results": "commitment.field.values.value", "people_reached": "commitment.field.people_reached", "narrative": "commitment.field.narrative", "barriers": "commitment.said.barriers",
	"lessons": "commitment.field.lessons", "next_steps": "commitment.field.next_steps", "evidence": "forms.our.evidence",
	"goals": "forms.our.goals", "action_lines": "forms.our.action_lines", "series": "forms.our.series", "address": "forms.our.address",
}

// Answer is one thing that was entered: words, or a code with its words.
type Answer struct {
	Code string `json:"code,omitempty"`
	Text Text   `json:"text"`
}

// answers are what is known, by our field.
type answers map[string][]Answer

func (a answers) say(field string, t Text) {
	if len(t) > 0 {
		a[field] = append(a[field], Answer{Text: t})
	}
}

func (a answers) code(field, code, prefix string) {
	if code != "" {
		a[field] = append(a[field], Answer{code, said(prefix + code)})
	}
}

// said is a message in all languages.
func said(key string, args ...any) Text {
	return every(func(l locale.Lang) string { return l.T(key, args...) })
}

func every(f func(locale.Lang) string) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = f(l)
	}
	return t
}

// wording gathers what a commitment says in a field, in each language that it says it.
func wording(text func(string, locale.Lang) (string, string), field string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		if words, in := text(field, l); words != "" {
			t[locale.Lang(in)] = words
		}
	}
	if words, ok := t["und"]; ok {
		delete(t, "und")
		if len(t) == 0 {
			t[locale.English] = words
		}
	}
	return t
}

// ofParty are the answers that are the same on every sheet.
func ofParty(tx *db.Tx, pack *compact.Pack, p stakeholder.Party, web string) answers {
	a := answers{}
	a.say("party", names(p.Names))
	if p.Kind != "" {
		a["party_kind"] = []Answer{{p.Kind, every(func(l locale.Lang) string { return stakeholder.KindName(l, p.Kind) })}}
	}
	if p.Area != "" {
		a["party_area"] = []Answer{{p.Area, every(func(l locale.Lang) string { return pack.AreaSet().Name(p.Area, l) })}}
	}
	if web != "" {
		a.say("party_web", Text{locale.English: web})
	}
	return a
}

func names(n stakeholder.Names) Text {
	return every(func(l locale.Lang) string { s, _ := n.In(l); return s })
}

// reading is one commitment with what was said of it in the year that is asked for.
type reading struct {
	tx   *db.Tx
	pack *compact.Pack
	view commitment.View
	all  []compact.Tie // of the pack
	year string        // "" for any
	base string
}

// answers reads all that the party entered about one commitment.
func (r *reading) answers(own answers) (answers, error) {
	a := answers{}
	for field, list := range own {
		a[field] = list
	}
	for _, field := range []string{"title", "promise", "problem", "will_do", "how_helps", "risks", "responsible_unit"} {
		a.say(field, wording(r.view.Text, field))
	}
	r.facts(a)
	r.ties(a)
	r.money(a)
	if err := r.partners(a); err != nil {
		return nil, err
	}
	a.say("address", Text{locale.English: r.base + "/en/commitments/" + strconv.FormatInt(r.view.ID, 10)})
	return a, r.report(a)
}

// facts are the codes and dates of the commitment as it stands.
func (r *reading) facts(a answers) {
	f := r.view.Facts
	a.code("type", f.Type, "commitment.type.")
	for _, item := range f.Items {
		a["items"] = append(a["items"], Answer{item, r.title(compact.Items, item, item+" ")})
	}
	for _, area := range f.Areas {
		a["areas"] = append(a["areas"], Answer{area, every(func(l locale.Lang) string { return r.pack.AreaSet().Name(area, l) })})
	}
	for _, b := range f.Beneficiaries {
		a.code("beneficiaries", b, "commitment.beneficiary.")
	}
	if f.Reach != "" {
		a.say("reach", number(f.Reach))
	}
	for field, date := range map[string]string{"start": f.Start, "end": f.End} {
		if date != "" {
			a.say(field, every(func(l locale.Lang) string { return l.Date(date) }))
		}
	}
	for _, i := range r.view.Indicators {
		a.say("indicators", r.indicator(i, "forms.indicator", "target", i.Target, i.TargetOn))
	}
	for _, m := range r.view.Milestones {
		text := wording(r.view.Text, "milestones."+strconv.Itoa(m.N)+".text")
		a.say("milestones", every(func(l locale.Lang) string {
			words, _ := text.In(l)
			return l.T("forms.milestone", "text", words, "by", l.Date(m.Due), "state", l.T("commitment.milestone."+m.State))
		}))
	}
}

// title is a title of the pack after its code.
func (r *reading) title(section, id, before string) Text {
	return every(func(l locale.Lang) string { s, _ := r.pack.Title(section, id, l); return before + s })
}

func number(decimal string) Text {
	return every(func(l locale.Lang) string { return l.Number(decimal) })
}

// indicator says what is counted and one value of it.
func (r *reading) indicator(i commitment.IndicatorView, key, name, value, on string) Text {
	what := wording(r.view.Text, "indicators."+strconv.Itoa(i.N)+".name")
	return every(func(l locale.Lang) string {
		words, _ := what.In(l)
		unit := i.Unit
		if locale.English.Has("commitment.unit." + unit) {
			unit = l.T("commitment.unit." + unit)
		}
		return l.T(key, "what", words, name, l.Number(value), "unit", unit, "on", l.Date(on))
	})
}

// ties are the goals and action lines that somebody ties the items to.
func (r *reading) ties(a answers) {
	seen := map[string]bool{}
	for _, tie := range r.all {
		field := map[string]string{compact.SchemeSDG: "goals", compact.SchemeWSIS: "action_lines"}[tie.Scheme]
		if tie.Relation == compact.RelationAll { // one answer, not seventeen
			tie.To = allGoals
		}
		if field == "" || seen[tie.Scheme+tie.To] || !slices.Contains(r.view.Facts.Items, tie.Part) {
			continue
		}
		seen[tie.Scheme+tie.To] = true
		a[field] = append(a[field], Answer{tie.To, r.end(tie)})
	}
	for _, field := range []string{"goals", "action_lines"} {
		slices.SortStableFunc(a[field], func(x, y Answer) int { return compact.CompareEnds(x.Code, y.Code) })
	}
}

// allGoals stands for a goal where the text names all of them.
const allGoals = "all"

// end names what a tie leads to.
func (r *reading) end(tie compact.Tie) Text {
	if tie.To == allGoals {
		return said("forms.all_goals")
	}
	if tie.Scheme == compact.SchemeWSIS {
		return r.title(compact.ActionLines, tie.To, tie.To+" ")
	}
	goal, _, _ := strings.Cut(tie.To, ".")
	return r.title(compact.SDGs, goal, tie.To+" ")
}

// money is what was promised, and what the reports of the year say of it since.
func (r *reading) money(a answers) {
	for _, m := range r.view.Money {
		field := "later_money"
		if m.Stage == "pledged" {
			field = "money"
		} else if r.year != "" && !strings.HasPrefix(m.ValueOn, r.year) {
			continue
		}
		a.say(field, every(func(l locale.Lang) string {
			return l.T("forms.money", "currency", m.Currency, "amount", l.Number(m.Amount), "stage", stage(l, m), "on", l.Date(m.ValueOn))
		}))
	}
}

// stage is how far money is, and whose it is.
func stage(l locale.Lang, m commitment.MoneyView) string {
	words := []string{l.T("commitment.money.stage." + m.Stage)}
	if m.Role != "" {
		words = append(words, l.T("commitment.money.role."+m.Role))
	}
	return l.List(words)
}

func (r *reading) partners(a answers) error {
	var ids []int64
	for _, p := range r.view.Partners {
		if p.State != commitment.PartnerDeclined {
			ids = append(ids, p.Party)
		}
	}
	of, err := stakeholder.NamesOf(r.tx, ids...)
	for _, id := range ids {
		a.say("partners", names(of[id]))
	}
	return err
}

// seriesText is the latest value of a country or area, with its period and source.
func seriesText(pack *compact.Pack, i *compact.Indicator, f observatory.Figure) Text {
	return every(func(l locale.Lang) string {
		title, _ := pack.Title(compact.Indicators, i.ID, l)
		unit := i.Unit
		if locale.English.Has("unit." + unit) {
			unit = l.T("unit." + unit)
		}
		return l.T("forms.series", "what", title, "value", l.Number(f.Value.String()), "unit", unit, "on", l.Date(f.Period.String()), "source", i.Source.Name)
	})
}
