package web

import (
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// bodyForms are the forms by which a body's own people keep its page: each makes one
// act, in the name of a party that runs the body.
func (s *Site) bodyForms() {
	s.form("/bodies/new", s.newBodyForm())
	s.form("/bodies/{id}/describe", s.describeForm())
	s.form("/bodies/{id}/confirm", s.confirmBodyForm())
	s.form("/bodies/{id}/claim", s.claimBodyForm())
	s.form("/bodies/{id}/answer", s.answerClaimForm())
	s.form("/bodies/{id}/release", s.releaseBodyForm())
	s.form("/bodies/{id}/relations/new", s.relateForm())
	s.form("/bodies/{id}/relations/end", s.endRelationForm())
	s.form("/bodies/{id}/dispute", s.disputeBodyForm())
	s.form("/bodies/{id}/settle", s.settleForm())
	s.needs(s.bodyTasks)
}

// aboutBody is what a form on a body's address works with.
type aboutBody struct {
	q   *request
	set *bodySet
	b   *forum.Body
}

// bodyForm is a form of one page about a body.
type bodyForm struct {
	name   string
	who    func(a aboutBody) ([]choice, error)                          // the parties that may be chosen to speak
	fields func(a aboutBody) ([]formField, error)                       // besides the party
	act    func(a aboutBody, by string, fact int64) (keeper.Act, error) // for the chosen party
}

// aboutBody is the body that the address names.
func (q *request) aboutBody() (aboutBody, error) {
	set, err := q.bodySet()
	if err != nil {
		return aboutBody{}, err
	}
	a := aboutBody{q, set, set.find(q.arg("id"))}
	if a.b == nil {
		err = errNotFound(q.arg("id"))
	}
	return a, err
}

func (a aboutBody) href() string { return bodyHref(a.b.ID) }

func (a aboutBody) crumbs() []Link {
	return []Link{{message("menu.bodies"), "/bodies"}, {bodyName(a.q.Pack, a.b), a.href()}}
}

func (s *Site) bodyForm(f bodyForm) formHandler {
	make := func(q *request) (View, *formPage, error) {
		a, err := q.aboutBody()
		if err != nil {
			return View{}, nil, err
		}
		as := q.input("as", "select", true, "field.body_as")
		if as.Options, err = f.who(a); err != nil {
			return View{}, nil, err
		}
		fields, err := f.fields(a)
		page := &formPage{Action: q.URL.Path, Lead: message("form." + f.name + ".lead"), Button: message("form." + f.name + ".button"), Back: a.href(), Fields: []formField{as}}
		for _, one := range fields {
			if one.Kind == "hidden" {
				page.Hidden = append(page.Hidden, hiddenField{one.Name, one.Value})
			} else {
				page.Fields = append(page.Fields, one)
			}
		}
		return View{Title: message("form." + f.name + ".title"), Section: "menu.bodies", Crumbs: a.crumbs()}, page, err
	}
	submit := func(q *request) (string, error) {
		party, err := strconv.ParseInt(q.PostFormValue("as"), 10, 64)
		if err != nil || party < 0 {
			return "", locale.Field("as", locale.E("err.party.which"))
		}
		var act keeper.Act
		var to string
		err = s.reading(q, func() error {
			a, err := q.aboutBody()
			if err != nil {
				return err
			}
			by, fact := q.speaker(party)
			to = a.href()
			act, err = f.act(a, by, fact)
			return err
		})
		if err != nil {
			return "", err
		}
		act.Words = forum.CleanBody(act.Kind, act.Words)
		if party == 0 {
			return s.bySecretariat(q, act, back(to), account.RoleSecretariat)
		}
		return s.publish(q, party, q.formKey(), back(to), act)
	}
	return formHandler{make: make, submit: submit}
}

// reading gives a submission a snapshot of the store to look at.
func (s *Site) reading(q *request, look func() error) error {
	return s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		return look()
	})
}

// runners are the parties that run the body and for which she may prepare something.
func (a aboutBody) runners() ([]choice, error) {
	options, err := a.q.runnersOf(a.b)
	if err == nil && len(options) == 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.body.no_party"))
	}
	return options, err
}

// runnersOf are those parties of one body.
func (q *request) runnersOf(b *forum.Body) ([]choice, error) {
	parties := slices.DeleteFunc(b.RunBy(), func(party int64) bool { return q.mayDraftFor(party) != nil })
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	var options []choice
	for _, party := range parties {
		id := strconv.FormatInt(party, 10)
		options = append(options, choice{id, partyName(names[party]), id == q.FormValue("as")})
	}
	return options, err
}

// anyParty are the registered parties for which she may prepare something.
func (q *request) anyParty() ([]choice, error) {
	return q.partyOptions(q.FormValue("as"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayDraftFor(p.ID) == nil })
}

func (a aboutBody) anyParty() ([]choice, error) { return a.q.anyParty() }

// worded are the words of a form: text fields in the page's language, lines without
// one under "und".
func (q *request) worded(texts []string, lines ...string) map[string]string {
	words := map[string]string{}
	for _, name := range texts {
		words[name+"."+string(q.lang())] = q.PostFormValue(name)
	}
	for _, name := range lines {
		words[name+".und"] = q.PostFormValue(name)
	}
	return words
}

func noFields(aboutBody) ([]formField, error) { return nil, nil }

func (s *Site) confirmBodyForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_confirm", who: aboutBody.runners, fields: noFields,
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			return keeper.Act{Kind: forum.KindConfirmed, By: by, Facts: forum.OfBody{Body: a.b.ID, Party: fact}}, nil
		}})
}

func (s *Site) releaseBodyForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_release", who: aboutBody.runners,
		fields: func(a aboutBody) ([]formField, error) {
			return []formField{a.q.input("reason", "text", false, "field.body_reason")}, nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			return keeper.Act{Kind: forum.KindReleased, By: by, Facts: forum.OfBody{Body: a.b.ID, Party: fact}, Words: a.q.worded([]string{"reason"})}, nil
		}})
}

func (s *Site) claimBodyForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_claim", who: aboutBody.anyParty,
		fields: func(a aboutBody) ([]formField, error) {
			return []formField{a.q.input("reason", "text", true, "field.body_why"), a.q.input("url", "line", false, "field.body_address")}, nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			return keeper.Act{Kind: forum.KindClaimed, By: by, Facts: forum.OfBody{Body: a.b.ID, Party: fact}, Words: a.q.worded([]string{"reason"}, "url")}, nil
		}})
}

// answerClaimForm is how the secretariat says whether a party runs a body. It sees who
// else does, and which other bodies rest on the same instrument.
func (s *Site) answerClaimForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		a, err := q.aboutBody()
		if err != nil {
			return View{}, nil, err
		}
		claims, err := forum.Claims(q.Tx, a.b.ID)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.body_answer.lead"), Button: message("form.body_answer.button"), Back: a.href()}
		which := q.input("claim", "select", true, "body.claims")
		for _, c := range claims {
			if c.Answer != "" {
				continue
			}
			by, words, err := q.claimed(c)
			if err != nil {
				return View{}, nil, err
			}
			id := strconv.FormatInt(c.ID, 10)
			which.Options = append(which.Options, choice{id, by, id == q.FormValue("claim")})
			f.Summary = append(f.Summary, factView{by, words, dayText(c.On)})
		}
		for _, other := range a.set.links(forum.SameMandate(a.set.all, a.b)) {
			f.Summary = append(f.Summary, factView{message("body.same_mandate"), other.Text, nil})
		}
		runs, err := q.runnersOf(a.b)
		if err != nil {
			return View{}, nil, err
		}
		for _, r := range runs {
			f.Summary = append(f.Summary, factView{message("body.run_by"), r.Title, nil})
		}
		answer := q.input("answer", "select", true, "field.body_answer").from(options([]string{"entrusted", "declined"}, q.FormValue("answer"), func(c string) Text { return message("form.body_answer." + c) }))
		f.Fields = []formField{which, answer, q.input("reason", "text", false, "field.body_reason")}
		return View{Title: message("form.body_answer.title"), Section: "menu.bodies", Crumbs: a.crumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		claim, err := strconv.ParseInt(q.PostFormValue("claim"), 10, 64)
		if err != nil {
			return "", locale.Field("claim", locale.E("err.body.no_claim", "id", keeper.Line(q.PostFormValue("claim"))))
		}
		kind := forum.KindDeclined
		if q.PostFormValue("answer") == "entrusted" {
			kind = forum.KindEntrusted
		}
		return s.bySecretariat(q, keeper.Act{Kind: kind, Facts: forum.Answer{Claim: claim}, Words: forum.CleanBody(kind, q.worded([]string{"reason"}))},
			back(bodyHref(q.arg("id"))), account.RoleSecretariat)
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// claimed is who makes a claim, and how it says that it runs the body.
func (q *request) claimed(c forum.Claim) (by, words Text, err error) {
	names, err := stakeholder.NamesOf(q.Tx, c.Party)
	if err != nil {
		return nil, nil, err
	}
	said, err := keeper.WordsOf(q.Tx, c.ID)
	return partyName(names[c.Party]), wordsText(said, "reason"), err
}
