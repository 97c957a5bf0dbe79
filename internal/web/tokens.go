package web

import (
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// tokensForm makes a token for a program. It is shown once, in the answer to the
// form, and stored as a digest.
func (s *Site) tokensForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		scopes := q.field("scopes", "many", true)
		for _, scope := range account.Scopes {
			scopes.Options = append(scopes.Options, choice{scope, message("scope." + scope), slices.Contains(q.Form["scopes"], scope)})
		}
		name := q.field("name", "line", true).help("token.name.help")
		name.Label = message("token.name")
		f := &formPage{Action: "/" + string(q.lang()) + "/desk/tokens", Lead: message("token.lead"), Button: message("token.make"), Back: "/desk/account", Fields: []formField{name, scopes}}
		tokens, err := account.Tokens(q.Tx, q.Who.ID)
		if err != nil {
			return View{}, nil, err
		}
		list := panel{Title: message("token.list"), Empty: message("token.none"), Links: []Link{{message("api.title"), "/api"}}}
		for _, t := range tokens {
			list.Rows = append(list.Rows, tokenRow(t))
		}
		f.Panels = []panel{list}
		return View{Title: message("account.tokens"), Crumbs: accountCrumbs()}, f, nil
	}
	done := func(q *request) (View, *formPage, error) {
		f := &formPage{Lead: message("token.made.lead"), Summary: []factView{{Label: message("token.made"), Value: same(q.said)}},
			Panels: []panel{{Title: message("token.made.then"), Links: []Link{{message("account.tokens"), "/desk/tokens"}, {message("api.title"), "/api"}}}}}
		return View{Title: message("token.made"), Crumbs: accountCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		return "", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
			if q.said, err = account.NewToken(tx, q.Now, q.Who.ID, q.PostFormValue("name"), q.PostForm["scopes"]); err != nil {
				return err
			}
			return account.Note(tx, q.Now, q.Who, "token.made", strings.Join(q.PostForm["scopes"], " "))
		})
	}
	return formHandler{may: hasAccount, make: make, submit: submit, done: done}
}

func tokenRow(t account.Token) panelRow {
	row := panelRow{Title: same(t.Name), Actions: []panelAction{{message("token.revoke"), "/desk/tokens/revoke", []hiddenField{{"token_id", t.ID}}}}}
	for _, scope := range t.Scopes {
		row.Notes = append(row.Notes, message("scope."+scope))
	}
	used := message("token.unused")
	if t.Used != "" {
		used = everyLang(func(l locale.Lang) string { return l.T("token.used", "date", l.Date(t.Used)) })
	}
	return panelRow{Title: row.Title, Notes: append(row.Notes, used), Actions: row.Actions}
}

// revokeTokenForm ends a token.
func (s *Site) revokeTokenForm() formHandler {
	submit := func(q *request) (string, error) {
		return "/desk/tokens", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			id := keeper.Line(q.PostFormValue("token_id"))
			if err := account.Note(tx, q.Now, q.Who, "token.revoked", id); err != nil {
				return err
			}
			return account.RevokeToken(tx, q.Now, q.Who.ID, id)
		})
	}
	return formHandler{may: hasAccount, make: s.tokensForm().make, submit: submit}
}
