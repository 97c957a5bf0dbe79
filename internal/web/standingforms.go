package web

import (
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms by which a party changes how it stands: it claims what lists
// elsewhere say of it, withdraws its endorsement, or names the members of a group.

// partyOf is the party that a form's address names.
func (q *request) partyOf(tx *db.Tx) (stakeholder.Party, error) {
	id, err := q.number("id")
	if err != nil {
		return stakeholder.Party{}, err
	}
	return stakeholder.ByID(tx, id)
}

// partyCrumbs lead from the list over the party's page to its form.
func partyCrumbs(p stakeholder.Party) []Link {
	return []Link{{message("menu.parties"), "/stakeholders"}, {partyName(p.Names), partyHref(p.ID)}}
}

// partyOptions lists the registered parties that a form may name.
func (q *request) partyOptions(chosen string, offered func(stakeholder.Party) bool) ([]choice, error) {
	var out []choice
	f := stakeholder.Filter{Limit: 1000, Lang: q.lang(), GroupOn: q.Today}
	for {
		page, err := stakeholder.List(q.Tx, f)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parties {
			if id := strconv.FormatInt(p.ID, 10); offered(p) {
				out = append(out, choice{id, partyName(p.Names), id == chosen})
			}
		}
		if f.After = page.Next; f.After == "" {
			return out, nil
		}
	}
}

// claimForm is how a party says of a stated entry: this is ours. For a stated
// party it names the registered one; for an endorsement stated of a registered
// party it is an endorsement of its own, with all that one has.
func (s *Site) claimForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.claim.lead"), Button: message("form.claim.button"), Back: partyHref(p.ID)}
		if p.Stated() {
			field := q.field("party", "select", true)
			field.Label = message("field.claimant")
			if field.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return q.mayActFor(p.ID) == nil }); err != nil {
				return View{}, nil, err
			}
			f.Fields = []formField{field}
		} else {
			if err := q.mayActFor(p.ID); err != nil {
				return View{}, nil, err
			}
			if _, err := statedOf(q.Tx, p.ID, q.Pack.InForce); err != nil {
				return View{}, nil, err
			}
			f.Fields = q.endorsementFields()
		}
		return View{Title: message("form.claim.title"), Section: "menu.parties", Crumbs: partyCrumbs(p)}, f, nil
	}
	return formHandler{make: make, submit: s.submitClaim}
}

// statedOf is the endorsement of a text that is stated of a party and not yet claimed.
func statedOf(tx *db.Tx, party int64, text string) (int64, error) {
	history, err := stakeholder.History(tx, party)
	if err != nil {
		return 0, err
	}
	for _, e := range history {
		if e.Stated() && e.Holds() && e.Text == text {
			return e.ID, nil
		}
	}
	return 0, keeper.Refuse(keeper.ErrNotFound, locale.E("err.form.nothing_to_claim"))
}

func (s *Site) submitClaim(q *request) (string, error) {
	var p stakeholder.Party
	facts := stakeholder.Claim{}
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		if p, err = q.partyOf(tx); err == nil && !p.Stated() {
			facts.Of, err = statedOf(tx, p.ID, q.Pack.InForce)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	party, words := p.ID, map[string]string(nil)
	if p.Stated() {
		facts.Of = p.ID
		if party, err = strconv.ParseInt(q.PostFormValue("party"), 10, 64); err != nil {
			return "", locale.Field("party", locale.E("err.form.claimant"))
		}
	} else {
		digest, err := s.wordsRead(q)
		if err != nil {
			return "", err
		}
		given, said := q.endorsement(digest)
		facts.Given, words = &given, said
	}
	by, fact := q.actor(party)
	facts.Party = fact
	return s.publish(q, party, q.formKey(), back(partyHref(party)), keeper.Act{Kind: stakeholder.KindClaim, By: by, Facts: facts, Words: stakeholder.Clean(stakeholder.KindClaim, words)})
}

// membersForm enters who joined or left a group of States, and since when.
func (s *Site) membersForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		if p.Kind != stakeholder.KindGroup {
			return View{}, nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_group"))
		}
		member := q.field("member", "select", true)
		if member.Options, err = q.partyOptions(q.FormValue("member"), func(m stakeholder.Party) bool { return m.Kind != stakeholder.KindGroup }); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.members.lead"), Button: message("form.members.button"), Back: partyHref(p.ID), Fields: []formField{
			member,
			q.field("change", "select", true).from(options([]string{stakeholder.KindJoined, stakeholder.KindLeft}, q.FormValue("change"), kindName)),
			q.field("on", "date", true),
		}}
		return View{Title: message("form.members.title"), Section: "menu.parties", Crumbs: partyCrumbs(p)}, f, nil
	}
	submit := func(q *request) (string, error) {
		group, err := q.number("id")
		if err != nil {
			return "", err
		}
		member, err := strconv.ParseInt(q.PostFormValue("member"), 10, 64)
		if err != nil {
			return "", locale.Field("member", locale.E("err.form.claimant"))
		}
		kind := stakeholder.KindJoined
		if q.PostFormValue("change") == stakeholder.KindLeft {
			kind = stakeholder.KindLeft
		}
		by, _ := q.actor(group)
		facts := stakeholder.Membership{Group: group, Member: member, On: keeper.Line(q.PostFormValue("on"))}
		return s.publish(q, group, q.formKey(), back(partyHref(group)), keeper.Act{Kind: kind, By: by, Facts: facts})
	}
	return formHandler{may: (*request).mayActForID, make: make, submit: submit}
}

// withdrawForm ends a party's own endorsement of the text in force, with the reason.
func (s *Site) withdrawForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		if _, err := givenBy(q.Tx, p.ID); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("form.withdraw.button"), Back: partyHref(p.ID), Fields: []formField{q.field("reason", "text", true)},
			Lead: phrase("form.withdraw.lead", "party", partyName(p.Names), "text", title(q.Pack, compact.Texts, q.Pack.InForce))}
		return View{Title: message("form.withdraw.title"), Section: "menu.parties", Crumbs: partyCrumbs(p)}, f, nil
	}
	submit := func(q *request) (string, error) {
		party, err := q.number("id")
		if err != nil {
			return "", err
		}
		by, fact := q.actor(party)
		facts := stakeholder.Withdrawn{Party: fact}
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			facts.Endorsement, err = givenBy(tx, party)
			return err
		})
		if err != nil {
			return "", err
		}
		words := stakeholder.Clean(stakeholder.KindWithdrawn, map[string]string{"reason." + string(q.lang()): q.PostFormValue("reason")})
		return s.publish(q, party, q.formKey(), back(partyHref(party)), keeper.Act{Kind: stakeholder.KindWithdrawn, By: by, Facts: facts, Words: words})
	}
	return formHandler{may: (*request).mayActForID, make: make, submit: submit}
}

// givenBy is the endorsement that a party gave here and that holds.
func givenBy(tx *db.Tx, party int64) (int64, error) {
	history, err := stakeholder.History(tx, party)
	if err != nil {
		return 0, err
	}
	for _, e := range history {
		if !e.Stated() && e.Holds() {
			return e.ID, nil
		}
	}
	return 0, keeper.Refuse(keeper.ErrNotFound, locale.E("err.form.nothing_to_withdraw"))
}
