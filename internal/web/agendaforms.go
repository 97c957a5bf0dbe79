package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms of an agenda: the secretariat freezes the candidates, parties propose and
// order, and the decision is entered with its reasons.

// agendaForm is a form on the agenda of the cycle that the address names.
func (s *Site) agendaForm(name string, may func(*request) error, fields func(q *request, c forum.Cycle, f *formPage) error, submit func(q *request, cycle int64) (string, error)) formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		key := "form.agenda." + name
		f := &formPage{Action: q.URL.Path, Lead: message(key + ".lead"), Button: message(key + ".button"), Back: cycleHref(c.ID) + "/agenda"}
		return View{Title: message(key), Crumbs: append(q.cycleCrumbs(c), Link{message("agenda.title"), f.Back})}, f, fields(q, c, f)
	}
	return formHandler{may: may, make: make, submit: func(q *request) (string, error) {
		id, err := q.number("cycle")
		if err != nil {
			return "", err
		}
		return submit(q, id)
	}}
}

// listForm freezes the candidates: it shows what would be listed.
func (s *Site) listForm() formHandler {
	fields := func(q *request, c forum.Cycle, f *formPage) error {
		_, list, err := forum.Listing(q.Tx, c.ID, q.Today)
		rows := panel{Title: message("agenda.candidates"), Empty: message("agenda.no_gaps")}
		for _, g := range list.Gaps {
			row := panelRow{Title: itemLink(q.Pack, g.Item).Text, Href: "/items/" + g.Item}
			for _, gap := range g.Gaps {
				row.Notes = append(row.Notes, message("gap."+gap.Kind))
			}
			rows.Rows = append(rows.Rows, row)
		}
		f.Panels = []panel{rows}
		return err
	}
	submit := func(q *request, cycle int64) (string, error) {
		var act keeper.Act
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			act, _, err = forum.Listing(tx, cycle, q.Today)
			return err
		})
		if err != nil {
			return "", err
		}
		return s.publishOwn(q, cycleHref(cycle)+"/agenda", q.formKey(), act)
	}
	return s.agendaForm("list", mustBe(account.RoleSecretariat), fields, submit)
}

// partyField offers the parties that she may speak for and that may take part.
func (q *request) partyField(offered func(stakeholder.Party) bool) (formField, error) {
	f := q.field("party", "select", true)
	var err error
	f.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool {
		return !p.Stated() && q.mayDraftFor(p.ID) == nil && offered(p)
	})
	return f, err
}

// partaking are the parties that may take part; every one is asked once.
func (q *request) partaking(p stakeholder.Party) bool {
	takes, err := forum.TakesPart(q.Tx, p.ID)
	return err == nil && takes
}

// itemsField offers the parts of the text in force that ask something.
func (q *request) itemsField(name, label string) formField {
	f := q.input(name, "several", true, label)
	for _, i := range q.Pack.Asking(q.Pack.Settings.InForce) {
		f.Options = append(f.Options, choice{i.ID, prefixed(i.ID, title(q.Pack, compact.Items, i.ID)), slices.Contains(q.chosen(name), i.ID)})
	}
	f.Kind = severalOf(f.Options)
	return f
}

// topicForm proposes a topic.
func (s *Site) topicForm() formHandler {
	fields := func(q *request, c forum.Cycle, f *formPage) error {
		party, err := q.partyField(q.partaking)
		of := "form.agenda.topic."
		f.Fields = []formField{party, q.labelled("title", of, "line", true), q.itemsField("items", "commitment.field.items"), q.labelled("why", of, "text", true),
			q.labelled("evidence", of, "text", true), q.labelled("url", of, "line", false)}
		f.Advice = []Text{phrase("form.agenda.propose.until", "until", dayText(c.TopicsUntil))}
		return err
	}
	submit := func(q *request, cycle int64) (string, error) {
		party, err := q.chosenParty("party")
		if err != nil {
			return "", err
		}
		facts := forum.AgendaProposed{Cycle: cycle, Items: q.chosen("items")}
		by, fact := q.actor(party)
		facts.Party = fact
		lang := string(q.lang())
		words := map[string]string{"url.und": q.PostFormValue("url")}
		for _, name := range []string{"title", "why", "evidence"} {
			words[name+"."+lang] = q.PostFormValue(name)
		}
		return s.publish(q, party, q.formKey(), back(cycleHref(cycle)+"/agenda"),
			keeper.Act{Kind: forum.KindAgendaProposed, By: by, Facts: facts, Words: forum.CleanWords(forum.KindAgendaProposed, words)})
	}
	return s.agendaForm("propose", nil, fields, submit)
}

// orderFields are selects for the places 1 to 10 over some candidates.
func (q *request) orderFields(candidates []candidateView, standing []string) []formField {
	var out []formField
	for n := range forum.MaxRanked {
		name := "place_" + strconv.Itoa(n+1)
		f := formField{Name: name, Kind: "select", Label: message("form.agenda.place", "n", n+1), Value: q.FormValue(name)}
		if !q.posted() && n < len(standing) {
			f.Value = standing[n]
		}
		for _, c := range candidates {
			f.Options = append(f.Options, choice{c.ID, c.Name, c.ID == f.Value})
		}
		out = append(out, f)
	}
	return out
}

// typedOrder reads the order of a form; places left empty are passed over.
func (q *request) typedOrder() (order []string) {
	for n := range forum.MaxRanked {
		if v := keeper.Line(q.PostFormValue("place_" + strconv.Itoa(n+1))); v != "" {
			order = append(order, v)
		}
	}
	return order
}

// rankForm is where a party orders the candidates, or takes its order back.
func (s *Site) rankForm() formHandler {
	fields := func(q *request, c forum.Cycle, f *formPage) error {
		party, err := q.partyField(q.partaking)
		if err != nil {
			return err
		}
		all, _, _, err := q.candidates(c.ID)
		if err != nil {
			return err
		}
		given, err := forum.Orders(q.Tx, c.ID)
		if err != nil {
			return err
		}
		var standing []string
		if len(party.Options) == 1 { // the one party that she speaks for: its order so far
			for _, g := range given {
				if strconv.FormatInt(g.Party, 10) == party.Options[0].ID {
					standing = g.Order.Order
				}
			}
		}
		f.Fields = append([]formField{party}, q.orderFields(all, standing)...)
		f.Fields = append(f.Fields, q.labelled("withdrawn", "form.agenda.rank.", "check", false))
		f.Advice = []Text{phrase("form.agenda.rank.until", "until", dayText(c.RankUntil)), message("form.agenda.rank.public")}
		return nil
	}
	submit := func(q *request, cycle int64) (string, error) {
		party, err := q.chosenParty("party")
		if err != nil {
			return "", err
		}
		facts := forum.AgendaRanked{Cycle: cycle, Order: q.typedOrder()}
		if q.PostFormValue("withdrawn") == "yes" {
			facts.Order, facts.Withdrawn = nil, true
		}
		by, fact := q.actor(party)
		facts.Party = fact
		to, err := s.publish(q, party, q.formKey(), back(cycleHref(cycle)+"/agenda"), keeper.Act{Kind: forum.KindAgendaRanked, By: by, Facts: facts})
		return to, atPlaces(err)
	}
	return s.agendaForm("rank", nil, fields, submit)
}

// atPlaces puts what is wrong with an order at the first field of it.
func atPlaces(err error) error {
	return placedBy(err, func(e *locale.Error) string {
		if e.Place == "order" {
			return "place_1"
		}
		return e.Place
	})
}

// placedBy gives the errors for readers the places that the fields of a form have.
func placedBy(err error, place func(*locale.Error) string) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	var out locale.Errors
	for _, e := range es {
		out.AddField(place(e), &locale.Error{Key: e.Key, Args: e.Args})
	}
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, out.Err())
		}
	}
	return out.Err()
}

// Decisions that the form of an agenda offers for a candidate, besides its number.
const decidePassed = "passed"

// decideAgendaForm enters the decision: for each candidate a number or that it is
// passed over, with the reason.
func (s *Site) decideAgendaForm() formHandler {
	fields := func(q *request, c forum.Cycle, f *formPage) error {
		all, names, _, err := q.candidates(c.ID)
		if err != nil {
			return err
		}
		_, ranking, err := forum.RankingNow(q.Tx, c.ID)
		if err != nil {
			return err
		}
		shown, err := q.rankingView(ranking, names)
		if err != nil {
			return err
		}
		f.Panels = []panel{orderPanel(shown)}
		top := ranking.Top()
		f.Fields = []formField{q.labelled("on", "form.agenda.decide.", "date", true)}
		for n, candidate := range all {
			f.Fields = append(f.Fields, q.decideFields(n, candidate, slices.Contains(top, candidate.ID))...)
		}
		f.Fields = append(f.Fields, q.labelled("dissent", "form.agenda.decide.", "text", false))
		if q.module(forum.ModuleAdvisory).On {
			f.Fields = append(f.Fields, q.labelled("recused", "form.agenda.decide.", "text", false))
		}
		f.Advice = []Text{phrase("form.agenda.decide.until", "until", dayText(c.AgendaUntil))}
		return nil
	}
	return s.agendaForm("decide", mustBe(account.RoleSecretariat), fields, s.submitAgendaDecision)
}

// orderPanel shows the order across groups above the form.
func orderPanel(r rankingView) panel {
	p := panel{Title: message("agenda.across"), Lead: message("agenda.rule"), Empty: message("agenda.no_orders")}
	for _, place := range r.Across {
		p.Rows = append(p.Rows, panelRow{Title: prefixed(strconv.FormatInt(place.Place, 10)+".", place.Name)})
	}
	return p
}

func (q *request) decideFields(n int, c candidateView, top bool) []formField {
	at := "_" + strconv.Itoa(n)
	choose := formField{Name: "decide" + at, Kind: "select", Label: message("form.agenda.decide.choose"), Group: c.Name, Value: q.FormValue("decide" + at)}
	if top {
		choose.Help = message("form.agenda.decide.top")
	}
	for no := range forum.MaxAgenda {
		id := strconv.Itoa(no + 1)
		choose.Options = append(choose.Options, choice{id, message("form.agenda.decide.item", "no", no+1), choose.Value == id})
	}
	choose.Options = append(choose.Options, choice{decidePassed, message("form.agenda.decide.passed"), choose.Value == decidePassed})
	return []formField{choose, q.input("title"+at, "line", false, "form.agenda.decide.title"), q.input("reason"+at, "text", false, "form.agenda.decide.reason")}
}

func (s *Site) submitAgendaDecision(q *request, cycle int64) (string, error) {
	var act keeper.Act
	var all []candidateView
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		if all, _, _, err = q.candidates(cycle); err != nil {
			return err
		}
		facts, words, err := q.typedDecision(cycle, all)
		if err != nil {
			return err
		}
		act, err = forum.Deciding(tx, facts, words)
		return err
	})
	if err != nil {
		return "", err
	}
	to, err := s.publishOwn(q, cycleHref(cycle)+"/agenda", q.formKey(), act)
	return to, placedBy(err, func(e *locale.Error) string { return decidePlace(e, all) })
}

// decidePlace is the field of the candidate that an error names.
func decidePlace(e *locale.Error, all []candidateView) string {
	for n, c := range all {
		if len(e.Args) == 2 && e.Args[1] == any(c.ID) {
			if e.Key == "err.agenda.reason" {
				return "reason_" + strconv.Itoa(n)
			}
			return "decide_" + strconv.Itoa(n)
		}
	}
	return e.Place
}

// typedDecision reads the decision of a form: what has a number is taken, in the order
// of the numbers.
func (q *request) typedDecision(cycle int64, all []candidateView) (forum.AgendaDecided, map[string]string, error) {
	f := forum.AgendaDecided{Cycle: cycle, On: keeper.Line(q.PostFormValue("on"))}
	words := map[string]string{}
	lang := "." + string(q.lang())
	var fields []int
	for no := range forum.MaxAgenda {
		for n := range all {
			if q.PostFormValue("decide_"+strconv.Itoa(n)) == strconv.Itoa(no+1) {
				fields = append(fields, n)
			}
		}
	}
	for at, n := range fields {
		f.Taken = append(f.Taken, all[n].ID)
		words["reason."+strconv.Itoa(at)+lang] = q.PostFormValue("reason_" + strconv.Itoa(n))
		words["title."+strconv.Itoa(at)+lang] = q.PostFormValue("title_" + strconv.Itoa(n))
	}
	for n := range all {
		if q.PostFormValue("decide_"+strconv.Itoa(n)) == decidePassed {
			words["passed."+strconv.Itoa(len(f.Passed))+lang] = q.PostFormValue("reason_" + strconv.Itoa(n))
			f.Passed = append(f.Passed, all[n].ID)
		}
	}
	words["dissent"+lang] = q.PostFormValue("dissent")
	var err error
	f.Recused, err = recusedIn(q.PostFormValue("recused"))
	return f, forum.CleanWords(forum.KindAgendaDecided, words), err
}

// recusedIn reads recusals, one a line: the number of a seat, and a candidate where it
// was recused on that alone.
func recusedIn(text string) (list []forum.Recusal, err error) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		seat, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil || len(words) > 2 {
			return nil, locale.Field("recused", locale.E("err.agenda.recused_line", "value", keeper.Line(line)))
		}
		r := forum.Recusal{Seat: seat}
		if len(words) == 2 {
			r.Candidate = words[1]
		}
		list = append(list, r)
	}
	return list, nil
}

// amendAgendaForm takes an item off the agenda, renames one or adds one, with a reason.
func (s *Site) amendAgendaForm() formHandler {
	fields := func(q *request, c forum.Cycle, f *formPage) error {
		all, names, _, err := q.candidates(c.ID)
		if err != nil {
			return err
		}
		items, err := q.agendaItems(c.ID, names)
		if err != nil {
			return err
		}
		of := "form.agenda.amend."
		no, candidate := q.labelled("no", of, "select", false), q.labelled("candidate", of, "select", false)
		for _, i := range items {
			if id := strconv.Itoa(i.No); i.WithdrawnOn == "" {
				no.Options = append(no.Options, choice{id, prefixed(id+".", i.Title), no.Value == id})
			}
		}
		for _, one := range all {
			candidate.Options = append(candidate.Options, choice{one.ID, one.Name, candidate.Value == one.ID})
		}
		f.Fields = []formField{q.labelled("change", of, "select", true).from(options(forum.AgendaChanges, q.FormValue("change"), prefix("form.agenda.change."))),
			no, candidate, q.labelled("title", of, "line", false), q.labelled("reason", of, "text", true)}
		return nil
	}
	submit := func(q *request, cycle int64) (string, error) {
		facts := forum.AgendaAmended{Cycle: cycle, Change: q.PostFormValue("change"), No: q.whole64("no")}
		if facts.Change == forum.ChangeAdded {
			facts.Candidate = keeper.Line(q.PostFormValue("candidate"))
			err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
				agenda, err := forum.Agenda(tx, cycle)
				facts.No = int64(len(agenda)) + 1
				return err
			})
			if err != nil {
				return "", err
			}
		}
		lang := string(q.lang())
		words := map[string]string{"reason." + lang: q.PostFormValue("reason"), "title." + lang: q.PostFormValue("title")}
		return s.publishOwn(q, cycleHref(cycle)+"/agenda", q.formKey(),
			keeper.Act{Kind: forum.KindAgendaAmended, By: "secretariat", Facts: facts, Words: forum.CleanWords(forum.KindAgendaAmended, words)})
	}
	return s.agendaForm("amend", mustBe(account.RoleSecretariat), fields, submit)
}
