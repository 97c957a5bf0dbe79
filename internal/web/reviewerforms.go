package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/assessment"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Forms of reviewers: declare, code, write the draft, send it; and of the party:
// reply, or waive the window.

// declareForm asks a member of the pool whether she has a conflict. It shows whom
// the commitment is of, and nothing of the work.
func (s *Site) declareForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := openCase(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.declare_lead"), Button: message("review.form.declare_button"), Back: "/desk"}
		if f.Summary, err = caseSummary(q, c); err != nil {
			return View{}, nil, err
		}
		f.Fields = []formField{q.labelled("declared", "review.form.", "select", true).from(options([]string{assessment.NoConflict, assessment.Conflict}, q.FormValue("declared"), prefix("review.declare."))),
			q.labelled("reason", "review.form.", "text", false)}
		return View{Title: message("review.form.declare_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		return "/desk", s.inCase(q, func(tx *db.Tx, c assessment.Case) error {
			return assessment.Declare(tx, q.Now, q.Who, c, q.FormValue("declared"), q.FormValue("reason"))
		})
	}
	return formHandler{may: mustBe(account.RoleReviewer), make: make, submit: submit}
}

// seatedCase opens a case for a reviewer on a seat, and for nobody else.
func seatedCase(q *request) (assessment.Case, assessment.Part, error) {
	c, err := openCase(q, q.Tx)
	if err != nil {
		return c, assessment.Part{}, err
	}
	p, err := c.Seat(q.Who)
	return c, p, err
}

// codedName says what is coded.
func codedName(c assessment.Case, u commitment.Coding) Text {
	name := message("review.of."+u.Of, "n", u.N+1, "report", strconv.FormatInt(u.Report, 10))
	said := Text(nil)
	switch u.Of {
	case commitment.OfMilestone:
		said = summaryText(c.Title.Text, "milestones."+strconv.FormatInt(u.N, 10)+".text")
	case commitment.OfIndicator:
		said = summaryText(c.Title.Text, "indicators."+strconv.FormatInt(u.N, 10)+".name")
	}
	if len(said) == 0 {
		return name
	}
	return everyLang(func(l locale.Lang) string {
		of, _ := name.In(l)
		what, _ := said.In(l)
		return of + ": " + what
	})
}

// codeForm is one reviewer's sheet.
func (s *Site) codeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, mine, err := seatedCase(q)
		if err != nil {
			return View{}, nil, err
		}
		units, err := c.Units(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.code_lead"), Button: message("review.form.code_button"), Back: commitmentHref(c.Commitment)}
		if c.AllCoded() {
			f.Lead, f.Button = message("err.assessment.all_coded"), nil
		}
		for _, u := range units {
			name := assessment.Unit(u)
			chosen := mine.Codes[name]
			if q.posted() {
				chosen = q.PostFormValue(name)
			}
			f.Fields = append(f.Fields, formField{Name: name, Kind: "select", Label: codedName(c, u),
				Options: options(commitment.ScaleOf(u.Of), chosen, func(code string) Text { return codeWord(u.Of, code) })})
			if u.Of == commitment.OfEvidence {
				p, err := commitment.PieceAt(q.Tx, u.Report, u.N)
				if err != nil {
					return View{}, nil, err
				}
				f.Fields[len(f.Fields)-1].Help = summaryText(p.Text, "title")
				if p.Digest != "" {
					f.Links = append(f.Links, Link{codedName(c, u), "/desk/evidence/" + strconv.FormatInt(u.Report, 10) + "/" + strconv.FormatInt(u.N, 10)})
				}
			}
		}
		return View{Title: message("review.form.code_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		codes := map[string]string{}
		for name := range q.PostForm {
			codes[name] = q.PostFormValue(name)
		}
		return "/desk", s.inCase(q, func(tx *db.Tx, c assessment.Case) error { return assessment.Code(tx, q.Now, q.Who, c, codes) })
	}
	return formHandler{may: mustBe(account.RoleReviewer), make: make, submit: submit}
}

// draftNames are the fields of a draft that are not evidence or advice.
var draftNames = []string{"verifiable", "verifiable_reason", "potential", "completion", "results", "reasoning", "recomputed"}

// reviewDraftForm writes the draft. It is kept as it is, and checked before it is sent.
func (s *Site) reviewDraftForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, _, err := seatedCase(q)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.draft_lead"), Button: message("review.form.draft_button"), Back: commitmentHref(c.Commitment)}
		f.Fields, err = q.draftFields(c)
		return View{Title: message("review.form.draft_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, err
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		return "/desk/reviews/" + strconv.FormatInt(id, 10) + "/send", s.inCase(q, func(tx *db.Tx, c assessment.Case) error {
			fields := map[string]string{"lang": string(q.lang())}
			for name := range q.PostForm {
				if name != "token" && name != "key" {
					fields[name] = q.PostFormValue(name)
				}
			}
			return assessment.SaveDraft(tx, q.Now, q.Who, c, fields)
		})
	}
	return formHandler{may: mustBe(account.RoleReviewer), make: make, submit: submit}
}

// draftFields are the fields of a draft, with what was written so far.
func (q *request) draftFields(c assessment.Case) ([]formField, error) {
	field := func(name, kind string, codes []string, words string) formField {
		f := q.labelled(name, "review.field.", kind, false)
		if f.Value = c.Draft.Fields[name]; q.posted() {
			f.Value = q.PostFormValue(name)
		}
		if codes != nil {
			f.Options = options(codes, f.Value, prefix(words))
		}
		return f
	}
	fields := []formField{
		field("verifiable", "select", []string{"yes", "no"}, "review.verifiable."), field("verifiable_reason", "text", nil, ""),
		field("potential", "select", commitment.Potentials, "review.potential."), field("completion", "select", commitment.Completions, "commitment.review.state."),
		field("results", "select", commitment.ResultCodes, "review.results."), field("reasoning", "text", nil, ""), field("recomputed", "check", nil, ""),
	}
	units, err := c.Units(q.Tx)
	for _, u := range units {
		if u.Of != commitment.OfEvidence {
			continue
		}
		name := "used." + assessment.Unit(u)
		f := field(name, "select", commitment.Strengths, "report.evidence.strength.")
		f.Label, f.Help = phrase("review.field.used", "what", codedName(c, u)), message("review.field.used.help")
		fields = append(fields, f)
	}
	for n := range assessment.Advice {
		f := field("recommendations."+strconv.Itoa(n), "text", nil, "")
		f.Label = message("review.field.recommendation", "n", n+1)
		fields = append(fields, f)
	}
	return fields, err
}

// draftSummary is a draft in words, with how the reviewers coded.
func draftSummary(c assessment.Case) []factView {
	var out []factView
	fields := c.Draft.Fields
	for _, name := range draftNames {
		value := fields[name]
		if value == "" {
			continue
		}
		text := same(value)
		switch name {
		case "completion":
			text = message("commitment.review.state." + value)
		case "verifiable", "potential", "results":
			text = coded("review."+name+".", value)
		case "recomputed":
			text = message("review.verifiable.yes")
		}
		out = append(out, factView{message("review.field." + name), text, nil})
	}
	for n := range assessment.Advice {
		if text := fields["recommendations."+strconv.Itoa(n)]; text != "" {
			out = append(out, factView{message("review.field.recommendation", "n", n+1), same(text), nil})
		}
	}
	if until := c.Draft.ReplyUntil; until != "" {
		out = append(out, factView{message("review.field.reply_until"), dayText(until), nil})
	}
	if c.Draft.Answer != "" {
		out = append(out, factView{message("review.reply"), message("review.answer." + c.Draft.Answer), nil})
	}
	if text := c.Draft.Reply["reply"]; text != "" {
		out = append(out, factView{message("review.field.reply"), same(text), nil})
	}
	return out
}

// sendDraftForm shows the draft and what is to be mended, and sends it to the party.
func (s *Site) sendDraftForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, _, err := seatedCase(q)
		if err != nil {
			return View{}, nil, err
		}
		on := q.Now.UTC().Format("2006-01-02")
		until := commitment.AddWorkdays(on, commitment.ReplyWindow)
		f := &formPage{Action: q.URL.Path, Button: message("review.form.send_button"), Back: "/desk/reviews/" + strconv.FormatInt(c.ID, 10) + "/draft", Summary: draftSummary(c),
			Lead: everyLang(func(l locale.Lang) string {
				return l.T("review.form.send_lead", "n", commitment.ReplyWindow, "until", l.Date(until))
			})}
		if !q.posted() {
			es, err := s.draftProblems(q, c, q.Tx)
			if err != nil {
				return View{}, nil, err
			}
			f.setErrors(es.Err())
		}
		return View{Title: message("review.form.send_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		var es locale.Errors
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			c, err := openCase(q, tx)
			if err != nil {
				return err
			}
			if _, err := c.Seat(q.Who); err != nil {
				return err
			}
			es, err = s.draftProblems(q, c, tx)
			return err
		})
		if err == nil {
			err = es.Err()
		}
		if err != nil {
			return "", err
		}
		return "/desk", s.inCase(q, func(tx *db.Tx, c assessment.Case) error {
			return assessment.Send(tx, q.Now, q.Who, c, func(to account.Contact, until string) error {
				title, _ := c.Title.Text("title", to.Lang)
				href := s.c.Base + "/" + string(to.Lang) + "/desk/reviews/" + strconv.FormatInt(c.ID, 10) + "/reply"
				return q.write(tx, to, "review draft "+strconv.FormatInt(c.ID, 10), "review", "title", title, "until", to.Lang.Date(until), "link", href)
			})
		})
	}
	return formHandler{may: mustBe(account.RoleReviewer), make: make, submit: submit}
}

// draftProblems are what would stop the publication of the draft if it were sent today.
func (s *Site) draftProblems(q *request, c assessment.Case, tx *db.Tx) (locale.Errors, error) {
	act, err := c.Published(tx, q.Now.UTC().Format("2006-01-02"))
	if err != nil {
		return nil, err
	}
	return assessment.Problems(s.c.Keeper.Check(q.Context(), act))
}

// partyCase opens a case whose draft lies with the party, for whoever may answer for it.
func partyCase(q *request, may func(int64) error) (assessment.Case, error) {
	c, err := openCase(q, q.Tx)
	if err == nil {
		err = may(c.Lead)
	}
	if err == nil && c.Draft.SentOn == "" {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.assessment.not_sent"))
	}
	return c, err
}

// replyForm takes the party's reply to the draft; after the publication, a later one.
func (s *Site) replyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := partyCase(q, q.mayActFor)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("review.form.reply_button"), Back: commitmentHref(c.Commitment), Summary: draftSummary(c),
			Lead: everyLang(func(l locale.Lang) string { return l.T("review.form.reply_lead", "until", l.Date(c.Draft.ReplyUntil)) })}
		reply := q.labelled("reply", "review.field.", "text", true)
		if c.Entry != 0 {
			f.Lead = message("review.form.later_lead")
		} else if !q.posted() {
			reply.Value = c.Draft.Reply["reply"]
		}
		f.Fields = []formField{reply}
		for n := range assessment.Advice {
			if c.Draft.Fields["recommendations."+strconv.Itoa(n)] == "" {
				continue
			}
			name := "responses." + strconv.Itoa(n)
			chosen := q.FormValue(name)
			if c.Entry == 0 && !q.posted() {
				chosen = c.Draft.Reply[name]
			}
			f.Fields = append(f.Fields, formField{Name: name, Kind: "select", Label: message("review.field.response", "n", n+1), Options: options(commitment.Responses, chosen, prefix("review.response."))})
		}
		if c.Entry == 0 && c.Draft.Answer == "" {
			f.Links = []Link{{message("review.form.waive_title"), "/desk/reviews/" + strconv.FormatInt(c.ID, 10) + "/waive"}}
		}
		return View{Title: message("review.form.reply_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.submitReply}
}

// submitReply keeps the reply until the review is published; to a published review
// it is the party's act at once.
func (s *Site) submitReply(q *request) (string, error) {
	var c assessment.Case
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		c, err = partyCase(q, q.mayActFor)
		q.Tx = nil
		return err
	})
	if err != nil {
		return "", err
	}
	by, _ := q.actor(c.Lead)
	fields := map[string]string{"lang": string(q.lang()), "by": by, "reply": q.FormValue("reply")}
	for n := range assessment.Advice {
		fields["responses."+strconv.Itoa(n)] = q.FormValue("responses." + strconv.Itoa(n))
	}
	act := assessment.ReplyAct(c.ID, by, fields)
	if c.Entry != 0 {
		to, err := s.publish(q, c.Lead, q.formKey(), back(reviewHref(c.ID)), act)
		return to, withoutLang(err, q.lang())
	}
	if err := s.speaksAlone(q, c.Lead); err != nil {
		return "", err
	}
	if err := s.c.Keeper.Check(q.Context(), act); err != nil {
		return "", withoutLang(err, q.lang())
	}
	return "/desk", s.inCase(q, func(tx *db.Tx, c assessment.Case) error { return assessment.Reply(tx, q.Now, q.Who, c, fields) })
}

// waiveForm lets the party say that it needs no window.
func (s *Site) waiveForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := partyCase(q, q.mayActFor)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.waive_lead"), Button: message("review.form.waive_button"), Back: "/desk/reviews/" + strconv.FormatInt(c.ID, 10) + "/reply"}
		return View{Title: message("review.form.waive_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		var c assessment.Case
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			q.Tx = tx
			c, err = partyCase(q, q.mayActFor)
			q.Tx = nil
			return err
		})
		if err == nil {
			err = s.speaksAlone(q, c.Lead)
		}
		if err != nil {
			return "", err
		}
		return "/desk", s.inCase(q, func(tx *db.Tx, c assessment.Case) error { return assessment.Waive(tx, q.Now, q.Who, c) })
	}
	return formHandler{make: make, submit: submit}
}

// reviewTasks are what reviews need of whoever asks.
func reviewTasks(q *request) ([]task, error) {
	open, err := assessment.Underway(q.Tx, q.Who, q.Today)
	if err != nil {
		return nil, err
	}
	var steps []caseStep
	for _, c := range open {
		steps = append(steps, stepsOf(q, c)...)
	}
	slices.SortStableFunc(steps, func(a, b caseStep) int { return strings.Compare(a.since, b.since) })
	steps = steps[:min(len(steps), mostTasks)]
	ids := make([]int64, len(steps))
	for i, step := range steps {
		ids[i] = step.commitment
	}
	of, err := commitment.Summaries(q.Tx, q.Today, ids...)
	if err != nil {
		return nil, err
	}
	var tasks []task
	for _, step := range steps {
		tasks = append(tasks, task{Since: step.since, Title: titled(step.commitment, of[step.commitment].Text), Why: message("review.task." + step.name),
			Button: message("review.task." + step.name + ".button"), Href: "/desk/reviews/" + strconv.FormatInt(step.review, 10) + "/" + step.name})
	}
	if !q.Who.Is(account.RoleSecretariat) {
		return tasks, nil
	}
	ended, err := commitment.EndReviewsDue(q.Tx, q.Today, mostTasks)
	for _, c := range ended {
		tasks = append(tasks, task{Since: c.End, Title: titled(c.ID, c.Text), Why: message("review.task.end"), Button: message("reviews.open"),
			Href: "/desk/reviews/open?commitment=" + strconv.FormatInt(c.ID, 10)})
	}
	return tasks, err
}

// caseStep is a step that a review needs; its form stands under its name.
type caseStep struct {
	review, commitment int64
	name, since        string
}

// stepsOf are what one review needs of whoever asks.
func stepsOf(q *request, c assessment.Case) (steps []caseStep) {
	step := func(name, since string) { steps = append(steps, caseStep{c.ID, c.Commitment, name, since}) }
	sent, d := c.Draft.SentOn != "", c.Draft
	if i := slices.IndexFunc(c.Parts, func(p assessment.Part) bool { return p.Account == q.Who.ID }); i >= 0 && !sent {
		p := c.Parts[i]
		_, err := c.Seat(q.Who)
		switch {
		case p.Declared == "":
			step("declare", c.OpenedOn)
		case err == nil && !p.Coded():
			step("code", c.OpenedOn)
		case err == nil && c.AllCoded():
			step("draft", c.OpenedOn)
		}
	}
	if q.Who.ActsFor(c.Lead) && sent && d.Answer == "" {
		step("reply", d.SentOn)
	}
	if q.Who.Is(account.RoleSecretariat) {
		switch {
		case sent && (d.Answer != "" || q.Today > d.ReplyUntil):
			step("publish", d.ReplyUntil)
		case !sent && int64(len(c.Seated())) < c.Wanted:
			step("seats", c.OpenedOn)
		}
	}
	return steps
}
