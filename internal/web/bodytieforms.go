package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// relateForm asserts a tie from the body of the address: by who runs it, or by the
// secretariat from a public source.
func (s *Site) relateForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_relation",
		who: func(a aboutBody) ([]choice, error) {
			options, err := a.q.runnersOf(a.b)
			if a.q.Who.Is(account.RoleSecretariat) {
				options = append(options, choice{"0", message("body.itself_secretariat"), a.q.FormValue("as") == "0"})
			}
			if err == nil && len(options) == 0 {
				err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.body.no_party"))
			}
			return options, err
		},
		fields: func(a aboutBody) ([]formField, error) {
			q := a.q
			to := q.input("to", "select", true, "field.body_to")
			for n := range a.set.all {
				if other := &a.set.all[n]; other.ID != a.b.ID {
					to.Options = append(to.Options, choice{other.ID, bodyName(q.Pack, other), other.ID == q.FormValue("to")})
				}
			}
			return []formField{q.input("kind", "select", true, "field.body_tie").from(options(compact.RelationKinds, q.FormValue("kind"), func(c string) Text { return message("body.tie." + c) })), to,
				q.input("reason", "text", false, "field.body_why"), q.input("source", "line", false, "field.body_source"), q.input("url", "line", false, "field.body_address")}, nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			q := a.q
			return keeper.Act{Kind: forum.KindRelated, By: by, Facts: forum.Related{From: a.b.ID, Kind: q.PostFormValue("kind"), To: keeper.Line(q.PostFormValue("to")), Party: fact},
				Words: q.worded([]string{"reason", "source"}, "url")}, nil
		}})
}

// speaks tells whether a party of hers asserted or disputed something.
func (a aboutBody) speaks(party int64) bool {
	if party == 0 {
		return a.q.Who.Is(account.RoleSecretariat)
	}
	return a.q.mayDraftFor(party) == nil
}

// asserters are the parties of hers that asserted a tie of the body, and the ties.
func (a aboutBody) asserters() (ties []forum.Relation, parties []int64) {
	for _, r := range a.b.Relations {
		party, _ := strconv.ParseInt(r.By, 10, 64) // "secretariat" is 0
		if r.ID != 0 && a.speaks(party) {
			ties, parties = append(ties, r), append(parties, party)
		}
	}
	return ties, parties
}

func (s *Site) endRelationForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_relation_end",
		who: func(a aboutBody) ([]choice, error) {
			_, parties := a.asserters()
			return a.parties(parties)
		},
		fields: func(a aboutBody) ([]formField, error) {
			ties, _ := a.asserters()
			which := a.q.input("relation", "select", true, "field.body_tie")
			for _, r := range ties {
				id := strconv.FormatInt(r.ID, 10)
				which.Options = append(which.Options, choice{id, a.tieText(r), id == a.q.FormValue("relation")})
			}
			return []formField{which, a.q.input("reason", "text", false, "field.body_reason")}, nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			relation, err := strconv.ParseInt(a.q.PostFormValue("relation"), 10, 64)
			if err != nil {
				return keeper.Act{}, locale.Field("relation", locale.E("err.body.no_relation"))
			}
			return keeper.Act{Kind: forum.KindRelationEnded, By: by, Facts: forum.RelationEnded{Relation: relation, Party: fact}, Words: a.q.worded([]string{"reason"})}, nil
		}})
}

// tieText is a relation in words: "A gives input to B".
func (a aboutBody) tieText(r forum.Relation) Text {
	from, to, tie := a.set.link(r.From).Text, a.set.link(r.To).Text, message("body.tie."+r.Kind)
	return everyLang(func(l locale.Lang) string {
		words := make([]string, 0, 3)
		for _, t := range []Text{from, tie, to} {
			w, _ := t.In(l)
			words = append(words, w)
		}
		return strings.Join(words, " ")
	})
}

// parties are some parties as choices, each once.
func (a aboutBody) parties(ids []int64) ([]choice, error) {
	var out []choice
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		link, err := a.q.partyLink(id)
		if err != nil {
			return nil, err
		}
		value := strconv.FormatInt(id, 10)
		out = append(out, choice{value, link.Text, value == a.q.FormValue("as")})
	}
	if len(out) == 0 {
		return nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.body.no_party"))
	}
	return out, nil
}

// disputeBodyForm is one body's words against a tie or a fact on the page of the address.
func (s *Site) disputeBodyForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_dispute",
		who: func(a aboutBody) ([]choice, error) {
			var parties []int64
			for n := range a.set.all {
				for _, party := range a.set.all[n].RunBy() {
					if a.speaks(party) {
						parties = append(parties, party)
					}
				}
			}
			if len(parties) == 0 {
				return nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.body.runs_nothing"))
			}
			return a.parties(parties)
		},
		fields: func(a aboutBody) ([]formField, error) {
			q := a.q
			about := q.input("about", "select", true, "field.body_about")
			for _, r := range a.b.Relations {
				about.Options = append(about.Options, choice{tieCode(r), a.tieText(r), tieCode(r) == q.FormValue("about")})
			}
			for _, fact := range forum.Disputable {
				about.Options = append(about.Options, choice{fact, message("body.fact." + fact), fact == q.FormValue("about")})
			}
			body := q.input("body", "select", true, "field.body_speaks")
			for n := range a.set.all {
				if b := &a.set.all[n]; slices.ContainsFunc(b.RunBy(), a.speaks) {
					body.Options = append(body.Options, choice{b.ID, bodyName(q.Pack, b), b.ID == q.FormValue("body")})
				}
			}
			return []formField{about, body, q.input("text", "text", true, "field.body_text"), q.input("url", "line", false, "field.body_address")}, nil
		},
		act: disputeAct})
}

// tieCode names a relation in a form: by its entry, or by its ends where the pack has it.
func tieCode(r forum.Relation) string {
	if r.ID != 0 {
		return strconv.FormatInt(r.ID, 10)
	}
	return r.From + "|" + r.Kind + "|" + r.To
}

func disputeAct(a aboutBody, by string, fact int64) (keeper.Act, error) {
	q := a.q
	about, body := q.PostFormValue("about"), keeper.Line(q.PostFormValue("body"))
	words := q.worded([]string{"text"}, "url")
	if slices.Contains(forum.Disputable, about) {
		return keeper.Act{Kind: forum.KindBodyDisputed, By: by, Words: words, Facts: forum.BodyDisputed{About: a.b.ID, Fact: about, Body: body, Party: fact, Lang: string(q.lang())}}, nil
	}
	for _, r := range a.b.Relations {
		if tieCode(r) != about {
			continue
		}
		facts := forum.Disputed{Relation: r.ID, Body: body, Party: fact, Lang: string(q.lang())}
		if r.ID == 0 {
			facts.From, facts.Kind, facts.To = r.From, r.Kind, r.To
		}
		return keeper.Act{Kind: forum.KindDisputed, By: by, Facts: facts, Words: words}, nil
	}
	return keeper.Act{}, locale.Field("about", locale.E("err.body.which"))
}

// raised are the disputes on the page that a party of hers raised.
func (a aboutBody) raised() (list []forum.Disagreement, parties []int64) {
	add := func(what string, d forum.Dispute) {
		if a.speaks(d.Party) {
			list, parties = append(list, forum.Disagreement{Fact: what, Dispute: d}), append(parties, d.Party)
		}
	}
	for _, d := range a.b.Disputed {
		add(d.Fact, d.Dispute)
	}
	for _, r := range a.b.Relations {
		for _, d := range r.Disputed {
			add(tieCode(r), d)
		}
	}
	return list, parties
}

// settleForm takes a dispute back.
func (s *Site) settleForm() formHandler {
	return s.bodyForm(bodyForm{name: "body_settle",
		who: func(a aboutBody) ([]choice, error) {
			_, parties := a.raised()
			return a.parties(parties)
		},
		fields: func(a aboutBody) ([]formField, error) {
			list, _ := a.raised()
			which := a.q.input("dispute", "select", true, "field.body_about")
			for _, d := range list {
				id := strconv.FormatInt(d.Entry, 10)
				which.Options = append(which.Options, choice{id, a.disputeText(d), id == a.q.FormValue("dispute")})
			}
			return []formField{which, a.q.input("reason", "text", false, "field.body_reason")}, nil
		},
		act: func(a aboutBody, by string, fact int64) (keeper.Act, error) {
			id, err := strconv.ParseInt(a.q.PostFormValue("dispute"), 10, 64)
			if err != nil {
				return keeper.Act{}, locale.Field("dispute", locale.E("err.body.which"))
			}
			return keeper.Act{Kind: forum.KindSettled, By: by, Facts: forum.Settled{Disagreement: id, Party: fact}, Words: a.q.worded([]string{"reason"})}, nil
		}})
}

// disputeText is what a dispute is against, in words.
func (a aboutBody) disputeText(d forum.Disagreement) Text {
	for _, r := range a.b.Relations {
		if tieCode(r) == d.Fact {
			return a.tieText(r)
		}
	}
	return message("body.fact." + d.Fact)
}
