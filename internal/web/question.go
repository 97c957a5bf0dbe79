package web

import (
	"net/http"
	"slices"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// One question of a draft can be put to a colleague by a link: she sees that field
// alone, needs no account, and her answer lands in the draft, marked as hers.

// field finds a field of a draft by its name.
func (d draft) field(q *request, name string) (commitment.Field, error) {
	for step := 1; step <= commitment.Steps; step++ {
		all := d.Describe(step, q.Pack)
		if i := slices.IndexFunc(all, func(f commitment.Field) bool { return f.Name == name }); i >= 0 {
			return all[i], nil
		}
	}
	return commitment.Field{}, errNotFound(name)
}

// askForm asks whom to put a question to.
func (s *Site) askForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.draftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		field, err := d.field(q, q.FormValue("field"))
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: phrase("question.lead", "field", message(field.Label), "days", int(account.QuestionLife/(24*time.Hour))), Button: message("question.button"), Back: "/desk/drafts/" + d.ID + "/1",
			Hidden: []hiddenField{{"field", field.Name}}, Fields: []formField{q.field("mail", "mail", true), q.field("lang", "select", true).from(langOptions(firstOf(q.FormValue("lang"), string(q.lang()))))}}
		return View{Title: message("question.ask"), Section: "menu.commitments", Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.ask}
}

func (s *Site) ask(q *request) (string, error) {
	if s.c.Post == nil {
		return "", keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.closed"))
	}
	mail, err := account.Address(q.PostFormValue("mail"))
	if err != nil {
		return "", locale.Field("mail", err)
	}
	lang := locale.Lang(q.PostFormValue("lang"))
	if !locale.Known(string(lang)) {
		lang = q.lang()
	}
	var to string
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		d, err := q.draftOf(tx)
		if err != nil {
			return err
		}
		field, err := d.field(q, q.PostFormValue("field"))
		if err != nil {
			return err
		}
		names, err := stakeholder.NamesOf(tx, d.Lead)
		if err != nil {
			return err
		}
		if ok, err := account.Try(tx, q.Now, "asks "+q.Who.ID, signInsByNetwork); err != nil || !ok {
			return tooManyOr(err)
		}
		token, err := account.Ask(tx, q.Now, q.Who, d.ID, field.Name)
		if err != nil {
			return err
		}
		if err := account.Note(tx, q.Now, q.Who, "question.asked", d.ID+" "+field.Name); err != nil {
			return err
		}
		to = "/desk/drafts/" + d.ID + "/1"
		return q.write(tx, account.Contact{Mail: mail, Lang: lang}, keeper.NewKey(), "question", "party", partyName(names[d.Lead]), "field", message(field.Label), "link", s.linkHref(lang, token), "days", int(account.QuestionLife/(24*time.Hour)))
	})
	return to, err
}

func tooManyOr(err error) error {
	if err != nil {
		return err
	}
	return tooMany(false)
}

// askedQuestion shows the one field, and nothing else of the draft but its party.
func (s *Site) askedQuestion(q *request, l account.Link, f *formPage) (View, *formPage, error) {
	d, field, err := q.questionOf(q.Tx, l)
	if err != nil {
		return View{}, nil, err
	}
	names, err := stakeholder.NamesOf(q.Tx, d.Lead)
	if err != nil {
		return View{}, nil, err
	}
	answers := commitment.Answers{field.Name: d.Fields[field.Name]}
	if q.Method == http.MethodPost {
		typed(q.Request, []commitment.Field{field}, answers)
	}
	field.Required = true
	f.Lead, f.Button = phrase("question.asked", "party", partyName(names[d.Lead])), message("question.answer")
	f.Fields = q.formFields([]commitment.Field{field}, answers)
	return View{Title: message("question.title")}, f, nil
}

func (q *request) questionOf(tx *db.Tx, l account.Link) (d draft, field commitment.Field, err error) {
	asked, err := account.GetQuestion(tx, l.Object)
	if err != nil {
		return d, field, err
	}
	if d, err = readDraft(tx, asked.Draft); err != nil {
		return d, field, keeper.Refuse(account.ErrLink, locale.E("err.question.gone"))
	}
	field, err = d.field(q, asked.Field)
	return d, field, err
}

// takeAnswer puts the answer into the draft, in the transaction that uses the link up.
func (s *Site) takeAnswer(q *request, tx *db.Tx, l account.Link) (string, error) {
	d, field, err := q.questionOf(tx, l)
	if err != nil {
		return "", err
	}
	answers := commitment.Answers{}
	typed(q.Request, []commitment.Field{field}, answers)
	answer := keeper.Prose(answers[field.Name])
	if answer == "" {
		return "", locale.Field(field.Name, locale.E("err.question.empty"))
	}
	d.Fields[field.Name] = answer
	if d.Marks == nil {
		d.Marks = map[string]string{}
	}
	d.Marks[field.Name] = q.Now.UTC().Format(time.DateOnly)
	if err := writeDraft(tx, d); err != nil {
		return "", err
	}
	return "/link/thanks", account.Answered(tx, q.Now, l.Object)
}

// thanksForm is where an answered question ends.
func (s *Site) thanksForm() formHandler {
	return formHandler{open: true, make: func(*request) (View, *formPage, error) {
		return View{Title: message("question.thanks")}, &formPage{Lead: message("question.thanks.lead")}, nil
	}, submit: func(*request) (string, error) { return "/", nil }}
}
