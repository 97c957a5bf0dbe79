package web

import (
	"strconv"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// practiceForm shares something with the other offices, or asks them.
func (s *Site) practiceForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("form.practice.lead"), Button: message("form.practice.button"), Back: "/practices"}
		office, err := q.officeField(0)
		if err != nil {
			return View{}, nil, err
		}
		side := q.field("side", "select", true).from(options([]string{forum.Shared, forum.Asked}, q.FormValue("side"), func(c string) Text { return message("practice.side." + c) }))
		side.Label = message("practice.side")
		form := q.field("form", "select", false).from(options(forum.PracticeForms, q.FormValue("form"), func(c string) Text { return message("practice.form." + c) })).help("form.practice.form")
		form.Label = message("practice.form")
		items := q.field("items", "several", false).from(q.askingOptions())
		items.Label, items.Kind = message("commitment.field.items"), severalOf(items.Options)
		result, url := q.field("result", "text", false), q.field("url", "line", false)
		result.Label, url.Label = message("field.practice_result"), message("field.practice_url")
		f.Fields = []formField{office, side, form, q.field("title", "line", true), q.field("text", "text", true), result, url, items}
		return View{Title: message("form.practice.title"), Section: "menu.bodies", Crumbs: []Link{{message("regulators.title"), "/regulators"}, {message("practices.title"), "/practices"}}}, f, nil
	}
	return formHandler{make: make, submit: s.submitPractice}
}

// officeField asks for which of her offices she speaks; one is left out.
func (q *request) officeField(but int64) (formField, error) {
	f := q.field("regulator", "select", true)
	list, err := forum.Regulators(q.Tx)
	for _, r := range list {
		if r.Party != 0 && r.EndedOn == "" && r.ID != but && q.mayActFor(r.Party) == nil {
			id := strconv.FormatInt(r.ID, 10)
			f.Options = append(f.Options, choice{id, newRegulatorRow(q, r).Name, id == q.FormValue("regulator")})
		}
	}
	return f, err
}

// chosenOffice is the office that the form names, for whoever may speak for it.
func (s *Site) chosenOffice(q *request) (r forum.RegulatorRow, err error) {
	id, err := strconv.ParseInt(q.PostFormValue("regulator"), 10, 64)
	if err != nil {
		return r, locale.Field("regulator", locale.E("err.regulator.which"))
	}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		r, err = q.officeByID(tx, id)
		return err
	})
	return r, err
}

func (s *Site) submitPractice(q *request) (string, error) {
	r, err := s.chosenOffice(q)
	if err != nil {
		return "", err
	}
	kind := forum.KindPracticeShared
	if q.PostFormValue("side") == forum.Asked {
		kind = forum.KindPracticeAsked
	}
	by, _ := q.actor(r.Party)
	f := forum.Practice{Regulator: r.ID, Form: q.PostFormValue("form"), Items: q.chosen("items"), Lang: string(q.lang())}
	words := q.typed([]string{"title"}, []string{"text", "result"}, []string{"url"})
	return s.publishOffice(q, r.Party, func(out []keeper.Result) string { return practiceHref(out[0].Index) }, keeper.Act{Kind: kind, By: by, Facts: f, Words: words})
}

// answerPracticeForm answers what another office asked.
func (s *Site) answerPracticeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		p, err := forum.PracticeByID(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		office, err := q.officeField(p.Regulator)
		if err != nil {
			return View{}, nil, err
		}
		url := q.field("url", "line", false)
		url.Label = message("field.practice_url")
		f := &formPage{Action: q.URL.Path, Lead: wordsText(p.Words, "text"), Button: message("form.practice_answer.button"), Back: practiceHref(id),
			Fields: []formField{office, q.field("text", "text", true), url}}
		return View{Title: message("form.practice_answer.title"), Section: "menu.bodies", Crumbs: []Link{{message("practices.title"), "/practices"}, {wordsText(p.Words, "title"), practiceHref(id)}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		r, err := s.chosenOffice(q)
		if err != nil {
			return "", err
		}
		by, _ := q.actor(r.Party)
		a := keeper.Act{Kind: forum.KindPracticeAnswered, By: by, Facts: forum.PracticeAnswered{Practice: id, Regulator: r.ID, Lang: string(q.lang())}, Words: q.typed(nil, []string{"text"}, []string{"url"})}
		return s.publishOffice(q, r.Party, back(practiceHref(id)), a)
	}
	return formHandler{make: make, submit: submit}
}
