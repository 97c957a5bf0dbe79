package web

import (
	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/job"
	"kept/internal/locale"
)

// Jobs that nobody tries any more wait for the operator.

func (s *Site) failedTasks(q *request) ([]task, error) {
	if !q.Who.Is(account.RoleOperator) {
		return nil, nil
	}
	failed, err := job.Dead(q.Tx)
	if err != nil || len(failed) == 0 {
		return nil, err
	}
	return []task{{Since: failed[0].At, Title: message("jobs.task", "n", len(failed)), Why: same(failed[0].Fault), Href: "/desk/jobs", Button: message("jobs.see")}}, nil
}

// jobsForm lists them; each can be tried again or given up.
func (s *Site) jobsForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		failed, err := job.Dead(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		p := panel{Title: message("jobs.failed"), Empty: message("jobs.none")}
		for _, one := range failed {
			which := []hiddenField{{"kind", one.Kind}, {"name", one.Key}}
			p.Rows = append(p.Rows, panelRow{Title: same(one.Kind + " " + one.Key),
				Notes: []Text{everyLang(func(l locale.Lang) string { return l.T("jobs.row", "n", one.Tries, "on", l.Date(one.At[:10])) }), same(one.Fault)},
				Actions: []panelAction{{message("jobs.again"), "/desk/jobs", append(which, hiddenField{"do", "again"})},
					{message("jobs.drop"), "/desk/jobs", append(which, hiddenField{"do", "drop"})}}})
		}
		return View{Title: message("jobs.title"), Crumbs: draftCrumbs()}, &formPage{Lead: message("jobs.lead"), Panels: []panel{p}}, nil
	}
	submit := func(q *request) (string, error) {
		kind, key := q.PostFormValue("kind"), q.PostFormValue("name")
		return "/desk/jobs", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			settle := job.Again
			if q.PostFormValue("do") == "drop" {
				settle = job.Drop
			}
			if err := settle(tx, kind, key); err != nil {
				return err
			}
			return account.Note(tx, q.Now, q.Who, "job."+map[bool]string{true: "dropped", false: "tried_again"}[q.PostFormValue("do") == "drop"], kind+" "+key)
		})
	}
	return formHandler{may: mustBe(account.RoleOperator), make: make, submit: submit}
}
