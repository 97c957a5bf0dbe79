package web

import (
	"net/http"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The light form is all commitments of a party on one page: how each stands, one
// value and date for each indicator, one line of text. It comes filled in as it was
// last time, and what is left so is not reported again.

// lightName is the name of a field of the form, for one commitment.
func lightName(id int64, field string) string { return "c" + strconv.FormatInt(id, 10) + "." + field }

// lightForm shows and takes it.
func (s *Site) lightForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Back: "/desk", Button: message("light.button"), Lead: message("light.lead")}
		v := View{Title: message("light.title"), Section: "menu.commitments", Crumbs: draftCrumbs()}
		if q.FormValue("party") == "" && len(q.Who.Parties()) != 1 {
			return v, f, f.choosePartyFor(q)
		}
		party, err := q.partyAsked()
		if err == nil {
			err = q.mayDraftFor(party)
		}
		if err != nil {
			return v, nil, err
		}
		names, err := stakeholder.NamesOf(q.Tx, party)
		if err != nil {
			return v, nil, err
		}
		list, all, err := commitment.LightOf(q.Tx, party)
		if err != nil {
			return v, nil, err
		}
		f.Summary = []factView{{Label: message("sheetform.party"), Value: partyName(names[party])}}
		f.Hidden = []hiddenField{{"party", strconv.FormatInt(party, 10)}}
		if len(list) == 0 {
			f.Lead, f.Button = message("light.none"), nil
			f.Links = []Link{{message("home.register"), "/commitments/new?party=" + strconv.FormatInt(party, 10)}}
		}
		if all > len(list) {
			f.Advice = []Text{message("light.more", "n", all-len(list))}
		}
		for _, l := range list {
			f.light(q, l)
		}
		return v, f, nil
	}
	return formHandler{make: make, submit: s.takeLight}
}

// choosePartyFor asks for which party; who acts for one only is not asked.
func (f *formPage) choosePartyFor(q *request) error {
	field := q.field("party", "select", true)
	field.Label = message("sheetform.party")
	options, err := q.partyOptions("", func(p stakeholder.Party) bool { return q.mayDraftFor(p.ID) == nil })
	field.Options = options
	f.Fields, f.Button = []formField{field}, message("light.open")
	return err
}

// light adds the fields of one commitment.
func (f *formPage) light(q *request, l commitment.Light) {
	answers := l.Proposed(q.Now.UTC().Format("2006-01-02"))
	shown := func(field string) string {
		typed, was := q.PostFormValue(lightName(l.ID, field)), q.PostFormValue(lightName(l.ID, commitment.LightWas(field)))
		if q.Method == http.MethodPost && typed != was {
			return typed
		}
		return answers[field]
	}
	for _, field := range []string{commitment.LightSeen, commitment.LightDay, commitment.LightWas(commitment.LightStatus)} {
		f.Hidden = append(f.Hidden, hiddenField{lightName(l.ID, field), answers[field]})
	}
	status := formField{Name: lightName(l.ID, commitment.LightStatus), Kind: "select", Label: message("commitment.field.self_status"), Group: titlesOf(l.Known),
		Required: l.Status != "", Value: shown(commitment.LightStatus)}
	status.Options = options(commitment.Statuses, status.Value, func(c string) Text { return message("report.status." + c) })
	f.Fields = append(f.Fields, status)
	for n, i := range l.Indicators {
		if i.Ended {
			continue
		}
		value := formField{Name: lightName(l.ID, commitment.LightValue(n)), Kind: "decimal", Value: shown(commitment.LightValue(n)), Help: message("light.empty")}
		value.Label = phrase("light.value", "name", namesOf(i.Names, message("form.list.indicators", "n", n+1)), "unit", lightUnit(i.Unit, i.UnitNames))
		switch {
		case i.Counted && i.Value != "":
			value.Help = phrase("light.counted", "value", everyLang(func(l locale.Lang) string { return l.Number(i.Value) }))
		case i.Value != "":
			value.Help = phrase("light.last", "value", everyLang(func(l locale.Lang) string { return l.Number(i.Value) }), "date", dayText(i.ValueOn))
		}
		was := commitment.LightWas(commitment.LightValue(n))
		f.Hidden = append(f.Hidden, hiddenField{lightName(l.ID, was), answers[was]})
		on := formField{Name: lightName(l.ID, commitment.LightDate(n)), Kind: "date", Label: message("commitment.field.values.on"), Value: q.PostFormValue(lightName(l.ID, commitment.LightDate(n))), Required: true}
		if on.Value == "" {
			on.Value = answers[commitment.LightDate(n)]
		}
		f.Fields = append(f.Fields, value, on)
	}
	f.Fields = append(f.Fields,
		formField{Name: lightName(l.ID, commitment.LightText), Kind: "line", Label: message("light.text"), Value: shown(commitment.LightText)},
		formField{Name: lightName(l.ID, commitment.LightSame), Kind: "check", Label: message("light.same"), Value: shown(commitment.LightSame)})
}

// lightUnit is what is counted, in words where there are some.
func lightUnit(unit string, names map[string]string) Text {
	if len(names) > 0 {
		return namesOf(names, same(unit))
	}
	return coded("commitment.unit.", unit)
}

// takeLight sends one report for each commitment of which something was changed, all at once.
func (s *Site) takeLight(q *request) (string, error) {
	party, err := q.partyAsked()
	if err == nil {
		err = q.mayDraftFor(party)
	}
	if err != nil {
		return "", err
	}
	if !hasLight(q) {
		return "/desk/light?party=" + strconv.FormatInt(party, 10), nil // the party was chosen
	}
	var list []commitment.Light
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		list, _, err = commitment.LightOf(tx, party)
		return err
	})
	if err != nil {
		return "", err
	}
	var acts []keeper.Act
	var es locale.Errors
	by, _ := q.actor(party)
	for _, l := range list {
		answers := commitment.Answers{}
		for name, texts := range q.PostForm {
			if field, ok := strings.CutPrefix(name, lightName(l.ID, "")); ok && len(texts) > 0 {
				answers[field] = texts[0]
			}
		}
		if len(answers) == 0 {
			continue // made since the form was shown
		}
		act, changed, problems := l.Act(answers, q.Now, by, q.lang())
		for _, e := range problems {
			place := e.Place
			if place == commitment.LightSeen {
				place = commitment.LightStatus
			}
			es.AddField(lightName(l.ID, place), e)
		}
		if changed {
			acts = append(acts, act)
		}
	}
	switch {
	case len(es) > 0:
		return "", es
	case len(acts) == 0:
		return "", locale.E("err.light.nothing")
	}
	return s.publish(q, party, q.formKey(), back(partyHref(party)), acts...)
}

// hasLight tells whether the form of a party was sent, and not only the choice of one.
func hasLight(q *request) bool {
	for name := range q.PostForm {
		if strings.HasPrefix(name, "c") && strings.HasSuffix(name, "."+commitment.LightSeen) {
			return true
		}
	}
	return false
}
