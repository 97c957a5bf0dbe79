package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// Forms of reports. The secretariat writes, opens, releases and puts right; what it
// publishes in its name needs a strong sign-in, or a second person of its own.

// reportForms are all forms of reports.
func (s *Site) reportForms() {
	s.form("/desk/reports", s.deskReportsForm())
	s.form("/desk/reports/{kind}/{to}", s.planForm())
	s.form("/desk/reports/{kind}/{to}/open", s.openPeriodForm())
	s.form("/desk/reports/{kind}/{to}/{chapter}/{in}", s.chapterForm())
	s.form("/desk/reports/{id}/contribute", s.contributeForm())
	s.form("/desk/reports/{id}/release", s.releaseForm())
	s.form("/desk/reports/{id}/erratum", s.erratumForm())
	s.form("/desk/reports/{id}/invite", s.inviteForm())
	s.needs(s.reportTasks)
}

// publishOwn publishes what the secretariat says in its own name: at once after a
// strong sign-in, else when a colleague has read and approved it.
func (s *Site) publishOwn(q *request, href, key string, act keeper.Act) (string, error) {
	if err := q.must(account.RoleSecretariat); err != nil {
		return "", err
	}
	if !q.Who.Demo && !q.Who.Strong {
		return s.holdActs(q, account.Pending{Kind: account.HeldActs, Party: account.NoParty, By: q.Who.ID, Back: href}, key, []keeper.Act{act})
	}
	out, err := s.submit(q, key, act)
	if err != nil || q.Who.Demo {
		return href, err
	}
	return href, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return q.tellPublished(tx, account.NoParty, key, []keeper.Act{act}, out) })
}

// deskReportsForm lists the reports that there are to work on.
func (s *Site) deskReportsForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		list, err := report.List(q.Tx, "")
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Lead: message("period.form.desk_lead")}
		if q.Who.Is(account.RoleSecretariat) {
			next := panel{Title: message("period.form.next"), Empty: message("periods.none")}
			for _, k := range q.Pack.Reports {
				row := newPeriodKind(q, k)
				if !row.On || row.To == "" {
					continue
				}
				next.Rows = append(next.Rows, panelRow{Title: row.Title, Href: deskReportHref(k.ID, row.To), Notes: []Text{fromTo(row.From, row.To)}})
			}
			f.Panels = append(f.Panels, next)
		}
		open := panel{Title: message("period.form.open_ones"), Empty: message("period.none")}
		for _, r := range list {
			p := &reported{Report: r}
			row := panelRow{Title: p.name(q), Href: periodHref(r.ID), Notes: []Text{message("period.state." + r.State(q.Today))}}
			if q.Who.Is(account.RoleSecretariat) {
				row.Href = deskReportHref(r.Kind, r.To)
			}
			open.Rows = append(open.Rows, row)
			if r.State(q.Today) != report.StateOpen {
				continue
			}
			links, err := q.ownRowLinks(r)
			if err != nil {
				return View{}, nil, err
			}
			open.Links = append(open.Links, links...)
			open.Links = append(open.Links, Link{message("period.form.contribute"), "/desk/reports/" + strconv.FormatInt(r.ID, 10) + "/contribute"})
		}
		f.Panels = append(f.Panels, open)
		return View{Title: message("periods.title"), Crumbs: []Link{{message("desk.title"), "/desk"}}}, f, nil
	}
	return formHandler{make: make, submit: func(*request) (string, error) { return "/desk/reports", nil }}
}

func fromTo(from, to string) Text {
	return phrase("period.from_to", "from", dayText(from), "to", dayText(to))
}

// ownRowLinks lead to what a report says of the parties at which she holds a post.
func (q *request) ownRowLinks(r report.Report) (out []Link, err error) {
	names, err := stakeholder.NamesOf(q.Tx, q.Who.Parties()...)
	for _, id := range q.Who.Parties() {
		out = append(out, Link{phrase("period.rows_of", "party", partyName(names[id])), periodHref(r.ID) + "/rows/" + strconv.FormatInt(id, 10)})
	}
	return out, err
}

// planned reads the kind and the period that the address names.
func (q *request) planned() (kind *compact.ReportKind, o report.Outline, err error) {
	kind, ok := q.Pack.Report(q.arg("kind"))
	if !ok {
		return nil, o, errNotFound(q.URL.Path)
	}
	o, err = report.OutlineOf(q.Pack, kind.ID, q.arg("to"), q.Today)
	return kind, o, err
}

// planForm shows how far a report is: its chapters in each language, and the next step.
func (s *Site) planForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		kind, o, err := q.planned()
		if err != nil {
			return View{}, nil, err
		}
		texts, err := chaptersNow(q.Tx, kind.ID, o.To)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Lead: message("period.form.plan_lead")}
		chapters := panel{Title: message("period.chapters")}
		for _, c := range kind.Chapters {
			for _, l := range locale.Langs {
				at := chapterAt{kind.ID, o.To, c, string(l)}
				state := "period.form.empty"
				if texts[c+"."+string(l)].Body != "" {
					state = "period.form.written"
				}
				chapters.Links = append(chapters.Links, Link{phrase("period.form.chapter_in", "chapter", chapterName(c), "lang", l.Own(), "state", message(state)), at.href()})
			}
		}
		r, opened, err := openedFor(q.Tx, kind.ID, o.To)
		if err != nil {
			return View{}, nil, err
		}
		step := panel{Title: message("period.form.step"), Links: []Link{{message("period.form.open"), deskReportHref(kind.ID, o.To) + "/open"}}}
		if opened {
			id := "/desk/reports/" + strconv.FormatInt(r.ID, 10)
			step.Lead = message("period.state." + r.State(q.Today))
			switch r.State(q.Today) {
			case report.StateReleased:
				step.Links = []Link{{message("period.form.erratum"), id + "/erratum"}}
			case report.StateClosed:
				step.Links = []Link{{message("period.form.release"), id + "/release"}}
			default:
				step.Links = []Link{{message("period.form.invite"), id + "/invite"}, {message("period.form.release"), id + "/release"}}
			}
			step.Links = append(step.Links, Link{message("period.form.see"), periodHref(r.ID)})
		}
		f.Panels = []panel{step, chapters}
		return View{Title: phrase("period.name", "title", title(q.Pack, compact.ReportKinds, kind.ID), "from", dayText(o.From), "to", dayText(o.To)), Crumbs: deskReportCrumbs("", "")}, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: func(q *request) (string, error) { return "/desk/reports", nil }}
}

// openPeriodForm opens a report to correction: a dry run that shows what is published, and a button.
func (s *Site) openPeriodForm() formHandler {
	opening := func(q *request, tx *db.Tx) (keeper.Act, *report.Figures, report.Outline, error) {
		kind, o, err := q.planned()
		if err != nil {
			return keeper.Act{}, nil, o, err
		}
		texts, err := chaptersNow(tx, kind.ID, o.To)
		if err != nil {
			return keeper.Act{}, nil, o, err
		}
		until := keeper.Line(q.FormValue("until"))
		if until == "" {
			until = commitment.AddDays(q.Now.UTC().Format("2006-01-02"), int(kind.Window()))
		}
		act, f, err := report.Opening(tx, o, until, narrativeOf(texts))
		return act, f, o, err
	}
	make := func(q *request) (View, *formPage, error) {
		act, figures, o, err := opening(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		p := &reported{Report: report.Report{Kind: figures.Report, From: o.From, To: o.To, Date: o.To}, Figures: figures}
		f := &formPage{Action: q.URL.Path, Lead: message("period.form.open_lead"), Button: message("period.form.open"), Back: deskReportHref(o.Kind.ID, o.To),
			Fields: []formField{{Name: "until", Kind: "date", Label: message("period.form.until"), Help: message("period.form.until.help", "n", int(o.Kind.Window())), Value: act.Facts.(report.Opened).Until}}}
		if err := p.dryRun(q, f, act.Words); err != nil {
			return View{}, nil, err
		}
		return View{Title: message("period.form.open"), Crumbs: deskReportCrumbs(o.Kind.ID, o.To)}, f, nil
	}
	submit := func(q *request) (string, error) {
		var act keeper.Act
		var o report.Outline
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			act, _, o, err = opening(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		return s.publishOwn(q, deskReportHref(o.Kind.ID, o.To), q.formKey(), act)
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// dryRun shows what would be published: how many figures, from what, which chapters in
// which languages, what keeps them from being published, and numbers typed by hand
// that nobody has answered for.
func (p *reported) dryRun(q *request, f *formPage, words map[string]string) error {
	total, without := 0, 0
	for _, c := range p.Figures.Chapters {
		for _, one := range c.Figures {
			if total++; one.Value == "" {
				without++
			}
		}
	}
	f.Summary = []factView{
		{message("period.figures"), message("plain.number", "n", total), message("period.form.without", "n", without)},
		{message("period.form.rests"), message("plain.number", "n", p.Figures.Size), same(p.Figures.Root)},
		{message("period.states_on"), dayText(p.Figures.Date), nil},
	}
	written := panel{Title: message("period.form.narrative"), Empty: message("period.form.no_narrative")}
	faults := panel{Title: message("period.form.faults"), Lead: message("period.form.faults_lead")}
	typed := panel{Title: message("period.form.typed"), Lead: message("period.form.typed_lead")}
	texts, err := chaptersNow(q.Tx, p.Kind, p.To)
	if err != nil {
		return err
	}
	for _, part := range sortedKeys(words) {
		chapter, lang, _ := strings.Cut(part, ".")
		name := phrase("period.form.chapter_in", "chapter", chapterName(chapter), "lang", locale.Lang(lang).Own(), "state", message("period.form.written"))
		at := chapterAt{p.Kind, p.To, chapter, lang}
		written.Rows = append(written.Rows, panelRow{Title: name, Href: at.href()})
		_, wrong, byHand, err := p.draftOf(q, words[part])
		if err != nil {
			return err
		}
		for _, fault := range wrong {
			faults.Rows = append(faults.Rows, panelRow{Title: name, Href: at.href(), Notes: []Text{errorText(fault.Err)}})
		}
		if texts[part].Meant {
			continue
		}
		for _, t := range byHand[:min(len(byHand), mostShown)] {
			typed.Rows = append(typed.Rows, panelRow{Title: name, Href: at.href(), Notes: []Text{phrase("period.form.typed_row", "line", t.Line, "text", t.Text)}})
		}
	}
	f.Panels = append(f.Panels, written)
	for _, list := range []panel{faults, typed} {
		if len(list.Rows) > 0 {
			f.Panels = append(f.Panels, list)
		}
	}
	return nil
}

// releaseForm releases a report: the dry run shows everything first.
func (s *Site) releaseForm() formHandler {
	releasing := func(q *request, tx *db.Tx) (keeper.Act, *report.Figures, report.Report, error) {
		id, err := q.number("id")
		if err != nil {
			return keeper.Act{}, nil, report.Report{}, err
		}
		r, err := report.Get(tx, id)
		if err != nil {
			return keeper.Act{}, nil, r, err
		}
		texts, err := chaptersNow(tx, r.Kind, r.To)
		if err != nil {
			return keeper.Act{}, nil, r, err
		}
		words := narrativeOf(texts)
		if len(words) == 0 { // nobody wrote since: what was opened is released
			if words, err = keeper.WordsOf(tx, r.ID); err != nil {
				return keeper.Act{}, nil, r, err
			}
		}
		act, f, err := report.Releasing(tx, r, words)
		return act, f, r, err
	}
	make := func(q *request) (View, *formPage, error) {
		act, figures, r, err := releasing(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		p := &reported{Report: r, State: r.State(q.Today), Figures: figures}
		f := &formPage{Action: q.URL.Path, Lead: phrase("period.form.release_lead", "report", p.name(q)), Back: deskReportHref(r.Kind, r.To)}
		switch p.State {
		case report.StateClosed:
			f.Button = message("period.form.release")
		case report.StateOpen:
			f.Advice = []Text{phrase("period.form.release_later", "until", dayText(r.Until))}
			f.Lead = f.Advice[0]
		default:
			f.Lead = message("period.state.released")
		}
		if err := p.dryRun(q, f, act.Words); err != nil {
			return View{}, nil, err
		}
		changes, err := s.changesSince(q, p)
		if err != nil {
			return View{}, nil, err
		}
		changed := panel{Title: message("period.changes"), Empty: message("period.no_changes")}
		for _, c := range changes[:min(len(changes), mostShown)] {
			was, is := everyLang(func(l locale.Lang) string { return shownIn(l, c.Was) }), everyLang(func(l locale.Lang) string { return shownIn(l, c.Value) })
			changed.Rows = append(changed.Rows, panelRow{Title: c.Label, Notes: []Text{phrase("period.form.was_is", "was", was, "is", is)}})
		}
		f.Panels = append(f.Panels, changed)
		return View{Title: message("period.form.release"), Crumbs: deskReportCrumbs(r.Kind, r.To)}, f, nil
	}
	submit := func(q *request) (string, error) {
		var act keeper.Act
		var r report.Report
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			act, _, r, err = releasing(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		return s.publishOwn(q, periodHref(r.ID), q.formKey(), act)
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// shownIn is a value in a language, or a sign that there is none.
func shownIn(l locale.Lang, value string) string {
	if value == "" {
		return "–"
	}
	return l.Number(value)
}

// erratumForm puts something right beside a release.
func (s *Site) erratumForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := s.reported(q)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("period.form.erratum_lead"), Button: message("period.form.erratum"), Back: periodHref(p.ID)}
		if p.Release == 0 {
			f.Lead, f.Button = message("err.period.not_released"), nil
		}
		chapter := formField{Name: "chapter", Kind: "select", Label: message("period.form.chapter"), Value: q.FormValue("chapter")}
		var ids []string
		for _, c := range p.Figures.Chapters {
			ids = append(ids, c.ID)
		}
		chapter.Options = options(ids, q.FormValue("chapter"), chapterName)
		f.Fields = []formField{q.input("figure", "line", false, "period.form.figure").help("period.form.figure.help"), q.input("new", "decimal", false, "period.form.new"), chapter,
			q.input("text", "text", false, "period.form.new_text"), q.input("reason", "text", true, "period.form.reason")}
		for _, e := range p.Errata {
			if e.Figure != "" {
				f.Summary = append(f.Summary, factView{figureLabel(q, e.Figure), same(e.Old + " → " + e.New), dayText(e.On)})
			}
		}
		return View{Title: message("period.form.erratum"), Crumbs: deskReportCrumbs(p.Kind, p.To)}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		f := report.Corrected{Figure: keeper.Line(q.PostFormValue("figure")), Chapter: q.PostFormValue("chapter"), New: keeper.Line(q.PostFormValue("new"))}
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			r, err := report.Get(tx, id)
			if err != nil {
				return err
			}
			f.Release = r.Release
			if f.Figure != "" {
				f.Old, err = r.Standing(tx, f.Figure)
			}
			return err
		})
		if err != nil {
			return "", err
		}
		words := map[string]string{}
		for _, name := range []string{"reason", "text"} {
			if text := keeper.Prose(q.PostFormValue(name)); text != "" {
				words[name+"."+string(q.lang())] = text
			}
		}
		return s.publishOwn(q, periodHref(id)+"#errata", q.formKey(), keeper.Act{Kind: report.KindCorrected, By: report.Secretariat, Facts: f, Words: words})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// inviteForm asks the people of a party for a contribution.
func (s *Site) inviteForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		r, err := report.Get(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		party := formField{Name: "party", Kind: "select", Label: message("field.party"), Required: true, Value: q.FormValue("party")}
		if party.Options, err = q.partyOptions(party.Value, func(p stakeholder.Party) bool { return !p.Stated() }); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("period.form.invite_lead"), Button: message("period.form.invite"), Back: deskReportHref(r.Kind, r.To), Fields: []formField{party}}
		if kind, ok := q.Pack.Report(r.Kind); ok {
			f.Fields = append(f.Fields, formField{Name: "chapter", Kind: "select", Label: message("period.form.chapter"), Required: true, Options: options(kind.Chapters, q.FormValue("chapter"), chapterName)})
		}
		return View{Title: message("period.form.invite"), Crumbs: deskReportCrumbs(r.Kind, r.To)}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
		if err != nil {
			return "", locale.Field("party", locale.E("err.party.which"))
		}
		return "", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			r, err := report.Get(tx, id)
			if err != nil {
				return err
			}
			if r.State(q.Today) != report.StateOpen {
				return keeper.Refuse(keeper.ErrForbidden, locale.E("err.period.window_over", "until", r.Until))
			}
			contacts, err := account.Contacts(tx, party)
			if err != nil {
				return err
			}
			if len(contacts) == 0 {
				return keeper.Refuse(keeper.ErrNotFound, locale.Field("party", locale.E("err.period.nobody")))
			}
			chapter := q.PostFormValue("chapter")
			if kind, ok := q.Pack.Report(r.Kind); !ok || !slices.Contains(kind.Chapters, chapter) {
				return locale.Field("chapter", locale.E("err.period.chapter", "value", keeper.Line(chapter)))
			}
			p := &reported{Report: r}
			return q.tellContacts(tx, party, "", "report.invited", "report.invited "+strconv.FormatInt(id, 10)+" "+chapter, "report", p.name(q), "chapter", chapterName(chapter),
				"until", dayText(r.Until), "link", s.c.Base+"/en/desk/reports/"+strconv.FormatInt(id, 10)+"/contribute?chapter="+chapter)
		})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit, done: s.invited}
}

// invited says that the letters are on their way.
func (s *Site) invited(q *request) (View, *formPage, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, nil, err
	}
	return View{Title: message("period.form.invite"), Crumbs: deskReportCrumbs("", "")}, &formPage{Lead: message("period.form.invited"), Links: []Link{{message("period.form.see"), periodHref(id)}}}, nil
}

// reportTasks are the steps of reports that wait for whoever asks: parties look at
// their rows while a report is open; the secretariat opens and releases.
func (s *Site) reportTasks(q *request) ([]task, error) {
	list, err := report.List(q.Tx, "")
	if err != nil {
		return nil, err
	}
	var out []task
	names, err := stakeholder.NamesOf(q.Tx, q.Who.Parties()...)
	if err != nil {
		return nil, err
	}
	latest := map[string]bool{} // periods that were opened; the latest of each comes first
	for _, r := range list {
		p := &reported{Report: r}
		period := r.Kind + " " + r.From
		if latest[period] {
			continue
		}
		latest[period] = true
		switch {
		case r.State(q.Today) == report.StateOpen:
			for _, id := range q.Who.Parties() {
				out = append(out, task{Since: r.OpenedOn, Title: phrase("period.task.rows", "party", partyName(names[id]), "report", p.name(q)), Why: phrase("period.task.rows_why", "until", dayText(r.Until)),
					Href: periodHref(r.ID) + "/rows/" + strconv.FormatInt(id, 10), Button: message("period.task.look")})
			}
		case r.State(q.Today) == report.StateClosed && q.Who.Is(account.RoleSecretariat):
			out = append(out, task{Since: r.Until, Title: phrase("period.task.release", "report", p.name(q)), Why: message("period.task.release_why"),
				Href: "/desk/reports/" + strconv.FormatInt(r.ID, 10) + "/release", Button: message("period.form.release")})
		}
	}
	if !q.Who.Is(account.RoleSecretariat) {
		return out, nil
	}
	for _, k := range q.Pack.Reports {
		row := newPeriodKind(q, k)
		if !row.On || row.Due == "" || dueFrom(row.Due) > q.Today || latest[k.ID+" "+row.From] {
			continue
		}
		out = append(out, task{Since: row.To, Title: phrase("period.task.open", "report", phrase("period.name", "title", row.Title, "from", dayText(row.From), "to", dayText(row.To))),
			Why: phrase("period.task.open_why", "due", dayText(row.Due)), Href: deskReportHref(k.ID, row.To), Button: message("period.form.open")})
	}
	return out, nil
}
