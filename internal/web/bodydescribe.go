package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// The words of a description: texts in the page's language, and lines that are the
// same in all of them.
var (
	describedTexts = []string{"name", "members", "outputs", "inputs", "participation"}
	describedLines = []string{"acronym", "host", "mandate", "url", "contact", "report"}
)

// newBodyForm brings a body that is not here yet.
func (s *Site) newBodyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		as := q.input("as", "select", true, "field.body_as")
		var err error
		if as.Options, err = q.anyParty(); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.body_new.lead"), Button: message("form.body_new.button"), Back: "/bodies",
			Fields: append([]formField{as}, q.describedFields(nil, true)...)}
		return View{Title: message("form.body_new.title"), Section: "menu.bodies", Crumbs: []Link{{message("menu.bodies"), "/bodies"}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		party, err := q.chosenParty("as")
		if err != nil {
			return "", err
		}
		facts := q.described()
		var by string
		by, facts.Party = q.actor(party)
		return s.publish(q, party, q.formKey(), func(out []keeper.Result) string { return bodyHref(strconv.FormatInt(out[0].Index, 10)) },
			keeper.Act{Kind: forum.KindDescribed, By: by, Facts: facts, Words: forum.CleanBody(forum.KindDescribed, q.worded(describedTexts, describedLines...))})
	}
	return formHandler{make: make, submit: submit}
}

// describeForm is the whole of what its own people say of a body, filled in with what
// stands. What they said in other languages stays.
func (s *Site) describeForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_describe", who: aboutBody.runners,
		fields: func(a aboutBody) ([]formField, error) {
			if err := a.prefill(); err != nil {
				return nil, err
			}
			return append(a.q.describedFields(a.b.Items, a.b.Entry != 0), formField{Name: "replaces", Kind: "hidden", Value: a.q.FormValue("replaces")}), nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			facts := a.q.described()
			facts.Body, facts.Party = a.b.ID, fact
			facts.Replaces, _ = strconv.ParseInt(a.q.PostFormValue("replaces"), 10, 64) // what is no number was seen by nobody
			words := a.q.worded(describedTexts, describedLines...)
			if a.b.Own.Entry == 0 {
				return keeper.Act{Kind: forum.KindDescribed, By: by, Facts: facts, Words: words}, nil
			}
			before, err := keeper.WordsOf(a.q.Tx, a.b.Own.Entry)
			for part, text := range before {
				if _, given := words[part]; !given {
					words[part] = text
				}
			}
			return keeper.Act{Kind: forum.KindDescribed, By: by, Facts: facts, Words: words}, err
		}})
}

// prefill takes over what stands, as long as nothing was sent.
func (a aboutBody) prefill() error {
	q, b := a.q, a.b
	if q.FormValue("token") != "" || q.FormValue("replaces") != "" {
		return nil
	}
	words := map[string]string{}
	replaces := "0"
	if b.Own.Entry != 0 {
		var err error
		if words, err = keeper.WordsOf(q.Tx, b.Own.Entry); err != nil {
			return err
		}
		replaces = strconv.FormatInt(b.Own.Entry, 10)
	}
	for _, name := range describedTexts {
		q.Form.Set(name, words[name+"."+string(q.lang())])
	}
	for name, value := range map[string]string{"replaces": replaces, "kind": b.Kind, "level": b.Level, "cycle": b.Cycle, "since": b.Since, "until": b.Until, "acronym": b.Acronym,
		"host": b.Host, "mandate": b.Mandate.Instrument, "mandate_item": b.Mandate.Item, "mandate_on": b.Mandate.On, "mandate_until": b.Mandate.Until,
		"functions": strings.Join(b.Functions, ","), "items": strings.Join(b.Items, ","), "groups": strings.Join(b.Groups, ","), "languages": strings.Join(b.Languages, " "),
		"principles": strings.Join(b.Principles, ","), "url": b.URL, "contact": b.Contact, "report": words["report.und"]} {
		q.Form.Set(name, value)
	}
	return nil
}

// described are the facts that a form gives.
func (q *request) described() forum.Described {
	line := func(name string) string { return keeper.Line(q.PostFormValue(name)) }
	return forum.Described{Lang: string(q.lang()), Kind: line("kind"), Level: line("level"), Cycle: line("cycle"), Since: line("since"), Until: line("until"),
		MandateItem: line("mandate_item"), MandateOn: line("mandate_on"), MandateUntil: line("mandate_until"), Functions: q.chosen("functions"), Items: q.chosen("items"),
		Groups: q.chosen("groups"), Languages: q.chosen("languages"), Principles: q.chosen("principles")}
}

// describedFields ask for all that a description can say; items that a body has are
// offered besides those that ask something.
func (q *request) describedFields(items []string, named bool) []formField {
	several := func(name, label string, codes []string, word func(string) Text) formField {
		f := q.input(name, "", false, label)
		for _, code := range codes {
			f.Options = append(f.Options, choice{code, word(code), slices.Contains(q.chosen(name), code)})
		}
		f.Kind = severalOf(f.Options)
		return f
	}
	one := func(name, label string, needed bool, codes []string, word func(string) Text) formField {
		return q.input(name, "select", needed, label).from(options(codes, q.FormValue(name), word))
	}
	offered := slices.Clone(items)
	for _, i := range q.Pack.ItemsOf(q.Pack.InForce) {
		if (i.Asks() || i.Kind == compact.KindObjective) && !slices.Contains(offered, i.ID) {
			offered = append(offered, i.ID)
		}
	}
	itemName := func(id string) Text { return prefixed(id, title(q.Pack, compact.Items, id)) }
	cycle := func(code string) Text { return coded("bodies.cycle.", code) }
	return []formField{q.input("name", "line", named, "field.body_name"), q.input("acronym", "line", false, "field.body_acronym"),
		one("kind", "body.fact.kind", true, compact.BodyKinds, bodyKind), one("level", "body.fact.level", false, compact.Levels, func(c string) Text { return message("body.level." + c) }),
		q.input("host", "line", false, "body.fact.host"), q.input("mandate", "line", false, "field.body_mandate"), one("mandate_item", "field.body_mandate_item", false, offered, itemName),
		q.input("mandate_on", "line", false, "field.body_mandate_on"), q.input("mandate_until", "line", false, "field.body_mandate_until"),
		several("functions", "body.fact.functions", compact.Functions, functionName), several("items", "body.fact.items", offered, itemName),
		several("groups", "body.fact.groups", q.Pack.PartyKinds, partyKind), q.input("members", "text", false, "body.fact.members"),
		one("cycle", "body.fact.cycle", false, forum.BodyCycles, cycle), q.input("since", "line", false, "field.body_since"), q.input("until", "line", false, "field.body_until"),
		q.input("languages", "line", false, "field.body_languages"), q.input("outputs", "text", false, "body.fact.outputs"), q.input("inputs", "text", false, "body.fact.inputs"),
		q.input("participation", "text", false, "body.fact.participation"), q.input("url", "line", false, "field.body_url"), q.input("contact", "line", false, "field.body_contact"),
		several("principles", "field.body_principles", forum.Principles, principleName), q.input("report", "line", false, "field.body_report")}
}
