package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/compact/fold"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/person"
	"kept/internal/stakeholder"
)

// Moderation: what persons send is read before it is published; words that break
// the policy are hidden behind a public notice; whoever wrote them can appeal, and
// somebody else than the first moderator decides.

// moderationForm is a moderator's desk: what waits, the longest waiting first.
func (s *Site) moderationForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Lead: message("moderation.lead"), Links: []Link{{message("moderation.hide"), "/desk/moderation/hide"}, {message("about.moderation"), "/about/moderation"}}}
		inputs, err := q.inputPanel()
		if err != nil {
			return View{}, nil, err
		}
		appeals, err := q.appealPanel()
		f.Panels = []panel{inputs, appeals}
		return View{Title: message("moderation.title")}, f, err
	}
	return formHandler{may: mustBe(account.RoleModerator), make: make, submit: func(*request) (string, error) { return "/desk/moderation", nil }}
}

func (q *request) inputPanel() (panel, error) {
	p := panel{Title: message("moderation.inputs"), Empty: message("moderation.no_inputs")}
	rows, err := person.List(q.Tx, person.Waiting)
	for _, r := range rows {
		p.Rows = append(p.Rows, panelRow{Title: kindName(r.Kind), Href: "/desk/moderation/inputs/" + r.ID, Notes: []Text{dayText(r.Day)}})
	}
	return p, err
}

func (q *request) appealPanel() (panel, error) {
	p := panel{Title: message("moderation.appeals"), Empty: message("moderation.no_appeals")}
	list, err := correction.Appeals(q.Tx)
	for _, a := range list {
		if a.State == correction.AppealOpen {
			p.Rows = append(p.Rows, panelRow{Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Href: "/desk/moderation/appeals/" + a.ID,
				Notes: []Text{dayText(a.MadeOn)}})
		}
	}
	if err != nil {
		return p, err
	}
	unfinished, err := correction.Unfinished(q.Tx)
	for _, a := range unfinished {
		p.Rows = append(p.Rows, panelRow{Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Href: "/desk/moderation/appeals/" + a.ID, Notes: []Text{message("appeal.unfinished")}})
	}
	return p, err
}

// inputForm shows one thing that a person sent, and takes the decision on it.
func (s *Site) inputForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		r, err := person.Get(q.Tx, q.arg("id"))
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("moderation.decide"), Back: "/desk/moderation", Summary: q.inputFacts(r), Advice: []Text{message("moderation.return")}}
		if r.State == person.Waiting {
			f.Fields = []formField{
				q.input("decision", "select", true, "moderation.decision").from(options([]string{"admit", "refuse"}, q.FormValue("decision"), func(c string) Text { return message("moderation.decision." + c) })),
				q.input("reason", "select", false, "moderation.reason").from(options(refusalReasons(), q.FormValue("reason"), func(c string) Text { return message("person.refused." + c) })),
			}
		} else {
			f.Button, f.Advice, f.Lead = nil, nil, message("person.state."+r.State)
		}
		return View{Title: kindName(r.Kind), Crumbs: []Link{{message("moderation.title"), "/desk/moderation"}}}, f, nil
	}
	return formHandler{may: mustBe(account.RoleModerator), make: make, submit: s.submitInput}
}

// refusalReasons are those that a moderator can give; the last is the program's own.
func refusalReasons() []string {
	return slices.DeleteFunc(slices.Clone(person.RefusalReasons), func(c string) bool { return c == "rules" })
}

// inputFacts are what was sent, with what in it may pass for something else.
func (q *request) inputFacts(r person.Row) []factView {
	facts := []factView{{message("correction.received"), dayText(r.Day), nil}}
	var asked correction.Asked
	if json.Unmarshal(r.Facts, &asked) == nil {
		if about, err := correction.ParseAbout(asked.About); err == nil {
			if link, err := q.aboutLink(about); err == nil {
				facts = append(facts, factView{message("correction.about"), link.Text, same(asked.About)})
			}
		}
	}
	for _, part := range sortedKeys(r.Words) {
		facts = append(facts, factView{same(part), same(r.Words[part]), lookalikes(r.Words[part])})
	}
	if r.Summary {
		facts = append(facts, factView{message("person.state"), message("person.summary"), nil})
	}
	return facts
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// lookalikes says which words of a text may pass for others; nil for none.
func lookalikes(text string) Text {
	found := fold.Lookalikes(text)
	if len(found) == 0 {
		return nil
	}
	return message("moderation.lookalikes", "words", strings.Join(found, ", "))
}

func (s *Site) submitInput(q *request) (string, error) {
	admit := q.PostFormValue("decision") == "admit"
	if !admit && q.PostFormValue("decision") != "refuse" {
		return "", locale.Field("decision", locale.E("err.words.code", "codes", "admit, refuse"))
	}
	err := s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		if err := person.Moderate(tx, q.arg("id"), admit, q.PostFormValue("reason")); err != nil {
			return err
		}
		return account.Note(tx, q.Now, q.Who, "input."+q.PostFormValue("decision"), q.arg("id"))
	})
	return "/desk/moderation", err
}

// hideForm hides parts of an entry. It asks for the entry first.
func (s *Site) hideForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("moderation.hide.lead"), Back: "/desk/moderation", Button: message("moderation.hide.button")}
		v := View{Title: message("moderation.hide"), Crumbs: []Link{{message("moderation.title"), "/desk/moderation"}}}
		entry := q.input("entry", "line", true, "moderation.hide.entry").help("moderation.hide.entry.help")
		if entry.Value == "" {
			f.Fields, f.Button = []formField{entry}, message("moderation.next")
			return v, f, nil
		}
		fates, err := q.shownParts(q.Tx, entry.Value)
		if isNotFound(err) && q.Method == http.MethodPost { // the number is asked for again
			f.Fields, f.Button = []formField{entry}, message("moderation.next")
			return v, f, nil
		}
		if err != nil {
			return v, f, err
		}
		parts := q.input("parts", "many", true, "moderation.hide.parts")
		for _, p := range fates {
			text, _, err := keeper.Word(q.Tx, p.Holder, p.Part)
			if err != nil {
				return v, f, err
			}
			parts.Options = append(parts.Options, choice{p.Part, same(p.Part + ": " + shortened(text)), slices.Contains(q.Form["parts"], p.Part)})
		}
		until := q.input("appeal_until", "date", true, "moderation.hide.until")
		if until.Value == "" {
			until.Value = q.Now.UTC().AddDate(0, 0, correction.AppealDays).Format("2006-01-02")
		}
		f.Hidden = []hiddenField{{"entry", entry.Value}}
		f.Fields = []formField{parts,
			q.input("category", "select", true, "moderation.hide.category").from(options(keeper.HideCategories, q.FormValue("category"), func(c string) Text { return message("words.category." + c) })),
			q.input("basis", "select", true, "moderation.hide.basis").from(options(keeper.HideBases, q.FormValue("basis"), func(c string) Text { return message("words.basis." + c) })),
			until, q.input("reason", "text", false, "moderation.hide.reason").help("moderation.hide.reason.help")}
		return v, f, nil
	}
	return formHandler{may: mustBe(account.RoleModerator), make: make, submit: s.submitHide}
}

// shortened is the beginning of a text, to know it by.
func shortened(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// shownParts are the parts of an entry that can be read now.
func (q *request) shownParts(tx *db.Tx, entry string) ([]keeper.Fate, error) {
	index, err := strconv.ParseInt(strings.TrimSpace(entry), 10, 64)
	if err != nil || index < 0 {
		return nil, keeper.Refuse(keeper.ErrNotFound, locale.Field("entry", locale.E("err.correction.number", "value", keeper.Line(entry))))
	}
	e, err := keeper.ReadEntry(tx, index)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil, keeper.Refuse(keeper.ErrNotFound, locale.Field("entry", locale.E("err.correction.no_entry", "id", entry)))
	}
	if err != nil {
		return nil, err
	}
	fates, err := keeper.Fates(tx, e)
	return slices.DeleteFunc(fates, func(f keeper.Fate) bool { return f.State != keeper.Shown }), err
}

// submitHide makes one act for each entry that holds some of the parts: the entry
// itself, and those that brought translations of it.
func (s *Site) submitHide(q *request) (string, error) {
	entry := strings.TrimSpace(q.PostFormValue("entry"))
	var fates []keeper.Fate
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		fates, err = q.shownParts(tx, entry)
		return err
	})
	if err != nil {
		return "", err
	}
	if q.PostForm["category"] == nil { // only the entry was asked for yet
		return "/desk/moderation/hide?entry=" + entry, nil
	}
	words := map[string]string{}
	if reason := keeper.Prose(q.PostFormValue("reason")); reason != "" {
		words["reason."+string(q.lang())] = reason
	}
	var acts []keeper.Act
	for _, f := range fates {
		if !slices.Contains(q.PostForm["parts"], f.Part) {
			continue
		}
		if n := len(acts) - 1; n >= 0 && acts[n].Facts.(keeper.WordsHidden).Target == f.Holder {
			hidden := acts[n].Facts.(keeper.WordsHidden)
			hidden.Parts = append(hidden.Parts, f.Part)
			acts[n].Facts = hidden
			continue
		}
		acts = append(acts, keeper.Act{Kind: "words.hidden", By: stakeholder.Secretariat, Words: words, Facts: keeper.WordsHidden{Target: f.Holder, Parts: []string{f.Part},
			Category: q.PostFormValue("category"), Basis: q.PostFormValue("basis"), AppealUntil: q.PostFormValue("appeal_until")}})
	}
	if len(acts) == 0 {
		return "", locale.Field("parts", locale.E("err.moderation.parts"))
	}
	out, err := s.c.Keeper.Submit(q.Context(), q.formKey(), acts...)
	if err != nil {
		return "", err
	}
	return "/record/entries/" + strconv.FormatInt(out[0].Index, 10), s.noteHidden(q, out)
}

func (s *Site) noteHidden(q *request, out []keeper.Result) error {
	return s.c.Keeper.DB().Write(context.WithoutCancel(q.Context()), func(tx *db.Tx) error {
		for _, r := range out {
			if err := correction.NoteHidden(tx, q.Now, r.Index, q.PostFormValue("category"), q.Who.ID); err != nil {
				return err
			}
			if err := account.Note(tx, q.Now, q.Who, "words.hidden", "entry "+strconv.FormatInt(r.Index, 10)); err != nil {
				return err
			}
		}
		return nil
	})
}

// appealForm takes an appeal: by the party whose words were hidden, or by the
// person who has the receipt of them.
func (s *Site) appealForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		act, f, err := q.hiddenAct(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		page := &formPage{Action: q.URL.Path, Button: message("appeal.button"), Back: "/record/entries/" + strconv.FormatInt(act, 10), Hidden: []hiddenField{{"act", strconv.FormatInt(act, 10)}},
			Lead: phrase("appeal.lead", "date", dayText(f.AppealUntil)),
			Summary: []factView{{message("appeal.what"), same(strings.Join(f.Parts, ", ")), nil}, {message("moderation.hide.category"), message("words.category." + f.Category), nil},
				{message("moderation.hide.basis"), message("words.basis." + f.Basis), nil}},
			Fields: []formField{q.input("text", "text", true, "appeal.text")}}
		if q.Who == nil {
			page.Fields = append(page.Fields, q.input("code", "line", true, "person.code").help("appeal.code.help"))
		}
		return View{Title: message("appeal.title")}, page, nil
	}
	done := func(q *request) (View, *formPage, error) {
		return View{Title: message("appeal.title")}, &formPage{Lead: message("appeal.done"), Links: []Link{{message("about.moderation"), "/about/moderation"}}}, nil
	}
	return formHandler{open: true, make: make, submit: s.submitAppeal, done: done}
}

// hiddenAct is the words.hidden that a form is about.
func (q *request) hiddenAct(tx *db.Tx) (int64, keeper.WordsHidden, error) {
	act, err := strconv.ParseInt(q.FormValue("act"), 10, 64)
	if err != nil {
		return 0, keeper.WordsHidden{}, errNotFound(q.FormValue("act"))
	}
	f, err := correction.HiddenAct(tx, act)
	return act, f, err
}

func (s *Site) submitAppeal(q *request) (string, error) {
	return "", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		act, f, err := q.hiddenAct(tx)
		if err != nil {
			return err
		}
		if ok, err := account.Try(tx, q.Now, "appeal "+network(q.Request), wrongsByNetwork); err != nil || !ok {
			return errors.Join(err, tooMany(ok))
		}
		party, err := q.author(tx, f.Target)
		if err != nil {
			return err
		}
		_, err = correction.MakeAppeal(tx, q.Now, act, party, q.PostFormValue("text"))
		return err
	})
}

// author is the party whose entry it is and for whom she acts; 0 for the person
// who has its receipt. Anybody else is refused.
func (q *request) author(tx *db.Tx, target int64) (int64, error) {
	refused := keeper.Refuse(keeper.ErrForbidden, locale.Field("code", locale.E("err.appeal.whose")))
	e, err := keeper.ReadEntry(tx, target)
	if err != nil {
		return 0, err
	}
	if q.Who == nil {
		row, err := person.ByCode(tx, q.PostFormValue("code"))
		if isNotFound(err) || err == nil && row.Entry != target {
			return 0, refused
		}
		return 0, err
	}
	whose, err := strconv.ParseInt(e.By, 10, 64)
	if err != nil {
		if whose, err = correction.EnteredFor(tx, e); err != nil {
			return 0, err
		}
	}
	if whose == 0 || q.mayDraftFor(whose) != nil {
		return 0, refused
	}
	return whose, nil
}

// decideForm decides an appeal, by another moderator than the one who hid.
func (s *Site) decideForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		a, err := correction.GetAppeal(q.Tx, q.arg("id"))
		if err != nil {
			return View{}, nil, err
		}
		if _, _, hidden, err := correction.Restoration(q.Tx, a); err != nil || hidden {
			v, f, wrong := q.finishPage(a)
			return v, f, errors.Join(err, wrong)
		}
		if err := correction.MayDecide(q.Tx, a, q.Who.ID); err != nil {
			return View{}, nil, err
		}
		hidden, err := correction.HiddenAct(q.Tx, a.Act)
		if err != nil {
			return View{}, nil, err
		}
		texts, err := keeper.HiddenWords(q.Tx, hidden.Target)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("moderation.decide"), Back: "/desk/moderation",
			Summary: []factView{{message("moderation.hide.category"), message("words.category." + hidden.Category), nil}, {message("appeal.text"), same(a.Text), dayText(a.MadeOn)}},
			Fields: []formField{q.input("verdict", "select", true, "moderation.decision").from(options(correction.Verdicts, q.FormValue("verdict"), func(c string) Text { return message("appeal.verdict." + c) })),
				q.input("reason", "text", true, "appeal.reason")}}
		for _, part := range hidden.Parts {
			f.Summary = append(f.Summary, factView{same(part), same(texts[part]), nil})
		}
		return View{Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Crumbs: []Link{{message("moderation.title"), "/desk/moderation"}}}, f, nil
	}
	return formHandler{may: mustBe(account.RoleModerator), make: make, submit: s.submitVerdict}
}

// submitVerdict notes the verdict first, and brings the words back then. If we die
// between, the desk has the task to finish it.
func (s *Site) submitVerdict(q *request) (string, error) {
	id := q.arg("id")
	if q.PostFormValue("finish") == "" {
		verdict := q.PostFormValue("verdict")
		err := s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := correction.DecideAppeal(tx, q.Now, id, verdict, q.PostFormValue("reason"), q.lang(), q.Who.ID); err != nil {
				return err
			}
			return account.Note(tx, q.Now, q.Who, "appeal."+verdict, id)
		})
		if err != nil {
			return "", err
		}
	}
	return "/desk/moderation", s.restore(context.WithoutCancel(q.Context()), id)
}

// restore brings back what the verdict on an appeal restores; nothing where that
// was done.
func (s *Site) restore(ctx context.Context, id string) error {
	var act keeper.Act
	var key string
	var hidden bool
	err := s.c.Keeper.DB().Read(ctx, func(tx *db.Tx) error {
		a, err := correction.GetAppeal(tx, id)
		if err == nil {
			act, key, hidden, err = correction.Restoration(tx, a)
		}
		return err
	})
	if err == nil && hidden {
		_, err = s.c.Keeper.Submit(ctx, key, act)
	}
	return err
}

// finishPage is the form of an appeal that was decided and whose words are hidden still.
func (q *request) finishPage(a correction.Appeal) (View, *formPage, error) {
	f := &formPage{Action: q.URL.Path, Lead: message("appeal.unfinished"), Button: message("appeal.finish"), Back: "/desk/moderation", Hidden: []hiddenField{{"finish", "yes"}},
		Summary: []factView{{message("moderation.decision"), message("appeal.verdict." + a.State), dayText(a.Decided)}, {message("appeal.reason"), same(a.Reason), nil}}}
	return View{Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Crumbs: []Link{{message("moderation.title"), "/desk/moderation"}}}, f, nil
}

// moderationTasks are what waits for a moderator.
func (s *Site) moderationTasks(q *request) ([]task, error) {
	if !q.Who.Is(account.RoleModerator) {
		return nil, nil
	}
	var tasks []task
	rows, err := person.List(q.Tx, person.Waiting)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		tasks = append(tasks, task{Since: r.Day, Title: message("task.input"), Why: kindName(r.Kind), Href: "/desk/moderation/inputs/" + r.ID, Button: message("moderation.decide")})
	}
	unfinished, err := correction.Unfinished(q.Tx)
	if err != nil {
		return nil, err
	}
	for _, a := range unfinished {
		tasks = append(tasks, task{Since: a.Decided, Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Why: message("appeal.unfinished"), Href: "/desk/moderation/appeals/" + a.ID, Button: message("appeal.finish")})
	}
	appeals, err := correction.Appeals(q.Tx)
	for _, a := range appeals {
		if a.State == correction.AppealOpen && correction.MayDecide(q.Tx, a, q.Who.ID) == nil {
			tasks = append(tasks, task{Since: a.MadeOn, Title: message("moderation.appeal_against", "id", strconv.FormatInt(a.Act, 10)), Href: "/desk/moderation/appeals/" + a.ID, Button: message("moderation.decide")})
		}
	}
	return tasks, err
}
