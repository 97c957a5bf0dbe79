package web

import (
	"strconv"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// sessionForms are all forms of the second half of a cycle.
func (s *Site) sessionForms() {
	s.form("/forum/{cycle}/sessions/call", ofParty(s.callForm()))
	s.form("/forum/{cycle}/sessions/new", ofParty(s.proposeForm()))
	s.form("/desk/sessions/{id}", ofParty(s.sessionDraftForm()))
	s.form("/desk/sessions/{id}/check", ofParty(s.sessionCheckForm()))
	s.form("/forum/{cycle}/sessions/{id}/amend", ofParty(s.amendSessionForm()))
	s.form("/forum/{cycle}/sessions/{id}/withdraw", ofParty(s.withdrawSessionForm()))
	s.form("/forum/{cycle}/sessions/{id}/scorers", s.scorersForm())
	s.form("/forum/{cycle}/sessions/{id}/score", s.scoreForm())
	s.form("/forum/{cycle}/sessions/{id}/decide", ofParty(s.decideSessionForm()))
	s.form("/forum/{cycle}/sessions/{id}/report", ofParty(s.reportSessionForm()))
	s.form("/forum/{cycle}/sessions/{id}/excuse", ofParty(s.excuseSessionForm()))
	s.form("/forum/{cycle}/programme/set", ofParty(s.programmeForm()))
	s.form("/forum/{cycle}/messages/new", ofParty(s.issueForm()))
	s.form("/messages/{id}/follow", ofParty(s.followMessageForm()))
	s.form("/forum/{cycle}/outputs/new", ofParty(s.outputForm()))
}

// ofParty lets a program send a form with a token for what a party says of itself.
func ofParty(h formHandler) formHandler {
	h.scope = account.ScopeParty
	return h
}

// sessionCrumbs lead to a session's page.
func (q *request) sessionCrumbs(c forum.Cycle, s forum.Session) []Link {
	return append(q.cycleCrumbs(c), Link{message("sessions.title"), cycleHref(c.ID) + "/sessions"}, Link{sessionTitle(s), sessionHref(c.ID, s.ID)})
}

// inTurn reads what the address names in a transaction of its own, for a submission.
func (s *Site) inTurn(q *request) (c forum.Cycle, one forum.Session, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, one, err = q.sessionAsked()
		return err
	})
	return c, one, err
}

// cycleInTurn is inTurn for a cycle alone.
func (s *Site) cycleInTurn(q *request) (c forum.Cycle, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, err = q.cycleAsked()
		return err
	})
	return c, err
}

// typedWords are texts of a form in the language of the form, cleaned; lines are one line.
func (q *request) typedWords(lines []string, texts ...string) map[string]string {
	words := map[string]string{}
	for _, name := range lines {
		if text := keeper.Line(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	for _, name := range texts {
		if text := keeper.Prose(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	return words
}

// proposeForm chooses the party and opens a draft. Whoever owes a report is told here,
// before she begins.
func (s *Site) proposeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/sessions"
		v := View{Title: message("session.form.propose"), Crumbs: append(q.cycleCrumbs(c), Link{message("sessions.title"), at})}
		call, opened, err := forum.CallOf(q.Tx, c.ID)
		if err != nil {
			return View{}, nil, err
		}
		if !opened {
			return View{}, nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.session.no_form"))
		}
		f := &formPage{Action: q.URL.Path, Lead: phrase("session.form.propose_lead", "until", dayText(c.CallUntil), "n", c.MostSessions), Button: message("session.form.begin"), Back: at}
		criteria, err := newCallView(q, c, call)
		if err != nil {
			return View{}, nil, err
		}
		for _, one := range criteria.Criteria {
			f.Summary = append(f.Summary, factView{Label: message("session.form.criterion_weight", "n", one.Weight), Value: one.Asks})
		}
		party := q.field("party", "select", true)
		blocked := panel{Title: message("session.form.owed")}
		party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayDraftFor(p.ID) == nil })
		if err != nil {
			return View{}, nil, err
		}
		for _, o := range party.Options {
			if err := q.addOwed(&blocked, c, o); err != nil {
				return View{}, nil, err
			}
		}
		if len(blocked.Rows) > 0 {
			f.Panels = append(f.Panels, blocked)
		}
		f.Fields = []formField{party}
		return v, f, nil
	}
	return formHandler{make: make, submit: s.startSession}
}

// addOwed says of a party which report it owes, and leads to the form for it.
func (q *request) addOwed(to *panel, c forum.Cycle, party choice) error {
	id, err := strconv.ParseInt(party.ID, 10, 64)
	if err != nil {
		return err
	}
	owed, err := forum.Owed(q.Tx, c, id, q.Today)
	for _, o := range owed {
		to.Rows = append(to.Rows, panelRow{Title: party.Title, Href: sessionHref(o.Cycle, o.Session) + "/report", Notes: []Text{phrase("session.form.owed_since", "id", o.Session, "due", dayText(o.Due))}})
	}
	return err
}

func (s *Site) startSession(q *request) (string, error) {
	party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
	if err != nil {
		return "", locale.Field("party", locale.E("err.form.party"))
	}
	if err := q.mayDraftFor(party); err != nil {
		return "", locale.Field("party", err)
	}
	d := sessionDraft{ID: keeper.NewKey(), Owner: q.Who.ID, Party: party, Lang: string(q.lang())}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, err := q.cycleAsked()
		if err != nil {
			return err
		}
		call, opened, err := forum.CallOf(tx, c.ID)
		switch {
		case err != nil:
			return err
		case !opened:
			return keeper.Refuse(keeper.ErrNotFound, locale.E("err.session.no_form"))
		case q.Today > c.CallUntil:
			return keeper.Refuse(keeper.ErrConflict, locale.E("err.session.late", "on", c.CallUntil))
		}
		if err := stakeholder.Opens(tx, party, stakeholder.RightPropose); err != nil {
			return locale.Field("party", err)
		}
		owed, err := forum.Owed(tx, c, party, q.Today)
		if err == nil && len(owed) > 0 {
			err = keeper.Refuse(keeper.ErrForbidden, locale.Field("party", owed[0].Refusal(party)))
		}
		d.Call, d.Fields = call.ID, commitment.Answers{partnersField: strconv.FormatInt(party, 10)}
		return err
	})
	if err != nil {
		return "", err
	}
	return "/desk/sessions/" + d.ID, s.saveSessionDraft(q, d)
}

// sessionDraftForm is the proposal; it saves whatever was typed, right or wrong.
func (s *Site) sessionDraftForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.sessionDraftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		answers := d.Fields
		if q.posted() {
			answers = commitment.Answers{}
			q.sessionTyped(answers)
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.lead"), Button: message("session.form.next"), Back: "/desk", Hidden: []hiddenField{{"version", strconv.FormatInt(d.Version, 10)}}}
		if f.Fields, err = q.sessionFields(d, answers); err != nil {
			return View{}, nil, err
		}
		var open []typedName
		for i := range f.Fields {
			if f.Fields[i].Name != partnersField || f.Fields[i].Value == "" {
				continue
			}
			var kept string
			if kept, open, err = q.readPartners(f.Fields[i].Value); err == nil {
				f.Fields[i].Value, err = q.namedPartners(kept)
			}
			if err != nil {
				return View{}, nil, err
			}
		}
		f.pickers(q, open)
		key := "session.form.title"
		if d.Session != 0 {
			key = "session.form.amend"
		}
		return View{Title: message(key), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.saveSession}
}

func (s *Site) saveSession(q *request) (string, error) {
	d, err := s.sessionDraft(q)
	if err != nil {
		return "", err
	}
	if seen := q.PostFormValue("version"); seen != "" && seen != strconv.FormatInt(d.Version, 10) {
		return "", errNewer
	}
	q.sessionTyped(d.Fields)
	open, err := s.findPartners(q, d.Fields)
	if err != nil {
		return "", err
	}
	if err := s.saveSessionDraft(q, d); err != nil {
		return "", err
	}
	if err := unknownPartners(open); err != nil {
		return "", err
	}
	if err := s.c.Keeper.Check(q.Context(), q.sessionAct(d)); err != nil {
		return "", atSessionFields(err)
	}
	return "/desk/sessions/" + d.ID + "/check", nil
}

// sessionCheckForm shows what will be published, and who is heard in it, and the button.
func (s *Site) sessionCheckForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.sessionDraftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		fields, err := q.sessionFields(d, d.Fields)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.check_lead"), Button: message("session.form.publish"), Back: "/desk/sessions/" + d.ID}
		for _, field := range fields {
			if field.Name == partnersField {
				if field.Value, err = q.namedPartners(field.Value); err != nil {
					return View{}, nil, err
				}
			}
			if field.Value != "" {
				f.Summary = append(f.Summary, factView{Label: field.Label, Value: shown(field)})
			}
		}
		mix, err := q.draftMix(d)
		if err != nil {
			return View{}, nil, err
		}
		f.Panels = append(f.Panels, mix)
		return View{Title: message("session.form.check"), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.publishSession}
}

// publishSession sends the act. The draft's id is the submission key: sent twice, it is
// one session.
func (s *Site) publishSession(q *request) (string, error) {
	d, err := s.sessionDraft(q)
	if err != nil {
		return "", err
	}
	var cycle int64
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		call, err := forum.CallByID(tx, d.Call)
		cycle = call.Cycle
		return err
	})
	if err != nil {
		return "", err
	}
	made := func(out []keeper.Result) string { return sessionHref(cycle, out[0].Index) }
	if d.Session != 0 {
		made = back(sessionHref(cycle, d.Session))
	}
	to, err := s.publish(q, d.Party, "session/"+d.ID, made, q.sessionAct(d))
	if err != nil || len(q.made) == 0 {
		return to, err // where it waits for somebody else, the draft waits too
	}
	return to, s.dropSessionDraft(q, d.ID)
}
