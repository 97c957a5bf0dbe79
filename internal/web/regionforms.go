package web

import (
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The forms of a regional body: it opens its room, says what comes first, sums up, and
// keeps its list of what is to follow.

// roomForm opens a room, for a cycle or standing.
func (s *Site) roomForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		of := "form.region."
		f := &formPage{Action: q.URL.Path, Lead: message("form.region.lead"), Button: message("form.region.button"), Back: "/regions"}
		page := View{Title: message("form.region.title"), Crumbs: []Link{{message("regions.title"), "/regions"}}}
		party, err := q.partyField(func(p stakeholder.Party) bool { return forum.Regional(p) && q.partaking(p) })
		if err != nil {
			return page, nil, err
		}
		region, cycle, langs := q.labelled("region", of, "select", true), q.labelled("cycle", of, "select", false), q.labelled("languages", of, "many", true)
		for _, top := range q.Areas.Regions() {
			region.Options = append(region.Options, choice{top.ID, areaName(q.Areas, top.ID), region.Value == top.ID})
			for _, sub := range q.Areas.Within(top.ID) {
				region.Options = append(region.Options, choice{sub.ID, areaName(q.Areas, sub.ID), region.Value == sub.ID})
			}
		}
		cycles, err := forum.Cycles(q.Tx)
		if err != nil {
			return page, nil, err
		}
		for _, c := range cycles {
			if id := strconv.FormatInt(c.ID, 10); c.ClosedOn == "" {
				cycle.Options = append(cycle.Options, choice{id, q.cycleName(c), cycle.Value == id})
			}
		}
		for _, l := range locale.Langs {
			langs.Options = append(langs.Options, choice{string(l), same(l.Own()), slices.Contains(q.Form["languages"], string(l))})
		}
		f.Fields = []formField{party, region, cycle, langs, q.labelled("name", of, "line", true), q.labelled("how", of, "text", false)}
		return page, f, nil
	}
	submit := func(q *request) (string, error) {
		party, err := q.chosenParty("party")
		if err != nil {
			return "", err
		}
		f := forum.RegionOpened{Region: keeper.Line(q.PostFormValue("region")), Cycle: q.whole64("cycle"), Languages: q.chosen("languages")}
		by, fact := q.actor(party)
		f.Party = fact
		return s.publish(q, party, q.formKey(), func(out []keeper.Result) string { return roomHref(forum.Room{ID: out[0].Index, Cycle: f.Cycle}) },
			keeper.Act{Kind: forum.KindRegionOpened, By: by, Facts: f, Words: q.roomWords(forum.KindRegionOpened, "name", "how")})
	}
	return formHandler{make: make, submit: submit}
}

// roomWords are some words of a form in the language of its page.
func (q *request) roomWords(kind string, names ...string) map[string]string {
	words := map[string]string{}
	for _, name := range names {
		words[name+"."+string(q.lang())] = q.PostFormValue(name)
	}
	return forum.CleanWords(kind, words)
}

// inRoom is a form of the body that runs the room of the address.
func (s *Site) inRoom(name string, fields func(q *request, r forum.Room, f *formPage) error, act func(q *request, r forum.Room, party int64) keeper.Act) formHandler {
	make := func(q *request) (View, *formPage, error) {
		r, err := q.roomAsked(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		title, err := q.roomName(r)
		if err != nil {
			return View{}, nil, err
		}
		key := "form.region." + name
		f := &formPage{Action: q.URL.Path, Lead: message(key + ".lead"), Button: message(key + ".button"), Back: roomHref(r)}
		return View{Title: message(key), Crumbs: []Link{{message("regions.title"), "/regions"}, {title, roomHref(r)}}}, f, fields(q, r, f)
	}
	submit := func(q *request) (string, error) {
		var r forum.Room
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			r, err = q.roomAsked(tx)
			return err
		})
		if err != nil {
			return "", err
		}
		by, fact := q.actor(r.Party)
		a := act(q, r, fact)
		a.By = by
		to, err := s.publish(q, r.Party, q.formKey(), back(roomHref(r)), a)
		return to, atPlaces(err)
	}
	return formHandler{make: make, submit: submit}
}

// roomAsked is the room of the address, for who may speak for its body.
func (q *request) roomAsked(tx *db.Tx) (forum.Room, error) {
	id, err := q.number("id")
	if err != nil {
		return forum.Room{}, err
	}
	r, err := forum.RoomByID(tx, id)
	if err == nil {
		err = q.mayDraftFor(r.Party)
	}
	return r, err
}

// cycleField asks a standing room for which cycle something is; none where the room has one.
func (q *request) cycleField(r forum.Room) ([]formField, error) {
	if r.Cycle != 0 {
		return nil, nil
	}
	f := q.labelled("cycle", "form.region.", "select", false)
	cycles, err := forum.Cycles(q.Tx)
	for _, c := range cycles {
		if id := strconv.FormatInt(c.ID, 10); c.ClosedOn == "" {
			f.Options = append(f.Options, choice{id, q.cycleName(c), f.Value == id})
		}
	}
	return []formField{f}, err
}

// prioritiseForm is where a region says what comes first: of the candidates of its
// cycle, or of the gaps of the day.
func (s *Site) prioritiseForm() formHandler {
	fields := func(q *request, r forum.Room, f *formPage) error {
		all, err := q.roomCandidates(r)
		if err != nil {
			return err
		}
		given, err := forum.PrioritiesOf(q.Tx, r.ID)
		if err != nil {
			return err
		}
		var standing []string
		if len(given) > 0 && (r.Cycle != 0 || given[0].Cycle == 0) {
			standing = given[0].Order
		}
		if f.Fields, err = q.cycleField(r); err != nil {
			return err
		}
		f.Fields = append(append(f.Fields, q.orderFields(all, standing)...), q.labelled("why", "form.region.", "text", false))
		return nil
	}
	return s.inRoom("prioritise", fields, func(q *request, r forum.Room, party int64) keeper.Act {
		return keeper.Act{Kind: forum.KindRegionPrioritised, Words: q.roomWords(forum.KindRegionPrioritised, "why"),
			Facts: forum.RegionPrioritised{Room: r.ID, Cycle: q.whole64("cycle"), Party: party, Order: q.typedOrder()}}
	})
}

// roomCandidates are what a room can put in order: the candidates of its cycle; in a
// standing room those of every open cycle and the gaps of the day.
func (q *request) roomCandidates(r forum.Room) ([]candidateView, error) {
	if r.Cycle != 0 {
		all, _, _, err := q.candidates(r.Cycle)
		return all, err
	}
	_, now, err := forum.CandidatesNow(q.Tx, q.Pack, 0, q.Today)
	if err != nil {
		return nil, err
	}
	var all []candidateView
	for _, g := range now.Gaps {
		all = append(all, candidateView{ID: g.Candidate, Name: prefixed(g.Item, title(q.Pack, compact.Items, g.Item))})
	}
	cycles, err := forum.Cycles(q.Tx)
	for _, c := range cycles {
		if err != nil || c.ClosedOn != "" {
			continue
		}
		var more []candidateView
		more, _, _, err = q.candidates(c.ID)
		for _, one := range more {
			if !slices.ContainsFunc(all, func(have candidateView) bool { return have.ID == one.ID }) {
				all = append(all, one)
			}
		}
	}
	return all, err
}

// summariseForm takes the summary, in the languages of the room: one field for each.
func (s *Site) summariseForm() formHandler {
	fields := func(q *request, r forum.Room, f *formPage) (err error) {
		if f.Fields, err = q.cycleField(r); err != nil {
			return err
		}
		words := map[string]string{}
		given, err := forum.SummariesOf(q.Tx, r.ID)
		if err == nil && len(given) > 0 && !q.posted() {
			words, err = keeper.WordsOf(q.Tx, given[0].Entry)
		}
		for _, lang := range r.Languages {
			name := "summary_" + lang
			field := formField{Name: name, Kind: "text", Label: phrase("form.region.summary", "lang", locale.Lang(lang).Own()), Value: q.FormValue(name)}
			if !q.posted() {
				field.Value = words["summary."+lang]
			}
			f.Fields = append(f.Fields, field)
		}
		return err
	}
	return s.inRoom("summarise", fields, func(q *request, r forum.Room, party int64) keeper.Act {
		words := map[string]string{}
		for _, lang := range r.Languages {
			words["summary."+lang] = q.PostFormValue("summary_" + lang)
		}
		return keeper.Act{Kind: forum.KindRegionSummarised, Words: forum.CleanWords(forum.KindRegionSummarised, words),
			Facts: forum.RegionSummarised{Room: r.ID, Cycle: q.whole64("cycle"), Party: party}}
	})
}

// followForm adds a line to the follow-up list, or changes the one that ?line= names.
func (s *Site) followForm() formHandler {
	fields := func(q *request, r forum.Room, f *formPage) error {
		line := q.whole64("line")
		if !q.posted() {
			line, _ = strconv.ParseInt(q.FormValue("line"), 10, 64) // none: a new line
		}
		var standing forum.Follow
		list, err := forum.Follows(q.Tx, r.ID)
		for _, one := range list {
			if one.ID == line {
				standing = one
			}
		}
		of := "form.region."
		item, due, state := q.labelled("item", of, "select", false), q.labelled("due_on", of, "date", false), q.labelled("state", of, "select", true)
		if !q.posted() {
			item.Value, due.Value, state.Value = standing.Item, standing.Due, standing.State
		}
		for _, i := range q.Pack.Asking(q.Pack.Settings.InForce) {
			item.Options = append(item.Options, choice{i.ID, itemLink(q.Pack, i.ID).Text, item.Value == i.ID})
		}
		states := []string{forum.FollowOpen}
		if standing.ID != 0 {
			states = forum.FollowStates
			f.Hidden = []hiddenField{{"line", strconv.FormatInt(standing.ID, 10)}}
		}
		state = state.from(options(states, state.Value, prefix("region.state.")))
		f.Fields = []formField{q.labelled("what", of, "text", standing.ID == 0), q.labelled("who", of, "line", standing.ID == 0), item, due, state, q.labelled("note", of, "text", false)}
		return err
	}
	return s.inRoom("follow", fields, func(q *request, r forum.Room, party int64) keeper.Act {
		return keeper.Act{Kind: forum.KindRegionFollowed, Words: q.roomWords(forum.KindRegionFollowed, "what", "who", "note"),
			Facts: forum.RegionFollowed{Room: r.ID, Line: q.whole64("line"), Party: party, Item: keeper.Line(q.PostFormValue("item")), Due: keeper.Line(q.PostFormValue("due_on")), State: q.PostFormValue("state")}}
	})
}
