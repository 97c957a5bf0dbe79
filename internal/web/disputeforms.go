package web

import (
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms of a dispute: a party raises it, the maker of the entry answers, and
// either side says how it ends.

// disputeForm raises a dispute against the entry that the address names.
func (s *Site) disputeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		entry, maker, about, err := q.disputed(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		whose, err := q.partyLink(maker)
		if err != nil {
			return View{}, nil, err
		}
		as := q.input("as", "select", true, "dispute.raised_by")
		if as.Options, err = q.partyOptions(q.FormValue("as"), func(p stakeholder.Party) bool { return p.ID != maker && q.mayDraftFor(p.ID) == nil }); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.dispute.lead"), Button: message("form.dispute.button"), Back: about.Href,
			Hidden:  []hiddenField{{"entry", strconv.FormatInt(entry, 10)}},
			Summary: []factView{{message("dispute.against"), about.Text, nil}, {message("dispute.answered_by"), whose.Text, nil}},
			Fields:  []formField{as, q.input("text", "text", true, "form.dispute.text").help("form.dispute.text.help")}}
		return View{Title: message("form.dispute.title"), Crumbs: []Link{{message("disputes.title"), "/disputes"}}}, f, nil
	}
	return formHandler{make: make, submit: s.submitDispute}
}

// disputed is the entry that a form is about, who made it, and its page.
func (q *request) disputed(tx *db.Tx) (entry, maker int64, about Link, err error) {
	if entry, err = strconv.ParseInt(q.FormValue("entry"), 10, 64); err != nil || entry < 0 {
		return 0, 0, about, errNotFound(q.FormValue("entry"))
	}
	if maker, err = correction.MakerOf(tx, entry); err != nil {
		return 0, 0, about, err
	}
	thing, err := correction.ThingOf(tx, correction.About{Kind: "entry", ID: strconv.FormatInt(entry, 10)})
	if err != nil {
		return 0, 0, about, err
	}
	of, err := correction.ParseAbout(thing)
	if err != nil {
		return 0, 0, about, err
	}
	about, err = q.aboutLink(of)
	return entry, maker, about, err
}

func (s *Site) submitDispute(q *request) (string, error) {
	party, err := q.chosenParty("as")
	if err != nil {
		return "", err
	}
	facts := correction.Raised{Lang: string(q.lang())}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		if facts.Entry, facts.Maker, _, err = q.disputed(tx); err == nil {
			facts.Thing, err = correction.ThingOf(tx, correction.About{Kind: "entry", ID: strconv.FormatInt(facts.Entry, 10)})
		}
		return err
	})
	if err != nil {
		return "", err
	}
	var by string
	by, facts.Party = q.actor(party)
	words := correction.Clean(correction.KindRaised, map[string]string{"text." + string(q.lang()): q.PostFormValue("text")})
	return s.publish(q, party, q.formKey(), func(out []keeper.Result) string { return disputeHref(out[0].Index) },
		keeper.Act{Kind: correction.KindRaised, By: by, Facts: facts, Words: words})
}

// openDispute is the dispute that the address names, while it is open.
func (q *request) openDispute(tx *db.Tx) (correction.Dispute, error) {
	id, err := q.number("id")
	if err != nil {
		return correction.Dispute{}, err
	}
	d, err := correction.GetDispute(tx, id)
	if err == nil && d.ClosedOn != "" {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.dispute.closed", "on", d.ClosedOn))
	}
	return d, err
}

// side is the page of a form about a dispute, with both texts.
func (q *request) side(d correction.Dispute, key string) (View, *formPage, error) {
	v, err := q.dispute(d)
	if err != nil {
		return View{}, nil, err
	}
	f := &formPage{Action: q.URL.Path, Button: message("form." + key + ".button"), Back: v.Href,
		Summary: []factView{{message("dispute.against"), v.Kind, v.About.Text}, {message("dispute.raised_by"), v.Raiser.Text, v.Text}}}
	if v.Answered != "" {
		f.Summary = append(f.Summary, factView{message("dispute.answered_by"), v.Maker.Text, v.Answer})
	}
	return View{Title: message("form." + key + ".title"), Crumbs: []Link{{message("disputes.title"), "/disputes"}, {message("dispute.title", "id", strconv.FormatInt(d.ID, 10)), v.Href}}}, f, nil
}

// disputeAnswerForm is the answer of who made the disputed entry.
func (s *Site) disputeAnswerForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.openDispute(q.Tx)
		if err == nil {
			err = q.maySpeakFor(d.Maker)
		}
		if err != nil {
			return View{}, nil, err
		}
		v, f, err := q.side(d, "reply")
		if err == nil {
			f.Fields = []formField{q.input("text", "text", true, "form.dispute.text").help("form.dispute.text.help")}
		}
		return v, f, err
	}
	submit := func(q *request) (string, error) {
		facts := correction.Replied{Lang: string(q.lang())}
		words := map[string]string{"text." + string(q.lang()): q.PostFormValue("text")}
		return s.inDispute(q, func(d correction.Dispute) (int64, keeper.Act) {
			facts.Dispute = d.ID
			by, fact := q.speaker(d.Maker)
			facts.Party = fact
			return d.Maker, keeper.Act{Kind: correction.KindReplied, By: by, Facts: facts, Words: correction.Clean(correction.KindReplied, words)}
		})
	}
	return formHandler{make: make, submit: submit}
}

// maySpeakFor refuses who speaks for none of a side's; party 0 is the secretariat.
func (q *request) maySpeakFor(party int64) error {
	if party == 0 {
		return q.must(account.RoleSecretariat)
	}
	return q.mayDraftFor(party)
}

// speaker is whom an act of one side is by.
func (q *request) speaker(party int64) (by string, fact int64) {
	if party == 0 {
		return stakeholder.Secretariat, 0
	}
	return q.actor(party)
}

// inDispute sends an act of one side of the dispute that the address names.
func (s *Site) inDispute(q *request, of func(d correction.Dispute) (party int64, act keeper.Act)) (string, error) {
	var d correction.Dispute
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		d, err = q.openDispute(tx)
		return err
	})
	if err != nil {
		return "", err
	}
	party, act := of(d)
	if err := q.maySpeakFor(party); err != nil {
		return "", err
	}
	to := back(disputeHref(d.ID))
	if party == 0 {
		return s.bySecretariat(q, act, to, account.RoleSecretariat)
	}
	return s.publish(q, party, q.formKey(), to, act)
}

// closeForm is how one side says that a dispute is over.
func (s *Site) closeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.openDispute(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		as := q.input("as", "select", true, "form.close.as")
		for _, side := range []int64{d.Party, d.Maker} {
			if q.maySpeakFor(side) != nil {
				continue
			}
			link, err := q.partyLink(side)
			if err != nil {
				return View{}, nil, err
			}
			id := strconv.FormatInt(side, 10)
			as.Options = append(as.Options, choice{id, link.Text, q.FormValue("as") == id})
		}
		if len(as.Options) == 0 {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.dispute.not_side"))
		}
		v, f, err := q.side(d, "close")
		if err == nil {
			f.Lead = message("form.close.lead")
			f.Fields = []formField{as,
				q.input("outcome", "select", true, "dispute.state").from(options(correction.Endings, q.FormValue("outcome"), func(c string) Text { return message("form.close." + c) })),
				q.input("note", "text", false, "form.close.note")}
		}
		return v, f, err
	}
	submit := func(q *request) (string, error) {
		side, err := strconv.ParseInt(q.PostFormValue("as"), 10, 64)
		if err != nil {
			return "", locale.Field("as", locale.E("err.party.which"))
		}
		words := correction.Clean(correction.KindClosed, map[string]string{"note." + string(q.lang()): q.PostFormValue("note")})
		return s.inDispute(q, func(d correction.Dispute) (int64, keeper.Act) {
			by, fact := q.speaker(side)
			return side, keeper.Act{Kind: correction.KindClosed, By: by, Words: words, Facts: correction.Closed{Dispute: d.ID, Outcome: q.PostFormValue("outcome"), Party: fact}}
		})
	}
	return formHandler{make: make, submit: submit}
}

// disputeTasks are the disputes that wait for somebody's word.
func (s *Site) disputeTasks(q *request) ([]task, error) {
	list, err := correction.OpenDisputes(q.Tx)
	if err != nil {
		return nil, err
	}
	mine := q.Who.Parties()
	speaks := func(side int64) bool {
		if side == 0 {
			return q.Who.Is(account.RoleSecretariat)
		}
		return q.Who.Any || slices.Contains(mine, side)
	}
	var tasks []task
	for _, d := range list {
		waits, key, to := d.RaisedOn, "reply", "/answer"
		switch {
		case d.AnsweredOn == "" && speaks(d.Maker):
		case d.SettledRaiser != "" && speaks(d.Maker):
			waits, key, to = d.SettledRaiser, "close", "/close"
		case d.SettledMaker != "" && speaks(d.Party):
			waits, key, to = d.SettledMaker, "close", "/close"
		default:
			continue
		}
		if len(tasks) == mostTasks {
			break
		}
		about, raiser, err := q.disputeNames(d)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{Since: waits, Title: phrase("task.dispute", "about", about), Why: raiser, Href: disputeHref(d.ID) + to, Button: message("form." + key + ".title")})
	}
	return tasks, nil
}

// disputeNames is what a dispute is about, and who raised it.
func (q *request) disputeNames(d correction.Dispute) (about, raiser Text, err error) {
	by, err := q.partyLink(d.Party)
	if err != nil {
		return nil, nil, err
	}
	a, err := correction.ParseAbout(d.Thing)
	if err != nil {
		return nil, by.Text, nil // the page of the dispute says no more either
	}
	of, err := q.aboutLink(a)
	return of.Text, by.Text, err
}
