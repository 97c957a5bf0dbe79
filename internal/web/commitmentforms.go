package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The form for a commitment has four steps that save, then a page that shows
// what will be published. What is asked, and what is wrong, package commitment
// says; this only draws it.

// fewOptions are shown as check boxes; more of them as a list.
const fewOptions = 20

// formFields draws the fields that commitment describes.
func (q *request) formFields(described []commitment.Field, answers commitment.Answers) []formField {
	var out []formField
	list, row := "", -1
	for _, f := range described {
		field := formField{Name: f.Name, Label: message(f.Label), Kind: f.Kind, Value: answers[f.Name], Required: f.Required, Max: f.Max}
		if f.Help != "" {
			field.Help = message(f.Help)
		}
		if f.List != "" && (f.List != list || f.Row != row) {
			field.Group = message("form.list."+f.List, "n", f.Row+1)
		}
		list, row = f.List, f.Row
		switch f.Kind {
		case commitment.Several:
			chosen := strings.FieldsFunc(answers[f.Name], func(r rune) bool { return r == ',' || r == ' ' })
			field.Options = q.named(f, func(code string) bool { return slices.Contains(chosen, code) })
			field.Kind = severalOf(field.Options)
		case commitment.Select, commitment.Suggest:
			field.Options = q.named(f, func(code string) bool { return code == answers[f.Name] })
		}
		out = append(out, field)
	}
	return out
}

// severalOf is how several of some options are chosen: a list cuts long names off on
// a narrow screen, and check boxes of many fill it.
func severalOf(options []choice) string {
	if len(options) > fewOptions {
		return "several"
	}
	return "many"
}

// named gives options their names: a message, or what the pack or the name pack calls them.
func (q *request) named(f commitment.Field, chosen func(string) bool) []choice {
	var out []choice
	if f.Name == "areas" {
		for _, a := range q.Areas.Sorted(q.lang()) {
			out = append(out, choice{a.ID, everyLang(a.Name), chosen(a.ID)})
		}
		return out
	}
	for _, o := range f.Options {
		name := same(o.Code)
		switch {
		case o.Label != "" && locale.English.Has(o.Label):
			name = message(o.Label)
		case f.Name == "items":
			name = prefixed(o.Code, title(q.Pack, compact.Items, o.Code))
		case strings.HasSuffix(f.Name, "linked_series"):
			name = title(q.Pack, compact.Indicators, o.Code)
		}
		out = append(out, choice{o.Code, name, chosen(o.Code)})
	}
	return out
}

// typed reads the described fields from a sent form.
func typed(r *http.Request, described []commitment.Field, into commitment.Answers) {
	for _, f := range described {
		into[f.Name] = strings.Join(r.PostForm[f.Name], ", ")
	}
}

// startForm chooses the party and opens a draft.
func (s *Site) startForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		party := q.FormValue("party")
		f := &formPage{Action: q.URL.Path, Lead: message("form.commitment.lead"), Button: message("form.commitment.start"), Back: "/commitments",
			Hidden: []hiddenField{{"item", q.FormValue("item")}, {"claims", q.FormValue("claims")}}}
		field := q.field("party", "select", true)
		var err error
		if field.Options, err = q.partyOptions(party, func(p stakeholder.Party) bool { return q.mayDraftFor(p.ID) == nil }); err != nil {
			return View{}, nil, err
		}
		f.Fields = []formField{field}
		if err := f.opening(q, party, stakeholder.RightCommit); err != nil {
			return View{}, nil, err
		}
		return View{Title: message("form.commitment.title"), Section: "menu.commitments", Crumbs: []Link{{message("menu.commitments"), "/commitments"}}}, f, nil
	}
	return formHandler{make: make, submit: s.startDraft}
}

func (s *Site) startDraft(q *request) (string, error) {
	lead, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
	if err != nil {
		return "", locale.Field("party", locale.E("err.form.party"))
	}
	if err := q.mayDraftFor(lead); err != nil {
		return "", locale.Field("party", err)
	}
	d := draft{ID: keeper.NewKey(), Owner: q.Who.ID}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		p, err := stakeholder.ByID(tx, lead)
		if err != nil {
			return err
		}
		if err := stakeholder.Opens(tx, lead, stakeholder.RightCommit); err != nil {
			return locale.Field("party", err)
		}
		d.Draft = commitment.NewDraft(q.Pack, string(q.lang()), lead, p.Kind)
		return s.prefill(q, tx, &d)
	})
	if err != nil {
		return "", err
	}
	return "/desk/drafts/" + d.ID + "/1", s.saveDraft(q.Context(), d)
}

// prefill takes over the item that the reader came from, or what a stated
// commitment says already: nothing is asked twice.
func (s *Site) prefill(q *request, tx *db.Tx, d *draft) error {
	if item := q.PostFormValue("item"); item != "" {
		d.Fields["items"] = item
	}
	claims, err := strconv.ParseInt(q.PostFormValue("claims"), 10, 64)
	if err != nil || claims <= 0 {
		return nil
	}
	stated, err := commitment.Get(tx, claims, q.Today)
	if err != nil || !stated.Stated {
		return err
	}
	d.Claims = claims
	d.Fields["title"], _ = stated.Text("title", q.lang())
	d.Fields["promise"], _ = stated.Text("promise", q.lang())
	d.Fields["items"] = strings.Join(stated.StatedFacts.Items, ", ")
	d.Fields["areas"] = strings.Join(stated.StatedFacts.Areas, ", ")
	d.Fields["type"] = stated.StatedFacts.Type
	return nil
}

func draftCrumbs() []Link { return []Link{{message("desk.title"), "/desk"}} }

// stepForm is one of the four steps; it saves whatever was typed, right or wrong.
func (s *Site) stepForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		step, err := stepOf(q)
		if err != nil {
			return View{}, nil, err
		}
		d, err := q.draftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("form.step.next." + strconv.Itoa(step)), Back: "/desk",
			Hidden: []hiddenField{{"version", strconv.FormatInt(d.Version, 10)}}}
		if err := s.draftFields(q, f, d, step); err != nil {
			return View{}, nil, err
		}
		if step > 1 {
			f.Back = "/desk/drafts/" + d.ID + "/" + strconv.Itoa(step-1)
		}
		quality := d.Quality()
		f.Advice = append(f.Advice, message("form.step.saved", "n", quality.Score))
		for _, field := range f.Fields {
			if on := d.Marks[field.Name]; on != "" {
				f.Advice = append(f.Advice, phrase("question.answered", "field", field.Label, "date", dayText(on)))
			}
		}
		for _, code := range d.Advice(step) {
			f.Advice = append(f.Advice, message("commitment.smart.advice."+code))
		}
		key := "form.step.title"
		if d.Amends() != 0 {
			key = "form.amend.step"
		}
		return View{Title: message(key, "step", step, "of", commitment.Steps, "what", locale.E("commitment.step."+strconv.Itoa(step))),
			Section: "menu.commitments", Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.saveStep}
}

// draftFields draws a step of a draft. After a save that came too late each field
// holds what she typed, and beside it what somebody else has saved.
func (s *Site) draftFields(q *request, f *formPage, d draft, step int) error {
	described := d.Describe(step, q.Pack)
	fields, open, err := q.answeredFields(described, d.Fields)
	if err != nil {
		return err
	}
	if q.Method == http.MethodPost {
		hers := commitment.Answers{}
		typed(q.Request, described, hers)
		stored := fields
		if fields, open, err = q.answeredFields(described, hers); err != nil {
			return err
		}
		for i := range fields {
			if fields[i].Value != stored[i].Value && stored[i].Value != "" {
				fields[i].Beside = shown(stored[i])
			}
		}
	}
	if s.c.Post != nil {
		for i := range fields {
			fields[i].Note = Link{message("question.ask"), "/desk/drafts/" + d.ID + "/ask?field=" + url.QueryEscape(fields[i].Name)}
		}
	}
	f.Fields = fields
	f.pickers(q, open)
	return nil
}

// answeredFields draws fields with their answers; partners stand there by name, and
// names that leave open who is meant are given beside.
func (q *request) answeredFields(described []commitment.Field, answers commitment.Answers) ([]formField, []typedName, error) {
	fields := q.formFields(described, answers)
	for i := range fields {
		if fields[i].Name != partnersField || fields[i].Value == "" {
			continue
		}
		kept, open, err := q.readPartners(fields[i].Value)
		if err == nil {
			fields[i].Value, err = q.namedPartners(kept)
		}
		return fields, open, err
	}
	return fields, nil, nil
}

func stepOf(q *request) (int, error) {
	step, err := strconv.Atoi(q.arg("step"))
	if err != nil || step < 1 || step > commitment.Steps {
		return 0, errNotFound(q.URL.Path)
	}
	return step, nil
}

func (s *Site) saveStep(q *request) (string, error) {
	step, err := stepOf(q)
	if err != nil {
		return "", err
	}
	d, err := s.draft(q)
	if err != nil {
		return "", err
	}
	if seen := q.PostFormValue("version"); seen != "" && seen != strconv.FormatInt(d.Version, 10) {
		return "", errNewer
	}
	described := d.Describe(step, q.Pack)
	typed(q.Request, described, d.Fields)
	var open []typedName
	if slices.ContainsFunc(described, func(f commitment.Field) bool { return f.Name == partnersField }) {
		if open, err = s.findPartners(q, d.Fields); err != nil {
			return "", err
		}
	}
	if err := s.saveDraft(q.Context(), d); err != nil {
		return "", err
	}
	if err := unknownPartners(open); err != nil {
		return "", err
	}
	_, es, err := s.actOf(q, d)
	if err != nil {
		return "", err
	}
	if es = commitment.InStep(es, step); len(es) > 0 {
		return "", es
	}
	if step == commitment.Steps {
		return "/desk/drafts/" + d.ID + "/check", nil
	}
	return "/desk/drafts/" + d.ID + "/" + strconv.Itoa(step+1), nil
}

// findPartners replaces the partners that were typed by what is certain of them.
func (s *Site) findPartners(q *request, answers commitment.Answers) (open []typedName, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		answers[partnersField], open, err = q.readPartners(answers[partnersField])
		return err
	})
	return open, err
}

// checkForm shows what will be published, what it could still say, and the button.
func (s *Site) checkForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.draftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.check.lead"), Button: message("form.check.button"), Back: "/desk/drafts/" + d.ID + "/" + strconv.Itoa(commitment.Steps)}
		for step := 1; step <= commitment.Steps; step++ {
			fields, _, err := q.answeredFields(d.Describe(step, q.Pack), d.Fields)
			if err != nil {
				return View{}, nil, err
			}
			for _, field := range fields {
				if field.Value != "" && d.Says(field.Name) {
					f.Summary = append(f.Summary, factView{Label: field.Label, Value: shown(field)})
				}
			}
		}
		f.canBeChecked(d)
		for _, code := range d.Quality().Missing {
			f.Advice = append(f.Advice, message("commitment.smart.advice."+code))
		}
		title := message("form.check.title")
		if d.Amends() != 0 {
			title = message("form.amend.check")
			err = f.amendment(q, d)
		} else {
			f.setErrors(d.Problems(0, q.Pack, q.Now).Err())
		}
		return View{Title: title, Section: "menu.commitments", Crumbs: draftCrumbs()}, f, err
	}
	return formHandler{make: make, submit: s.publishDraft}
}

// canBeChecked says whether somebody else could check the commitment as it stands
// in the form, and which answers would change that.
func (f *formPage) canBeChecked(d draft) {
	byIndicator, byMilestone := d.ToCheck()
	if len(byIndicator) == 0 {
		f.Advice = append(f.Advice, message("form.check.can"))
		return
	}
	f.Advice = append(f.Advice, message("form.check.intent"), message("form.check.change"))
	link := func(names []string) {
		for _, name := range names {
			label, _, row := commitment.FieldWords(name)
			text := message(label)
			if row > 0 {
				text = phrase("form.check.row", "field", text, "row", message("form.list."+strings.Split(name, ".")[0], "n", row))
			}
			f.Links = append(f.Links, Link{text, "/desk/drafts/" + d.ID + "/" + strconv.Itoa(commitment.StepOf(name)) + "#" + name})
		}
	}
	if link(byIndicator); len(byMilestone) < len(byIndicator) {
		f.Links = nil
		link(byMilestone)
	}
}

// shown is a field's value in words: the names of what was chosen, else what was typed.
func shown(f formField) Text {
	var names []Text
	for _, o := range f.Options {
		if o.Chosen {
			names = append(names, o.Title)
		}
	}
	if len(names) == 0 {
		return same(f.Value)
	}
	return everyLang(func(l locale.Lang) string {
		words := make([]string, len(names))
		for i, n := range names {
			words[i] = textOf(n, l)
		}
		return l.List(words)
	})
}

// publishDraft sends the act. The draft's id is the submission key: sent twice,
// it is one commitment.
func (s *Site) publishDraft(q *request) (string, error) {
	d, err := s.draft(q)
	if err != nil {
		return "", err
	}
	if d.Amends() != 0 && q.PostFormValue("rebase") == "yes" {
		return "/desk/drafts/" + d.ID + "/check", s.rebase(q, d)
	}
	act, es, err := s.actOf(q, d)
	if err != nil {
		return "", err
	}
	if len(es) > 0 {
		return "", es
	}
	made := func(out []keeper.Result) string { return commitmentHref(out[0].Index) }
	if d.Amends() != 0 {
		made = back(commitmentHref(d.Amends()))
	}
	to, err := s.publish(q, d.Lead, "draft/"+d.ID, made, act)
	if err != nil || len(q.made) == 0 {
		return to, err // where it waits for somebody else, the draft waits too
	}
	return to, s.dropDraft(q.Context(), d.ID)
}

// reportForm is a progress report: at the least one status and one value or reason.
func (s *Site) reportForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := reportDraft(q, q.Tx)
		if err == nil {
			err = q.mayDraftFor(d.Of.Party)
		}
		if err != nil {
			return View{}, nil, err
		}
		if q.Method == http.MethodPost {
			typed(q.Request, d.Describe(q.Pack), d.Fields)
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.report.lead"), Button: message("form.report.button"), Back: commitmentHref(d.Of.ID), Upload: true,
			Fields: q.formFields(d.Describe(q.Pack), d.Fields)}
		f.Hidden = []hiddenField{{"latest", strconv.FormatInt(d.Of.Self.Report, 10)}}
		if q.Method == http.MethodPost && q.PostFormValue("latest") != f.Hidden[0].Value && d.Of.Self.Report != 0 {
			f.Summary = []factView{{Label: message("report.newest"), Value: message("report.status." + d.Of.Self.Status), Why: dayText(d.Of.Self.On)}}
		}
		f.nameIndicators(d)
		return View{Title: message("form.report.title"), Section: "menu.commitments", Crumbs: []Link{{message("menu.commitments"), "/commitments"}, {summaryText(d.Of.Text, "title"), commitmentHref(d.Of.ID)}}}, f, nil
	}
	return formHandler{make: make, submit: s.submitReport, most: mostDocuments}
}

// nameIndicators puts the name of each indicator above its row of the report.
func (f *formPage) nameIndicators(d commitment.ReportDraft) {
	for i, field := range f.Fields {
		for n := range d.Of.Facts.Indicators {
			if field.Name == "values."+strconv.Itoa(n)+".value" {
				f.Fields[i].Group = summaryText(d.Of.Text, "indicators."+strconv.Itoa(n)+".name")
			}
		}
		for n := range d.Of.Facts.Milestones {
			if field.Name == "milestones."+strconv.Itoa(n)+".state" {
				f.Fields[i].Group = summaryText(d.Of.Text, "milestones."+strconv.Itoa(n)+".text")
			}
		}
	}
}

func reportDraft(q *request, tx *db.Tx) (d commitment.ReportDraft, err error) {
	id, err := q.number("id")
	if err != nil {
		return d, err
	}
	of, err := commitment.Get(tx, id, q.Today)
	if err != nil {
		return d, err
	}
	if of.Stated {
		return d, keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.report_stated"))
	}
	if of.Closing.On != "" {
		return d, keeper.Refuse(keeper.ErrForbidden, locale.E("err.commitment.closed."+of.Lifecycle, "on", of.Closing.On))
	}
	return commitment.NewReportDraft(of, string(q.lang()), q.Now.Format("2006-01-02")), nil
}

func (s *Site) submitReport(q *request) (string, error) {
	var d commitment.ReportDraft
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		d, err = reportDraft(q, tx)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := q.mayDraftFor(d.Of.Party); err != nil {
		return "", err // before a document is kept
	}
	if seen := q.PostFormValue("latest"); seen != "" && seen != strconv.FormatInt(d.Of.Self.Report, 10) {
		return "", keeper.Refuse(keeper.ErrConflict, locale.E("err.report.newer"))
	}
	if err := s.keepDocuments(q); err != nil {
		return "", err
	}
	typed(q.Request, d.Describe(q.Pack), d.Fields)
	by, _ := q.actor(d.Of.Party)
	act, es := d.Act(q.Now, by)
	if len(es) > 0 {
		return "", es
	}
	return s.publish(q, d.Of.Party, q.formKey(), back(commitmentHref(d.Of.ID)), act)
}
