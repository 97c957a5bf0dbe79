package web

import (
	"strconv"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// The secretariat's desk for the advisory group: what comes next, and who was nominated.

// groupDeskForm lists the steps and the nominees of the latest call.
func (s *Site) groupDeskForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Lead: message("group.desk.lead"), Links: []Link{{message("group.form.terms"), groupDesk + "/terms"}, {message("group.form.appoint"), groupDesk + "/appoint"}, {message("group.form.conflict"), groupDesk + "/conflicts/new"}}}
		v := View{Title: message("group.desk")}
		if _, err := forum.TermsInForce(q.Tx); isNotFound(err) {
			return v, f, nil
		} else if err != nil {
			return v, nil, err
		}
		call, err := forum.LatestNominations(q.Tx)
		if isNotFound(err) {
			f.Links = append(f.Links, Link{message("group.form.call"), groupDesk + "/call"})
			return v, f, nil
		}
		if err != nil {
			return v, nil, err
		}
		if !call.Takes(q.Today) {
			f.Links = append(f.Links, Link{message("group.form.call"), groupDesk + "/call"})
		}
		if call.Pool == 0 {
			f.Links = append(f.Links, Link{message("group.form.extend"), groupDesk + "/extend"}, Link{message("group.form.pool"), groupDesk + "/pool"})
		}
		for _, add := range []func(*request, forum.NominationCall, *formPage) error{nomineePanel, drawPanel, seatPanel} {
			if err := add(q, call, f); err != nil {
				return v, nil, err
			}
		}
		return v, f, nil
	}
	return s.ofSecretariat(formHandler{make: make, submit: func(*request) (string, error) { return groupDesk, nil }})
}

// nomineePanel lists who was nominated, with whom may be the same person.
func nomineePanel(q *request, call forum.NominationCall, f *formPage) error {
	list, err := forum.Nominees(q.Tx, call.ID)
	if err != nil {
		return err
	}
	p := panel{Title: message("group.desk.nominees", "n", len(list)), Empty: message("group.desk.no_nominees")}
	same := forum.SameName(list)
	for _, n := range list {
		row := panelRow{Title: nomineeName(n), Href: groupDesk + "/nominees/" + n.ID, Notes: []Text{message("group.state." + n.State), segmentName(n.Profile.Segment)}}
		for _, those := range same {
			for _, other := range those {
				if other.ID == n.ID {
					row.Notes = append(row.Notes, message("group.desk.same_name", "n", len(those)))
				}
			}
		}
		if n.Person != "" {
			row.Notes = append(row.Notes, phrase("plain.text", "text", n.Person))
		}
		p.Rows = append(p.Rows, row)
	}
	f.Panels = append(f.Panels, p)
	return nil
}

// drawPanel leads to the next step of the draw.
func drawPanel(q *request, call forum.NominationCall, f *formPage) error {
	p := panel{Title: message("group.draws"), Empty: message("group.desk.all_taken")}
	if call.Pool != 0 {
		p.Links = []Link{{message("group.see_pool"), poolHref(call.Pool)}}
		d, err := forum.DrawOfPool(q.Tx, call.Pool)
		switch {
		case isNotFound(err):
			p.Links = append(p.Links, Link{message("group.form.announce"), groupDesk + "/draw"})
		case err != nil:
			return err
		default:
			p.Links = append(p.Links, Link{message("group.draw.see"), drawHref(d.ID)})
			if d.Made == 0 {
				p.Links = append(p.Links, Link{message("group.form.outcome"), groupDesk + "/outcome"})
			}
		}
	}
	open, err := openPlaces(q.Tx, q.Today)
	for _, o := range open {
		row := panelRow{Title: same(o.Person), Href: placeHref(o.draw.ID, o.Person), Notes: []Text{segmentName(o.Segment)}}
		n, err := forum.NomineeOf(q.Tx, o.draw.Pool, o.Person)
		switch {
		case isNotFound(err):
			row.Notes = append(row.Notes, message("group.desk.erased"))
		case err != nil:
			return err
		default:
			row.Title = nomineeName(n)
			answer := message("group.desk.no_answer")
			if n.Answer != "" && n.Answer != forum.SeatAsked {
				answer = message("group.answer." + n.Answer)
			}
			row.Notes = append(row.Notes, same(o.Person), answer)
		}
		p.Rows = append(p.Rows, row)
	}
	f.Panels = append(f.Panels, p)
	return err
}

// openPlace is a drawn seat that nobody has taken yet.
type openPlace struct {
	forum.SeatPlace
	draw forum.GroupDraw
}

// openPlaces are the seats of all draws that somebody can take: seats of an earlier
// draw fall free too while its terms run.
func openPlaces(tx *db.Tx, today string) (open []openPlace, err error) {
	draws, err := forum.Draws(tx)
	for _, d := range draws {
		if d.Made == 0 {
			continue
		}
		order, err := forum.OrderOf(tx, d)
		if err != nil {
			return nil, err
		}
		for _, p := range order.Places {
			if p.Seat == 0 && p.Until >= today {
				open = append(open, openPlace{p, d})
			}
		}
	}
	return open, err
}

func placeHref(drawID int64, person string) string {
	return groupDesk + "/draws/" + strconv.FormatInt(drawID, 10) + "/" + person
}

// seatPanel lists the seats that can fall free, and names that holders want erased.
func seatPanel(q *request, _ forum.NominationCall, f *formPage) error {
	sitting, err := forum.SittingOn(q.Tx, q.Today)
	if err != nil {
		return err
	}
	words, err := q.seatWords(sitting)
	if err != nil {
		return err
	}
	p := panel{Title: message("group.members"), Empty: message("group.nobody")}
	for _, seat := range sitting {
		p.Rows = append(p.Rows, panelRow{Title: personName(words[seat.ID], seat.Person), Href: groupDesk + "/seats/" + strconv.FormatInt(seat.ID, 10), Notes: []Text{segmentName(seat.Segment), dayText(seat.Until)}})
	}
	f.Panels = append(f.Panels, p)
	asked, err := forum.ErasuresAsked(q.Tx)
	if err != nil || len(asked) == 0 {
		return err
	}
	erase := panel{Title: message("group.desk.erasures"), Lead: message("group.desk.erasures_lead")}
	for entry, on := range asked {
		erase.Rows = append(erase.Rows, panelRow{Title: same("kept erase --entry " + strconv.FormatInt(entry, 10) + " --all --reason request"), Notes: []Text{dayText(on)}})
	}
	f.Panels = append(f.Panels, erase)
	return nil
}

// deskNominee is the nominee that an address of the desk names.
func (q *request) deskNominee(tx *db.Tx) (forum.Nominee, error) {
	return forum.NomineeByID(tx, q.arg("id"))
}

// deskCall is the same with the call that it answers.
func (q *request) deskCall(tx *db.Tx) (n forum.Nominee, call forum.NominationCall, err error) {
	if n, err = q.deskNominee(tx); err == nil {
		call, err = forum.NominationsByID(tx, n.Call)
	}
	return n, call, err
}

// decideNomineeForm shows a nomination whole and takes the decision.
func (s *Site) decideNomineeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		n, err := q.deskNominee(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.state." + n.State), Back: groupDesk}
		if f.Summary, err = q.nomineeSummary(n); err != nil {
			return View{}, nil, err
		}
		if n.Pool == 0 && n.State != forum.Named && n.State != forum.Withdrawn {
			f.Button = message("group.form.decide")
			f.Fields = []formField{q.groupField("eligible", "select", true).from(options([]string{"yes", "no"}, q.FormValue("eligible"), prefix("group.eligible."))),
				q.groupField("reason_code", "select", false).from(options(forum.IneligibleReasons, q.FormValue("reason_code"), prefix("group.ineligible."))), q.groupField("note", "text", false)}
		}
		if n.State == forum.Named || n.Answer == forum.SeatAsked {
			f.Panels = []panel{{Title: message("group.desk.link"), Rows: []panelRow{{Title: same(n.Mail), Actions: []panelAction{{message("group.desk.link_again"), groupDesk + "/nominees/" + n.ID + "/link", nil}}}}}}
		}
		return View{Title: nomineeName(n)}, f, nil
	}
	submit := func(q *request) (string, error) {
		return groupDesk, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			n, call, err := q.deskCall(tx)
			if err != nil {
				return err
			}
			terms, err := forum.TermsByID(tx, call.Terms)
			if err != nil {
				return err
			}
			eligible := q.PostFormValue("eligible") == "yes"
			if !eligible && q.PostFormValue("eligible") != "no" {
				return locale.Field("eligible", locale.E("err.commitment.needed"))
			}
			if err := placedAt("reason", "reason_code", forum.Decide(tx, q.Now, n, eligible, q.PostFormValue("reason_code"), q.PostFormValue("note"), terms)); err != nil {
				return err
			}
			if err := account.Note(tx, q.Now, q.Who, "nominee.decided", n.ID); err != nil {
				return err
			}
			token, err := forum.NewLink(tx, n.ID)
			if err != nil {
				return err
			}
			outcome := message("group.state." + forum.Eligible)
			if !eligible {
				outcome = phrase("group.desk.left_out", "reason", message("group.ineligible."+q.PostFormValue("reason_code")), "note", keeper.Prose(q.PostFormValue("note")))
			}
			return q.tellNominee(tx, n, "decided", token, "outcome", outcome)
		})
	}
	return s.ofSecretariat(formHandler{make: make, submit: submit})
}

// placedAt moves errors from one field to another.
func placedAt(from, to string, err error) error {
	es, ok := locale.All(err)
	if !ok {
		return err
	}
	moved := false
	for _, e := range es {
		if e.Place == from {
			e.Place, moved = to, true
		}
	}
	if moved {
		return es
	}
	return err
}

// nomineeSummary is everything that is kept of a nominee, for the secretariat alone.
func (q *request) nomineeSummary(n forum.Nominee) ([]factView, error) {
	by, err := q.nominatorOf(q.Tx, n)
	p := n.Profile
	out := []factView{{message("group.nominee.by"), by, nil}, {message("group.field.mail"), same(n.Mail), nil}, {message("group.segment"), segmentName(p.Segment), nil}}
	add := func(name string, value Text) {
		if english(value) != "" {
			out = append(out, factView{message("group.field." + name), value, nil})
		}
	}
	if p.Area != "" {
		add("area", areaText(q, p.Area))
	}
	for _, of := range []struct{ name, value string }{{"gender", p.Gender}, {"age", p.Age}, {"party_kind", p.Kind}, {"company_size", p.Size}} {
		if of.value != "" {
			add(of.name, q.valueName(of.name, of.value))
		}
	}
	for _, of := range []struct{ name, value string }{{"affiliation", p.Affiliation}, {"affiliations", p.Affiliations}, {"bio", p.Bio}, {"statement", p.Statement}, {"conflicts", p.Conflicts}, {"availability", p.Availability}, {"terms_served", number0(p.Terms)}} {
		add(of.name, same(of.value))
	}
	add("expertise", everyLang(func(l locale.Lang) string { return l.List(p.Expertise) }))
	add("languages", everyLang(func(l locale.Lang) string { return l.List(p.Languages) }))
	if p.Reserve {
		add("reserve", message("group.yes"))
	}
	return out, err
}

// newLinkForm sends the letter once more: the link of the earlier one opens nothing any more.
func (s *Site) newLinkForm() formHandler {
	submit := func(q *request) (string, error) {
		return groupDesk, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			n, call, err := q.deskCall(tx)
			if err != nil {
				return err
			}
			token, err := forum.NewLink(tx, n.ID)
			if err != nil {
				return err
			}
			if n.Pool != 0 {
				return q.tellNominee(tx, n, "drawn", token)
			}
			by, err := q.nominatorOf(tx, n)
			if err != nil {
				return err
			}
			return q.tellNominee(tx, n, "nominated", token, "by", by, "until", dayText(call.Until))
		})
	}
	return s.ofSecretariat(formHandler{make: s.decideNomineeForm().make, submit: submit})
}

// groupTasks are the steps of the group that wait for the secretariat.
func (s *Site) groupTasks(q *request) ([]task, error) {
	run, on := q.Pack.Module(forum.ModuleAdvisory)
	if run == nil || !on || !q.Who.Is(account.RoleSecretariat) {
		return nil, nil
	}
	call, err := forum.LatestNominations(q.Tx)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	open, err := openPlaces(q.Tx, q.Today)
	if err != nil {
		return nil, err
	}
	step := func(since, key, href string) task {
		return task{Since: since, Title: message("group.task." + key), Why: message("group.task." + key + "_why"), Href: href, Button: message("group.task.look")}
	}
	var out []task
	if len(open) > 0 {
		out = append(out, step(open[0].draw.MadeOn, "seats", groupDesk))
	}
	list, err := forum.Nominees(q.Tx, call.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if n.State == forum.Consented && call.Pool == 0 {
			out = append(out, step(n.MadeOn, "decide", groupDesk))
			break
		}
	}
	if call.Pool == 0 {
		if !call.Takes(q.Today) {
			out = append(out, step(call.Until, "pool", groupDesk+"/pool"))
		}
		return out, nil
	}
	d, err := forum.DrawOfPool(q.Tx, call.Pool)
	if isNotFound(err) {
		return append(out, step(call.Until, "draw", groupDesk+"/draw")), nil
	}
	if err != nil {
		return nil, err
	}
	if d.Made == 0 {
		plan, err := d.ReadPlan(q.Tx)
		if err == nil && plan.Sources[0].At <= q.Now.UTC().Format("2006-01-02T15:04:05Z") {
			out = append(out, step(d.AnnouncedOn, "outcome", groupDesk+"/outcome"))
		}
		return out, err
	}
	return out, nil
}
