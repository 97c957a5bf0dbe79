package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// personField names a field of a person in the form.
func personField(n int, name string) string { return "people." + strconv.Itoa(n) + "." + name }

// blankPeople is how many empty rows for people stand behind those that are filled.
const blankPeople = 2

// sessionFields draws the whole proposal.
func (q *request) sessionFields(d sessionDraft, answers commitment.Answers) ([]formField, error) {
	call, err := forum.CallByID(q.Tx, d.Call)
	if err != nil {
		return nil, err
	}
	agenda, err := forum.Agenda(q.Tx, call.Cycle)
	if err != nil {
		return nil, err
	}
	one := func(name, kind string, required bool) formField {
		f := q.labelled(name, "session.field.", kind, required)
		f.Value = answers[name]
		return f
	}
	several := func(name string, required bool, codes []string, word func(string) Text) formField {
		f := one(name, "many", required)
		chosen := splitCodes(answers[name])
		for _, code := range codes {
			f.Options = append(f.Options, choice{code, word(code), slices.Contains(chosen, code)})
		}
		f.Kind = severalOf(f.Options)
		return f
	}
	var items, numbers []string
	for _, i := range q.Pack.Asking(q.Pack.InForce) {
		items = append(items, i.ID)
	}
	for _, i := range agenda {
		if i.WithdrawnOn == "" {
			numbers = append(numbers, strconv.Itoa(i.No))
		}
	}
	minutes := make([]string, len(call.Durations))
	for i, m := range call.Durations {
		minutes[i] = strconv.FormatInt(m, 10)
	}
	fields := []formField{one("title", "line", true), one("problem", "text", true),
		one("format", "select", true).from(options(call.Formats, answers["format"], prefix("session.format."))),
		one("minutes", "select", true).from(options(minutes, answers["minutes"], func(m string) Text { return message("session.minutes", "n", m) })),
		one(partnersField, "text", true), several("items", true, items, func(id string) Text { return prefixed(id, title(q.Pack, compact.Items, id)) })}
	if len(numbers) > 0 {
		fields = append(fields, several("agenda", false, numbers, func(n string) Text { return message("session.agenda_item", "n", n) }))
	}
	fields = append(fields, one("gaps", "line", false), several("serves", true, forum.ForumFunctions, prefix("forum.function.")), one("serving", "text", true))
	return append(append(fields, q.personRows(answers)...), one("consent", "check", false)), nil
}

// splitCodes parts codes that a form sent.
func splitCodes(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\n' || r == '\r' })
}

// lastPerson is how many rows of people are filled.
func lastPerson(answers commitment.Answers) int {
	last := 0
	for n := range forum.MaxPeople {
		if strings.TrimSpace(answers[personField(n, "name")]) != "" {
			last = n + 1
		}
	}
	return last
}

// personRows are the people who are named, and some empty rows.
func (q *request) personRows(answers commitment.Answers) (fields []formField) {
	for n := range min(lastPerson(answers)+blankPeople, forum.MaxPeople) {
		one := func(name, kind string) formField {
			f := formField{Name: personField(n, name), Kind: kind, Label: message("session.person." + name), Value: answers[personField(n, name)]}
			if locale.English.Has("session.person." + name + ".help") {
				f.Help = message("session.person." + name + ".help")
			}
			return f
		}
		name := one("name", "line")
		name.Group = message("session.person", "n", n+1)
		role, group, gender := one("role", "select"), one("group", "select"), one("gender", "select")
		fields = append(fields, name, role.from(options(forum.PersonRoles, role.Value, prefix("session.role."))), group.from(options(q.Pack.PartyKinds, group.Value, partyKind)),
			one("area", "line"), gender.from(options(forum.Genders, gender.Value, prefix("session.gender."))))
	}
	return fields
}

// sessionTyped reads a sent proposal; what it does not name stays.
func (q *request) sessionTyped(into commitment.Answers) {
	for name := range into {
		if strings.HasPrefix(name, "people.") {
			delete(into, name)
		}
	}
	for name, values := range q.PostForm {
		switch {
		case name == "token", name == "key", name == "version", strings.HasPrefix(name, "partners.pick."):
		case strings.HasPrefix(name, "people."), slices.Contains(sessionAnswers, name):
			into[name] = strings.Join(values, ", ")
		}
	}
	for _, name := range sessionAnswers { // a box without a tick is not sent
		if _, sent := q.PostForm[name]; !sent {
			delete(into, name)
		}
	}
}

// sessionAnswers are the fields of a proposal besides people.
var sessionAnswers = []string{"title", "problem", "format", "minutes", partnersField, "items", "agenda", "gaps", "serves", "serving", "consent"}

// sessionAct makes the act of a draft.
func (q *request) sessionAct(d sessionDraft) keeper.Act {
	plan := forum.SessionPlan{Format: d.Fields["format"], Items: splitCodes(d.Fields["items"]), Gaps: splitCodes(d.Fields["gaps"]), Serves: splitCodes(d.Fields["serves"]), Consent: d.Fields["consent"] != ""}
	plan.Minutes, _ = strconv.ParseInt(d.Fields["minutes"], 10, 64) // what is no number is no duration of the call
	for _, p := range commitment.TypedPartners(d.Fields[partnersField]) {
		if p.Party != 0 && !slices.Contains(plan.Organisers, p.Party) {
			plan.Organisers = append(plan.Organisers, p.Party)
		}
	}
	for _, text := range splitCodes(d.Fields["agenda"]) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			plan.Agenda = append(plan.Agenda, n)
		}
	}
	words := map[string]string{}
	for name, clean := range map[string]func(string) string{"title": keeper.Line, "problem": keeper.Prose, "serving": keeper.Prose} {
		if text := clean(d.Fields[name]); text != "" {
			words[name+"."+d.Lang] = text
		}
	}
	for n := range lastPerson(d.Fields) {
		name := keeper.Line(d.Fields[personField(n, "name")])
		if name == "" {
			continue
		}
		part := "people." + strconv.Itoa(len(plan.People)) + "."
		role := d.Fields[personField(n, "role")]
		if role == "" {
			role = forum.PersonRoles[0]
		}
		plan.People = append(plan.People, role)
		words[part+"name.und"] = name
		for word, value := range map[string]string{"group": d.Fields[personField(n, "group")], "area": q.areaCode(d.Fields[personField(n, "area")]), "gender": d.Fields[personField(n, "gender")]} {
			if value = keeper.Line(value); value != "" {
				words[part+word+".und"] = value
			}
		}
	}
	by, _ := q.actor(d.Party)
	if d.Session != 0 {
		return keeper.Act{Kind: forum.KindSessionAmended, By: by, Facts: forum.SessionAmended{Session: d.Session, SessionPlan: plan}, Words: words}
	}
	return keeper.Act{Kind: forum.KindSessionProposed, By: by, Facts: forum.SessionProposed{Call: d.Call, Lang: d.Lang, SessionPlan: plan}, Words: words}
}

// areaCode is the code of a country or area however it was typed.
func (q *request) areaCode(text string) string {
	text = keeper.Line(text)
	if a, ok := q.Areas.ByID(strings.ToUpper(text)); ok {
		return a.ID
	}
	if a, ok := q.Areas.ByISO2(strings.ToUpper(text)); ok {
		return a.ID
	}
	if a, ok := q.Areas.ByName(text); ok && text != "" {
		return a.ID
	}
	return text
}

// atSessionFields hangs what the rules say at the fields of this form.
func atSessionFields(err error) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	places := map[string]string{"organisers": partnersField, "people": personField(0, "name")}
	out := make(locale.Errors, len(es))
	for i, e := range es {
		moved := *e
		if to, ok := places[e.Place]; ok {
			moved.Place = to
		} else {
			moved.Place, _, _ = strings.Cut(e.Place, ".")
		}
		out[i] = &moved
	}
	return keeper.Refuse(kindOfRefusal(err), out)
}
