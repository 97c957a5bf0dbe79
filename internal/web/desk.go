package web

import (
	"kept/internal/stakeholder"
	"kept/record"
)

func digestText(b []byte) string { return record.DigestOf(b).String() }

// deskForm lists the drafts and the forms; it sends nothing by itself.
func (s *Site) deskForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		drafts, err := listDrafts(q.Tx)
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
		f := &formPage{Lead: message("desk.lead"), Links: []Link{{message("parties.register"), "/stakeholders/new"}, {message("desk.endorse"), "/stakeholders"},
			{message("home.register"), "/commitments/new"}, {message("desk.report"), "/commitments"}}}
		if !q.Pack.Sample {
			f.Lead = message("desk.lead_secretariat")
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
