package web

import (
	"errors"
	"net/http"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/reminder"
	"kept/internal/stakeholder"
)

// stopForm ends reminders to who has the link of one. It can be undone on the
// account page. A link that was used already has done what it is for.
func (s *Site) stopForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		l, err := account.OpenLink(q.Tx, q.Now, q.arg("token"))
		switch {
		case l.Purpose == reminder.PurposeStop && err == nil:
			return View{Title: message("stop.title")}, &formPage{Action: q.URL.Path, Lead: message("stop.lead"), Button: message("stop.button")}, nil
		case l.Purpose == reminder.PurposeStop:
			return stopped(q)
		case errors.Is(err, account.ErrLink):
			return s.deadLink(q, err)
		case err != nil:
			return View{}, nil, err
		}
		return View{}, nil, errNotFound(q.URL.Path)
	}
	submit := func(q *request) (string, error) { return "", s.stopReminders(q, q.arg("token")) }
	return formHandler{open: true, make: make, submit: submit, done: stopped}
}

func stopped(*request) (View, *formPage, error) {
	f := &formPage{Lead: message("stop.done"), Panels: []panel{{Title: message("stop.undo"), Links: []Link{{message("account.title"), "/desk/account"}}}}}
	return View{Title: message("stop.done.title")}, f, nil
}

// stopReminders notes it, with a line in the access log.
func (s *Site) stopReminders(q *request, token string) error {
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		l, err := account.OpenLink(tx, q.Now, token)
		if l.Purpose != reminder.PurposeStop {
			return keeper.Refuse(account.ErrLink, locale.E("err.link.unknown"))
		}
		if err != nil {
			return nil // used before, or so old that another letter came since
		}
		if _, err := account.UseLink(tx, q.Now, token); err != nil {
			return err
		}
		if err := account.SetReminders(tx, l.Account, false); err != nil {
			return err
		}
		return account.Note(tx, q.Now, &account.Who{ID: l.Account}, "reminders.stopped", "")
	})
}

// stopAtOnce is the same for mail programs (RFC 8058): a POST without a form before
// it. It carries no cookie and needs none: the secret is in the address.
func (s *Site) stopAtOnce(w http.ResponseWriter, r *http.Request) {
	lang := languageOf(r)
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	err := parseForm(r)
	if err == nil && r.PostFormValue("List-Unsubscribe") != "One-Click" {
		err = keeper.Refuse(keeper.ErrInvalid, locale.E("err.form.broken"))
	}
	if err == nil {
		q := &request{Request: r, Now: s.c.Keeper.Now()}
		err = s.stopReminders(q, r.PathValue("token"))
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// remindersForm shows which reminders went out: to the people of a party those
// about it, to the secretariat all.
func (s *Site) remindersForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		var parties []int64
		if !q.Who.Is(account.RoleSecretariat) {
			if parties = q.Who.Parties(); len(parties) == 0 {
				return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.party"))
			}
		}
		sent, err := reminder.Log(q.Tx, parties...)
		if err != nil {
			return View{}, nil, err
		}
		p := panel{Title: message("reminders.sent"), Empty: message("reminders.none")}
		for _, one := range sent {
			row, err := q.reminderRow(one)
			if err != nil {
				return View{}, nil, err
			}
			p.Rows = append(p.Rows, row)
		}
		f := &formPage{Lead: message("reminders.lead"), Panels: []panel{p}}
		if q.Who.Is(account.RoleSecretariat) {
			unreached, err := q.unreached()
			if err != nil {
				return View{}, nil, err
			}
			f.Panels = []panel{unreached, p}
		}
		return View{Title: message("reminders.title"), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: func(*request) (string, error) { return "/desk/reminders", nil }}
}

// unreached lists the reports that nobody can be reminded of by mail.
func (q *request) unreached() (p panel, err error) {
	p = panel{Title: message("reminders.unreached"), Lead: message("reminders.unreached.lead"), Empty: message("reminders.unreached.none")}
	awaited, err := reminder.Unreached(q.Tx, q.Today)
	for _, a := range awaited {
		c, err := commitment.Get(q.Tx, a.ID, q.Today)
		if err != nil {
			return p, err
		}
		names, err := stakeholder.NamesOf(q.Tx, a.Party)
		if err != nil {
			return p, err
		}
		p.Rows = append(p.Rows, panelRow{Title: titleOf(c), Href: commitmentHref(a.ID), Notes: []Text{partyName(names[a.Party]), everyLang(c.Reporting.Why)}})
	}
	return p, err
}

func (q *request) reminderRow(one reminder.Sent) (panelRow, error) {
	c, err := commitment.Get(q.Tx, one.Commitment, q.Today)
	if err != nil {
		return panelRow{}, err
	}
	names, err := stakeholder.NamesOf(q.Tx, one.Party)
	if err != nil {
		return panelRow{}, err
	}
	to := message("reminders.erased")
	if who, err := account.Get(q.Tx, one.Account); err == nil {
		to = same(who.Mail)
	} else if !errors.Is(err, keeper.ErrNotFound) {
		return panelRow{}, err
	}
	when := everyLang(func(l locale.Lang) string {
		return l.T("reminders.row", "on", l.Date(one.On), "due", l.Date(one.Due), "to", textOf(to, l))
	})
	return panelRow{Title: titleOf(c), Href: commitmentHref(one.Commitment), Notes: []Text{partyName(names[one.Party]), when}}, nil
}
