package web

import (
	"net/http"
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms by which a commitment goes on after it was made: its lead amends,
// concludes or withdraws it, a partner answers, the secretariat excuses a late report.

// commitmentOf is the commitment that a form's address names, as long as it is open.
func (q *request) commitmentOf(tx *db.Tx) (commitment.View, error) {
	id, err := q.number("id")
	if err != nil {
		return commitment.View{}, err
	}
	c, err := commitment.Get(tx, id, q.Today)
	switch {
	case err != nil:
		return c, err
	case c.Stated:
		return c, keeper.Refuse(keeper.ErrForbidden, locale.E("err.commitment.only_stated"))
	case c.Closing.On != "":
		return c, keeper.Refuse(keeper.ErrForbidden, locale.E("err.commitment.closed."+c.Lifecycle, "on", c.Closing.On))
	}
	return c, nil
}

// openCommitment is commitmentOf in a transaction of its own, for a submission.
func (s *Site) openCommitment(q *request) (c commitment.View, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		c, err = q.commitmentOf(tx)
		return err
	})
	return c, err
}

func commitmentCrumbs(c commitment.View) []Link {
	return []Link{{message("menu.commitments"), "/commitments"}, {titleOf(c), commitmentHref(c.ID)}}
}

func titleOf(c commitment.View) Text { return titled(c.ID, c.Text) }

// titled is the title of a commitment, or its number where nobody may read its title.
func titled(id int64, text func(field string, l locale.Lang) (string, string)) Text {
	if t := summaryText(text, "title"); len(t) > 0 {
		return t
	}
	return message("commitment.untitled", "id", id)
}

// lifeForm is a form of one page about a commitment: who may, what it asks, which act it makes.
type lifeForm struct {
	name   string
	may    func(q *request, c commitment.View) error
	fields func(q *request, c commitment.View) ([]formField, error)
	act    func(q *request, c commitment.View) (party int64, a keeper.Act, err error)
}

func (s *Site) lifeForm(l lifeForm) formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.commitmentOf(q.Tx)
		if err == nil {
			err = l.may(q, c)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form." + l.name + ".lead"), Button: message("form." + l.name + ".button"), Back: commitmentHref(c.ID)}
		fields, err := l.fields(q, c)
		for _, one := range fields {
			if one.Kind == "hidden" {
				f.Hidden = append(f.Hidden, hiddenField{one.Name, one.Value})
			} else {
				f.Fields = append(f.Fields, one)
			}
		}
		return View{Title: message("form." + l.name + ".title"), Section: "menu.commitments", Crumbs: commitmentCrumbs(c)}, f, err
	}
	submit := func(q *request) (string, error) {
		c, err := s.openCommitment(q)
		if err != nil {
			return "", err
		}
		if err := l.may(q, c); err != nil {
			return "", err
		}
		party, a, err := l.act(q, c)
		if err != nil {
			return "", err
		}
		return s.publish(q, party, q.formKey(), back(commitmentHref(c.ID)), a)
	}
	return formHandler{make: make, submit: submit}
}

func mayForLead(q *request, c commitment.View) error { return q.mayActFor(c.Party) }

// inWords are the words of a short form, in the language of its page.
func (q *request) inWords(name string) map[string]string {
	text := keeper.Prose(q.PostFormValue(name))
	if text == "" {
		return nil
	}
	return map[string]string{name + "." + string(q.lang()): text}
}

func (s *Site) withdrawCommitmentForm() formHandler {
	return s.lifeForm(lifeForm{name: "commitment_withdraw", may: mayForLead,
		fields: func(q *request, _ commitment.View) ([]formField, error) {
			return []formField{q.field("reason", "text", true)}, nil
		},
		act: func(q *request, c commitment.View) (int64, keeper.Act, error) {
			by, _ := q.actor(c.Party)
			return c.Party, keeper.Act{Kind: commitment.KindWithdrawn, By: by, Facts: commitment.Ended{Commitment: c.ID}, Words: q.inWords("reason")}, nil
		}})
}

func (s *Site) concludeForm() formHandler {
	return s.lifeForm(lifeForm{name: "conclude", may: mayForLead,
		fields: func(q *request, _ commitment.View) ([]formField, error) {
			return []formField{q.field("outcome", "select", true).from(options(commitment.Outcomes, q.FormValue("outcome"), func(c string) Text { return message("commitment.outcome." + c) })),
				q.field("reason", "text", true)}, nil
		},
		act: func(q *request, c commitment.View) (int64, keeper.Act, error) {
			by, _ := q.actor(c.Party)
			return c.Party, keeper.Act{Kind: commitment.KindConcluded, By: by, Facts: commitment.Ended{Commitment: c.ID, Outcome: q.PostFormValue("outcome")}, Words: q.inWords("reason")}, nil
		}})
}

func (s *Site) excuseForm() formHandler {
	return s.lifeForm(lifeForm{name: "excuse", may: func(q *request, _ commitment.View) error { return q.must(account.RoleSecretariat) },
		fields: func(q *request, _ commitment.View) ([]formField, error) {
			return []formField{q.field("reason_code", "select", true).from(options(commitment.Excuses, q.FormValue("reason_code"), func(c string) Text { return message("commitment.excuse." + c) })),
				q.field("reason", "text", true), q.field("until", "date", true).help("form.excuse.until")}, nil
		},
		act: func(q *request, c commitment.View) (int64, keeper.Act, error) {
			return c.Party, keeper.Act{Kind: commitment.KindExcused, By: stakeholder.Secretariat, Words: q.inWords("reason"),
				Facts: commitment.Excused{Commitment: c.ID, Until: keeper.Line(q.PostFormValue("until")), Reason: q.PostFormValue("reason_code")}}, nil
		}})
}

// answerForm is a partner's own word on what the lead says of it.
func (s *Site) answerForm() formHandler {
	partners := func(q *request, c commitment.View) (ids []int64) {
		for _, p := range c.Partners {
			if q.mayActFor(p.Party) == nil {
				ids = append(ids, p.Party)
			}
		}
		return ids
	}
	return s.lifeForm(lifeForm{name: "answer",
		may: func(q *request, c commitment.View) error {
			if len(partners(q, c)) == 0 {
				return keeper.Refuse(keeper.ErrForbidden, locale.E("err.commitment.no_partner"))
			}
			return nil
		},
		fields: func(q *request, c commitment.View) ([]formField, error) {
			ids := partners(q, c)
			names, err := stakeholder.NamesOf(q.Tx, ids...)
			if err != nil {
				return nil, err
			}
			party := q.field("party", "select", true)
			party.Label = message("field.partner")
			for _, id := range ids {
				party.Options = append(party.Options, choice{strconv.FormatInt(id, 10), partyName(names[id]), strconv.FormatInt(id, 10) == q.FormValue("party")})
			}
			answer := q.field("answer", "select", true).from(options([]string{commitment.KindConfirmed, commitment.KindDeclined}, q.FormValue("answer"), func(c string) Text { return message("form.answer." + c) }))
			return []formField{party, answer, q.field("reason", "text", false).help("form.answer.reason"),
				{Name: "version", Kind: "hidden", Value: strconv.FormatInt(c.Version, 10)}}, nil
		},
		act: func(q *request, c commitment.View) (int64, keeper.Act, error) {
			party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
			if err != nil || !slices.Contains(partners(q, c), party) {
				return 0, keeper.Act{}, locale.Field("party", locale.E("err.form.partner"))
			}
			version, err := strconv.ParseInt(q.PostFormValue("version"), 10, 64)
			if err != nil {
				return 0, keeper.Act{}, locale.E("err.form.broken")
			}
			kind := commitment.KindConfirmed
			if q.PostFormValue("answer") == commitment.KindDeclined {
				kind = commitment.KindDeclined
			}
			by, fact := q.actor(party)
			return party, keeper.Act{Kind: kind, By: by, Facts: commitment.Answered{Commitment: c.ID, Version: version, Party: fact}, Words: q.inWords("reason")}, nil
		}})
}

// amendForm opens a draft that is filled in with the commitment as it stands.
func (s *Site) amendForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.commitmentOf(q.Tx)
		if err == nil {
			err = q.mayDraftFor(c.Party)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.amend.lead"), Button: message("form.commitment.start"), Back: commitmentHref(c.ID)}
		return View{Title: message("form.amend.title"), Section: "menu.commitments", Crumbs: commitmentCrumbs(c)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, err := s.openCommitment(q)
		if err != nil {
			return "", err
		}
		if err := q.mayDraftFor(c.Party); err != nil {
			return "", err
		}
		d := draft{ID: keeper.NewKey(), Owner: q.Who.ID, Draft: commitment.NewAmendment(c)}
		return "/desk/drafts/" + d.ID + "/1", s.saveDraft(q.Context(), d)
	}
	return formHandler{make: make, submit: submit}
}

// actOf is the act that a draft makes: a new commitment, or an amendment of one as it stands.
func (s *Site) actOf(q *request, d draft) (a keeper.Act, es locale.Errors, err error) {
	by, _ := q.actor(d.Lead)
	if d.Amends() == 0 {
		a, es = d.Act(q.Pack, q.Now, by)
		return a, es, nil
	}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		c, err := commitment.Get(tx, d.Amends(), q.Today)
		if err == nil {
			a, es = d.Amendment(c, q.Pack, q.Now, by)
		}
		return err
	})
	return a, es, err
}

// amendment shows what an amendment changes, and whether somebody else amended the
// commitment since it was begun.
func (f *formPage) amendment(q *request, d draft) error {
	c, err := commitment.Get(q.Tx, d.Amends(), q.Today)
	if err != nil {
		return err
	}
	f.Lead = message("form.amend.check_lead")
	f.Summary = q.changed(commitment.NewAmendment(c), d.Draft)
	by, _ := q.actor(d.Lead)
	_, es := d.Amendment(c, q.Pack, q.Now, by)
	f.setErrors(es.Err())
	if d.AmendsVersion() != c.Version {
		f.Fields = []formField{{Name: "rebase", Kind: "check", Label: message("form.amend.rebase")}}
		f.Links = []Link{{message("versions.title"), commitmentHref(c.ID) + "/changes"}}
		if q.Method == http.MethodGet { // a form that was sent brings its own refusal
			f.setErrors(locale.Field("rebase", locale.E("err.commitment.amended_since", "version", strconv.FormatInt(c.Version, 10))))
		}
	}
	return nil
}

// changed are the answers that differ between what stands and an amendment.
func (q *request) changed(before, after commitment.Draft) (out []factView) {
	for step := 1; step <= commitment.Steps; step++ {
		old := map[string]formField{}
		for _, f := range q.formFields(before.Describe(step, q.Pack), before.Fields) {
			old[f.Name] = f
		}
		now := q.formFields(after.Describe(step, q.Pack), after.Fields)
		for _, f := range now {
			was, known := old[f.Name]
			delete(old, f.Name)
			if f.Value == was.Value || !after.Says(f.Name) && !before.Says(f.Name) {
				continue
			}
			one := factView{Label: f.Label, Value: message("versions.nothing"), Why: message("form.amend.new")}
			if f.Value != "" {
				one.Value = shown(f)
			}
			if known && was.Value != "" {
				one.Why = phrase("form.amend.before", "text", shown(was))
			}
			out = append(out, one)
		}
		for _, was := range q.formFields(before.Describe(step, q.Pack), before.Fields) {
			if _, gone := old[was.Name]; gone && was.Value != "" { // its row is no longer there
				out = append(out, factView{Label: was.Label, Value: message("versions.nothing"), Why: phrase("form.amend.before", "text", shown(was))})
			}
		}
	}
	return out
}

// rebase lets a draft stand on the version that stands now.
func (s *Site) rebase(q *request, d draft) error {
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		c, err := commitment.Get(tx, d.Amends(), q.Today)
		if err != nil {
			return err
		}
		all, err := commitment.Versions(tx, c)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(all, func(v commitment.Version) bool { return v.Entry == d.AmendsVersion() }); at >= 0 {
			d.Rebase(all[at], all[len(all)-1])
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.saveDraft(q.Context(), d)
}

// opening says of a party that was chosen why it has no right, and leads to the
// form that would open it.
func (f *formPage) opening(q *request, chosen, right string) error {
	id, err := strconv.ParseInt(chosen, 10, 64)
	if err != nil {
		return nil
	}
	p, err := stakeholder.ByID(q.Tx, id)
	if err != nil {
		return nil // refused at its field when it is sent
	}
	if stakeholder.Opens(q.Tx, id, right) == nil {
		return nil
	}
	if q.Pack.MayUse(right, stakeholder.BasisEndorsed, p.Kind) && slices.Contains(q.Pack.Bases(p.Kind), stakeholder.BasisEndorsed) {
		f.Links = append(f.Links, Link{phrase("form.opening.endorse", "party", partyName(p.Names)), partyHref(id) + "/endorse"})
	}
	f.Links = append(f.Links, Link{phrase("form.opening.party", "party", partyName(p.Names)), partyHref(id)})
	return nil
}
