package web

import (
	"html/template"
	"net/url"
	"strconv"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
	"kept/internal/stakeholder"
)

// preview is a chapter as it would be printed now.
type preview struct {
	Body template.HTML
	Lang locale.Lang
}

// maxChapterForm is more than a chapter may have, so that a text that is too long
// comes back with its size in place of a bare refusal.
const maxChapterForm = 12 << 20

// deskReportHref is the place where the secretariat works on a report.
func deskReportHref(kind, to string) string { return "/desk/reports/" + kind + "/" + to }

func (at chapterAt) href() string {
	return deskReportHref(at.Kind, at.To) + "/" + at.Chapter + "/" + at.Lang
}

// workingOn is the report that a chapter is written for: the one that was opened, with
// its figures as they are now, else the figures that its draft would have.
func (s *Site) workingOn(q *request, kind *compact.ReportKind, to string) (*reported, error) {
	if opened, found, err := openedFor(q.Tx, kind.ID, to); err != nil || found {
		if err != nil {
			return nil, err
		}
		p := &reported{Report: opened, State: opened.State(q.Today)}
		p.Figures, err = s.drafted(q, opened)
		return p, err
	}
	o, err := report.OutlineOf(q.Pack, kind.ID, to, q.Today)
	if err != nil {
		return nil, err
	}
	r := report.Report{Kind: kind.ID, From: o.From, To: o.To, Date: o.To}
	p := &reported{Report: r, State: report.StateOpen}
	p.Figures, err = s.drafted(q, r)
	return p, err
}

// openedFor is the report of a kind and period that was opened last.
func openedFor(tx *db.Tx, kind, to string) (report.Report, bool, error) {
	list, err := report.List(tx, kind)
	for _, r := range list {
		if r.To == to {
			return r, true, err
		}
	}
	return report.Report{}, false, err
}

// chapterForm edits one chapter in one language, and shows it as it would be printed.
func (s *Site) chapterForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		at, kind, err := q.chapterOf(q.Pack)
		if err != nil {
			return View{}, nil, err
		}
		standing, err := chapterNow(q.Tx, at)
		if err != nil {
			return View{}, nil, err
		}
		p, err := s.workingOn(q, kind, at.To)
		if err != nil {
			return View{}, nil, err
		}
		text := formField{Name: "text", Kind: "text", Label: message("period.form.text"), Help: message("period.form.text.help"), Value: standing.Body}
		if q.posted() {
			text.Value = q.FormValue("text")
			if sent, _ := strconv.ParseInt(q.FormValue("version"), 10, 64); sent != standing.Version {
				text.Beside = same(standing.Body)
			}
		}
		f := &formPage{Action: q.URL.Path, Lead: message("period.form.chapter_lead"), Button: message("period.form.save"), Back: deskReportHref(at.Kind, at.To),
			Hidden: []hiddenField{{"version", strconv.FormatInt(standing.Version, 10)}}, Fields: []formField{text}}
		if err := q.previewed(p, f, text.Value, standing.Meant); err != nil {
			return View{}, nil, err
		}
		f.Panels = append(f.Panels, p.names(q, at.Chapter))
		heading := everyLang(func(l locale.Lang) string {
			return report.ChapterTitle(at.Chapter, l) + " · " + locale.Lang(at.Lang).Own()
		})
		return View{Title: heading, Crumbs: deskReportCrumbs(at.Kind, at.To)}, f, nil
	}
	submit := func(q *request) (string, error) {
		at, _, err := q.chapterOf(q.Pack)
		if err != nil {
			return "", err
		}
		body := keeper.Prose(q.PostFormValue("text"))
		var es locale.Errors
		for _, fault := range narrative.Parse(body).Faults {
			es.AddField("text", fault.Err)
		}
		if err := es.Err(); err != nil {
			return "", err
		}
		version, _ := strconv.ParseInt(q.PostFormValue("version"), 10, 64)
		newer := false
		err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
			newer, err = saveChapter(tx, q.Now, chapterText{chapterAt: at, Version: version, Body: body, Owner: q.Who.ID, Meant: q.PostFormValue("meant") == "yes"})
			return err
		})
		if err == nil && newer {
			err = errChapterNewer
		}
		return at.href(), err
	}
	return formHandler{most: maxChapterForm, may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// previewed adds to a form a chapter as it would be printed, what keeps it from being
// published, and the numbers that were typed by hand, for the editor to answer.
func (q *request) previewed(p *reported, f *formPage, text string, meant bool) error {
	if text == "" || len(text) > narrative.MaxText {
		return nil
	}
	body, faults, typed, err := p.draftOf(q, text)
	if err != nil {
		return err
	}
	f.Preview = &preview{body, q.lang()}
	if len(faults) > 0 {
		list := panel{Title: message("period.form.faults"), Lead: message("period.form.faults_lead")}
		for _, fault := range faults {
			list.Rows = append(list.Rows, panelRow{Title: errorText(fault.Err)})
		}
		f.Panels = append(f.Panels, list)
	}
	if len(typed) > 0 {
		list := panel{Title: message("period.form.typed"), Lead: message("period.form.typed_lead")}
		for _, t := range typed[:min(len(typed), mostShown)] {
			list.Rows = append(list.Rows, panelRow{Title: phrase("period.form.typed_row", "line", t.Line, "text", t.Text)})
		}
		f.Panels = append(f.Panels, list)
		answer := formField{Name: "meant", Kind: "check", Label: message("period.form.meant")}
		if meant {
			answer.Value = "yes"
		}
		f.Fields = append(f.Fields, answer)
	}
	return nil
}

// names lists the figures of a chapter as they are written in a text, with their values.
func (p *reported) names(q *request, chapter string) panel {
	list := panel{Title: message("period.figures"), Lead: message("period.form.names_lead")}
	c, _ := p.Figures.Chapter(chapter)
	for _, f := range c.Figures[:min(len(c.Figures), mostNames)] {
		row := panelRow{Title: same("{" + f.ID + "}"), Notes: []Text{figureLabel(q, f.ID)}}
		switch word := valueWord(f); {
		case word != nil:
			row.Notes = append(row.Notes, word)
		case f.Value != "":
			row.Notes = append(row.Notes, everyLang(func(l locale.Lang) string { return l.Number(f.Value) }))
		case f.Why != "":
			row.Notes = append(row.Notes, whyNot(f.Why))
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// mostNames is how many figures of a chapter its form lists.
const mostNames = 200

// errorText is an error for the reader in every language.
func errorText(err error) Text {
	es, _ := locale.All(err)
	return everyLang(func(l locale.Lang) string {
		if len(es) == 0 {
			return err.Error()
		}
		return es[0].In(l)
	})
}

func deskReportCrumbs(kind, to string) []Link {
	out := []Link{{message("desk.title"), "/desk"}, {message("periods.title"), "/desk/reports"}}
	if kind != "" {
		out = append(out, Link{dayText(to), deskReportHref(kind, to)})
	}
	return out
}

// contributeForm takes what a party has to say in a chapter.
func (s *Site) contributeForm() formHandler {
	opened := func(q *request, tx *db.Tx) (report.Report, error) {
		id, err := q.number("id")
		if err != nil {
			return report.Report{}, err
		}
		return report.Get(tx, id)
	}
	make := func(q *request) (View, *formPage, error) {
		r, err := opened(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		p := &reported{Report: r}
		f := &formPage{Action: q.URL.Path, Lead: phrase("period.form.contribute_lead", "until", dayText(r.Until)), Button: message("period.form.contribute"), Back: periodHref(r.ID)}
		chapter := formField{Name: "chapter", Kind: "select", Label: message("period.form.chapter"), Required: true, Value: q.FormValue("chapter")}
		if kind, ok := q.Pack.Report(r.Kind); ok {
			chapter.Options = options(kind.Chapters, q.FormValue("chapter"), chapterName)
		}
		party := formField{Name: "party", Kind: "select", Label: message("field.party"), Required: true, Value: q.FormValue("party")}
		if party.Options, err = q.partyOptions(party.Value, func(p stakeholder.Party) bool { return q.mayDraftFor(p.ID) == nil }); err != nil {
			return View{}, nil, err
		}
		f.Fields = []formField{party, chapter, {Name: "text", Kind: "text", Label: message("period.form.contribution"), Help: message("period.form.contribution.help", "max", report.MaxContribution), Value: q.FormValue("text")},
			{Name: "withdraw", Kind: "check", Label: message("period.form.take_back"), Value: q.FormValue("withdraw")}}
		return View{Title: phrase("period.form.contribute_title", "report", p.name(q)), Crumbs: []Link{{message("periods.title"), "/reports"}, {p.name(q), periodHref(r.ID)}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		var r report.Report
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			r, err = opened(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
		if err != nil {
			return "", locale.Field("party", locale.E("err.party.which"))
		}
		f := report.Contributed{Report: r.ID, Chapter: q.PostFormValue("chapter"), Withdrawn: q.PostFormValue("withdraw") == "yes"}
		act := keeper.Act{Kind: report.KindContributed, By: strconv.FormatInt(party, 10)}
		if !q.Who.DraftsFor(party) { // the secretariat enters what a party brings
			act.By, f.Party = report.Secretariat, party
		}
		act.Facts = f
		if text := keeper.Prose(q.PostFormValue("text")); text != "" && !f.Withdrawn {
			act.Words = map[string]string{"text." + string(q.lang()): text}
		}
		return s.publish(q, party, q.formKey(), back(periodHref(r.ID)+"/"+url.PathEscape(f.Chapter)), act)
	}
	return formHandler{make: make, submit: submit}
}
