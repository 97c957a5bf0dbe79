package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/assessment"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
	"kept/internal/reminder"
	"kept/internal/stakeholder"
)

// The account page shows a person everything about her own account: what she may
// do, where she is signed in, what the access log says of her; and lets her take
// all of it away with her, or have it erased.

// linesShown is a page of the access log.
const linesShown = 50

// hasAccount refuses who came by the secret link: there is no account behind it.
func hasAccount(q *request) error {
	if q.Who.Demo {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.account.none"))
	}
	return nil
}

func (s *Site) accountForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: "/" + string(q.lang()) + "/desk/account", Lead: phrase("account.lead", "mail", q.Who.Mail), Button: message("account.save"), Back: "/desk"}
		name, lang := q.field("name", "line", false), q.field("lang", "select", true)
		reminders := q.field("reminders", "check", false)
		if q.Method != http.MethodPost {
			wanted, err := account.WantsReminders(q.Tx, q.Who.ID)
			if err != nil {
				return View{}, nil, err
			}
			name.Value, lang.Value = q.Who.Name, string(q.Who.Lang)
			if wanted {
				reminders.Value = "yes"
			}
		}
		f.Fields = []formField{name, lang.from(langOptions(lang.Value)), reminders}
		for _, part := range []func(*request) (panel, error){rightsPanel, s.sessionsPanel, logPanel} {
			p, err := part(q)
			if err != nil {
				return View{}, nil, err
			}
			f.Panels = append(f.Panels, p)
		}
		if s.passkeys != nil {
			f.Panels = append(f.Panels, panel{Title: message("passkey.title"), Lead: message("passkey.lead"), Links: []Link{{message("passkey.title"), "/desk/passkeys"}}})
		}
		f.Panels = append(f.Panels, panel{Title: message("account.yours"), Lead: message("account.yours.lead"), Links: []Link{
			{message("account.tokens"), "/desk/tokens"}, {message("account.export"), "/desk/account/export"}, {message("account.erase"), "/desk/account/erase"}, {message("signout.title"), "/desk/sign-out"}}})
		return View{Title: message("account.title"), Crumbs: draftCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		lang := locale.Lang(q.PostFormValue("lang"))
		if !locale.Known(string(lang)) {
			return "", locale.Field("lang", locale.E("err.web.unknown_language", "lang", string(lang)))
		}
		return "/desk/account", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.Rename(tx, q.Who.ID, q.PostFormValue("name"), lang); err != nil {
				return err
			}
			return account.SetReminders(tx, q.Who.ID, q.PostFormValue("reminders") != "")
		})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}

func langOptions(chosen string) []choice {
	var out []choice
	for _, l := range locale.Langs {
		out = append(out, choice{string(l), same(l.Own()), string(l) == chosen})
	}
	return out
}

// rightsPanel says what she may do, and leads to the people of her parties.
func rightsPanel(q *request) (panel, error) {
	p := panel{Title: message("account.rights"), Empty: message("account.rights.none")}
	names, err := stakeholder.NamesOf(q.Tx, q.Who.Parties()...)
	if err != nil {
		return p, err
	}
	for _, r := range q.Who.Roles {
		p.Rows = append(p.Rows, panelRow{Title: message("role." + string(r))})
	}
	for _, post := range q.Who.Posts {
		p.Rows = append(p.Rows, panelRow{Title: partyName(names[post.Party]), Href: peopleHref(post.Party), Notes: []Text{postName(post.As)}})
	}
	return p, nil
}

// sessionsPanel lists where she is signed in.
func (s *Site) sessionsPanel(q *request) (panel, error) {
	p := panel{Title: message("account.sessions"), Empty: message("account.sessions.none"), Lead: message("account.sessions.lead",
		"idle", int(account.SessionIdle/time.Hour), "minutes", int(account.RoleIdle/time.Minute), "life", int(account.SessionLife/time.Hour))}
	sessions, err := account.Sessions(q.Tx, q.Now, q.Who.ID)
	if err != nil {
		return p, err
	}
	here := account.SessionID(s.cookie(q.Request, cookieSession))
	for _, one := range sessions {
		row := panelRow{Title: same(one.Device), Notes: []Text{everyLang(func(l locale.Lang) string {
			return l.T("account.session", "made", l.Date(one.Made), "seen", l.Date(one.Seen))
		})}}
		if one.ID == here {
			row.Notes = append(row.Notes, message("account.session.here"))
		} else {
			row.Actions = []panelAction{{message("account.session.end"), "/desk/account/end", []hiddenField{{"session", one.ID}}}}
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// logPanel shows what the access log says of her.
func logPanel(q *request) (panel, error) {
	p := panel{Title: message("account.log"), Empty: message("log.none"), Lead: message("log.kept", "years", int(account.LogKept/(365*24*time.Hour)))}
	lines, err := account.Log(q.Tx, q.Who.ID, "", linesShown)
	for _, l := range lines {
		p.Rows = append(p.Rows, logRow(l))
	}
	return p, err
}

func logRow(l account.Line) panelRow {
	return panelRow{Title: coded("log.", strings.ReplaceAll(l.Action, " ", "_")), Notes: []Text{dayText(l.At), same(l.At[11:16] + " UTC"), same(l.Object)}}
}

// endSessionForm ends one of her own sessions.
func (s *Site) endSessionForm() formHandler {
	submit := func(q *request) (string, error) {
		return "/desk/account", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.Note(tx, q.Now, q.Who, "session.ended", ""); err != nil {
				return err
			}
			return account.EndSession(tx, q.Who.ID, q.PostFormValue("session"))
		})
	}
	return formHandler{may: hasAccount, make: s.accountForm().make, submit: submit}
}

// eraseForm erases her account. She types her address, so that nobody does it by a slip.
func (s *Site) eraseForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("account.erase.lead"), Button: message("account.erase.button"), Back: "/desk/account",
			Fields: []formField{q.field("mail", "mail", true).help("account.erase.help")}}
		return View{Title: message("account.erase"), Crumbs: accountCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		if !strings.EqualFold(strings.TrimSpace(q.PostFormValue("mail")), q.Who.Mail) {
			return "", locale.Field("mail", locale.E("err.account.not_yours"))
		}
		return "/", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { s.dropSession(q.header) })
			if err := account.Note(tx, q.Now, nil, "account.erased", ""); err != nil {
				return err
			}
			return Forget(tx, q.Who.ID)
		})
	}
	return formHandler{may: hasAccount, make: make, submit: submit}
}

func accountCrumbs() []Link {
	return []Link{{message("desk.title"), "/desk"}, {message("account.title"), "/desk/account"}}
}

// Forget erases a person: her account, the letters that are on their way to her,
// her work on reviews, and her name on drafts.
func Forget(tx *db.Tx, id string) error {
	address, err := account.MailOf(tx, id)
	if err != nil {
		return err
	}
	if err := mail.Forget(tx, address); err != nil {
		return err
	}
	asked := func(payload []byte) bool {
		return bytes.Contains(bytes.ToLower(payload), bytes.ToLower([]byte(address)))
	}
	if err := job.Forget(tx, workSignIn, asked); err != nil {
		return err
	}
	if err := reminder.Forget(tx, id); err != nil {
		return err
	}
	if err := account.Erase(tx, id); err != nil {
		return err
	}
	if err := assessment.Forget(tx, id); err != nil {
		return err
	}
	if err := correction.Forget(tx, id); err != nil {
		return err
	}
	if err := errors.Join(forum.ForgetScoring(tx, id), eraseSessionDrafts(tx, id), forum.ForgetNominator(tx, id)); err != nil {
		return err
	}
	return eraseDrafts(tx, id)
}

// exportAccount answers with every row about the person who asks.
func (s *Site) exportAccount(w http.ResponseWriter, r *http.Request) {
	lang := locale.Match(r.Header.Get("Accept-Language"))
	var body []byte
	err := s.c.Keeper.DB().Write(r.Context(), func(tx *db.Tx) error {
		q, err := s.enterForm(r, tx, lang, formHandler{may: hasAccount})
		if err != nil {
			return err
		}
		rows, err := account.Export(tx, q.Who.ID)
		if err != nil {
			return err
		}
		if rows["web_draft"], err = exportDrafts(tx, q.Who.ID); err != nil {
			return err
		}
		if rows["web_sheet"], err = exportSheets(tx, q.Who.ID); err != nil {
			return err
		}
		if rows["web_session_draft"], err = exportSessionDrafts(tx, q.Who.ID); err != nil {
			return err
		}
		if rows["forum_scorer"], err = forum.ExportScoring(tx, q.Who.ID); err != nil {
			return err
		}
		if rows["web_chapter"], err = exportChapters(tx, q.Who.ID); err != nil {
			return err
		}
		if rows["reminder_log"], err = reminder.Export(tx, q.Who.ID); err != nil {
			return err
		}
		reviews, err := assessment.About(tx, q.Who.ID)
		if err != nil {
			return err
		}
		maps.Copy(rows, reviews)
		moderated, err := correction.Export(tx, q.Who.ID)
		if err != nil {
			return err
		}
		maps.Copy(rows, moderated)
		if rows["nominee"], err = forum.NominationsBy(tx, q.Who.ID); err != nil {
			return err
		}
		if err := account.Note(tx, q.Now, q.Who, "account.exported", ""); err != nil {
			return err
		}
		body, err = json.MarshalIndent(rows, "", " ")
		return err
	})
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="account.json"`)
	_, _ = w.Write(body)
}

// logForm shows the whole access log to the operator, page by page.
func (s *Site) logForm() formHandler {
	return formHandler{may: mustBe(account.RoleOperator), make: func(q *request) (View, *formPage, error) {
		lines, err := account.Log(q.Tx, "", q.FormValue("after"), linesShown)
		if err != nil {
			return View{}, nil, err
		}
		p := panel{Title: message("log.title"), Empty: message("log.none"), Lead: message("log.kept", "years", int(account.LogKept/(365*24*time.Hour)))}
		for _, l := range lines {
			row := logRow(l)
			row.Notes = append(row.Notes, same(l.Account))
			p.Rows = append(p.Rows, row)
		}
		p.Links = []Link{{same("CSV"), "/desk/log/csv"}}
		if len(lines) == linesShown {
			p.Links = append(p.Links, Link{message("desk.next"), "/desk/log?after=" + url.QueryEscape(lines[len(lines)-1].ID)})
		}
		return View{Title: message("log.title"), Crumbs: draftCrumbs()}, &formPage{Lead: message("log.lead"), Panels: []panel{p}}, nil
	}, submit: func(*request) (string, error) { return "/desk/log", nil }}
}

// logFile is the access log as CSV.
func (s *Site) logFile(w http.ResponseWriter, r *http.Request) {
	lang := locale.Match(r.Header.Get("Accept-Language"))
	t := &Table{Columns: []string{"at", "account", "action", "object"}}
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		if _, err := s.enterForm(r, tx, lang, formHandler{may: mustBe(account.RoleOperator)}); err != nil {
			return err
		}
		after := ""
		for {
			lines, err := account.Log(tx, "", after, 1000)
			if err != nil || len(lines) == 0 {
				return err
			}
			for _, l := range lines {
				t.Rows = append(t.Rows, []string{l.At, l.Account, l.Action, l.Object})
			}
			after = lines[len(lines)-1].ID
		}
	})
	var body bytes.Buffer
	if err == nil {
		err = writeCSV(&body, t, false)
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", twinTypes[".csv"])
	h.Set("Content-Disposition", `attachment; filename="log.csv"`)
	_, _ = w.Write(body.Bytes())
}
