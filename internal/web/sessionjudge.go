package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// kindOfRefusal is the kind of answer that an error is, for one whose texts are moved
// to other fields.
func kindOfRefusal(err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return keeper.ErrInvalid
}

// callForm opens the call of a cycle.
func (s *Site) callForm() formHandler {
	const rows = 6
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/sessions"
		f := &formPage{Action: q.URL.Path, Lead: phrase("session.form.call_lead", "until", dayText(c.CallUntil)), Button: message("session.form.call"), Back: at}
		formats := q.labelled("formats", "session.field.", "many", true)
		for _, code := range forum.Formats {
			formats.Options = append(formats.Options, choice{code, message("session.format." + code), slices.Contains(q.Form["formats"], code)})
		}
		scale := q.labelled("scale", "session.field.", "decimal", true)
		if scale.Value == "" {
			scale.Value = "5"
		}
		f.Fields = []formField{formats, q.labelled("durations", "session.field.", "line", true), scale}
		for n := range rows {
			asks := formField{Name: "criterion." + strconv.Itoa(n), Kind: "line", Label: message("session.criterion", "n", n+1), Required: n == 0, Value: q.FormValue("criterion." + strconv.Itoa(n)), Group: message("session.criterion", "n", n+1)}
			weight := formField{Name: "weight." + strconv.Itoa(n), Kind: "decimal", Label: message("session.field.weight"), Required: n == 0, Value: q.FormValue("weight." + strconv.Itoa(n))}
			f.Fields = append(f.Fields, asks, weight)
		}
		return View{Title: message("session.form.call"), Crumbs: append(q.cycleCrumbs(c), Link{message("sessions.title"), at})}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, err := s.cycleInTurn(q)
		if err != nil {
			return "", err
		}
		facts, words := forum.CallOpened{Cycle: c.ID, Formats: q.chosen("formats")}, map[string]string{}
		facts.Scale, _ = strconv.ParseInt(keeper.Line(q.PostFormValue("scale")), 10, 64) // 0 is refused
		for _, text := range splitCodes(q.PostFormValue("durations")) {
			minutes, _ := strconv.ParseInt(text, 10, 64) // likewise
			facts.Durations = append(facts.Durations, minutes)
		}
		for n := range rows {
			asks, text := keeper.Line(q.PostFormValue("criterion."+strconv.Itoa(n))), keeper.Line(q.PostFormValue("weight."+strconv.Itoa(n)))
			if asks == "" && text == "" {
				continue
			}
			weight, _ := strconv.ParseInt(text, 10, 64) // likewise
			if asks != "" {
				words["criterion."+strconv.Itoa(len(facts.Weights))+"."+string(q.lang())] = asks
			}
			facts.Weights = append(facts.Weights, weight)
		}
		to, err := s.publishOwn(q, cycleHref(c.ID)+"/sessions", q.formKey(), keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: facts, Words: words})
		return to, moved(err, map[string]string{"weights": "weight.0", "criterion": "criterion.0"})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// moved hangs errors at other fields, and those of parts (reason.en) at theirs.
func moved(err error, places map[string]string) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	out := make(locale.Errors, len(es))
	for i, e := range es {
		one := *e
		if to, ok := places[e.Place]; ok {
			one.Place = to
		}
		out[i] = &one
	}
	return keeper.Refuse(kindOfRefusal(err), out)
}

// scorersForm asks people to score a session.
func (s *Site) scorersForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.scorers_lead", "min", forum.LeastScorers), Button: message("session.form.ask"), Back: sessionHref(c.ID, one.ID),
			Fields: []formField{q.labelled("mail", "session.field.", "line", true)}}
		list, err := forum.ScorersOf(q.Tx, one.ID)
		if err != nil {
			return View{}, nil, err
		}
		asked := panel{Title: message("session.form.asked"), Empty: message("session.form.nobody_asked")}
		for _, scorer := range list {
			row := panelRow{Title: same(scorer.Account), Notes: []Text{message("session.scorer." + scorerState(scorer))}}
			if who, err := account.Get(q.Tx, scorer.Account); err == nil {
				row.Title = same(strings.TrimSpace(who.Name + " " + who.Mail))
			}
			if scorer.SentAt == "" {
				row.Actions = []panelAction{{message("session.form.drop"), q.URL.Path[len("/"+string(q.lang())):], []hiddenField{{"drop", scorer.Account}}}}
			}
			asked.Rows = append(asked.Rows, row)
		}
		f.Panels = []panel{asked}
		return View{Title: message("session.form.scorers"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		to := sessionHref(c.ID, one.ID) + "/scorers"
		return to, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if drop := q.PostFormValue("drop"); drop != "" {
				if err := forum.DropScorer(tx, one.ID, drop); err != nil {
					return err
				}
				return account.Note(tx, q.Now, q.Who, "scorer.dropped", "session "+strconv.FormatInt(one.ID, 10))
			}
			who, err := account.Find(tx, keeper.Line(q.PostFormValue("mail")))
			if err != nil && !errors.Is(err, keeper.ErrNotFound) {
				return locale.Field("mail", err)
			}
			if err := mayScore(who, one); err != nil {
				return err
			}
			if err := forum.AskScorer(tx, q.Now, one, who.ID); err != nil {
				return moved(err, map[string]string{"account": "mail"})
			}
			return account.Note(tx, q.Now, q.Who, "scorer.asked", "session "+strconv.FormatInt(one.ID, 10))
		})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

func scorerState(s forum.Scorer) string {
	switch {
	case s.Conflict != "":
		return "conflict"
	case s.SentAt != "":
		return "sent"
	}
	return "asked"
}

// mayScore refuses who is no reviewer, who runs the site, and who holds a post at an
// organiser. It is asked when somebody is named, and again when she writes.
func mayScore(who *account.Who, one forum.Session) error {
	switch {
	case who == nil:
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("mail", locale.E("err.assessment.nobody")))
	case who.Is(account.RoleSecretariat):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("mail", locale.E("err.session.runs_site")))
	case !who.Is(account.RoleReviewer):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("mail", locale.E("err.assessment.no_reviewer")))
	case slices.ContainsFunc(who.Parties(), func(p int64) bool { return slices.Contains(one.Organisers, p) }):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("mail", locale.E("err.session.conflict")))
	}
	return nil
}

// scoreForm is one scorer's sheet. It shows the session and the criteria, and nothing
// of what others wrote.
func (s *Site) scoreForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err == nil {
			err = mayScore(q.Who, one)
		}
		if err != nil {
			return View{}, nil, err
		}
		list, err := forum.ScorersOf(q.Tx, one.ID)
		if err != nil {
			return View{}, nil, err
		}
		if !slices.ContainsFunc(list, func(o forum.Scorer) bool { return o.Account == q.Who.ID }) {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.session.not_asked"))
		}
		call, err := forum.CallByID(q.Tx, one.Call)
		if err != nil {
			return View{}, nil, err
		}
		criteria, err := newCallView(q, c, call)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.score_lead"), Button: message("session.form.score"), Back: sessionHref(c.ID, one.ID)}
		var scale []string
		for n := range call.Scale + 1 {
			scale = append(scale, strconv.FormatInt(n, 10))
		}
		f.Fields = append(f.Fields, q.labelled("conflict", "session.field.", "check", false))
		for n, criterion := range criteria.Criteria {
			name := "score." + strconv.Itoa(n)
			f.Fields = append(f.Fields, formField{Name: name, Kind: "select", Label: criterion.Asks, Help: message("session.form.criterion_weight", "n", criterion.Weight),
				Options: options(scale, q.FormValue(name), same)})
		}
		f.Fields = append(f.Fields, q.labelled("reason", "session.field.", "text", true))
		return View{Title: message("session.form.score_title"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	return formHandler{may: mustBe(account.RoleReviewer), make: make, submit: s.takeScores}
}

// takeScores keeps a sheet; the last of all that were asked for publishes them. If we
// die between the two, the sheets are kept and deciding publishes them first.
func (s *Site) takeScores(q *request) (string, error) {
	c, one, err := s.inTurn(q)
	if err != nil {
		return "", err
	}
	if err := mayScore(q.Who, one); err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		if q.PostFormValue("conflict") != "" {
			return forum.DeclareConflict(tx, q.Now, one, q.Who.ID, q.PostFormValue("reason"))
		}
		var scores []int64
		call, err := forum.CallByID(tx, one.Call)
		if err != nil {
			return err
		}
		for n := range call.Weights {
			score, err := strconv.ParseInt(q.PostFormValue("score."+strconv.Itoa(n)), 10, 64)
			if err != nil {
				return locale.Field("score."+strconv.Itoa(n), locale.E("err.session.score", "max", call.Scale))
			}
			scores = append(scores, score)
		}
		return forum.SendSheet(tx, q.Now, one, q.Who.ID, scores, q.PostFormValue("reason"), string(q.lang()))
	})
	if err != nil {
		return "", err
	}
	return sessionHref(c.ID, one.ID), s.publishScores(q, one)
}

// publishScores publishes the sheets of a session once all are in.
func (s *Site) publishScores(q *request, one forum.Session) error {
	var act keeper.Act
	var key string
	var ok bool
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) { act, key, ok, err = forum.ScoresAct(tx, one); return err })
	if err != nil || !ok {
		return err
	}
	if _, err := s.submit(q, key, act); err != nil {
		return err
	}
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return forum.ScoresPublished(tx, one.ID) })
}

// decideSessionForm is the decision on a proposal, as the advisory group took it.
func (s *Site) decideSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err != nil {
			return View{}, nil, err
		}
		into := q.labelled("into", "session.field.", "select", false)
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Cycle: c.ID, Today: q.Today, Limit: 1000})
		if err != nil {
			return View{}, nil, err
		}
		for _, other := range found.List {
			if id := strconv.FormatInt(other.ID, 10); other.ID != one.ID && other.WithdrawnOn == "" {
				into.Options = append(into.Options, choice{id, sessionTitle(other), id == into.Value})
			}
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.decide_lead"), Button: message("session.form.decide"), Back: sessionHref(c.ID, one.ID), Fields: []formField{
			q.labelled("outcome", "session.field.", "select", true).from(options(forum.SessionOutcomes, q.FormValue("outcome"), prefix("session.state."))), into,
			q.labelled("reason", "session.field.", "text", true)}}
		return View{Title: message("session.form.decide"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		if err := s.publishScores(q, one); err != nil {
			return "", err
		}
		facts := forum.SessionDecided{Session: one.ID, Outcome: q.PostFormValue("outcome")}
		facts.Into, _ = strconv.ParseInt(q.PostFormValue("into"), 10, 64) // none where the form names none
		return s.publishOwn(q, sessionHref(c.ID, one.ID), q.formKey(), keeper.Act{Kind: forum.KindSessionDecided, By: "secretariat", Facts: facts, Words: q.typedWords(nil, "reason")})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}
