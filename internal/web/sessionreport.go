package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// reportSessionForm is an organiser's report of a session that was held.
func (s *Site) reportSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err != nil {
			return View{}, nil, err
		}
		party := q.labelled("party", "session.field.", "select", true)
		party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool {
			return slices.Contains(one.Organisers, p.ID) && q.mayDraftFor(p.ID) == nil
		})
		if err == nil && len(party.Options) == 0 {
			err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.session.not_organiser"))
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.report_none"), Button: message("session.form.report"), Back: sessionHref(c.ID, one.ID), Fields: []formField{party}}
		if one.ReportDue != "" {
			f.Lead = phrase("session.form.report_lead", "due", dayText(one.ReportDue))
		}
		for _, name := range []string{"issues", "discussion", "takeaways", "next"} {
			f.Fields = append(f.Fields, q.labelled(name, "session.field.", "text", true))
		}
		for n, kind := range q.Pack.PartyKinds {
			name := "present." + kind
			field := formField{Name: name, Kind: "decimal", Label: partyKind(kind), Value: q.FormValue(name)}
			if n == 0 {
				field.Group, field.Help = message("session.form.present"), message("session.form.present_help", "min", forum.LeastPeople)
			}
			f.Fields = append(f.Fields, field)
		}
		return View{Title: message("session.form.report"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
		if err != nil {
			return "", locale.Field("party", locale.E("err.form.party"))
		}
		facts := forum.SessionReported{Session: one.ID, Lang: string(q.lang())}
		var by string
		if by, facts.Party = q.actor(party); !slices.Contains(one.Organisers, party) {
			return "", keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.session.not_organiser")))
		}
		if err := q.peoplePresent(&facts); err != nil {
			return "", err
		}
		to, err := s.publish(q, party, q.formKey(), back(sessionHref(c.ID, one.ID)),
			keeper.Act{Kind: forum.KindSessionReported, By: by, Facts: facts, Words: q.typedWords(nil, "issues", "discussion", "takeaways", "next")})
		return to, moved(err, map[string]string{"present": "present." + q.Pack.PartyKinds[0]})
	}
	return formHandler{make: make, submit: submit}
}

// peoplePresent reads how many people of each group took part: one to four are a group
// without a number.
func (q *request) peoplePresent(f *forum.SessionReported) error {
	var es locale.Errors
	for _, kind := range q.Pack.PartyKinds {
		text := keeper.Line(q.PostFormValue("present." + kind))
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil || n < 0:
			es.AddField("present."+kind, locale.E("err.session.present_line", "value", text))
		case n >= forum.LeastPeople:
			f.Present = append(f.Present, forum.Present{Group: kind, People: n})
		case n > 0:
			f.Few = append(f.Few, kind)
		}
	}
	return es.Err()
}

// excuseSessionForm lets organisers propose again though no report came.
func (s *Site) excuseSessionForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, one, err := q.sessionAsked()
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("session.form.excuse_lead"), Button: message("session.form.excuse"), Back: sessionHref(c.ID, one.ID),
			Fields: []formField{q.labelled("reason", "session.field.", "text", true)}}
		return View{Title: message("session.form.excuse"), Crumbs: q.sessionCrumbs(c, one)}, f, nil
	}
	submit := func(q *request) (string, error) {
		c, one, err := s.inTurn(q)
		if err != nil {
			return "", err
		}
		return s.publishOwn(q, sessionHref(c.ID, one.ID), q.formKey(),
			keeper.Act{Kind: forum.KindSessionExcused, By: "secretariat", Facts: forum.SessionExcused{Session: one.ID}, Words: q.typedWords(nil, "reason")})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// programmeForm sets one day: its rooms, one a line, and its slots, one a line, as
// "09:30 1 812". Times are those of the forum's own clock.
func (s *Site) programmeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		at := cycleHref(c.ID) + "/programme"
		f := &formPage{Action: q.URL.Path, Lead: phrase("programme.form.lead", "from", dayText(c.From), "to", dayText(c.To)), Button: message("programme.form.button"), Back: at}
		if err := q.standingDay(c.ID); err != nil {
			return View{}, nil, err
		}
		zone := q.labelled("zone", "programme.field.", "suggest", true)
		for _, name := range zoneNames {
			zone.Options = append(zone.Options, choice{name, same(name), false})
		}
		f.Fields = []formField{q.labelled("day", "programme.field.", "date", true), zone, q.labelled("rooms", "programme.field.", "text", true), q.labelled("slots", "programme.field.", "text", false)}
		waiting := panel{Title: message("programme.form.waiting"), Empty: message("programme.form.none_waiting")}
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Cycle: c.ID, State: forum.OutcomeAccepted, Today: q.Today, Limit: 1000})
		for _, one := range found.List {
			if one.Slot == nil {
				waiting.Rows = append(waiting.Rows, panelRow{Title: sessionTitle(one), Href: sessionHref(c.ID, one.ID), Notes: []Text{message("programme.form.row", "id", one.ID, "n", one.Minutes)}})
			}
		}
		f.Panels = []panel{waiting}
		return View{Title: message("programme.form.title"), Crumbs: append(q.cycleCrumbs(c), Link{message("programme.title"), at})}, f, err
	}
	submit := func(q *request) (string, error) {
		c, err := s.cycleInTurn(q)
		if err != nil {
			return "", err
		}
		facts, words, err := q.typedDay(c.ID)
		if err != nil {
			return "", err
		}
		return s.publishOwn(q, cycleHref(c.ID)+"/programme", q.formKey(), keeper.Act{Kind: forum.KindProgrammeSet, By: "secretariat", Facts: facts, Words: words})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// standingDay fills the form with the day that the address asks for, as it stands.
func (q *request) standingDay(cycle int64) error {
	if q.posted() {
		return nil
	}
	days, err := forum.Programme(q.Tx, cycle)
	for _, d := range days {
		if d.Day != q.FormValue("day") {
			continue
		}
		words, err := keeper.WordsOf(q.Tx, d.Entry)
		if err != nil {
			return err
		}
		var rooms, slots []string
		for n := range d.Rooms {
			rooms = append(rooms, textOf(roomName(words, n), q.lang()))
		}
		for _, slot := range d.Slots {
			slots = append(slots, clockOf(slot.Starts, d.Zone).time+" "+strconv.FormatInt(slot.Room+1, 10)+" "+strconv.FormatInt(slot.Session, 10))
		}
		q.Form.Set("zone", d.Zone)
		q.Form.Set("rooms", strings.Join(rooms, "\n"))
		q.Form.Set("slots", strings.Join(slots, "\n"))
	}
	return err
}

// typedDay reads a day as it was typed. A time that the forum's clock skips or shows
// twice is taken as Go's time package reads it, and shown so.
func (q *request) typedDay(cycle int64) (f forum.ProgrammeSet, words map[string]string, err error) {
	f = forum.ProgrammeSet{Cycle: cycle, Day: keeper.Line(q.PostFormValue("day")), Zone: keeper.Line(q.PostFormValue("zone"))}
	words = map[string]string{}
	for _, line := range strings.Split(keeper.Prose(q.PostFormValue("rooms")), "\n") {
		if name := keeper.Line(line); name != "" {
			words["room."+strconv.FormatInt(f.Rooms, 10)+"."+string(q.lang())] = name
			f.Rooms++
		}
	}
	if !forum.KnownZone(f.Zone) {
		return f, words, locale.Field("zone", locale.E("err.programme.zone", "value", f.Zone))
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return f, words, err
	}
	var es locale.Errors
	for n, line := range strings.Split(keeper.Prose(q.PostFormValue("slots")), "\n") {
		parts := strings.Fields(line)
		if len(parts) == 0 {
			continue
		}
		if len(parts) != 3 {
			es.AddField("slots", locale.E("err.programme.line", "n", n+1))
			continue
		}
		at, wrong := time.ParseInLocation("2006-01-02 15:04", f.Day+" "+parts[0], zone)
		room, badRoom := strconv.ParseInt(parts[1], 10, 64)
		session, badSession := strconv.ParseInt(parts[2], 10, 64)
		switch {
		case wrong != nil:
			es.AddField("slots", locale.E("err.programme.time", "n", n+1))
		case badRoom != nil || badSession != nil:
			es.AddField("slots", locale.E("err.programme.line", "n", n+1))
		default:
			f.Slots = append(f.Slots, forum.Slot{Session: session, Room: room - 1, Starts: at.UTC().Format(forum.SlotTime)})
		}
	}
	return f, words, es.Err()
}
