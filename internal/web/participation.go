package web

import (
	"strconv"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// participationView are the reviews of participation, the latest first.
type participationView struct {
	DueOn string              `json:"next_due_on,omitempty"`
	Rows  []participationPart `json:"reviews"`
}

// participationPart is one review: what the secretariat found, and the counts as they stood.
type participationPart struct {
	Entry       int64           `json:"entry"`
	On          string          `json:"on"`
	Size        int64           `json:"record_size"`
	Digest      string          `json:"figures"`
	Href        string          `json:"figures_at"`
	Findings    Text            `json:"findings,omitempty"`
	Parties     int64           `json:"parties"`
	Families    int64           `json:"corporate_families"`
	Represented int64           `json:"represented_organisations"`
	Dimensions  []dimensionView `json:"dimensions,omitempty"`
}

func (s *Site) participationReviews(q *request) (View, error) {
	list, err := stakeholder.ParticipationReviews(q.Tx)
	if err != nil {
		return View{}, err
	}
	var v participationView
	if v.DueOn, err = stakeholder.ReviewDueOn(q.Tx); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"review", "on", "record_size", "figures", "parties", "corporate_families", "represented_organisations"}}
	for _, r := range list {
		words, err := keeper.WordsOf(q.Tx, r.ID)
		if err != nil {
			return View{}, err
		}
		b := r.Figures.Balance
		v.Rows = append(v.Rows, participationPart{Entry: r.ID, On: r.On, Size: r.Size, Digest: r.Digest, Href: "/record/blobs/" + r.Digest, Findings: wordsText(words, "findings"),
			Parties: b.Parties, Families: b.Families, Represented: b.Represented, Dimensions: dimensionsOf(q, b)})
		table.Rows = append(table.Rows, []string{strconv.FormatInt(r.ID, 10), r.On, strconv.FormatInt(r.Size, 10), r.Digest, strconv.FormatInt(b.Parties, 10),
			strconv.FormatInt(b.Families, 10), strconv.FormatInt(b.Represented, 10)})
	}
	return View{Page: "participation", Title: message("participation.title"), Section: "menu.parties", Subjects: []string{"parties", "participation"}, Data: v, Table: table,
		Crumbs: []Link{{message("menu.parties"), "/stakeholders"}, {message("balance.title"), "/stakeholders/balance"}}}, nil
}

// participationForm is the secretariat's review: the figures are the program's, the words its own.
func (s *Site) participationForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		b, err := stakeholder.BalanceOf(q.Tx, stakeholder.Filter{})
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("participation.lead"), Button: message("participation.button"), Back: "/stakeholders/balance",
			Fields: []formField{q.field("findings", "text", true).help("field.findings.help")}}
		for _, one := range []struct {
			key string
			n   int64
		}{{"balance.parties", b.Parties}, {"balance.families", b.Families}, {"balance.represented", b.Represented}} {
			f.Summary = append(f.Summary, factView{message(one.key), message("plain.number", "n", one.n), nil})
		}
		return View{Title: message("participation.form"), Section: "menu.parties", Crumbs: []Link{{message("balance.title"), "/stakeholders/balance"}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		var act keeper.Act
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			b, f, err := stakeholder.FiguresNow(tx, q.Pack.Digest.String())
			act = stakeholder.ReviewOf(b, f.Size, stakeholder.Clean(stakeholder.KindReviewed, map[string]string{"findings." + string(q.lang()): q.PostFormValue("findings")}))
			return err
		})
		if err != nil {
			return "", err
		}
		_, err = s.c.Keeper.Submit(q.Context(), q.formKey(), act)
		return "/stakeholders/balance/reviews", err
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// participationTasks asks the secretariat for a review every twelve months.
func (s *Site) participationTasks(q *request) ([]task, error) {
	if !q.Who.Is(account.RoleSecretariat) {
		return nil, nil
	}
	on, err := stakeholder.ReviewDueOn(q.Tx)
	if err != nil || on == "" || on > q.Today {
		return nil, err
	}
	return []task{{Since: on, Title: message("participation.task"), Why: message("participation.task_why"), Href: "/stakeholders/balance/reviews/new", Button: message("participation.form")}}, nil
}
