package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// itemField offers the items of the text in force.
func (q *request) itemField(name, of string, required bool) formField {
	f := q.labelled(name, of, "several", required)
	for _, i := range q.Pack.Asking(q.Pack.InForce) {
		f.Options = append(f.Options, choice{i.ID, prefixed(i.ID, title(q.Pack, compact.Items, i.ID)), slices.Contains(q.chosen(name), i.ID)})
	}
	f.Kind = severalOf(f.Options)
	return f
}

// sessionField offers the sessions of a cycle that stand on its programme.
func (q *request) sessionField(cycle int64, required bool) (formField, error) {
	f := q.labelled("sessions", "message.field.", "several", required)
	after := ""
	for {
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Cycle: cycle, Today: q.Today, Limit: 1000, After: after})
		if err != nil {
			return f, err
		}
		for _, one := range found.List {
			if id := strconv.FormatInt(one.ID, 10); one.Slot != nil {
				f.Options = append(f.Options, choice{id, sessionTitle(one), slices.Contains(q.chosen("sessions"), id)})
			}
		}
		if after = found.Next; after == "" {
			f.Kind = severalOf(f.Options)
			return f, nil
		}
	}
}

// ids reads the numbers that a field sent.
func (q *request) ids(name string) (out []int64) {
	for _, text := range q.chosen(name) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// issueForm hands on what was said in sessions, by an organiser or the secretariat.
func (s *Site) issueForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/messages"
		f := &formPage{Action: q.URL.Path, Lead: message("message.form.lead"), Button: message("message.form.button"), Back: at}
		sessions, err := q.sessionField(c.ID, true)
		if err != nil {
			return View{}, nil, err
		}
		party := q.labelled("party", "message.field.", "select", !q.Who.Is(account.RoleSecretariat))
		if party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayDraftFor(p.ID) == nil }); err != nil {
			return View{}, nil, err
		}
		to := q.labelled("addressees", "message.field.", "many", false)
		for _, id := range q.Pack.Addressees {
			to.Options = append(to.Options, choice{id, title(q.Pack, compact.Addressees, id), slices.Contains(q.chosen("addressees"), id)})
		}
		parties := q.labelled(partnersField, "message.field.", "text", false)
		var open []typedName
		if parties.Value != "" {
			var kept string
			if kept, open, err = q.readPartners(parties.Value); err != nil {
				return View{}, nil, err
			}
			if parties.Value, err = q.namedPartners(kept); err != nil {
				return View{}, nil, err
			}
		}
		f.Fields = []formField{party, sessions, q.labelled("text", "message.field.", "text", true), q.itemField("items", "message.field.", true), to, parties}
		f.pickers(q, open)
		return View{Title: message("message.form.title"), Crumbs: append(q.cycleCrumbs(c), Link{message("messages.title"), at})}, f, nil
	}
	return formHandler{make: make, submit: s.issueMessage}
}

func (s *Site) issueMessage(q *request) (string, error) {
	c, err := s.cycleInTurn(q)
	if err != nil {
		return "", err
	}
	answers := commitment.Answers{partnersField: q.PostFormValue(partnersField)}
	open, err := s.findPartners(q, answers)
	if err == nil {
		err = unknownPartners(open)
	}
	if err != nil {
		return "", err
	}
	facts := forum.MessageIssued{Cycle: c.ID, Lang: string(q.lang()), Sessions: q.ids("sessions"), Items: q.chosen("items"), Addressees: q.chosen("addressees")}
	for _, p := range commitment.TypedPartners(answers[partnersField]) {
		facts.Parties = append(facts.Parties, p.Party)
	}
	act := keeper.Act{Kind: forum.KindMessageIssued, By: stakeholder.Secretariat, Facts: facts, Words: q.typedWords(nil, "text")}
	made := func(out []keeper.Result) string { return messageHref(out[0].Index) }
	places := map[string]string{"parties": partnersField}
	party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
	if err != nil { // the secretariat, for the forum
		to, err := s.publishOwn(q, cycleHref(c.ID)+"/messages", q.formKey(), act)
		if err == nil && len(q.made) > 0 {
			to = made(q.made)
		}
		return to, moved(err, places)
	}
	act.By, facts.Party = q.actor(party)
	act.Facts = facts
	to, err := s.publish(q, party, q.formKey(), made, act)
	return to, moved(err, places)
}

// followMessageForm says what became of a message: of itself by a party that it addresses, of
// any addressee by the secretariat, with a source.
func (s *Site) followMessageForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		m, err := forum.MessageByID(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		rows, err := messageRows(q, []forum.Message{m})
		if err != nil {
			return View{}, nil, err
		}
		whom := q.labelled("whom", "message.field.", "select", true)
		for i, to := range m.To {
			if to.Party == 0 && q.must(account.RoleSecretariat) != nil || to.Party != 0 && q.mayDraftFor(to.Party) != nil {
				continue
			}
			code := rows[0].To[i].Code
			whom.Options = append(whom.Options, choice{code, rows[0].To[i].Who.Text, code == whom.Value})
		}
		if len(whom.Options) == 0 {
			return View{}, nil, keeper.Refuse(keeper.ErrForbidden, locale.E("err.message.not_to_you"))
		}
		on := q.labelled("on", "message.field.", "date", true)
		if on.Value == "" {
			on.Value = q.Now.UTC().Format(time.DateOnly)
		}
		f := &formPage{Action: q.URL.Path, Lead: rows[0].Text, Button: message("message.form.follow"), Back: messageHref(id), Fields: []formField{whom,
			q.labelled("state", "message.field.", "select", true).from(options(forum.MessageStates, q.FormValue("state"), prefix("message.state."))), on,
			q.labelled("note", "message.field.", "text", true), q.labelled("source", "message.field.", "line", false), q.labelled("url", "message.field.", "line", false)}}
		return View{Title: message("message.form.follow_title"), Crumbs: []Link{{q.forumName(), "/forum"}, {message("messages.title"), "/messages"}, {message("message.number", "id", id), messageHref(id)}}}, f, nil
	}
	return formHandler{make: make, submit: s.followMessage}
}

func (s *Site) followMessage(q *request) (string, error) {
	id, err := q.number("id")
	if err != nil {
		return "", err
	}
	facts := forum.MessageFollowed{Message: id, State: q.PostFormValue("state"), On: keeper.Line(q.PostFormValue("on"))}
	words := q.typedWords([]string{"source"}, "note")
	if url := keeper.Line(q.PostFormValue("url")); url != "" {
		words["url.und"] = url
	}
	act := keeper.Act{Kind: forum.KindMessageFollowed, By: stakeholder.Secretariat, Words: words}
	places := map[string]string{"addressee": "whom"}
	whom := q.PostFormValue("whom")
	party, err := strconv.ParseInt(whom, 10, 64)
	if err != nil {
		facts.Addressee = whom
		act.Facts = facts
		to, err := s.publishOwn(q, messageHref(id), q.formKey(), act)
		return to, moved(err, places)
	}
	act.By, facts.Party = q.actor(party)
	act.Facts = facts
	to, err := s.publish(q, party, q.formKey(), back(messageHref(id)), act)
	return to, moved(err, places)
}

// outputForm publishes what a cycle leaves behind.
func (s *Site) outputForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/outputs"
		sessions, err := q.sessionField(c.ID, false)
		if err != nil {
			return View{}, nil, err
		}
		serves := q.labelled("serves", "output.field.", "many", true)
		for _, code := range forum.ForumFunctions {
			serves.Options = append(serves.Options, choice{code, message("forum.function." + code), slices.Contains(q.chosen("serves"), code)})
		}
		f := &formPage{Action: q.URL.Path, Lead: message("output.form.lead"), Button: message("output.form.button"), Back: at, Fields: []formField{
			q.labelled("kind", "output.field.", "select", true).from(options(forum.OutputKinds, q.FormValue("kind"), prefix("output.kind."))),
			q.labelled("title", "output.field.", "line", true), q.labelled("about", "output.field.", "text", false), q.labelled("page", "output.field.", "line", false),
			q.labelled("document", "output.field.", "line", false), q.labelled("message", "output.field.", "line", false), serves, sessions, q.itemField("items", "message.field.", false)}}
		return View{Title: message("output.form.title"), Crumbs: append(q.cycleCrumbs(c), Link{message("outputs.title"), at})}, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: s.publishOutput}
}

func (s *Site) publishOutput(q *request) (string, error) {
	c, err := s.cycleInTurn(q)
	if err != nil {
		return "", err
	}
	facts := forum.OutputPublished{Cycle: c.ID, Lang: string(q.lang()), Kind: q.PostFormValue("kind"), Document: strings.ToLower(keeper.Line(q.PostFormValue("document"))),
		Sessions: q.ids("sessions"), Items: q.chosen("items"), Serves: q.chosen("serves")}
	if text := keeper.Line(q.PostFormValue("message")); text != "" {
		if facts.Message, err = strconv.ParseInt(text, 10, 64); err != nil {
			return "", locale.Field("message", locale.E("err.message.unknown", "id", text))
		}
	}
	words := q.typedWords([]string{"title"}, "about")
	if page := keeper.Line(q.PostFormValue("page")); page != "" {
		words["page.und"] = page
		if err := s.pageStands(q, page); err != nil {
			return "", err
		}
	}
	return s.publishOwn(q, cycleHref(c.ID)+"/outputs", q.formKey(), keeper.Act{Kind: forum.KindOutputPublished, By: stakeholder.Secretariat, Facts: facts, Words: words})
}

// pageStands refuses an address of this site that shows nothing today.
func (s *Site) pageStands(q *request, address string) error {
	path, query, _ := strings.Cut(address, "?")
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		_, err := s.viewOf(q, path, query)
		return err
	})
	if _, ok := locale.All(err); ok {
		return locale.Field("page", locale.E("err.output.page"))
	}
	return err
}
