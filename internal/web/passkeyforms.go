package web

import (
	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// beginPasskeyForm has one button, which makes the question for the key.
func (s *Site) beginPasskeyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		return View{Title: message("passkey.signin")}, &formPage{Action: q.URL.Path, Lead: message("passkey.signin.lead"), Button: message("passkey.next"), Back: "/sign-in",
			Hidden: []hiddenField{{"to", local(q.FormValue("to"))}}}, nil
	}
	submit := func(q *request) (string, error) {
		options, session, err := s.passkeys.BeginSignIn()
		if err != nil {
			return "", err
		}
		return s.keepTouch(q, ceremonySignIn, "", "/sign-in/passkey/", touching{To: local(q.PostFormValue("to")), Options: options, Session: session})
	}
	return formHandler{open: true, make: make, submit: submit}
}

func (s *Site) finishSignIn(q *request, tx *db.Tx, _ string, t touching) (string, error) {
	handle, key, err := s.passkeys.FinishSignIn(t.Session, []byte(q.PostFormValue("answer")), func(handle []byte) (signin.Holder, error) {
		return account.Holder(tx, string(handle))
	})
	if err != nil {
		return "", err
	}
	if err := account.UsePasskey(tx, q.Now, string(handle), key); err != nil {
		return "", err
	}
	return orDesk(t.To), q.signIn(tx, string(handle), true)
}

// passkeysForm lists the keys of an account and begins a new one.
func (s *Site) passkeysForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		keys, err := account.Passkeys(q.Tx, q.Who.ID)
		if err != nil {
			return View{}, nil, err
		}
		list := panel{Title: message("passkey.yours"), Empty: message("passkey.none")}
		for _, k := range keys {
			row := panelRow{Title: same(k.Name), Notes: []Text{phrase("passkey.made", "date", dayText(k.MadeOn))},
				Actions: []panelAction{{message("passkey.remove"), "/desk/passkeys/remove/" + k.ID, nil}}}
			if k.Used != "" {
				row.Notes = append(row.Notes, phrase("passkey.used", "date", dayText(k.Used)))
			}
			list.Rows = append(list.Rows, row)
		}
		return View{Title: message("passkey.title"), Crumbs: []Link{{message("desk.title"), "/desk"}, {message("account.title"), "/desk/account"}}},
			&formPage{Action: q.URL.Path, Lead: message("passkey.lead"), Button: message("passkey.add"), Back: "/desk/account", Panels: []panel{list},
				Fields: []formField{{Name: "name", Kind: "line", Label: message("passkey.name"), Help: message("passkey.name.help"), Required: true, Value: q.FormValue("name")}}}, nil
	}
	submit := func(q *request) (string, error) {
		var holder signin.Holder
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			holder, err = account.Holder(tx, q.Who.ID)
			return err
		})
		if err != nil {
			return "", err
		}
		if err := mayChangeKeys(q, len(holder.Keys)); err != nil {
			return "", err
		}
		if err := account.CheckKeyName(q.PostFormValue("name")); err != nil {
			return "", err
		}
		options, session, err := s.passkeys.BeginRegistration(holder)
		if err != nil {
			return "", err
		}
		return s.keepTouch(q, ceremonyRegister, q.Who.ID, "/desk/passkeys/touch/", touching{Name: q.PostFormValue("name"), Options: options, Session: session})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}

// mayChangeKeys: whoever has a key shows it before she adds or removes one, so
// that somebody who reads her mail cannot make herself a key.
func mayChangeKeys(q *request, have int) error {
	if have == 0 || q.Who.Strong {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.passkey.show_first"))
}

func (s *Site) finishRegister(q *request, tx *db.Tx, id string, t touching) (string, error) {
	if id != q.Who.ID {
		return "", keeper.Refuse(keeper.ErrForbidden, locale.E("err.signin.refused"))
	}
	holder, err := account.Holder(tx, id)
	if err != nil {
		return "", err
	}
	key, err := s.passkeys.FinishRegistration(holder, t.Session, []byte(q.PostFormValue("answer")))
	if err != nil {
		return "", err
	}
	if err := account.AddPasskey(tx, q.Now, id, t.Name, key); err != nil {
		return "", err
	}
	if err := q.write(tx, contactOf(q.Who), "passkey/"+q.arg("ceremony")[:16], "passkey", "link", s.c.Base+"/"+string(q.Who.Lang)+"/desk/passkeys"); err != nil {
		return "", err
	}
	return "/desk/passkeys", account.Note(tx, q.Now, q.Who, "passkey.added", "")
}

// removePasskeyForm forgets a key, after one more button.
func (s *Site) removePasskeyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		return View{Title: message("passkey.remove")}, &formPage{Action: q.URL.Path, Lead: message("passkey.remove.lead"), Button: message("passkey.remove"), Back: "/desk/passkeys"}, nil
	}
	submit := func(q *request) (string, error) {
		if err := mayChangeKeys(q, 1); err != nil {
			return "", err
		}
		return "/desk/passkeys", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.DropPasskey(tx, q.Who.ID, q.arg("key")); err != nil {
				return err
			}
			return account.Note(tx, q.Now, q.Who, "passkey.removed", "")
		})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}
