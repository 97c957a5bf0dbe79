package web

import (
	"net/http"
	"strconv"

	"kept/internal/account"
	"kept/internal/assessment"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Forms of the secretariat for reviews: pools and their members, opening a review,
// seats, publishing. What reviewers wrote, it publishes as it is or not at all.

// reviewForms are all forms of reviews.
func (s *Site) reviewForms() {
	s.form("/desk/pools/new", s.poolForm())
	s.form("/desk/pools/{id}", s.memberForm())
	s.form("/desk/reviews/open", s.openReviewForm())
	s.form("/desk/reviews/{id}/seats", s.seatForm())
	s.form("/desk/reviews/{id}/publish", s.publishReviewForm())
	s.form("/desk/reviews/{id}/declare", s.declareForm())
	s.form("/desk/reviews/{id}/code", s.codeForm())
	s.form("/desk/reviews/{id}/draft", s.reviewDraftForm())
	s.form("/desk/reviews/{id}/send", s.sendDraftForm())
	s.form("/desk/reviews/{id}/reply", s.replyForm())
	s.form("/desk/reviews/{id}/waive", s.waiveForm())
	s.needs(reviewTasks)
}

func reviewCrumbs() []Link {
	return []Link{{message("menu.commitments"), "/commitments"}, {message("reviews.title"), "/reviews"}}
}

// openCase reads the case that the address names.
func openCase(q *request, tx *db.Tx) (assessment.Case, error) {
	id, err := q.number("id")
	if err != nil {
		return assessment.Case{}, err
	}
	return assessment.Open(tx, id, q.Today)
}

// inCase runs a step on the case that the address names, in one transaction: what
// the step asks of the case still holds when it is kept.
func (s *Site) inCase(q *request, step func(tx *db.Tx, c assessment.Case) error) error {
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		c, err := openCase(q, tx)
		if err != nil {
			return err
		}
		if err := assessment.Hold(tx, c.ID); err != nil {
			return err
		}
		if c, err = openCase(q, tx); err != nil { // as it stands now that nobody else is at it
			return err
		}
		return step(tx, c)
	})
}

// caseSummary says what a case is about.
func caseSummary(q *request, c assessment.Case) ([]factView, error) {
	names, err := stakeholder.NamesOf(q.Tx, append([]int64{c.Lead}, c.Partners...)...)
	if err != nil {
		return nil, err
	}
	out := []factView{{message("commitments.one"), summaryText(c.Title.Text, "title"), nil}, {message("commitments.by"), partyName(names[c.Lead]), nil}}
	if len(c.Partners) > 0 {
		out = append(out, factView{message("commitment.field.partners"), everyLang(func(l locale.Lang) string {
			words := make([]string, len(c.Partners))
			for i, p := range c.Partners {
				words[i], _ = partyName(names[p]).In(l)
			}
			return l.List(words)
		}), nil})
	}
	return append(out, factView{message("filter.review_stage"), message("review.stage." + c.Stage), nil}), nil
}

// poolForm names a pool.
func (s *Site) poolForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		appointer := q.labelled("appointer", "review.form.", "select", false)
		var err error
		if appointer.Options, err = q.partyOptions(q.FormValue("appointer"), func(stakeholder.Party) bool { return true }); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.pool_lead"), Button: message("review.form.pool_button"), Back: "/reviews", Fields: []formField{
			q.labelled("name", "review.form.", "line", true),
			q.labelled("basis", "review.form.", "select", true).from(options([]string{"peer", "independent"}, q.FormValue("basis"), prefix("commitment.review."))),
			q.labelled("appointed_by", "review.form.", "line", true), appointer,
			q.labelled("rule", "review.form.", "text", true),
			q.labelled("naming", "review.form.", "select", true).from(options(commitment.Namings, q.FormValue("naming"), prefix("review.naming."))),
		}}
		return View{Title: message("review.form.pool_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		appointer, _ := strconv.ParseInt(q.FormValue("appointer"), 10, 64)
		act := keeper.Act{Kind: commitment.KindPool, By: stakeholder.Secretariat,
			Facts: commitment.Pool{Lang: string(q.lang()), Basis: q.FormValue("basis"), Appointer: appointer, Naming: q.FormValue("naming")},
			Words: q.wording("name", "appointed_by", "rule")}
		out, err := s.c.Keeper.Submit(q.Context(), q.formKey(), act)
		if err != nil {
			return "", withoutLang(err, q.lang())
		}
		return "/desk/pools/" + strconv.FormatInt(out[0].Index, 10), nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// prefix makes the words of a code of a key's beginning.
func prefix(key string) func(string) Text { return func(c string) Text { return message(key + c) } }

// labelled is a field whose label and help are messages of one form.
func (q *request) labelled(name, of, kind string, required bool) formField {
	f := formField{Name: name, Kind: kind, Label: message(of + name), Required: required, Value: q.FormValue(name)}
	if locale.English.Has(of + name + ".help") {
		f.Help = message(of + name + ".help")
	}
	return f
}

// wording takes texts of a form as parts in the reader's language.
func (q *request) wording(names ...string) map[string]string {
	words := map[string]string{}
	for _, n := range names {
		clean := keeper.Prose
		if n == "name" || n == "appointed_by" {
			clean = keeper.Line
		}
		if text := clean(q.FormValue(n)); text != "" {
			words[n+"."+string(q.lang())] = text
		}
	}
	return words
}

// withoutLang names fields as the form does: a part is the field and its language.
func withoutLang(err error, lang locale.Lang) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	var out locale.Errors
	for _, e := range es {
		named := *e
		if n := len(named.Place) - len(lang) - 1; n > 0 && named.Place[n:] == "."+string(lang) {
			named.Place = named.Place[:n]
		}
		out = append(out, &named)
	}
	return out
}

// memberForm shows a pool and takes a person into it, or out of it.
func (s *Site) memberForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		pool, err := commitment.PoolByID(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		members, err := assessment.Members(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.member_lead"), Button: message("review.form.member_button"), Back: "/reviews",
			Fields: []formField{q.labelled("mail", "review.form.", "line", false), q.labelled("role", "review.form.", "line", false)}}
		drop := q.labelled("drop", "review.form.", "select", false)
		for _, m := range members {
			f.Summary = append(f.Summary, factView{same(m.Name), same(m.Role), nil})
			drop.Options = append(drop.Options, choice{ID: m.Account, Title: same(m.Name + ", " + m.Role)})
		}
		if len(members) > 0 {
			f.Fields = append(f.Fields, drop)
		}
		return View{Title: summaryText(pool.Text, "name"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		return "/desk/pools/" + strconv.FormatInt(id, 10), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if who := q.FormValue("drop"); who != "" {
				return assessment.DropMember(tx, q.Now, q.Who, id, who)
			}
			return assessment.AddMember(tx, q.Now, q.Who, id, q.FormValue("mail"), q.FormValue("role"))
		})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// openReviewForm opens a review of the commitment that the address names.
func (s *Site) openReviewForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		of, err := strconv.ParseInt(q.FormValue("commitment"), 10, 64)
		if err != nil {
			return View{}, nil, errNotFound(q.URL.Path)
		}
		c, err := commitment.Get(q.Tx, of, q.Today)
		if err != nil {
			return View{}, nil, err
		}
		pools, err := commitment.Pools(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		pool := q.labelled("pool", "review.form.", "select", true)
		for _, p := range pools {
			if p.Basis == c.Review.Basis {
				pool.Options = append(pool.Options, choice{strconv.FormatInt(p.ID, 10), summaryText(p.Text, "name"), strconv.FormatInt(p.ID, 10) == q.FormValue("pool")})
			}
		}
		number := q.labelled("reviewers", "review.form.", "select", true)
		for n := 1; n <= commitment.MostReviewers; n++ {
			number.Options = append(number.Options, choice{strconv.Itoa(n), message("plain.number", "n", n), strconv.Itoa(n) == q.FormValue("reviewers")})
		}
		f := &formPage{Action: q.URL.Path, Lead: everyLang(c.Review.Why), Button: message("review.form.open_button"), Back: commitmentHref(of) + "/reviews",
			Summary: []factView{{message("commitments.one"), summaryText(c.Text, "title"), nil}, {message("commitment.field.review_basis"), message("commitment.review." + c.Review.Basis), nil}},
			Hidden:  []hiddenField{{"commitment", q.FormValue("commitment")}},
			Fields: []formField{q.labelled("stage", "review.form.", "select", true).from(options(commitment.ReviewStages, q.FormValue("stage"), prefix("review.stage."))),
				pool, number, q.labelled("second_of", "review.form.", "line", false), q.labelled("terms", "review.form.", "text", false)},
			Links: []Link{{message("review.form.pool_title"), "/desk/pools/new"}}}
		return View{Title: message("review.form.open_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: s.openReview}
}

func (s *Site) openReview(q *request) (string, error) {
	number := func(name string) int64 { n, _ := strconv.ParseInt(keeper.Line(q.FormValue(name)), 10, 64); return n }
	f := commitment.ReviewOpened{Lang: string(q.lang()), Commitment: number("commitment"), Stage: q.FormValue("stage"), Pool: number("pool"), Reviewers: number("reviewers"), SecondOf: number("second_of")}
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		c, err := commitment.Get(tx, f.Commitment, q.Today)
		f.Version = c.Version
		return err
	})
	if err != nil {
		return "", err
	}
	out, err := s.c.Keeper.Submit(q.Context(), q.formKey(), keeper.Act{Kind: commitment.KindReviewOpened, By: stakeholder.Secretariat, Facts: f, Words: q.wording("terms")})
	if err != nil {
		return "", withoutLang(err, q.lang())
	}
	return "/desk/reviews/" + strconv.FormatInt(out[0].Index, 10) + "/seats", nil
}

// seatForm shows what each member declared and gives seats to those without a conflict.
func (s *Site) seatForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := openCase(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.seat_lead", "n", c.Wanted), Back: reviewHref(c.ID)}
		if f.Summary, err = caseSummary(q, c); err != nil {
			return View{}, nil, err
		}
		seat := q.labelled("account", "review.form.", "select", true)
		for _, p := range c.Parts {
			f.Summary = append(f.Summary, factView{same(p.Name + ", " + p.Role), partState(p), nil})
			if p.Declared == assessment.NoConflict && p.Seat == 0 {
				seat.Options = append(seat.Options, choice{ID: p.Account, Title: same(p.Name + ", " + p.Role)})
			}
		}
		if len(seat.Options) > 0 && int64(len(c.Seated())) < c.Wanted && c.Draft.SentOn == "" {
			f.Fields, f.Button = []formField{seat}, message("review.form.seat_button")
		}
		return View{Title: message("review.form.seat_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		return "/desk/reviews/" + strconv.FormatInt(id, 10) + "/seats", s.inCase(q, func(tx *db.Tx, c assessment.Case) error {
			return assessment.Assign(tx, q.Now, q.Who, c, q.FormValue("account"))
		})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// partState is how far a member is.
func partState(p assessment.Part) Text {
	switch {
	case p.Coded():
		return message("review.part.coded")
	case p.Seat > 0:
		return message("review.part.seated")
	case p.Declared != "":
		return message("review.part." + p.Declared)
	}
	return message("review.part.asked")
}

// publishReviewForm publishes a review with the party's reply, as they are.
func (s *Site) publishReviewForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := openCase(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("review.form.publish_lead"), Button: message("review.form.publish_button"), Back: reviewHref(c.ID), Summary: draftSummary(c)}
		if c.Draft.SentOn == "" || c.Entry != 0 {
			f.Button = nil
		}
		return View{Title: message("review.form.publish_title"), Section: "menu.commitments", Crumbs: reviewCrumbs()}, f, nil
	}
	submit := func(q *request) (string, error) {
		var acts []keeper.Act
		var id, lead int64
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			c, err := openCase(q, tx)
			if err != nil {
				return err
			}
			id, lead = c.ID, c.Lead
			acts, err = c.Acts(tx, c.Draft.Reply["by"])
			return err
		})
		if err != nil {
			return "", err
		}
		key := "review/" + strconv.FormatInt(id, 10)
		out, err := s.c.Keeper.Submit(q.Context(), key, acts...)
		if err != nil || q.Who.Demo {
			return reviewHref(id), err
		}
		return reviewHref(id), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return q.tellPublished(tx, lead, key, acts, out) })
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// posted tells whether a form comes back with what was sent.
func (q *request) posted() bool { return q.Method == http.MethodPost }
