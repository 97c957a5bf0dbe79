package web

import (
	"slices"
	"strconv"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// The forms of the secretariat about a cycle: it is opened, amended with a reason, and closed.

// planDates are the days of a cycle in their order, with the numbers after them.
var planDates = []string{"topics_until", "rank_until", "agenda_until", "call_until", "from", "to"}

// cycleForm opens a cycle or amends one.
func (s *Site) cycleForm(amend bool) formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("form.cycle.lead"), Button: message("form.cycle.button"), Back: "/forum"}
		page := View{Title: message("form.cycle.title"), Crumbs: []Link{{q.forumName(), "/forum"}}}
		standing, words := forum.Plan{ReportDays: forum.ReportDays, MostSessions: 2, MostMinutes: 90}, map[string]string{}
		year := q.labelled("year", "form.cycle.", "decimal", true)
		f.Fields = []formField{year}
		if amend {
			c, err := q.cycleAsked()
			if err != nil {
				return page, nil, err
			}
			if words, err = keeper.WordsOf(q.Tx, c.Version); err != nil {
				return page, nil, err
			}
			standing, f.Fields = c.Plan, nil
			f.Lead, f.Button, f.Back = message("form.cycle.amend_lead"), message("form.cycle.amend_button"), cycleHref(c.ID)
			page.Title, page.Crumbs = message("form.cycle.amend_title"), q.cycleCrumbs(c)
		}
		values := planValues(standing)
		for _, name := range planDates {
			f.Fields = append(f.Fields, q.planField(name, "date", values[name]))
		}
		for _, name := range []string{"report_days", "most_sessions", "most_minutes"} {
			f.Fields = append(f.Fields, q.planField(name, "decimal", values[name]))
		}
		lang := string(q.lang())
		place, note := q.labelled("place", "form.cycle.", "line", true), q.labelled("note", "form.cycle.", "text", false)
		if !q.posted() {
			place.Value, note.Value = words["place."+lang], words["note."+lang]
		}
		f.Fields = append(f.Fields, place, note)
		if amend {
			f.Fields = append(f.Fields, q.labelled("reason", "form.cycle.", "text", true))
		}
		return page, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: func(q *request) (string, error) { return s.submitCycle(q, amend) }}
}

// planField is a day or a number of the plan, as typed or as it stands.
func (q *request) planField(name, kind, standing string) formField {
	f := q.labelled(name, "form.cycle.", kind, true)
	if !q.posted() {
		f.Value = standing
	}
	return f
}

func planValues(p forum.Plan) map[string]string {
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return map[string]string{"topics_until": p.TopicsUntil, "rank_until": p.RankUntil, "agenda_until": p.AgendaUntil, "call_until": p.CallUntil, "from": p.From, "to": p.To,
		"report_days": number(p.ReportDays), "most_sessions": number(p.MostSessions), "most_minutes": number(p.MostMinutes)}
}

// typedPlan reads the plan of a form; a number that is none is 0, which the rules refuse.
func (q *request) typedPlan() forum.Plan {
	day := func(name string) string { return keeper.Line(q.PostFormValue(name)) }
	return forum.Plan{From: day("from"), To: day("to"), TopicsUntil: day("topics_until"), RankUntil: day("rank_until"), AgendaUntil: day("agenda_until"), CallUntil: day("call_until"),
		ReportDays: q.whole64("report_days"), MostSessions: q.whole64("most_sessions"), MostMinutes: q.whole64("most_minutes")}
}

// whole64 is a whole number of a form; 0 where none was typed.
func (q *request) whole64(name string) int64 {
	n, err := strconv.ParseInt(keeper.Line(q.PostFormValue(name)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s *Site) submitCycle(q *request, amend bool) (string, error) {
	lang := string(q.lang())
	words := map[string]string{"place." + lang: q.PostFormValue("place"), "note." + lang: q.PostFormValue("note")}
	if !amend {
		act := keeper.Act{Kind: forum.KindCycleOpened, By: "secretariat", Facts: forum.CycleOpened{Year: q.whole64("year"), Plan: q.typedPlan()}, Words: forum.CleanWords(forum.KindCycleOpened, words)}
		return s.publishOwn(q, "/forum", q.formKey(), act)
	}
	id, err := q.number("cycle")
	if err != nil {
		return "", err
	}
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		c, err := forum.CycleByID(tx, id)
		if err != nil {
			return err
		}
		standing, err := keeper.WordsOf(tx, c.Version)
		for _, l := range locale.Langs { // what other languages say of the place and the note stands
			for _, name := range []string{"place.", "note."} {
				if part := name + string(l); l != q.lang() && standing[part] != "" {
					words[part] = standing[part]
				}
			}
		}
		return err
	})
	if err != nil {
		return "", err
	}
	words["reason."+lang] = q.PostFormValue("reason")
	act := keeper.Act{Kind: forum.KindCycleAmended, By: "secretariat", Facts: forum.CycleAmended{Cycle: id, Plan: q.typedPlan()}, Words: forum.CleanWords(forum.KindCycleAmended, words)}
	return s.publishOwn(q, cycleHref(id), q.formKey(), act)
}

// closeCycleForm closes a cycle after the forum.
func (s *Site) closeCycleForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		c, err := q.cycleAsked()
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.cycle.close_lead"), Button: message("form.cycle.close_button"), Back: cycleHref(c.ID),
			Fields: []formField{q.labelled("note", "form.cycle.", "text", false)}}
		return View{Title: message("form.cycle.close_title"), Crumbs: q.cycleCrumbs(c)}, f, nil
	}
	submit := func(q *request) (string, error) {
		id, err := q.number("cycle")
		if err != nil {
			return "", err
		}
		words := map[string]string{"note." + string(q.lang()): q.PostFormValue("note")}
		return s.publishOwn(q, cycleHref(id), q.formKey(), keeper.Act{Kind: forum.KindCycleClosed, By: "secretariat", Facts: forum.CycleClosed{Cycle: id}, Words: forum.CleanWords(forum.KindCycleClosed, words)})
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// tellOfCycle writes to everybody with a post at a party that took part in a cycle
// when its days change: who proposed, gave an order, or runs a room of it.
func (q *request) tellOfCycle(tx *db.Tx, a keeper.Act, index int64) error {
	e, err := keeper.ReadEntry(tx, index)
	if err != nil {
		return err
	}
	var f forum.CycleAmended
	if err := e.Decode(&f); err != nil {
		return err
	}
	parties, err := forum.TakingPart(tx, f.Cycle)
	if err != nil {
		return err
	}
	c, err := forum.CycleByID(tx, f.Cycle)
	if err != nil {
		return err
	}
	slices.Sort(parties)
	for _, party := range slices.Compact(parties) {
		err := q.tellContacts(tx, party, q.Who.ID, "cycle", "cycle "+strconv.FormatInt(index, 10), "cycle", q.cycleName(c), "reason", wordsText(a.Words, "reason"),
			"link", q.Site.c.Base+cycleHref(c.ID))
		if err != nil {
			return err
		}
	}
	return nil
}
