package web

import (
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms of the directory. An office is entered by the party that it belongs to, or
// by the secretariat from a source that anybody can look at.

// regulatorForm enters an office or states it anew.
func (s *Site) regulatorForm(change bool) formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("form.regulator.lead"), Button: message("form.regulator.button"), Back: "/regulators"}
		heading := message("form.regulator.title")
		if change {
			r, err := q.regulatorOf(q.Tx)
			if err != nil {
				return View{}, nil, err
			}
			q.prefillRegulator(r)
			heading, f.Back = message("form.regulator_change.title"), regulatorHref(r.ID)
		}
		fields, err := q.regulatorFields()
		f.Fields = fields
		return View{Title: heading, Section: "menu.bodies", Crumbs: []Link{{message("regulators.title"), "/regulators"}}}, f, err
	}
	return formHandler{make: make, submit: func(q *request) (string, error) { return s.submitRegulator(q, change) }}
}

func (q *request) regulatorFields() ([]formField, error) {
	party := q.field("party", "select", !q.Who.Is(account.RoleSecretariat))
	party.Label = message("field.regulator_party")
	var err error
	party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayActFor(p.ID) == nil })
	kind := q.field("kind", "select", true).from(options(forum.RegulatorKinds, q.FormValue("kind"), func(c string) Text { return message("regulator.kind." + c) }))
	kind.Label = message("regulator.kind")
	area := q.field("area", "select", false).from(q.areaOptions(q.FormValue("area"))).help("form.regulator.area")
	area.Label = message("parties.area")
	items := q.field("items", "several", false).from(q.askingOptions())
	items.Label, items.Kind = message("commitment.field.items"), severalOf(items.Options)
	named := func(name, kind, label string, required bool) formField {
		f := q.field(name, kind, required)
		f.Label = message(label)
		return f
	}
	out := []formField{party, kind, area, named("name", "line", "field.regulator_name", true), named("remit", "text", "field.regulator_remit", true),
		named("url", "line", "field.regulator_url", false).help("form.regulator.contact"), named("mail", "line", "field.regulator_mail", false), items}
	if q.Who.Is(account.RoleSecretariat) {
		out = append(out, named("source", "line", "field.regulator_source", false).help("form.regulator.source"), named("source_url", "line", "field.regulator_source_url", false),
			named("source_on", "date", "field.regulator_source_on", false))
	}
	return out, err
}

// askingOptions are the items of the text in force that ask something, as choices.
func (q *request) askingOptions() []choice {
	var out []choice
	for _, i := range q.Pack.Asking(q.Pack.Settings.InForce) {
		out = append(out, choice{i.ID, prefixed(i.ID, title(q.Pack, compact.Items, i.ID)), slices.Contains(q.chosen("items"), i.ID)})
	}
	return out
}

// prefillRegulator fills the form with what stands, until she has sent hers.
func (q *request) prefillRegulator(r forum.RegulatorRow) {
	if q.FormValue("token") != "" {
		return
	}
	values := map[string]string{"kind": r.Kind, "area": r.Area, "source_on": r.SourceOn}
	if r.Party != 0 {
		values["party"] = strconv.FormatInt(r.Party, 10)
	}
	for _, name := range []string{"name", "remit", "source"} {
		values[name], _ = wordsText(r.Words, name).In(q.lang())
	}
	for _, name := range []string{"url", "mail", "source_url"} {
		values[name] = r.Words[name+".und"]
	}
	for name, value := range values {
		q.Form.Set(name, value)
	}
	q.Form["items"] = r.Items
}

// regulatorOf is the office of a form's address, for whoever may speak for it.
func (q *request) regulatorOf(tx *db.Tx) (forum.RegulatorRow, error) {
	id, err := q.number("id")
	if err != nil {
		return forum.RegulatorRow{}, err
	}
	return q.officeByID(tx, id)
}

func (q *request) officeByID(tx *db.Tx, id int64) (forum.RegulatorRow, error) {
	r, err := forum.RegulatorByID(tx, id)
	switch {
	case err != nil:
		return r, err
	case r.Party == 0:
		err = q.must(account.RoleSecretariat)
	default:
		err = q.mayActFor(r.Party)
	}
	return r, err
}

// openOffice is regulatorOf in a transaction of its own, for a submission.
func (s *Site) openOffice(q *request) (r forum.RegulatorRow, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		r, err = q.regulatorOf(tx)
		return err
	})
	return r, err
}

func (s *Site) submitRegulator(q *request, change bool) (string, error) {
	party, _ := strconv.ParseInt(q.PostFormValue("party"), 10, 64) // none: from a source
	f := forum.Regulator{Kind: q.PostFormValue("kind"), Area: q.PostFormValue("area"), Items: q.chosen("items"), SourceOn: keeper.Line(q.PostFormValue("source_on")), Lang: string(q.lang())}
	a := keeper.Act{Kind: forum.KindRegulatorListed, Words: q.typed([]string{"name", "source"}, []string{"remit"}, []string{"url", "mail", "source_url"})}
	if change {
		r, err := s.openOffice(q)
		if err != nil {
			return "", err
		}
		a.Kind, f.Regulator = forum.KindRegulatorChanged, r.ID
	}
	a.By, f.Party = q.actor(party)
	a.Facts = f
	to := func(out []keeper.Result) string {
		if change {
			return regulatorHref(f.Regulator)
		}
		return regulatorHref(out[0].Index)
	}
	return s.publishOffice(q, party, to, a)
}

// typed are the words of a form: lines and texts in the page's language, values in none.
func (q *request) typed(lines, texts, values []string) map[string]string {
	words := map[string]string{}
	for _, name := range lines {
		if line := keeper.Line(q.PostFormValue(name)); line != "" {
			words[name+"."+string(q.lang())] = line
		}
	}
	for _, name := range texts {
		if text := keeper.Prose(q.PostFormValue(name)); text != "" {
			words[name+"."+string(q.lang())] = text
		}
	}
	for _, name := range values {
		if value := keeper.Line(q.PostFormValue(name)); value != "" {
			words[name+".und"] = value
		}
	}
	return words
}

// publishOffice publishes for a party, or for nobody's office by the secretariat.
func (s *Site) publishOffice(q *request, party int64, to func([]keeper.Result) string, a keeper.Act) (string, error) {
	if party != 0 {
		return s.publish(q, party, q.formKey(), to, a)
	}
	if err := q.must(account.RoleSecretariat); err != nil {
		return "", err
	}
	out, err := s.submit(q, q.formKey(), a)
	if err != nil {
		return "", err
	}
	return to(out), nil
}

// officeForm is a form about one office that is there: its name, fields and act.
func (s *Site) officeForm(name string, fields func(q *request) ([]formField, error), act func(q *request, r forum.RegulatorRow) (keeper.Act, error)) formHandler {
	make := func(q *request) (View, *formPage, error) {
		r, err := q.regulatorOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form." + name + ".lead"), Button: message("form." + name + ".button"), Back: regulatorHref(r.ID)}
		f.Fields, err = fields(q)
		return View{Title: message("form." + name + ".title"), Section: "menu.bodies",
			Crumbs: []Link{{message("regulators.title"), "/regulators"}, {newRegulatorRow(q, r).Name, regulatorHref(r.ID)}}}, f, err
	}
	return formHandler{make: make, submit: func(q *request) (string, error) {
		r, err := s.openOffice(q)
		if err != nil {
			return "", err
		}
		a, err := act(q, r)
		if err != nil {
			return "", err
		}
		a.By, _ = q.actor(r.Party)
		return s.publishOffice(q, r.Party, back(regulatorHref(r.ID)), a)
	}}
}

// confirmRegulatorForm says once a year that the contact is right.
func (s *Site) confirmRegulatorForm() formHandler {
	return s.officeForm("regulator_confirm", func(*request) ([]formField, error) { return nil, nil },
		func(q *request, r forum.RegulatorRow) (keeper.Act, error) {
			return keeper.Act{Kind: forum.KindRegulatorConfirmed, Facts: forum.RegulatorConfirmed{Regulator: r.ID}}, nil
		})
}

// endRegulatorForm takes an office that is no more out of the directory.
func (s *Site) endRegulatorForm() formHandler {
	fields := func(q *request) ([]formField, error) {
		successor := q.field("successor", "select", false)
		successor.Label = message("field.regulator_successor")
		list, err := forum.Regulators(q.Tx)
		for _, r := range list {
			if id := strconv.FormatInt(r.ID, 10); r.EndedOn == "" && id != q.arg("id") {
				successor.Options = append(successor.Options, choice{id, newRegulatorRow(q, r).Name, id == q.FormValue("successor")})
			}
		}
		return []formField{q.field("reason", "text", true), successor}, err
	}
	return s.officeForm("regulator_end", fields, func(q *request, r forum.RegulatorRow) (keeper.Act, error) {
		f := forum.RegulatorEnded{Regulator: r.ID}
		if text := q.PostFormValue("successor"); text != "" {
			var err error
			if f.Successor, err = strconv.ParseInt(text, 10, 64); err != nil {
				return keeper.Act{}, locale.Field("successor", locale.E("err.regulator.unknown", "id", keeper.Line(text)))
			}
		}
		return keeper.Act{Kind: forum.KindRegulatorEnded, Facts: f, Words: q.inWords("reason")}, nil
	})
}

// regulatorTasks are the offices of hers whose contact she should confirm.
func (s *Site) regulatorTasks(q *request) ([]task, error) {
	if _, on := q.Pack.Module(forum.ModuleRegulators); !on {
		return nil, nil
	}
	var out []task
	for _, party := range q.Who.Parties() {
		list, err := forum.RegulatorsOf(q.Tx, party)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			row := newRegulatorRow(q, r)
			if row.State != forum.ContactStale && row.State != forum.ContactUnconfirmed {
				continue
			}
			since := r.StaleFrom
			if row.State == forum.ContactUnconfirmed {
				since = r.ListedOn
			}
			out = append(out, task{Since: since, Title: row.Name, Why: message("task.regulator"), Href: row.Href + "/confirm", Button: message("form.regulator_confirm.title")})
		}
	}
	return out, nil
}
