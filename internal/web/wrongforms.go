package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/person"
	"kept/internal/stakeholder"
)

// "This is wrong" is asked by anybody. Whoever signed in asks for a party or for
// the secretariat, and it is an act at once; whoever did not is a person, whose
// words stay private until a moderator has read them.

// wrongsByNetwork is how many requests one network can send in an hour.
const wrongsByNetwork = 30

// asSecretariat stands where a party's number stands.
const asSecretariat = "secretariat"

// wrongForm asks for a correction of what the address names.
func (s *Site) wrongForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		about, link, err := s.wrongAbout(q)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path + "?about=" + url.QueryEscape(about.String()), Button: message("form.wrong.button"), Back: link.Href, Hidden: []hiddenField{{"about", about.String()}},
			Summary: []factView{{message("correction.about"), link.Text, nil}}, Fields: []formField{
				q.input("category", "select", true, "correction.category").from(options(correction.Categories, q.FormValue("category"), func(c string) Text { return message("correction.category." + c) })),
				q.input("text", "text", true, "form.wrong.text"), q.input("proposed", "text", false, "correction.proposed"),
				q.input("url", "line", false, "form.wrong.url").help("form.wrong.url.help"),
			}}
		return View{Title: message("marks.wrong")}, f, q.whoAsks(f)
	}
	return formHandler{open: true, make: make, submit: s.submitWrong}
}

// wrongAbout reads what the form is about.
func (s *Site) wrongAbout(q *request) (correction.About, Link, error) {
	about, err := correction.ParseAbout(keeper.Line(strings.ToValidUTF8(q.FormValue("about"), "")))
	if err != nil {
		return about, Link{}, keeper.Refuse(keeper.ErrNotFound, err)
	}
	if err := s.there(q, about); err != nil {
		return about, Link{}, err
	}
	link, err := q.aboutLink(about)
	return about, link, err
}

// whoAsks adds in whose name it can be asked, and tells a person what becomes of it.
func (q *request) whoAsks(f *formPage) error {
	if q.Who == nil {
		waiting, published, err := person.Count(q.Tx, wrongCall(q.Now).ID)
		if err != nil {
			return err
		}
		f.Lead = message("person.how")
		f.Advice = []Text{message("form.wrong.no_names")}
		if waiting+published < person.Enough {
			f.Advice = append(f.Advice, message("person.few", "n", person.Enough))
		}
		f.Fields = append(f.Fields, q.input("summary", "check", false, "person.summary"))
		return nil
	}
	as := q.input("as", "select", true, "form.wrong.as")
	if q.Who.Is(account.RoleSecretariat) || q.Who.Is(account.RoleSteward) {
		as.Options = []choice{{asSecretariat, message("correction.by.secretariat"), q.FormValue("as") == asSecretariat}}
	}
	parties, err := q.partyOptions(q.FormValue("as"), func(p stakeholder.Party) bool { return q.mayDraftFor(p.ID) == nil })
	as.Options = append(as.Options, parties...)
	if len(as.Options) == 0 {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.party"))
	}
	f.Fields = append([]formField{as}, f.Fields...)
	return err
}

// input is a field whose label is not that of its name.
func (q *request) input(name, kind string, required bool, label string) formField {
	return formField{Name: name, Kind: kind, Label: message(label), Required: required, Value: q.FormValue(name)}
}

// wrongCall is the call that requests of this month answer.
func wrongCall(now time.Time) person.Call { return person.Monthly("wrong", correction.KindAsked, now) }

func (s *Site) submitWrong(q *request) (string, error) {
	var about correction.About
	var thing string
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		q.Tx = tx
		defer func() { q.Tx = nil }()
		if about, _, err = s.wrongAbout(q); err == nil {
			thing, err = correction.ThingOf(tx, about)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if err := s.served(q, about); err != nil {
		return "", err
	}
	lang := string(q.lang())
	words := correction.Clean(correction.KindAsked, map[string]string{"text." + lang: q.PostFormValue("text"), "proposed." + lang: q.PostFormValue("proposed"), "url.und": q.PostFormValue("url")})
	facts := correction.Asked{About: about.String(), Thing: thing, Category: q.PostFormValue("category"), Lang: lang, Received: q.Now.UTC().Format(time.DateOnly)}
	if q.Who == nil {
		return s.receiveWrong(q, facts, words)
	}
	act := keeper.Act{Kind: correction.KindAsked, Facts: facts, Words: words}
	to := func(out []keeper.Result) string { return correctionHref(out[0].Index) }
	if q.PostFormValue("as") == asSecretariat {
		return s.bySecretariat(q, act, to, account.RoleSecretariat, account.RoleSteward)
	}
	party, err := q.chosenParty("as")
	if err != nil {
		return "", err
	}
	act.By, facts.Party = q.actor(party)
	act.Facts = facts
	return s.publish(q, party, q.formKey(), to, act)
}

// chosenParty is the party that a field of the form names.
func (q *request) chosenParty(field string) (int64, error) {
	party, err := strconv.ParseInt(q.PostFormValue(field), 10, 64)
	if err != nil || party <= 0 {
		return 0, locale.Field(field, locale.E("err.party.which"))
	}
	return party, nil
}

// bySecretariat sends an act of the secretariat, for who has one of some roles.
func (s *Site) bySecretariat(q *request, act keeper.Act, to func([]keeper.Result) string, roles ...account.Role) (string, error) {
	if !slices.ContainsFunc(roles, q.Who.Is) {
		return "", q.must(roles[0])
	}
	act.By = stakeholder.Secretariat
	out, err := s.submit(q, q.formKey(), act)
	if err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		return account.Note(tx, q.Now, q.Who, act.Kind, "entry "+strconv.FormatInt(out[0].Index, 10))
	})
	return to(out), err
}

// receiveWrong keeps what a person sent. Of the day it came the record will have
// the week alone.
func (s *Site) receiveWrong(q *request, facts correction.Asked, words map[string]string) (to string, err error) {
	facts.Received = correction.WeekOf(q.Now)
	if len(words["text."+facts.Lang]) == 0 {
		return "", locale.Field("text", locale.E("err.correction.text_missing"))
	}
	if err := s.c.Keeper.Check(q.Context(), keeper.Act{Kind: correction.KindAsked, By: person.By, Facts: facts, Words: words}); err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		if ok, err := account.Try(tx, q.Now, "wrong "+network(q.Request), wrongsByNetwork); err != nil || !ok {
			return errors.Join(err, tooMany(ok))
		}
		receipt, err := person.Submit(tx, q.Now, wrongCall(q.Now), person.Input{Facts: facts, Words: words, Summary: q.PostFormValue("summary") != ""})
		to = "/receipts/" + receipt.Code
		return err
	})
	return to, err
}

// served refuses a page or a figure that this site does not show to everybody: it
// asks itself, as a visitor.
func (s *Site) served(q *request, about correction.About) error {
	path := about.ID
	switch about.Kind {
	case "page":
	case "figure":
		indicator, areaID, period := about.Observation()
		path = "/indicators/" + indicator + "/trace/" + areaID + "/" + period
	default:
		return nil
	}
	r := (&http.Request{Method: http.MethodHead, URL: &url.URL{Path: "/" + string(q.lang()) + path}, Header: http.Header{}}).WithContext(q.Context())
	var w statusOnly
	s.mux.ServeHTTP(&w, r)
	if w.status != http.StatusOK || w.Header().Get("Cache-Control") == "no-store" { // forms and receipts are not public
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("about", locale.E("err.correction.not_there", "value", about.String())))
	}
	return nil
}

// statusOnly is an answer of which nothing but the status is wanted.
type statusOnly struct {
	header http.Header
	status int
}

func (w *statusOnly) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *statusOnly) WriteHeader(status int) { w.status = status }

func (w *statusOnly) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return len(b), nil
}

// correctionForm answers a correction in public.
func (s *Site) correctionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.openCorrection(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		row, err := q.correctionRow(c)
		if err != nil {
			return View{}, nil, err
		}
		words, err := keeper.WordsOf(q.Tx, c.ID)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("form.correction.button"), Back: row.Href,
			Summary: []factView{{message("correction.about"), row.About.Text, nil}, {message("correction.received"), dayText(row.Received), nil}},
			Fields: []formField{
				q.input("outcome", "select", true, "corrections.outcome").from(options(correction.Outcomes, q.FormValue("outcome"), func(c string) Text { return message("correction.outcome." + c) })),
				q.input("text", "text", true, "correction.answer"),
				q.input("entry", "line", false, "form.correction.entry").help("form.correction.entry.help"),
				q.input("duplicate_of", "line", false, "form.correction.duplicate"),
			}}
		for _, part := range []string{"text", "proposed"} {
			if t := wordsText(words, part); t != nil {
				f.Summary = append(f.Summary, factView{message("correction." + part), t, nil})
			}
		}
		return View{Title: message("form.correction.title"), Crumbs: []Link{{message("corrections.title"), "/corrections"}, {message("correction.title", "id", c.ID), row.Href}}}, f, nil
	}
	return formHandler{may: mayAnswer, make: make, submit: s.submitAnswer}
}

// mayAnswer lets the secretariat and the data's stewards answer.
func mayAnswer(q *request) error {
	if q.Who.Is(account.RoleSteward) {
		return nil
	}
	return q.must(account.RoleSecretariat)
}

// openCorrection is the unanswered correction that the address names.
func (q *request) openCorrection(tx *db.Tx) (correction.Correction, error) {
	id, err := q.number("id")
	if err != nil {
		return correction.Correction{}, err
	}
	c, err := correction.Get(tx, id)
	if err == nil && c.AnsweredOn != "" {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.correction.answered", "on", c.AnsweredOn))
	}
	return c, err
}

func (s *Site) submitAnswer(q *request) (string, error) {
	id, err := q.number("id")
	if err != nil {
		return "", err
	}
	facts := correction.Answered{Correction: id, Outcome: q.PostFormValue("outcome"), Role: "secretariat"}
	if !q.Who.Is(account.RoleSecretariat) {
		facts.Role = "steward"
	}
	for field, to := range map[string]*int64{"entry": &facts.Entry, "duplicate_of": &facts.Of} {
		if text := keeper.Line(q.PostFormValue(field)); text != "" {
			if *to, err = strconv.ParseInt(text, 10, 64); err != nil || *to <= 0 {
				return "", locale.Field(field, locale.E("err.correction.number", "value", text))
			}
		}
	}
	words := correction.Clean(correction.KindAnswered, map[string]string{"text." + string(q.lang()): q.PostFormValue("text")})
	act := keeper.Act{Kind: correction.KindAnswered, Facts: facts, Words: words}
	return s.bySecretariat(q, act, func([]keeper.Result) string { return correctionHref(id) }, account.RoleSecretariat, account.RoleSteward)
}

// correctionTasks are the unanswered corrections, for who can answer them.
func (s *Site) correctionTasks(q *request) ([]task, error) {
	if mayAnswer(q) != nil {
		return nil, nil
	}
	list, err := correction.List(q.Tx, correction.Filter{Outcome: "open", Oldest: true})
	if err != nil {
		return nil, err
	}
	var tasks []task
	for _, c := range list[:min(len(list), mostTasks)] {
		row, err := q.correctionRow(c)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{Since: c.ReceivedOn, Title: phrase("task.correction", "about", row.About.Text), Why: row.What, Href: row.Href + "/answer", Button: message("form.correction.title")})
	}
	return tasks, nil
}
