package web

import (
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Forms of the advisory group. Those of the secretariat live under the desk; who was
// nominated comes by the link of a letter, without an account.

const groupDesk = "/desk/advisory-group"

// groupRoutes is the table of the addresses of the advisory group.
func (s *Site) groupRoutes() {
	s.page("/advisory-group", s.advisoryGroup)
	s.page("/advisory-group/pool/{id}", s.groupPool)
	s.page("/advisory-group/draws/{id}", s.groupDraw)
	s.form("/advisory-group/draws/{id}/witness", s.witnessForm())
	s.form("/advisory-group/nominations/new", s.nominateForm())
	s.form("/advisory-group/nominations/sent", s.nominatedForm())
	s.form("/advisory-group/nominee/{token}", s.nomineeForm())
	s.form("/advisory-group/nominee/{token}/withdraw", s.nomineeLeavesForm())
	s.form("/advisory-group/nominee/{token}/erase", s.nomineeErasedForm())
	s.form("/advisory-group/nominee/{token}/answer", s.nomineeAnswerForm())
	for _, lang := range locale.Langs {
		s.mux.HandleFunc("GET /"+string(lang)+"/advisory-group/nominee/{token}/export", s.exportNominee)
	}
	s.form("/desk/advisory-group", s.groupDeskForm())
	s.form("/desk/advisory-group/terms", s.termsForm())
	s.form("/desk/advisory-group/call", s.openNominationsForm())
	s.form("/desk/advisory-group/extend", s.extendForm())
	s.form("/desk/advisory-group/nominees/{id}", s.decideNomineeForm())
	s.form("/desk/advisory-group/nominees/{id}/link", s.newLinkForm())
	s.form("/desk/advisory-group/pool", s.publishPoolForm())
	s.form("/desk/advisory-group/draw", s.announceForm())
	s.form("/desk/advisory-group/outcome", s.outcomeForm())
	s.form("/desk/advisory-group/appoint", s.appointForm())
	s.form("/desk/advisory-group/draws/{id}/{person}", s.placeForm())
	s.form("/desk/advisory-group/seats/{id}", s.vacateForm())
	s.form("/desk/advisory-group/conflicts/new", s.conflictForm())
	s.needs(s.groupTasks)
}

// groupOf wraps a form: where the pack does not run an advisory group it says so, and
// has no button.
func (s *Site) groupOf(h formHandler) formHandler {
	make := h.make
	h.make = func(q *request) (View, *formPage, error) {
		run, err := q.groupRun()
		if err != nil {
			return View{}, nil, err
		}
		if !run.On {
			return View{Title: message("group.title"), Crumbs: groupCrumbs()}, &formPage{Lead: message("err.forum.off"), Back: "/advisory-group"}, nil
		}
		v, f, err := make(q)
		if err == nil {
			v.Section, v.Crumbs = "menu.bodies", groupCrumbs()
			f.Summary = append([]factView{{message("mechanisms.mandate"), run.Mandate, nil}}, f.Summary...)
		}
		return v, f, err
	}
	return h
}

// ofSecretariat is a form of the group that the secretariat fills in.
func (s *Site) ofSecretariat(h formHandler) formHandler {
	h.may = mustBe(account.RoleSecretariat)
	return s.groupOf(h)
}

// groupField is a field of these forms.
func (q *request) groupField(name, kind string, required bool) formField {
	return q.labelled(name, "group.field.", kind, required)
}

// byGroup sends an act of the secretariat and leads somewhere.
func (s *Site) byGroup(q *request, act keeper.Act, to string) (string, error) {
	return s.bySecretariat(q, act, back(to), account.RoleSecretariat)
}

// groupNumber reads a whole number of a form; empty is none.
func (q *request) groupNumber(field string, es *locale.Errors) int64 {
	text := keeper.Line(q.PostFormValue(field))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		es.AddField(field, locale.E("err.group.number"))
		return 0
	}
	return n
}

// termsForm publishes terms of reference. It comes filled in with those in force.
func (s *Site) termsForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		was, err := forum.TermsInForce(q.Tx)
		if err != nil && !isNotFound(err) {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.terms_lead"), Button: message("group.form.terms_button"), Back: groupDesk}
		filled := func(field formField, value string) formField {
			if !q.posted() {
				field.Value = value
			}
			return field
		}
		f.Fields = append(f.Fields, filled(q.groupField("from", "date", true), was.Constituted.From))
		for n, segment := range forum.Segments {
			seats := filled(formField{Name: "segments." + segment, Kind: "line", Label: phrase("group.field.seats_of", "segment", segmentName(segment)), Value: q.FormValue("segments." + segment)}, number0(was.Seats(segment)))
			if n == 0 {
				seats.Group, seats.Help = message("group.segments"), message("group.field.seats.help")
			}
			way := formField{Name: "filled." + segment, Kind: "select", Label: phrase("group.field.filled", "segment", segmentName(segment)), Value: q.FormValue("filled." + segment)}
			way = filled(way, was.Filled(segment))
			way.Options = options(forum.Fillings, way.Value, prefix("group.filled."))
			f.Fields = append(f.Fields, seats, way)
		}
		f.Fields = append(f.Fields, q.quotaFields(was, filled)...)
		term := filled(q.groupField("term_months", "line", true), number0(was.Term))
		term.Group = message("group.term")
		conflict := filled(q.groupField("conflict", "select", true), was.Conflict)
		conflict.Options = options(forum.Conflicts, conflict.Value, prefix("group.conflict."))
		f.Fields = append(f.Fields, term, filled(q.groupField("first_term_months", "line", false), number0(was.First)), filled(q.groupField("most_terms", "line", true), number0(was.MostTerms)),
			filled(q.groupField("most_of_one_affiliation", "line", false), number0(was.MostOfOne)), conflict, q.groupField("terms", "text", true), q.groupField("conflicts", "text", false))
		if was.ID != 0 && !q.posted() {
			if err := q.lastWords(was.ID, f, "terms", "conflicts"); err != nil {
				return View{}, nil, err
			}
		}
		return View{Title: message("group.form.terms")}, f, nil
	}
	return s.ofSecretariat(formHandler{make: make, submit: s.submitTerms})
}

// lastWords fills in what an entry says in the reader's language.
func (q *request) lastWords(entry int64, f *formPage, names ...string) error {
	words, err := keeper.WordsOf(q.Tx, entry)
	for n := range f.Fields {
		for _, name := range names {
			if f.Fields[n].Name == name {
				f.Fields[n].Value = words[name+"."+string(q.lang())]
			}
		}
	}
	return err
}

// quotaFields are one field for each value of each attribute: "2-5", "2-" or "-5".
func (q *request) quotaFields(was forum.Terms, filled func(formField, string) formField) (fields []formField) {
	for _, a := range forum.Attributes(q.Pack) {
		for n, value := range a.Values {
			name := "quotas." + a.Code + "." + value
			field := formField{Name: name, Kind: "line", Label: q.valueName(a.Code, value), Value: q.FormValue(name)}
			if n == 0 {
				field.Group, field.Help = phrase("group.field.quotas_of", "attribute", attributeName(a.Code)), message("group.field.quota.help")
			}
			for _, of := range was.Quotas {
				if of.Attribute == a.Code && of.Value == value {
					field = filled(field, boundsTyped(of.Min, of.Max))
				}
			}
			fields = append(fields, field)
		}
	}
	return fields
}

func boundsTyped(least, most int64) string { return number0(least) + "-" + number0(most) }

// boundsOf reads what boundsTyped writes; a number alone is exact.
func boundsOf(text string) (least, most int64, ok bool) {
	text = strings.NewReplacer("–", "-", "—", "-", "−", "-", " ", "").Replace(keeper.Line(text))
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	for _, of := range []struct {
		text string
		to   *int64
	}{{low, &least}, {high, &most}} {
		if of.text == "" {
			continue
		}
		n, err := strconv.ParseInt(of.text, 10, 32)
		if err != nil || n < 0 {
			return 0, 0, false
		}
		*of.to = n
	}
	return least, most, true
}

func (s *Site) submitTerms(q *request) (string, error) {
	var es locale.Errors
	facts := forum.Constituted{From: keeper.Line(q.PostFormValue("from")), Term: q.groupNumber("term_months", &es), First: q.groupNumber("first_term_months", &es),
		MostTerms: q.groupNumber("most_terms", &es), MostOfOne: q.groupNumber("most_of_one_affiliation", &es), Conflict: q.PostFormValue("conflict")}
	for _, segment := range forum.Segments {
		if n := q.groupNumber("segments."+segment, &es); n > 0 {
			facts.Segments = append(facts.Segments, forum.Segment{Segment: segment, Seats: n, Filled: q.PostFormValue("filled." + segment)})
		}
	}
	for _, a := range forum.Attributes(q.Pack) {
		for _, value := range a.Values {
			name := "quotas." + a.Code + "." + value
			if keeper.Line(q.PostFormValue(name)) == "" {
				continue
			}
			least, most, ok := boundsOf(q.PostFormValue(name))
			if !ok {
				es.AddField(name, locale.E("err.group.bounds"))
				continue
			}
			facts.Quotas = append(facts.Quotas, forum.Quota{Attribute: a.Code, Value: value, Min: least, Max: most})
		}
	}
	if err := es.Err(); err != nil {
		return "", err
	}
	return s.byGroup(q, keeper.Act{Kind: forum.KindConstituted, Facts: facts, Words: q.groupWords("terms", "conflicts")}, "/advisory-group#terms")
}

// groupWords takes texts of a form as parts in the reader's language.
func (q *request) groupWords(names ...string) map[string]string {
	words := map[string]string{}
	for _, n := range names {
		if text := keeper.Prose(q.PostFormValue(n)); text != "" {
			words[n+"."+string(q.lang())] = text
		}
	}
	return words
}

// openNominationsForm opens a call; it proposes the seats that are free when the terms begin.
func (s *Site) openNominationsForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		terms, err := forum.TermsInForce(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.call_lead"), Button: message("group.form.call_button"), Back: groupDesk, Hidden: []hiddenField{{"terms", strconv.FormatInt(terms.ID, 10)}},
			Fields: []formField{q.groupField("until", "date", true), q.groupField("term_from", "date", true)}}
		for _, segment := range terms.Segments {
			if segment.Filled == forum.Drawn {
				name := "seats." + segment.Segment
				f.Fields = append(f.Fields, formField{Name: name, Kind: "line", Label: phrase("group.field.seats_of", "segment", segmentName(segment.Segment)), Value: q.FormValue(name),
					Help: message("group.field.of_seats", "n", segment.Seats)})
			}
		}
		f.Fields = append(f.Fields, q.groupField("criteria", "text", true), q.groupField("how", "text", false))
		return View{Title: message("group.form.call")}, f, nil
	}
	submit := func(q *request) (string, error) {
		var es locale.Errors
		facts := forum.Nominations{Terms: q.groupNumber("terms", &es), Until: keeper.Line(q.PostFormValue("until")), TermFrom: keeper.Line(q.PostFormValue("term_from"))}
		for _, segment := range forum.Segments {
			if n := q.groupNumber("seats."+segment, &es); n > 0 {
				facts.Seats = append(facts.Seats, forum.Open{Segment: segment, Seats: n})
			}
		}
		if err := es.Err(); err != nil {
			return "", err
		}
		return s.byGroup(q, keeper.Act{Kind: forum.KindNominations, Facts: facts, Words: q.groupWords("criteria", "how")}, "/advisory-group#call")
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}

// extendForm gives a call more time.
func (s *Site) extendForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		call, err := forum.LatestNominations(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Button: message("group.form.extend"), Back: groupDesk, Summary: []factView{{message("group.field.until"), dayText(call.Until), nil}},
			Fields: []formField{q.groupField("until", "date", true), q.groupField("reason", "text", true)}}
		return View{Title: message("group.form.extend")}, f, nil
	}
	submit := func(q *request) (string, error) {
		var call forum.NominationCall
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			call, err = forum.LatestNominations(tx)
			return err
		})
		if err != nil {
			return "", err
		}
		facts := forum.Extended{Call: call.ID, Until: keeper.Line(q.PostFormValue("until"))}
		return s.byGroup(q, keeper.Act{Kind: forum.KindExtended, Facts: facts, Words: q.groupWords("reason")}, "/advisory-group#call")
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}
