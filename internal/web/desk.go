package web

import (
	"kept/internal/account"
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
		f := &formPage{Lead: message("desk.lead_person"), Links: []Link{{message("parties.register"), "/stakeholders/new"}, {message("desk.endorse"), "/stakeholders"},
			{message("home.register"), "/commitments/new"}, {message("desk.report"), "/commitments"}, {message("light.title"), "/desk/light"}, {message("sheetform.title"), "/desk/sheet"}}}
		switch {
		case q.Who.Any:
			f.Lead = message("desk.lead")
		case q.Who.Is(account.RoleSecretariat):
			f.Lead = message("desk.lead_secretariat")
		}
		if q.Who.Is(account.RoleSecretariat) || len(q.Who.Parties()) > 0 {
			f.Links = append(f.Links, Link{message("reminders.title"), "/desk/reminders"})
		}
		if f.Panels = []panel{{Title: message("desk.also"), Links: deskLinks(q)}}; f.Panels[0].Links == nil {
			f.Panels = nil
		}
		if f.Tasks, err = s.tasksFor(q); err != nil {
			return View{}, nil, err
		}
		for _, d := range drafts {
			name := d.Fields["title"]
			if name == "" {
				name = d.ID[:8]
			}
			f.Drafts = append(f.Drafts, draftRow{Title: name, Href: "/desk/drafts/" + d.ID + "/1", Party: partyName(names[d.Lead]), Changed: d.Changed})
		}
		return View{Title: message("desk.title")}, f, nil
	}
	return formHandler{page: "desk", make: make, submit: func(q *request) (string, error) { return "/desk", nil }}
}

// draftRow is a draft on the desk.
type draftRow struct {
	Title   string `json:"title"`
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
	}
	if q.Who.Is(account.RoleOperator) {
		out = append(out, Link{message("log.title"), "/desk/log"})
	}
	return out
}
