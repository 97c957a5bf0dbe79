package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
)

// The nominee's own page, by the link of her letter: what is kept of her, what of it
// would be published, and the ways to correct, agree, take back and erase it.

// nominee is whoever holds the link of the address.
func (q *request) nominee(tx *db.Tx) (forum.Nominee, error) {
	return forum.NomineeByLink(tx, q.arg("token"))
}

func (q *request) nomineeHref() string { return "/advisory-group/nominee/" + q.arg("token") }

// nomineeForm shows her page; while the call is open it takes corrections and her consent.
func (s *Site) nomineeForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		n, err := q.nominee(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.nominee.state." + n.State)}
		v := View{Title: message("group.nominee.title")}
		call, err := forum.NominationsByID(q.Tx, n.Call)
		if err != nil {
			return v, nil, err
		}
		opened, err := call.Opened(q.Tx)
		if err != nil {
			return v, nil, err
		}
		by, err := q.nominatorOf(q.Tx, n)
		if err != nil {
			return v, nil, err
		}
		f.Summary = []factView{{message("group.nominee.by"), by, nil}, {message("group.field.mail"), same(n.Mail), nil}, {message("group.field.until"), dayText(call.Until), nil}}
		if n.Note != "" {
			f.Summary = append(f.Summary, factView{message("group.ineligible." + n.Reason), same(n.Note), nil})
		}
		if n.State == forum.Named || n.State == forum.Consented {
			if call.Takes(q.Today) {
				q.nomineeFields(f, n, opened)
			} else if n.State == forum.Named {
				f.Lead = message("group.nominee.too_late")
			}
		}
		if err := q.nomineeRow(f, n, call); err != nil {
			return v, nil, err
		}
		links := panel{Title: message("group.nominee.yours"), Lead: message("group.nominee.kept", "n", int(forum.NomineeKept.Hours()/24)), Links: []Link{{message("group.nominee.export"), q.nomineeHref() + "/export"}, {message("group.nominee.erase"), q.nomineeHref() + "/erase"}}}
		if n.Pool == 0 && n.State != forum.Withdrawn {
			links.Links = append(links.Links, Link{message("group.nominee.withdraw"), q.nomineeHref() + "/withdraw"})
		}
		f.Panels = append(f.Panels, links)
		return v, f, nil
	}
	submit := func(q *request) (string, error) {
		var es locale.Errors
		profile := q.profile(&es)
		return q.nomineeHref(), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			n, err := q.nominee(tx)
			if err != nil {
				return err
			}
			call, opened, terms, err := q.openCall(tx)
			if err != nil {
				return err
			}
			if call.ID != n.Call {
				return keeper.Refuse(keeper.ErrConflict, locale.E("err.nominee.moved"))
			}
			n.Name, n.Profile = keeper.Line(q.PostFormValue("name")), profile
			if q.PostFormValue("consent") == "" && n.State == forum.Named {
				es.AddField("consent", locale.E("err.nominee.consent"))
			}
			es.Add(n.Check(q.Pack, opened, terms, true))
			if err := es.Err(); err != nil {
				return err
			}
			return forum.Amend(tx, q.Now, n, q.PostFormValue("consent") != "")
		})
	}
	return s.groupOf(formHandler{open: true, make: make, submit: submit})
}

// nomineeFields are what she can correct, and the consent.
func (q *request) nomineeFields(f *formPage, n forum.Nominee, opened forum.Nominations) {
	name := q.groupField("name", "line", true)
	consent := q.groupField("consent", "check", true)
	if !q.posted() {
		name.Value, consent.Value = n.Name, yes(n.State == forum.Consented)
	}
	f.Fields = append(append([]formField{name}, q.profileFields(n.Profile, opened, true)...), consent)
	f.Button = message("group.nominee.save")
}

// nomineeRow shows her what the pool says, or would say, of her.
func (q *request) nomineeRow(f *formPage, n forum.Nominee, call forum.NominationCall) error {
	row, err := forum.PublishedRow(q.Tx, q.Pack, call, n.Profile)
	if err != nil {
		return err
	}
	p := panel{Title: message("group.nominee.row"), Lead: message("group.nominee.row_lead")}
	for _, of := range row {
		p.Rows = append(p.Rows, panelRow{Title: attributeName(of.Attribute), Notes: []Text{q.valueName(of.Attribute, of.Value)}})
	}
	if n.Pool != 0 {
		p.Lead = phrase("group.nominee.in_pool", "person", n.Person)
		p.Links = []Link{{message("group.see_pool"), poolHref(n.Pool)}}
		place, drawID, err := q.placeOf(n)
		if err != nil {
			return err
		}
		if place != nil && place.Seat == 0 {
			p.Links = append(p.Links, Link{message("group.nominee.answer"), q.nomineeHref() + "/answer"})
			f.Lead = message("group.nominee.drawn")
		}
		if drawID != 0 {
			p.Links = append(p.Links, Link{message("group.draw.see"), drawHref(drawID)})
		}
	}
	f.Panels = append(f.Panels, p)
	return nil
}

// placeOf is the seat that is a nominee's to take, nil where there is none.
func (q *request) placeOf(n forum.Nominee) (*forum.SeatPlace, int64, error) {
	d, err := forum.DrawOfPool(q.Tx, n.Pool)
	if isNotFound(err) {
		return nil, 0, nil
	}
	if err != nil || d.Made == 0 {
		return nil, d.ID, err
	}
	order, err := forum.OrderOf(q.Tx, d)
	if err != nil {
		return nil, d.ID, err
	}
	if p, ok := order.PlaceOf(n.Person); ok {
		return &p, d.ID, nil
	}
	return nil, d.ID, nil
}

// step makes a form of one button on the nominee's own page.
func (s *Site) step(key string, fields func(q *request) []formField, take func(q *request, tx *db.Tx, n forum.Nominee) error, to func(q *request) string) formHandler {
	make := func(q *request) (View, *formPage, error) {
		if _, err := q.nominee(q.Tx); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.nominee." + key + "_lead"), Button: message("group.nominee." + key), Back: q.nomineeHref()}
		if fields != nil {
			f.Fields = fields(q)
		}
		return View{Title: message("group.nominee." + key)}, f, nil
	}
	submit := func(q *request) (string, error) {
		return to(q), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			n, err := q.nominee(tx)
			if err != nil {
				return err
			}
			return take(q, tx, n)
		})
	}
	return s.groupOf(formHandler{open: true, make: make, submit: submit})
}

// nomineeLeavesForm takes a nomination back.
func (s *Site) nomineeLeavesForm() formHandler {
	return s.step("withdraw", nil, func(_ *request, tx *db.Tx, n forum.Nominee) error { return forum.Withdraw(tx, n.ID) }, (*request).nomineeHref)
}

// nomineeErasedForm erases everything that is kept of her, and the letters on their way to her.
func (s *Site) nomineeErasedForm() formHandler {
	return s.step("erase", nil, func(q *request, tx *db.Tx, n forum.Nominee) error {
		if err := mail.Forget(tx, n.Mail); err != nil {
			return err
		}
		return forum.EraseNominee(tx, q.Now, n)
	}, func(*request) string { return "/advisory-group" })
}

// nomineeAnswerForm asks a drawn person whether she takes the seat, and under which name.
func (s *Site) nomineeAnswerForm() formHandler {
	fields := func(q *request) []formField {
		return []formField{q.groupField("answer", "select", true).from(options(forum.SeatAnswers, q.FormValue("answer"), prefix("group.answer.")))}
	}
	return s.step("answer", fields, func(q *request, tx *db.Tx, n forum.Nominee) error {
		return forum.AnswerSeat(tx, n, q.PostFormValue("answer"))
	}, (*request).nomineeHref)
}

// exportNominee answers with everything that is kept of her.
func (s *Site) exportNominee(w http.ResponseWriter, r *http.Request) {
	var body []byte
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		n, err := forum.NomineeByLink(tx, r.PathValue("token"))
		if err == nil {
			body, err = json.MarshalIndent(n, "", " ")
		}
		return err
	})
	if err != nil {
		s.fail(w, r, locale.Match(r.Header.Get("Accept-Language")), err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="nomination.json"`)
	_, _ = w.Write(body)
}

// nomineeName is a nominee as the desk lists her.
func nomineeName(n forum.Nominee) Text { return same(strings.TrimSpace(n.Name)) }
