package web

import (
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/reminder"
	"kept/internal/stakeholder"
	"kept/record"
)

// That nothing has changed is said in one step: from the desk, or from the link in
// a reminder. It is a report like another, dated, and shown as what it is.

// unchangedPage asks which of the two it is.
func (q *request) unchangedPage(c commitment.View, back string) (View, *formPage, error) {
	names, err := stakeholder.NamesOf(q.Tx, c.Party)
	if err != nil {
		return View{}, nil, err
	}
	chosen := q.PostFormValue("unchanged")
	if chosen == "" {
		chosen = commitment.Unchangeds[0]
		if c.Reporting.Reports == 0 {
			chosen = commitment.Unchangeds[1]
		}
	}
	field := q.field("unchanged", "select", true).from(options(commitment.Unchangeds, chosen, func(code string) Text { return message("report.unchanged." + code) }))
	f := &formPage{Action: q.URL.Path, Lead: phrase("unchanged.lead", "title", titleOf(c), "party", partyName(names[c.Party])), Fields: []formField{field},
		Button: message("unchanged.button"), Back: back, Advice: []Text{message("unchanged.counts")}}
	if c.Reporting.Due != "" {
		f.Summary = []factView{{Label: message("fact.reporting"), Value: newState("commitment.reporting.", c.Reporting.State).Word, Why: everyLang(c.Reporting.Why)}}
	}
	f.Panels = []panel{{Title: message("unchanged.more"), Links: []Link{{message("form.report.title"), commitmentHref(c.ID) + "/report"}, {message("unchanged.see"), commitmentHref(c.ID)}}}}
	return View{Title: message("unchanged.title"), Section: "menu.commitments", Crumbs: []Link{{message("menu.commitments"), "/commitments"}, {titleOf(c), commitmentHref(c.ID)}}}, f, nil
}

// sayUnchanged publishes it in the party's name.
func (s *Site) sayUnchanged(q *request, c commitment.View, key string) (string, error) {
	by, _ := q.actor(c.Party)
	act, err := commitment.NewUnchanged(c, string(q.lang()), q.PostFormValue("unchanged"), q.Now.Format("2006-01-02"), by)
	if err != nil {
		return "", err
	}
	return s.publish(q, c.Party, key, back(commitmentHref(c.ID)), act)
}

// unchangedForm is the step for who is signed in.
func (s *Site) unchangedForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := reportDraft(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		return q.unchangedPage(d.Of, commitmentHref(d.Of.ID))
	}
	submit := func(q *request) (to string, err error) {
		var d commitment.ReportDraft
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			d, err = reportDraft(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		return s.sayUnchanged(q, d.Of, q.formKey())
	}
	may := func(q *request) error {
		d, err := reportDraft(q, q.Tx)
		if err != nil {
			return err
		}
		return q.mayDraftFor(d.Of.Party)
	}
	return formHandler{scope: account.ScopeReport, may: may, make: make, submit: submit}
}

// mailedAnswerForm is the step for who has the link of a reminder. Opening it changes
// nothing; the button publishes, or puts it before the second person that a State,
// or a party with a validating authority, has.
func (s *Site) mailedAnswerForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, who, err := s.answered(q, q.Tx)
		if _, dead := locale.All(err); dead {
			return s.deadAnswer(q, err)
		}
		if err != nil {
			return View{}, nil, err
		}
		v, f, err := q.unchangedPage(c, "")
		if err != nil {
			return v, f, err
		}
		f.Advice = append(f.Advice, phrase("unchanged.as", "mail", same(who.Mail)))
		return v, f, nil
	}
	submit := func(q *request) (to string, err error) {
		var c commitment.View
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			c, q.Who, err = s.answered(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		// The link's own key: pressed twice, or pressed again after we died before the
		// link was used up, it is one report.
		token := q.arg("token")
		if to, err = s.sayUnchanged(q, c, "answer/"+record.DigestOf([]byte(token)).String()[:32]); err != nil {
			return "", err
		}
		err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			_, err := account.UseLink(tx, q.Now, token)
			return err
		})
		if strings.HasPrefix(to, "/desk/") { // she is not signed in: say here that it waits
			to = ""
		}
		return to, err
	}
	done := func(q *request) (View, *formPage, error) {
		f := &formPage{Lead: message("unchanged.held"), Panels: []panel{{Title: message("unchanged.more"), Links: []Link{{message("signin.title"), "/sign-in"}}}}}
		return View{Title: message("unchanged.held.title")}, f, nil
	}
	return formHandler{open: true, make: make, submit: submit, done: done}
}

// answered reads what the link of a reminder answers, and for whom. It opens
// nothing where the report is no longer awaited, or its reader no longer sends for
// the party, or somebody else is signed in.
func (s *Site) answered(q *request, tx *db.Tx) (c commitment.View, who *account.Who, err error) {
	l, err := account.OpenLink(tx, q.Now, q.arg("token"))
	if err != nil {
		return c, nil, err
	}
	id, due, err := reminder.ParseAnswer(l.Object)
	if l.Purpose != reminder.PurposeAnswer || err != nil {
		return c, nil, errNotFound(q.URL.Path)
	}
	if q.Who != nil && !q.Who.Demo && q.Who.ID != l.Account {
		return c, nil, keeper.Refuse(account.ErrLink, locale.E("err.answer.somebody_else"))
	}
	if c, err = commitment.Get(tx, id, q.Today); err != nil {
		return c, nil, err
	}
	if who, err = account.Get(tx, l.Account); err != nil {
		return c, nil, err
	}
	switch {
	case !who.ActsFor(c.Party):
		return c, nil, keeper.Refuse(account.ErrLink, locale.E("err.answer.no_post"))
	case c.Reporting.Due != due:
		return c, nil, keeper.Refuse(account.ErrLink, locale.E("err.answer.not_awaited"))
	}
	return c, who, nil
}

// deadAnswer is the page of a link that answers nothing any more; where it is known
// what it was about, it leads there.
func (s *Site) deadAnswer(q *request, fault error) (View, *formPage, error) {
	v, f, err := s.deadLink(q, fault)
	if l, known := account.OpenLink(q.Tx, q.Now, q.arg("token")); known == nil || l.Purpose == reminder.PurposeAnswer {
		if id, _, wrong := reminder.ParseAnswer(l.Object); wrong == nil {
			f.Panels = append(f.Panels, panel{Title: message("unchanged.more"), Links: []Link{{message("unchanged.see"), commitmentHref(id)}}})
		}
	}
	return v, f, err
}

// dueTasks are the reports that her parties owe: due or late, each with its one step.
func (s *Site) dueTasks(q *request) ([]task, error) {
	parties := q.Who.Parties()
	if len(parties) == 0 {
		return nil, nil
	}
	awaited, err := commitment.AwaitedOn(q.Tx, q.Today, "", parties...)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(awaited, func(a, b commitment.Awaited) int { return strings.Compare(a.On, b.On) })
	awaited = awaited[:min(len(awaited), mostTasks)]
	ids := make([]int64, len(awaited))
	for i, a := range awaited {
		ids[i] = a.ID
	}
	of, err := commitment.Summaries(q.Tx, q.Today, ids...)
	if err != nil {
		return nil, err
	}
	var out []task
	for _, a := range awaited {
		c := of[a.ID]
		reporting := commitment.Reporting{State: c.Reporting, Due: c.Due}
		word := newState("commitment.reporting.", c.Reporting).Word
		why := everyLang(func(l locale.Lang) string { return textOf(word, l) + ": " + reporting.Why(l) })
		out = append(out, task{Since: a.From, Title: titled(c.ID, c.Text), Why: why, Href: commitmentHref(a.ID) + "/report", Button: message("unchanged.task"),
			Post: commitmentHref(a.ID) + "/unchanged", Hidden: []hiddenField{{"unchanged", commitment.Unchangeds[0]}}})
	}
	return out, nil
}
