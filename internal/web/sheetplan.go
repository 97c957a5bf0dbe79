package web

import (
	"bytes"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// mostShown is how many rows of each list the page of a sheet shows.
const mostShown = 100

// sheetView is what the page of a sheet shows besides its form.
type sheetView struct {
	Faults    []sheetFault
	More      int // faults, conflicts or reports that are not listed
	Conflicts []sheetConflict
	Reports   []sheetReport
	Kept      []Link
	Ready     bool
}

type sheetFault struct {
	Place, Holds string // "Q3"; the file as a whole has none
	Column       Text
	Error        *locale.Error
	Fix          Text
}

// sheetConflict shows both sides: what somebody reported since, and what the sheet says.
type sheetConflict struct {
	Title  Text
	Href   string
	Report string // address of the entry that came since
	Rows   []sheetChange
	Said   []substanceView
	Field  formField
}

type sheetReport struct {
	Title    Text
	Href     string
	From, To string
	Status   Text
	Carried  bool
	Rows     []sheetChange
	Said     []substanceView
}

// sheetChange is a value as it is and as it would be.
type sheetChange struct {
	Name                 Text
	Was, WasOn, Is, IsOn string
	Reason               Text
}

// sheetPlanForm shows row by row what will become of a sheet, asks what is not
// clear, and keeps it by one button.
func (s *Site) sheetPlanForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		sent, err := q.readSheet(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		names, err := stakeholder.NamesOf(q.Tx, sent.Party)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Back: "/desk/sheet?party=" + strconv.FormatInt(sent.Party, 10), Sheet: &sheetView{}}
		f.Summary = []factView{{Label: message("sheetform.party"), Value: partyName(names[sent.Party])}, {Label: message("sheetform.name"), Value: same(sent.Name)}}
		v := View{Title: message("sheetplan.title"), Section: "menu.commitments", Crumbs: draftCrumbs()}
		first, n, kept, err := keeper.Sent(q.Tx, sent.key())
		if err != nil || kept {
			f.showKept(first, n)
			return v, f, err
		}
		plan, _, err := q.planSheet(q.Tx, sent)
		if err != nil {
			return v, nil, err
		}
		f.showPlan(q, sent, plan)
		return v, f, nil
	}
	return formHandler{page: "sheet", make: make, submit: s.takeSheetPlan}
}

// planSheet plans a sheet by the state as a transaction sees it.
func (q *request) planSheet(tx *db.Tx, sent sentSheet) (*reportsheet.Plan, []keeper.Act, error) {
	filled, err := reportsheet.Read(bytes.NewReader(sent.body))
	if err != nil {
		return nil, nil, err
	}
	by, _ := q.actor(sent.Party)
	return commitment.PlanReports(tx, q.Now, commitment.SheetFile{Party: sent.Party, By: by, Lang: q.lang(), Digest: sent.Digest, Filled: filled,
		Style: reportsheet.Style{Dates: sent.Answers.Dates, Decimal: sent.Answers.Decimal}, Choices: sent.Answers.Choices, Default: sent.Answers.Default})
}

// key is the submission key of the sheet.
func (s sentSheet) key() string {
	return commitment.SheetFile{Party: s.Party, Digest: s.Digest}.Key()
}

// showKept fills the page of a sheet that was kept: the entries that it made.
func (f *formPage) showKept(first, n int64) {
	f.Lead = message("sheetplan.kept", "n", n)
	for i := first; i < first+min(n, mostShown); i++ {
		id := strconv.FormatInt(i, 10)
		f.Sheet.Kept = append(f.Sheet.Kept, Link{message("sheetplan.entry", "id", id), "/record/entries/" + id})
	}
}

// showPlan fills the page with a plan.
func (f *formPage) showPlan(q *request, sent sentSheet, plan *reportsheet.Plan) {
	v := f.Sheet
	count := func(key string, n int) {
		if n > 0 {
			f.Summary = append(f.Summary, factView{Label: message(key), Value: everyLang(func(l locale.Lang) string { return l.Int(int64(n)) })})
		}
	}
	f.Lead = message("sheetplan.lead", "n", plan.Count(reportsheet.New))
	count("sheetplan.rows", plan.Rows)
	count("sheetplan.new", plan.Count(reportsheet.New))
	count("sheetplan.same", plan.Count(reportsheet.Same)+plan.Count(reportsheet.Left))
	count("sheetplan.formulas", plan.Formulas)
	for _, fault := range plan.Faults {
		v.fault(plan.Tab, fault)
	}
	f.ask("dates", plan.Dates, sent.Answers.Dates, []string{reportsheet.DayFirst, reportsheet.MonthFirst})
	f.ask("decimal", plan.Numbers, sent.Answers.Decimal, []string{reportsheet.Point, reportsheet.Comma})
	for _, l := range plan.Lines {
		v.line(q, sent, l)
	}
	f.Button = message("sheetplan.check")
	if v.Ready = plan.Ready(); v.Ready {
		f.Button = message("sheetplan.keep", "n", plan.Count(reportsheet.New))
		f.Hidden = append(f.Hidden, hiddenField{"do", "keep"})
	} else if len(f.Fields)+len(v.Conflicts) == 0 {
		f.Button = nil // nothing to answer here: the sheet itself is to be mended
	}
}

// ask adds a question about how the file is written, with an example; an answer that
// was given is asked no more.
func (f *formPage) ask(name string, cells []string, answer string, codes []string) {
	if len(cells) == 0 && answer == "" {
		return
	}
	field := formField{Name: name, Kind: "select", Label: message("sheetplan." + name), Required: answer != ""}
	if len(cells) > 0 {
		field.Help = message("sheetplan.example", "text", cells[0])
	}
	for _, c := range codes {
		field.Options = append(field.Options, choice{c, message("sheetplan." + name + "." + c), c == answer})
	}
	f.Fields = append(f.Fields, field)
}

func (v *sheetView) fault(tab string, fault reportsheet.Fault) {
	if len(v.Faults) == mostShown {
		v.More++
		return
	}
	out := sheetFault{Place: fault.Ref, Holds: fault.Holds, Error: fault.Err}
	if out.Place == "" && fault.Row > 0 {
		out.Place = strconv.Itoa(fault.Row)
	}
	if out.Place != "" && tab != "" {
		out.Place = tab + "!" + out.Place
	}
	if fault.Ref != "" {
		out.Column = everyLang(func(l locale.Lang) string { return reportsheet.Heading(fault.Column, l) })
	}
	if fault.Remedy(locale.English) != "" {
		out.Fix = everyLang(fault.Remedy)
	}
	v.Faults = append(v.Faults, out)
}

func (v *sheetView) line(q *request, sent sentSheet, l reportsheet.Line) {
	title := titlesOf(l.Known)
	switch l.Outcome {
	case reportsheet.New:
		if len(v.Reports) == mostShown {
			v.More++
			return
		}
		v.Reports = append(v.Reports, sheetReport{Title: title, Href: commitmentHref(l.Known.ID), From: l.Report.From, To: l.Report.To,
			Status: message("report.status." + l.Report.Status), Carried: l.Report.Carried, Rows: changesOf(l), Said: saidIn(l.Report)})
	case reportsheet.Conflict, reportsheet.Left:
		if len(v.Conflicts) == mostShown {
			v.More++
			return
		}
		field := formField{Name: "choice." + strconv.FormatInt(l.Known.ID, 10), Kind: "select", Label: message("sheetplan.choice"), Required: true}
		chosen := sent.Answers.Choices[l.Known.ID]
		for _, c := range []string{"", reportsheet.Theirs, reportsheet.Mine} {
			name := message("sheetplan.choice.none")
			if c != "" {
				name = message("sheetplan.choice." + c)
			}
			field.Options = append(field.Options, choice{c, name, c == chosen})
		}
		v.Conflicts = append(v.Conflicts, sheetConflict{Title: title, Href: commitmentHref(l.Known.ID), Report: "/record/entries/" + strconv.FormatInt(l.Known.Report, 10), Rows: changesOf(l), Said: saidIn(l.Report), Field: field})
	}
}

func titlesOf(k reportsheet.Known) Text {
	t := make(Text)
	for lang, title := range k.Titles {
		if locale.Known(lang) {
			t[locale.Lang(lang)] = title
		}
	}
	if len(t) == 0 {
		return message("sheetplan.report_on", "id", strconv.FormatInt(k.ID, 10))
	}
	return t
}

func changesOf(l reportsheet.Line) []sheetChange {
	var out []sheetChange
	for _, v := range l.Report.Values {
		i := l.Known.Indicators[v.Indicator]
		c := sheetChange{Name: namesOf(i.Names, message("form.list.indicators", "n", v.Indicator+1)), Was: i.Value, WasOn: i.ValueOn, Is: v.Value, IsOn: v.On}
		if v.Reason != "" {
			c.Reason, c.IsOn = message("report.reason."+v.Reason), ""
		}
		out = append(out, c)
	}
	for _, m := range l.Report.Milestones {
		k := l.Known.Milestones[m.Milestone]
		out = append(out, sheetChange{Name: namesOf(k.Names, message("form.list.milestones", "n", m.Milestone+1)), Reason: message("commitment.milestone." + m.State)})
	}
	return out
}

// saidIn is what a row says in words: what was done, what held it back, and where
// that can be read.
func saidIn(r reportsheet.Report) (out []substanceView) {
	add := func(column string, text Text) {
		out = append(out, substanceView{message("reportsheet.column." + column), text})
	}
	if r.Narrative != "" {
		add("narrative", same(r.Narrative))
	}
	if len(r.Barriers) > 0 {
		add("barriers", everyLang(func(l locale.Lang) string {
			words := make([]string, len(r.Barriers))
			for i, code := range r.Barriers {
				words[i] = textOf(coded("report.barrier.", code), l)
			}
			return l.List(words)
		}))
	}
	if len(r.Evidence) > 0 {
		add("evidence", everyLang(func(l locale.Lang) string { return l.List(r.Evidence) }))
	}
	return out
}

func namesOf(names map[string]string, otherwise Text) Text {
	t := make(Text)
	for lang, name := range names {
		if locale.Known(lang) {
			t[locale.Lang(lang)] = name
		}
	}
	if len(t) == 0 {
		return otherwise
	}
	return t
}

// takeSheetPlan takes the answers, and keeps the sheet when that was asked for and
// the plan is ready. All reports of a file are one submission under the file's digest.
//
// If we die after they were kept, the page finds the file's key in the record and
// says so; the bytes of the row go with the others after a month.
func (s *Site) takeSheetPlan(q *request) (string, error) {
	var sent sentSheet
	var plan *reportsheet.Plan
	var acts []keeper.Act
	var kept bool
	to := "/desk/sheet/" + q.arg("id")
	err := s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
		if sent, err = q.readSheet(tx); err != nil {
			return err
		}
		if _, _, kept, err = keeper.Sent(tx, sent.key()); err != nil || kept {
			return err
		}
		sent.Answers = q.sheetAnswers(sent.Answers)
		return saveAnswers(tx, sent)
	})
	if err != nil || kept || q.PostFormValue("do") != "keep" {
		return to, err
	}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		plan, acts, err = q.planSheet(tx, sent)
		return err
	})
	if err != nil {
		return "", err
	}
	if !plan.Ready() {
		return "", keeper.Refuse(keeper.ErrConflict, locale.E("err.sheetplan.not_ready"))
	}
	made := func([]keeper.Result) string { kept = true; return "/desk/sheet/" + sent.ID }
	if to, err = s.publish(q, sent.Party, sent.key(), made, acts...); err != nil || !kept {
		return to, err
	}
	return to, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return emptySheet(tx, sent.ID) })
}

// sheetAnswers lays what was sent over what was answered before.
func (q *request) sheetAnswers(a sheetAnswers) sheetAnswers {
	one := func(field string, into *string, codes ...string) {
		for _, c := range codes {
			if q.PostFormValue(field) == c {
				*into = c
			}
		}
	}
	one("dates", &a.Dates, reportsheet.DayFirst, reportsheet.MonthFirst)
	one("decimal", &a.Decimal, reportsheet.Point, reportsheet.Comma)
	one("default", &a.Default, reportsheet.Theirs, reportsheet.Mine)
	for name, texts := range q.PostForm {
		id, ok := cutChoice(name)
		if !ok || len(texts) == 0 || texts[0] != reportsheet.Theirs && texts[0] != reportsheet.Mine {
			continue
		}
		if a.Choices == nil {
			a.Choices = map[int64]string{}
		}
		a.Choices[id] = texts[0]
	}
	return a
}

func cutChoice(name string) (id int64, ok bool) {
	if len(name) <= len("choice.") || name[:len("choice.")] != "choice." {
		return 0, false
	}
	id, err := strconv.ParseInt(name[len("choice."):], 10, 64)
	return id, err == nil
}
