package web

import (
	"kept/internal/account"
	"kept/internal/forum"
	"kept/internal/stakeholder"
)

// deskForm lists what needs whoever signed in, her drafts and the forms. Each task
// is answered at an address of its own; the desk itself sends nothing.
func (s *Site) deskForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		drafts, err := listDrafts(q.Tx, q.Who)
		if err != nil {
			return View{}, nil, err
		}
		var ids []int64
		for _, d := range drafts {
			ids = append(ids, d.Lead)
		}
		names, err := stakeholder.NamesOf(q.Tx, ids...)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Lead: message("desk.lead_person"), Links: deskForms(q)}
		switch {
		case q.Who.Any:
			f.Lead = message("desk.lead")
		case q.Who.Is(account.RoleSecretariat):
			f.Lead = message("desk.lead_secretariat")
		case q.Who.Weak:
			f.Lead = message("strong.staff")
			f.Links = append(s.strongWays("/desk"), f.Links...)
			if s.passkeys != nil {
				f.Links = append([]Link{{message("passkey.title"), "/desk/passkeys"}}, f.Links...)
			}
		}
		if q.Who.Is(account.RoleSecretariat) || len(q.Who.Parties()) > 0 {
			f.Links = append(f.Links, Link{message("reminders.title"), "/desk/reminders"})
		}
		yours, err := yourParties(q)
		if err != nil {
			return View{}, nil, err
		}
		bodies, err := bodyPanel(q)
		if err != nil {
			return View{}, nil, err
		}
		for _, p := range []panel{yours, bodies, {Title: message("desk.also"), Links: deskLinks(q)}} {
			if len(p.Rows)+len(p.Links) > 0 {
				f.Panels = append(f.Panels, p)
			}
		}
		if f.Tasks, err = s.tasksFor(q); err != nil {
			return View{}, nil, err
		}
		for _, d := range drafts {
			name := same(d.Fields["title"])
			if d.Fields["title"] == "" {
				name = message("desk.untitled")
			}
			f.Drafts = append(f.Drafts, draftRow{Title: name, Href: "/desk/drafts/" + d.ID + "/1", Party: partyName(names[d.Lead]), Changed: d.Changed})
		}
		return View{Title: message("desk.title")}, f, nil
	}
	return formHandler{page: "desk", make: make, submit: func(q *request) (string, error) { return "/desk", nil }}
}

// deskForms are the forms that are open to whoever asks.
func deskForms(q *request) (out []Link) {
	if q.Who.Is(account.RoleSecretariat) {
		out = append(out, Link{message("parties.register"), "/stakeholders/new"}, Link{message("desk.endorse"), "/stakeholders"})
	}
	if q.Who.Is(account.RoleSecretariat) || len(q.Who.Parties()) > 0 {
		out = append(out, Link{message("home.register"), "/commitments/new"}, Link{message("desk.report"), "/commitments"},
			Link{message("light.title"), "/desk/light"}, Link{message("sheetform.title"), "/desk/sheet"}, Link{message("period.desk"), "/desk/reports"})
	}
	return out
}

// yourParties leads to the parties at which she holds a post, and to their people.
func yourParties(q *request) (panel, error) {
	p := panel{Title: message("desk.parties")}
	names, err := stakeholder.NamesOf(q.Tx, q.Who.Parties()...)
	if err != nil {
		return p, err
	}
	for _, post := range q.Who.Posts {
		p.Rows = append(p.Rows, panelRow{Title: partyName(names[post.Party]), Href: partyHref(post.Party), Notes: []Text{postName(post.As)}})
	}
	for _, id := range q.Who.Parties() {
		p.Links = append(p.Links, Link{phrase("people.party.title", "party", partyName(names[id])), peopleHref(id)})
	}
	return p, nil
}

// draftRow is a draft on the desk.
type draftRow struct {
	Title   Text   `json:"title"`
	Href    string `json:"href"`
	Party   Text   `json:"party"`
	Changed string `json:"changed"`
}

// deskLinks lead to the private pages that are open to whoever asks.
func deskLinks(q *request) (out []Link) {
	if !q.Who.Demo {
		out = append(out, Link{message("account.title"), "/desk/account"}, Link{message("account.tokens"), "/desk/tokens"})
	}
	if q.Who.Is(account.RoleSecretariat) {
		out = append(out, Link{message("people.title"), "/desk/people"})
		if _, on := q.Pack.Module(forum.ModuleAdvisory); on {
			out = append(out, Link{message("group.title"), groupDesk})
		}
	}
	if q.Who.Is(account.RoleOperator) {
		out = append(out, Link{message("log.title"), "/desk/log"})
	}
	return out
}
