package web

import (
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// amendSessionForm opens a draft of a session as it stands.
func (s *Site) amendSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err == nil {
			err = q.mayDraftFor(one.Lead)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.amend_lead"), Button: message("session.form.begin"), Back: sessionHref(c.ID, one.ID)}
		return View{Title: message("session.form.amend"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		_, one, err := s.inTurn(q)
		if err == nil {
			err = q.mayDraftFor(one.Lead)
		}
		if err != nil {
			return "", err
		}
		d := sessionDraft{ID: keeper.NewKey(), Owner: q.Who.ID, Party: one.Lead, Call: one.Call, Session: one.ID, Lang: one.Lang}
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			words, err := keeper.WordsOf(tx, one.Version)
			if err != nil {
				return err
			}
			d.Fields, err = standingAnswers(tx, one, words)
			return err
		})
		if err != nil {
			return "", err
		}
		return "/desk/sessions/" + d.ID, s.saveSessionDraft(q, d)
	}
	return formHandler{make: make, submit: submit}
}

// standingAnswers are the answers that would give a session as it stands.
func standingAnswers(tx *db.Tx, one forum.Session, words map[string]string) (commitment.Answers, error) {
	ids := func(list []int64, by string) string {
		out := make([]string, len(list))
		for i, id := range list {
			out[i] = strconv.FormatInt(id, 10)
		}
		return strings.Join(out, by)
	}
	a := commitment.Answers{"title": words["title."+one.Lang], "problem": words["problem."+one.Lang], "serving": words["serving."+one.Lang], "format": one.Format,
		"minutes": strconv.FormatInt(one.Minutes, 10), partnersField: ids(one.Organisers, "; "), "items": strings.Join(one.Items, ", "), "gaps": strings.Join(one.Gaps, ", "),
		"serves": strings.Join(one.Serves, ", "), "agenda": ids(one.Agenda, ", ")}
	people, err := forum.PeopleOf(tx, one.Version)
	for n, p := range people {
		a["consent"] = "yes"
		for name, value := range map[string]string{"role": p.Role, "name": p.Name, "group": p.Group, "area": p.Area, "gender": p.Gender} {
			if value != "" {
				a[personField(n, name)] = value
			}
		}
	}
	return a, err
}

// withdrawSessionForm takes a session back.
func (s *Site) withdrawSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err == nil {
			err = q.mayActFor(one.Lead)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.withdraw_lead"), Button: message("session.form.withdraw"), Back: sessionHref(c.ID, one.ID),
			Fields: []formField{q.labelled("reason", "session.field.", "text", true)}}
		return View{Title: message("session.form.withdraw"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		by, _ := q.actor(one.Lead)
		return s.publish(q, one.Lead, q.formKey(), back(sessionHref(c.ID, one.ID)),
			keeper.Act{Kind: forum.KindSessionWithdrawn, By: by, Facts: forum.SessionWithdrawn{Session: one.ID}, Words: q.typedWords(nil, "reason")})
	}
	return formHandler{make: make, submit: submit}
}
