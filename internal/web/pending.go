package web

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// pendingTasks are what waits for her decision, and what came back to her.
func (s *Site) pendingTasks(q *request) ([]task, error) {
	waiting, err := account.ListPending(q.Tx, q.Who)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range waiting {
		ids = append(ids, p.Party)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return nil, err
	}
	var out []task
	for _, p := range waiting {
		t := task{Since: p.At, Title: q.pendingTitle(p, names), Href: "/desk/pending/" + p.ID, Button: message("pending.read")}
		switch {
		case p.State == account.Returned && p.By == q.Who.ID:
			t.Since, t.Why, t.Button = p.DecidedAt, phrase("pending.returned", "reason", same(p.Reason)), message("pending.see")
		case p.State == account.Returned || q.waitsFor(p) != nil:
			continue
		default:
			t.Why = message("pending.why." + p.Kind)
		}
		out = append(out, t)
	}
	return out, nil
}

// pendingTitle says what waits.
func (q *request) pendingTitle(p account.Pending, names map[int64]stakeholder.Names) Text {
	switch p.Kind {
	case account.HeldRole:
		return message("pending.title.role")
	case account.HeldPost:
		return phrase("pending.title.post", "party", partyName(names[p.Party]))
	}
	of := partyName(names[p.Party])
	if p.Party == account.NoParty {
		of = message("record.by.secretariat")
	}
	what := Text(nil)
	if acts, err := keeper.Held(p.Payload); err == nil && len(acts) > 0 {
		what = kindName(acts[0].Kind)
	}
	return phrase("pending.title.acts", "party", of, "what", what)
}

// pendingForm shows what waits as it will be published, and takes the decision.
func (s *Site) pendingForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := s.pendingOf(q, q.Tx, "")
		if err != nil {
			return View{}, nil, err
		}
		names, err := stakeholder.NamesOf(q.Tx, p.Party)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Back: "/desk"}
		if f.Summary, err = q.pendingSummary(p); err != nil {
			return View{}, nil, err
		}
		switch {
		case p.State == account.Approved:
			f.Lead = message("pending.approved")
		case p.By == q.Who.ID && p.State == account.Returned:
			f.Lead, f.Button = phrase("pending.returned", "reason", same(p.Reason)), message("pending.put_away")
		case p.By == q.Who.ID:
			f.Lead, f.Button = message("pending.yours"), message("pending.take_back")
		default:
			f.Lead, f.Button = message("pending.lead"), message("pending.decide")
			decision := q.field("decision", "select", true).from(options([]string{account.Approved, account.Returned}, q.FormValue("decision"), func(c string) Text { return message("pending.decision." + c) }))
			f.Hidden = []hiddenField{{"seen", p.Seen()}}
			f.Fields = []formField{decision, q.field("reason", "text", false).help("pending.reason.help")}
		}
		return View{Title: q.pendingTitle(p, names), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.decide}
}

// pendingOf reads what the address names, for its maker and for who may decide.
func (s *Site) pendingOf(q *request, tx *db.Tx, lock string) (account.Pending, error) {
	p, err := account.GetPending(tx, q.arg("id"), lock)
	if err != nil {
		return p, err
	}
	if p.By != q.Who.ID && q.waitsFor(p) != nil {
		if err := q.waitsFor(p); p.Kind == account.HeldActs && q.Who.DraftsFor(p.Party) {
			return p, err // a colleague, who is told whom it waits for
		}
		return p, errNotFound(q.URL.Path)
	}
	return p, nil
}

// pendingSummary shows facts and words as they will stand in the record.
func (q *request) pendingSummary(p account.Pending) (out []factView, err error) {
	if len(p.Payload) == 0 {
		return nil, nil
	}
	if p.Kind != account.HeldActs {
		var g heldGrant
		if err := json.Unmarshal(p.Payload, &g); err != nil {
			return nil, err
		}
		who, err := account.Get(q.Tx, g.Account)
		if err != nil {
			return nil, err
		}
		what := message("role." + string(g.Role))
		if post, _, err := parsePost(g.Post); err == nil {
			what = postName(post.As)
		}
		row := personRow(who.Name, who.Mail)
		for _, n := range row.Notes {
			out = append(out, factView{Label: row.Title, Value: n})
		}
		return append(out, factView{Label: message("pending.gets"), Value: what}), nil
	}
	acts, err := keeper.Held(p.Payload)
	if err != nil {
		return nil, err
	}
	for _, a := range acts {
		facts, _ := a.Facts.(json.RawMessage)
		out = append(out, factView{Label: message("pending.act"), Value: kindName(a.Kind)})
		for _, part := range slices.Sorted(maps.Keys(a.Words)) {
			out = append(out, factView{Label: same(part), Value: same(a.Words[part])})
		}
		out = append(out, factsShown(facts)...)
	}
	return out, nil
}

// factsShown lists the facts of an act by their names, one level deep.
func factsShown(facts json.RawMessage) (out []factView) {
	var m map[string]json.RawMessage
	if json.Unmarshal(facts, &m) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, factView{Label: same(name), Value: same(strings.Trim(string(m[name]), `"`))})
	}
	return out
}

// decide approves or returns. What is approved is submitted under a key of its own,
// then noted: if we die between, it still waits, and approving again gives the same
// entry.
func (s *Site) decide(q *request) (string, error) {
	var p account.Pending
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		p, err = s.pendingOf(q, tx, "")
		return err
	})
	if err != nil {
		return "", err
	}
	if p.By == q.Who.ID {
		return "/desk", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return account.PutAway(tx, p.ID, q.Who.ID) })
	}
	if p.State != account.Waiting && p.State != account.Approving {
		return "", keeper.Refuse(keeper.ErrConflict, locale.E("err.pending.decided"))
	}
	if seen := q.PostFormValue("seen"); seen != "" && seen != p.Seen() {
		return "", keeper.Refuse(keeper.ErrConflict, locale.E("err.pending.changed"))
	}
	reason := keeper.Prose(q.PostFormValue("reason"))
	switch q.PostFormValue("decision") {
	case account.Returned:
		if reason == "" {
			return "", locale.Field("reason", locale.E("err.pending.reason"))
		}
		return "/desk", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return q.giveBack(tx, p, reason) })
	case account.Approved:
		return s.approve(q, p)
	}
	return "", locale.Field("decision", locale.E("err.pending.decision"))
}

// giveBack returns something to its maker with the reason.
func (q *request) giveBack(tx *db.Tx, p account.Pending, reason string) error {
	if err := account.Decide(tx, q.Now, p, q.Who, account.Returned, reason); err != nil {
		return err
	}
	if err := account.Note(tx, q.Now, q.Who, p.Kind+".returned", p.ID); err != nil {
		return err
	}
	return q.tellMaker(tx, p, "returned", "reason", reason)
}

func (q *request) tellMaker(tx *db.Tx, p account.Pending, letter string, args ...any) error {
	maker, err := account.Get(tx, p.By)
	if isNotFound(err) {
		return nil // erased or revoked meanwhile
	}
	if err != nil {
		return err
	}
	return q.write(tx, contactOf(maker), letter+" "+p.ID+" "+p.At, letter, append(args, "link", q.Site.c.Base+"/desk/pending/"+p.ID)...)
}

func (s *Site) approve(q *request, p account.Pending) (string, error) {
	if p.Kind != account.HeldActs {
		return "/desk", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return q.approveGrant(tx, p) })
	}
	acts, err := keeper.Held(p.Payload)
	if err != nil {
		return "", err
	}
	store, key := s.c.Keeper.DB(), "pending/"+p.ID+"/"+p.At
	if err := store.Write(q.Context(), func(tx *db.Tx) error { return account.Claim(tx, p) }); err != nil {
		return "", err
	}
	out, err := s.submit(q, key, acts...)
	if err != nil {
		return "", errors.Join(err, store.Write(q.Context(), func(tx *db.Tx) error { return account.Release(tx, p) }))
	}
	return p.Back, store.Write(q.Context(), func(tx *db.Tx) error {
		if err := account.Decide(tx, q.Now, p, q.Who, account.Approved, ""); err != nil {
			return err
		}
		if p.Draft != "" {
			if _, err := tx.Exec("DELETE FROM web_draft WHERE id = ?", p.Draft); err != nil {
				return err
			}
		}
		return q.tellPublished(tx, p.Party, key, acts, out)
	})
}

// approveGrant gives the role, or sends the offer of the post.
func (q *request) approveGrant(tx *db.Tx, p account.Pending) error {
	var g heldGrant
	if err := json.Unmarshal(p.Payload, &g); err != nil {
		return err
	}
	if err := account.Claim(tx, p); err != nil {
		return err
	}
	if err := account.Decide(tx, q.Now, p, q.Who, account.Approved, ""); err != nil {
		return err
	}
	if p.Kind == account.HeldRole {
		return q.grant(tx, q.Who, g.Account, g.Role)
	}
	post, _, err := parsePost(g.Post)
	if err != nil {
		return err
	}
	names, err := stakeholder.NamesOf(tx, post.Party)
	if err != nil {
		return err
	}
	return q.offer(tx, g.Account, post, partyName(names[post.Party]))
}
