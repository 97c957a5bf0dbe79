package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// sessionForms are all forms of the second half of a cycle.
func (s *Site) sessionForms() {
	scoped := func(address string, h formHandler) { h.scope = account.ScopeParty; s.form(address, h) }
	scoped("/forum/{cycle}/sessions/call", s.callForm())
	scoped("/forum/{cycle}/sessions/new", s.proposeForm())
	scoped("/desk/sessions/{id}", s.sessionDraftForm())
	scoped("/desk/sessions/{id}/check", s.sessionCheckForm())
	scoped("/forum/{cycle}/sessions/{id}/amend", s.amendSessionForm())
	scoped("/forum/{cycle}/sessions/{id}/withdraw", s.withdrawSessionForm())
	s.form("/forum/{cycle}/sessions/{id}/scorers", s.scorersForm())
	s.form("/forum/{cycle}/sessions/{id}/score", s.scoreForm())
	scoped("/forum/{cycle}/sessions/{id}/decide", s.decideSessionForm())
	scoped("/forum/{cycle}/sessions/{id}/report", s.reportSessionForm())
	scoped("/forum/{cycle}/sessions/{id}/excuse", s.excuseSessionForm())
	scoped("/forum/{cycle}/programme/set", s.programmeForm())
	scoped("/forum/{cycle}/messages/new", s.issueForm())
	scoped("/messages/{id}/follow", s.followMessageForm())
	scoped("/forum/{cycle}/outputs/new", s.outputForm())
}

// sessionCrumbs lead to a session's page.
func (q *request) sessionCrumbs(c forum.Cycle, s forum.Session) []Link {
	return append(q.cycleCrumbs(c), Link{message("sessions.title"), cycleHref(c.ID) + "/sessions"}, Link{sessionTitle(s), sessionHref(c.ID, s.ID)})
}

// inTurn reads what the address names in a transaction of its own, for a submission.
func (s *Site) inTurn(q *request) (c forum.Cycle, one forum.Session, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, one, err = q.sessionAsked()
		return err
	})
	return c, one, err
}

// cycleInTurn is inTurn for a cycle alone.
func (s *Site) cycleInTurn(q *request) (c forum.Cycle, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, err = q.cycleAsked()
		return err
	})
	return c, err
}

// typedWords are texts of a form in the language of the form, cleaned; lines are one line.
func (q *request) typedWords(lines []string, texts ...string) map[string]string {
	words := map[string]string{}
	for _, name := range lines {
		if text := keeper.Line(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	for _, name := range texts {
		if text := keeper.Prose(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	return words
}

// proposeForm chooses the party and opens a draft. Whoever owes a report is told here,
// before she begins.
func (s *Site) proposeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/sessions"
		v := View{Title: message("session.form.propose"), Crumbs: append(q.cycleCrumbs(c), Link{message("sessions.title"), at})}
		call, opened, err := forum.CallOf(q.Tx, c.ID)
		if err != nil {
			return View{}, nil, err
		}
		if !opened {
			return View{}, nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.session.no_form"))
		}
		f := &formPage{Action: q.URL.Path, Lead: phrase("session.form.propose_lead", "until", dayText(c.CallUntil), "n", c.MostSessions), Button: message("session.form.begin"), Back: at}
		criteria, err := newCallView(q, c, call)
		if err != nil {
			return View{}, nil, err
		}
		for _, one := range criteria.Criteria {
			f.Summary = append(f.Summary, factView{Label: message("session.form.criterion_weight", "n", one.Weight), Value: one.Asks})
		}
		party := q.field("party", "select", true)
		blocked := panel{Title: message("session.form.owed")}
		party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayDraftFor(p.ID) == nil })
		if err != nil {
			return View{}, nil, err
		}
		for _, o := range party.Options {
			if err := q.addOwed(&blocked, c, o); err != nil {
				return View{}, nil, err
			}
		}
		if len(blocked.Rows) > 0 {
			f.Panels = append(f.Panels, blocked)
		}
		f.Fields = []formField{party}
		return v, f, nil
	}
	return formHandler{make: make, submit: s.startSession}
}

// addOwed says of a party which report it owes, and leads to the form for it.
func (q *request) addOwed(to *panel, c forum.Cycle, party choice) error {
	id, err := strconv.ParseInt(party.ID, 10, 64)
	if err != nil {
		return err
	}
	owed, err := forum.Owed(q.Tx, c, id, q.Today)
	for _, o := range owed {
		to.Rows = append(to.Rows, panelRow{Title: party.Title, Href: sessionHref(o.Cycle, o.Session) + "/report", Notes: []Text{phrase("session.form.owed_since", "id", o.Session, "due", dayText(o.Due))}})
	}
	return err
}

func (s *Site) startSession(q *request) (string, error) {
	party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
	if err != nil {
		return "", locale.Field("party", locale.E("err.form.party"))
	}
	if err := q.mayDraftFor(party); err != nil {
		return "", locale.Field("party", err)
	}
	d := sessionDraft{ID: keeper.NewKey(), Owner: q.Who.ID, Party: party, Lang: string(q.lang())}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		c, err := q.cycleAsked()
		if err != nil {
			return err
		}
		call, opened, err := forum.CallOf(tx, c.ID)
		switch {
		case err != nil:
			return err
		case !opened:
			return keeper.Refuse(keeper.ErrNotFound, locale.E("err.session.no_form"))
		case q.Today > c.CallUntil:
			return keeper.Refuse(keeper.ErrConflict, locale.E("err.session.late", "on", c.CallUntil))
		}
		if err := stakeholder.Opens(tx, party, stakeholder.RightPropose); err != nil {
			return locale.Field("party", err)
		}
		owed, err := forum.Owed(tx, c, party, q.Today)
		if err == nil && len(owed) > 0 {
			err = keeper.Refuse(keeper.ErrForbidden, locale.Field("party", owed[0].Refusal(party)))
		}
		d.Call, d.Fields = call.ID, commitment.Answers{partnersField: strconv.FormatInt(party, 10)}
		return err
	})
	if err != nil {
		return "", err
	}
	return "/desk/sessions/" + d.ID, s.saveSessionDraft(q, d)
}

// personField names a field of a person in the form.
func personField(n int, name string) string { return "people." + strconv.Itoa(n) + "." + name }

// blankPeople is how many empty rows for people stand behind those that are filled.
const blankPeople = 2

// sessionFields draws the whole proposal.
func (q *request) sessionFields(d sessionDraft, answers commitment.Answers) ([]formField, error) {
	call, err := forum.CallByID(q.Tx, d.Call)
	if err != nil {
		return nil, err
	}
	agenda, err := forum.Agenda(q.Tx, call.Cycle)
	if err != nil {
		return nil, err
	}
	one := func(name, kind string, required bool) formField {
		f := q.labelled(name, "session.field.", kind, required)
		f.Value = answers[name]
		return f
	}
	several := func(name string, required bool, codes []string, word func(string) Text) formField {
		f := one(name, "many", required)
		chosen := splitCodes(answers[name])
		for _, code := range codes {
			f.Options = append(f.Options, choice{code, word(code), slices.Contains(chosen, code)})
		}
		f.Kind = severalOf(f.Options)
		return f
	}
	var items, numbers []string
	for _, i := range q.Pack.Asking(q.Pack.InForce) {
		items = append(items, i.ID)
	}
	for _, i := range agenda {
		if i.WithdrawnOn == "" {
			numbers = append(numbers, strconv.Itoa(i.No))
		}
	}
	minutes := make([]string, len(call.Durations))
	for i, m := range call.Durations {
		minutes[i] = strconv.FormatInt(m, 10)
	}
	fields := []formField{one("title", "line", true), one("problem", "text", true),
		one("format", "select", true).from(options(call.Formats, answers["format"], prefix("session.format."))),
		one("minutes", "select", true).from(options(minutes, answers["minutes"], func(m string) Text { return message("session.minutes", "n", m) })),
		one(partnersField, "text", true), several("items", true, items, func(id string) Text { return prefixed(id, title(q.Pack, compact.Items, id)) })}
	if len(numbers) > 0 {
		fields = append(fields, several("agenda", false, numbers, func(n string) Text { return message("session.agenda_item", "n", n) }))
	}
	fields = append(fields, one("gaps", "line", false), several("serves", true, forum.ForumFunctions, prefix("forum.function.")), one("serving", "text", true))
	return append(append(fields, q.personRows(answers)...), one("consent", "check", false)), nil
}

// splitCodes parts codes that a form sent.
func splitCodes(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\n' || r == '\r' })
}

// lastPerson is how many rows of people are filled.
func lastPerson(answers commitment.Answers) int {
	last := 0
	for n := range forum.MaxPeople {
		if strings.TrimSpace(answers[personField(n, "name")]) != "" {
			last = n + 1
		}
	}
	return last
}

// personRows are the people who are named, and some empty rows.
func (q *request) personRows(answers commitment.Answers) (fields []formField) {
	for n := range min(lastPerson(answers)+blankPeople, forum.MaxPeople) {
		one := func(name, kind string) formField {
			f := formField{Name: personField(n, name), Kind: kind, Label: message("session.person." + name), Value: answers[personField(n, name)]}
			if locale.English.Has("session.person." + name + ".help") {
				f.Help = message("session.person." + name + ".help")
			}
			return f
		}
		name := one("name", "line")
		name.Group = message("session.person", "n", n+1)
		role, group, gender := one("role", "select"), one("group", "select"), one("gender", "select")
		fields = append(fields, name, role.from(options(forum.PersonRoles, role.Value, prefix("session.role."))), group.from(options(q.Pack.PartyKinds, group.Value, partyKind)),
			one("area", "line"), gender.from(options(forum.Genders, gender.Value, prefix("session.gender."))))
	}
	return fields
}

// sessionTyped reads a sent proposal; what it does not name stays.
func (q *request) sessionTyped(into commitment.Answers) {
	for name := range into {
		if strings.HasPrefix(name, "people.") {
			delete(into, name)
		}
	}
	for name, values := range q.PostForm {
		switch {
		case name == "token", name == "key", name == "version", strings.HasPrefix(name, "partners.pick."):
		case strings.HasPrefix(name, "people."), slices.Contains(sessionAnswers, name):
			into[name] = strings.Join(values, ", ")
		}
	}
	for _, name := range sessionAnswers { // a box without a tick is not sent
		if _, sent := q.PostForm[name]; !sent {
			delete(into, name)
		}
	}
}

// sessionAnswers are the fields of a proposal besides people.
var sessionAnswers = []string{"title", "problem", "format", "minutes", partnersField, "items", "agenda", "gaps", "serves", "serving", "consent"}

// sessionAct makes the act of a draft.
func (q *request) sessionAct(d sessionDraft) keeper.Act {
	plan := forum.SessionPlan{Format: d.Fields["format"], Items: splitCodes(d.Fields["items"]), Gaps: splitCodes(d.Fields["gaps"]), Serves: splitCodes(d.Fields["serves"]), Consent: d.Fields["consent"] != ""}
	plan.Minutes, _ = strconv.ParseInt(d.Fields["minutes"], 10, 64) // what is no number is no duration of the call
	for _, p := range commitment.TypedPartners(d.Fields[partnersField]) {
		if p.Party != 0 && !slices.Contains(plan.Organisers, p.Party) {
			plan.Organisers = append(plan.Organisers, p.Party)
		}
	}
	for _, text := range splitCodes(d.Fields["agenda"]) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			plan.Agenda = append(plan.Agenda, n)
		}
	}
	words := map[string]string{}
	for name, clean := range map[string]func(string) string{"title": keeper.Line, "problem": keeper.Prose, "serving": keeper.Prose} {
		if text := clean(d.Fields[name]); text != "" {
			words[name+"."+d.Lang] = text
		}
	}
	for n := range lastPerson(d.Fields) {
		name := keeper.Line(d.Fields[personField(n, "name")])
		if name == "" {
			continue
		}
		part := "people." + strconv.Itoa(len(plan.People)) + "."
		role := d.Fields[personField(n, "role")]
		if role == "" {
			role = forum.PersonRoles[0]
		}
		plan.People = append(plan.People, role)
		words[part+"name.und"] = name
		for word, value := range map[string]string{"group": d.Fields[personField(n, "group")], "area": q.areaCode(d.Fields[personField(n, "area")]), "gender": d.Fields[personField(n, "gender")]} {
			if value = keeper.Line(value); value != "" {
				words[part+word+".und"] = value
			}
		}
	}
	by, _ := q.actor(d.Party)
	if d.Session != 0 {
		return keeper.Act{Kind: forum.KindSessionAmended, By: by, Facts: forum.SessionAmended{Session: d.Session, SessionPlan: plan}, Words: words}
	}
	return keeper.Act{Kind: forum.KindSessionProposed, By: by, Facts: forum.SessionProposed{Call: d.Call, Lang: d.Lang, SessionPlan: plan}, Words: words}
}

// areaCode is the code of a country or area however it was typed.
func (q *request) areaCode(text string) string {
	text = keeper.Line(text)
	if a, ok := q.Areas.ByID(strings.ToUpper(text)); ok {
		return a.ID
	}
	if a, ok := q.Areas.ByISO2(strings.ToUpper(text)); ok {
		return a.ID
	}
	if a, ok := q.Areas.ByName(text); ok && text != "" {
		return a.ID
	}
	return text
}

// atSessionFields hangs what the rules say at the fields of this form.
func atSessionFields(err error) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	places := map[string]string{"organisers": partnersField, "people": personField(0, "name")}
	out := make(locale.Errors, len(es))
	for i, e := range es {
		moved := *e
		if to, ok := places[e.Place]; ok {
			moved.Place = to
		} else {
			moved.Place, _, _ = strings.Cut(e.Place, ".")
		}
		out[i] = &moved
	}
	return keeper.Refuse(kindOfRefusal(err), out)
}

// sessionDraftForm is the proposal; it saves whatever was typed, right or wrong.
func (s *Site) sessionDraftForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.sessionDraftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		answers := d.Fields
		if q.posted() {
			answers = commitment.Answers{}
			q.sessionTyped(answers)
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.lead"), Button: message("session.form.next"), Back: "/desk", Hidden: []hiddenField{{"version", strconv.FormatInt(d.Version, 10)}}}
		if f.Fields, err = q.sessionFields(d, answers); err != nil {
			return View{}, nil, err
		}
		var open []typedName
		for i := range f.Fields {
			if f.Fields[i].Name != partnersField || f.Fields[i].Value == "" {
				continue
			}
			var kept string
			if kept, open, err = q.readPartners(f.Fields[i].Value); err == nil {
				f.Fields[i].Value, err = q.namedPartners(kept)
			}
			if err != nil {
				return View{}, nil, err
			}
		}
		f.pickers(q, open)
		key := "session.form.title"
		if d.Session != 0 {
			key = "session.form.amend"
		}
		return View{Title: message(key), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.saveSession}
}

func (s *Site) saveSession(q *request) (string, error) {
	d, err := s.sessionDraft(q)
	if err != nil {
		return "", err
	}
	if seen := q.PostFormValue("version"); seen != "" && seen != strconv.FormatInt(d.Version, 10) {
		return "", errNewer
	}
	q.sessionTyped(d.Fields)
	open, err := s.findPartners(q, d.Fields)
	if err != nil {
		return "", err
	}
	if err := s.saveSessionDraft(q, d); err != nil {
		return "", err
	}
	if err := unknownPartners(open); err != nil {
		return "", err
	}
	if err := s.c.Keeper.Check(q.Context(), q.sessionAct(d)); err != nil {
		return "", atSessionFields(err)
	}
	return "/desk/sessions/" + d.ID + "/check", nil
}

// sessionCheckForm shows what will be published, and who is heard in it, and the button.
func (s *Site) sessionCheckForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, err := q.sessionDraftOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		fields, err := q.sessionFields(d, d.Fields)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.check_lead"), Button: message("session.form.publish"), Back: "/desk/sessions/" + d.ID}
		for _, field := range fields {
			if field.Name == partnersField {
				if field.Value, err = q.namedPartners(field.Value); err != nil {
					return View{}, nil, err
				}
			}
			if field.Value != "" {
				f.Summary = append(f.Summary, factView{Label: field.Label, Value: shown(field)})
			}
		}
		mix, err := q.draftMix(d)
		if err != nil {
			return View{}, nil, err
		}
		f.Panels = append(f.Panels, mix)
		return View{Title: message("session.form.check"), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{make: make, submit: s.publishSession}
}

// draftMix sets organisers and people of a draft beside each other by group, region and gender.
func (q *request) draftMix(d sessionDraft) (panel, error) {
	act := q.sessionAct(d)
	plan := forum.SessionPlan{}
	switch f := act.Facts.(type) {
	case forum.SessionProposed:
		plan = f.SessionPlan
	case forum.SessionAmended:
		plan = f.SessionPlan
	}
	var people []forum.PersonOf
	for n, role := range plan.People {
		at := "people." + strconv.Itoa(n) + "."
		people = append(people, forum.PersonOf{Role: role, Group: act.Words[at+"group.und"], Area: act.Words[at+"area.und"], Gender: act.Words[at+"gender.und"]})
	}
	m, err := forum.MixAmong(q.Tx, q.Pack, plan.Organisers, people)
	p := panel{Title: message("session.mix.title"), Lead: message("session.mix.lead")}
	for _, part := range newMixView(q, m, true).Parts {
		for _, row := range part.Rows {
			note := phrase("session.mix.both", "organisers", row.Organisers, "people", row.People)
			if row.NoParties {
				note = message("session.mix.people", "n", row.People)
			}
			p.Rows = append(p.Rows, panelRow{Title: phrase("session.mix.row", "part", part.Title, "name", row.NameIs), Notes: []Text{note}})
		}
	}
	return p, err
}

// publishSession sends the act. The draft's id is the submission key: sent twice, it is
// one session.
func (s *Site) publishSession(q *request) (string, error) {
	d, err := s.sessionDraft(q)
	if err != nil {
		return "", err
	}
	var cycle int64
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		call, err := forum.CallByID(tx, d.Call)
		cycle = call.Cycle
		return err
	})
	if err != nil {
		return "", err
	}
	made := func(out []keeper.Result) string { return sessionHref(cycle, out[0].Index) }
	if d.Session != 0 {
		made = back(sessionHref(cycle, d.Session))
	}
	to, err := s.publish(q, d.Party, "session/"+d.ID, made, q.sessionAct(d))
	if err != nil || len(q.made) == 0 {
		return to, err // where it waits for somebody else, the draft waits too
	}
	return to, s.dropSessionDraft(q, d.ID)
}

// amendSessionForm opens a draft of a session as it stands.
func (s *Site) amendSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err == nil {
			err = q.mayDraftFor(one.Lead)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.amend_lead"), Button: message("session.form.begin"), Back: sessionHref(c.ID, one.ID)}
		return View{Title: message("session.form.amend"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		_, one, err := s.inTurn(q)
		if err == nil {
			err = q.mayDraftFor(one.Lead)
		}
		if err != nil {
			return "", err
		}
		d := sessionDraft{ID: keeper.NewKey(), Owner: q.Who.ID, Party: one.Lead, Call: one.Call, Session: one.ID, Lang: one.Lang}
		err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
			words, err := keeper.WordsOf(tx, one.Version)
			if err != nil {
				return err
			}
			d.Fields, err = standingAnswers(tx, one, words)
			return err
		})
		if err != nil {
			return "", err
		}
		return "/desk/sessions/" + d.ID, s.saveSessionDraft(q, d)
	}
	return formHandler{make: make, submit: submit}
}

// standingAnswers are the answers that would give a session as it stands.
func standingAnswers(tx *db.Tx, one forum.Session, words map[string]string) (commitment.Answers, error) {
	ids := func(list []int64, by string) string {
		out := make([]string, len(list))
		for i, id := range list {
			out[i] = strconv.FormatInt(id, 10)
		}
		return strings.Join(out, by)
	}
	a := commitment.Answers{"title": words["title."+one.Lang], "problem": words["problem."+one.Lang], "serving": words["serving."+one.Lang], "format": one.Format,
		"minutes": strconv.FormatInt(one.Minutes, 10), partnersField: ids(one.Organisers, "; "), "items": strings.Join(one.Items, ", "), "gaps": strings.Join(one.Gaps, ", "),
		"serves": strings.Join(one.Serves, ", "), "agenda": ids(one.Agenda, ", ")}
	people, err := forum.PeopleOf(tx, one.Version)
	for n, p := range people {
		a["consent"] = "yes"
		for name, value := range map[string]string{"role": p.Role, "name": p.Name, "group": p.Group, "area": p.Area, "gender": p.Gender} {
			if value != "" {
				a[personField(n, name)] = value
			}
		}
	}
	return a, err
}

// withdrawSessionForm takes a session back.
func (s *Site) withdrawSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err == nil {
			err = q.mayActFor(one.Lead)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.withdraw_lead"), Button: message("session.form.withdraw"), Back: sessionHref(c.ID, one.ID),
			Fields: []formField{q.labelled("reason", "session.field.", "text", true)}}
		return View{Title: message("session.form.withdraw"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		by, _ := q.actor(one.Lead)
		return s.publish(q, one.Lead, q.formKey(), back(sessionHref(c.ID, one.ID)),
			keeper.Act{Kind: forum.KindSessionWithdrawn, By: by, Facts: forum.SessionWithdrawn{Session: one.ID}, Words: q.typedWords(nil, "reason")})
	}
	return formHandler{make: make, submit: submit}
}
