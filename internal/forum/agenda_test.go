package forum_test

import (
	"slices"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/record"
)

// agendaWorld is a cycle in which topics can be proposed, and a regional body.
type agendaWorld struct {
	*world
	cycle, council int64
}

func newAgendaWorld(t *testing.T, store *db.DB) *agendaWorld {
	w := &agendaWorld{world: newWorld(t, store)}
	w.council = w.party(stakeholder.Registered{Kind: "igo", Area: "QP"}, "Amber Isles Council")
	w.endorse(w.council)
	w.cycle = w.Submit(opened(2026))
	return w
}

// list freezes the candidates, as the form of the secretariat does.
func (w *agendaWorld) list() int64 { w.Helper(); return w.Submit(w.listing()) }

func (w *agendaWorld) listing() (act keeper.Act) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		act, _, err = forum.Listing(tx, w.cycle, keeper.Today(w.Now))
		return err
	})
	return act
}

func (w *agendaWorld) topic(party int64) keeper.Act {
	return keeper.Act{Kind: forum.KindAgendaProposed, By: id(party), Facts: forum.AgendaProposed{Cycle: w.cycle, Items: []string{"H.4", "H.6"}},
		Words: map[string]string{"title.en": "One form for dangerous cargo", "why.en": "Forms differ in each port.", "evidence.en": "Nine forms in 2025.", "url.und": "https://gull.harbour.example/forms"}}
}

func (w *agendaWorld) order(party int64, order ...string) keeper.Act {
	return keeper.Act{Kind: forum.KindAgendaRanked, By: id(party), Facts: forum.AgendaRanked{Cycle: w.cycle, Order: order}}
}

// decision is what the group took and passed over, with the ranking as it stands.
func (w *agendaWorld) decision(taken, passed []string) (act keeper.Act) {
	w.Helper()
	words := map[string]string{}
	for n := range taken {
		words["reason."+id(int64(n))+".en"] = "Three groups and a region ask for it."
	}
	for n := range passed {
		words["passed."+id(int64(n))+".en"] = "Another body takes it up this year."
	}
	w.Read(func(tx *db.Tx) (err error) {
		act, err = forum.Deciding(tx, forum.AgendaDecided{Cycle: w.cycle, On: "2026-05-11", Taken: taken, Passed: passed}, words)
		return err
	})
	return act
}

// seats are two of the group, appointed by the regional body.
func (w *agendaWorld) seats() []int64 {
	w.Helper()
	w.Submit(terms())
	take := func() int64 {
		return w.Submit(keeper.Act{Kind: forum.KindTaken, By: "secretariat", Facts: forum.Taken{Segment: "igo", Party: w.council, From: "2026-03-05", Until: "2027-02-28"}, Words: map[string]string{"name.und": "Cato Weir"}})
	}
	return []int64{take(), take()}
}

func TestAgenda(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newAgendaWorld(t, store())
		w.list()
		topic := forum.TopicCandidate(w.Submit(w.topic(w.gull)))
		seats := w.seats()
		w.at("2026-04-20")
		w.Submit(w.order(w.ministry, "item:H.4", topic))
		w.Submit(w.order(w.kite, "item:H.5"))
		w.Submit(w.order(w.kite, topic, "item:H.5")) // takes the place of the first
		w.Submit(w.order(w.guild, "item:H.7"))
		w.Submit(w.order(w.north, "item:H.1"))
		w.Submit(keeper.Act{Kind: forum.KindAgendaRanked, By: id(w.north), Facts: forum.AgendaRanked{Cycle: w.cycle, Withdrawn: true}})
		w.leave(w.guild) // an organiser who left no longer counts
		w.at("2026-05-12")
		w.Read(func(tx *db.Tx) error {
			_, r, err := forum.RankingNow(tx, w.cycle)
			if len(r.Groups) != 2 || len(r.Across) != 3 || r.Across[0].Candidate != topic || !slices.Equal(r.Left, []int64{w.guild}) {
				t.Errorf("ranking: got %+v", r)
			}
			given, err2 := forum.Orders(tx, w.cycle)
			if len(given) != 3 || given[2].Party != w.guild || given[2].Counts || !given[0].Counts {
				t.Errorf("orders: got %+v", given)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		decided := w.Submit(with(w.decision([]string{topic, "item:H.4"}, []string{"item:H.5"}), func(f *forum.AgendaDecided, words map[string]string) {
			f.Recused = []forum.Recusal{{Seat: seats[0], Candidate: topic}, {Seat: seats[1]}}
			words["title.1.en"], words["dissent.en"] = "Paper forms", "Two seats wanted H.5 first."
		}))
		added := w.Submit(keeper.Act{Kind: forum.KindAgendaAmended, By: "secretariat", Facts: forum.AgendaAmended{Cycle: w.cycle, Change: "added", No: 3, Candidate: "item:H.7"},
			Words: map[string]string{"reason.en": "A room became free.", "title.en": "What was tried"}})
		w.Submit(keeper.Act{Kind: forum.KindAgendaAmended, By: "secretariat", Facts: forum.AgendaAmended{Cycle: w.cycle, Change: "withdrawn", No: 1}, Words: map[string]string{"reason.en": "Taken up elsewhere."}})
		w.Read(func(tx *db.Tx) error {
			agenda, err := forum.Agenda(tx, w.cycle)
			if len(agenda) != 3 || agenda[0].WithdrawnOn != "2026-05-12" || !slices.Equal(agenda[0].Items, []string{"H.4", "H.6"}) || agenda[1].Gap != "H.4" || agenda[1].Word("title") != "title.1" ||
				agenda[1].Entry != decided || agenda[2].Entry != added || agenda[2].Word("reason") != "reason" {
				t.Errorf("agenda: got %+v", agenda)
			}
			if err != nil {
				return err
			}
			if agenda[1].No != 2 || agenda[1].Candidate != "item:H.4" {
				t.Errorf("item 2: got %+v", agenda[1])
			}
			d, err := forum.DecisionOf(tx, w.cycle)
			if d.On != "2026-05-11" || len(d.Passed) != 1 || d.Passed[0].Candidate != "item:H.5" || len(d.Recused) != 2 || d.Ranking.Across[0].Candidate != topic {
				t.Errorf("decision: got %+v", d)
			}
			changes, err2 := forum.AmendmentsOf(tx, w.cycle)
			if len(changes) != 2 || changes[0].Candidate != "item:H.7" || changes[1].Change != "withdrawn" {
				t.Errorf("amendments: got %+v, %v", changes, err2)
			}
			return err
		})
		w.Replay()
	})
}

// The list is frozen: gaps that are filled later change no candidate, and nobody can list her own.
func TestListIsFrozen(t *testing.T) {
	w := newAgendaWorld(t, dbtest.SQLite(t))
	own := w.listing()
	own.Blobs = [][]byte{[]byte(`{"candidates":[],"cycle":1}`)}
	own.Facts = forum.AgendaListed{Cycle: w.cycle, Candidates: record.DigestOf(own.Blobs[0]).String()}
	forged := w.listing()
	forged.Facts = own.Facts
	w.refuses(t, []refusal{
		{"a list of one's own", "candidates", "err.agenda.moved", keeper.ErrConflict, own},
		{"another digest", "candidates", "err.agenda.blob", nil, forged},
		{"by a party", "by", "err.party.secretariat_only", nil, byOther(w.listing(), id(w.kite))},
	})
	w.list()
	w.Read(func(tx *db.Tx) error {
		l, err := forum.ListOf(tx, w.cycle)
		if l.Method != forum.CandidatesMethod || l.Cycle != w.cycle || l.On != "2026-03-04" || l.Candidates.On != "2026-03-03" || len(l.Gaps) < 5 {
			t.Errorf("list: got %+v", l)
		}
		for _, g := range l.Gaps {
			if len(g.Gaps) == 0 || g.Gaps[0].Item != g.Item || len(g.Gaps[0].Evidence) == 0 {
				t.Errorf("a candidate without evidence: %+v", g)
			}
		}
		return err
	})
	again := w.listing()
	w.refuses(t, []refusal{{"a second list", "cycle", "err.agenda.listed", keeper.ErrConflict, again}})
}

func TestRefusedAgendas(t *testing.T) {
	w := newAgendaWorld(t, dbtest.SQLite(t))
	type words = map[string]string
	propose := func(party int64, change func(f *forum.AgendaProposed, w words)) keeper.Act {
		return with(w.topic(party), change)
	}
	w.list()
	w.Submit(w.topic(w.gull))
	w.refuses(t, []refusal{
		{"a title of 61 characters", "title", "err.party.word_too_long", nil, propose(w.kite, func(_ *forum.AgendaProposed, w words) {
			w["title.en"] = "Sixty-one characters make a title that nobody can read aloud."
		})},
		{"no evidence", "evidence", "err.commitment.needed", nil, propose(w.kite, func(_ *forum.AgendaProposed, w words) { delete(w, "evidence.en") })},
		{"no items", "items", "err.commitment.needed", nil, propose(w.kite, func(f *forum.AgendaProposed, _ words) { f.Items = nil })},
		{"an item that is none", "items", "err.forum.item", nil, propose(w.kite, func(f *forum.AgendaProposed, _ words) { f.Items = []string{"Z.9"} })},
		{"a second topic of a party", "party", "err.agenda.proposed", keeper.ErrConflict, w.topic(w.gull)},
		{"a party without the right", "party", "err.right.needs_endorsed", keeper.ErrForbidden, w.topic(w.stranger)},
		{"a party that is none", "party", "err.party.unknown", keeper.ErrNotFound, w.topic(w.cycle)},
		{"nobody's", "party", "err.party.which", nil, byOther(w.topic(w.gull), "secretariat")},
		{"ranking before the list is whole", "cycle", "err.agenda.rank_early", keeper.ErrForbidden, w.order(w.kite, "item:H.4")},
		{"deciding before ranking ended", "cycle", "err.agenda.decide_early", keeper.ErrForbidden, w.decision([]string{"item:H.4"}, nil)},
	})
	w.at("2026-04-20")
	other := w.Submit(with(opened(2027), func(f *forum.CycleOpened, _ words) {
		f.TopicsUntil, f.RankUntil, f.From, f.To = "2026-04-20", "2026-05-30", "2027-10-01", "2027-10-02"
	}))
	ofOther := w.Submit(with(w.topic(w.gull), func(f *forum.AgendaProposed, _ words) { f.Cycle = other }))
	elsewhere := with(w.order(w.kite, "item:H.4"), func(f *forum.AgendaRanked, _ words) { f.Cycle = other })
	long := make([]string, 11)
	for n := range long {
		long[n] = forum.TopicCandidate(int64(n) + 1)
	}
	w.refuses(t, []refusal{
		{"a topic after its day", "cycle", "err.agenda.propose_late", keeper.ErrForbidden, w.topic(w.kite)},
		{"a candidate of another cycle", "order", "err.agenda.not_of_cycle", keeper.ErrNotFound, w.order(w.kite, "item:H.4", forum.TopicCandidate(ofOther))},
		{"a candidate that is none", "order", "err.agenda.candidate", nil, w.order(w.kite, "H.4")},
		{"a candidate twice", "order", "err.forum.twice", nil, w.order(w.kite, "item:H.4", "item:H.5", "item:H.4")},
		{"eleven", "order", "err.agenda.too_many", nil, w.order(w.kite, long...)},
		{"nothing", "order", "err.agenda.no_order", nil, w.order(w.kite)},
		{"a party without the right, ranking", "party", "err.right.needs_endorsed", keeper.ErrForbidden, w.order(w.stranger, "item:H.4")},
		{"taking back what was not given", "order", "err.agenda.none_given", keeper.ErrNotFound,
			keeper.Act{Kind: forum.KindAgendaRanked, By: id(w.kite), Facts: forum.AgendaRanked{Cycle: w.cycle, Withdrawn: true}}},
		{"a cycle without a list", "cycle", "err.agenda.rank_early", keeper.ErrForbidden, elsewhere},
	})
	w.at("2026-04-22")
	w.refuses(t, []refusal{{"a cycle whose list was never made", "cycle", "err.agenda.no_list", keeper.ErrForbidden, elsewhere}})
}

func TestRefusedDecisions(t *testing.T) {
	w := newAgendaWorld(t, dbtest.SQLite(t))
	type words = map[string]string
	w.list()
	w.at("2026-04-20")
	w.Submit(w.order(w.kite, "item:H.4", "item:H.5"))
	seats := w.seats()
	w.Submit(keeper.Act{Kind: forum.KindConflict, By: "secretariat", Facts: forum.ConflictDeclared{Seat: seats[0], Item: "H.5"}, Words: words{"text.en": "Her council runs a plant."}})
	w.at("2026-05-12")
	sound := func(change func(f *forum.AgendaDecided, w words)) keeper.Act {
		a := with(w.decision([]string{"item:H.4"}, []string{"item:H.5"}), func(f *forum.AgendaDecided, _ words) {
			f.Recused = []forum.Recusal{{Seat: seats[0], Candidate: "item:H.5"}}
		})
		return with(a, change)
	}
	w.refuses(t, []refusal{
		{"ranking after the deadline", "cycle", "err.agenda.rank_late", keeper.ErrForbidden, w.order(w.gull, "item:H.5")},
		{"without a reason", "reason", "err.agenda.reason", nil, sound(func(_ *forum.AgendaDecided, w words) { delete(w, "reason.0.en") })},
		{"without a reason for what is passed over", "passed", "err.agenda.reason", nil, sound(func(_ *forum.AgendaDecided, w words) { delete(w, "passed.0.en") })},
		{"a reason for nothing", "reason", "err.party.unknown_word", nil, sound(func(_ *forum.AgendaDecided, w words) { w["reason.1.en"] = "x" })},
		{"a title of nothing", "title", "err.party.unknown_word", nil, sound(func(_ *forum.AgendaDecided, w words) { w["title.7.en"] = "x" })},
		{"silent on one of the first", "passed", "err.agenda.unanswered", nil, w.decision([]string{"item:H.4"}, nil)},
		{"taken and passed over", "passed", "err.agenda.taken_and_passed", nil, w.decision([]string{"item:H.4", "item:H.5"}, []string{"item:H.5"})},
		{"nothing taken", "taken", "err.agenda.nothing_taken", nil, w.decision(nil, []string{"item:H.4", "item:H.5"})},
		{"a candidate that is none", "taken", "err.agenda.not_of_cycle", keeper.ErrNotFound, w.decision([]string{"item:H.4", "item:HP.1"}, []string{"item:H.5"})},
		{"before the ranking ended", "on", "err.agenda.decided_on", nil, sound(func(f *forum.AgendaDecided, _ words) { f.On = "2026-04-30" })},
		{"tomorrow", "on", "err.agenda.decided_on", nil, sound(func(f *forum.AgendaDecided, _ words) { f.On = "2026-05-14" })},
		{"a seat twice", "recused", "err.forum.twice", nil, sound(func(f *forum.AgendaDecided, _ words) { f.Recused = []forum.Recusal{{Seat: 3}, {Seat: 3}} })},
		{"a seat that nobody holds", "recused", "err.agenda.seat", nil, sound(func(f *forum.AgendaDecided, _ words) { f.Recused = []forum.Recusal{{Seat: w.kite}} })},
		{"a seat that declared a conflict and is not recused", "recused", "err.agenda.conflict", nil, sound(func(f *forum.AgendaDecided, _ words) {
			f.Recused = []forum.Recusal{{Seat: seats[0], Candidate: "item:H.4"}}
		})},
		{"no seat", "recused", "err.agenda.seat", nil, sound(func(f *forum.AgendaDecided, _ words) { f.Recused = []forum.Recusal{{Seat: 0}} })},
		{"another ranking", "ranking", "err.agenda.blob", nil, sound(func(f *forum.AgendaDecided, _ words) { f.Ranking = record.DigestOf(nil).String() })},
		{"by a party", "by", "err.party.secretariat_only", nil, byOther(sound(func(*forum.AgendaDecided, words) {}), id(w.kite))},
		{"amended before it was decided", "cycle", "err.agenda.undecided", keeper.ErrForbidden,
			keeper.Act{Kind: forum.KindAgendaAmended, By: "secretariat", Facts: forum.AgendaAmended{Cycle: w.cycle, Change: "withdrawn", No: 1}, Words: words{"reason.en": "x"}}},
	})
	// Somebody leaves between the form and its sending: the form is to be looked at again.
	stale := sound(func(*forum.AgendaDecided, words) {})
	w.leave(w.kite)
	w.refuses(t, []refusal{{"a ranking that moved", "ranking", "err.agenda.ranking_moved", keeper.ErrConflict, stale}})
	w.endorse(w.kite)
	w.Submit(sound(func(*forum.AgendaDecided, words) {}))
	amend := func(f forum.AgendaAmended, words words) keeper.Act {
		f.Cycle = w.cycle
		return keeper.Act{Kind: forum.KindAgendaAmended, By: "secretariat", Facts: f, Words: words}
	}
	why := words{"reason.en": "Because."}
	w.refuses(t, []refusal{
		{"decided twice", "cycle", "err.agenda.decided", keeper.ErrConflict, sound(func(*forum.AgendaDecided, words) {})},
		{"an amendment without a reason", "reason", "err.commitment.needed", nil, amend(forum.AgendaAmended{Change: "withdrawn", No: 1}, nil)},
		{"an item that is not there", "no", "err.agenda.no_item", keeper.ErrNotFound, amend(forum.AgendaAmended{Change: "withdrawn", No: 2}, why)},
		{"another number", "no", "err.agenda.next", keeper.ErrConflict, amend(forum.AgendaAmended{Change: "added", No: 3, Candidate: "item:H.1"}, why)},
		{"what stands already", "candidate", "err.forum.twice", keeper.ErrConflict, amend(forum.AgendaAmended{Change: "added", No: 2, Candidate: "item:H.4"}, why)},
		{"added without a candidate", "candidate", "err.agenda.candidate_added", nil, amend(forum.AgendaAmended{Change: "added", No: 2}, why)},
		{"renamed to nothing", "title", "err.commitment.needed", nil, amend(forum.AgendaAmended{Change: "renamed", No: 1}, why)},
		{"changed somehow", "change", "err.party.not_one_of", nil, amend(forum.AgendaAmended{Change: "merged", No: 1}, why)},
	})
	w.at("2026-06-02")
	late := w.Submit(with(opened(2028), func(f *forum.CycleOpened, _ words) {
		f.TopicsUntil, f.RankUntil, f.AgendaUntil, f.CallUntil, f.From, f.To = "2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08"
	}))
	w.cycle = late
	w.list()
	w.at("2026-06-07")
	w.refuses(t, []refusal{{"after its day", "cycle", "err.agenda.decide_late", keeper.ErrForbidden, w.decision([]string{"item:H.4"}, nil)}})
}

// agendaOfHistory looks at what the history says of agendas and rooms.
func agendaOfHistory(t *testing.T, tx *db.Tx) error {
	agenda, err := forum.Agenda(tx, 1000)
	if len(agenda) != 3 || agenda[0].Renamed != 1023 || !slices.Equal(agenda[0].Items, []string{"H.4", "H.6"}) || agenda[1].Withdrawn != 1022 || agenda[2].Candidate != "item:H.7" {
		t.Errorf("agenda: got %+v", agenda)
	}
	if err != nil {
		return err
	}
	given, err := forum.Orders(tx, 1000)
	if len(given) != 1 || given[0].Party != 3 || !slices.Equal(given[0].Order.Order, []string{"topic:1003", "item:H.5"}) {
		t.Errorf("orders: got %+v", given)
	}
	if err != nil {
		return err
	}
	d, err := forum.DecisionOf(tx, 1000)
	if d.Entry != 1020 || d.On != "2026-07-09" || len(d.Passed) != 1 || len(d.Recused) != 2 {
		t.Errorf("decision: got %+v", d)
	}
	if err != nil {
		return err
	}
	list, err := forum.Follows(tx, 1010)
	if len(list) != 1 || list[0].State != "done" || list[0].Due != "" || len(list[0].Steps) != 2 {
		t.Errorf("follow-up: got %+v", list)
	}
	if err != nil {
		return err
	}
	priorities, err := forum.PrioritiesFor(tx, 1000)
	if len(priorities) != 2 || priorities[0].Room.ID != 1011 || priorities[0].Room.Party != 6 || priorities[1].Order[1] != "topic:1003" {
		t.Errorf("priorities: got %+v", priorities)
	}
	return err
}
