package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/record"
)

// drawTime bounds how long a form waits for a portfolio. Groups of dozens out of
// hundreds take a second or less; who draws from more makes the plan at the command line.
const drawTime = 60 * time.Second

// leximin computes the portfolio of a question. The last one is remembered, for the
// dry run and the form that follows it ask the same.
func (s *Site) leximin(ctx context.Context, in *sortition.Instance) (*sortition.Portfolio, error) {
	b, err := record.CanonicalText(in)
	if err != nil {
		return nil, err
	}
	of := record.DigestOf(b)
	if last := s.drawn.Load(); last != nil && last.of == of {
		return last.portfolio, last.err
	}
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	p, err := sortition.Leximin(ctx, in, sortition.Options{})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, locale.E("err.group.long", "seconds", int(drawTime/time.Second))
	}
	if ctx.Err() == nil {
		s.drawn.Store(&lastPortfolio{of, p, err})
	}
	return p, err
}

// lastPortfolio is a portfolio, or why there is none, with the digest of its question.
type lastPortfolio struct {
	of        record.Digest
	portfolio *sortition.Portfolio
	err       error
}

// publishPoolForm publishes the pool: a dry run that says whether the quotas can be met, with
// which chances, and where they cannot, which of them cannot hold together.
func (s *Site) publishPoolForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		call, err := forum.LatestNominations(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		pool, _, err := forum.NewPool(q.Tx, q.Pack, call, nil)
		if err != nil {
			return View{}, nil, err
		}
		list, err := forum.Nominees(q.Tx, call.ID)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.pool_lead"), Button: message("group.form.pool_button"), Back: groupDesk, Summary: []factView{
			{message("group.pool.people"), message("plain.number", "n", len(pool.Instance.Pool)), message("group.pool.received", "n", len(list))},
			{message("group.pool.seats"), message("plain.number", "n", pool.Instance.Seats), nil},
			{message("group.pool.alone"), message("plain.number", "n", pool.Alone(fewShare)), message("group.pool.alone_why", "n", fewShare)}}}
		if call.Takes(q.Today) {
			f.Button, f.Advice = nil, []Text{everyLang(func(l locale.Lang) string { return l.T("err.group.still_open", "until", l.Date(call.Until)) })}
		}
		if call.Pool != 0 {
			f.Button, f.Lead = nil, message("err.group.pool_there", "id", strconv.FormatInt(call.Pool, 10))
		}
		s.dryRunPool(q, f, pool)
		return View{Title: message("group.form.pool")}, f, nil
	}
	return s.ofSecretariat(formHandler{make: make, submit: s.submitPool})
}

// fewShare is how many people have to share a published row so that it names none of them.
const fewShare = 5

// answered is what became of a question to the draw.
type answered struct {
	portfolio *sortition.Portfolio
	conflict  []forum.Relaxed // bounds that cannot hold together, To without meaning
	relaxed   []forum.Relaxed // the least change that lets a panel exist
	fixed     bool            // the change would be one of segments, which a call fixes
}

// askDraw computes the portfolio of a question, and where there is none what stands in
// the way: first minima of values that nobody has, then bounds that cannot hold together.
func (s *Site) askDraw(ctx context.Context, in sortition.Instance) (a answered, err error) {
	var faults sortition.Faults
	if errors.As(in.Check(), &faults) {
		for _, f := range faults {
			if f.Kind != sortition.AbsentValue {
				return a, draw.Faults(faults)
			}
			a.change(forum.Relaxed{Category: f.Category, Value: f.Value, Side: string(sortition.Least), From: int64(f.Got)})
		}
		a.conflict = slices.Clone(a.relaxed)
		in = forum.Eased(in, a.relaxed)
	}
	a.portfolio, err = s.leximin(ctx, &in)
	var none *sortition.Infeasible
	if !errors.As(err, &none) {
		return a, draw.Faults(err)
	}
	for _, b := range none.Conflict {
		a.conflict = append(a.conflict, forum.Relaxed{Category: b.Category, Value: b.Value, Side: string(b.Side), From: int64(b.At)})
	}
	for _, r := range forum.RelaxedBy(none) {
		a.change(r)
	}
	return a, nil
}

func (a *answered) change(r forum.Relaxed) {
	a.relaxed = append(a.relaxed, r)
	a.fixed = a.fixed || r.Category == forum.SegmentAttribute
}

// dryRunPool computes the portfolio and says what comes out.
func (s *Site) dryRunPool(q *request, f *formPage, pool *forum.Pool) {
	a, err := s.askDraw(q.Context(), pool.Instance)
	if err != nil {
		f.Button = nil
		for _, e := range faultsOf(err) {
			f.Advice = append(f.Advice, errorText(e))
		}
		return
	}
	if len(a.conflict) == 0 {
		f.Panels = append(f.Panels, chancePanel(q, &pool.Instance, a.portfolio))
		return
	}
	p := panel{Title: message("group.pool.infeasible"), Lead: message("group.pool.infeasible_lead")}
	for _, b := range a.conflict {
		v := q.relaxed(b)
		p.Rows = append(p.Rows, panelRow{Title: v.Label, Notes: []Text{v.Side, message("plain.number", "n", b.From)}})
	}
	least := panel{Title: message("group.pool.least"), Lead: message("group.pool.least_lead")}
	for _, r := range a.relaxed {
		v := q.relaxed(r)
		least.Rows = append(least.Rows, panelRow{Title: v.Label, Notes: []Text{v.Side, everyLang(func(l locale.Lang) string { return l.Int(r.From) + " → " + l.Int(r.To) })}})
	}
	f.Panels = append(f.Panels, p, least)
	if a.fixed {
		f.Button, f.Advice = nil, append(f.Advice, message("err.group.segment_short"))
		return
	}
	f.Fields = append(f.Fields, q.groupField("relax", "check", false), q.groupField("reason", "text", false))
}

// faultsOf are the errors for readers of an error.
func faultsOf(err error) locale.Errors {
	es, ok := locale.All(err)
	if !ok {
		es.Add(err)
	}
	return es
}

// chancePanel says each profile's chance: people of one profile have the same.
func chancePanel(q *request, in *sortition.Instance, portfolio *sortition.Portfolio) panel {
	p := panel{Title: message("group.pool.feasible", "n", len(portfolio.Panels)), Lead: message("group.pool.feasible_lead")}
	type profile struct {
		people int
		chance string
		values []string
	}
	by := map[string]*profile{}
	var order []string
	for n, chance := range portfolio.Chances(len(in.Pool)) {
		key := ""
		for _, v := range in.Pool[n].Values {
			key += v + " "
		}
		key += in.Pool[n].Group
		if by[key] == nil {
			by[key] = &profile{chance: chance.FloatString(6), values: in.Pool[n].Values}
			order = append(order, key)
		}
		by[key].people++
	}
	slices.Sort(order)
	for _, key := range order[:min(len(order), mostShown)] {
		one := by[key]
		title := everyLang(func(l locale.Lang) string {
			var words []string
			for n, v := range one.values {
				words = append(words, textOf(q.valueName(in.Categories[n].Name, v), l))
			}
			return l.List(words)
		})
		p.Rows = append(p.Rows, panelRow{Title: title, Notes: []Text{message("group.pool.share_row", "n", one.people), everyLang(func(l locale.Lang) string { return percent(l, one.chance) })}})
	}
	return p
}

// submitPool computes whether the quotas can be met, keeps who stands behind each
// pseudonym, and then publishes the pool.
func (s *Site) submitPool(q *request) (string, error) {
	var call forum.NominationCall
	var pool *forum.Pool
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		if call, err = forum.LatestNominations(tx); err != nil {
			return err
		}
		pool, _, err = forum.NewPool(tx, q.Pack, call, nil)
		return err
	})
	if err != nil {
		return "", err
	}
	a, err := s.askDraw(q.Context(), pool.Instance)
	switch {
	case err != nil:
		return "", err
	case a.fixed:
		return "", locale.E("err.group.segment_short")
	case len(a.relaxed) > 0 && q.PostFormValue("relax") == "":
		return "", locale.Field("relax", locale.E("err.group.infeasible"))
	}
	var act keeper.Act
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		var of map[string]string
		if act, of, err = forum.PoolAct(tx, q.Pack, call, a.relaxed, q.groupWords("reason")); err != nil {
			return err
		}
		return forum.Assign(tx, record.DigestOf(act.Blobs[0]), of)
	})
	if err != nil {
		return "", err
	}
	return s.bySecretariat(q, act, func(out []keeper.Result) string { return poolHref(out[0].Index) }, account.RoleSecretariat)
}

// announceForm freezes the plan of the draw and announces its digest.
func (s *Site) announceForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		call, err := forum.LatestNominations(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		published, err := forum.PoolByID(q.Tx, call.Pool)
		if err != nil {
			return View{}, nil, err
		}
		pool, err := published.Read(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.announce_lead", "minutes", drawLead/60), Button: message("group.form.announce_button"), Back: poolHref(published.ID)}
		witnesses := q.groupField("witnesses", "several", true)
		if witnesses.Options, err = q.partyOptions("", func(p stakeholder.Party) bool { return !p.Stated() }); err != nil {
			return View{}, nil, err
		}
		for n := range witnesses.Options {
			witnesses.Options[n].Chosen = slices.Contains(q.Form["witnesses"], witnesses.Options[n].ID)
		}
		at := q.groupField("at", "line", true)
		if at.Value == "" {
			at.Value = q.Now.UTC().Truncate(time.Hour).Add(72 * time.Hour).Format(time.RFC3339)
		}
		f.Fields = []formField{q.groupField("source", "select", true).from(options([]string{"beacon", "dice"}, q.FormValue("source"), prefix("group.source."))), at, witnesses, q.groupField("place", "line", false), q.groupField("note", "text", false)}
		portfolio, err := s.leximin(q.Context(), &pool.Instance)
		if err != nil {
			f.Button = nil
			for _, e := range faultsOf(draw.Faults(err)) {
				f.Advice = append(f.Advice, errorText(e))
			}
		} else {
			f.Panels = []panel{chancePanel(q, &pool.Instance, portfolio)}
		}
		return View{Title: message("group.form.announce")}, f, nil
	}
	return s.ofSecretariat(formHandler{make: make, submit: s.submitAnnouncement})
}

// drawLead is how many seconds at least lie between the announcement and the randomness.
const drawLead = 3600

// After the round's time it has so long to come; then witnesses have so long to say
// that it did not, before dice are thrown so often.
const (
	roundComes  = 24 * time.Hour
	roundFailed = 7 * 24 * time.Hour
	diceThrows  = 100
)

func (s *Site) submitAnnouncement(q *request) (string, error) {
	at, err := time.Parse(time.RFC3339, keeper.Line(q.PostFormValue("at")))
	if err != nil {
		return "", locale.Field("at", locale.E("err.group.moment"))
	}
	sources := []draw.Source{draw.Beacon(draw.Quicknet(), at, at.Add(roundComes)), draw.Dice(diceThrows, at.Add(roundComes+roundFailed))}
	if q.PostFormValue("source") == "dice" {
		sources = []draw.Source{draw.Dice(diceThrows, at)}
	}
	var witnesses []int64
	for _, text := range q.PostForm["witnesses"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", locale.Field("witnesses", locale.E("err.party.which"))
		}
		witnesses = append(witnesses, id)
	}
	var published forum.PublishedPool
	var pool *forum.Pool
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		call, err := forum.LatestNominations(tx)
		if err != nil {
			return err
		}
		if published, err = forum.PoolByID(tx, call.Pool); err != nil {
			return err
		}
		pool, err = published.Read(tx)
		return err
	})
	if err != nil {
		return "", err
	}
	portfolio, err := s.leximin(q.Context(), &pool.Instance)
	if err != nil {
		return "", draw.Faults(err)
	}
	act, _, err := forum.AnnouncementOf(published, pool, portfolio, drawLead, sources, witnesses)
	if err != nil {
		return "", placedAt("sources", "at", err)
	}
	act.Words = q.groupWords("note")
	if place := keeper.Line(q.PostFormValue("place")); place != "" {
		act.Words["place."+string(q.lang())] = place
	}
	return s.bySecretariat(q, act, func(out []keeper.Result) string { return drawHref(out[0].Index) }, account.RoleSecretariat)
}

// outcomeForm records what was drawn. The file that anybody can check is made here.
func (s *Site) outcomeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		_, d, err := latestDraw(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		plan, err := d.ReadPlan(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.outcome_lead"), Button: message("group.form.outcome"), Back: drawHref(d.ID)}
		var ids []string
		for n, source := range plan.Sources {
			ids = append(ids, strconv.Itoa(n+1))
			f.Summary = append(f.Summary, factView{message("group.draw.source", "n", n+1), sourceText(source), nil})
		}
		f.Fields = []formField{q.groupField("source_used", "select", true).from(options(ids, q.FormValue("source_used"), func(id string) Text { return phrase("group.draw.source_id", "id", id) })),
			q.groupField("signature", "line", false), q.groupField("throws", "text", false)}
		return View{Title: message("group.form.outcome")}, f, nil
	}
	submit := func(q *request) (string, error) {
		var d forum.GroupDraw
		var plan *draw.Plan
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			if _, d, err = latestDraw(tx); err != nil {
				return err
			}
			plan, err = d.ReadPlan(tx)
			return err
		})
		if err != nil {
			return "", err
		}
		n, err := strconv.Atoi(q.PostFormValue("source_used"))
		if err != nil || n < 1 || n > len(plan.Sources) {
			return "", locale.Field("source_used", locale.E("err.draw.source", "got", n, "n", len(plan.Sources)))
		}
		r := draw.Randomness{Source: n, Throws: draw.CleanThrows(q.PostFormValue("throws"))}
		if plan.Sources[n-1].Chain != nil {
			r = draw.Randomness{Source: n, Round: plan.Sources[n-1].Round, Signature: keeper.Line(q.PostFormValue("signature"))}
		}
		act, err := forum.OutcomeOf(q.Context(), s.c.Keeper, d.ID, r)
		if err != nil {
			return "", err
		}
		return s.byGroupAndTell(q, act, drawHref(d.ID))
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}

// witnessForm takes what a witness states in its own party's name.
func (s *Site) witnessForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, plan, err := s.planAsked(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.witness.lead"), Button: message("group.witness.button"), Back: drawHref(d.ID)}
		as := q.groupField("as", "select", true)
		if as.Options, err = q.partyOptions(q.FormValue("as"), func(p stakeholder.Party) bool {
			return slices.Contains(plan.Witnesses, strconv.FormatInt(p.ID, 10)) && q.mayDraftFor(p.ID) == nil
		}); err != nil {
			return View{}, nil, err
		}
		if len(as.Options) == 0 {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.group.not_witness"))
		}
		var ids []string
		for n, source := range plan.Sources {
			ids = append(ids, strconv.Itoa(n+1))
			f.Summary = append(f.Summary, factView{message("group.draw.source", "n", n+1), sourceText(source), nil})
		}
		f.Fields = []formField{as, q.groupField("source_used", "select", true).from(options(ids, q.FormValue("source_used"), func(id string) Text { return phrase("group.draw.source_id", "id", id) })),
			q.groupField("missing", "check", false), q.groupField("throws", "text", false)}
		return View{Title: message("group.witness.title")}, f, nil
	}
	submit := func(q *request) (string, error) {
		var d forum.GroupDraw
		var plan *draw.Plan
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			d, plan, err = s.planAsked(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		party, err := q.chosenParty("as")
		if err != nil {
			return "", err
		}
		digest, err := plan.Digest()
		if err != nil {
			return "", err
		}
		source, err := strconv.ParseInt(q.PostFormValue("source_used"), 10, 64)
		if err != nil {
			return "", locale.Field("source_used", locale.E("err.draw.source", "got", 0, "n", len(plan.Sources)))
		}
		facts := forum.Witnessed{Plan: digest, Source: source, Missing: q.PostFormValue("missing") != "", Throws: draw.CleanThrows(q.PostFormValue("throws"))}
		to, err := s.publish(q, party, q.formKey(), back(drawHref(d.ID)), keeper.Act{Kind: forum.KindWitnessed, By: strconv.FormatInt(party, 10), Facts: facts})
		return to, placedAt("source", "source_used", err)
	}
	return s.groupOf(formHandler{make: make, submit: submit})
}

// planAsked is the draw that the address names, with its plan.
func (s *Site) planAsked(q *request, tx *db.Tx) (forum.GroupDraw, *draw.Plan, error) {
	id, err := q.number("id")
	if err != nil {
		return forum.GroupDraw{}, nil, err
	}
	d, err := forum.DrawByID(tx, id)
	if err != nil {
		return d, nil, err
	}
	plan, err := d.ReadPlan(tx)
	return d, plan, err
}
