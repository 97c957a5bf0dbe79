package web

import (
	"strconv"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// latestDraw is the draw of the latest call.
func latestDraw(tx *db.Tx) (forum.NominationCall, forum.GroupDraw, error) {
	call, err := forum.LatestNominations(tx)
	if err != nil {
		return call, forum.GroupDraw{}, err
	}
	d, err := forum.DrawOfPool(tx, call.Pool)
	return call, d, err
}

// tellDrawn writes to everybody whose a seat is and who was not asked yet. If we die
// before it, the desk says who has not answered, and writes again.
func (s *Site) tellDrawn(q *request) error {
	return s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		open, err := openPlaces(tx, q.Today)
		if err != nil {
			return err
		}
		for _, o := range open {
			n, err := forum.NomineeOf(tx, o.draw.Pool, o.Person)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			token, ok, err := forum.AskSeat(tx, n)
			if err == nil && ok {
				err = q.tellNominee(tx, n, "drawn", token)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// byGroupAndTell sends an act after which a seat can be somebody else's.
func (s *Site) byGroupAndTell(q *request, act keeper.Act, to string) (string, error) {
	to, err := s.byGroup(q, act, to)
	if err != nil {
		return "", err
	}
	return to, s.tellDrawn(q)
}

// placeAsked is the place that the address names.
func (q *request) placeAsked(tx *db.Tx) (forum.GroupDraw, forum.SeatPlace, error) {
	id, err := q.number("id")
	if err != nil {
		return forum.GroupDraw{}, forum.SeatPlace{}, err
	}
	d, err := forum.DrawByID(tx, id)
	if err != nil {
		return d, forum.SeatPlace{}, err
	}
	order, err := forum.OrderOf(tx, d)
	if err != nil {
		return d, forum.SeatPlace{}, err
	}
	place, ok := order.PlaceOf(q.arg("person"))
	if !ok {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.not_hers", "person", keeper.Line(q.arg("person"))))
	}
	return d, place, err
}

// placeForm enters that a drawn person takes her seat, or that she declines it: as she
// answered, or, where nobody stands behind the pseudonym any more, that nobody comes.
func (s *Site) placeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		d, p, err := q.placeAsked(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.place_lead"), Button: message("group.form.place"), Back: groupDesk,
			Summary: []factView{{message("group.segment"), segmentName(p.Segment), nil}, {message("group.term"), everyLang(func(l locale.Lang) string {
				return l.T("group.from_until", "from", l.Date(p.From), "until", l.Date(p.Until))
			}), nil}}}
		chosen := q.FormValue("answer")
		n, err := forum.NomineeOf(q.Tx, d.Pool, p.Person)
		switch {
		case err == nil:
			f.Summary = append(f.Summary, factView{message("group.field.name"), nomineeName(n), nil})
			if chosen == "" {
				chosen = n.Answer
			}
		case isNotFound(err):
			f.Advice = []Text{message("group.desk.erased")}
			if chosen == "" {
				chosen = forum.Declines
			}
		default:
			return View{}, nil, err
		}
		f.Fields = []formField{q.groupField("answer", "select", true).from(options(forum.SeatAnswers, chosen, prefix("group.answer."))), q.groupField("role", "line", false)}
		return View{Title: phrase("group.form.place_of", "person", p.Person)}, f, nil
	}
	return s.ofSecretariat(formHandler{make: make, submit: s.submitPlace})
}

func (s *Site) submitPlace(q *request) (string, error) {
	var act keeper.Act
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		d, place, err := q.placeAsked(tx)
		if err != nil {
			return err
		}
		answer := q.PostFormValue("answer")
		if answer == forum.Declines {
			act = keeper.Act{Kind: forum.KindSeatDeclined, Facts: forum.Declined{Draw: d.ID, Person: place.Person}}
			return nil
		}
		act = keeper.Act{Kind: forum.KindTaken, Facts: place.Taken(d.ID), Words: map[string]string{}}
		if role := keeper.Line(q.PostFormValue("role")); role != "" {
			act.Words["role."+string(q.lang())] = role
		}
		n, err := forum.NomineeOf(tx, d.Pool, place.Person)
		switch {
		case isNotFound(err):
			return locale.Field("answer", locale.E("err.nominee.gone"))
		case err != nil:
			return err
		case n.Answer != forum.TakesNamed && n.Answer != forum.TakesUnnamed:
			return locale.Field("answer", locale.E("err.nominee.unanswered"))
		case answer == forum.TakesNamed && n.Answer != forum.TakesNamed:
			return locale.Field("answer", locale.E("err.nominee.unnamed"))
		case answer == forum.TakesNamed:
			act.Words["name.und"] = keeper.Line(n.Name)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return s.byGroupAndTell(q, act, groupDesk)
}

// appointForm enters who is appointed to a seat that is not drawn.
func (s *Site) appointForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		terms, err := forum.TermsInForce(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		var segments []string
		for _, one := range terms.Segments {
			if one.Filled == forum.Appointed {
				segments = append(segments, one.Segment)
			}
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.appoint_lead"), Button: message("group.form.appoint"), Back: groupDesk}
		if len(segments) == 0 {
			f.Lead, f.Button = message("group.form.none_appointed"), nil
			return View{Title: message("group.form.appoint")}, f, nil
		}
		party := q.groupField("party", "select", true)
		if party.Options, err = q.partyOptions(party.Value, func(p stakeholder.Party) bool { return !p.Stated() }); err != nil {
			return View{}, nil, err
		}
		f.Fields = []formField{q.groupField("segment", "select", true).from(options(segments, q.FormValue("segment"), segmentName)), party, q.groupField("from", "date", true), q.groupField("last_day", "date", true),
			q.groupField("member", "line", false), q.groupField("role", "line", false)}
		return View{Title: message("group.form.appoint")}, f, nil
	}
	submit := func(q *request) (string, error) {
		party, err := q.chosenParty("party")
		if err != nil {
			return "", err
		}
		words := map[string]string{}
		if name := keeper.Line(q.PostFormValue("member")); name != "" {
			words["name.und"] = name
		}
		if role := keeper.Line(q.PostFormValue("role")); role != "" {
			words["role."+string(q.lang())] = role
		}
		facts := forum.Taken{Segment: q.PostFormValue("segment"), Party: party, From: keeper.Line(q.PostFormValue("from")), Until: keeper.Line(q.PostFormValue("last_day"))}
		to, err := s.byGroup(q, keeper.Act{Kind: forum.KindTaken, Facts: facts, Words: words}, "/advisory-group#members")
		return to, placedAt("until", "last_day", err)
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}

// vacateForm enters that a member leaves before her term ends. The next reserve moves up.
func (s *Site) vacateForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		seat, err := forum.SeatByID(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		words, err := keeper.WordsOf(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.vacate_lead"), Button: message("group.form.vacate"), Back: groupDesk,
			Summary: []factView{{message("group.who"), personName(words, seat.Person), nil}, {message("group.segment"), segmentName(seat.Segment), nil}, {message("group.field.last_day"), dayText(seat.Until), nil}},
			Fields: []formField{q.groupField("on", "date", true), q.groupField("reason", "select", true).from(options(forum.VacatedReasons, q.FormValue("reason"), prefix("group.reason."))),
				q.groupField("note", "text", false)}}
		return View{Title: message("group.form.vacate")}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("id")
		if err != nil {
			return "", err
		}
		facts := forum.Vacated{Seat: id, On: keeper.Line(q.PostFormValue("on")), Reason: q.PostFormValue("reason")}
		return s.byGroupAndTell(q, keeper.Act{Kind: forum.KindVacated, Facts: facts, Words: q.groupWords("note")}, groupDesk)
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}

// conflictForm enters a conflict of interest that a member declares.
func (s *Site) conflictForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		sitting, err := forum.SittingOn(q.Tx, q.Today)
		if err != nil {
			return View{}, nil, err
		}
		words, err := q.seatWords(sitting)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.form.conflict_lead"), Button: message("group.form.conflict"), Back: groupDesk}
		if len(sitting) == 0 {
			f.Lead, f.Button = message("group.nobody"), nil
		}
		seat := q.groupField("seat", "select", true)
		for _, one := range sitting {
			id := strconv.FormatInt(one.ID, 10)
			seat.Options = append(seat.Options, choice{id, personName(words[one.ID], one.Person), id == seat.Value})
		}
		f.Fields = []formField{seat, q.groupField("item", "line", false), q.groupField("text", "text", true)}
		return View{Title: message("group.form.conflict")}, f, nil
	}
	submit := func(q *request) (string, error) {
		seat, err := strconv.ParseInt(q.PostFormValue("seat"), 10, 64)
		if err != nil {
			return "", locale.Field("seat", locale.E("err.group.which_seat"))
		}
		return s.byGroup(q, keeper.Act{Kind: forum.KindConflict, Facts: forum.ConflictDeclared{Seat: seat, Item: keeper.Line(q.PostFormValue("item"))}, Words: q.groupWords("text")}, "/advisory-group")
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}
