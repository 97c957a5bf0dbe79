package forum_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// sessionsOfHistory looks at what the history says of sessions and messages.
func sessionsOfHistory(t *testing.T, tx *db.Tx) error {
	s, err := forum.SessionByID(tx, 7001)
	if s.Cycle != 1000 || s.Version != 7003 || !slices.Equal(s.Organisers, []int64{3}) || !slices.Equal(s.Items, []string{"H.1", "H.3"}) || s.Outcome != forum.OutcomeAccepted ||
		s.HeldOn != "2026-12-08" || s.ReportDue != "2026-12-29" || s.ReportedOn != "2026-12-31" || s.ExcusedBy != 7008 || s.Conflicts != 1 || s.Slot == nil || s.Slot.Ends != "2026-12-08T10:00Z" {
		t.Errorf("session: got %+v, %+v", s, s.Slot)
	}
	sheets, err2 := forum.Scores(tx, 7001)
	if len(sheets) != 2 || !slices.Equal(sheets[1], []int64{5, 2}) {
		t.Errorf("scores: got %v", sheets)
	}
	gone, err3 := forum.SessionByID(tx, 7002)
	if gone.State("2027-01-01") != forum.StateWithdrawn || !slices.Equal(gone.Agenda, []int64{1}) {
		t.Errorf("withdrawn: got %+v", gone)
	}
	m, err4 := forum.MessageByID(tx, 7010)
	if len(m.To) != 2 || m.To[0].State != forum.Done || m.To[1].State != forum.Noted || !slices.Equal(m.Sessions, []int64{7001}) {
		t.Errorf("message: got %+v", m)
	}
	outputs, err5 := forum.Outputs(tx, 1000)
	if len(outputs) != 1 || outputs[0].Message != 7010 || !slices.Equal(outputs[0].Serves, []string{"F6"}) {
		t.Errorf("outputs: got %+v", outputs)
	}
	return errors.Join(err, err2, err3, err4, err5)
}

func called(cycle int64) keeper.Act {
	return keeper.Act{Kind: forum.KindCallOpened, By: "secretariat",
		Facts: forum.CallOpened{Cycle: cycle, Scale: 5, Weights: []int64{60, 40}, Formats: []string{"panel", "workshop"}, Durations: []int64{60, 90}},
		Words: map[string]string{"criterion.0.en": "Does it answer a gap?", "criterion.1.en": "Who is heard?"}}
}

func (w *world) proposed(call int64, organisers ...int64) keeper.Act {
	return keeper.Act{Kind: forum.KindSessionProposed, By: id(organisers[0]),
		Facts: forum.SessionProposed{Call: call, Lang: "en", SessionPlan: forum.SessionPlan{Format: "panel", Minutes: 60, Organisers: organisers, People: []string{"speaker", "moderator"},
			Consent: true, Gaps: []string{"H.1:money"}, Items: []string{"H.1"}, Serves: []string{"F1", "F5"}}},
		Words: map[string]string{"title.en": "Who pays for rural fibre?", "problem.en": "Nobody has said who pays.", "serving.en": "It reviews what was agreed.",
			"people.0.name.und": "Ada Quay", "people.0.group.und": "civil-society", "people.0.area.und": "QM", "people.0.gender.und": "woman",
			"people.1.name.und": "Ben Lock", "people.1.group.und": "technical"}}
}

func amendedSession(session int64, a keeper.Act) keeper.Act {
	a.Kind, a.Facts = forum.KindSessionAmended, forum.SessionAmended{Session: session, SessionPlan: a.Facts.(forum.SessionProposed).SessionPlan}
	return a
}

func scored(session int64) keeper.Act {
	return keeper.Act{Kind: forum.KindSessionScored, By: "secretariat", Facts: forum.SessionScored{Session: session, Sheets: [][]int64{{3, 4}, {5, 2}}, Conflicts: 1},
		Words: map[string]string{"reason.0.en": "Clear.", "reason.1.fr": "Précis."}}
}

func decidedSession(session int64, outcome string) keeper.Act {
	return keeper.Act{Kind: forum.KindSessionDecided, By: "secretariat", Facts: forum.SessionDecided{Session: session, Outcome: outcome}, Words: map[string]string{"reason.en": "It answers a gap of the agenda."}}
}

func programme(cycle int64, slots ...forum.Slot) keeper.Act {
	return keeper.Act{Kind: forum.KindProgrammeSet, By: "secretariat",
		Facts: forum.ProgrammeSet{Cycle: cycle, Day: "2026-10-06", Zone: "Asia/Tokyo", Rooms: 2, Slots: slots},
		Words: map[string]string{"room.0.en": "Great hall", "room.1.en": "Harbour room"}}
}

func reportedSession(session int64, by int64) keeper.Act {
	return keeper.Act{Kind: forum.KindSessionReported, By: id(by),
		Facts: forum.SessionReported{Session: session, Lang: "en", Present: []forum.Present{{Group: "private", People: 12}}, Few: []string{"state"}},
		Words: map[string]string{"issues.en": "Money.", "discussion.en": "Two views.", "takeaways.en": "A fund was proposed.", "next.en": "Write it down."}}
}

func issued(cycle, session int64, parties ...int64) keeper.Act {
	return keeper.Act{Kind: forum.KindMessageIssued, By: "secretariat",
		Facts: forum.MessageIssued{Cycle: cycle, Lang: "en", Sessions: []int64{session}, Items: []string{"H.1"}, Addressees: []string{"states"}, Parties: parties},
		Words: map[string]string{"text.en": "Participants asked who pays for the last mile."}}
}

func followed(message int64, by int64, state, on string) keeper.Act {
	return keeper.Act{Kind: forum.KindMessageFollowed, By: id(by), Facts: forum.MessageFollowed{Message: message, State: state, On: on}, Words: map[string]string{"note.en": "We opened a budget line."}}
}

// accept lets sessions be scored and accepted.
func (w *world) accept(sessions ...int64) {
	for _, s := range sessions {
		w.Submit(scored(s))
		w.Submit(decidedSession(s, forum.OutcomeAccepted))
	}
}

func (w *world) session(id int64) (s forum.Session) {
	w.Read(func(tx *db.Tx) (err error) { s, err = forum.SessionByID(tx, id); return err })
	return s
}

func TestSessionOverTwoYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		first := w.Submit(opened(2026))
		call := w.Submit(called(first))
		silent := w.Submit(w.proposed(call, w.gull, w.guild))
		told := w.Submit(w.proposed(call, w.kite))
		others := func(words map[string]string) {
			words["people.0.name.und"], words["people.1.name.und"] = "Cy Dock", "Di Mast"
		}
		if got := w.session(silent); got.State("2026-07-01") != forum.StateProposed || !slices.Equal(got.Organisers, []int64{w.gull, w.guild}) || got.Lead != w.gull || got.People != 2 {
			t.Errorf("proposed: got %+v", got)
		}
		w.Submit(amendedSession(told, with(w.proposed(call, w.kite, w.ministry), func(f *forum.SessionProposed, words map[string]string) {
			f.Items, words["title.en"] = []string{"H.2"}, "Who pays?"
			others(words)
		})))
		w.at("2026-08-05")
		w.accept(silent, told)
		w.Submit(programme(first, forum.Slot{Session: silent, Room: 0, Starts: "2026-10-06T00:30Z"}, forum.Slot{Session: told, Room: 1, Starts: "2026-10-06T00:30Z"}))
		if got := w.session(told); got.HeldOn != "2026-10-06" || got.ReportDue != "2026-10-20" || got.Slot == nil || got.Slot.Ends != "2026-10-06T01:30Z" || got.ReportState("2026-10-20") != forum.ReportExpected || got.ReportState("2026-10-21") != forum.ReportLate {
			t.Errorf("on the programme: got %+v, %+v", got, got.Slot)
		}
		w.at("2026-10-07")
		w.Submit(reportedSession(told, w.kite))
		message := w.Submit(issued(first, told, w.north))
		w.Submit(keeper.Act{Kind: forum.KindOutputPublished, By: "secretariat", Facts: forum.OutputPublished{Cycle: first, Lang: "en", Kind: "map", Sessions: []int64{told}, Serves: []string{"F3"}},
			Words: map[string]string{"title.en": "Where fibre ends", "page.und": "/map"}})

		w.at("2026-10-25")
		w.Submit(keeper.Act{Kind: forum.KindMessageFollowed, By: "secretariat", Facts: forum.MessageFollowed{Message: message, Addressee: "states", State: forum.Noted, On: "2026-10-20"},
			Words: map[string]string{"note.en": "Named in a communiqué.", "source.en": "Port Gazette", "url.und": "https://gazette.harbour.example/3"}})
		second := w.Submit(with(opened(2027), func(f *forum.CycleOpened, _ map[string]string) {
			f.Plan = forum.Plan{TopicsUntil: "2026-11-30", RankUntil: "2026-12-15", AgendaUntil: "2027-01-31", CallUntil: "2027-06-30", From: "2027-10-05", To: "2027-10-07", ReportDays: 14, MostSessions: 2, MostMinutes: 90}
		}))
		next := w.Submit(called(second))
		again := w.proposed(next, w.gull)
		w.refuses(t, []refusal{
			{"a report that did not come", "organisers", "err.session.owed", keeper.ErrForbidden, again},
			{"nor as another organiser", "organisers", "err.session.owed", keeper.ErrForbidden, w.proposed(next, w.kite, w.guild)},
		})
		w.Submit(w.proposed(next, w.kite))
		w.at("2027-01-10")
		w.Submit(keeper.Act{Kind: forum.KindSessionExcused, By: "secretariat", Facts: forum.SessionExcused{Session: silent}, Words: map[string]string{"reason.en": "A storm closed the port."}})
		w.Submit(again)
		w.Submit(followed(message, w.north, forum.TakenUp, "2027-01-09"))
		w.Submit(followed(message, w.north, forum.Done, "2027-01-10"))
		w.Read(func(tx *db.Tx) error {
			m, err := forum.MessageByID(tx, message)
			if len(m.To) != 2 || m.To[0].State != forum.Noted || m.To[1].Party != w.north || m.To[1].State != forum.Done || m.Furthest() != forum.Done {
				t.Errorf("message: got %+v", m)
			}
			steps, err2 := forum.MessageSteps(tx, message)
			if len(steps) != 3 || steps[1].State != forum.TakenUp {
				t.Errorf("steps: got %+v", steps)
			}
			fates, err3 := forum.Fates(tx, first)
			if len(fates) != 1 || fates[forum.Done] != 1 {
				t.Errorf("fates: got %v", fates)
			}
			served, err4 := forum.FunctionsServed(tx, first)
			if len(served) != 6 || !slices.Equal(served[0].Sessions, []int64{silent, told}) || !slices.Equal(served[4].Messages, []int64{message}) || len(served[2].Outputs) != 1 || len(served[1].Sessions) != 0 {
				t.Errorf("served: got %+v", served)
			}
			return errors.Join(err, err2, err3, err4)
		})
		w.Replay()
	})
}

// A late report opens the way again, as an exception does.
func TestLateReport(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	first := w.Submit(opened(2026))
	s := w.Submit(w.proposed(w.Submit(called(first)), w.gull))
	w.at("2026-08-05")
	w.accept(s)
	w.Submit(programme(first, forum.Slot{Session: s, Starts: "2026-10-06T01:00Z"}))
	w.at("2026-10-30")
	second := w.Submit(with(opened(2027), func(f *forum.CycleOpened, _ map[string]string) {
		f.Plan = forum.Plan{TopicsUntil: "2026-11-30", RankUntil: "2026-12-15", AgendaUntil: "2027-01-31", CallUntil: "2027-06-30", From: "2027-10-05", To: "2027-10-07", ReportDays: 14, MostSessions: 2, MostMinutes: 90}
	}))
	next := w.Submit(called(second))
	if _, err := w.try(w.proposed(next, w.gull)); faults(err)["organisers"] != "err.session.owed" {
		t.Errorf("before the report: got %v", err)
	}
	w.Submit(reportedSession(s, w.gull))
	w.Submit(w.proposed(next, w.gull))
	if got := w.session(s).ReportState("2026-11-01"); got != forum.ReportGiven {
		t.Errorf("report: got %s", got)
	}
}

func TestRefusedCallsAndProposals(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cycle, later := w.Submit(opened(2026)), w.Submit(opened(2027))
	callWith := func(change func(f *forum.CallOpened, words map[string]string)) keeper.Act {
		return with(called(cycle), change)
	}
	w.refuses(t, []refusal{
		{"weights that do not add up", "weights", "err.session.weights", nil, callWith(func(f *forum.CallOpened, _ map[string]string) { f.Weights = []int64{50, 40} })},
		{"a criterion without words", "criterion", "err.session.criterion_unnamed", nil, callWith(func(_ *forum.CallOpened, words map[string]string) { delete(words, "criterion.1.en") })},
		{"a format nobody knows", "formats", "err.party.not_one_of", nil, callWith(func(f *forum.CallOpened, _ map[string]string) { f.Formats = []string{"duel"} })},
		{"longer than the cycle lets", "durations", "err.session.minutes", nil, callWith(func(f *forum.CallOpened, _ map[string]string) { f.Durations = []int64{91} })},
		{"a call of a party", "by", "err.party.secretariat_only", nil, byOther(called(cycle), id(w.kite))},
		{"of no cycle", "cycle", "err.cycle.unknown", keeper.ErrNotFound, called(999)},
	})
	call := w.Submit(called(cycle))
	propose := func(change func(f *forum.SessionProposed, words map[string]string)) keeper.Act {
		return with(w.proposed(call, w.kite), change)
	}
	title := func(text string) keeper.Act {
		return propose(func(_ *forum.SessionProposed, words map[string]string) { words["title.en"] = text })
	}
	problem := func(lang, text string) keeper.Act {
		return propose(func(f *forum.SessionProposed, words map[string]string) {
			delete(words, "problem.en")
			words["problem."+lang] = text
		})
	}
	w.Submit(title(strings.Repeat("é", 60))) // 120 bytes
	w.Submit(problem("zh", strings.Repeat("水", 500)))
	w.leave(w.guild)
	w.refuses(t, []refusal{
		{"criteria changed after the call opened", "cycle", "err.session.call_open", keeper.ErrConflict, callWith(func(f *forum.CallOpened, _ map[string]string) { f.Weights = []int64{10, 90} })},
		{"a title of 61 characters", "title", "err.party.word_too_long", nil, title(strings.Repeat("水", 61))},
		{"a problem of 251 words", "problem", "err.session.problem", nil, problem("en", strings.Repeat("word ", 250)+"word")},
		{"a problem of 502 characters without blanks", "problem", "err.session.problem", nil, problem("zh", strings.Repeat("水", 502))},
		{"hostile text", "title", "err.party.unclean", nil, title("Who\u202e pays")},
		{"hostile text in a name", "people", "err.party.unclean", nil, propose(func(_ *forum.SessionProposed, words map[string]string) { words["people.0.name.und"] = "Ada\nQuay" })},
		{"an organiser who left", "organisers", "err.right.needs_endorsed", keeper.ErrForbidden, w.proposed(call, w.kite, w.guild)},
		{"one who never endorsed", "organisers", "err.right.needs_endorsed", keeper.ErrForbidden, w.proposed(call, w.stranger)},
		{"one who is not there", "organisers", "err.party.unknown", keeper.ErrNotFound, w.proposed(call, w.kite, 9999)},
		{"by another party", "organisers", "err.session.first", nil, byOther(w.proposed(call, w.kite), id(w.gull))},
		{"more than the cycle lets", "organisers", "err.session.most", nil, propose(func(*forum.SessionProposed, map[string]string) {})},
		{"a format of no call", "format", "err.party.not_one_of", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Format = "town-hall" })},
		{"a duration of no call", "minutes", "err.party.not_one_of", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Minutes = 75 })},
		{"no item", "items", "err.session.items", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Items = nil })},
		{"an item that is not there", "items", "err.forum.item", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Items = []string{"Z.9"} })},
		{"a gap that is none", "gaps", "err.session.gap", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Gaps = []string{"H.1:love"} })},
		{"an agenda item that is not there", "agenda", "err.session.agenda", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Agenda = []int64{9} })},
		{"no function", "serves", "err.session.serves", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Serves = nil })},
		{"people without consent", "consent", "err.session.consent", nil, propose(func(f *forum.SessionProposed, _ map[string]string) { f.Consent = false })},
		{"a person without a group", "people", "err.session.person_group", nil, propose(func(_ *forum.SessionProposed, words map[string]string) { delete(words, "people.0.group.und") })},
		{"a person beyond the list", "people", "err.party.unknown_word", nil, propose(func(_ *forum.SessionProposed, words map[string]string) { words["people.2.name.und"] = "Cy Dock" })},
		{"an area nobody knows", "people", "err.party.unknown_area", nil, propose(func(_ *forum.SessionProposed, words map[string]string) { words["people.0.area.und"] = "ZZ" })},
		{"of no call", "call", "err.session.unknown_call", keeper.ErrNotFound, w.proposed(cycle, w.kite)},
	})
	w.at("2026-08-02") // the day has passed everywhere
	w.refuses(t, []refusal{
		{"after the deadline", "call", "err.session.late", keeper.ErrConflict, w.proposed(call, w.gull)},
		{"a call after the deadline", "cycle", "err.session.call_late", nil, called(later)},
	})
}

func TestRefusedJudging(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cycle := w.Submit(opened(2026))
	call := w.Submit(called(cycle))
	s, other := w.Submit(w.proposed(call, w.kite, w.guild)), w.Submit(w.proposed(call, w.gull))
	score := func(change func(f *forum.SessionScored, words map[string]string)) keeper.Act {
		return with(scored(s), change)
	}
	w.refuses(t, []refusal{{"while the call runs", "session", "err.session.call_runs", keeper.ErrConflict, scored(s)}})
	w.at("2026-08-05")
	w.refuses(t, []refusal{
		{"one scorer", "sheets", "err.session.scorers", nil, score(func(f *forum.SessionScored, words map[string]string) {
			f.Sheets = f.Sheets[:1]
			delete(words, "reason.1.fr")
		})},
		{"a score outside the scale", "score.1", "err.session.score", nil, score(func(f *forum.SessionScored, _ map[string]string) { f.Sheets = [][]int64{{3, 4}, {5, 6}} })},
		{"a criterion too few", "scores", "err.session.sheet_length", nil, score(func(f *forum.SessionScored, _ map[string]string) { f.Sheets = [][]int64{{3}, {5, 5}} })},
		{"an order that tells who wrote", "sheets", "err.session.sheet_order", nil, score(func(f *forum.SessionScored, _ map[string]string) { f.Sheets = [][]int64{{5, 2}, {3, 4}} })},
		{"without a reason", "reason", "err.session.sheet_reason", nil, score(func(_ *forum.SessionScored, words map[string]string) { delete(words, "reason.1.fr") })},
		{"by a party", "by", "err.party.secretariat_only", nil, byOther(scored(s), id(w.kite))},
		{"decided without scores", "session", "err.session.unscored", keeper.ErrConflict, decidedSession(s, forum.OutcomeAccepted)},
		{"changed while it is judged", "session", "err.session.being_scored", keeper.ErrConflict, amendedSession(s, w.proposed(call, w.kite))},
	})
	w.Submit(scored(s))
	w.Submit(scored(other))
	w.leave(w.guild)
	into := func(outcome string, session int64) keeper.Act {
		return with(decidedSession(s, outcome), func(f *forum.SessionDecided, _ map[string]string) { f.Into = session })
	}
	w.refuses(t, []refusal{
		{"scored twice", "session", "err.session.scored", keeper.ErrConflict, scored(s)},
		{"an organiser who left", "session", "err.session.organiser_left", keeper.ErrConflict, decidedSession(s, forum.OutcomeAccepted)},
		{"merged into nothing", "into", "err.session.into", nil, decidedSession(s, forum.OutcomeMerged)},
		{"merged into itself", "into", "err.session.into", nil, into(forum.OutcomeMerged, s)},
		{"refused into another", "into", "err.session.into", nil, into(forum.OutcomeRefused, other)},
		{"no outcome", "outcome", "err.party.not_one_of", nil, decidedSession(s, "postponed")},
	})
	w.Submit(decidedSession(other, forum.OutcomeAccepted))
	w.Submit(into(forum.OutcomeMerged, other))
	w.refuses(t, []refusal{
		{"decided twice", "session", "err.session.decided", keeper.ErrConflict, decidedSession(s, forum.OutcomeRefused)},
		{"what it was chosen by", "session", "err.session.chosen", keeper.ErrConflict, amendedSession(other, with(w.proposed(call, w.gull), func(f *forum.SessionProposed, _ map[string]string) { f.Minutes = 90 }))},
		{"of another", "session", "err.session.not_yours", keeper.ErrForbidden, byOther(amendedSession(other, w.proposed(call, w.gull)), id(w.kite))},
	})
	w.Submit(amendedSession(other, with(w.proposed(call, w.gull, w.kite), func(_ *forum.SessionProposed, words map[string]string) { words["title.en"] = "Two sessions in one" })))
	w.Submit(keeper.Act{Kind: forum.KindSessionWithdrawn, By: id(w.gull), Facts: forum.SessionWithdrawn{Session: other}, Words: map[string]string{"reason.en": "No speakers."}})
	w.refuses(t, []refusal{{"withdrawn", "session", "err.session.withdrawn", keeper.ErrConflict, amendedSession(other, w.proposed(call, w.gull))}})
	w.Replay()
}

func TestRefusedProgrammes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cycle := w.Submit(opened(2026))
	call := w.Submit(called(cycle))
	named := func(a keeper.Act, zero, one string) keeper.Act {
		return with(a, func(_ *forum.SessionProposed, words map[string]string) {
			words["people.0.name.und"], words["people.1.name.und"] = zero, one
		})
	}
	a := w.Submit(w.proposed(call, w.kite))
	b := w.Submit(named(w.proposed(call, w.gull), "Cy Dock", "Di Mast"))
	c := w.Submit(named(w.proposed(call, w.guild, w.kite), "Eve Buoy", "Flo Keel"))
	d := w.Submit(named(w.proposed(call, w.ministry), "ADA QUAY", "Gus Oar"))
	e := w.Submit(w.proposed(call, w.north))
	w.at("2026-08-05")
	w.accept(a, b, c, d)
	at := func(session, room int64, time string) forum.Slot {
		return forum.Slot{Session: session, Room: room, Starts: "2026-10-06T" + time + "Z"}
	}
	day := func(change func(f *forum.ProgrammeSet, words map[string]string)) keeper.Act {
		return with(programme(cycle, at(a, 0, "01:00")), change)
	}
	w.refuses(t, []refusal{
		{"two sessions in one room", "slots", "err.programme.clash_room", nil, programme(cycle, at(a, 0, "01:00"), at(b, 0, "01:59"))},
		{"an organiser in two places", "slots", "err.programme.clash_organiser", nil, programme(cycle, at(a, 0, "01:00"), at(c, 1, "01:30"))},
		{"a speaker in two places, spelt otherwise", "slots", "err.programme.clash_person", nil, programme(cycle, at(a, 0, "01:00"), at(d, 1, "01:00"))},
		{"what was not accepted", "slots", "err.programme.not_accepted", nil, programme(cycle, at(e, 0, "01:00"))},
		{"twice", "slots", "err.programme.twice", nil, programme(cycle, at(a, 0, "01:00"), at(a, 1, "03:00"))},
		{"a room too many", "slots", "err.programme.room", nil, programme(cycle, at(a, 2, "01:00"))},
		{"no time", "slots", "err.programme.time", nil, programme(cycle, forum.Slot{Session: a, Starts: "2026-10-06 01:00"})},
		{"another day by the forum's clock", "slots", "err.programme.other_day", nil, programme(cycle, at(a, 0, "15:00"))},
		{"no zone", "zone", "err.programme.zone", nil, day(func(f *forum.ProgrammeSet, _ map[string]string) { f.Zone = "Moon/Tycho" })},
		{"this machine's zone", "zone", "err.programme.zone", nil, day(func(f *forum.ProgrammeSet, _ map[string]string) { f.Zone = "Local" })},
		{"a file for a zone", "zone", "err.programme.zone", nil, day(func(f *forum.ProgrammeSet, _ map[string]string) { f.Zone = "../../etc/passwd" })},
		{"a room without a name", "rooms", "err.programme.room_name", nil, day(func(_ *forum.ProgrammeSet, words map[string]string) { delete(words, "room.1.en") })},
		{"a day outside the forum", "day", "err.programme.outside", nil, day(func(f *forum.ProgrammeSet, _ map[string]string) { f.Day, f.Slots = "2026-10-09", nil })},
	})
	// One after the other, and side by side without anybody twice.
	w.Submit(programme(cycle, at(a, 0, "01:00"), at(b, 0, "02:00"), at(c, 1, "02:00")))
	w.Submit(programme(cycle, at(b, 1, "01:00"), at(c, 0, "01:00")))
	if got := w.session(a); got.Slot != nil || got.HeldOn != "" || got.ReportDue != "" {
		t.Errorf("taken off the programme: got %+v", got)
	}
	w.Submit(with(programme(cycle, forum.Slot{Session: a, Starts: "2026-10-07T01:00Z"}), func(f *forum.ProgrammeSet, _ map[string]string) { f.Day = "2026-10-07" }))
	w.refuses(t, []refusal{{"on two days", "slots", "err.programme.on_day", nil, programme(cycle, at(a, 0, "05:00"))}})
	w.at("2026-10-08")
	w.refuses(t, []refusal{{"a day that has passed", "day", "err.programme.past", nil, programme(cycle, at(b, 0, "01:00"))}})
	w.Replay()
}

func TestRefusedReportsAndMessages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	cycle := w.Submit(opened(2026))
	call := w.Submit(called(cycle))
	s, off := w.Submit(w.proposed(call, w.kite, w.gull)), w.Submit(w.proposed(call, w.north))
	w.at("2026-08-05")
	w.accept(s, off)
	w.Submit(programme(cycle, forum.Slot{Session: s, Starts: "2026-10-06T11:30Z"}))
	w.at("2026-10-06") // noon: it has begun and not ended
	report := func(change func(f *forum.SessionReported, words map[string]string)) keeper.Act {
		return with(reportedSession(s, w.kite), change)
	}
	w.refuses(t, []refusal{
		{"before it ended", "session", "err.session.report_early", keeper.ErrConflict, reportedSession(s, w.kite)},
		{"on no programme", "session", "err.session.no_slot", keeper.ErrConflict, reportedSession(off, w.north)},
		{"by no organiser", "session", "err.session.not_organiser", keeper.ErrForbidden, reportedSession(s, w.guild)},
		{"an exception where nothing is owed", "session", "err.session.nothing_owed", keeper.ErrConflict,
			keeper.Act{Kind: forum.KindSessionExcused, By: "secretariat", Facts: forum.SessionExcused{Session: s}, Words: map[string]string{"reason.en": "?"}}},
		{"of no session", "session", "err.session.unknown", keeper.ErrNotFound, reportedSession(cycle, w.kite)},
	})
	w.at("2026-10-07")
	w.refuses(t, []refusal{
		{"a number that tells who was there", "present", "err.session.present", nil, report(func(f *forum.SessionReported, _ map[string]string) { f.Present[0].People = 4 })},
		{"a group twice", "present", "err.party.entry_twice", nil, report(func(f *forum.SessionReported, _ map[string]string) { f.Few = []string{"private"} })},
		{"a group nobody knows", "present", "err.party.not_one_of", nil, report(func(f *forum.SessionReported, _ map[string]string) { f.Few = []string{"pirates"} })},
		{"nobody", "present", "err.session.nobody", nil, report(func(f *forum.SessionReported, _ map[string]string) { f.Present, f.Few = nil, nil })},
		{"no takeaways", "takeaways", "err.commitment.needed", nil, report(func(_ *forum.SessionReported, words map[string]string) { delete(words, "takeaways.en") })},
	})
	w.Submit(reportedSession(s, w.gull))
	w.refuses(t, []refusal{{"twice", "session", "err.session.reported", keeper.ErrConflict, reportedSession(s, w.kite)}})

	message := func(change func(f *forum.MessageIssued, words map[string]string)) keeper.Act {
		return with(issued(cycle, s, w.north), change)
	}
	w.refuses(t, []refusal{
		{"to an unknown addressee", "addressees", "err.message.addressee", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Addressees = []string{"mermaids"} })},
		{"to a party that is not there", "parties", "err.party.unknown", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Parties = []int64{9999} })},
		{"to nobody", "addressees", "err.message.nobody", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Addressees, f.Parties = nil, nil })},
		{"from no session", "sessions", "err.message.session_missing", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Sessions = nil })},
		{"from a session that was not held", "sessions", "err.message.not_begun", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Sessions = []int64{off} })},
		{"of another's session", "sessions", "err.message.not_organiser", nil, byOther(issued(cycle, s), id(w.guild))},
		{"about nothing", "items", "err.message.items", nil, message(func(f *forum.MessageIssued, _ map[string]string) { f.Items = nil })},
		{"too long", "text", "err.party.word_too_long", nil, message(func(_ *forum.MessageIssued, words map[string]string) {
			words["text.en"] = strings.Repeat("a", forum.MaxMessage+1)
		})},
	})
	m := w.Submit(issued(cycle, s, w.north))
	follow := func(change func(f *forum.MessageFollowed, words map[string]string)) keeper.Act {
		return with(followed(m, w.north, forum.Noted, "2026-10-07"), change)
	}
	bySecretariat := byOther(follow(func(f *forum.MessageFollowed, _ map[string]string) { f.Addressee = "states" }), "secretariat")
	w.refuses(t, []refusal{
		{"by one whom it does not address", "addressee", "err.message.not_to_you", keeper.ErrForbidden, followed(m, w.gull, forum.Noted, "2026-10-07")},
		{"of others without a source", "source", "err.message.source", nil, bySecretariat},
		{"of nobody", "addressee", "err.message.of_whom", nil, byOther(follow(func(*forum.MessageFollowed, map[string]string) {}), "secretariat")},
		{"as it stands", "state", "err.message.same_state", keeper.ErrConflict, follow(func(f *forum.MessageFollowed, _ map[string]string) { f.State = forum.NoResponse })},
		{"a day to come", "on", "err.message.on", nil, follow(func(f *forum.MessageFollowed, _ map[string]string) { f.On = "2026-10-08" })},
		{"a state nobody knows", "state", "err.party.not_one_of", nil, follow(func(f *forum.MessageFollowed, _ map[string]string) { f.State = "ignored" })},
		{"of no message", "message", "err.message.unknown", keeper.ErrNotFound, followed(s, w.north, forum.Noted, "2026-10-07")},
	})
	output := func(change func(f *forum.OutputPublished, words map[string]string)) keeper.Act {
		return with(keeper.Act{Kind: forum.KindOutputPublished, By: "secretariat", Facts: forum.OutputPublished{Cycle: cycle, Lang: "en", Kind: "visual", Serves: []string{"F3"}},
			Words: map[string]string{"title.en": "A picture", "page.und": "/map"}}, change)
	}
	w.refuses(t, []refusal{
		{"an output elsewhere", "page", "err.output.page", nil, output(func(_ *forum.OutputPublished, words map[string]string) { words["page.und"] = "//evil.example/x" })},
		{"a script", "page", "err.output.page", nil, output(func(_ *forum.OutputPublished, words map[string]string) { words["page.und"] = "javascript:alert(1)" })},
		{"two things", "document", "err.output.what", nil, output(func(f *forum.OutputPublished, _ map[string]string) { f.Document = strings.Repeat("a", 64) })},
		{"a document that is not here", "document", "err.output.document", nil, output(func(f *forum.OutputPublished, words map[string]string) {
			delete(words, "page.und")
			f.Document = strings.Repeat("a", 64)
		})},
		{"a message that is called a map", "document", "err.output.what", nil, output(func(f *forum.OutputPublished, words map[string]string) {
			delete(words, "page.und")
			f.Message = m
		})},
	})
	w.Submit(output(func(*forum.OutputPublished, map[string]string) {}))
	w.Replay()
}

// Lists by each condition, page after page, and the newest of those that were chosen.
func TestSessionLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		cycle := w.Submit(opened(2026))
		call := w.Submit(called(cycle))
		a, b := w.Submit(w.proposed(call, w.kite)), w.Submit(w.proposed(call, w.gull, w.ministry))
		c := w.Submit(with(w.proposed(call, w.guild), func(f *forum.SessionProposed, words map[string]string) {
			f.Items, f.Format, f.Serves, words["title.en"] = []string{"H.2"}, "workshop", []string{"F2"}, "Hundred % tides"
		}))
		w.at("2026-08-05")
		w.accept(a, c)
		list := func(f forum.SessionFilter) (ids []int64) {
			w.Read(func(tx *db.Tx) error {
				f.Cycle, f.Today = cycle, "2026-08-05"
				page, err := forum.Sessions(tx, f)
				for _, s := range page.List {
					ids = append(ids, s.ID)
				}
				return err
			})
			return ids
		}
		for name, tt := range map[string]struct {
			f    forum.SessionFilter
			want []int64
		}{
			"all":               {forum.SessionFilter{}, []int64{a, b, c}},
			"a page":            {forum.SessionFilter{Limit: 2}, []int64{a, b}},
			"the next":          {forum.SessionFilter{After: id(b)}, []int64{c}},
			"chosen":            {forum.SessionFilter{Chosen: true}, []int64{c, a}},
			"chosen, the next":  {forum.SessionFilter{Chosen: true, After: id(c)}, []int64{a}},
			"state":             {forum.SessionFilter{State: forum.StateProposed}, []int64{b}},
			"item":              {forum.SessionFilter{Items: []string{"H.2"}}, []int64{c}},
			"format":            {forum.SessionFilter{Format: "workshop"}, []int64{c}},
			"function":          {forum.SessionFilter{Serves: "F2"}, []int64{c}},
			"kind of organiser": {forum.SessionFilter{Kind: "state"}, []int64{b}},
			"organiser":         {forum.SessionFilter{Party: w.gull}, []int64{b}},
			"words":             {forum.SessionFilter{Query: "RURAL fibre"}, []int64{a, b}},
			"words and a sign":  {forum.SessionFilter{Query: "hundred %"}, []int64{c}},
			"among none":        {forum.SessionFilter{Among: []int64{}}, nil},
		} {
			if got := list(tt.f); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		w.Read(func(tx *db.Tx) error {
			m, err := forum.MixOf(tx, w.Pack, []forum.Session{w.session(a), w.session(b), w.session(a)})
			if m.Organisers != 3 || m.People != 6 || m.Parts[2].Cells[0] != (forum.MixCell{Code: "woman", People: 3}) {
				t.Errorf("mix: got %+v", m)
			}
			return err
		})
	})
}
