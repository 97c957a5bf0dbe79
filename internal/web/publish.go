package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Everything that is published in a party's name goes through publish. It goes into
// the record at once where one person may publish alone; else it waits, as it will
// be published, until somebody else has read and approved it.

// publish sends acts for a party and tells where to go: to what they made, or to
// where they wait. key is the submission key: the same form sent twice is one act.
//
// If we die after the act was kept and before the party's other contacts are told,
// the same form sent again gives the same entries and tells them.
func (s *Site) publish(q *request, party int64, key string, to func([]keeper.Result) string, acts ...keeper.Act) (string, error) {
	if err := q.mayDraftFor(party); err != nil {
		return "", err
	}
	held, err := s.heldBack(q, party)
	if err != nil {
		return "", err
	}
	if held != nil {
		return s.holdActs(q, *held, key, acts)
	}
	out, err := s.submit(q, key, acts...)
	if err != nil {
		return "", err
	}
	if q.Who.Demo {
		return to(out), nil
	}
	return to(out), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return q.tellPublished(tx, party, key, acts, out) })
}

// submit puts acts into the record that are in nobody's name but the secretariat's.
func (s *Site) submit(q *request, key string, acts ...keeper.Act) ([]keeper.Result, error) {
	out, err := s.c.Keeper.Submit(q.Context(), key, acts...)
	q.made = out
	return out, err
}

// speaksAlone refuses who needs a second person, where nothing can wait for one.
func (s *Site) speaksAlone(q *request, party int64) error {
	held, err := s.heldBack(q, party)
	if err == nil && held != nil {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.pending.alone"))
	}
	return err
}

// heldBack says whether what she sends for a party waits for somebody else; nil
// when it does not. Whoever came by the secret link of this machine has no
// colleague, and holds the machine.
func (s *Site) heldBack(q *request, party int64) (*account.Pending, error) {
	if q.Who.Demo {
		return nil, nil
	}
	var p stakeholder.Party
	var contacts []account.Contact
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		if p, err = stakeholder.ByID(tx, party); err == nil {
			contacts, err = account.Contacts(tx, party)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	validated := slices.ContainsFunc(contacts, func(c account.Contact) bool { return c.As == account.AsValidator })
	validator := validated && !q.Who.Holds(party, account.AsValidator)
	state := p.Kind == stakeholder.KindState && !q.Who.Strong
	mayNot := q.mayActFor(party) != nil // a drafter
	if !validator && !state && !mayNot {
		return nil, nil
	}
	return &account.Pending{Kind: account.HeldActs, Party: party, By: q.Who.ID, Validator: validator, Back: partyHref(party)}, nil
}

// holdActs puts acts before a second person. They pass the rules first, so that
// what waits can be published.
func (s *Site) holdActs(q *request, p account.Pending, key string, acts []keeper.Act) (string, error) {
	if reason := s.c.Keeper.ReadOnly(); reason != nil {
		return "", reason
	}
	if err := s.c.Keeper.Check(q.Context(), acts...); err != nil {
		return "", err
	}
	payload, err := keeper.Hold(acts...)
	if err != nil {
		return "", err
	}
	p.Payload = payload
	p.Draft, _ = strings.CutPrefix(key, "draft/")
	if p.Draft == key {
		p.Draft = ""
	}
	var id string
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
		if id, err = account.Hold(tx, q.Now, key, p); err != nil {
			return err
		}
		if err := account.Note(tx, q.Now, q.Who, "acts.held", id); err != nil {
			return err
		}
		return q.tellContacts(tx, p.Party, q.Who.ID, "held", "held "+id, "what", kindName(acts[0].Kind), "link", s.c.Base+"/desk/pending/"+id)
	})
	return "/desk/pending/" + id, err
}

// tellPublished notes what was published and tells the party's other contacts.
func (q *request) tellPublished(tx *db.Tx, party int64, key string, acts []keeper.Act, out []keeper.Result) error {
	for i, a := range acts {
		if err := account.Note(tx, q.Now, q.Who, "published", a.Kind+" "+strconv.FormatInt(out[i].Index, 10)); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	if acts[0].Kind == forum.KindCycleAmended {
		if err := q.tellOfCycle(tx, acts[0], out[0].Index); err != nil {
			return err
		}
	}
	return q.tellContacts(tx, party, q.Who.ID, "published", "published "+key, "what", kindName(acts[0].Kind),
		"link", q.Site.c.Base+"/record/entries/"+strconv.FormatInt(out[0].Index, 10))
}

// waitsFor refuses who may not decide about something that waits.
func (q *request) waitsFor(p account.Pending) error {
	switch {
	case p.By == q.Who.ID:
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.pending.own"))
	case p.Kind == account.HeldRole:
		return q.must(account.RoleOperator)
	case p.Kind == account.HeldPost:
		return q.must(account.RoleSecretariat)
	case p.Validator && !q.Who.Holds(p.Party, account.AsValidator):
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.pending.validator"))
	}
	return q.mayActFor(p.Party)
}

// formKey is the submission key that a form was shown with.
func (q *request) formKey() string { return "web/" + q.PostFormValue("key") }

// back makes the place to go to of an address that is known beforehand.
func back(href string) func([]keeper.Result) string {
	return func([]keeper.Result) string { return href }
}
