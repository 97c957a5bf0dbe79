package web_test

import (
	"strconv"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// forumPast is a cycle of the forum whose agenda is decided, with two regions and a
// party that left, so that each kind of page of it has something to show.
type forumPast struct {
	t                      testing.TB
	k                      *keeper.Keeper
	now                    *time.Time
	pilots, kite, left     int64 // parties that took part; the last left
	islands, mainland      int64 // regional bodies
	cycle, topic           int64
	room, standing, follow int64
	seat                   int64           // that was recused on the topic
	given                  map[int64]int64 // party → its endorsement
}

func (p *forumPast) submit(kind string, by int64, facts any, words map[string]string, blobs ...[]byte) int64 {
	p.t.Helper()
	who := strconv.FormatInt(by, 10)
	if by == 0 {
		who = "secretariat"
	}
	out, err := p.k.Submit(p.t.Context(), "", keeper.Act{Kind: kind, By: who, Facts: facts, Words: words, Blobs: blobs})
	if err != nil {
		p.t.Fatalf("%s: %v", kind, err)
	}
	return out[0].Index
}

// endorsed registers a party that endorsed the text.
func (p *forumPast) endorsed(kind, area, name string) int64 {
	f := stakeholder.Registered{Kind: kind, Area: area}
	if kind == "private" {
		f.Size = "small"
	}
	party := p.submit(stakeholder.KindRegistered, 0, f, map[string]string{"name.und": name})
	p.given[party] = p.submit(stakeholder.KindGiven, party, stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "planned"}}}, map[string]string{"activities.0.title.en": "Work", "role.en": "Director"})
	return party
}

// day moves the clock to noon and a little of a day.
func (p *forumPast) day(date string) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		p.t.Fatal(err)
	}
	*p.now = day.Add(14 * time.Hour)
}

// newForumPast begins on the day of the tests and ends six days later, with the forum to come.
func newForumPast(t testing.TB, k *keeper.Keeper, now *time.Time) *forumPast {
	t.Helper()
	p := &forumPast{t: t, k: k, now: now, given: map[int64]int64{}}
	p.pilots, p.kite, p.left = p.endorsed("civil-society", "QX", "Lantern Pilots' Guild"), p.endorsed("private", "QN", "Kite Ferries"), p.endorsed("private", "QP", "Gone Lines")
	p.islands, p.mainland = p.endorsed("igo", "QP", "Council of the Isles"), p.endorsed("igo", "QM", "Mainland Quay League")
	p.cycle = p.submit(forum.KindCycleOpened, 0, forum.CycleOpened{Year: 2026, Plan: forum.Plan{TopicsUntil: "2026-11-22", RankUntil: "2026-11-24", AgendaUntil: "2026-11-28",
		CallUntil: "2026-12-01", From: "2026-12-08", To: "2026-12-10", ReportDays: 14, MostSessions: 2, MostMinutes: 90}},
		map[string]string{"place.en": "Maravel, old customs house", "note.en": "Two days in rooms, one on the water."})
	p.list()
	p.submit(forum.KindConstituted, 0, forum.Constituted{From: "2026-11-01", Segments: []forum.Segment{{Segment: "state", Seats: 2, Filled: forum.Drawn}, {Segment: "igo", Seats: 2, Filled: forum.Appointed}},
		Term: 24, First: 12, MostTerms: 2, MostOfOne: 1, Conflict: "abstains"}, map[string]string{"terms.en": "The group prepares the agenda."})
	for range 2 {
		p.seat = p.submit(forum.KindTaken, 0, forum.Taken{Segment: "igo", Party: p.islands, From: "2026-11-21", Until: "2027-10-31"}, map[string]string{"name.und": "Cato Weir"})
	}
	p.topic = p.submit(forum.KindAgendaProposed, p.pilots, forum.AgendaProposed{Cycle: p.cycle, Items: []string{"H.4", "H.6"}},
		map[string]string{"title.en": "One form for dangerous cargo", "why.en": "Forms differ in each port.", "evidence.en": "Nine forms in 2025.", "url.und": "https://pilots.harbour.example/forms"})
	topic := forum.TopicCandidate(p.topic)
	p.room = p.submit(forum.KindRegionOpened, p.islands, forum.RegionOpened{Region: "Q2", Cycle: p.cycle, Languages: []string{"en", "fr"}},
		map[string]string{"name.en": "Room of the Isles", "name.fr": "Espace des îles", "how.en": "By radio and by letter."})
	p.standing = p.submit(forum.KindRegionOpened, p.mainland, forum.RegionOpened{Region: "Q1", Languages: []string{"en"}}, map[string]string{"name.en": "Mainland room"})
	p.submit(forum.KindRegionPrioritised, p.mainland, forum.RegionPrioritised{Room: p.standing, Order: []string{"item:H.2"}}, nil)
	p.day("2026-11-23")
	for party, order := range map[int64][]string{p.pilots: {topic, "item:H.7"}, p.kite: {"item:H.6", topic}, p.left: {"item:H.1"}} {
		p.submit(forum.KindAgendaRanked, party, forum.AgendaRanked{Cycle: p.cycle, Order: order}, nil)
	}
	p.submit(forum.KindRegionPrioritised, p.islands, forum.RegionPrioritised{Room: p.room, Order: []string{"item:H.6", "item:H.3"}}, map[string]string{"why.en": "Small ports wait longest."})
	p.submit(forum.KindRegionPrioritised, p.mainland, forum.RegionPrioritised{Room: p.standing, Cycle: p.cycle, Order: []string{topic}}, nil)
	p.submit(forum.KindRegionSummarised, p.islands, forum.RegionSummarised{Room: p.room}, map[string]string{"summary.en": "Nine islands took part."})
	p.follow = p.submit(forum.KindRegionFollowed, p.islands, forum.RegionFollowed{Room: p.room, Item: "H.5", Due: "2026-11-24", State: "open"},
		map[string]string{"what.en": "A waste plant for the small isles", "who.en": "Council of the Isles"})
	p.submit(stakeholder.KindWithdrawn, p.left, stakeholder.Withdrawn{Endorsement: p.given[p.left]}, map[string]string{"reason.en": "Merged"})
	p.day("2026-11-26")
	p.decide(topic)
	p.submit(forum.KindAgendaAmended, 0, forum.AgendaAmended{Cycle: p.cycle, Change: "added", No: 3, Candidate: "item:H.3"}, map[string]string{"reason.en": "A room became free."})
	p.submit(forum.KindAgendaAmended, 0, forum.AgendaAmended{Cycle: p.cycle, Change: "withdrawn", No: 2}, map[string]string{"reason.en": "Another body takes it up."})
	p.submit(forum.KindRegionFollowed, p.islands, forum.RegionFollowed{Room: p.room, Line: p.follow, Item: "H.5", Due: "2026-11-24", State: "taken_up"}, map[string]string{"note.en": "A site was found."})
	p.day("2026-11-27")
	if err := k.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// list freezes the candidates, decide enters the decision with the ranking as it stands.
func (p *forumPast) list() {
	p.t.Helper()
	var act keeper.Act
	err := p.k.DB().Read(p.t.Context(), func(tx *db.Tx) (err error) {
		act, _, err = forum.Listing(tx, p.cycle, keeper.Today(*p.now))
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.submit(act.Kind, 0, act.Facts, act.Words, act.Blobs...)
}

func (p *forumPast) decide(topic string) {
	p.t.Helper()
	var act keeper.Act
	err := p.k.DB().Read(p.t.Context(), func(tx *db.Tx) (err error) {
		act, err = forum.Deciding(tx, forum.AgendaDecided{Cycle: p.cycle, On: "2026-11-25", Taken: []string{topic, "item:H.6"}, Passed: []string{"item:H.7", "item:H.3"},
			Recused: []forum.Recusal{{Seat: p.seat, Candidate: topic}}},
			map[string]string{"reason.0.en": "Two groups and a region ask for it.", "reason.1.en": "First among companies and in the Isles.", "title.1.en": "Ship waste, island by island",
				"passed.0.en": "It has a body of its own.", "passed.1.en": "A session takes it up.", "dissent.en": "One seat wanted fewer items."})
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.submit(act.Kind, 0, act.Facts, act.Words, act.Blobs...)
}
